"""Event files beside the runs: whole, added to, or written anew; and nothing outside of them."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from event_files import event_file, events_in, hyperparameters, scalars
from running import ROOT, in_process

from mlpcli.board.boards import Boards
from mlpcli.board.folder import label_of_run
from mlpcli.errors import MlpcliError
from mlpcli.runs import MetricsRow
from mlpcli.runs.directory import RunDirectory

FIXTURE = ROOT / "tests" / "runs" / "fixtures" / "20261126-011336-short-806e"
CONFIG = "steps: 10\nlog_every: 1\neval_every: 5\n"


def row(step: int) -> MetricsRow:
    return MetricsRow(step, 1 / step, 0.5, 0.1, step / 10, 100.0)


def write(root: Path) -> list[str]:
    """Write what has come to the runs of a folder; return the warnings."""
    boards = Boards((), root)
    paths = boards.find()
    for _ in boards.update(paths, weights=True):
        pass
    boards.write_columns()
    return boards.take_warnings()


@pytest.fixture
def under_way(tmp_path: Path) -> RunDirectory:
    """Give a run that is being written."""
    return RunDirectory.create(tmp_path / "runs", "a", f"name: a\n{CONFIG}", {})


def test_what_is_written_is_written_once(finished: Callable[..., Path]) -> None:
    run = finished("a", CONFIG)
    assert write(run.parent) == []
    files = [each for each in (run.parent / ".tensorboard").rglob("*") if each.is_file()]
    before = {each: each.stat().st_mtime_ns for each in files}
    assert len(before) == 3  # events, what is in them, columns
    assert write(run.parent) == []
    assert before == {each: each.stat().st_mtime_ns for each in files}


def test_the_rows_of_a_run_under_way_are_added(under_way: RunDirectory) -> None:
    root = under_way.path.parent
    with under_way:
        under_way.append(row(1))
        write(root)
        events = root / ".tensorboard" / under_way.path.name
        first = event_file(events).read_bytes()
        under_way.append(row(2))
        under_way.append(row(3))
        write(root)
        assert event_file(events).read_bytes().startswith(first)
        assert [*scalars(events_in(event_file(events)))["loss"]] == [1, 2, 3]
        assert "_hparams_/session_end_info" not in hyperparameters(events_in(event_file(events)))


def test_what_a_crash_left_at_the_end_is_cut_off(under_way: RunDirectory) -> None:
    root = under_way.path.parent
    with under_way:
        under_way.append(row(1))
        write(root)
        path = event_file(root / ".tensorboard" / under_way.path.name)
        with path.open("ab") as file:
            file.write(b"torn")
        under_way.append(row(2))
        write(root)
    assert [*scalars(events_in(path))["loss"]] == [1, 2]


def test_what_a_power_cut_left_is_written_anew(finished: Callable[..., Path]) -> None:
    run = finished("a", CONFIG)
    write(run.parent)
    path = event_file(run.parent / ".tensorboard" / run.name)
    before = path.read_bytes()
    path.write_bytes(before[:100] + bytes(len(before) - 100))
    write(run.parent)
    assert event_file(path.parent).name != path.name
    assert event_file(path.parent).read_bytes() == before


def test_a_run_that_goes_on_after_its_end_is_written_anew(
    unfinished: Callable[..., Path],
) -> None:
    run = unfinished("a", KeyboardInterrupt(), row(1), config=CONFIG)
    write(run.parent)
    events = run.parent / ".tensorboard" / run.name
    first = event_file(events).name
    with RunDirectory.reopen(run) as again:
        again.append(row(2))
        write(run.parent)
    assert event_file(events).name != first
    assert [*scalars(events_in(event_file(events)))["loss"]] == [1, 2]


def test_damaged_notes_of_what_is_there_are_written_anew(finished: Callable[..., Path]) -> None:
    run = finished("a", CONFIG)
    write(run.parent)
    events = run.parent / ".tensorboard" / run.name
    (events / "written.json").write_text("{}")
    assert write(run.parent) == []
    assert [*scalars(events_in(event_file(events)))["loss"]] == [5, 10]


@pytest.mark.parametrize("planted", [".tensorboard", "run"])
def test_nothing_is_written_through_a_link(
    finished: Callable[..., Path], tmp_path: Path, planted: str
) -> None:
    run, elsewhere = finished("a", CONFIG), tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = run.parent / ".tensorboard"
    if planted == "run":
        place.mkdir()
        place /= run.name
    place.symlink_to(elsewhere)
    (warning,) = {each.partition(": ")[2] for each in write(run.parent)} - {""}
    assert "is not a folder" in warning
    assert [*elsewhere.iterdir()] == []


def test_a_file_with_another_name_is_not_added_to(under_way: RunDirectory, tmp_path: Path) -> None:
    root = under_way.path.parent
    with under_way:
        under_way.append(row(1))
        write(root)
        path = event_file(root / ".tensorboard" / under_way.path.name)
        os.link(path, tmp_path / "mine")
        before = path.read_bytes()
        under_way.append(row(2))
        assert "not a file of its own" in write(root)[0]
    assert (tmp_path / "mine").read_bytes() == before


@pytest.mark.parametrize(
    "name",
    [
        "<img src=x onerror=alert(1)>",
        "a\nb",
        "ü",
        "-x",
        "a" * 250,
        "events.out.tfevents.1",
        os.fsdecode(b"\xff"),
    ],
)
def test_a_run_of_any_name_has_a_folder_of_a_plain_one(
    finished: Callable[..., Path], name: str
) -> None:
    run = finished("a", CONFIG)
    odd = run.rename(run.with_name(name))
    assert write(odd.parent) == []
    (events,) = (each for each in (odd.parent / ".tensorboard").iterdir() if each.is_dir())
    assert events.name == label_of_run(name)
    assert re.fullmatch("[A-Za-z0-9_][A-Za-z0-9_.-]{0,150}", events.name)
    assert scalars(events_in(event_file(events)))["loss"]


def test_a_run_is_the_same_however_it_is_named(
    finished: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, other = finished("a", CONFIG), finished("b", CONFIG)
    monkeypatch.chdir(run)
    links = tmp_path / "logs"
    links.mkdir()
    boards = Boards((".", str(other)), run.parent, links)
    assert len([*boards.update(boards.find(), weights=False)]) == 2
    assert {each.name for each in links.iterdir()} == {run.name, other.name}
    assert not (run / ".tensorboard").exists()
    assert (
        in_process("tensorboard", ".", f"../{other.name}", "--write-only").stdout.count("\n") == 1
    )


def test_the_events_of_a_run_that_is_gone_go(finished: Callable[..., Path]) -> None:
    kept, gone = finished("a", CONFIG), finished("b", CONFIG)
    write(kept.parent)
    gone.rename(gone.parent.parent / "gone")
    write(kept.parent)
    folders = [each for each in (kept.parent / ".tensorboard").iterdir() if each.is_dir()]
    assert [each.name for each in folders] == [kept.name]


def test_the_table_has_the_keys_and_scores_of_all_runs(finished: Callable[..., Path]) -> None:
    run = finished("a", f"{CONFIG}width: 8\n")
    finished("b", f"{CONFIG}width: [8, 4]\n")
    write(run.parent)
    (event,) = events_in(run.parent / ".tensorboard" / "events.out.tfevents.0.hparams")
    found = hyperparameters([event])["_hparams_/experiment"].experiment
    keys = {each.name: each for each in found.hparam_infos}
    assert keys["width"].differs
    assert keys["width"].type == 1  # text, for one of them is a list
    assert not keys["steps"].differs
    assert keys["steps"].domain_interval.min_value == 10
    scores = [each.name.tag for each in found.metric_infos]
    assert scores[:2] == ["summary/val_accuracy", "summary/test_accuracy"]


def test_a_run_that_cannot_be_read_is_told_and_the_others_are_written(
    finished: Callable[..., Path],
) -> None:
    run, damaged = finished("a", CONFIG), finished("b", CONFIG)
    (damaged / "run.json").write_text("[")
    (warning,) = write(run.parent)
    assert warning.startswith(f"{damaged}: run.json is damaged")
    assert (run.parent / ".tensorboard" / run.name).is_dir()
    assert not (run.parent / ".tensorboard" / damaged.name).exists()


@pytest.mark.parametrize(
    "said",
    [
        '"config": {"name": "\\ud800", "steps": 10}',
        '"config": {"name": "a", "steps": 10, "odd": 1%s}' % ("0" * 400),
        '"config": {"name": "a", "steps": 10, "layers": 2, "width": [null, "x"]}',
        '"started": "0001-01-01T00:00:00+23:59"',
        '"started": "9999-12-31T23:59:59-23:59"',
        '"started": {"a": []}',
        '"data": {"inputs": 1e300}',
    ],
)
def test_whatever_a_run_says_of_itself_it_is_shown_or_told(
    finished: Callable[..., Path], said: str
) -> None:
    run = finished("a", CONFIG)
    info = (run / "run.json").read_text()
    (run / "run.json").write_text(info.rstrip().removesuffix("}") + f", {said}}}")
    warnings = write(run.parent)
    there = (run.parent / ".tensorboard" / run.name).exists()
    assert there or len(warnings) == 1
    assert write(run.parent) == warnings


def test_rows_beyond_a_damaged_one_are_left_out(finished: Callable[..., Path]) -> None:
    run = finished("a", CONFIG)
    first, last = (run / "metrics.jsonl").read_text().splitlines()
    (run / "metrics.jsonl").write_text(f"{first}\nnonsense\n{last}\n")
    write(run.parent)
    found = scalars(events_in(event_file(run.parent / ".tensorboard" / run.name)))
    assert [*found["loss"]] == [5]


@pytest.mark.parametrize(
    "said", [{"file": "../../../victim"}, {"size": 2**62}, {"size": -1}, {"run": "b"}]
)
def test_what_others_planted_as_notes_is_not_believed(
    finished: Callable[..., Path], tmp_path: Path, said: dict[str, Any]
) -> None:
    run = finished("a", CONFIG)
    write(run.parent)
    events = run.parent / ".tensorboard" / run.name
    state: dict[str, Any] = msgspec.json.decode((events / "written.json").read_bytes())
    (tmp_path / "victim").write_text("mine")
    (events / "written.json").write_bytes(msgspec.json.encode(state | said))
    write(run.parent)
    assert (tmp_path / "victim").read_text() == "mine"
    assert [*scalars(events_in(event_file(events)))["loss"]] == [5, 10]


def test_where_nothing_can_be_written_events_are_shown_and_not_kept(
    finished: Callable[..., Path], tmp_path: Path
) -> None:
    run = finished("a", CONFIG)
    (run.parent / ".tensorboard").write_text("mine")
    links = tmp_path / "shown" / "logs"
    links.mkdir(parents=True)
    boards = Boards((), run.parent, links)
    assert [*boards.update(boards.find(), weights=False)] == [run]
    boards.write_columns()
    (warning,) = boards.take_warnings()
    assert warning.endswith("is not a folder; the events are not kept")
    assert scalars(events_in(event_file(links / run.name)))["loss"]
    assert (run.parent / ".tensorboard").read_text() == "mine"


def test_weights_that_are_damaged_are_told_once_and_the_others_written(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "a"
    shutil.copytree(FIXTURE, run)
    (run / "checkpoint-000000033.bin").write_bytes(b"nonsense")
    (warning,) = write(run.parent)
    assert warning.startswith(f"{run}/checkpoint-000000033.bin is damaged")
    assert write(run.parent) == []
    events = events_in(event_file(run.parent / ".tensorboard" / "a"))
    drawn = [(event.step, value.tag) for event in events for value in event.summary.value
             if value.metadata.plugin_data.plugin_name == "histograms"]  # fmt: skip
    tags = ("hidden_1/kernel", "hidden_1/bias", "output/kernel", "output/bias")
    assert drawn == [(40, tag) for tag in tags]


def test_events_alone_are_written_and_their_folder_is_printed(
    finished: Callable[..., Path],
) -> None:
    run = finished("a", CONFIG)
    result = in_process("tensorboard", run, "--write-only")
    assert result.stdout == f"{run.parent}/.tensorboard\n"
    assert f"next: tensorboard --logdir {run.parent}/.tensorboard" in result.stderr


def test_no_run_is_an_error_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    for words, text in (((), "no run could be read"), (("nowhere",), "nowhere: no such")):
        with pytest.raises(MlpcliError, match=text):
            in_process("tensorboard", *words, "--write-only", "--runs-dir", tmp_path / "runs")
    assert [*(tmp_path / "runs").iterdir()] == []


def test_what_is_not_served_has_no_port() -> None:
    with pytest.raises(Exception, match="no --port and no --open"):
        in_process("tensorboard", "--write-only", "--port", "0")


def test_without_the_package_it_is_said_what_to_install(
    finished: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished("a", CONFIG)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MlpcliError, match="tensorboard is not installed here") as caught:
        in_process("tensorboard", run)
    assert caught.value.hint.endswith("-m pip install 'mlpcli[tensorboard]'")
    assert not (run.parent / ".tensorboard").exists()
