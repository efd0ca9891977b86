"""Whether a completed run's network learned anything."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mlpcli.errors import RunError
from mlpcli.runs.details import run_details
from mlpcli.runs.read import load_run

MNIST = "dataset: mnist\n"


# the digit 1 is 563 of the 5,000 validation images, 0.1126; with 0.07 of the way from there to 1 an
# untrained network may have 0.1126 + 0.07 * 0.8874 = 0.174718. The Wilson interval of 927 correct
# begins at 0.174871, that of 926 at 0.174676, and 873 are 0.1746: what is above, and may be below,
# nobody knows
@pytest.mark.parametrize(
    ("correct", "learned", "standing"),
    [
        (927, True, "completed"),
        (926, None, "completed"),
        (874, None, "completed"),
        (873, False, "completed, learned nothing"),
        (563, False, "completed, learned nothing"),
        (0, False, "completed, learned nothing"),
    ],
)
def test_a_network_no_better_than_an_untrained_one_may_be_learned_nothing(
    finished: Callable[..., Path], correct: int, learned: bool | None, standing: str
) -> None:
    accuracy = correct / 5_000
    path = finished("deep", MNIST, val_accuracy=accuracy, best_val_accuracy=accuracy)
    run = load_run(path)
    assert (run.status, run.learned, run.standing) == ("completed", learned, standing)
    assert run_details(run)["learned"] is learned


def test_of_a_run_that_was_not_completed_nothing_is_said(unfinished: Callable[..., Path]) -> None:
    run = load_run(unfinished("deep", RunError("no room"), config=MNIST))
    assert (run.learned, run.standing) == (None, "failed")


@pytest.mark.parametrize("config", ["", "dataset: birds\n"])
def test_of_a_data_set_that_is_not_known_nothing_is_said(
    finished: Callable[..., Path], config: str
) -> None:
    run = load_run(finished("deep", config, val_accuracy=0.0, best_val_accuracy=0.0))
    assert (run.learned, run.standing) == (None, "completed")
