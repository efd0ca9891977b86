"""A run shown: its numbers, its curve, its classes, its config; and a stranger's directory."""

import contextlib
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click.testing
import jsonschema
import numpy as np
import pytest
from once import Once
from running import TINY, in_process, mlpcli, only_run

from mlpcli.data.mnist import MNIST
from mlpcli.errors import DivergedError, RunError
from mlpcli.report.curves import curves
from mlpcli.report.run_report import Confused, report_run
from mlpcli.report.shown_run import show_schema
from mlpcli.runs.directory import RunDirectory
from mlpcli.runs.history import History, Reached, Sample, read_history, representative_rows, spread
from mlpcli.runs.metrics import to_line
from mlpcli.runs.read import open_run
from mlpcli.runs.records import MetricsRow, Summary
from mlpcli.stats.intervals import Accuracy
from mlpcli.terminal.plot import drawn
from mlpcli.terminal.sections import Plots

Finished = Callable[..., Path]
Unfinished = Callable[..., Path]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, once: Once) -> Path:
    """Train a tiny network."""
    place = tmp_path_factory.mktemp("tiny")
    assert once.mlpcli(["train", TINY, "-s", "log_every=10"], place).returncode == 0
    return only_run(place)


@pytest.fixture
def copy(tiny: Path, tmp_path: Path) -> Path:
    """Give a copy of the tiny run that may be damaged."""
    return Path(shutil.copytree(tiny, tmp_path / "20260101-000000-copy-0000"))


def shown(*words: object, **environment: str | None) -> click.testing.Result:
    """Return all that `mlpcli show` prints, by default off a terminal."""
    return in_process("show", "--full", *words, **{"COLUMNS": "80", **environment})


def brief(*words: object, **environment: str | None) -> click.testing.Result:
    """Return what `mlpcli show` prints on a screen, by default off a terminal."""
    return in_process("show", *words, **{"COLUMNS": "80", **environment})


def on_terminal(*words: object, columns: int = 80) -> list[str]:
    """Return the lines, without colours, of `mlpcli show` on a terminal of so many columns."""
    result = brief(*words, FORCE_COLOR="1", COLUMNS=str(columns))
    return re.sub(r"\x1b\[[0-9;]*m", "", result.stdout).splitlines()


def strict_json(text: str) -> Any:
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def step(number: int, val_accuracy: float | None = None, **values: Any) -> MetricsRow:
    known = {"loss": 2.0, "accuracy": 0.5, "learning_rate": 0.1, "seconds": number / 10}
    return MetricsRow(
        step=number,
        examples_per_second=100.0,
        val_accuracy=val_accuracy,
        val_loss=None if val_accuracy is None else 1.0,
        **(known | values),
    )


def history_of(tmp_path: Path, *steps: MetricsRow, tail: bytes = b"") -> History:
    (tmp_path / "metrics.jsonl").write_bytes(b"".join(map(to_line, steps)) + tail)
    return read_history(tmp_path)


def row(number: int, **values: Any) -> MetricsRow:
    return step(number, **({"loss": None, "accuracy": None} | values))


# what the metrics come to


def test_records_are_the_validations_better_than_all_before(tmp_path: Path) -> None:
    history = history_of(
        tmp_path, step(1), step(2, 0.5), step(3, 0.4), step(4, 0.5), step(5, 0.75), step(6, 0.7)
    )
    assert history.records == (Reached(0.5, 2, 0.2), Reached(0.75, 5, 0.5))
    assert history.best == Reached(0.75, 5, 0.5)
    assert (history.rows_total, history.validations_total) == (6, 5)


@pytest.mark.parametrize(("target", "first"), [(0.3, 2), (0.5, 2), (0.51, 5), (0.75, 5), (1, None)])
def test_an_accuracy_is_reached_by_the_first_that_is_as_good(
    tmp_path: Path, target: float, first: int | None
) -> None:
    history = history_of(tmp_path, step(2, 0.5), step(3, 0.4), step(5, 0.75))
    reached = history.first_reached(target)
    assert (reached.step if reached else None) == first


@pytest.mark.parametrize(
    ("seen", "kept"),
    [(0, []), (1, [0]), (4, [0, 1, 2, 3]), (5, [0, 2, 4]), (8, [0, 2, 4, 6]), (9, [0, 4, 8])],
)
def test_a_sample_is_evenly_spread_whatever_comes(seen: int, kept: list[int]) -> None:
    sample = Sample(4)
    for item in range(seen):
        sample.add(item)
    assert sample.items == kept


def test_a_long_run_is_thinned_with_its_first_and_its_last_row(tmp_path: Path) -> None:
    history = history_of(tmp_path, *(step(n) for n in range(1, 2_002)))
    assert history.rows_total == 2_001
    assert 250 <= len(history.rows) <= 501
    assert (history.rows[0].step, history.rows[-1].step) == (1, 2_001)


def test_the_table_has_the_first_row_the_validations_and_the_last(tmp_path: Path) -> None:
    history = history_of(tmp_path, step(1), step(2), step(3, 0.5), step(4), step(5, 0.6), step(6))
    assert [each.step for each in representative_rows(history)] == [1, 3, 5, 6]


def test_the_table_of_a_run_without_validations_has_all_rows(tmp_path: Path) -> None:
    history = history_of(tmp_path, step(1), step(2), step(3))
    assert [each.step for each in representative_rows(history)] == [1, 2, 3]


def test_a_long_table_is_evenly_spread() -> None:
    assert spread(range(101), 5) == (0, 25, 50, 75, 100)
    assert spread([1, 2], 5) == (1, 2)


@pytest.mark.parametrize(
    "tail",
    [b"nonsense\n", b'{"step": 2', b"[]\n", to_line(step(1)), to_line(step(-5)), b"\0" * 9_000],
)
def test_rows_end_where_none_follows(tmp_path: Path, tail: bytes) -> None:
    history = history_of(tmp_path, step(1), tail=tail)
    assert history.rows_total == 1


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-1", "1e999", "9" * 400])
def test_rows_end_at_a_number_that_cannot_be_true(tmp_path: Path, number: str) -> None:
    line = to_line(step(2)).replace(b'"loss": 2.0', f'"loss": {number}'.encode())
    assert history_of(tmp_path, step(1), tail=line).rows_total == 1


def test_a_loss_that_was_not_finite_is_none(tmp_path: Path) -> None:
    history = history_of(tmp_path, step(1, loss=float("inf")))
    assert [each.loss for each in history.rows] == [None]


# what a run was


@pytest.mark.process
def test_a_report_says_what_the_summary_and_the_predictions_say(tiny: Path) -> None:
    report, summary = report_run(tiny), json.loads((tiny / "summary.json").read_text())
    assert report.run.summary
    assert report.run.summary.test.correct == summary["test_correct"]
    assert report.run.history.best == Reached(
        summary["best_val_accuracy"], summary["best_val_step"], report.run.history.best.seconds
    )  # type: ignore[union-attr]
    assert sum(each.correct for each in report.classes) == summary["test_correct"]
    wrong = 10_000 - summary["test_correct"]
    assert sum(each.count for each in report.confusions) == wrong
    assert report.warnings == ()


def write_predictions(run: Path, predicted: Any) -> None:
    buffer = io.BytesIO()
    np.save(buffer, predicted)
    (run / "test_predictions.npy").write_bytes(buffer.getvalue())


def forge(run: Path, name: str, **values: object) -> None:
    known = json.loads((run / name).read_text())
    (run / name).write_text(json.dumps(known | values))


@pytest.mark.process
def test_classes_and_confusions_are_counted(copy: Path) -> None:
    labels = MNIST.test_targets()
    predicted = labels.astype(np.uint8)
    fours, ones = np.flatnonzero(labels == 4), np.flatnonzero(labels == 1)
    predicted[fours[:31]] = 9
    predicted[ones[:2]] = 7
    write_predictions(copy, predicted)
    others = {"test_balanced_accuracy": None, "test_macro_f1": None}
    forge(copy, "summary.json", test_accuracy=0.9967, **others)
    report = report_run(copy)
    assert report.confusions == (Confused(4, 9, 31, 982), Confused(1, 7, 2, 1_135))
    assert report.classes[4] == Accuracy.of(951, 982)
    assert report.classes[0] == Accuracy.of(980, 980)
    output = shown(copy).stdout
    assert "\nMost confused\n4 taken for 9: 31 of 982\n1 taken for 7: 2 of 1,135\n" in output
    assert re.search(r"^4 +96\.84 +95\.55 to 97\.77 +951 +982 *$", output, re.MULTILINE)


# what is printed


@pytest.mark.process
def test_by_default_it_fits_a_screen_and_says_what_came_out_first(tiny: Path) -> None:
    lines = on_terminal(tiny)
    assert len(lines) <= 22  # and the next command, and the prompt
    assert max(map(len, lines)) <= 80
    assert lines[0] == f"{tiny.name}: completed"
    head = "accuracy % 95 % interval correct of loss after step"
    assert lines[2].split() == head.split()
    summary = json.loads((tiny / "summary.json").read_text())
    assert lines[3].split()[0] == "test"
    assert f" {summary['test_correct']:,} 10,000 " in lines[3]
    assert [line.split()[-1] for line in lines[3:5]] == ["500", "500"]
    assert (
        "config: layers 2, width 32, learning_rate 0.2, steps 500, batch_size 32, log_every 10"
        in (" ".join(lines))
    )
    assert re.search(r"^most confused: \d taken for \d, \d+ of \d", "\n".join(lines), re.MULTILINE)


@pytest.mark.process
def test_the_next_command_is_named_on_stderr(tiny: Path) -> None:
    assert brief(tiny).stderr == f"next: mlpcli explain {tiny}   (all of it: --full)\n"
    assert shown(tiny).stderr == f"next: mlpcli explain {tiny}\n"
    assert brief(tiny, "--json").stderr == ""


@pytest.mark.process
def test_all_of_it_ends_with_what_came_out(tiny: Path) -> None:
    assert "Where it came from" in shown(tiny).stdout.splitlines()[0]
    assert shown(tiny).stdout.splitlines()[-1].startswith("most confused: ")


@pytest.mark.process
@pytest.mark.parametrize("columns", [*range(1, 12), 23, 50, 71, 72, 120, 200])
def test_whatever_the_width_a_run_is_shown(tiny: Path, columns: int) -> None:
    lines = on_terminal(tiny, columns=columns)
    assert max(map(len, lines)) <= max(columns, 20)
    assert "completed" in "".join(lines)


@pytest.mark.process
def test_another_network_has_the_best_validation_which_is_said(copy: Path) -> None:
    rows = [json.loads(line) for line in (copy / "metrics.jsonl").read_text().splitlines()]
    (best,) = (row for row in rows if row["step"] == 300)
    best["val_accuracy"] = 0.9876
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    (copy / "metrics.jsonl").write_text(text)
    forge(copy, "summary.json", best_val_accuracy=0.9876, best_val_step=300)
    scores = strict_json(brief(copy, "--json").stdout)["scores"]
    assert [(each["of"], each["step"]) for each in scores] == [
        ("test", 500), ("validation", 500), ("best validation", 300), ("training", 500),
    ]  # fmt: skip
    assert re.search(r"^best validation +98\.76 +4,938 +5,000 +- +300$", brief(copy).stdout, re.M)


@pytest.mark.process
def test_every_key_of_the_config_is_shown_and_defaults_are_marked(tiny: Path) -> None:
    output = shown(tiny).stdout
    assert re.search(r"\bwidth +32 ", output)
    assert re.search(r"\bmomentum +0\.0 \(default\)", output)
    assert re.search(r"\beval_every +50 \(default\)", output)
    assert re.search(r"\blog_every +10\b(?! \(default)", output)


@pytest.mark.process
def test_where_it_came_from_is_shown(tiny: Path) -> None:
    output = shown(tiny).stdout
    for head in ("directory", "command", "started", "ended", "machine", "versions", "data"):
        assert re.search(rf"^{head}  +\S", output, re.MULTILINE)
    assert "mlpcli train" in output


@pytest.mark.process
def test_a_table_with_fewer_rows_than_the_run_says_so(tiny: Path) -> None:
    assert "\nMetrics: 12 of 51 rows\n" not in shown(tiny).stdout
    assert "\nMetrics: 11 of 51 rows\n" in shown(tiny).stdout


@pytest.mark.process
@pytest.mark.parametrize("columns", [40, 50, 60])
def test_on_a_narrow_terminal_no_number_is_broken(tiny: Path, columns: int) -> None:
    wide, narrow = (
        re.sub(r"\x1b\[[0-9;]*m", "", shown(tiny, FORCE_COLOR="1", COLUMNS=str(n)).stdout)
        for n in (200, columns)
    )
    for heading in ("Metrics", "Classes of the test set"):
        numbers = re.search(rf"\n{heading}.*?\n\n", wide, re.DOTALL)[0].split()  # type: ignore[index]
        assert set(numbers) <= set(narrow.split())
    assert max(map(len, narrow.splitlines())) <= columns


@pytest.mark.process
@pytest.mark.parametrize("columns", [60, 80, 100, 132])
def test_the_page_fits_its_terminal(tiny: Path, columns: int) -> None:
    output = shown(tiny, FORCE_COLOR="1", COLUMNS=str(columns)).stdout
    assert "\x1b[" in output
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output).splitlines()
    assert max(map(len, plain)) <= columns


@pytest.mark.process
@pytest.mark.parametrize("environment", [{}, {"TERM": "dumb", "FORCE_COLOR": "1"}])
def test_without_a_terminal_that_can_all_is_plain_ascii(
    tiny: Path, environment: dict[str, str]
) -> None:
    output = shown(tiny, **environment).stdout
    assert output.isascii()
    assert "\x1b" not in output


@pytest.mark.process
def test_without_colour_the_curves_are_told_apart_by_their_signs(tiny: Path) -> None:
    output = shown(tiny, NO_COLOR="1", FORCE_COLOR="1").stdout
    assert "++ training   xx validation" in output


@pytest.mark.process
def test_without_colour_bold_and_faint_stay(tiny: Path) -> None:
    output = shown(tiny, NO_COLOR="1", FORCE_COLOR="1").stdout
    assert set(re.findall(r"\x1b\[([0-9;]*)m", output)) == {"0", "1", "2"}


def test_curves_stand_side_by_side_or_below_each_other() -> None:
    rows = tuple(row(n, loss=1 / n, accuracy=1 - 1 / n) for n in range(1, 30))
    history = History(rows=rows)
    for width in (30, 50, 72, 80, 100):
        plots = drawn(Plots(curves(history)), width, color=False)
        widest = [max(map(len, plot.splitlines())) for plot in plots]
        assert len(plots) == 2
        assert (sum(widest) if width >= 72 else max(widest)) <= width


def plots_of(*losses: float) -> tuple[str, str]:
    rows = (row(1), *(row(n, loss=y, accuracy=0.5) for n, y in enumerate(losses, start=2)))
    accuracy, loss = drawn(Plots(curves(History(rows=rows))), 80, color=False)
    return accuracy, loss


def test_the_axes_have_names_units_and_round_numbers() -> None:
    accuracy, loss = plots_of(2.5, 2.0, 1.5, 1.0, 0.7)
    assert accuracy.split("\n")[0].strip() == "accuracy, %"
    assert loss.split("\n")[0].strip() == "loss"
    for plot in (accuracy, loss):
        *_, steps, name, legend = plot.split("\n")
        assert steps.split() == ["0", "1", "2", "3", "4", "5", "6"]
        assert (name.strip(), legend.strip()) == ("step", "++ training")
    assert re.findall(r"^ *([\d.]+) \|", loss, re.MULTILINE) == ["2.5", "2", "1.5", "1"]


def test_losses_that_fall_a_hundredfold_are_drawn_on_a_log_scale_which_is_said() -> None:
    loss = plots_of(3_000.0, 300.0, 30.0, 3.0)[1]
    assert loss.split("\n")[0].strip() == "loss, log scale"
    assert re.findall(r"^ *([\d,]+) \|", loss, re.MULTILINE) == ["1,000", "100", "10"]
    points = [line.rindex("+") for line in loss.split("\n")[2:12]]
    assert points == sorted(points)  # a straight line


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (row(1, loss=2.3, accuracy=0.1),),
        (row(1), row(2), row(3)),
        (row(1, loss=1e17), row(2, loss=1e18), row(3, loss=1e15)),
    ],
)
def test_without_two_points_there_is_no_curve(rows: tuple[MetricsRow, ...]) -> None:
    assert drawn(Plots(curves(History(rows=rows))), 80, color=False) == []


@pytest.mark.parametrize(
    "losses", [(1e-300, 0.0, 1e12), (0.0, 0.0, 0.0), (5e-324, 1.0, 1e-9), (2.0, 2.0, 2.0)]
)
@pytest.mark.parametrize("last", [4, 10**12])
def test_any_losses_can_be_drawn(losses: tuple[float, ...], last: int) -> None:
    rows = (row(1), *(row(n, loss=y) for n, y in zip((2, 3, last), losses, strict=True)))
    assert len(drawn(Plots(curves(History(rows=rows))), 80, color=False)) == 1


@pytest.mark.process
def test_json_holds_all_of_it(tiny: Path) -> None:
    value = strict_json(shown(tiny, "--json").stdout)
    assert value["status"] == "completed"
    assert value["results"]["test"]["examples"] == 10_000
    assert value["metrics"]["rows_total"] == len(value["metrics"]["rows"]) == 51
    assert [each["class"] for each in value["classes"]] == list(range(10))
    assert value["confusions"][0].keys() == {"true", "predicted", "count", "examples"}
    assert "momentum" in value["defaults"]
    assert value["config"]["width"] == 32
    assert value["versions"]["keras"]


@pytest.mark.process
def test_json_fits_its_schema_and_full_changes_nothing(tiny: Path, unfinished: Unfinished) -> None:
    failed = unfinished("a", ValueError("no"), step(1), step(2, 0.5))
    for run in (tiny, failed, unfinished("b", ValueError("no"))):
        text = brief(run, "--json").stdout
        jsonschema.validate(strict_json(text), show_schema())
        assert text == shown(run, "--json").stdout


@pytest.mark.process
@pytest.mark.parametrize("word", ["latest", "tiny", ""])
def test_a_run_is_named_by_a_part_of_its_name_or_is_the_latest(tiny: Path, word: str) -> None:
    result = brief(*([word] if word else []), "--runs-dir", tiny.parent)
    assert result.stdout.startswith(f"{tiny.name}: completed\n")


@pytest.mark.process
def test_showing_loads_neither_tensorflow_nor_keras(tiny: Path) -> None:
    code = (
        "import sys\n"
        "from mlpcli.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit as left:\n    assert not left.code\n"
        "sys.exit(bool({'tensorflow', 'keras', 'scipy'} & set(sys.modules)))\n"
    )
    for words in (["show", tiny], ["diff", tiny, tiny]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr


# runs that did not come to their end


def test_a_diverged_run_shows_its_error_and_what_there_is(unfinished: Unfinished) -> None:
    rows = [step(1), step(2, 0.25), step(3, 0.5), step(4, loss=float("nan"), accuracy=0.1)]
    run = unfinished("a", DivergedError(4, "loss"), *rows, config="steps: 70\n")
    result = brief(run)
    lines = result.stdout.splitlines()
    assert lines[:3] == [
        f"{run.name}: diverged, step 4 of 70",
        "diverged at step 4: the loss is not a finite number",
        "",
    ]
    assert [line.split() for line in lines[4:6]] == [
        ["validation", "50.00", "1.000", "3"],
        ["last", "batches", "10.00", "-", "4"],
    ]
    assert lines[6] == "0.4 s of training so far"
    assert result.stderr.startswith(f"next: mlpcli explain {run}")
    assert strict_json(shown(run, "--json").stdout)["results"] is None


def test_a_running_run_says_how_far_it_is_and_how_long_it_takes_yet(
    tmp_path: Path, summary: Summary
) -> None:
    run = RunDirectory.create(tmp_path / "runs", "a", "name: a\nsteps: 80\n", {})
    with run:
        for number in (10, 20):
            run.append(step(number, 0.1 * number / 10))
        lines = brief(run.path).stdout.splitlines()
        assert lines[0] == f"{run.path.name}: running, step 20 of 80 (25 %)"
        assert "2.0 s of training so far, about 6.0 s to go" in lines
        assert brief(run.path).stderr.startswith(f"next: mlpcli show {run.path}")
        run.complete(summary, {})


@pytest.mark.parametrize("columns", [1, 3, 6, 20, 50, 80, 120])
def test_a_run_that_came_to_nothing_is_shown_at_any_width(
    unfinished: Unfinished, columns: int
) -> None:
    for rows in ([], [step(1)], [step(1), step(2, 0.5), step(3)]):
        run = unfinished("a", ValueError("no"), *rows, config="dataset: mnist\nsteps: 9\n")
        lines = on_terminal(run, columns=columns)
        assert "failed" in "".join(lines)
        assert len(lines) <= 22 or columns < 80


def test_a_strangers_config_takes_two_lines(unfinished: Unfinished) -> None:
    config = "".join(f"key_{n}: {n}\n" for n in range(150))
    lines = on_terminal(unfinished("a", ValueError("no"), config=config))
    assert lines[-1].endswith("more")
    assert len(lines) < 8


def test_what_learned_nothing_says_so_in_red(finished: Finished) -> None:
    run = finished("a", "dataset: mnist\n", val_accuracy=0.1)
    out = brief(run, FORCE_COLOR="1").stdout
    assert out.startswith(f"\x1b[31m{run.name}: completed, learned nothing\x1b[0m")


def test_a_run_without_rows_is_shown(unfinished: Unfinished) -> None:
    result = brief(unfinished("a", ValueError("[red]no"), config="layers: 1\n"))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1] == "[red]no"


@pytest.mark.process
def test_old_predictions_of_a_run_that_goes_on_are_not_shown(copy: Path) -> None:
    (copy / "summary.json").unlink()
    forge(copy, "run.json", status="running")
    report = report_run(copy)
    assert report.run.status == "interrupted"
    assert report.classes == report.warnings == ()


# a stranger's directory


def damaged(run: Path) -> str:
    """Return the one line that is said of a run that cannot be read."""
    with pytest.raises(RunError) as caught:
        report_run(run)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{run}: ")
    return message.removeprefix(f"{run}: ")


@pytest.mark.process
@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("config.yaml", b"a: [[1]]\n", "config.yaml is damaged: nested, allowed a single value"),
        ("config.yaml", b"\xff", "config.yaml cannot be read: "),
        ("run.json", b"{", "run.json is damaged: not JSON"),
        ("run.json", b"[" * 100, "run.json is damaged: not JSON"),
        ("summary.json", b"[]", "summary.json is damaged: not an object"),
        (
            "summary.json",
            b"{}",
            "summary.json is damaged: val_examples is not a whole number above 0",
        ),
        ("summary.json", b" " * (1 << 21), "summary.json cannot be read: too large"),
        (
            "summary.json",
            b'{"val_accuracy": 1.0, "val_examples": 1.5}',
            "summary.json is damaged: val_examples is not a whole number above 0",
        ),
    ],
)
def test_a_damaged_file_is_told_in_a_line(
    copy: Path, name: str, content: bytes, message: str
) -> None:
    (copy / name).write_bytes(content)
    if name == "config.yaml":  # read where run.json does not say the config
        forge(copy, "run.json", config=None)
    assert damaged(copy).startswith(message)


@pytest.mark.process
@pytest.mark.parametrize("name", ["config.yaml", "run.json", "summary.json", "metrics.jsonl"])
def test_links_and_folders_are_not_followed(copy: Path, tiny: Path, name: str) -> None:
    (copy / name).unlink()
    (copy / name).symlink_to(tiny / name)
    if name == "config.yaml":
        forge(copy, "run.json", config=None)
    assert damaged(copy) == f"{name} cannot be read: a symbolic link"


@pytest.mark.process
def test_a_damaged_run_ends_with_exit_code_1(copy: Path) -> None:
    (copy / "run.json").unlink()
    done = mlpcli(["show", copy], copy.parent)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{copy}: run.json cannot be read: no such file or directory\n"


@pytest.mark.process
def test_no_such_run_ends_with_exit_code_2(tmp_path: Path) -> None:
    assert mlpcli(["show", "nowhere"], tmp_path).returncode == 2


def big(shape: str) -> bytes:
    head = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode()


@pytest.mark.process
@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"nonsense",
        big("(10**15,)"),
        big("(1000000000000000,)"),
        big("(9999,)") + b"\0" * 9_999,
        big("(10000, 1)") + b"\0" * 10_000,
        big("(10000,)") + b"\xff" * 10_000,
        b"\0" * 100_000,
    ],
)
def test_damaged_predictions_lose_only_their_part(copy: Path, content: bytes | None) -> None:
    (copy / "test_predictions.npy").unlink()
    if content is not None:
        (copy / "test_predictions.npy").write_bytes(content)
    result = shown(copy)
    assert result.exit_code == 0
    warning, following = result.stderr.splitlines()
    assert warning.startswith(f"{copy}: test_predictions.npy ")
    assert following.startswith("next: ")
    assert "\nMetrics" in result.stdout
    assert "Classes" not in result.stdout
    assert strict_json(shown(copy, "--json").stdout)["classes"] == []


@pytest.mark.process
def test_predictions_that_contradict_the_summary_are_said_as_its_contradiction(copy: Path) -> None:
    # 980 of the 10,000 test images are of the digit 0
    (copy / "test_predictions.npy").write_bytes(big("(10000,)") + b"\0" * 10_000)
    correct = json.loads((copy / "summary.json").read_text())["test_correct"]
    text = f"test_predictions.npy has 980 of 10,000 correct, summary.json {correct:,} of 10,000"
    result = shown(copy)
    assert text in " ".join(result.stdout.split())
    assert "Classes" not in result.stdout
    assert len(result.stderr.splitlines()) == 1  # what to type next: it is said once
    assert strict_json(shown(copy, "--json").stdout)["contradictions"] == [text]
    gate = in_process("gate", copy, "--min", "test_accuracy=0")
    assert gate.stdout.startswith("not met: ")
    assert "980 of 10,000" in gate.stdout


@pytest.mark.process
def test_predictions_of_other_data_are_not_held_against_ours(copy: Path) -> None:
    forge(copy, "run.json", data={"name": "mnist", "sha256": "0" * 64})
    assert report_run(copy).warnings == (f"{copy}: trained on another mnist than there is here",)


@pytest.mark.process
def test_rows_that_cannot_be_read_are_told(copy: Path) -> None:
    lines = (copy / "metrics.jsonl").read_bytes().splitlines(keepends=True)
    (copy / "metrics.jsonl").write_bytes(b"".join([*lines[:5], b"nonsense\n", *lines[5:]]))
    run = open_run(copy)
    assert run.history.rows_total == 5
    assert run.warnings == (
        f"{copy}: metrics.jsonl has 5 rows that can be read, and none of them is of step "
        f"{run.last_step}",
    )


HOSTILE = "\x1b]0;x\x07\x1b[31m[bold red]\r\n\u202e:smile:"


@pytest.mark.process
def test_a_strangers_text_sends_no_escape_and_is_no_markup(copy: Path) -> None:
    forge(
        copy, "run.json", command=HOSTILE, started=HOSTILE, ended=HOSTILE, host=HOSTILE,
        cpu=HOSTILE, gpus=[HOSTILE], versions={HOSTILE: HOSTILE}, error=HOSTILE, status="failed",
        git={"commit": HOSTILE, "dirty": True}, data={"name": HOSTILE, "sha256": HOSTILE},
    )  # fmt: skip
    odd = json.dumps(HOSTILE)
    forge(copy, "run.json", config=None)
    (copy / "config.yaml").write_text(f"{odd}: {odd}\ndataset: {odd}\nwidth: [{odd}, 2]\n")
    for words in ([copy], [copy, "--json"]):
        result = shown(*words)
        assert result.exit_code == 0
        for text in (result.stdout, result.stderr):
            assert not set("\x1b\x07\r\u202e") & set(text)
    assert r"\x1b[31m[bold red]\r\n\u202e:smile:" in shown(copy).stdout
    (copy / "summary.json").unlink()
    assert r"\x1b[31m[bold red]" in brief(copy).stdout.splitlines()[1]


ODD = [None, True, -1, 1e400, 10**400, "x" * 10_000, [[]], {"a": {}}, [None] * 1_000]


@pytest.mark.process
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd)[:10])
def test_whatever_stands_in_run_json_is_shown_or_left_out(copy: Path, odd: object) -> None:
    known = json.loads((copy / "run.json").read_text())
    kept = {key: known[key] for key in ("schema_version", "config")}
    (copy / "run.json").write_text(json.dumps(dict.fromkeys(known, odd) | kept))
    for words in ([copy], [copy, "--json"]):
        result = shown(*words)
        assert result.exit_code == 0
        assert len(result.stdout) < 100_000
    strict_json(result.stdout)


@pytest.mark.process
@pytest.mark.parametrize("odd", ODD[1:], ids=lambda odd: str(odd)[:10])
def test_a_config_in_run_json_that_is_none_is_refused(copy: Path, odd: object) -> None:
    forge(copy, "run.json", config=odd)
    assert damaged(copy).startswith("run.json is damaged: its config ")


@pytest.mark.process
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd)[:10])
def test_whatever_stands_in_the_summary_is_shown_or_refused(copy: Path, odd: object) -> None:
    known = json.loads((copy / "summary.json").read_text())
    vital = ("test_accuracy", "test_examples", "val_accuracy", "val_examples")
    for keys in (known, [key for key in known if key not in vital]):
        (copy / "summary.json").write_text(json.dumps(known | dict.fromkeys(keys, odd)))
        for words in ([copy], [copy, "--json"]):
            with contextlib.suppress(RunError):
                assert shown(*words).exit_code == 0
