"""The installed command where the environment is not what it should be: it works, or says why."""

import json
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from forks import Forked
from once import Once
from running import (
    MLPCLI,
    SHORT,
    Done,
    begun,
    info,
    installed,
    mlpcli,
    only_run,
    outcome,
    rows,
    runs,
)

pytestmark = pytest.mark.process

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting takes root")
COMMANDS = [["--help"], ["schema"], ["compare", "runs"], ["train", "a.yaml"], ["resume", "-h"]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, once: Once) -> Path:
    """Give a folder with a config and a finished run."""
    place = begun(tmp_path_factory.mktemp("place"))
    assert once.mlpcli(["train", "a.yaml"], place).returncode == 0
    return place


def to_a_full_disk(words: Sequence[str | Path], cwd: Path) -> Done:
    """Run the command with its stdout where nothing can be written."""
    with Path("/dev/full").open("w") as full:
        process = Forked([MLPCLI, *words], cwd=cwd, text=True, stdout=full, stderr=subprocess.PIPE)
        _, talk = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, "", talk)


def shell(line: str, cwd: Path) -> Done:
    return subprocess.run(
        ["bash", "-c", line, "bash", MLPCLI],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


CLOSED = ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"]


@pytest.mark.parametrize(
    ("closed", "words"),
    # a run takes seconds, and all commands start alike: it stands for the last of these
    [(closed, words) for closed in CLOSED for words in COMMANDS
     if words[0] != "train" or closed == CLOSED[-1]],
    ids=str,
)  # fmt: skip
def test_closed_streams_are_no_reason_to_fail(words: list[str], closed: str, place: Path) -> None:
    done = shell(f'"$1" {" ".join(words)} {closed}', place)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    for run in runs(place):  # no file has taken the number of a stream and its text
        assert (run / "config.yaml").read_text().startswith("name: a\n")
        assert rows(run)


@pytest.mark.parametrize("words", [*COMMANDS[:3], COMMANDS[4]], ids=" ".join)
def test_a_full_stdout_ends_in_a_line(words: list[str], place: Path) -> None:
    done = shell(f'"$1" {" ".join(words)} > /dev/full', place)
    assert done.returncode == 1
    assert done.stderr == "standard output: no space left on device\n"


def test_a_run_whose_path_cannot_be_said_can_go_on_and_stops_no_other(tmp_path: Path) -> None:
    done = to_a_full_disk(["train", "a.yaml", "a.yaml", "a.yaml"], begun(tmp_path))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "standard output: no space left on device"
    assert len(runs(tmp_path)) == 3
    assert all((run / "summary.json").exists() for run in runs(tmp_path))

    done = to_a_full_disk(["train", "a.yaml", "--runs-dir", "alone"], tmp_path)
    (run,) = (tmp_path / "alone").iterdir()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-2:] == [
        "standard output: no space left on device",
        f"go on with: mlpcli resume {run.relative_to(tmp_path)}",
    ]
    before = (run / "run.json").read_bytes()
    done = to_a_full_disk(["resume", run], tmp_path)
    assert (done.returncode, info(run)["config"]) == (1, json.loads(before)["config"])
    assert mlpcli(["resume", str(run)], tmp_path).returncode == 0


@pytest.mark.parametrize("words", ["--help", "compare --help", "schema"])
def test_a_closed_pipe_is_silent(words: str, place: Path) -> None:
    done = shell(f'"$1" {words} | true; exit ${{PIPESTATUS[0]}}', place)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", ["train a.yaml", "compare runs"])
def test_talk_that_finds_no_room_changes_nothing(words: str, place: Path) -> None:
    done = shell(f'"$1" {words} nowhere 2> /dev/full', place)
    assert done.returncode == (2 if "train" in words else 0)
    done = shell(f'"$1" {words} 2> /dev/full', place)
    assert done.returncode == 0


@pytest.mark.parametrize("rest", ["2>&1 | head -1"])
def test_a_run_goes_on_when_its_reader_has_left(rest: str, tmp_path: Path) -> None:
    done = shell(f'"$1" train a.yaml {rest}; exit ${{PIPESTATUS[0]}}', begun(tmp_path))
    assert done.returncode == 0
    assert (only_run(tmp_path) / "summary.json").exists()


@pytest.mark.parametrize(
    "variables",
    [
        {
            "LC_ALL": "C",
            "HOME": "/nonexistent",
            "TMPDIR": "/nonexistent",
            "TERM": "",
            "COLUMNS": "wide",
            "PYTHONOPTIMIZE": "2",
        },
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "HOME": ""},
        {
            "LC_ALL": "nowhere.KOI8",
            "HOME": "/dev/null",
            "XDG_CACHE_HOME": "/dev/null",
            "PYTHONIOENCODING": "ascii:strict",
            "COLUMNS": "0",
            "LINES": "-1",
        },
    ],
    ids=str,
)
def test_an_odd_environment_changes_nothing(
    variables: dict[str, str], tmp_path: Path, reference: dict[str, object]
) -> None:
    (tmp_path / "é a.yaml").write_text(f"name: a\n{SHORT}")
    done = installed(["train", "é a.yaml", "--runs-dir", "é [runs] {x}"], tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    (run,) = (tmp_path / "é [runs] {x}").iterdir()
    assert outcome(run) == reference
    compared = installed(["compare", "é [runs] {x}"], tmp_path, **variables)
    assert compared.returncode == 0
    assert re.fullmatch("next: mlpcli show .*\n", compared.stderr)
    assert run.name in compared.stdout


def test_a_run_in_a_folder_whose_name_is_no_text_works(tmp_path: Path) -> None:
    begun(tmp_path)
    folder = os.fsdecode(b"r\xff\xfe s")
    words = [MLPCLI, "train", "a.yaml", "--runs-dir", folder]
    process = Forked(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, talk = process.communicate(timeout=60)
    assert process.returncode == 0, talk
    path = os.fsdecode(out.removesuffix(b"\n"))
    assert (tmp_path / path / "summary.json").exists()
    assert b"in r\\udcff\\udcfe s/" in talk
    for form in ("--json", "--csv", "--md", "--top=1"):  # by a start of its own, that reads argv
        compared = (installed if form == "--md" else mlpcli)(["compare", folder, form], tmp_path)
        assert compared.returncode == 0
        assert re.fullmatch(r"(next: mlpcli show .*\\udcff\\udcfe s/.*\n)?", compared.stderr)


def test_variables_and_what_is_planted_at_home_and_in_the_working_folder_change_nothing(
    tmp_path: Path, reference: dict[str, object]
) -> None:
    for name in ("numpy", "tensorflow", "yaml", "json", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken')\n")
    home = tmp_path / "home"
    (home / ".keras").mkdir(parents=True)
    (home / ".keras" / "keras.json").write_text('{"floatx": "float16", "backend": "jax"}')
    done = installed(
        ["train", "a.yaml"],
        begun(tmp_path),
        HOME=str(home),
        KERAS_BACKEND="jax",
        KERAS_MAX_EPOCHS="0",
        KERAS_MAX_STEPS_PER_EPOCH="1",
        KERAS_HOME=str(home / ".keras"),
    )
    assert done.returncode == 0, done.stderr
    assert outcome(only_run(tmp_path)) == reference


def in_mount_namespace(line: str, cwd: Path) -> Done:
    """Run a shell line that may mount what it likes; it is gone with it."""
    done = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("no mount namespace can be made here")
    return shell(f"unshare -m bash -c '{line}' bash \"$1\"", cwd)


@as_root
def test_a_disk_that_fills_up_ends_in_a_line_and_the_run_goes_on_where_there_is_room(
    tmp_path: Path, reference: dict[str, object]
) -> None:
    done = in_mount_namespace(
        "mkdir runs kept && mount -t tmpfs -o size=128k none runs && "
        '"$1" train a.yaml; code=$?; cp -r runs/* kept; exit $code',
        begun(tmp_path),
    )
    assert done.returncode == 1
    assert "no space left on device" in done.stderr.splitlines()[-2]
    (run,) = (tmp_path / "kept").iterdir()
    assert done.stderr.splitlines()[-1] == (
        f"see to the disk, or make room; then go on with: mlpcli resume runs/{run.name}"
    )
    assert not (run / "summary.json").exists()
    assert mlpcli(["resume", str(run)], tmp_path).returncode == 0
    assert outcome(run) == reference


@as_root
@pytest.mark.parametrize("command", ["train a.yaml", "resume runs/*"])
def test_a_disk_that_cannot_be_written_ends_in_a_line(
    command: str, tmp_path: Path, once: Once
) -> None:
    assert once.mlpcli(["train", "a.yaml"], begun(tmp_path)).returncode == 0
    (only_run(tmp_path) / "summary.json").unlink()
    done = in_mount_namespace(
        f'mount --bind runs runs && mount -o remount,ro,bind runs && "$1" {command}', tmp_path
    )
    assert done.returncode == 1
    assert "read-only file system" in done.stderr.splitlines()[-2]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kilobytes", [500_000, 2_097_152, 2_700_000])
def test_too_few_addresses_for_tensorflow_are_told_before_it_is_imported(
    kilobytes: int, tmp_path: Path
) -> None:
    done = shell(f'ulimit -v {kilobytes}; "$1" train a.yaml', begun(tmp_path))
    assert done.returncode == 1
    # 0.83 GB of memory, and 2.2 GB beside it
    assert done.stderr == (
        "training a takes about 3.07 GB of addresses, allowed "
        f"{kilobytes * 1024 / 1e9:.3g} GB, this process's limit (ulimit -v {kilobytes})\n"
        "allow more: ulimit -v unlimited\n"
    )
    assert not runs(tmp_path)


@pytest.mark.parametrize("kilobytes", [140_000, 165_000, 180_000, 209_715, 250_000, 300_000])
def test_too_few_addresses_for_numpy_end_in_a_line_and_no_endless_search(
    kilobytes: int, tmp_path: Path
) -> None:
    done = shell(f'ulimit -v {kilobytes}; timeout 60 "$1" check a.yaml', begun(tmp_path))
    if done.returncode:
        assert done.returncode == 1
        assert done.stderr == (
            f"out of memory: this process may have {kilobytes * 1024 / 1e9:.3g} GB of addresses "
            f"(ulimit -v {kilobytes})\nallow more: ulimit -v unlimited\n"
        )


def test_what_an_encoding_has_no_characters_for_is_escaped(place: Path) -> None:
    (place / "é").mkdir(exist_ok=True)
    done = installed(["compare", "runs", "é"], place, PYTHONIOENCODING="ascii:strict")
    assert done.returncode == 0
    assert done.stderr.startswith("\\xe9: no run directory, and none in it\nnext: mlpcli ")


@pytest.mark.parametrize("words", [["train"], ["compare", "--top", "0", "runs"]])
def test_a_usage_error_that_finds_no_room_is_one_still(words: list[str], place: Path) -> None:
    assert shell(f'"$1" {" ".join(words)} 2> /dev/full', place).returncode == 2


def test_git_runs_no_program_that_a_repository_names(tmp_path: Path) -> None:
    begun(tmp_path)
    (tmp_path / "run.sh").write_text('#!/bin/sh\ntouch "$0.was_run"\ncat\n')
    (tmp_path / "run.sh").chmod(0o755)
    program = str(tmp_path / "run.sh")

    def git(*words: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / ".gitattributes").write_text("*.yaml filter=x=y\n*.sh filter=z\n")
    git("init")
    git("add", "a.yaml", ".gitattributes", "run.sh")
    git("commit", "-m", "a")
    for name in ("filter.x=y.clean", "filter.z.process", "core.fsmonitor"):
        git("config", name, program)
    git("config", "filter.x=y.required", "true")
    (tmp_path / "a.yaml").write_text(SHORT.replace("16", "17"))
    done = mlpcli(["train", "a.yaml"], tmp_path)
    assert done.returncode == 0
    assert info(only_run(tmp_path))["git"]["dirty"] is True
    assert not (tmp_path / "run.sh.was_run").exists()
    git("status")  # which does run it
    assert (tmp_path / "run.sh.was_run").exists()


def test_settings_of_git_that_are_no_text_are_no_reason_to_fail(tmp_path: Path) -> None:
    subprocess.run(["git", "init"], cwd=begun(tmp_path), check=True, capture_output=True)
    with (tmp_path / ".git" / "config").open("ab") as file:
        file.write(b'[filter "\xff"]\n\tclean = cat\n')
    done = mlpcli(["train", "a.yaml"], tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


def test_too_few_open_files_end_in_a_line(place: Path) -> None:
    done = shell('ulimit -n 6; "$1" train a.yaml', place)
    assert done.returncode == 1
    assert done.stderr.endswith(
        ": too many open files: this process may have 6 (ulimit -n 6)\nallow more: ulimit -n 4096\n"
    )
    assert "Traceback" not in done.stderr


def test_a_containers_memory_is_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlpcli.system import limits

    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(limits, "CONTAINER", limit)
    for text, memory in (("1000000\n", 1_000_000), ("max\n", whole), (f"{whole * 2}\n", whole)):
        limit.write_text(text)
        assert limits.physical_memory() == memory
