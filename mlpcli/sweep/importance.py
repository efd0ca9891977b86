"""What mattered in a sweep: how much of the scores' variance each key explains, and whether any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpcli.search import Choices, Key, Space, Values
from mlpcli.stats import ALPHA, holm

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

LEAST_TRIALS = 12  # of which any key can be told apart from none
RESAMPLES = 40  # 20 to 60 ms each
TOP = 0.1  # of the trials, that PED-ANOVA holds against all
LEAST_TOP = 6  # trials of these at least
PARTS = 3  # that a range is cut into for the test, of equally many trials
NOTHING: tuple[float | None, float | None, float | None] = (None, None, None)
LEAST_PART = 2  # trials of a value, else it is left out of the test


@dataclass(frozen=True)
class Importance:
    """A key's part of the variance, 0 to 1, with its 95 % interval, and whether it is any.

    The part is None of a key that not all trials have. `p` is of no influence at all, by the ranks
    of the scores, adjusted for the number of keys.
    """

    key: str
    part: float | None
    low: float | None
    high: float | None
    p: float

    @property
    def matters(self) -> bool:
        """Whether the key matters beyond chance."""
        return self.p < ALPHA


def importances(space: Space, trials: Sequence[tuple[Values, float]]) -> list[Importance]:
    """Return what each key explains of the scores of trials, the most first.

    The parts are those of PED-ANOVA (Watanabe, Bansal and Hutter 2023), by Optuna, over all
    trials; their intervals the 2.5 and 97.5 % points over bootstrap samples of the trials. Whether
    a key matters is tested by Kruskal and Wallis (1952) over its values, of a range over its
    thirds, with Holm's correction; of fewer than LEAST_TRIALS none does. Scores are the larger the
    better.
    """
    if len(trials) < LEAST_TRIALS:
        return []
    keys = [key for key in space.keys if (key.domain.count or 2) > 1]
    adjusted = holm([_p_value(key, trials) for key in keys])
    everywhere = [key for key in keys if all(key.name in values for values, _ in trials)]
    parts = _parts(everywhere, trials)
    found = []
    for key, p in zip(keys, adjusted, strict=True):
        part, low, high = parts.get(key.name, NOTHING)
        found.append(Importance(key.name, part, low, high, p))
    return sorted(found, key=lambda each: (-(each.part or 0.0), each.p, each.key))


def _p_value(key: Key, trials: Sequence[tuple[Values, float]]) -> float:
    """Return how likely scores are so different among a key's values where it has no influence."""
    import numpy as np
    from scipy.stats import kruskal

    has = [(values[key.name], score) for values, score in trials if key.name in values]
    if isinstance(key.domain, Choices):
        places = [key.domain.values.index(value) for value, _ in has]
        labels = np.array(places, int)
    else:
        numbers = np.array([value for value, _ in has], float)
        ends = np.quantile(numbers, np.arange(1, PARTS) / PARTS) if len(has) else numbers
        labels = np.searchsorted(ends, numbers)
    scores = np.array([score for _, score in has])
    groups = [scores[labels == each] for each in np.unique(labels)]
    groups = [group for group in groups if len(group) >= LEAST_PART]
    if len(groups) < 2 or np.ptp(np.concatenate(groups)) == 0:
        return 1.0
    return float(kruskal(*groups).pvalue)


def _parts(
    keys: Sequence[Key], trials: Sequence[tuple[Values, float]]
) -> dict[str, tuple[float, float, float]]:
    """Return the part of each key with its interval; none where all scores are one."""
    import numpy as np

    if not keys or len({score for _, score in trials}) == 1:
        return {}
    if len(keys) == 1:
        return {keys[0].name: (1.0, 1.0, 1.0)}
    from optuna.trial import TrialState

    from mlpcli.search import frozen

    draw, space = np.random.default_rng(0), Space(tuple(keys))
    told = [frozen(space, values, TrialState.COMPLETE, score) for values, score in trials]
    whole = _ped_anova(told)
    samples = [draw.integers(0, len(told), len(told)) for _ in range(RESAMPLES)]
    found = [_ped_anova([told[i] for i in sample]) for sample in samples]
    result = {}
    for key in keys:
        over = [each[key.name] for each in found if each]
        low, high = np.quantile(over, (0.025, 0.975)) if over else (0.0, 1.0)
        part = whole.get(key.name, float(np.mean(over or 0.0)))
        result[key.name] = part, min(part, float(low)), max(part, float(high))
    return result


def _ped_anova(trials: Sequence[FrozenTrial]) -> dict[str, float]:
    """Return the parts of keys; nothing where the best trials cannot be told from the others."""
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    from mlpcli.search import quiet, study_of

    with quiet():
        top = min(0.5, max(TOP, LEAST_TOP / len(trials)))
        try:
            parts = get_param_importances(
                study_of(trials), evaluator=PedAnovaImportanceEvaluator(target_quantile=top)
            )
        except (RuntimeError, ValueError):  # as where all of the best have one score
            return {}
    return {name: float(part) for name, part in parts.items()}
