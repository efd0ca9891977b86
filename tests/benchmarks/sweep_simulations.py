"""How often a sweep sells luck as skill, and how often its winner's fresh interval is right.

The scores of trials are drawn, with a truth that is known; all else is the sweep's own: what is
asked for, which trials are finalists, and what is said at the end.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from unittest.mock import patch

import numpy as np
from children import ROOT
from numpy.random import Generator
from rounds import Target, print_table, print_targets

from mlpcli.search.asker import Asker, Told
from mlpcli.search.space import Values
from mlpcli.search.spec import Spec
from mlpcli.search.spec_file import Asked, load_sweep
from mlpcli.sweep.finals import finalists
from mlpcli.sweep.outcome import Outcome, outcome
from mlpcli.sweep.trial import Trial

SEED = 4026  # of all that is drawn
KEYS = ("layers=1,2,3,4", "batch_size=16,32,64", "momentum=0.0,0.5,0.9")
NULL = 20  # sweeps whose trials are equal
SWEEPS = 2_000  # so that 95 % is known to 0.5 points
LEVEL, NOISE = 0.9, 0.006  # of validation accuracies, over seeds
TRIALS = 30  # of null sweeps; of the others fewer, which are quicker and tell no importances
FEW = 10
FRESH = (3, 5)  # seeds
IMAGES = 5_000  # that validate

Truth = Callable[[Values], float]
Noise = Callable[[Generator], float]  # of mean 0


@dataclass(frozen=True)
class World:
    """What a setting scores in the long run, and how a seed's score lies around it."""

    truth: Truth
    noise: Noise

    def score(self, values: Values, rng: Generator) -> float:
        """Draw the accuracy of a run, over as many images as validate."""
        return round((self.truth(values) + self.noise(rng)) * IMAGES) / IMAGES


def _normal(rng: Generator) -> float:
    return float(rng.normal(0, NOISE))


def _skewed(rng: Generator) -> float:
    """Return a lognormal error's, downwards: most runs are a little better, a few much worse."""
    spread = 0.5
    drawn = rng.lognormal(0, spread)
    sd = math.sqrt((math.exp(spread**2) - 1) * math.exp(spread**2))
    return float(NOISE * (math.exp(spread**2 / 2) - drawn) / sd)


def _equal(values: Values) -> float:
    return LEVEL


def _deeper_is_better(values: Values) -> float:
    return LEVEL + 0.01 * (int(values["layers"]) - 4)


def _best_ties(values: Values) -> float:
    """Return the same of all but one layer, which is far below."""
    return LEVEL - (0.1 if values["layers"] == 1 else 0.0)


WORLDS = {
    "normal, settings differ": World(_deeper_is_better, _normal),
    "skewed, settings differ": World(_deeper_is_better, _skewed),
    "normal, the best tie": World(_best_ties, _normal),
    "skewed, the best tie": World(_best_ties, _skewed),
    "normal, all tie": World(_equal, _normal),
}


def benchmark() -> None:
    """Simulate and print how often sweeps are wrong, the same numbers each time."""
    alarms = _report_alarms()
    held = _report_coverage()
    equal = f"{NULL} sweeps of equal trials"
    print_targets(
        [
            *(
                Target(f"{equal}, {what}", 1, number, "", least=False)
                for what, number in alarms.items()
            ),
            Target("fresh intervals that hold the mean, the fewest", 93, min(held), " %"),
            Target(
                "fresh intervals that hold the mean, the most", 97, max(held), " %", least=False
            ),
        ]
    )


def _report_alarms() -> dict[str, float]:
    """Print how many sweeps of equal trials call a key important, or a finalist better."""
    kinds = {
        "random": _spec("random", TRIALS),
        "tpe": _spec("tpe", TRIALS),
        "grid": _spec("grid", None),
    }
    print(f"{NULL} sweeps of equal trials each, normal noise: how many are wrong\n")
    rows, alarms = [], dict[str, float]()
    for number, (name, spec) in enumerate(kinds.items()):
        with patch("mlpcli.sweep.importance.RESAMPLES", 1):  # of intervals not looked at here
            found = [
                simulated(spec, World(_equal, _normal), _generator(number, sweep))
                for sweep in range(NULL)
            ]
        keys = sum(any(each.matters for each in one.importances) for one in found)
        better = sum(bool(one.better) for one in found)
        rows.append((f"{name}, {len(found[0].trials)} trials", f"{keys}", f"{better}"))
        alarms[f"{name}: a key matters"] = keys
        alarms[f"{name}: one is better than the winner"] = better
    print_table(("search", "a key matters", "one is better than the winner"), rows)
    return alarms


def _report_coverage() -> list[float]:
    """Print and return how often the winner's fresh interval holds its mean, in %."""
    print(f"The winner's fresh interval, {SWEEPS:,} sweeps each: those that hold its mean, in %\n")
    shares = {
        name: [_held(world, fresh, 10 + number) for fresh in FRESH]
        for number, (name, world) in enumerate(WORLDS.items())
    }
    rows = [(name, *(f"{share:.1f}" for share in each)) for name, each in shares.items()]
    print_table(("scores", *(f"{fresh} seeds" for fresh in FRESH)), rows)
    return [share for each in shares.values() for share in each]


def _held(world: World, fresh: int, kind: int) -> float:
    spec = _spec("random", FEW, fresh)
    found = (simulated(spec, world, _generator(kind, fresh, sweep)) for sweep in range(SWEEPS))
    return 100 * sum(_holds(each, world) for each in found) / SWEEPS


def _holds(found: Outcome, world: World) -> bool:
    """Say whether the winner's interval holds its mean; three equal scores have no interval."""
    assert found.best
    assert found.winner
    mean = found.winner.fresh
    if not mean or mean.low is None or mean.high is None:
        return False
    return mean.low <= world.truth(found.best.values) <= mean.high


def _spec(search: str, trials: int | None, seeds: int = 3) -> Spec:
    asked = Asked(search=search, trials=trials, seeds=seeds)
    return load_sweep(ROOT / "configs/tiny.yaml", KEYS, asked)


def _generator(*numbers: int) -> Generator:
    return np.random.default_rng([SEED, *numbers])


def simulated(spec: Spec, world: World, rng: Generator) -> Outcome:
    """Return how a sweep comes out whose runs score as drawn, trial by trial."""
    asker = Asker(replace(spec, seed=int(rng.integers(2**32))))  # no two ask for the same
    results, trials = dict[int, Told](), list[Trial]()
    while len(trials) < spec.most and (values := asker.ask(results)) is not None:
        number = len(trials)
        score = world.score(values, rng)
        config = spec.config(values, number)
        trials.append(Trial(number, values, config, status="completed", score=score))
        results[number] = Told(values, score)
    chosen, more = finalists(trials, spec)
    for finalist in chosen:
        for seed in range(1, spec.seeds + 1):
            finalist.scores[seed] = world.score(finalist.trial.values, rng)
            finalist.seconds[seed] = 1.0
    return outcome(spec, trials, chosen, more)
