"""The borders that TensorFlow, numpy and pydantic stay behind."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.process


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["train", "--help"],
        ["compare", "--help"],
        ["schema", "--help"],
        ["lr", "--help"],
        ["lr", "WRONG"],
        ["show", "--help"],
        ["diff", "--help"],
        ["explain", "--help"],
        ["explain", "nowhere"],
        ["show", "nowhere"],
        ["diff", "nowhere", "latest"],
        ["schema"],
        ["compare", "RUNS"],
        ["train", "WRONG"],
        ["train", "configs/nowhere.yaml"],
    ],
)
def test_only_training_loads_tensorflow_or_numpy(words: list[str], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("layers: none\n")
    places = {"RUNS": str(tmp_path), "WRONG": str(wrong)}
    heavy = {"tensorflow", "keras", "numpy", "scipy", "h5py"}
    assert not heavy & loaded(*(places.get(word, word) for word in words))


@pytest.mark.parametrize("form", ["--by=run", "--by=setting", "--json", "--csv", "--md"])
def test_comparing_runs_loads_no_pydantic(finished: Callable[..., Path], form: str) -> None:
    folder = finished("a").parent
    finished("b")
    assert not {"pydantic", "importlib.metadata", "email"} & loaded("compare", str(folder), form)


def loaded(*words: str) -> set[str]:
    """Return the modules that a command has loaded at its end."""
    code = (
        "import sys\n"
        "from mlpcli.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "print('', *sys.modules, sep='\\n', file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "80"},
    )
    return set(done.stderr.splitlines())
