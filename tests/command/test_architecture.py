"""The borders that TensorFlow, numpy and pydantic stay behind."""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from running import ROOT

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
        ["ls"],
        ["ls", "RUNS"],
        ["predict", "--help"],
        ["predict", "nowhere", "WRONG"],
        ["evaluate", "nowhere"],
        ["tensorboard", "--help"],
        ["tensorboard", "nowhere"],
        ["gate", "--help"],
        ["gate", "nowhere", "--min", "seconds=1"],
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


@pytest.mark.parametrize("line", ["show ", "train a.yaml -s ", "compare --sort ", "ls --where s"])
def test_completion_loads_what_help_does_and_little_more(line: str) -> None:
    heavy = {"tensorflow", "numpy", "scipy", "pydantic", "rich", "yaml"}
    assert not heavy & loaded(_MLPCLI_COMPLETE="bash_complete", COMP_LINE=f"mlpcli {line}")


def loaded(*words: str, **environment: str) -> set[str]:
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
        env={**os.environ, "COLUMNS": "80", **environment},
    )
    return set(done.stderr.splitlines())


PACKAGES = sorted(path.parent.name for path in (ROOT / "mlpcli").glob("*/__init__.py"))


@pytest.mark.parametrize("name", PACKAGES)
def test_what_a_package_names_for_others_can_be_had_and_hides_no_module(name: str) -> None:
    package = importlib.import_module(f"mlpcli.{name}")
    modules = {path.stem for path in (ROOT / "mlpcli" / name).glob("*.py")}
    assert not modules & set(package.__all__)  # once imported, the module would stand in its place
    assert all(getattr(package, each) is not None for each in package.__all__)
    assert len(str(package.__doc__)) > 150  # a paragraph that says what it is for


def test_imports_point_one_way() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
