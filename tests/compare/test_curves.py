"""Learning curves over settings, and how soon a target was reached."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from running import in_process

from mlpcli.compare.query import OptionError
from mlpcli.compare.targets import TargetError, parse_target
from mlpcli.errors import RunError
from mlpcli.runs.records import MetricsRow

Finished = Callable[..., Path]
CONFIG = "layers: 1\nbatch_size: 10\nsteps: {steps}\ntrain_examples: {n}\nseed: {seed}\n"
# errors of 0.01 + x^-0.5 at 100, 400, 1,600, 6,400, give or take a hundredth of themselves
LAW = {100: 0.11, 400: 0.06, 1_600: 0.035, 6_400: 0.0225}


@pytest.fixture
def sizes(finished: Finished) -> Callable[..., Path]:
    """Give a function that makes three seeds of each size, of so many steps or epochs."""

    def sizes(*chosen: int, epochs: int = 0) -> Path:
        folder = Path()
        for n in chosen:
            for seed in range(3):
                steps = epochs * n // 10 if epochs else 5_000
                config = CONFIG.format(n=n, seed=seed, steps=steps)
                error = LAW[n] * (1 + 0.01 * ((seed + n // 300) % 3 - 1))
                folder = finished("a", config, val_accuracy=1 - error, steps=steps).parent
        return folder

    return sizes


def compared(folder: Path, *words: str) -> str:
    return in_process("compare", folder, *words).stdout


def test_a_curve_says_the_law_the_check_and_ten_times_more(sizes: Callable[..., Path]) -> None:
    shown = compared(sizes(*LAW), "--curve", "train_examples")
    assert "1 - val_accuracy, in % by train_examples" in shown
    assert "6,400      3" in shown
    assert "check: from the smaller ones alone 6,400 would have 2.2" in shown
    assert "inside." in shown
    # 0.01 + 64,000^-0.5 = 1.395 %
    assert "forecast: at train_examples 64,000 the error is 1.4" in shown


def test_json_and_csv_have_the_same_numbers(sizes: Callable[..., Path]) -> None:
    folder = sizes(*LAW)
    (curve,) = json.loads(compared(folder, "--curve", "train_examples", "--json"))["curves"]
    assert [each["x"] for each in curve["sizes"]] == [*LAW]
    assert curve["sizes"][0]["error"] == pytest.approx(0.11)
    assert curve["forecast"]["error"] == pytest.approx(0.01395, rel=0.05)
    assert curve["forecast"]["low"] < 0.01395 < curve["forecast"]["high"]
    assert curve["foreseen"] is True
    rows = list(csv.DictReader(io.StringIO(compared(folder, "--curve", "train_examples", "--csv"))))
    assert [row["x"] for row in rows] == ["100", "400", "1600", "6400", "64000.0"]
    assert float(rows[-1]["fitted"]) == pytest.approx(curve["forecast"]["error"])


def test_sizes_at_the_same_epochs_make_a_curve_too(sizes: Callable[..., Path]) -> None:
    assert "forecast: at" in compared(sizes(*LAW, epochs=4), "--curve", "train_examples")


def test_too_few_sizes_are_refused_with_what_trains_the_others(
    sizes: Callable[..., Path],
) -> None:
    folder = sizes(400, 1_600)
    with pytest.raises(RunError) as caught:
        compared(folder, "--curve", "train_examples")
    said = "have 2 of the 3 sizes that a power law takes: 400, 1,600"
    assert said in str(caught.value)
    assert "for x in 200 800; do mlpcli train " in caught.value.hint
    assert "-s train_examples=$x --seeds 3; done" in caught.value.hint


def test_what_has_an_order_of_its_own_takes_no_other(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"--curve has an order .* --sort says another"):
        compared(tmp_path, "--curve", "width", "--sort", "seconds")


@pytest.fixture
def timed(unfinished: Finished) -> Path:
    """Three seeds of `soon`, which reach 0.9 at steps 20, 20 and 30; of three `late` one does."""
    reached = {"soon": (20, 20, 30), "late": (40, 99, 99)}
    for nth, (name, steps) in enumerate(reached.items()):
        for seed, first in enumerate(steps):
            rows = (
                MetricsRow(at, 1, 0.5, 0.1, at / 10, 64.0, 1.0, 0.92 if at >= first else 0.5)
                for at in (10, 20, 30, 40)
            )
            config = f"layers: 2\nwidth: {nth + 1}\nseed: {seed}\n"
            path = unfinished(name, ValueError(), *rows, config=config)
    return path.parent


def test_the_median_counts_those_that_never_were_and_ranks_the_soonest_first(
    timed: Path,
) -> None:
    shown = compared(timed, "--to", "val_accuracy=0.9").splitlines()
    assert shown[2].split() == ["soon", "3", "of", "3", "20", "20", "-", "30", "10", "2", "s"]
    assert shown[3].split() == ["late", "1", "of", "3", "-", "10", "-"]
    soon, late = json.loads(compared(timed, "--to", "val_accuracy=0.9", "--json"))["times"]
    assert (soon["steps"], soon["seconds"], soon["within"]) == (20, 2, 10)
    assert soon["each_steps"] == [20, 20, 30]
    assert (late["reached"], late["steps"], late["each_steps"]) == (1, None, [40, None, None])
    rows = list(csv.DictReader(io.StringIO(compared(timed, "--to", "val_accuracy=0.9", "--csv"))))
    assert [row["reached"] for row in rows] == ["3", "1"]


def test_a_loss_is_reached_from_above_and_what_no_run_validated_is_refused(timed: Path) -> None:
    assert "3 of 3" in compared(timed, "--to", "val_loss=1.0")
    assert "0 of 3" in compared(timed, "--to", "val_loss=0.99")
    with pytest.raises(RunError, match="no run has a validation with a val_r2"):
        compared(timed, "--to", "val_r2=0.5")


@pytest.mark.parametrize("text", ["val_accuracy=97", "accuracy=0.9", "val_loss=-1", "val_r2=x"])
def test_a_target_that_is_none_says_what_one_is(text: str) -> None:
    with pytest.raises(TargetError) as caught:
        parse_target(text)
    assert "--to val_accuracy=0.97" in caught.value.hint
