"""Run directories of other versions: those of before are read for good, later ones refused."""

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import click.testing
import pytest
from running import SHORT, in_process, mlpcli

from mlpcli.config import load_config
from mlpcli.errors import RunError
from mlpcli.runs.checkpoint import DamagedError, from_bytes
from mlpcli.runs.completed import split_completed
from mlpcli.runs.details import run_details
from mlpcli.runs.history import read_rows
from mlpcli.runs.provenance import package_versions
from mlpcli.runs.read import load_run
from mlpcli.runs.version import NewerError

FIXTURES = Path(__file__).with_name("fixtures")
FINISHED = FIXTURES / "20261126-011336-short-806e"
INTERRUPTED = FIXTURES / "20261126-011400-short-caa7"
NEWER = "has schema version 4, this mlpcli reads 1 to 3: update mlpcli"


def forge(run: Path, name: str, **values: object) -> None:
    known = json.loads((run / name).read_text())
    (run / name).write_text(json.dumps(known | values))


def copied(run: Path, place: Path) -> Path:
    return Path(shutil.copytree(run, place / run.name))


def printed(*words: object) -> click.testing.Result:
    return in_process(*words, COLUMNS="80")


# of before


def test_runs_of_version_1_are_compared() -> None:
    done = printed("compare", FIXTURES, "--by", "run", "--json")
    runs = {row["run"]: row for row in json.loads(done.stdout)["runs"]}
    finished, interrupted = runs[FINISHED.name], runs[INTERRUPTED.name]
    assert (done.exit_code, done.stderr, len(runs)) == (0, "", 2)
    assert (finished["status"], interrupted["status"]) == ("completed", "interrupted")
    values = {key: each["value"] for key, each in finished["results"].items()}
    assert (values["test_accuracy"], values["steps_taken"]) == (0.447, 40)
    assert interrupted["results"]["steps_taken"]["value"] == 32
    assert interrupted["results"]["val_accuracy"]["value"] == 0.4728


@pytest.mark.parametrize("run", [FINISHED, INTERRUPTED])
def test_runs_of_version_1_are_shown(run: Path) -> None:
    done = printed("show", run, "--full")
    assert (done.exit_code, done.stderr.count("\n")) == (0, 1)  # the next command
    assert "\nvalidation " in done.stdout
    assert "\nMetrics" in done.stdout


def test_a_summary_of_version_1_has_its_counts() -> None:
    results = run_details(load_run(FINISHED))["results"]
    assert (results.test.correct, results.test.examples) == (4_470, 10_000)


def test_a_run_of_version_1_is_diffed_with_itself_gone_on() -> None:
    done = printed("diff", FINISHED, INTERRUPTED, "--full")
    assert (done.exit_code, done.stderr.count("\n")) == (0, 1)  # the next command
    assert "\nConfig: the same\n" in done.stdout


@pytest.mark.process
def test_an_interrupted_run_of_version_1_is_resumed_to_its_end(tmp_path: Path) -> None:
    """Not to the same bits, which no other machine promises, but to the same steps and rows."""
    run = copied(INTERRUPTED, tmp_path)
    forge(run, "run.json", versions=package_versions())
    done = mlpcli(["resume", run], tmp_path)
    assert done.returncode == 0, done.stderr
    then, now = load_run(FINISHED), load_run(run)
    assert now.summary
    assert then.summary
    assert (now.status, now.summary.steps) == ("completed", 40)
    assert now.summary.val_accuracy == pytest.approx(then.summary.val_accuracy, abs=0.02)
    assert [row.step for row in now.rows] == [row.step for row in then.rows]
    assert now.info["schema_version"] == 3
    assert not list(run.glob(".checkpoint-*"))


def test_a_completed_run_of_version_1_needs_no_repeating(tmp_path: Path) -> None:
    forge(copied(FINISHED, tmp_path), "run.json", versions=package_versions())
    (tmp_path / "short.yaml").write_text(SHORT.replace("keep: best\n", ""))
    left, done, warnings = split_completed([load_config(tmp_path / "short.yaml")], tmp_path)
    assert (left, [path.name for _, path in done], warnings) == ([], [FINISHED.name], [])


# of later


@pytest.mark.process
@pytest.mark.parametrize("name", ["run.json", "summary.json"])
def test_a_record_of_a_later_version_is_refused_in_a_line(tmp_path: Path, name: str) -> None:
    run = copied(FINISHED, tmp_path)
    forge(run, name, schema_version=4, what_is_new=[{}])
    with pytest.raises(NewerError) as caught:
        load_run(run)
    assert str(caught.value) == f"{name} {NEWER}"
    for words in (["show", run], ["resume", run], ["explain", run], ["diff", run, FINISHED]):
        done = mlpcli(words, tmp_path)
        assert done.returncode == 1
        assert done.stderr == f"{run}: {name} {NEWER}\n"


def test_compare_warns_of_a_later_version_and_goes_on(tmp_path: Path) -> None:
    later, _ = copied(FINISHED, tmp_path), copied(INTERRUPTED, tmp_path)
    forge(later, "run.json", schema_version=4)
    done = printed("compare", tmp_path)
    assert done.exit_code == 0
    assert done.stderr.splitlines()[0] == f"{later}: run.json {NEWER}"
    assert INTERRUPTED.name in done.stdout


@pytest.mark.parametrize("name", ["run.json", "summary.json"])
@pytest.mark.parametrize("version", [0, -1, 1.0, "1", None, True, [1], 10**30])
def test_a_version_that_is_no_whole_number_is_damage(
    tmp_path: Path, name: str, version: object
) -> None:
    run = copied(FINISHED, tmp_path)
    forge(run, name, schema_version=version)
    with pytest.raises(RunError) as caught:
        load_run(run)
    assert str(caught.value) == f"{name} is damaged: schema_version is not a whole number above 0"


def headed(run: Path, **changes: Any) -> bytes:
    """Return a run's newest checkpoint with another head, under a hash that is right."""
    content = max(run.glob("checkpoint-*")).read_bytes()
    head, _, arrays = content[65:].partition(b"\n")
    rest = json.dumps(json.loads(head) | changes).encode() + b"\n" + arrays
    return sha256(rest).hexdigest().encode() + b"\n" + rest


def test_a_checkpoint_of_a_later_version_is_not_gone_on_from() -> None:
    config = load_config(FINISHED / "config.yaml")
    assert from_bytes(headed(FINISHED), config).step == 40
    with pytest.raises(DamagedError) as caught:
        from_bytes(headed(FINISHED, schema_version=4), config)
    assert str(caught.value) == f"its head {NEWER}"


# rows with keys that a later version added


@pytest.fixture
def with_rows(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that adds keys to the second of a run's rows."""

    def with_rows(**keys: object) -> Path:
        run = copied(FINISHED, tmp_path)
        first, second, *rest = (run / "metrics.jsonl").read_text().splitlines(keepends=True)
        second = json.dumps(json.loads(second) | keys) + "\n"
        (run / "metrics.jsonl").write_text("".join([first, second, *rest]))
        return run

    return with_rows


@pytest.mark.parametrize("value", [1.5, None, "text", [1, [2]], {"a": {}}])
def test_an_unknown_key_loses_no_row_and_is_kept(
    with_rows: Callable[..., Path], value: object
) -> None:
    run = with_rows(entropy=value)
    assert [row.step for row in read_rows(run)] == [row.step for row in read_rows(FINISHED)]
    done = printed("show", run, "--json")
    rows = json.loads(done.stdout)["metrics"]["rows"]
    assert (done.exit_code, done.stderr) == (0, "")
    assert [row.get("entropy", "none") for row in rows[:3]] == ["none", value, "none"]


@pytest.mark.parametrize("key", ["unknown", "step ", "", "schema_version"])
def test_whatever_a_later_key_is_called_it_is_kept(
    with_rows: Callable[..., Path], key: str
) -> None:
    second = list(read_rows(with_rows(**{key: {"a": 1}})))[1]
    assert (second.step, second.unknown) == (7, {key: {"a": 1}})


@pytest.mark.parametrize("keys", [{"accuracy": 1.5}, {"step": "8"}, {"layers": [{"dead": 0}]}])
def test_an_impossible_value_beside_an_unknown_key_ends_the_rows(
    with_rows: Callable[..., Path], keys: dict[str, object]
) -> None:
    run = with_rows(entropy=1, **keys)
    assert [row.step for row in read_rows(run)] == [1]
    assert printed("show", run, "--json").stderr == (
        f"{run}: metrics.jsonl has 1 row that can be read, and none of them is of step 40\n"
    )


def test_a_hostile_key_is_as_deep_as_may_be_written_back(with_rows: Callable[..., Path]) -> None:
    deep: list[Any] = []
    for _ in range(400):
        deep = [deep]
    assert [row.step for row in read_rows(with_rows(entropy=deep))] == [1]
