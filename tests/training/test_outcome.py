"""What `train` says of a run at its end: of which weights each score is, and what comes next."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from running import TINY, mlpcli

from mlpcli.config.load import load_config
from mlpcli.config.schema import Config
from mlpcli.errors import DivergedError
from mlpcli.runs.directory import RunDirectory
from mlpcli.runs.read import load_run
from mlpcli.runs.records import MetricsRow, Summary
from mlpcli.terminal.console import stderr_console
from mlpcli.terminal.signals import StoppedError
from mlpcli.theory.advice import advice_text
from mlpcli.training import divergence
from mlpcli.training.launch import train
from mlpcli.training.outcome import print_outcome
from mlpcli.training.session import started

pytestmark = pytest.mark.tf

Told = Callable[..., list[str]]


@pytest.fixture
def told(tmp_path: Path, summary: Summary, capsys: pytest.CaptureFixture[str]) -> Told:
    """Give a function that returns what is said of a run of 10 steps with these losses."""

    def told(losses: tuple[float, ...] = (2.4, 1.0, 1.0), **results: Any) -> list[str]:
        keys = {key: results.pop(key) for key in ("init", "learning_rate") if key in results}
        overrides = [f"{key}={value}" for key, value in {"steps": 10, **keys}.items()]
        config = load_config(Path(TINY), tuple(overrides))
        run = RunDirectory.create(tmp_path / "runs", "deep", config.to_yaml(), {})
        with run:
            for step, loss in zip((1, 8, 10), losses, strict=True):
                run.append(MetricsRow(step, loss, 0.9, 0.1, 1.0, 1.0, val_loss=loss,
                                      val_accuracy=0.9))  # fmt: skip
            run.complete(replace(summary, **results), {})
        print_outcome(stderr_console(), config, run.path, replace(summary, **results))
        said = capsys.readouterr().err.replace(str(run.path), "RUN")
        return said.replace(str(run.path.parent), "RUNS").splitlines()

    return told


def test_each_score_is_said_to_be_of_which_weights(told: Told) -> None:
    assert told() == [
        # 8,000 right of 10,000: (0.8 + z^2/2n +- z sqrt(0.16/n + z^2/4n^2)) / (1 + z^2/n)
        "test accuracy 80.00 % (79.20 to 80.77, 95 % interval), test loss 0.2500",
        "validation accuracy 90.00 %; both of the weights after step 10",
        "best validation accuracy 91.00 %, of the weights after step 5",
        "1.5 s, 2,000 examples/s",
        "in RUN",
        "next: mlpcli compare RUNS",
    ]
    last_is_best = told(best_val_accuracy=0.9, best_val_step=10)
    assert last_is_best[1] == (
        "validation accuracy 90.00 %, its best; both of the weights after step 10"
    )
    assert last_is_best[2] == "1.5 s, 2,000 examples/s"


def test_a_run_that_learned_nothing_says_so_where_its_scores_are(told: Told) -> None:
    lines = told(val_accuracy=0.15, best_val_accuracy=0.15, test_accuracy=0.1)
    assert lines[0].endswith(": learned nothing")
    assert lines[-2:] == [
        "it learned nothing: 15.00 % of the validation examples are right, where an untrained "
        "network may have 17.47 %, and always to answer the largest class has 11.26 %",
        "next: mlpcli explain RUN",
    ]


def test_an_initial_loss_far_from_healthy_is_a_reason_to_explain(told: Told) -> None:
    assert told((300.0, 1.0, 1.0), init="normal")[-2:] == [
        "the loss began at 300.0 on the first batch, where 2.3 to 2.4 is healthy",
        "next: mlpcli explain RUN",
    ]


def test_a_loss_that_was_still_falling_is_a_reason_to_explain(told: Told) -> None:
    assert told((2.4, 1.0, 0.9))[-2:] == [
        "the loss was still falling: by 10.00 % in training and 10.00 % in validation over the "
        "last fifth of the steps",
        "next: mlpcli explain RUN",
    ]
    assert told((2.4, 1.0, 0.96))[-1] == "next: mlpcli compare RUNS"


@pytest.mark.parametrize(
    "overrides",
    [
        ("learning_rate=1e30", "momentum=0.9", "nesterov=true"),
        ("init=normal", "init_stddev=1e20"),
        ("init=zeros", "learning_rate=1e38"),
        ("weight_decay=300", "steps=2000"),
    ],
)
def test_what_train_advises_after_a_divergence_is_what_explain_does(
    overrides: tuple[str, ...], tmp_path: Path
) -> None:
    from mlpcli.explain.command import explained

    with pytest.raises(DivergedError) as raised:
        train(load_config(Path(TINY), overrides), tmp_path)
    (run,) = tmp_path.iterdir()
    advice, following = raised.value.hint.splitlines()
    assert advice.endswith(f"try {advice_text(explained(run).causes[0].advice)}")
    assert following == f"next: mlpcli explain {run}"


def test_a_divergence_says_how_far_the_rate_is_beyond_the_limit(tmp_path: Path) -> None:
    done = mlpcli(["train", TINY, "-s", "learning_rate=1e30"], tmp_path)
    assert done.returncode == 1
    assert re.search(
        r"\ndiverged at step 2: the loss is not a finite number\n"
        r"learning_rate 1e\+30 is \S+e\+30 times the limit of stability of the untrained network, "
        r"0\.\d+: try learning_rate: 0\.\d+\nnext: mlpcli explain runs/\S+\n$",
        done.stderr,
    )


@pytest.fixture
def wild() -> Config:
    return load_config(Path(TINY), ("learning_rate=1e30",))


def test_what_takes_too_long_to_measure_is_said_to_be_a_guess(
    wild: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(divergence, "SECONDS", 0.0)
    with started([wild], dict) as session:
        said = divergence.advice_after_divergence(wild, session.data[wild.data_spec], lambda: None)
    assert said.startswith("try learning_rate: 3.3e+29, which is a guess: ")


def test_a_signal_ends_the_measuring(wild: Config) -> None:
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise StoppedError(2)

    with started([wild], dict) as session, pytest.raises(StoppedError):
        divergence.advice_after_divergence(wild, session.data[wild.data_spec], check)
    assert calls == 3


def test_a_divergence_keeps_neither_its_network_nor_one_more_program(
    wild: Config, tmp_path: Path
) -> None:
    from mlpcli.training.sharpness import _hessian_product
    from mlpcli.training.trainer import Training

    kept = []
    for seed in range(2):
        with pytest.raises(DivergedError) as raised:
            train(wild.model_copy(update={"seed": seed}), tmp_path)
        frames = [entry.frame for entry in raised.traceback]
        found = [value for frame in frames for value in frame.f_locals.values()]
        assert not any(isinstance(value, Training) for value in found)
        kept.append(_hessian_product.cache_info().currsize)
    assert kept[0] == kept[1]
    assert load_run(next(tmp_path.iterdir())).status == "diverged"
    assert sys.exc_info() == (None, None, None)
