"""Runs that stop in time and keep their best weights: the same bits as a run that ended there."""

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from running import Done, in_process, mlpcli

from mlpcli.config import Config
from mlpcli.data.registry import dataset_of
from mlpcli.runs import MODEL, PREDICTIONS, open_run
from mlpcli.runs.checkpoint import from_bytes, size_limit
from mlpcli.runs.choice import choice_of
from mlpcli.runs.continuation import ResumePoint
from mlpcli.runs.metrics import Rows
from mlpcli.runs.records import MetricsRow
from mlpcli.training.model import build_mlp
from mlpcli.training.trainer import Training

VALUES = {
    "dataset": "breast_cancer",
    "layers": 2,
    "width": 16,
    "learning_rate": 0.5,
    "momentum": 0.9,
    "steps": 1_000,
    "batch_size": 32,
    "eval_every": 7,
    "log_every": 5,
    "checkpoint_every": 4,
    "metric": "loss",
    "keep": "best",
    "patience": 5,
}


def config(**changes: Any) -> Config:
    values = {**VALUES, **changes}
    return Config(name="a", **{key: value for key, value in values.items() if value is not None})


def training(config: Config, before: ResumePoint | None = None) -> Training:
    more = {} if before is None else {"before": before}
    return Training(config, build_mlp(config), dataset_of(config.data_spec).load(), **more)


def rows_of(run: Training) -> list[MetricsRow]:
    return [row for row in run.stops() if row]


def bits(weights: Any) -> bytes:
    return b"".join(np.asarray(each).tobytes() for each in weights)


@pytest.mark.tf
def test_a_run_stops_where_patience_ends_and_keeps_what_a_run_to_the_best_step_has() -> None:
    stopped = training(config())
    rows = rows_of(stopped)
    validated = [row for row in rows if row.val_loss is not None]
    best = min(validated, key=lambda row: row.val_loss or 0.0)
    assert stopped.stopped
    assert stopped.step == rows[-1].step == best.step + 5 * 7  # five validations, 7 steps apart
    assert stopped.step < 1_000
    assert stopped.kept_row(rows[-1]) is best
    there = training(config(steps=best.step, patience=None, keep="last", metric=None))
    rows_of(there)
    assert bits(stopped.kept) == bits(there.kept)
    assert bits(stopped.kept) != bits(stopped.weights)


@pytest.mark.tf
@pytest.mark.parametrize("changes", [{}, {"patience": None, "steps": 60}])
def test_taken_up_at_any_stop_it_ends_with_the_same_bits(changes: dict[str, Any]) -> None:
    settings = config(**changes)
    whole = training(settings)
    rows, saved = list[MetricsRow](), list[tuple[bytes, int]]()
    for row in whole.stops():
        rows += [row] if row else []
        saved.append((whole.checkpoint().to_bytes(settings), len(rows)))
    assert all(len(content) <= size_limit(settings) for content, _ in saved)
    for content, seen in saved[::3]:
        checkpoint = from_bytes(content, settings)
        before = [row for row in rows[:seen] if row.step <= checkpoint.row]
        choice = choice_of(before, settings.stopping)
        again = training(settings, ResumePoint(checkpoint, 0.0, Rows(), choice))
        later = rows_of(again)
        assert (again.step, again.stopped) == (whole.step, whole.stopped)
        assert bits(again.kept) == bits(whole.kept)
        assert [_without_times(row) for row in later] == [
            _without_times(row) for row in rows if row.step > checkpoint.row
        ]


def _without_times(row: MetricsRow) -> MetricsRow:
    return msgspec.structs.replace(row, seconds=0, examples_per_second=0)


@pytest.mark.tf
def test_more_steps_from_a_last_step_that_was_validated_out_of_turn() -> None:
    """The validation after step 24, where no multiple of 7 is, is no longer one of a longer run."""
    short, long = config(steps=24, patience=None), config(steps=60, patience=None)
    first = training(short)
    rows = rows_of(first)
    checkpoint = from_bytes(first.checkpoint().to_bytes(short), long)
    choice = choice_of([row for row in rows if row.step <= checkpoint.row], long.stopping)
    whole, again = (
        training(long),
        training(long, ResumePoint(checkpoint, 0.0, Rows(), choice)),
    )
    rows_of(whole)
    rows_of(again)
    assert bits(again.kept) == bits(whole.kept)


TEXT = "".join(f"{key}: {value}\n" for key, value in VALUES.items())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    """Train a run that patience stops."""
    place = tmp_path_factory.mktemp("stopping")
    (place / "a.yaml").write_text(TEXT)
    done = mlpcli(["train", "a.yaml"], place)
    assert done.returncode == 0, done.stderr
    return place, done


@pytest.mark.process
def test_every_command_says_of_which_weights_its_scores_are(made: tuple[Path, Done]) -> None:
    place, done = made
    run = place / done.stdout.strip()
    summary = json.loads((run / "summary.json").read_text())
    kept, steps = summary["kept_step"], summary["steps"]
    assert (summary["stopped"], kept) == ("patience", steps - 35)
    why = "5 validations without a better validation loss"
    told = " ".join(done.stderr.split())
    assert f"stopped after step {steps} of 1,000: {why}" in told
    assert f"both of the weights after step {kept} of {steps}, which are kept" in told
    assert f"step {steps}/1000 " in told  # the last row is a line of the plain progress
    read = open_run(run)
    assert (read.contradictions, read.unproven, read.status) == ((), (), "completed")
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    (row,) = (row for row in rows if row["step"] == kept)
    assert row["val_loss"] == summary["val_loss"] == min(r.get("val_loss", 9.0) for r in rows)

    shown = in_process("show", run).output
    assert f"stopped before step 1000: {why}" in shown
    assert [line.split()[-1] for line in shown.splitlines() if line.startswith("test ")] == [
        str(kept)
    ]
    assert f"after step {kept} on its test set" in in_process("evaluate", run).output
    compared = in_process("compare", run.parent).output
    assert "1 of 1 run kept those of the best validation" in compared
    record = json.loads(in_process("compare", run.parent, "--json").output)
    test = record["runs"][0]["results"]["test_accuracy"]
    assert test["step"] == kept
    gate = in_process("gate", run, "--min", "test_accuracy=0.5").output
    assert gate.strip().endswith(", of the weights of the best validation")
    alone = in_process("gate", run, "--min", "train_accuracy=0.5").output
    assert alone.strip().endswith(", which its summary alone says")
    explained = " ".join(in_process("explain", run, "--full").output.split())
    assert f"the run keeps the weights after step {kept}, of its best validation" in explained
    details = json.loads(in_process("show", run, "--json").output)["results"]
    assert (details["kept_step"], details["stopped"]) == (kept, "patience")


@pytest.mark.process
def test_what_it_keeps_is_what_a_run_to_that_step_keeps(made: tuple[Path, Done]) -> None:
    place, done = made
    run = place / done.stdout.strip()
    kept = json.loads((run / "summary.json").read_text())["kept_step"]
    words = [f"steps={kept}", "eval_every=7", "keep=last"]
    plain = TEXT.replace("metric: loss\n", "").replace("patience: 5\n", "")
    (place / "plain.yaml").write_text(plain)
    other = mlpcli(["train", "plain.yaml", *words], place)
    assert other.returncode == 0, other.stderr
    there = place / other.stdout.strip()
    assert (there / PREDICTIONS).read_bytes() == (run / PREDICTIONS).read_bytes()
    asked = [in_process("predict", each, _rows(place)).output for each in (run, there)]
    assert asked[0] == asked[1]
    assert (run / MODEL).exists()


def _rows(place: Path) -> Path:
    """Write the features of some example in a file of their own."""
    facts = dataset_of(Config(name="a", **{**VALUES, "patience": 5}).data_spec).facts
    names = facts.input_columns
    file = place / "rows.csv"
    file.write_text(f"{','.join(names)}\n{','.join('1.5' for _ in names)}\n")
    return file


@pytest.mark.process
def test_resumed_it_says_that_it_waited_for_long_enough(made: tuple[Path, Done]) -> None:
    place, done = made
    again = mlpcli(["resume", done.stdout.strip(), "-s", "steps=2000"], place)
    assert again.returncode == 1
    assert "without a better validation loss" in again.stderr
    assert "patience=10" in again.stderr
    same = mlpcli(["resume", done.stdout.strip()], place)
    assert (same.returncode, "finished" in same.stderr) == (0, True)


@pytest.mark.process
def test_compared_runs_that_keep_other_weights_say_so(made: tuple[Path, Done]) -> None:
    place, done = made
    last = mlpcli(["train", "a.yaml", "keep=last"], place)
    assert last.returncode == 0, last.stderr
    apart = in_process("diff", place / done.stdout.strip(), place / last.stdout.strip()).output
    assert "test % at the end" not in apart
    (line,) = (line for line in apart.splitlines() if "scores of weights after step" in line)
    assert line.split()[-1] == "+35"
    table = mlpcli(["train", "a.yaml", "--seeds", "2", "--runs-dir", "seeds"], place).stderr
    assert "scores are of the weights that are kept: those of the best validation" in table
    assert "both after step " in table


@pytest.mark.process
@pytest.mark.parametrize("lost", [0, 1, 2])
def test_killed_after_its_best_validation_it_stops_and_keeps_as_it_would_have(
    made: tuple[Path, Done], tmp_path: Path, lost: int
) -> None:
    """What it had chosen is known by its rows, and the best weights by the checkpoint alone."""
    place, done = made
    whole = place / done.stdout.strip()
    run = Path(shutil.copytree(whole, tmp_path / "runs" / whole.name))
    (run / "summary.json").unlink()
    about = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**about, "status": "running"}))
    for checkpoint in sorted(run.glob("checkpoint-*"), reverse=True)[:lost]:
        checkpoint.unlink()
    again = mlpcli(["resume", str(run)], tmp_path)
    assert again.returncode == 0, again.stderr
    there, then = (json.loads((each / "summary.json").read_text()) for each in (run, whole))
    assert [there[key] for key in ("steps", "kept_step", "stopped", "val_loss", "test_loss")] == [
        then[key] for key in ("steps", "kept_step", "stopped", "val_loss", "test_loss")
    ]
    assert (run / PREDICTIONS).read_bytes() == (whole / PREDICTIONS).read_bytes()
    assert open_run(run).contradictions == ()
