"""A run directory as its writer leaves it, however it ends, and as a reader finds it."""

import json
import math
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import asdict, replace

from mlpcli.errors import DivergedError, RunError
from mlpcli.runs.directory import RunDirectory
from mlpcli.runs.layout import is_run
from mlpcli.runs.metrics import LINE, to_line
from mlpcli.runs.read import load_run
from mlpcli.runs.records import MetricsRow, Summary
from mlpcli.terminal.signals import StoppedError

Finished = Callable[..., Path]
Unfinished = Callable[..., Path]

CONFIG = "layers: 1\nlearning_rate: 1e-4\n"
ROW = MetricsRow(
    step=1, loss=2.5, accuracy=0.125, learning_rate=0.1, seconds=0.5, examples_per_second=64.0
)
WRITER = """
import sys
from pathlib import Path
from mlpcli.runs.directory import RunDirectory
with RunDirectory.create(Path(sys.argv[1]), "deep", "layers: 1\\n", {}) as run:
    print(run.path, flush=True)
    END
"""


def processless(run: Path) -> dict[str, Any]:
    """Return what run.json says, but for the process that is checked here."""
    info = read_json(run / "run.json")
    process = info.pop("process")
    assert process["id"] == os.getpid()
    assert process["since"] == "2026-01-02T03:04:05.678+00:00"
    return info


def frozen() -> datetime:
    return datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)


def create(root: Path, **info: Any) -> RunDirectory:
    return RunDirectory.create(root, "deep", CONFIG, info, frozen)


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(), parse_constant=lambda name: pytest.fail(name))


def last_step(run: Path) -> int:
    last = load_run(run).last
    assert last
    return last.step


def left(root: Path, error: BaseException) -> Path:
    """Return a run whose block ended with the error."""
    with suppress(type(error)), create(root) as run:
        raise error
    return run.path


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def not_as_root() -> Iterator[None]:
    """Take this process's rights away for a while, if it runs as root."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if user == 0:
            os.seteuid(0)


def test_a_new_run_has_its_config_its_info_and_no_rows(tmp_path: Path) -> None:
    with create(tmp_path) as run:
        files = {path.name: path.read_text() for path in run.path.iterdir()}
    assert set(files) == {"config.yaml", "run.json", "metrics.jsonl", ".lock"}
    assert files["config.yaml"] == CONFIG
    assert files["metrics.jsonl"] == ""


def test_a_new_run_is_running_since_its_start_and_tells_what_it_was_given(tmp_path: Path) -> None:
    with create(tmp_path, host="here", gpus=[]) as run:
        assert processless(run.path) == {
            "schema_version": 3,
            "status": "running",
            "host": "here",
            "gpus": [],
            "started": "2026-01-02T03:04:05.678+00:00",
        }


def test_a_run_directory_is_named_by_time_name_and_four_hex_digits(tmp_path: Path) -> None:
    with create(tmp_path) as run:
        assert re.fullmatch(r"20260102-030405-deep-[0-9a-f]{4}", run.path.name)


def test_a_run_directory_states_its_time_in_utc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        with RunDirectory.create(tmp_path, "deep", CONFIG, {}) as run:
            stated = datetime.strptime(run.path.name[:15] + " +0000", "%Y%m%d-%H%M%S %z")
        assert 0 <= time.time() - stated.timestamp() < 60
    finally:
        monkeypatch.undo()
        time.tzset()


def test_runs_of_the_same_moment_have_directories_of_their_own(tmp_path: Path) -> None:
    for _ in range(20):
        with create(tmp_path):
            pass
    assert len(list(tmp_path.iterdir())) == 20


def test_the_root_is_made_with_its_parents(tmp_path: Path) -> None:
    with create(tmp_path / "a" / "b") as run:
        assert run.path.parent == tmp_path / "a" / "b"


def test_a_row_is_a_line_of_json_without_what_was_not_validated(tmp_path: Path) -> None:
    with create(tmp_path) as run:
        run.append(ROW)
        run.append(replace(ROW, step=2, val_loss=2.0, val_accuracy=0.25))
        lines = (run.path / "metrics.jsonl").read_text().splitlines(keepends=True)
    whole = {
        "step": 1,
        "loss": 2.5,
        "accuracy": 0.125,
        "learning_rate": 0.1,
        "seconds": 0.5,
        "examples_per_second": 64.0,
    }
    assert [json.loads(line) for line in lines] == [
        whole,
        {**whole, "step": 2, "val_loss": 2.0, "val_accuracy": 0.25},
    ]
    assert all(line.endswith("\n") for line in lines)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_null_in_a_row(tmp_path: Path, number: float) -> None:
    with create(tmp_path) as run:
        run.append(replace(ROW, loss=number, val_loss=number))
        row = read_json(run.path / "metrics.jsonl")
    assert (row["loss"], row["val_loss"], row["accuracy"]) == (None, None, 0.125)


def test_rows_can_be_read_while_the_run_is_under_way(tmp_path: Path) -> None:
    with create(tmp_path) as run:
        for step in (1, 2, 3):
            run.append(replace(ROW, step=step))
            assert last_step(run.path) == step


def test_a_completed_run_has_its_files_its_summary_and_nothing_else(
    tmp_path: Path, summary: Summary
) -> None:
    with create(tmp_path) as run:
        run.complete(summary, {"model.keras": b"a model", "test_predictions.npy": b"\0\1"})
    files = {path.name: path.read_bytes() for path in run.path.iterdir()}
    assert set(files) == {
        *("config.yaml", "metrics.jsonl", "model.keras", "run.json", "summary.json"),
        "test_predictions.npy",
    }
    assert files["model.keras"] == b"a model"
    assert json.loads(files["summary.json"]) == asdict(summary)


def test_a_completed_run_says_so_and_when(tmp_path: Path, summary: Summary) -> None:
    with create(tmp_path) as run:
        run.complete(summary, {})
    assert processless(run.path) == {
        "schema_version": 3,
        "status": "completed",
        "started": "2026-01-02T03:04:05.678+00:00",
        "ended": "2026-01-02T03:04:05.678+00:00",
    }


def test_the_summary_is_written_after_all_else(tmp_path: Path, summary: Summary) -> None:
    with create(tmp_path) as run:
        (run.path / "summary.json").mkdir()  # it cannot be written, and what comes after is not
        with pytest.raises(RunError):
            run.complete(summary, {"model.keras": b"a model"})
        assert (run.path / "model.keras").read_bytes() == b"a model"
        assert read_json(run.path / "run.json")["status"] == "completed"


def test_a_number_that_is_not_finite_is_null_in_the_summary(
    tmp_path: Path, summary: Summary
) -> None:
    with create(tmp_path) as run:
        run.complete(replace(summary, train_loss=math.inf), {})
    assert read_json(run.path / "summary.json")["train_loss"] is None


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (RunError("no room"), "failed", "no room"),
        (ValueError("surprise"), "failed", "surprise"),
        (ValueError(), "failed", "ValueError()"),
        (KeyboardInterrupt(), "failed", "KeyboardInterrupt()"),
        (ValueError("\x1b[31m\ud800"), "failed", "\x1b[31m\ud800"),
        (
            DivergedError(1_200, "loss"),
            "diverged",
            "diverged at step 1,200: the loss is not a finite number",
        ),
        (StoppedError(signal.SIGTERM), "interrupted", "interrupted by SIGTERM"),
    ],
    ids=ascii,
)
def test_a_run_that_an_error_ends_says_so_and_why(
    tmp_path: Path, error: BaseException, status: str, told: str
) -> None:
    assert processless(left(tmp_path, error)) == {
        "schema_version": 3,
        "status": status,
        "started": "2026-01-02T03:04:05.678+00:00",
        "ended": "2026-01-02T03:04:05.678+00:00",
        "error": told,
    }


def test_the_error_that_ends_a_run_goes_on(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^surprise$"), create(tmp_path):
        raise ValueError("surprise")


def test_a_run_that_ends_closes_its_metrics(tmp_path: Path) -> None:
    before = list(Path("/proc/self/fd").iterdir())
    left(tmp_path, ValueError())
    assert len(list(Path("/proc/self/fd").iterdir())) == len(before)


def test_a_root_that_is_a_file_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    root.touch()
    with pytest.raises(RunError) as caught:
        create(root)
    assert str(caught.value) == f"{root}: file exists"
    assert caught.value.hint == "see to the disk, or name another --runs-dir"


def test_a_root_inside_a_file_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "file" / "runs"
    (tmp_path / "file").touch()
    with pytest.raises(RunError) as caught:
        create(root)
    assert str(caught.value) == f"{root}: not a directory"


def test_a_root_that_may_not_be_written_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:  # tmp_path is its owner's alone
        root = Path(folder)
        root.chmod(0o555)
        with not_as_root(), pytest.raises(RunError) as caught:
            create(root)
    assert re.fullmatch(
        rf"{re.escape(folder)}/\.20260102-030405-deep-[0-9a-f]{{4}}.new: permission denied",
        str(caught.value),
    )


def test_a_full_disk_refuses_a_row(tmp_path: Path) -> None:
    with pytest.raises(RunError) as caught, create(tmp_path) as run, file_size_limit(0):
        run.append(ROW)
    assert str(caught.value) == f"{run.path}/metrics.jsonl: file too large"


def test_a_disk_that_fills_within_a_row_refuses_it(tmp_path: Path) -> None:
    with create(tmp_path) as run:
        run.append(ROW)
        size = (run.path / "metrics.jsonl").stat().st_size
        with file_size_limit(size + 10), pytest.raises(RunError) as caught:
            run.append(replace(ROW, step=2))
    assert str(caught.value) == f"{run.path}/metrics.jsonl: file too large"
    assert last_step(run.path) == 1


def test_a_run_whose_files_find_no_room_is_not_completed(tmp_path: Path, summary: Summary) -> None:
    with pytest.raises(RunError) as caught, create(tmp_path) as run, file_size_limit(1_000):
        run.complete(summary, {"model.keras": b"x" * 2_000})
    assert str(caught.value) == f"{run.path}/model.keras: file too large"
    assert load_run(run.path).status == "failed"
    assert not (run.path / "summary.json").exists()
    assert not (run.path / "model.keras").exists()


def test_a_file_that_finds_no_room_leaves_no_part_of_it(tmp_path: Path, summary: Summary) -> None:
    with pytest.raises(RunError), create(tmp_path) as run, file_size_limit(1_000):
        run.complete(summary, {"model.keras": b"x" * 2_000})
    assert sorted(path.name for path in run.path.iterdir()) == [
        *("config.yaml", "metrics.jsonl", "run.json"),
    ]


def test_a_run_whose_summary_finds_no_room_is_not_completed(
    tmp_path: Path, summary: Summary
) -> None:
    with pytest.raises(RunError), create(tmp_path) as run, file_size_limit(300):
        run.complete(summary, {})  # of more than 300 bytes; run.json has fewer
    assert load_run(run.path).status == "failed"


def test_a_run_is_running_while_its_writer_lives(tmp_path: Path) -> None:
    with create(tmp_path) as run:
        assert load_run(run.path).status == "running"


def test_a_run_is_running_however_often_it_is_looked_at(tmp_path: Path) -> None:
    with create(tmp_path) as run:
        assert [load_run(run.path).status for _ in range(3)] == ["running"] * 3


def test_a_run_that_says_completed_is_running_until_its_summary_is_there(tmp_path: Path) -> None:
    with create(tmp_path) as run:
        (run.path / "run.json").write_text('{"status": "completed"}')
        assert load_run(run.path).status == "running"


def test_a_run_that_says_completed_and_has_no_summary_was_interrupted(finished: Finished) -> None:
    path = finished("deep")
    (path / "summary.json").unlink()
    assert load_run(path).status == "interrupted"


def test_a_run_with_a_summary_is_completed(finished: Finished, summary: Summary) -> None:
    run = load_run(finished("deep"))
    assert (run.status, run.summary) == ("completed", summary)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValueError(), "failed"),
        (DivergedError(1, "loss"), "diverged"),
        (StoppedError(signal.SIGINT), "interrupted"),
    ],
    ids=repr,
)
def test_a_run_that_an_error_ended_is_loaded_with_what_it_came_to(
    unfinished: Unfinished, error: Exception, status: str
) -> None:
    run = load_run(unfinished("deep", error, ROW))
    assert (run.status, run.last, run.summary) == (status, ROW, None)


@pytest.mark.process
def test_a_run_of_another_process_is_running_until_that_is_killed(tmp_path: Path) -> None:
    script = WRITER.replace("END", "sys.stdin.read()")
    words = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        path = Path(process.stdout.readline().strip())
        before = load_run(path).status
        process.kill()
        process.wait()
    assert (before, load_run(path).status) == ("running", "interrupted")


@pytest.mark.process
def test_a_run_whose_process_left_without_a_word_was_interrupted(tmp_path: Path) -> None:
    script = WRITER.replace("END", "import os; os._exit(0)")
    words = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert load_run(Path(done.stdout.strip())).status == "interrupted"


def test_a_run_is_loaded_with_its_config_as_mlpcli_reads_it(tmp_path: Path) -> None:
    with create(tmp_path) as run:
        assert load_run(run.path).config == {"layers": 1, "learning_rate": 0.0001}


def test_a_run_is_loaded_with_its_name_and_info(tmp_path: Path) -> None:
    with create(tmp_path, host="here") as run:
        loaded = load_run(run.path)
    assert (loaded.name, loaded.info["host"]) == (run.path.name, "here")


ONE, TWO = (to_line(replace(ROW, step=step)).decode() for step in (1, 2))
LONG = f'{{"long": "{"x" * LINE}"}}\n'


@pytest.mark.parametrize(
    ("metrics", "step", "damaged"),
    [
        ("", None, False),
        (ONE, 1, False),
        (ONE + TWO, 2, False),
        (ONE + '{"st', 1, False),
        (ONE + TWO.rstrip(), 1, False),  # its end may be missing
        ('{"st', None, False),
        (LONG + TWO, 2, False),
        (ONE + LONG, None, True),
        (ONE + "nonsense\n", None, True),
        (ONE + "[2]\n", None, True),
        (ONE + '{"step": 2}\n', None, True),
        (ONE + "\n", None, True),
        (ONE + "[" * (LINE - 20) + "\n", None, True),
        (ONE + "9" * (LINE - 20) + "\n", None, True),
        (ONE + '{"step": "\udcff"}\n', None, True),
        (ONE + TWO.replace('"accuracy": 0.125', '"accuracy": 1e9'), None, True),
        (ONE + TWO.replace('"step": 2', '"step": 2.5'), None, True),
        (ONE + TWO.replace('"seconds": 0.5', '"seconds": -5'), None, True),
        (ONE + TWO.replace('"examples_per_second": 64.0', '"examples_per_second": 1e-320'), None,
         True),
    ],
    ids=range(19),
)  # fmt: skip
def test_the_last_whole_row_is_told_if_it_is_one(
    unfinished: Unfinished, metrics: str, step: int | None, damaged: bool
) -> None:
    path = unfinished("deep", ValueError())
    (path / "metrics.jsonl").write_text(metrics, errors="surrogateescape")
    run = load_run(path)
    assert (run.last.step if run.last else None) == step
    assert run.doubts == ("the last line of metrics.jsonl is not a metrics row",) * damaged


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("config.yaml", "- 1\n", "config.yaml is damaged: not a mapping, allowed lines of key: "
         "value"),
        ("config.yaml", "a: [\n", "config.yaml is damaged: not YAML: expected the node content, "
         "but found '<stream end>'"),
        ("config.yaml", "a: 1\na: 2\n", "config.yaml is damaged: given twice, first on line 1"),
        ("config.yaml", "\udcff", "config.yaml cannot be read: byte 0xff is not UTF-8"),
        ("config.yaml", "#" * 16_385, "config.yaml cannot be read: too large, allowed "
         "16,384 bytes"),
        ("config.yaml", None, "config.yaml cannot be read: no such file or directory"),
        ("run.json", "", "run.json is damaged: not JSON"),
        ("run.json", "{", "run.json is damaged: not JSON"),
        ("run.json", "[]", "run.json is damaged: not an object"),
        ("run.json", "[" * 100_000, "run.json is damaged: more than 300 lists and objects"),
        ("run.json", "9" * 5_000, "run.json is damaged: not JSON"),
        ("run.json", '{"a": "\udcff"}', "run.json is damaged: not JSON"),
        ("run.json", " " * 1_048_577, "run.json cannot be read: too large, allowed 1,048,576 "
         "bytes"),
        ("run.json", None, "run.json cannot be read: no such file or directory"),
        ("metrics.jsonl", None, "metrics.jsonl cannot be read: no such file or directory"),
        ("summary.json", "", "summary.json is damaged: not JSON"),
        ("summary.json", "null", "summary.json is damaged: not an object"),
        ("summary.json", "[" * 301, "summary.json is damaged: more than 300 lists and objects"),
    ],
)  # fmt: skip
def test_a_damaged_run_is_refused(
    finished: Finished, file: str, content: str | None, message: str
) -> None:
    path = finished("deep")
    if file == "metrics.jsonl":  # only what is not completed is read that far
        (path / "summary.json").unlink()
    (path / file).unlink()
    if content is not None:
        (path / file).write_text(content, errors="surrogateescape")
    with pytest.raises(RunError) as caught:
        load_run(path)
    assert str(caught.value) == message


@pytest.mark.parametrize("file", ["config.yaml", "run.json", "metrics.jsonl", "summary.json"])
def test_a_directory_in_a_files_place_is_refused(finished: Finished, file: str) -> None:
    path = finished("deep")
    if file == "metrics.jsonl":  # only what is not completed is read that far
        (path / "summary.json").unlink()
    (path / file).unlink()
    (path / file).mkdir()
    with pytest.raises(RunError) as caught:
        load_run(path)
    assert str(caught.value) == f"{file} cannot be read: is a directory"


@pytest.mark.process
@pytest.mark.parametrize("file", ["config.yaml", "run.json", "metrics.jsonl", "summary.json"])
def test_a_fifo_in_a_files_place_is_refused_without_waiting(finished: Finished, file: str) -> None:
    path = finished("deep")
    if file == "metrics.jsonl":  # only what is not completed is read that far
        (path / "summary.json").unlink()
    (path / file).unlink()
    os.mkfifo(path / file)
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from mlpcli.errors import RunError\n"
        "from mlpcli.runs.read import load_run\n"
        "try:\n    load_run(Path(sys.argv[1]))\n"
        "except RunError as error:\n    print(error)\n"
    )
    words = [sys.executable, "-c", script, str(path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=5, check=True)
    assert done.stdout == f"{file} cannot be read: not a regular file\n"


@pytest.mark.parametrize("file", ["config.yaml", "run.json", "metrics.jsonl", "summary.json"])
@pytest.mark.parametrize("target", ["/dev/zero", "/etc/hostname", "nowhere"])
def test_a_link_in_a_files_place_is_not_followed(
    finished: Finished, file: str, target: str
) -> None:
    path = finished("deep")
    if file == "metrics.jsonl":  # only what is not completed is read that far
        (path / "summary.json").unlink()
    (path / file).unlink()
    (path / file).symlink_to(target)
    with pytest.raises(RunError) as caught:
        load_run(path)
    assert str(caught.value) == f"{file} cannot be read: a symbolic link"


def test_a_run_directory_may_be_a_link(finished: Finished, tmp_path: Path) -> None:
    (tmp_path / "best").symlink_to(finished("deep"))
    assert load_run(tmp_path / "best").status == "completed"


def test_info_of_a_mebibyte_is_read(finished: Finished) -> None:
    path = finished("deep")
    (path / "run.json").write_text("{}" + " " * (1_048_576 - 2))
    assert load_run(path).info == {}


@pytest.mark.parametrize("status", ["odd", "", None, 3, ["failed"], {"failed": 1}])
def test_a_status_that_no_run_has_is_not_believed(unfinished: Unfinished, status: object) -> None:
    path = unfinished("deep", ValueError())
    (path / "run.json").write_text(json.dumps({"status": status}))
    assert load_run(path).status == "interrupted"


def test_a_run_can_be_read_where_nothing_may_be_written() -> None:
    with tempfile.TemporaryDirectory() as folder:  # tmp_path is its owner's alone
        with create(Path(folder)) as run:
            pass
        for path in (*run.path.iterdir(), run.path, Path(folder)):
            path.chmod(0o555)
        with not_as_root():
            assert load_run(run.path).status == "interrupted"
        for path in (run.path, Path(folder)):
            path.chmod(0o755)


@pytest.mark.parametrize("file", ["config.yaml", "run.json", "metrics.jsonl"])
def test_a_directory_with_a_runs_file_looks_like_a_run(tmp_path: Path, file: str) -> None:
    (tmp_path / file).touch()
    assert is_run(tmp_path)


def test_a_directory_with_none_of_a_runs_files_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "summary.json").touch()
    assert not is_run(tmp_path)
