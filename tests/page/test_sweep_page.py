"""The figures of a sweep of many trials, and of keys with many values."""

from types import SimpleNamespace
from typing import Any

from sweep.test_outcome import spec_of

from mlpcli.page.sweep_page import _best_so_far, _over_two, _trials
from mlpcli.picture import Heat, Lines, Parallel, Scatter
from mlpcli.sweep import Trial
from mlpcli.sweep.trial import WORST

MANY = 2_500
BEST = 100 * ((MANY - 1) / MANY)


def swept(*words: str, trials: int) -> Any:
    """Return a sweep whose trials are the better the later, and one that is no number."""
    spec = spec_of(*words, search="random", trials=trials)
    values = next(spec.space.combinations())
    config = spec.config(values)
    found = [Trial(nth, values, config, score=nth / trials) for nth in range(trials)]
    found.append(Trial(trials, values, config, score=WORST))
    return SimpleNamespace(spec=spec, trials=found, importances=())


def test_of_many_trials_the_figures_have_some_and_say_so() -> None:
    found = swept("layers=1,2", "momentum=0.0,0.5,0.9", trials=MANY)
    (parallel,) = _trials(found)
    assert isinstance(parallel, Parallel)
    assert len(parallel.strands) == 1_000
    said = "1,000 of 2,500 trials, evenly spread from the best to the worst."
    assert parallel.description.endswith(said)
    assert {each.values[-1] for each in parallel.strands} >= {0.0, BEST}


def test_the_best_so_far_is_that_of_all_trials() -> None:
    (lines,) = _best_so_far(swept("layers=1,2", "width=8,16", trials=MANY))
    assert isinstance(lines, Lines)
    assert lines.curves[0].xs[-1] == MANY - 1
    assert lines.curves[0].ys[-1] == BEST


def test_keys_of_few_values_have_a_cell_each_and_of_many_a_point_a_trial() -> None:
    (heat,) = _over_two(swept("layers=1,2", "momentum=0.0,0.5,0.9", trials=6))
    assert isinstance(heat, Heat)
    assert (len(heat.rows), len(heat.columns)) == (2, 3)
    assert heat.values[0][0] == 100 * (0 + 1 + 2 + 3 + 4 + 5) / 6 / 6
    assert heat.values[1] == [None, None, None]
    widths, rates = (",".join(map(str, range(1, 31))) for _ in range(2))
    (points,) = _over_two(swept(f"width={widths}", f"batch_size={rates}", trials=MANY))
    assert isinstance(points, Scatter)
    assert sum(len(each.xs) for each in points.groups) == 1_000
    assert "1,000 of 2,500 trials" in points.description
