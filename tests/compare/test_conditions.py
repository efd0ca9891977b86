"""Conditions that can hold of no run are refused, and why none is left is told."""

from collections.abc import Callable
from pathlib import Path

import pytest
from running import in_process

from mlpcli.compare.conditions import ConditionError

Finished = Callable[..., Path]


@pytest.fixture
def runs(finished: Finished) -> Path:
    for nth, activation in enumerate(("relu", "tanh")):
        config = f"layers: {nth + 2}\nwidth: [{nth}, 5]\nactivation: {activation}\nnesterov: true\n"
        path = finished(activation, config)
    return path.parent


def refused(runs: Path, condition: str) -> tuple[str, str]:
    with pytest.raises(ConditionError) as caught:
        in_process("compare", runs, "--where", condition)
    assert caught.value.exit_code == 2
    return str(caught.value), caught.value.hint


@pytest.mark.parametrize("key", ["val_accuracy", "test_accuracy", "best_val_accuracy", "val_low"])
@pytest.mark.parametrize("sign", [">", "<=", "=", "!="])
def test_a_percentage_of_a_share_is_refused_with_the_share(runs: Path, key: str, sign: str) -> None:
    assert refused(runs, f"layers=2 or {key}{sign}90") == (
        f"--where {key}{sign}90: {key} goes from 0 to 1",
        f"did you mean --where '{key}{sign}0.9'?",
    )


def test_what_is_no_percentage_either_is_refused_with_an_example(runs: Path) -> None:
    assert refused(runs, "test_accuracy>101")[1] == "did you mean --where 'test_accuracy>0.9'?"
    assert refused(runs, "val_accuracy<-1")[0] == (
        "--where val_accuracy<-1: val_accuracy goes from 0 to 1"
    )


@pytest.mark.parametrize("condition", ["seconds<0", "test_loss<-1", "steps_taken=-5"])
def test_a_result_below_0_is_refused(runs: Path, condition: str) -> None:
    assert "is never below 0" in refused(runs, condition)[0]


@pytest.mark.parametrize(
    ("condition", "message", "hint"),
    [
        ("activation>3", "activation is a text", "its values: relu or tanh"),
        ("activation=3", "activation is a text", "its values: relu or tanh"),
        ("layers=three", "layers is a number", "its values: 2 or 3"),
        ("layers~2", "layers is a number", "its values: 2 or 3"),
        ("width=wide", "width is a number", "its values: 0, 1 or 5"),
        ("nesterov=yes", "nesterov is true or false", "its values: true"),
        ("seconds=long", "seconds is a number", "its values: 1.5"),
        ("data>3", "", ""),
    ],
)
def test_a_value_of_another_kind_than_the_runs_have_is_refused(
    runs: Path, condition: str, message: str, hint: str
) -> None:
    if not message:  # what is always a text has its value read as one
        assert in_process("compare", runs, "--where", condition).return_value == 1
        return
    assert refused(runs, condition) == (f"--where {condition}: {message}", hint)


@pytest.mark.parametrize("sign", ["=", "!="])
def test_a_status_that_is_none_is_refused_with_the_nearest(runs: Path, sign: str) -> None:
    assert refused(runs, f"status{sign}complete") == (
        f"--where status{sign}complete: no status",
        f"did you mean status{sign}completed? allowed completed, running, stopped, "
        "interrupted, failed, diverged",
    )


@pytest.mark.parametrize(
    "condition",
    ["val_accuracy>=0 and test_accuracy<=1", "status!=null", "status~comp", "width!=[3,4]",
     "seconds>=0", "learned!=false", "nothing=null or run~relu"],
)  # fmt: skip
def test_what_may_hold_is_not_refused(runs: Path, condition: str) -> None:
    condition = condition.replace("nothing", "layers")
    assert in_process("compare", runs, "--where", condition).return_value == 0


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (
            "activation=rleu",
            "activation=rleu holds of no run: activation is relu or tanh; "
            "did you mean activation=relu?\n",
        ),
        (
            "layers>7 and activation=relu",
            "layers>7 holds of no run: layers is 2 or 3\n",
        ),
        (
            "layers=2 and activation=tanh",
            "each condition holds of some run, and all of them of none\n",
        ),
    ],
)
def test_where_no_run_is_left_it_is_told_why(runs: Path, condition: str, why: str) -> None:
    result = in_process("compare", runs, "--where", condition)
    assert (result.return_value, result.stdout) == (1, "")
    assert result.stderr == f"no run is left by --where {condition}\n{why}"


def test_many_values_are_told_by_the_least_and_the_most(finished: Finished) -> None:
    for nth in range(7):
        path = finished("a", f"learning_rate: {nth / 10}\nodd: x{nth}\n")
    result = in_process("compare", path.parent, "--where", "learning_rate>1 or odd=z")
    assert result.stderr.splitlines()[1:] == [
        "learning_rate>1 holds of no run: learning_rate is from 0 to 0.6",
        "odd=z holds of no run: odd is x0, x1, x2, x3, x4 or another",
    ]
