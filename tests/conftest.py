"""What several test modules need: configs read from real files, and run directories made real."""

import io
import math
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import cores  # noqa: F401  # before numpy
import forks
import numpy as np
import pytest
import running
from msgspec.structs import replace
from once import Once
from running import begun, only_run, outcome

from mlpcli.config.load import load_config
from mlpcli.config.schema import Config
from mlpcli.data.mnist import MNIST
from mlpcli.errors import ConfigError
from mlpcli.runs.directory import RunDirectory
from mlpcli.runs.layout import PREDICTIONS
from mlpcli.runs.records import MetricsRow, Summary

# A test run that was started in the background may have inherited signals that are ignored, and so
# would the commands that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# what the tests compute anew goes into no user's cache; all of them share it
os.environ["XDG_CACHE_HOME"] = str(Path(tempfile.gettempdir(), f"mlpcli-tests-{os.getuid()}"))

SUMMARY = Summary(
    steps=10,
    parameters=7_850,
    train_loss=0.3,
    train_accuracy=0.92,
    val_loss=0.32,
    val_accuracy=0.9,
    val_examples=5_000,
    best_val_accuracy=0.91,
    best_val_step=5,
    test_loss=0.25,
    test_accuracy=0.8,
    test_correct=8_000,
    test_examples=10_000,
    seconds=1.5,
    compile_seconds=0.5,
    examples_per_second=2_000.0,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="hundreds of kills, signals, power cuts")


TIERS = ("unit", "tf", "process")
# none of these can be imported without TensorFlow, or tested without starting it
HEAVY = ("*/training/*", "*/explain/*", "*/tune/measurements.py", "*/tests/command/*")


def pytest_configure(config: pytest.Config) -> None:
    """Leave out what has no unit test where unit tests alone are asked for."""
    if config.option.markexpr == "unit":
        config.option.ignore_glob = [*(config.option.ignore_glob or ()), *HEAVY]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test its tier: unit, where it is not marked as another."""
    for item in items:
        tiers = [tier for tier in TIERS if item.get_closest_marker(tier)]
        if not tiers:
            item.add_marker("unit")
        assert len(tiers) < 2, f"{item.nodeid} has the tiers {' and '.join(tiers)}"


@pytest.fixture(autouse=True)
def keeps_to_its_tier(request: pytest.FixtureRequest, compiled: Path) -> Iterator[None]:
    """Hold that a unit test neither imports TensorFlow nor starts a command."""
    unit = request.node.get_closest_marker("unit") is not None
    before = "tensorflow" in sys.modules
    running.may_start = not unit
    if request.node.get_closest_marker("tf"):
        with forks.programs_in(compiled):
            yield
    else:
        yield
    running.may_start = True
    if unit and not before:
        assert "tensorflow" not in sys.modules, "mark it tf: it imports TensorFlow"


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Say whether the long form of the fault injection is asked for."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory, once: Once) -> dict[str, Any]:
    """Give what a run of the short config comes to that nothing disturbs."""
    place = begun(tmp_path_factory.mktemp("reference"))
    assert once.mlpcli(["train", "a.yaml"], place).returncode == 0
    return outcome(only_run(place))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of this session that all workers have."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def compiled(shared: Path) -> Path:
    """Give the folder by which all workers and their commands compile a program once."""
    forks.compiled = shared / "compiled"
    forks.compiled.mkdir(exist_ok=True)
    return forks.compiled


@pytest.fixture(scope="session")
def once(shared: Path) -> Once:
    """Give commands that are run once by all workers."""
    return Once(shared / "once")


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Config]:
    """Give a function of a file's content, and overrides, that loads it as `deep.yaml`."""
    monkeypatch.chdir(tmp_path)  # a relative path keeps the messages short

    def load(content: str | bytes, *overrides: str) -> Config:
        path = Path("deep.yaml")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return load_config(path, overrides)

    return load


@pytest.fixture
def refusal(load: Callable[..., Config]) -> Callable[..., str]:
    """Give a function like `load` that returns the message with which the file is refused."""

    def refusal(content: str | bytes, *overrides: str) -> str:
        with pytest.raises(ConfigError) as caught:
            load(content, *overrides)
        return str(caught.value)

    return refusal


@pytest.fixture
def summary() -> Summary:
    """Give what came out of some run."""
    return SUMMARY


def summary_of(**results: Any) -> Summary:
    """Return the summary with other results, and what follows from them."""
    said = replace(SUMMARY, **results)
    correct = said.test_accuracy * said.test_examples
    follows = {
        "best_val_accuracy": max(said.val_accuracy, SUMMARY.best_val_accuracy or 0),
        "best_val_step": min(said.steps, SUMMARY.best_val_step or 0),
        "test_correct": round(correct) if math.isclose(correct, round(correct)) else None,
    }
    return replace(said, **{key: each for key, each in follows.items() if key not in results})


def rows_of(summary: Summary) -> Iterator[MetricsRow]:
    """Yield the row of the best validation, and the last, of a run that such a summary is of."""
    said = [(summary.steps, summary.seconds, summary.val_accuracy, summary.val_loss)]
    best, accuracy = summary.best_val_step, summary.best_val_accuracy
    if best and best < summary.steps:
        said.insert(0, (best, 0.0, accuracy or 0.0, summary.val_loss))
    for step, seconds, accuracy, loss in said:
        yield MetricsRow(step, 0.5, 0.9, 0.1, seconds, summary.examples_per_second, loss, accuracy)


def predictions_of(summary: Summary) -> dict[str, bytes]:
    """Return the file of predictions of MNIST, as many of them right as the summary says."""
    targets, correct = MNIST.test_targets(), summary.test_correct
    if correct is None or summary.test_examples != len(targets):
        return {}
    predicted = targets.astype(np.uint8)
    predicted[correct:] = (predicted[correct:] + 1) % 10
    content = io.BytesIO()
    np.save(content, predicted)
    return {PREDICTIONS: content.getvalue()}


@pytest.fixture
def finished(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that makes a completed run in `tmp_path/runs`."""

    def finished(name: str, config: str = "", **results: Any) -> Path:
        run = RunDirectory.create(tmp_path / "runs", name, f"name: {name}\n{config}", {})
        with run:
            summary = summary_of(**results)
            for row in rows_of(summary):
                run.append(row)
            files = predictions_of(summary) if "dataset: mnist" in config else {}
            run.complete(summary, files)
        return run.path

    return finished


@pytest.fixture
def unfinished(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that makes a run in `tmp_path/runs` that an error ended."""

    def unfinished(name: str, error: Exception, *rows: MetricsRow, config: str = "") -> Path:
        run = RunDirectory.create(tmp_path / "runs", name, f"name: {name}\n{config}", {})
        with suppress(type(error)), run:
            for row in rows:
                run.append(row)
            raise error
        return run.path

    return unfinished
