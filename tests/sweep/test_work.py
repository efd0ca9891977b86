"""Several processes that train one sweep in a folder that they share: `mlpcli work`."""

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from once import Once
from running import info, mlpcli, spawned
from small_sweep import BASE, WORDS, made, only_sweep, resumed, summary, sweeps, undisturbed

from mlpcli.sweep.folder import CLAIM

TIMED = """\
base: base.yaml
over:
  learning_rate: {from: 0.01, to: 1.0, log: true}
  steps: [3000, 4000]
search: random
trials: 400
seeds: 1
budget: {minutes: 0.1}
"""
pytestmark = pytest.mark.process


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, once: Once) -> dict[str, Any]:
    """Give the summary of the sweep that one process trains."""
    return undisturbed(tmp_path_factory, once)[0]


def begun(place: Path) -> Path:
    """Begin the sweep, and kill what trains it once its folder is there."""
    process = spawned(WORDS, made(place))
    while not sweeps(place):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.communicate()
    return only_sweep(place)


def ended(process: subprocess.Popen[str]) -> str:
    _, talk = process.communicate(timeout=100)
    assert process.returncode == 0, talk
    return talk


def test_processes_that_share_a_sweep_come_to_the_same_end(
    tmp_path: Path, whole: dict[str, Any]
) -> None:
    path = begun(tmp_path)
    workers = [spawned(["work", path], tmp_path) for _ in range(3)]
    while not [*path.glob("*/summary.json")]:
        assert workers[0].poll() is None
        time.sleep(0.01)
    workers[0].kill()
    workers[0].communicate()
    talks = [ended(each) for each in workers[1:]]
    assert summary(path) == whole
    runs = [info(each)["config"] for each in path.iterdir() if each.is_dir()]
    assert len({(each["name"], each["seed"]) for each in runs}) == len(runs)  # none trained twice
    assert all("best: trial" in each for each in talks), talks
    assert not [*path.glob(f"{CLAIM}*")]
    (path / "summary.json").write_text('{"of": "who began it"}')
    ended(spawned(["work", path], tmp_path))  # nothing is left to do, or to say
    assert (path / "summary.json").read_text() == '{"of": "who began it"}'


def test_it_goes_on_beside_the_process_that_began_it(tmp_path: Path, whole: dict[str, Any]) -> None:
    first = spawned(WORDS, made(tmp_path))
    while not sweeps(tmp_path):
        assert first.poll() is None
        time.sleep(0.01)
    path = only_sweep(tmp_path)
    second = spawned(["work", path.name], tmp_path)
    assert ended(first)
    assert ended(second)
    assert summary(path) == whole


def test_a_sweep_is_shown_where_its_data_are_gone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(_table(0))
    (tmp_path / "base.yaml").write_text(BASE.replace("spiral", "a.csv"))
    words = ("sweep", "base.yaml", "width=4,8", "train_examples=60,100", "--seeds", "1", "-q")
    assert mlpcli(words, tmp_path).returncode == 0
    path = only_sweep(tmp_path)
    before = mlpcli(["show", path], tmp_path)
    (tmp_path / "a.csv").unlink()
    assert mlpcli(["show", path], tmp_path).stdout == before.stdout
    assert before.stdout
    done = mlpcli(["resume", path], tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no such file" in done.stderr


def test_runs_of_other_data_or_versions_are_not_mixed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(_table(0))
    (tmp_path / "base.yaml").write_text(BASE.replace("spiral", "a.csv"))
    words = ("sweep", "base.yaml", "width=4,8", "--seeds", "1", "-q")
    assert mlpcli(words, tmp_path).returncode == 0
    path = only_sweep(tmp_path)
    shutil.rmtree(next(path.glob("*-base-001-*")))
    (tmp_path / "a.csv").write_text(_table(1))
    for command in ("work", "resume"):
        done = mlpcli([command, path], tmp_path)
        assert done.returncode == 1
        assert "was trained with other data than" in done.stderr
    (tmp_path / "a.csv").write_text(_table(0))
    file = next(path.glob("*-base-000-*")) / "run.json"
    said = json.loads(file.read_text())
    file.write_text(json.dumps({**said, "versions": {**said["versions"], "numpy": "1.0"}}))
    done = mlpcli(["work", path], tmp_path)
    assert done.returncode == 1
    assert "was trained with numpy 1.0, here " in done.stderr


def test_other_data_are_told_where_epochs_make_other_steps_of_them(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(_table(0))
    text = BASE.replace("spiral", "a.csv").replace("steps: 120", "epochs: 10")
    (tmp_path / "base.yaml").write_text(text)
    words = ("sweep", "base.yaml", "width=4,8", "--seeds", "1", "-q")
    assert mlpcli(words, tmp_path).returncode == 0
    path = only_sweep(tmp_path)
    before = sorted(path.iterdir())
    (tmp_path / "a.csv").write_text(_table(20))
    done = mlpcli(["resume", path], tmp_path)
    assert done.returncode == 1
    assert "was trained with other data than" in done.stderr
    assert [each for each in sorted(path.iterdir()) if each.is_dir()] == [
        each for each in before if each.is_dir()
    ]


def _table(first: int) -> str:
    rows = "".join(f"{i},{i % 7},{'ab'[i % 2]}\n" for i in range(first, 200))
    return f"x,y,label\n{rows}"


def test_what_is_no_sweep_is_said(tmp_path: Path) -> None:
    done = mlpcli(["work", "nothing"], made(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("nothing: not the name of one sweep in runs\n")


def test_a_budget_ends_with_the_same_trial_for_all(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "s.yaml").write_text(TIMED)
    first = spawned(WORDS, tmp_path)
    while not sweeps(tmp_path):
        assert first.poll() is None
        time.sleep(0.01)
    path = only_sweep(tmp_path)
    second = spawned(["work", path], tmp_path)
    ended(first)
    ended(second)
    trials = json.loads(mlpcli(["show", path, "--json"], tmp_path).stdout)["trials"]
    assert len(trials) == int((path / "trials.txt").read_text()) < 400
    assert {each["status"] for each in trials} == {"completed"}


def test_a_resumed_sweep_takes_what_workers_have_done(
    tmp_path: Path, whole: dict[str, Any]
) -> None:
    path = begun(tmp_path)
    worker = spawned(["work", path], tmp_path)
    while not [*path.glob("*/summary.json")]:
        assert worker.poll() is None
        time.sleep(0.01)
    worker.kill()
    worker.communicate()
    resumed(tmp_path)
    assert summary(path) == whole
