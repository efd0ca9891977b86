"""Is the advice of explain good? Bad configs, planted faults and good runs, explained and mended.

Runs are those of numpy_training.py, measured as `mlpcli explain` does.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice, repeat
from math import ceil
from multiprocessing import get_context
from statistics import mean, median
from typing import Any

from alternatives import alternatives
from drawn_configs import BAD, CONTENT, configs, good_configs, plant, with_keys
from numpy_training import Trained, train
from rounds import Target, print_table, print_targets

from mlpcli.config.schema import Config
from mlpcli.stats.differences import paired

SEEDS = 5
OF_ORACLE = 2  # seeds of each alternative
OF_REGRET = 0.4  # of the configs, the first ones: for these all alternatives are trained
GENERATOR = 3026  # the seed whose figures are quoted; what was calibrated used 0 to 99
WORKERS = 2
GOOD_RATES = [0.1 * 3.0**i for i in range(-3, 4)]
Advice = dict[str, Any]


def trained(config: Config, seeds: int = SEEDS) -> list[Trained]:
    """Train a config with so many seeds from its own on."""
    return [
        train(config.model_copy(update={"seed": config.seed + n}), test=True) for n in range(seeds)
    ]


def tests(found: Sequence[Trained]) -> list[float]:
    """Return the test scores."""
    return [each.test or 0.0 for each in found]


def validation(found: Sequence[Trained]) -> float:
    """Return the mean validation score."""
    return mean(each.validation for each in found)


def causes_of(config: Config) -> list[tuple[str, Advice]]:
    """Return the rules and the advice of a run of the config, the headline first."""
    from twin_runs import twin_evidence

    from mlpcli.explain.rules import explain

    return [(cause.rule, cause.advice) for cause in explain(twin_evidence(config))]


@dataclass(frozen=True)
class Case:
    """A bad config: what was advised first, and what came of it.

    The scores that regret is made of are None where they were not asked for.
    """

    config: Config
    rule: str
    advice: Advice
    before: list[float]  # test scores by seed
    after: list[float]
    followed: float | None  # mean test scores of as many seeds as the oracle has
    first: float
    oracle: float | None

    @property
    def verdict(self) -> str:
        """Say whether the paired difference's 95 % interval is above zero, below it, or neither."""
        if not self.advice:
            return "no advice"
        found = paired(self.after, self.before)
        if found.low is None or found.high is None:
            gain = self.after[0] - self.before[0]
            return "improved" if gain > 0 else "harmed" if gain < 0 else "no evidence"
        return "improved" if found.low > 0 else "harmed" if found.high < 0 else "no evidence"


def is_bad(config: Config) -> bool:
    """Say whether a run is far below what one who knows the field would be content with."""
    return train(config).validation < CONTENT[config.dataset] - BAD


def try_config(asked: tuple[Config, bool]) -> Case:
    """Explain a bad config's run and follow the advice; try all alternatives, where asked for."""
    config, regretted = asked
    (rule, advice), before = causes_of(config)[0], trained(config)
    advised = with_keys(config, **advice) if advice else None
    after = trained(advised) if advised else before
    return Case(
        config=config,
        rule=rule,
        advice=advice,
        before=tests(before),
        after=tests(after),
        followed=mean(tests(trained(_followed(config), OF_ORACLE))) if regretted else None,
        first=mean(tests(after[:OF_ORACLE])),
        oracle=_best_of_all(config) if regretted else None,
    )


def _best_of_all(config: Config) -> float:
    """Return the mean test score of the alternative that validation likes best."""
    found = (trained(each, OF_ORACLE) for each in alternatives(config))
    return mean(tests(max(found, key=validation)))


@dataclass(frozen=True)
class _Attempt:
    config: Config
    helps: bool


def _followed(config: Config) -> Config:
    """Return the config that following the advice leads to, chosen by validation."""
    from mlpcli.explain.follow import climb

    def advised(config: Config) -> list[tuple[Advice, Config]]:
        keyed = [(advice, with_keys(config, **advice)) for _, advice in causes_of(config)]
        return [(a, c) for a, c in keyed if c] if keyed and keyed[0][0] else []

    def attempt(best: Config, _: Advice, config: Config, __: int) -> _Attempt:
        gain = validation(trained(config, OF_ORACLE)) - validation(trained(best, OF_ORACLE))
        return _Attempt(config, gain > 0)

    return climb(config, advised(config), attempt, advised)[1]


def benchmark(count: int, generator: int = GENERATOR) -> None:
    """Print all figures."""
    shared = max(1, count * 2 // 5)
    _uplift(count, generator)
    _planted(shared, generator + 1)
    _healthy(shared, generator + 2)


def _uplift(count: int, generator: int) -> None:
    asked = chain(repeat(True, ceil(count * OF_REGRET)), repeat(False))
    bad = zip(filter(is_bad, configs(generator)), asked, strict=False)
    cases = list(_mapped(try_config, bad, count, _line))
    verdicts = Counter(case.verdict for case in cases)
    print(
        f"Advice of explain, {count} bad configs (generator seed {generator}: every key drawn, "
        f"validation {100 * BAD:g} points or more below what is good on the data set), {SEEDS} "
        "seeds each\n"
    )
    kinds = ("improved", "no evidence", "harmed", "no advice")
    rows = [
        (rule, *(str(sum(c.rule == rule and c.verdict == k for c in cases)) for k in kinds))
        for rule in sorted({case.rule for case in cases})
    ]
    print_table(("headline", *kinds), rows)
    for case in cases:
        if case.verdict != "improved":
            print(_line(case))
    known = [c for c in cases if c.oracle is not None and c.followed is not None]
    first = [100 * (c.oracle - c.first) for c in known]
    followed = [100 * (c.oracle - c.followed) for c in known]
    print(
        f"\nregret, points below the best of 30 alternatives, first {len(known)} configs: first "
        f"advice {median(first):.2f} in the median, {mean(first):.2f} in the mean; followed "
        f"{median(followed):.2f}, {mean(followed):.2f}; more than 2 points below in "
        f"{sum(each > 2 for each in first)} and {sum(each > 2 for each in followed)}\n"
    )
    share = {kind: 100 * verdicts[kind] / count for kind in kinds}
    print_targets(
        [
            Target("improved beyond the interval", 90, share["improved"], " %"),
            Target("harmed", 2, share["harmed"], " %", least=False),
            Target("regret after the first advice", 2, median(first), " points", least=False),
            Target("regret after following", 0.5, median(followed), " points", least=False),
        ]
    )


def good_runs(generator: int) -> Iterator[Config]:
    """Yield configs that are good, of which no alternative is better by more than noise."""
    for drawn in good_configs(generator):
        rates = [drawn.optimizer.rate_for(rate) for rate in GOOD_RATES]
        rated = [drawn.model_copy(update={"learning_rate": float(f"{r:.2g}")}) for r in rates]
        best = max(rated, key=lambda each: validation(trained(each, OF_ORACLE)))
        if validation(trained(best, OF_ORACLE)) >= CONTENT[best.dataset]:
            yield best


def planted_faults(generator: int) -> Iterator[tuple[Config, str]]:
    """Yield good configs with one key made bad, which costs BAD or more, and the key."""
    draw = random.Random(generator)
    for good in good_runs(generator):
        least = validation(trained(good, OF_ORACLE)) - BAD
        for fault in plant(good, draw):
            if validation(trained(fault.config, OF_ORACLE)) < least:
                yield fault.config, fault.key
                break


def _named(fault: tuple[Config, str]) -> tuple[Config, str, list[tuple[str, Advice]]]:
    return *fault, causes_of(fault[0])


def _planted(count: int, generator: int) -> None:
    found = list(_mapped(_named, planted_faults(generator), count, _fault_line))
    places = [
        next((n for n, (_, advice) in enumerate(causes) if key in advice), 99)
        for _, key, causes in found
    ]
    print(f"Planted faults: {count} good configs with one key made bad (seed {generator})\n")
    for place, fault in zip(places, found, strict=True):
        if place:
            print(f"place {place + 1 if place < 99 else '-'}: {_fault_line(fault)}")
    first, three = (100 * sum(p < n for p in places) / count for n in (1, 3))
    print_targets(
        [
            Target("planted key named first", 90, first, " %"),
            Target("planted key among the first three", 98, three, " %"),
        ]
    )


def _explained(config: Config) -> tuple[Config, list[tuple[str, Advice]]]:
    return config, causes_of(config)


def _healthy(count: int, generator: int) -> None:
    found = list(_mapped(_explained, good_runs(generator), count, _good_line))
    healthy = [not causes[0][1] for _, causes in found]
    print(f"Good runs: {count} configs with the best of seven rates (seed {generator})\n")
    for is_healthy, each in zip(healthy, found, strict=True):
        if not is_healthy:
            print(_good_line(each))
    print_targets([Target("good runs called healthy", 95, 100 * sum(healthy) / count, " %")])


def _mapped(
    work: Callable[[Any], Any], items: Iterator[Any], count: int, line: Callable[[Any], str]
) -> Iterator[Any]:
    """Yield what the work makes of each of so many items, in their order, some at once."""
    # a fork of a process that has TensorFlow's threads would wait for ever
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        for nth, done in enumerate(pool.map(work, islice(items, count)), start=1):
            print(f"{nth} of {count}: {line(done)}", file=sys.stderr, flush=True)
            yield done


def _about(c: Config) -> str:
    return (
        f"{c.dataset}, layers {c.layers}, width {c.width}, {c.activation}, {c.init} "
        f"{c.init_stddev:g}, rate {c.learning_rate:g}, momentum {c.momentum:g}, weight decay "
        f"{c.weight_decay:g}, {c.decay}, warm-up {c.warmup_steps}, steps {c.steps}, batch "
        f"{c.batch_size}, seed {c.seed}"
    )


def _line(case: Case) -> str:
    scores = [" ".join(f"{100 * a:.1f}" for a in each) for each in (case.before, case.after)]
    beside = ""
    if case.followed is not None and case.oracle is not None:
        beside = f" (followed {100 * case.followed:.1f}, best of 30 {100 * case.oracle:.1f})"
    return (
        f"{case.verdict}: {case.rule}: {_about(case.config)} -> {json.dumps(case.advice)}: "
        f"{scores[0]} -> {scores[1]}{beside}"
    )


def _fault_line(fault: tuple[Config, str, list[tuple[str, Advice]]]) -> str:
    config, key, causes = fault
    return f"{key}: {_about(config)}: {'; '.join(f'{r} {json.dumps(a)}' for r, a in causes)}"


def _good_line(good: tuple[Config, list[tuple[str, Advice]]]) -> str:
    config, causes = good
    return f"{_about(config)}: {'; '.join(f'{r} {json.dumps(a)}' for r, a in causes)}"


if __name__ == "__main__":
    {"uplift": _uplift, "planted": _planted, "healthy": _healthy}[sys.argv[1]](
        int(sys.argv[2]), int(sys.argv[3])
    )
