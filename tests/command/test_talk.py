"""What commands that train say: nothing but paths, rows as asked, one table, or JSON."""

import json
import os
import signal
import time
from pathlib import Path

import jsonschema
import pytest
from once import Once
from running import begun, mlpcli, runs, spawned

pytestmark = pytest.mark.process

SEEDS = len(os.sched_getaffinity(0)) + 1  # one more than train at once
DIVERGING = ("learning_rate=1e30", "init=normal")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return begun(tmp_path)


def test_a_quiet_run_says_its_path_alone(place: Path) -> None:
    done = mlpcli(["train", "a.yaml", "-q"], place)
    (run,) = runs(place)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"runs/{run.name}\n", "")


def test_a_quiet_run_says_what_went_wrong(place: Path) -> None:
    done = mlpcli(["train", "a.yaml", "--quiet", *DIVERGING], place)
    assert done.returncode == 1
    assert done.stderr.startswith("diverged at step ")
    assert "step 1/40" not in done.stderr


def test_quiet_holds_for_a_run_that_goes_on(place: Path, once: Once) -> None:
    once.mlpcli(["train", "a.yaml", "-q"], place)
    done = mlpcli(["resume", "latest", "steps=60", "-q"], place)
    (run,) = runs(place)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"runs/{run.name}\n", "")
    assert json.loads((run / "summary.json").read_text())["steps"] == 60


@pytest.mark.parametrize(
    ("progress", "lines"), [("none", 0), ("plain", 9), ("auto", 9), ("bar", 9)]
)
def test_rows_are_shown_as_asked_and_off_a_terminal_in_lines(
    progress: str, lines: int, place: Path
) -> None:
    done = mlpcli(["train", "a.yaml", "--progress", progress], place)
    rows = [line for line in done.stderr.splitlines() if line.startswith("step ")]
    # steps 1, 7, 14, 16, 21, 28, 32, 35 and 40
    assert (done.returncode, len(rows)) == (0, lines)
    assert "test accuracy" in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize("keys", [("log_every=1",), ("log_every=1", "eval_every=1")])
def test_a_run_off_a_terminal_takes_twenty_lines_however_often_it_logs(
    keys: tuple[str, ...], place: Path
) -> None:
    done = mlpcli(["train", "a.yaml", "steps=100", *keys], place)
    rows = [line for line in done.stderr.splitlines() if line.startswith("step ")]
    assert len(rows) <= 20
    assert rows[0].startswith("step 1/100 ")
    assert rows[-1].startswith("step 100/100 ")
    (run,) = runs(place)
    assert len((run / "metrics.jsonl").read_text().splitlines()) == 100


def test_several_runs_end_with_one_table_and_what_to_type_next(place: Path) -> None:
    done = mlpcli(["train", "a.yaml", "--seeds", "3", "--progress", "none"], place, COLUMNS="80")
    assert done.stdout.splitlines() == [f"runs/{run.name}" for run in _by_seed(place)]
    lines = done.stderr.splitlines()
    head = next(nth for nth, line in enumerate(lines) if line.startswith("name seed status "))
    table = lines[head + 1 : head + 5]
    assert [line.split()[1] for line in table] == ["0", "1", "2", "mean"]
    assert all("completed" in line and "%" in line for line in table)
    assert "±" in table[-1]
    assert max(map(len, lines[head : head + 5])) <= 80
    assert lines[-1].startswith("next: mlpcli ")


def _by_seed(place: Path) -> list[Path]:
    def seed(run: Path) -> int:
        return int(json.loads((run / "run.json").read_text())["config"]["seed"])

    return sorted(runs(place), key=seed)


def test_the_table_says_which_run_diverged_and_the_exit_code_is_its(place: Path) -> None:
    (place / "b.yaml").write_text((place / "a.yaml").read_text() + "name: b\ninit: normal\n")
    (place / "b.yaml").write_text(
        (place / "b.yaml").read_text().replace("learning_rate: 0.1", "learning_rate: 1e30")
    )
    done = mlpcli(["train", "a.yaml", "b.yaml", "--progress", "none"], place)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert any(line.split()[:3] == ["a", "0", "completed"] for line in lines)
    assert any(line.split()[:3] == ["b", "0", "diverged"] for line in lines)
    assert lines[-1].startswith("next: mlpcli explain runs/")


def test_json_has_the_documented_shape_and_the_runs_summaries(place: Path) -> None:
    schema = json.loads(mlpcli(["schema", "train"], place).stdout)
    done = mlpcli(["train", "a.yaml", "--seeds", "2", "--json"], place)
    record = json.loads(done.stdout)
    jsonschema.validate(record, schema)
    assert [run["seed"] for run in record["runs"]] == [0, 1]
    for run in record["runs"]:
        summary = json.loads((place / run["path"] / "summary.json").read_text())
        assert run["summary"] == summary
    (of_seeds,) = record["settings"]
    accuracies = [run["summary"]["test_accuracy"] for run in record["runs"]]
    assert of_seeds["results"]["test_accuracy"]["mean"] == pytest.approx(sum(accuracies) / 2)


def test_json_of_a_run_that_diverged_says_why(place: Path) -> None:
    done = mlpcli(["train", "a.yaml", "--json", "-q", *DIVERGING], place)
    assert done.returncode == 1
    (run,) = json.loads(done.stdout)["runs"]
    assert (run["status"], run["summary"]) == ("diverged", None)
    assert run["reason"].startswith("diverged at step ")


def test_json_has_runs_that_were_done_before(place: Path, once: Once) -> None:
    once.mlpcli(["train", "a.yaml", "-q"], place)
    done = mlpcli(["train", "a.yaml", "--needed", "--json"], place)
    (run,) = json.loads(done.stdout)["runs"]
    assert (run["found"], run["status"], run["run"]) == (True, "completed", runs(place)[0].name)


def test_a_config_that_is_wrong_prints_no_json(place: Path) -> None:
    done = mlpcli(["train", "a.yaml", "steps=0", "--json"], place)
    assert (done.returncode, done.stdout) == (2, "")


def test_an_interrupted_command_prints_what_there_is(place: Path) -> None:
    words = ["train", "a.yaml", "--seeds", f"{SEEDS}", "--json", "steps=100000000"]
    words += ["log_every=1000"]
    process = spawned(words, place)
    deadline = time.monotonic() + 60
    while not any((run / "metrics.jsonl").stat().st_size for run in runs(place) if run.is_dir()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    under_way = len(runs(place))
    assert [run["status"] for run in json.loads(out)["runs"]] == [
        *["interrupted"] * under_way,
        *["not begun"] * (SEEDS - under_way),
    ]
