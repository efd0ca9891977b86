"""Runs with and without each change that explain may advise: what its table is learned from.

python tests/benchmarks/counterfactuals.py OUT --minutes M --seed N [--kind any|long|good|planted]

Appends a line of JSON to OUT for each config: what was known of the run, and for each rule that
fired its advice and the validation scores with it, beside those without. The scores are those of
numpy_training.py; what is known is measured as `mlpcli explain` measures it.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import mean
from typing import Any

from drawn_configs import (
    BAD,
    CONTENT,
    FLOPS,
    configs,
    flops,
    good_configs,
    long_configs,
    plant,
    with_keys,
)
from numpy_training import chance_score, train
from twin_runs import twin_evidence

from mlpcli.config.schema import Config

SEEDS = 2  # of each config and advice
LADDER = [3.0**i for i in range(-3, 4)]  # times 0.1: learning rates that a good config is given
FAULTS = 3  # planted in each good config
DEAR = 6  # times FLOPS: advice that costs more is not tried


def scores(config: Config, seeds: int = SEEDS) -> list[float]:
    """Return the validation score of each seed."""
    return [
        train(config.model_copy(update={"seed": config.seed + n})).validation for n in range(seeds)
    ]


def tuned(config: Config) -> Config:
    """Return a config with the best learning rate of the ladder, by two seeds."""
    effective = config.optimizer.rate_for(0.1)
    rated = [config.model_copy(update={"learning_rate": effective * each}) for each in LADDER]
    means = [sum(scores(each)) for each in rated]
    best = rated[means.index(max(means))]
    rate = float(f"{best.learning_rate:.2g}")
    return best.model_copy(update={"learning_rate": rate})


def drawn(kind: str, seed: int) -> Iterator[tuple[Config, str, Config | None]]:
    """Yield configs, the key that is bad in each where it is known, and the config without that."""
    draw = random.Random(seed)
    if kind in ("any", "long"):
        for config in (configs if kind == "any" else long_configs)(seed):
            yield config, "", None
    for config in good_configs(seed):
        good = tuned(config)
        score = mean(scores(good))
        if score < CONTENT[good.dataset]:
            continue
        if kind == "good":
            yield good, "", None
            continue
        bad = (each for each in plant(good, draw) if mean(scores(each.config)) < score - BAD)
        for each in islice(bad, FAULTS):
            yield each.config, each.key, good


def counterfactuals(config: Config) -> dict[str, Any]:
    """Train a config, and again with each advice."""
    from mlpcli.explain.features import features
    from mlpcli.explain.rules import fired, new

    evidence = twin_evidence(config)
    advice = {rule.name: new(rule.advice(evidence), evidence) for rule in fired(evidence)}
    after = {}
    for rule, keys in advice.items():
        changed = with_keys(config, **keys) if keys else None
        if changed and flops(changed) <= max(DEAR * FLOPS, 4 * flops(config)):
            after[rule] = scores(changed)
    return {
        "config": config.resolved(),
        "chance": chance_score(config),
        "features": features(evidence),
        "nothing": evidence.learned_nothing,
        "before": scores(config),
        "advice": advice,
        "after": after,
    }


def main() -> None:
    """Append counterfactuals until the time is over."""
    parser = argparse.ArgumentParser(description="Train runs with and without explain's advice.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=("any", "long", "good", "planted"), default="any")
    given = parser.parse_args()
    until = time.monotonic() + 60 * given.minutes
    for config, key, good in drawn(given.kind, given.seed):
        if time.monotonic() > until:
            return
        found = counterfactuals(config)
        found |= {"kind": given.kind, "planted": key, "good": scores(good) if good else None}
        with given.out.open("a", encoding="utf-8") as out:
            out.write(json.dumps(found, default=str) + "\n")
        print(".", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
