"""Is the advice of `explain` good? Random bad configs, trained, explained, mended, compared."""

import contextlib
import io
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rounds import Target, print_table, print_targets

from mlpcli.config.schema import Config
from mlpcli.stats.differences import paired

SEEDS = 3
STEPS = 500
BAD = 0.90  # validation accuracy below it: softmax regression with a good learning rate has more
CHANCE = 0.1  # of a run that diverged
GENERATOR = 2  # the seed whose figure is quoted; 0, 1 and 3 were for calibration


@dataclass(frozen=True)
class Trial:
    """A bad config, the rule that its headline is of, and what its advice came to."""

    config: Config
    rule: str
    advice: dict[str, Any]
    before: tuple[float, ...]  # test accuracy by seed
    after: tuple[float, ...]

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


def random_config(draw: random.Random) -> Config:
    """Draw a config: depth 1 to 6, width 16 to 512, learning rate over six decades, and so on."""
    choices = {
        key: Config.model_json_schema()["properties"][key]["enum"] for key in ("init", "activation")
    }
    return Config(
        name="trial",
        layers=draw.randint(1, 6),
        width=round(16 * 32 ** draw.random()),
        activation=draw.choice(choices["activation"]),
        init=draw.choice(choices["init"]),
        learning_rate=float(f"{10 ** draw.uniform(-5, 1):.3g}"),
        batch_size=round(8 * 64 ** draw.random()),
        steps=STEPS,
        eval_every=STEPS // 10,
    )


def benchmark(count: int, generator: int = GENERATOR) -> None:
    """Try so many bad configs and print how many were improved and harmed, and the failures."""
    draw, trials = random.Random(generator), list[Trial]()
    drawn = 0
    while len(trials) < count:
        drawn += 1
        trial = _try(random_config(draw))
        if trial:
            trials.append(trial)
            print(f"{len(trials)} of {count}: {_line(trial)}", file=sys.stderr, flush=True)
    verdicts = Counter(trial.verdict for trial in trials)
    print(
        f"Advice of explain, {count} bad configs of {drawn} random ones (generator seed "
        f"{generator}, {STEPS:,} steps, {SEEDS} seeds each)\n"
    )
    rules = sorted({trial.rule for trial in trials})
    kinds = ("improved", "no evidence", "harmed", "no advice")
    rows = [
        (rule, *(str(sum(t.rule == rule and t.verdict == k for t in trials)) for k in kinds))
        for rule in rules
    ]
    print_table(("headline", *kinds), rows)
    for trial in trials:
        if trial.verdict != "improved":
            print(_line(trial))
    print()
    share = {kind: 100 * verdicts[kind] / count for kind in kinds}
    print_targets(
        [
            Target("improved beyond the interval", 90, share["improved"], " %"),
            Target("harmed", 2, share["harmed"], " %", least=False),
        ]
    )


def _line(trial: Trial) -> str:
    c = trial.config
    about = (
        f"layers {c.layers}, width {c.width}, {c.activation}, {c.init}, "
        f"learning rate {c.learning_rate:g}, batch {c.batch_size}"
    )
    scores = [" ".join(f"{100 * a:.1f}" for a in each) for each in (trial.before, trial.after)]
    advice = json.dumps(trial.advice)
    return f"{trial.verdict}: {trial.rule}: {about} -> {advice}: {scores[0]} -> {scores[1]}"


def _try(config: Config) -> Trial | None:
    """Train, explain, mend and train again; None for a config that is not bad."""
    with tempfile.TemporaryDirectory() as place:
        first = _train(config, 0, Path(place))
        if _accuracy(first, "val_accuracy") >= BAD:
            return None
        rule, advice = _explained(first)
        repaired = config.model_copy(update=advice)
        rest = [_train(config, seed, Path(place)) for seed in range(1, SEEDS)]
        before = tuple(_accuracy(path, "test_accuracy") for path in (first, *rest))
        after = before
        if advice:
            paths = [_train(repaired, seed, Path(place)) for seed in range(SEEDS)]
            after = tuple(_accuracy(path, "test_accuracy") for path in paths)
        return Trial(config, rule, advice, before, after)


def _train(config: Config, seed: int, place: Path) -> Path:
    from mlpcli.training.launch import train_all

    with _silence():
        root = place / f"{len(list(place.iterdir()))}"
        train_all([config.model_copy(update={"seed": seed})], root)
    return next(root.iterdir())


def _accuracy(path: Path, key: str) -> float:
    summary = path / "summary.json"
    return float(json.loads(summary.read_text())[key]) if summary.exists() else CHANCE


def _explained(path: Path) -> tuple[str, dict[str, Any]]:
    from mlpcli.explain.command import explained

    with _silence():
        headline = explained(path).causes[0]
    return headline.rule, headline.advice


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    with (
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())),
    ):
        yield
