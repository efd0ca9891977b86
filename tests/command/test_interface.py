"""What a notebook can do: the names that the package gives, without the command line."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError
from running import TINY

import mlpcli

pytestmark = pytest.mark.process

NOTEBOOK = """
import sys
from mlpcli import Config, compare, load_config, load_run, train

assert not {"tensorflow", "numpy"} & set(sys.modules)
config = load_config(sys.argv[1], ["steps=60", "seed=1"])
first = train(config, "kept")
second = train(config.model_copy(update={"learning_rate": 0.05}), "kept")
assert load_run(first.path).summary == first.summary
both = compare("kept")
assert [each.run for each in both.runs][0] in (first.name, second.name)
assert both.differing == ["learning_rate"]
assert both.runs[0].results["val_accuracy"].step == 60
assert compare(first.path, second.path, where="learning_rate=0.05").runs[0].run == second.name
import mlpcli.compare as package
assert package.Options and compare is package  # whichever is imported first
print(first.status, second.config["learning_rate"], round(first.summary.test_accuracy, 1) > 0.2)
"""


def test_a_notebook_does_what_the_command_does(tmp_path: Path) -> None:
    words = [sys.executable, "-W", "error", "-c", NOTEBOOK, TINY]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "completed 0.05 True\n"), done.stderr


def test_the_interface_is_named_in_one_place_and_typos_are_told() -> None:
    expected = {"Config", "MlpcliError", "Run", "compare", "load_config", "load_run", "train"}
    assert set(mlpcli.__all__) == set(dir(mlpcli)) == expected
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        mlpcli.trian  # noqa: B018


def test_a_run_is_trained_in_a_thread_that_hears_no_signals(tmp_path: Path) -> None:
    script = (
        "import sys, threading\n"
        "from mlpcli import load_config, train\n"
        "config = load_config(sys.argv[1], ['steps=5'])\n"
        "thread = threading.Thread(target=train, args=(config,))\n"
        "thread.start()\n"
        "thread.join()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, TINY], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert len(list((tmp_path / "runs").iterdir())) == 1


def test_what_is_not_there_is_told_as_the_command_tells_it(tmp_path: Path) -> None:
    with pytest.raises(mlpcli.MlpcliError, match="no such file or directory"):
        mlpcli.load_config(tmp_path / "nowhere.yaml")
    with pytest.raises(mlpcli.MlpcliError, match="nowhere"):
        mlpcli.compare("nowhere", runs_dir=tmp_path)
    with pytest.raises(mlpcli.MlpcliError, match="seed: of single runs"):
        mlpcli.compare("nowhere", runs_dir=tmp_path, columns="seed", by="setting")


def test_a_config_made_by_hand_is_as_strict_as_a_file() -> None:
    values = {"name": "a", "learning_rate": 0.1, "steps": 10, "batch_size": 5}
    assert mlpcli.Config(layers=2, width=8, **values).parameters == 784 * 8 + 8 + 80 + 10
    with pytest.raises(ValidationError, match="width: missing, required for two layers"):
        mlpcli.Config(layers=2, **values)
    with pytest.raises(ValidationError, match="warmup_steps: more than steps"):
        mlpcli.Config(layers=1, warmup_steps=11, **values)
