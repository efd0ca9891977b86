"""What `resume` takes up, what it refuses, and what it leaves alone."""

import json
import multiprocessing
import os
import re
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from creation import create
from once import Once
from running import SHORT, Done, begun, info, mlpcli, only_run, outcome, rows, spawned

from mlpcli.config.load import load_config
from mlpcli.runs.checkpoint import from_bytes
from mlpcli.runs.directory import RunDirectory
from mlpcli.runs.layout import checkpoints
from mlpcli.runs.read import load_run, open_run

pytestmark = pytest.mark.process


def trained(place: Path, *words: str) -> Path:
    place.mkdir(exist_ok=True)
    (place / "a.yaml").write_text(SHORT)
    done = mlpcli(["train", "a.yaml", *words], place)
    assert done.returncode == 0, done.stderr
    return only_run(place)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, once: Once) -> Path:
    place = begun(tmp_path_factory.mktemp("finished"))
    assert once.mlpcli(["train", "a.yaml"], place).returncode == 0
    return only_run(place)


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """A copy of a finished run, as moving a run must change nothing."""
    return Path(shutil.copytree(finished, tmp_path / "moved"))


@pytest.fixture
def stopped(run: Path) -> Path:
    """A run as a crash before its end leaves it."""
    (run / "summary.json").unlink()
    (run / "run.json").write_text(json.dumps({**info(run), "status": "running"}))
    return run


def resume(run: Path, *words: str) -> Done:
    return mlpcli(["resume", run, *words], run.parent)


def resume_spoilt(stopped: Path, ways: Sequence[Callable[[Path], Any]]) -> tuple[Done, list[Path]]:
    """Spoil a copy of a run in each way, and take up all of them by one command."""
    runs = []
    for nth, spoil in enumerate(ways):
        runs.append(Path(shutil.copytree(stopped, stopped.parent / f"spoilt-{nth:02}")))
        spoil(runs[-1])
    done = mlpcli(["resume", *runs], stopped.parent)
    assert done.returncode == 0, done.stderr
    return done, runs


def content(run: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in run.iterdir()}


def test_a_finished_run_is_left_as_it_is(run: Path) -> None:
    before = content(run)
    done = resume(run)
    assert done.returncode == 0
    assert done.stderr == f"{run}: finished; -s steps=N with a larger N takes it further\n"
    assert content(run) == before


def test_a_damaged_summary_is_told_with_what_to_do(run: Path) -> None:
    whole = outcome(run)
    (run / "summary.json").write_text('{"a":')
    done = resume(run)
    assert done.returncode == 1
    assert done.stderr == (
        f"{run}: summary.json is damaged: not JSON\n"
        f"remove {run}/summary.json, and go on from the last checkpoint: mlpcli resume {run}\n"
    )
    (run / "summary.json").unlink()
    assert resume(run).returncode == 0
    assert outcome(run) == whole


def test_summary_and_rows_agree_after_a_kill(stopped: Path) -> None:
    """The steps since the last checkpoint are taken again; their rows stay as they are."""
    checkpoints(stopped)[0].unlink()
    assert resume(stopped).returncode == 0
    said = json.loads((stopped / "summary.json").read_text())
    lines = [json.loads(line) for line in (stopped / "metrics.jsonl").read_text().splitlines()]
    steps = [b["step"] - a["step"] for a, b in zip([{"step": 0}, *lines], lines, strict=False)]
    taken = sum(n / row["examples_per_second"] for n, row in zip(steps, lines, strict=True))
    assert said["examples_per_second"] == pytest.approx(sum(steps) / taken)
    (kept,) = (line for line in lines if line["step"] == said["kept_step"])
    assert [said[key] for key in ("val_accuracy", "val_loss")] == [
        kept[key] for key in ("val_accuracy", "val_loss")
    ]
    assert said["seconds"] == lines[-1]["seconds"]
    assert open_run(stopped).contradictions == ()


def test_nothing_of_a_run_changes_before_it_is_taken_up(run: Path) -> None:
    before = content(run)
    with pytest.raises(ValueError, match="too early"), RunDirectory.reopen(run):
        raise ValueError("too early")
    assert content(run) == before


@pytest.mark.parametrize("steps", ["55", "88"])
def test_more_steps_give_the_same_bits_as_a_longer_run(
    steps: str, run: Path, tmp_path: Path
) -> None:
    longer = trained(tmp_path / "longer", "-s", f"steps={steps}", "-s", "eval_every=16")
    assert resume(run, "-s", f"steps={steps}").returncode == 0
    assert outcome(run) == outcome(longer)


def test_a_row_validated_for_being_the_last_is_made_anew_in_the_longer_run(tmp_path: Path) -> None:
    """Step 42's row stands in the longer run too, by log_every, but without a validation."""
    for steps in (42, 50):
        text = SHORT.replace("steps: 40", f"steps: {steps}") + "name: a\n"
        (tmp_path / f"{steps}.yaml").write_text(text)
    done = mlpcli(["train", "42.yaml", "50.yaml"], tmp_path)
    run, longer = (tmp_path / path for path in done.stdout.split())
    done = resume(run, "-s", "steps=50")
    assert (done.returncode, "cannot be used" in done.stderr) == (0, False)
    assert outcome(run) == outcome(longer)


def test_what_differs_is_refused_line_by_line_and_nothing_is_changed(stopped: Path) -> None:
    said = info(stopped)
    said["versions"]["numpy"] = "1.0"
    said["data"]["sha256"] = "0" * 64
    (stopped / "run.json").write_text(json.dumps(said))
    before = content(stopped)
    done = resume(stopped, "-s", "learning_rate=0.2", "-s", "steps=39", "-s", "seed=1")
    now = load_config(stopped / "config.yaml")
    assert done.returncode == 2
    numpy_version = __import__("numpy").__version__
    assert done.stderr.splitlines() == [
        f"{stopped}: learning_rate is 0.2, was 0.1",
        f"{stopped}: seed is 1, was 0",
        f"{stopped}: steps is 39, was 40: there can only be more",
        f"{stopped}: numpy is {numpy_version}, was 1.0",
        f"{stopped}: the data of {now.dataset} is not what it was",
        f"start anew instead: mlpcli train {stopped}/config.yaml",
    ]
    assert content(stopped) == before


def test_forged_numbers_in_run_json_do_not_stop_a_run(stopped: Path, finished: Path) -> None:
    said = info(stopped) | {"process": 5, "gpus": [float("nan"), {"deep": float("inf")}]}
    (stopped / "run.json").write_text(json.dumps(said))  # with NaN and Infinity, as Python has it
    assert resume(stopped).returncode == 0
    assert json.loads((stopped / "run.json").read_text())["gpus"] == [None, {"deep": None}]
    assert outcome(stopped) == outcome(finished)


@pytest.mark.parametrize("plant", ["link", "hard link", "fifo"])
def test_nothing_is_written_through_what_a_stranger_planted(
    plant: str, stopped: Path, finished: Path, tmp_path: Path
) -> None:
    outside, inside = tmp_path / "precious", stopped / ".run.json.tmp"
    outside.write_text("as it was")
    if plant == "link":
        inside.symlink_to(outside)
    elif plant == "hard link":
        inside.hardlink_to(outside)
    else:
        os.mkfifo(inside)
    assert resume(stopped).returncode == 0
    assert outside.read_text() == "as it was"
    assert outcome(stopped) == outcome(finished)


@pytest.mark.parametrize(
    ("plant", "what"),
    [
        (os.mkfifo, "not a regular file\nsee to the disk, or to the permissions\n"),
        (os.mkdir, "is a directory\nsee to the disk, or to the permissions\n"),
        (
            lambda path: path.hardlink_to(path.parent / "other"),
            "has another name (a hard link)\ncopy the directory (cp -r), and go on with the copy\n",
        ),
    ],
)
def test_metrics_that_are_no_file_of_their_own_are_refused_and_nothing_is_changed(
    plant: Any, what: str, run: Path
) -> None:
    (run / "metrics.jsonl").rename(run / "other")
    plant(run / "metrics.jsonl")
    names = ("run.json", "summary.json", "config.yaml", "other")
    before = [(run / name).read_bytes() for name in names]
    done = resume(run, "-s", "steps=50")
    assert done.returncode == 1
    assert done.stderr.endswith(f"{run}/metrics.jsonl: {what}")
    assert [(run / name).read_bytes() for name in names] == before


def test_a_run_that_is_named_twice_goes_on_once(run: Path, tmp_path: Path) -> None:
    longer = trained(tmp_path / "longer", "-s", "steps=88", "-s", "eval_every=16")
    (tmp_path / "again").symlink_to(run)
    done = mlpcli(["resume", run, tmp_path / "again", "-s", "steps=88"], tmp_path)
    assert done.returncode == 0
    assert done.stdout == f"{run}\n"
    assert outcome(run) == outcome(longer)


def test_a_run_that_two_processes_take_up_at_once_ends_with_the_same_bits(
    stopped: Path, finished: Path
) -> None:
    for file in checkpoints(stopped):
        file.unlink()
    (stopped / "metrics.jsonl").write_bytes(b"")
    both = [spawned(["resume", stopped], stopped.parent) for _ in range(2)]
    talk = [process.communicate()[1] for process in both]
    assert {process.returncode for process in both} <= {0, 1}
    assert "Traceback" not in "".join(talk)
    assert any(process.returncode == 0 for process in both)
    assert outcome(stopped) == outcome(finished)


def test_a_run_json_that_is_nested_without_end_is_refused_and_nothing_is_changed(
    run: Path,
) -> None:
    nested = json.dumps({**info(run), "more": 0}).replace('"more": 0', '"more": ' + "[" * 900)
    (run / "run.json").write_text(nested[:-1] + "]" * 900 + "}")
    before = content(run)
    done = resume(run, "-s", "steps=50")
    assert done.returncode == 1
    assert done.stderr == f"{run}: run.json is damaged: more than 300 lists and objects\n"
    assert content(run) == before


def test_a_schedule_that_ends_cannot_be_made_longer(tmp_path: Path) -> None:
    run = trained(tmp_path, "-s", "decay=cosine")
    done = resume(run, "-s", "steps=50")
    assert done.returncode == 2
    assert f"{run}: steps is 50, was 40: only with decay: constant\n" in done.stderr


def damage_a_bit(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def forged(content: bytes) -> bytes:
    """A head that asks for more than there is, under a hash that is right."""
    import hashlib

    head, _, arrays = content[65:].partition(b"\n")
    rest = head.replace(b"[784, 8]", b"[784, 999999999999]") + b"\n" + arrays
    rest = rest.replace(b'"<f4", 784, 8', b'"<f4", 784, 99999999999')
    return hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest


HASH = "its SHA-256 is not what it should be"


HEAD = "its head is not a checkpoint's"
ARRAYS = "its arrays are not those of this config"
DAMAGED: list[tuple[Callable[[bytes], bytes], str]] = [
    (damage_a_bit, HASH),
    (lambda content: content[:-1], HASH),
    (lambda content: content + b"0", HASH),
    (lambda _: b"", HASH),
    (lambda content: b"\x00" * len(content), HASH),
    (lambda content: content * 20, "too large, allowed "),
    (forged, ARRAYS),
]
FORGED: list[tuple[dict[str, Any], str]] = [
    ({"seconds": [0, 1]}, HEAD),  # 40 steps in no time
    ({"seconds": [1e400, 1]}, HEAD),
    ({"seconds": [float("nan"), 1]}, HEAD),
    ({"seconds": [-1, 1]}, HEAD),
    ({"seconds": [10**400, 1]}, HEAD),
    ({"seconds": [1]}, HEAD),
    ({"seconds": 1}, HEAD),
    ({"step": 1.5}, HEAD),
    ({"step": 41}, HEAD),
    ({"row": 41}, HEAD),
    ({"row": -1}, HEAD),
    ({"step": 39}, ARRAYS),
    ({"config": "0" * 64}, "it is of another config"),
]


def test_a_checkpoint_that_cannot_be_used_gives_way_to_the_one_before(
    stopped: Path, finished: Path
) -> None:
    newest = checkpoints(stopped)[0].name
    ways = [partial(damage, change=change) for change, _ in DAMAGED]
    ways += [partial(resave, **changes) for changes, _ in FORGED]
    done, runs = resume_spoilt(stopped, ways)
    pattern = rf"^(.*): {newest} cannot be used: (.*)$"
    said = dict(re.findall(pattern, done.stderr, re.MULTILINE))  # in any order
    for run, (_, reason) in zip(runs, (*DAMAGED, *FORGED), strict=True):
        assert said[f"{run}"].startswith(reason)
    assert all(outcome(run) == outcome(finished) for run in runs)


def damage(run: Path, change: Callable[[bytes], bytes]) -> None:
    newest = checkpoints(run)[0]
    newest.write_bytes(change(newest.read_bytes()))


def resave(run: Path, **changes: Any) -> None:
    """Change what a checkpoint's head says, under a hash that is right."""
    import hashlib

    path = checkpoints(run)[0]
    head, _, arrays = path.read_bytes()[65:].partition(b"\n")
    rest = json.dumps({**json.loads(head), **changes}).encode() + b"\n" + arrays
    path.write_bytes(hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest)


def test_a_checkpoint_of_another_run_is_not_taken_for_this_ones(
    stopped: Path, finished: Path, tmp_path: Path
) -> None:
    other = trained(tmp_path / "other", "-s", "seed=1")
    newest = checkpoints(stopped)[0]
    shutil.copy(checkpoints(other)[0], newest)
    done = resume(stopped)
    assert f"{newest.name} cannot be used: it is of another config" in done.stderr
    assert outcome(stopped) == outcome(finished)


def test_checkpoints_of_no_use_do_not_crowd_out_new_ones(stopped: Path) -> None:
    names = ["checkpoint-000000900.bin", "checkpoint-000000901.bin", "checkpoint-best.bin"]
    for name in names:
        (stopped / name).write_bytes(b"damaged")
    (stopped / "checkpoint-000000902.bin").mkdir()
    done = resume(stopped, "-s", "steps=60")
    assert done.returncode == 0
    assert done.stderr.count(" cannot be used: ") == 3
    left = {path.name for path in stopped.glob("checkpoint-*")}
    assert left == {
        "checkpoint-000000055.bin",
        "checkpoint-000000060.bin",
        "checkpoint-000000902.bin",  # a folder
        "checkpoint-best.bin",  # not a name that is ours
    }


def test_a_run_that_diverged_in_validation_diverges_there_again_with_more_steps(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.yaml").write_text(SHORT)
    every = ["-s", "learning_rate=1e30", "-s", "eval_every=1", "-s", "checkpoint_every=1"]
    mlpcli(["train", "a.yaml", *every], tmp_path)
    run = only_run(tmp_path)
    what = "diverged at step 1: the validation loss is not a finite number"
    assert info(run)["error"] == what
    assert checkpoints(run) == []
    assert mlpcli(["resume", run, "-s", "steps=50"], tmp_path).returncode == 1
    assert info(run)["error"] == what
    assert [row["step"] for row in rows(run)] == [1]


def test_a_run_of_astronomic_losses_is_told_and_goes_on_as_any_other(tmp_path: Path) -> None:
    huge = ["init=normal", "init_stddev=1e10", "learning_rate=1e-30"]
    run = trained(tmp_path, *(word for key in huge for word in ("-s", key)))
    before = outcome(run)
    assert 1e18 < before["summary"]["test_loss"] < 1e30
    for command in ("compare", "show"):
        told = mlpcli([command, run, "--json"], tmp_path)
        assert (told.returncode, told.stderr) == (0, "")
        assert str(before["summary"]["test_loss"]) in told.stdout
    (run / "summary.json").unlink()
    done = resume(run)
    assert "torn" not in done.stderr
    assert "cannot be used" not in done.stderr
    assert outcome(run) == before


def test_without_any_checkpoint_a_run_begins_again_and_keeps_its_rows(
    stopped: Path, finished: Path
) -> None:
    for file in checkpoints(stopped):
        file.unlink()
    before = (stopped / "metrics.jsonl").read_bytes()
    assert resume(stopped).returncode == 0
    assert (stopped / "metrics.jsonl").read_bytes() == before
    assert outcome(stopped) == outcome(finished)


def test_a_link_in_a_checkpoints_place_is_not_followed(
    stopped: Path, finished: Path, tmp_path: Path
) -> None:
    newest = checkpoints(stopped)[0]
    newest.rename(tmp_path / "elsewhere")
    newest.symlink_to(tmp_path / "elsewhere")
    done = resume(stopped)
    assert f"{newest.name} cannot be used: a symbolic link" in done.stderr
    assert outcome(stopped) == outcome(finished)


ROW = (
    b'{"step": 40, "loss": 0.5, "accuracy": 0.9, "learning_rate": 0.1, "seconds": 1.0, '
    b'"examples_per_second": 100.0, "val_loss": 0.4, "val_accuracy": 0.9}\n'
)


TORN = [
    b'{"step": 40, "lo',
    b'{"step": 40}\n',
    b"\x00\xff\n",
    b"{}\n",
    ROW.replace(b"1.0", b"null"),
    ROW.replace(b"1.0", b"NaN"),
    ROW.replace(b"1.0", b"1e400"),
    ROW.replace(b"1.0", b"-1.0"),
    ROW.replace(b"1.0", b"1" * 400),
    ROW.replace(b"0.9", b"1.9"),
    ROW.replace(b"0.5", b"true"),
]


def test_a_torn_tail_is_cut_with_a_warning(stopped: Path, finished: Path) -> None:
    done, runs = resume_spoilt(stopped, [partial(tear, torn=torn) for torn in TORN])
    assert done.stderr.count("the last metrics row was torn, and is cut\n") == len(TORN)
    assert all(outcome(run) == outcome(finished) for run in runs)


def tear(run: Path, torn: bytes) -> None:
    lines = (run / "metrics.jsonl").read_bytes().splitlines(keepends=True)
    (run / "metrics.jsonl").write_bytes(b"".join(lines[:-1]) + torn)


def test_a_run_that_is_being_trained_is_refused_with_its_holder(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SHORT)
    process = spawned(["train", "a.yaml", "-s", "steps=100000000"], tmp_path)
    assert process.stdout is not None
    run = process.stdout.readline().strip()
    done = mlpcli(["resume", run], tmp_path)
    process.kill()
    process.communicate()
    assert done.returncode == 1
    assert f"{run}: is being trained by process {process.pid} on " in done.stderr


def test_a_diverged_run_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SHORT)
    mlpcli(["train", "a.yaml", "-s", "learning_rate=1e30"], tmp_path)
    run = only_run(tmp_path)
    before = content(run)
    done = resume(run)
    assert done.returncode == 1
    assert done.stderr == (
        f"{run}: diverged at step 2: the loss is not a finite number\n"
        "it would diverge again; start anew with another config\n"
    )
    assert content(run) == before


@pytest.mark.parametrize(
    ("name", "what"),
    [("nowhere", "no such file or directory, nor run in runs"), (".", "no run directory")],
)
def test_what_is_no_run_directory_is_told(name: str, what: str, tmp_path: Path) -> None:
    done = mlpcli(["resume", name], tmp_path)
    assert done.returncode == 2
    make = "mlpcli init, then mlpcli train configs/deep3.yaml"
    hint = f"there is no run in runs yet; make one: {make}"
    assert done.stderr == f"{name}: {what}\n{hint}\n"


def test_a_run_is_named_by_what_only_it_has(stopped: Path) -> None:
    folder = str(stopped.parent)
    done = mlpcli(["resume", "ove", "--runs-dir", folder], stopped.parent)
    assert done.returncode == 0
    assert (stopped / "summary.json").exists()
    done = mlpcli(["resume", "latest", "--runs-dir", folder], stopped.parent)
    assert ": finished;" in done.stderr


def test_one_run_that_cannot_go_on_does_not_stop_the_others(stopped: Path) -> None:
    done = mlpcli(["resume", "nowhere", stopped], stopped.parent)
    assert done.returncode == 2
    assert (stopped / "summary.json").exists()


def test_a_checkpoint_holds_the_steps_since_the_last_row(finished: Path) -> None:
    config = load_config(finished / "config.yaml")
    newest, before = (from_bytes(f.read_bytes(), config) for f in checkpoints(finished))
    assert (newest.step, newest.row, len(newest.losses)) == (40, 35, 5)  # a row every 7 steps
    assert (before.step, before.row, len(before.losses)) == (33, 32, 1)  # one every 16 validates
    assert [row["step"] for row in rows(finished)] == [1, 7, 14, 16, 21, 28, 32, 35, 40]


def test_sixteen_runs_started_at_one_moment_are_sixteen_directories(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    all_there = spawn.Barrier(16)
    with ProcessPoolExecutor(16, spawn, all_there.wait, (60,)) as pool:
        names = [*pool.map(create, [str(tmp_path)] * 16)]
    assert len(set(names)) == 16
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())
    assert all(name.startswith("20261123-184512-a-") for name in names)


@pytest.mark.parametrize("name", [".x", "-x", "."])
def test_a_run_that_an_earlier_version_named_goes_on_and_is_explained(
    stopped: Path, name: str
) -> None:
    written = (stopped / "config.yaml").read_text()
    (stopped / "config.yaml").write_text(written.replace("name: a\n", f"name: {name}\n"))
    config = {**info(stopped)["config"], "name": name}
    (stopped / "run.json").write_text(json.dumps({**info(stopped), "config": config}))
    done = resume(stopped)
    assert done.returncode == 0, done.stderr
    assert info(stopped)["config"]["name"] == name
    assert load_run(stopped).status == "completed"
    again = resume(stopped)
    assert (again.returncode, ": finished; " in again.stderr) == (0, True), again.stderr
    if name == ".x":
        done = mlpcli(["explain", stopped], stopped.parent)
        assert done.returncode == 0, done.stderr
    # a new run is another matter
    done = mlpcli(["train", stopped / "config.yaml"], stopped.parent)
    assert (done.returncode, "name: not a name" in done.stderr) == (2, True), done.stderr
