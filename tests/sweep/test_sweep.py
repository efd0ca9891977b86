"""The command: what it trains, leaves and says, and that nothing of it is ever lost."""

import json
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from once import Once
from remote_workers import View
from running import everywhere, info, mlpcli, spawned
from small_sweep import WORDS, faulty, made, only_sweep, resumed, summary, sweeps, undisturbed

from mlpcli.config import load_config
from mlpcli.runs import TRIAL, describe_environment
from mlpcli.sweep.records import sweep_schema
from mlpcli.terminal import Talk
from mlpcli.training import Job, started, train_many

pytestmark = pytest.mark.process


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, once: Once) -> dict[str, Any]:
    """Give the summary of the sweep that nothing disturbs."""
    return undisturbed(tmp_path_factory, once)[0]


@pytest.fixture(scope="session")
def calls(tmp_path_factory: pytest.TempPathFactory, once: Once) -> int:
    """Say how many calls to write it makes."""
    return undisturbed(tmp_path_factory, once)[1]


def test_a_sweep_stops_most_trials_and_ends_with_finalists(whole: dict[str, Any]) -> None:
    ends = [each["status"] for each in whole["trials"]]
    assert len(ends) == 12
    assert ends.count("stopped") > ends.count("completed") >= 1
    assert whole["counts"] == {each: ends.count(each) for each in sorted({*ends})}
    assert "successive halving, eta 3" in whole["rule"]
    for each in whole["trials"]:
        if each["status"] == "stopped":
            assert str(each["step"]) in each["rungs"]
            assert each["rungs"][str(each["step"])] == each["score"]
    best = whole["trials"][whole["best"]]
    assert best["status"] == "completed"
    assert best["score"] == max(e["score"] for e in whole["trials"] if e["status"] == "completed")
    first = whole["finalists"][0]
    assert first["number"] == whole["best"]
    assert sorted(first["scores"]) == ["1", "2"]  # seeds that no trial had
    assert whole["cheapest"] in whole["tied"]


def test_its_members_are_runs_for_every_command(tmp_path: Path) -> None:
    place = made(tmp_path)
    words = ["sweep", "base.yaml", "learning_rate=0.1,0.5", "width=4,8", "steps=60"]
    done = mlpcli([*words, "--seeds", "1", "-q"], place)
    path = only_sweep(place)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"runs/{path.name}\n", "")
    members = sorted(each for each in path.iterdir() if each.is_dir())
    assert len(members) == 4
    assert all(info(each)["status"] == "completed" for each in members)
    part = path.name[16:]  # its name without the time
    table = mlpcli(["compare", part, "--json"], place)
    assert len(json.loads(table.stdout)["runs"]) == 4
    both = mlpcli(["compare", part, members[0], "--json"], place)
    assert len(json.loads(both.stdout)["runs"]) == 4
    shown = mlpcli(["show", "base-002", "--json"], place)
    assert json.loads(shown.stdout)["config"]["width"] == 4
    assert mlpcli(["diff", "base-000", "base-001"], place).returncode == 0
    whole = mlpcli(["explain", path], place)
    assert whole.returncode == 2
    assert f"name one of its runs: mlpcli ls {path}\n" in whole.stderr
    none = mlpcli(["ls"], place)
    assert none.stderr == f"see the runs of its last sweep: mlpcli ls runs/{path.name}\n"
    again = mlpcli(["show", part], place)
    assert "best of 4: trial" in again.stdout
    assert again.stderr == f"next: mlpcli explain runs/{path.name}/{_best(path)}\n"
    # what was trained is not trained again
    other = mlpcli([*words, "--seeds", "1", "--needed", "--json"], place)
    record = json.loads(other.stdout)
    assert [each["found"] for each in record["trials"]] == [True] * 4
    jsonschema.validate(record, sweep_schema())
    own = json.loads((path / "summary.json").read_text())
    told = json.loads(mlpcli(["show", path, "--json"], place).stdout)
    for each in (own, told):
        jsonschema.validate(each, sweep_schema())
    assert told.keys() == own.keys()
    assert (told["trials"], told["side_by_side"]) == (own["trials"], None)
    assert len([each for each in sweeps(place) if each != path]) == 1


def _best(path: Path) -> str:
    record = json.loads((path / "summary.json").read_text())
    return str(record["trials"][record["best"]]["run"])


def test_a_dry_run_says_what_it_takes_and_writes_nothing(tmp_path: Path) -> None:
    place = made(tmp_path)
    plan = json.loads(mlpcli([*WORDS, "--dry-run", "--json"], place).stdout)
    assert (plan["total"], len(plan["trials"])) == (12, 8)
    assert sum(each["trials"] for each in plan["together"]) == 8
    assert plan["seconds"] > 1
    assert plan["memory"] > 100e6
    (place / "none.yaml").write_text((place / "s.yaml").read_text() + "largest_run: 1e3\n")
    for words in (["sweep", "none.yaml", "--dry-run"], ["sweep", "none.yaml"]):
        none = mlpcli(words, place)
        assert (none.returncode, none.stdout) == (2, "")
        assert none.stderr.startswith("largest_run: every trial is larger, got 1000, allowed")
    assert sweeps(place) == []
    wrong = mlpcli(["sweep", "base.yaml", "width=0,4"], place)
    assert wrong.returncode == 2
    assert "width: too small, got 0" in wrong.stderr
    assert sweeps(place) == []


def test_ctrl_c_leaves_every_member_to_go_on(tmp_path: Path, whole: dict[str, Any]) -> None:
    place = made(tmp_path)
    process = spawned(WORDS, place)
    assert process.stderr
    while "trial 1" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    before = time.monotonic()
    _, talk = process.communicate(timeout=30)
    assert time.monotonic() - before < 10
    path = only_sweep(place)
    assert process.returncode == 130
    assert talk.splitlines()[-1] == f"go on with: mlpcli resume runs/{path.name}"
    assert {info(e)["status"] for e in path.iterdir() if e.is_dir()} <= {
        "completed", "stopped", "interrupted"}  # fmt: skip
    assert not (path / "summary.json").exists()
    assert mlpcli(["show", path], place).stderr.endswith(f"mlpcli resume {path}\n")
    resumed(place)
    assert summary(path) == whole
    told = mlpcli(["resume", path], place)  # a finished one is told again
    assert "importing TensorFlow" not in told.stderr
    assert summary(path) == whole


@pytest.mark.parametrize("rung", [0, 1])
def test_a_trial_that_a_signal_stopped_just_behind_its_rung_goes_on(
    tmp_path: Path, whole: dict[str, Any], rung: int
) -> None:
    place = made(tmp_path)
    assert mlpcli(WORDS, place).returncode == 0
    path = only_sweep(place)
    (path / "summary.json").unlink()
    trial = next(each for each in whole["trials"] if each["status"] == "completed")
    runs = {each: info(each) for each in path.iterdir() if each.is_dir()}
    numbers = {each: said.get(TRIAL, {}).get("trial") for each, said in runs.items()}
    (run,) = (each for each in runs if numbers[each] == trial["number"])
    config, about = load_config(run / "config.yaml"), runs[run][TRIAL]
    for each in [run, *(each for each in runs if numbers[each] is None)]:
        shutil.rmtree(each)  # and the finalists' runs on fresh seeds, which come after it
    job = Job.part(config, sorted(map(int, trial["rungs"]))[rung] + 3, "as a signal would")
    job.about = {TRIAL: about}
    with started([config], describe_environment, Talk(quiet=True, stdout="nothing")) as session:
        assert [each.status for each in train_many([job], path, session, View())] == ["stopped"]
    assert job.path
    left = info(job.path)
    del left["stopped"]
    (job.path / "run.json").write_text(json.dumps({**left, "status": "interrupted"}))
    resumed(place)
    assert summary(path) == whole


def test_a_sweep_killed_at_any_moment_ends_like_one_that_was_not(
    tmp_path: Path, whole: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    draw, kills = random.Random(5), 50 if request.config.option.long else 2
    place = made(tmp_path)
    while kills:
        left = sweeps(place)
        process = spawned(["resume", left[0]] if left else WORDS, place)
        try:
            process.wait(draw.uniform(1.0, 6.0))
        except subprocess.TimeoutExpired:
            process.kill()
            kills -= 1
        finally:
            process.communicate()
        if process.returncode == 0:
            assert summary(only_sweep(place)) == whole
            shutil.rmtree(place / "runs")
    resumed(place)
    assert summary(only_sweep(place)) == whole


@pytest.mark.timeout(1200)
def test_a_sweep_killed_at_a_write_ends_like_one_that_was_not(
    tmp_path: Path, whole: dict[str, Any], calls: int, request: pytest.FixtureRequest
) -> None:
    first = [2, 6]  # while the sweep's own folder is made
    spread = range(20, calls, 1 if request.config.option.long else calls // 2)
    places = {number: tmp_path / str(number) for number in (*first, *spread)}
    killed = everywhere(lambda number: faulty(places[number], f"kill {number}"), places)
    assert {done.returncode for done in killed.values()} <= {-9, 0}
    assert [done.returncode for done in killed.values()].count(-9) >= len(first)
    everywhere(lambda number: resumed(places[number]), places)
    for place in places.values():
        assert summary(only_sweep(place)) == whole


def test_a_full_disk_ends_it_in_a_line_and_it_goes_on(
    tmp_path: Path, whole: dict[str, Any]
) -> None:
    place = tmp_path / "full"
    done = faulty(place, "ENOSPC 60+")
    assert done.returncode == 1
    assert "no space left on device" in done.stderr.lower()
    assert "Traceback" not in done.stderr
    resumed(place)
    assert summary(only_sweep(place)) == whole


def test_a_trial_that_fails_stops_no_other(tmp_path: Path) -> None:
    place = made(tmp_path)
    words = ["sweep", "base.yaml", "learning_rate=0.1,1e30", "steps=60", "--seeds", "1", "--json"]
    done = mlpcli(words, place)
    record = json.loads(done.stdout)
    assert [each["status"] for each in record["trials"]] == ["completed", "diverged"]
    assert (done.returncode, record["best"]) == (0, 0)
    assert "diverged at step" in done.stderr


def test_one_process_trains_a_sweep_at_a_time_and_show_says_how_far_it_is(
    tmp_path: Path, whole: dict[str, Any]
) -> None:
    place = made(tmp_path)
    process = spawned(WORDS, place)
    assert process.stderr
    while "trial 1" not in process.stderr.readline():
        assert process.poll() is None
    path = only_sweep(place)
    other = mlpcli(["resume", path], place)
    held = (
        f"{path}: is being trained by process {process.pid}\nwait for it, stop it, or help it from "
        f"another machine: mlpcli work {path}\n"
    )
    assert (other.returncode, other.stderr) == (1, held)
    process.kill()
    process.communicate()
    for run in path.iterdir():
        if "base-001" in run.name:
            shutil.rmtree(run)  # the first one that is missing hides no other
    record = json.loads(mlpcli(["show", path, "--json"], place).stdout)
    jsonschema.validate(record, sweep_schema())
    ends = {each["number"]: each["status"] for each in record["trials"]}
    assert 0 in ends
    assert 1 not in ends
    assert len(ends) > 1
    assert {*ends.values()} <= {"completed", "stopped", "unfinished"}
    resumed(place)
    assert summary(path) == whole
