"""The command under limits, and with streams and folders that cannot be written."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from forks import Forked
from once import Once
from running import MLPCLI, Done, begun, info, installed, mlpcli, only_run, outcome, runs

pytestmark = pytest.mark.process

UNPRIVILEGED = [
    *("setpriv", "--reuid", "65534", "--clear-groups"),
    *("--inh-caps=+dac_read_search,+dac_override", "--ambient-caps=+dac_read_search,+dac_override"),
]


def shell(line: str, cwd: Path, *before: str) -> Done:
    return subprocess.run(
        [*before, "bash", "-c", line, "bash", MLPCLI],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, once: Once) -> Path:
    """Give a folder with a config and a finished run."""
    place = begun(tmp_path_factory.mktemp("place"))
    assert once.mlpcli(["train", "a.yaml"], place).returncode == 0
    return place


LACKING = {
    "-d 60000; check a.yaml": "out of memory: this process may have 61,440,000 bytes of data",
    "-d 140000; check a.yaml": "out of memory: this process may have 0.143 GB of data",
    "-v 30000; guide concepts": "out of memory: this process may have 30,720,000 bytes of addr",
    "-d 900000; lr a.yaml": "training a takes about 1.05 GB of data, allowed 0.922 GB",
    "-n 6; check a.yaml": "too many open files: this process may have 6 (ulimit -n 6)",
    "-f 0; init x.yaml": "x.yaml: file too large",
    "-f 0; lr a.yaml --write": "a.lr.yaml: cannot be written: file too large",
}


@pytest.mark.parametrize("case", LACKING)
def test_a_limit_is_named_in_a_line_with_what_to_do(case: str, place: Path) -> None:
    limit, words = case.split("; ")
    before = sorted(place.iterdir())
    done = shell(f'ulimit {limit}; "$1" {words}', place)
    assert done.returncode in (1, 2)
    first, second = done.stderr.splitlines()
    assert first.startswith(LACKING[case])
    assert second.startswith(("allow more: ulimit -", "leave out --write"))
    assert sorted(place.iterdir()) == before


@pytest.mark.parametrize("words", ["ls", "compare runs", "show latest", "check a.yaml"])
@pytest.mark.parametrize("limit", ["-f 0", "-n 10", "-s 256", "-l 0"])
def test_a_limit_that_is_not_met_changes_nothing(limit: str, words: str, place: Path) -> None:
    done = shell(f'ulimit {limit}; "$1" {words}', place)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def anybodys() -> Iterator[Path]:
    """Give a folder with a config where any user may write."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield begun(Path(name))


as_root = pytest.mark.skipif(
    os.geteuid() != 0 or subprocess.run([*UNPRIVILEGED, "true"], check=False).returncode != 0,
    reason="no process of another user can be started, and root's threads have no limit",
)


@as_root
def test_too_few_threads_for_a_library_are_told_in_our_own_words(anybodys: Path) -> None:
    done = shell('ulimit -u 1; exec "$1" check a.yaml', anybodys, *UNPRIVILEGED)
    assert done.returncode == 1
    assert done.stderr == (
        "no further thread or process can be started, allowed 1 threads and processes, this "
        "user's limit (ulimit -u 1)\nend other programs, or allow more: ulimit -u 4096\n"
    )


@as_root
@pytest.mark.parametrize("words", ["train a.yaml", "lr a.yaml"])
def test_threads_that_cannot_be_started_are_told_before_tensorflow_aborts(
    words: str, anybodys: Path
) -> None:
    done = shell(f'ulimit -u 9; exec "$1" {words}', anybodys, *UNPRIVILEGED)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[0].startswith("TensorFlow takes about ")
    assert lines[0].endswith(
        " threads, more than can be started now, allowed 9 threads and processes, this user's "
        "limit (ulimit -u 9)"
    )
    assert lines[1:] == ["end other programs, or allow more: ulimit -u 4096"]
    assert not runs(anybodys)


def test_a_run_that_meets_the_limit_on_files_goes_on_under_a_larger_one(
    tmp_path: Path, once: Once
) -> None:
    begun(tmp_path)
    longer = ["train", "a.yaml", "-s", "steps=500", "-s", "log_every=1"]
    longer += ["-s", "eval_every=100", "-s", "checkpoint_every=100", "-s", "keep=last"]
    # the model fits, the rows do not: 500 of 130 to 200 bytes each
    done = shell(f'ulimit -f 60; "$1" {" ".join(longer)}', tmp_path)
    run = only_run(tmp_path)
    assert done.returncode == 1
    name = run.relative_to(tmp_path)
    assert done.stderr.splitlines()[-2:] == [
        f"{name}/metrics.jsonl: file too large",
        f"allow more: ulimit -f unlimited; then go on with: mlpcli resume {name}",
    ]
    assert "Traceback" not in done.stderr
    assert not (run / "summary.json").exists()
    assert mlpcli(["resume", str(run)], tmp_path).returncode == 0
    whole = begun(tmp_path / "whole")
    assert once.mlpcli(longer, whole).returncode == 0
    assert outcome(run) == outcome(only_run(whole))


PLACES = {
    "a.yaml": (2, "is a file, not a directory"),
    "a.yaml/x": (2, "a.yaml: is a file, not a directory"),
    "dangling": (2, "is a link to nowhere, which leads nowhere"),
    "/proc/x": (1, "/proc: no such file or directory"),
}


@pytest.mark.parametrize("folder", PLACES)
def test_a_place_for_runs_that_cannot_be_written_is_refused_before_tensorflow_is_imported(
    folder: str, tmp_path: Path
) -> None:
    begun(tmp_path)
    (tmp_path / "dangling").symlink_to("nowhere")
    before = sorted(tmp_path.iterdir())
    done = mlpcli(["train", "a.yaml", "--runs-dir", folder], tmp_path)
    code, text = PLACES[folder]
    assert done.returncode == code
    assert done.stderr.startswith(f"--runs-dir {folder}: {text}\n")
    assert "importing" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_a_run_that_cannot_be_written_is_refused_before_tensorflow_is_imported(
    place: Path, tmp_path: Path
) -> None:
    run = only_run(place)
    os.link(run / "metrics.jsonl", tmp_path / "other")  # a second name, which none may write to
    done = mlpcli(["resume", str(run), "-s", "steps=50"], place)
    (tmp_path / "other").unlink()
    assert done.returncode == 1
    assert done.stderr == (
        f"{run}/metrics.jsonl: has another name (a hard link)\n"
        "copy the directory (cp -r), and go on with the copy\n"
    )


@pytest.mark.parametrize("words", ["check a.yaml", "show latest", "gate latest --max steps=1"])
def test_what_a_reader_that_has_left_says_of_the_outcome_is_nothing(
    words: str, place: Path
) -> None:
    whole = shell(f'"$1" {words}', place)
    both = shell(f'"$1" {words} 2>&1 | true; exit ${{PIPESTATUS[0]}}', place)
    assert (both.returncode, both.stderr) == (whole.returncode, "")
    one = shell(f'"$1" {words} | true; exit ${{PIPESTATUS[0]}}', place)
    assert (one.returncode, one.stderr) == (whole.returncode, "")


def test_a_run_whose_talk_has_lost_its_reader_ends_as_it_would(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    words = [MLPCLI, "train", "a.yaml"]
    process = Forked(words, cwd=begun(tmp_path), stdout=writing, stderr=writing)
    os.close(writing)
    with open(reading) as lines:  # noqa: PTH123
        assert len([next(lines) for _ in range(3)]) == 3
    assert process.wait(timeout=60) == 0
    assert info(only_run(tmp_path))["status"] == "completed"


def test_data_come_before_the_talk_that_follows_them_in_one_file(place: Path) -> None:
    done = shell('"$1" show latest > both 2>&1; tail -n 1 both', place)
    assert done.stdout.startswith("next: mlpcli ")


def test_a_missing_tensorflow_says_what_to_install(tmp_path: Path) -> None:
    begun(tmp_path)
    folder = tmp_path / "without"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import sys\nsys.modules['tensorflow'] = None\nsys.modules['keras'] = None\n"
    )
    done = installed(["train", "a.yaml"], tmp_path, PYTHONPATH=str(folder))
    assert done.returncode == 1
    lines = done.stderr.splitlines()[-2:]
    assert lines[0] == "TensorFlow cannot be imported: the Python module keras is missing"
    assert lines[1].endswith(" -m pip install 'tensorflow>=2.20'")
    assert not runs(tmp_path)
