"""The keys that say when a run stops before its last step, and which weights it keeps."""

from collections.abc import Callable

import pytest

from mlpcli.config import Config, Stopping, setting, stated_stopping

BASE = "layers: 1\nlearning_rate: 0.1\nsteps: 100\nbatch_size: 10\n"
Load = Callable[..., Config]
Refusal = Callable[..., str]


def test_what_has_no_meaning_is_not_in_the_resolved_config(load: Load) -> None:
    keys = {"metric", "patience", "min_delta", "keep"}
    said = {key: value for key, value in load(BASE).resolved().items() if key in keys}
    assert said == {"keep": "last"}
    waiting = load(BASE + "patience: 3\n").resolved()
    assert (waiting["patience"], waiting["min_delta"], "metric" in waiting) == (3, 0.0, False)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("patience: 0", "patience: too small, got 0, allowed a whole number from 1 to 100,000,000"),
        ("keep: first", "keep: not one of the choices, got first, allowed last, best"),
        ("min_delta: 0.1", "min_delta: for patience alone; remove it, or set patience: 5"),
        (
            "metric: loss",
            "metric: for patience or keep: best alone; remove it, or set keep: best",
        ),
    ],
)
def test_keys_that_do_not_go_together_are_refused(
    more: str, message: str, refusal: Refusal
) -> None:
    assert refusal(f"{BASE}{more}\n") == f"deep.yaml:5: {message}"


@pytest.mark.parametrize(
    ("dataset", "metric", "allowed"),
    [("mnist", "r2", "accuracy"), ("diabetes", "accuracy", "r2")],
)
def test_a_metric_of_the_other_task_is_refused_at_its_line(
    dataset: str, metric: str, allowed: str, refusal: Refusal, load: Load
) -> None:
    text = f"{BASE}dataset: {dataset}\nkeep: best\nmetric: "
    kind = "classification" if allowed == "accuracy" else "regression"
    assert refusal(f"{text}{metric}\n") == (
        f"deep.yaml:7: metric: not one of {kind}, got {metric}, allowed {allowed}, loss"
    )
    assert load(f"{text}{allowed}\n").metric == allowed


def test_the_tasks_own_metric_is_the_one_that_is_left_out(load: Load) -> None:
    left, said, loss = (
        load(f"{BASE}keep: best\n{more}").resolved()
        for more in ("", "metric: accuracy\n", "metric: loss\n")
    )
    assert setting(left, "") == setting(said, "")
    assert setting(left, "") != setting(loss, "")


def test_a_reason_names_what_was_not_better() -> None:
    one = Stopping(patience=1)
    assert one.why_stopped("classification") == "1 validation without a better validation accuracy"
    loss = Stopping("loss", 3, 0.01)
    assert loss.why_stopped("regression") == (
        "3 validations without a better validation loss by more than 0.01"
    )


def test_what_a_forged_config_says_is_as_if_left_out() -> None:
    forged = {"metric": [], "patience": True, "min_delta": float("nan"), "keep": 7}
    assert stated_stopping(forged) == Stopping()
    known = {"metric": "loss", "patience": 2, "min_delta": 0, "keep": "best"}
    assert stated_stopping(known) == Stopping("loss", 2, 0.0, "best")


def test_a_key_whose_value_is_wrong_brings_no_error_of_those_that_need_it(
    refusal: Refusal,
) -> None:
    said = refusal(f"{BASE}keep: bset\nmetric: loss\npatience: x\nmin_delta: 0.1\n")
    assert [line.split(": ")[1] for line in said.splitlines()] == ["keep", "patience"]
