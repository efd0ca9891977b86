"""Runs side by side: which are found, their order, what differs, and the forms of a comparison."""

import csv
import io
import json
import math
import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click.testing
import pytest
from running import in_process, mlpcli

from mlpcli.compare.columns import MEANS, ColumnError
from mlpcli.compare.comparison import compare
from mlpcli.compare.query import Query
from mlpcli.compare.rows import Row
from mlpcli.errors import DivergedError
from mlpcli.runs.directory import RunDirectory
from mlpcli.runs.find import find_runs
from mlpcli.runs.names import RunNameError
from mlpcli.runs.records import MetricsRow
from mlpcli.runs.results import NO_RESULTS, RESULTS
from mlpcli.stats.intervals import wilson_interval

Finished = Callable[..., Path]
Unfinished = Callable[..., Path]

ROW = MetricsRow(
    step=5,
    loss=2.5,
    accuracy=0.125,
    learning_rate=0.1,
    seconds=0.5,
    examples_per_second=64.0,
    val_loss=0.1,
    val_accuracy=0.99,
)
LONG = "long-" * 12 + "name"  # 64 characters


class Compared(NamedTuple):
    rows: tuple[Row, ...]
    differing: tuple[str, ...]
    shared: Mapping[str, Any]
    warnings: tuple[str, ...]


def compare_runs(words: Iterable[str], **options: Any) -> Compared:
    query = Query(by="run", **options)
    paths, unclear = find_runs(words, Path("runs"))
    made = compare(paths, query, unclear)
    return Compared(made.top, *made.differing, made.warnings)


def order(arguments: Iterable[object], **options: Any) -> list[str]:
    """Return the names of the runs in the order in which they are compared."""
    rows = compare_runs(map(str, arguments), **options).rows
    return [row.config["name"] for row in rows]


def shown(*words: object, **environment: str) -> click.testing.Result:
    """Return what `mlpcli compare` prints, by default off a terminal."""
    return in_process("compare", "--by", "run", *words, **environment)


def on_terminal(*words: object, columns: int = 80) -> list[str]:
    """Return the lines that a terminal of so many columns shows, without colours."""
    output = shown(*words, FORCE_COLOR="1", COLUMNS=str(columns)).stdout
    assert "\x1b[" in output  # it is taken for a terminal
    return re.sub(r"\x1b\[[0-9;]*m", "", output).splitlines()


def strict_json(text: str) -> Any:
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def forge(path: Path, **values: object) -> None:
    """Put values into the summary of a run, or take the keys away that are given as ..."""
    summary = json.loads((path / "summary.json").read_text()) | values
    kept = {key: value for key, value in summary.items() if value is not ...}
    (path / "summary.json").write_text(json.dumps(kept))


@pytest.fixture
def three(tmp_path: Path, finished: Finished) -> Path:
    """Make three runs that each are the first by another key, and return their folder."""
    config = "layers: {}\nlearning_rate: {}\nseed: 0\n"
    finished("a", config.format(2, 0.3), val_accuracy=0.91, test_accuracy=0.95, test_loss=0.2)
    finished("b", config.format(3, 0.1), val_accuracy=0.93, test_accuracy=0.91, test_loss=0.3)
    finished("c", config.format(1, 0.2), val_accuracy=0.92, test_accuracy=0.93, test_loss=0.1)
    return tmp_path / "runs"


def test_the_best_validation_accuracy_comes_first(three: Path) -> None:
    assert order([three]) == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("val_accuracy", ["b", "c", "a"]),
        ("test_accuracy", ["a", "c", "b"]),
        ("test_loss", ["c", "a", "b"]),
        ("layers", ["c", "a", "b"]),
        ("learning_rate", ["b", "c", "a"]),
        ("name", ["a", "b", "c"]),
    ],
)
def test_runs_are_sorted_by_a_result_or_a_config_key(
    three: Path, key: str, expected: list[str]
) -> None:
    assert order([three], sort=key) == expected
    assert order([three], sort=key, reverse=True) == expected[::-1]


def test_runs_are_sorted_by_their_own_names(finished: Finished) -> None:
    paths = [finished(name) for name in ("a", "b", "c")]
    assert order(reversed(paths), sort="run") == ["a", "b", "c"]


def test_runs_are_sorted_by_their_status(unfinished: Unfinished) -> None:
    paths = [unfinished("a", ValueError()), unfinished("b", DivergedError(1, "loss"))]
    assert order(paths, sort="status") == ["b", "a"]


def test_the_fastest_comes_first_by_examples_per_second(three: Path, finished: Finished) -> None:
    finished("fast", examples_per_second=1e6)
    assert order([three], sort="examples_per_second")[0] == "fast"


def test_numbers_are_sorted_by_size_and_before_text(tmp_path: Path, finished: Finished) -> None:
    for name, width in (("a", "100"), ("b", "20"), ("c", "wide"), ("d", "3"), ("e", "[5]")):
        finished(name, f"width: {width}\n")
    assert order([tmp_path / "runs"], sort="width") == ["d", "b", "a", "e", "c"]


def test_runs_without_the_key_sorted_by_come_after_those_that_have_it(
    three: Path, finished: Finished
) -> None:
    finished("d")
    assert order([three], sort="layers")[-1] == "d"
    assert order([three], sort="layers", reverse=True)[-1] == "d"


def test_runs_that_are_equal_stay_in_the_order_given(finished: Finished) -> None:
    paths = [finished(name) for name in ("c", "a", "b")]
    assert order(paths) == ["c", "a", "b"]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("key", ["val_accuracy", "seconds", "run", "status", "layers"])
def test_a_run_that_was_not_completed_is_never_first(
    three: Path, unfinished: Unfinished, key: str, reverse: bool
) -> None:
    unfinished("x", ValueError("surprise"), ROW, config="layers: 0\n")
    unfinished("y", DivergedError(5, "loss"), ROW, config="layers: 9\n")
    with RunDirectory.create(three, "z", "name: z\nlayers: 5\n", {}) as under_way:
        under_way.append(ROW)
        names = order([three], sort=key, reverse=reverse)
    assert set(names[:3]) == {"a", "b", "c"}
    assert set(names[3:]) == {"x", "y", "z"}


@pytest.mark.parametrize("reverse", [False, True])
def test_a_damaged_run_is_not_in_the_order(three: Path, finished: Finished, reverse: bool) -> None:
    forge(finished("x", val_accuracy=1.0), test_loss="nan")
    assert "x" not in order([three], reverse=reverse)


def test_the_top_are_the_first_of_the_order(three: Path) -> None:
    assert order([three], top=2) == ["b", "c"]


def test_a_top_beyond_all_runs_is_all_of_them(three: Path) -> None:
    assert order([three], top=9) == ["b", "c", "a"]


def test_keys_that_differ_are_told_in_the_configs_order(three: Path) -> None:
    assert compare_runs([str(three)]).differing == ("layers", "learning_rate")


def test_keys_that_all_share_are_told_with_their_value(three: Path) -> None:
    assert compare_runs([str(three)]).shared == {"seed": 0}


def test_a_key_that_a_run_lacks_differs(three: Path, finished: Finished) -> None:
    finished("d", "layers: 3\nlearning_rate: 0.1\n")
    assert "seed" in compare_runs([str(three)]).differing


def test_what_differs_is_of_the_top_alone(finished: Finished) -> None:
    paths = [finished("a", "seed: 1\n"), finished("b", "seed: 1\n"), finished("c", "seed: 2\n")]
    assert compare_runs(map(str, paths), top=2).differing == ()


def test_of_one_run_nothing_differs(finished: Finished) -> None:
    comparison = compare_runs([str(finished("a", "seed: 1\n"))])
    assert (comparison.differing, comparison.shared) == ((), {"seed": 1})


def test_a_completed_run_has_the_results_of_its_summary(finished: Finished) -> None:
    (row,) = compare_runs([str(finished("a"))]).rows
    val_low, val_high = wilson_interval(4_500, 5_000)
    test_low, test_high = wilson_interval(8_000, 10_000)
    assert row.results == {
        "val_accuracy": 0.9,
        "val_low": val_low,
        "val_high": val_high,
        "test_accuracy": 0.8,
        "test_low": test_low,
        "test_high": test_high,
        "test_loss": 0.25,
        "steps_taken": 10,
        "seconds": 1.5,
        "examples_per_second": 2_000.0,
        "val_loss": 0.32,
        "train_accuracy": 0.92,
        "train_loss": 0.3,
        "best_val_accuracy": 0.91,
        "best_val_step": 5,
        "kept_step": 10,
        "parameters": 7_850,
        "compile_seconds": 0.5,
        **dict.fromkeys(("val_r2", "test_r2", "test_rmse", "test_mae", "train_r2", "best_val_r2")),
        **dict.fromkeys(("test_balanced_accuracy", "test_macro_f1", "test_auc")),
        "test_calibration_error": None,
    }


def test_an_unfinished_run_has_what_its_last_row_says(unfinished: Unfinished) -> None:
    (row,) = compare_runs([str(unfinished("a", ValueError(), ROW))]).rows
    assert row.status == "failed"
    assert {key: value for key, value in row.results.items() if value is not None} == {
        "val_accuracy": 0.99,
        "val_loss": 0.1,
        "steps_taken": 5,
        "seconds": 0.5,
        "examples_per_second": 64.0,
    }


def test_a_run_without_a_row_has_no_results(unfinished: Unfinished) -> None:
    (row,) = compare_runs([str(unfinished("a", ValueError()))]).rows
    assert row.results == NO_RESULTS


@pytest.mark.parametrize("value", ['"0.5"', "true", "[1]", "null", "1e400", "NaN", "1" * 40])
def test_what_is_no_number_in_a_row_is_no_result(unfinished: Unfinished, value: str) -> None:
    path = unfinished("a", ValueError())
    (path / "metrics.jsonl").write_text(f'{{"step": {value}, "val_accuracy": {value}}}\n')
    (row,) = compare_runs([str(path)]).rows
    assert row.results == NO_RESULTS


def test_a_folder_stands_for_the_runs_in_it(three: Path) -> None:
    (three / "notes.txt").touch()
    (three / "empty").mkdir()
    comparison = compare_runs([str(three)])
    assert (len(comparison.rows), comparison.warnings) == (3, ())


def test_a_pattern_stands_for_the_runs_it_matches(three: Path) -> None:
    assert order([f"{three}/*-[ab]-????"]) == ["b", "a"]


def test_a_pattern_may_stand_for_folders(three: Path) -> None:
    assert order([f"{three.parent}/r*s"]) == ["b", "c", "a"]


def test_a_path_that_is_there_is_no_pattern(tmp_path: Path, three: Path) -> None:
    (tmp_path / "[x]").mkdir()
    shutil.copytree(three, tmp_path / "[x]", dirs_exist_ok=True)
    assert order([tmp_path / "[x]"]) == ["b", "c", "a"]


@pytest.mark.parametrize(
    "spelled", ["{}", "./{}", "{}/", "runs/../{}", "{}/../../{}", "ABSOLUTE/{}"]
)
def test_a_run_is_counted_once_however_it_is_spelled(
    finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spelled: str
) -> None:
    run = f"runs/{finished('a').name}"
    monkeypatch.chdir(tmp_path)
    again = spelled.replace("ABSOLUTE", str(tmp_path)).replace("{}", run)
    assert order([run, again, "runs", "runs/*"]) == ["a"]


def test_runs_copied_elsewhere_count_each(three: Path, tmp_path: Path) -> None:
    shutil.copytree(three, tmp_path / "copy")
    assert len(compare_runs([str(three), str(tmp_path / "copy")]).rows) == 6


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("val_acuracy\x1b", "did you mean val_accuracy or best_val_accuracy or train_accuracy? "),
        ("lr", "did you mean learning_rate? "),
        ("xyz", ""),
    ],
)
def test_a_sort_key_that_no_run_has_is_refused_with_the_nearest(
    three: Path, key: str, near: str
) -> None:
    with pytest.raises(ColumnError) as caught:
        compare_runs([str(three)], sort=key)
    assert str(caught.value) == f"--sort {key.replace(chr(27), chr(92) + 'x1b')}: no such column"
    assert (
        caught.value.hint
        == f"{near}all that there are: the same command with --json, without --sort"
    )
    assert caught.value.exit_code == 2


def test_json_shows_all_the_columns_there_are(three: Path) -> None:
    run = strict_json(shown(three, "--json").stdout)["runs"][0]
    assert {*run["results"]} == {*MEANS}
    bounds = {"val_low", "val_high", "test_low", "test_high"}
    assert {*MEANS, *bounds} == {*NO_RESULTS}
    assert run["results"]["val_accuracy"]["low"] < 0.93 < run["results"]["val_accuracy"]["high"]


NO_RUNS = [
    ("nowhere", "nowhere: no such file or directory, nor run in runs"),
    ("none-*", "none-*: no such file or directory"),
    ("[", "[: no such file or directory"),
    ("\x1b[31m", "\\x1b[31m: no such file or directory"),
    ("file/a", "file/a: no such file or directory"),
    ("x" * 300, f"{'x' * 199}…: no such file or directory, nor run in runs"),
]


@pytest.fixture
def stray(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to a folder with a file and an empty folder."""
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    Path("empty").mkdir()


@pytest.mark.parametrize(("argument", "warning"), NO_RUNS)
def test_what_names_no_run_is_a_warning_beside_others(
    stray: None, finished: Finished, argument: str, warning: str
) -> None:
    comparison = compare_runs([str(finished("a")), argument])
    assert (len(comparison.rows), comparison.warnings) == (1, (warning,))


@pytest.mark.parametrize(("argument", "message"), NO_RUNS)
def test_what_names_no_run_is_an_error_where_nothing_else_is_named(
    stray: None, argument: str, message: str
) -> None:
    with pytest.raises(RunNameError) as caught:
        compare_runs([argument])
    assert (str(caught.value), caught.value.exit_code) == (message, 2)
    nothing_yet = (
        "there is no run in runs yet; make one: mlpcli init, then mlpcli train configs/deep3.yaml"
    )
    assert caught.value.hint == nothing_yet


@pytest.mark.parametrize("argument", ["file", "empty", "e*"])
def test_a_folder_without_runs_is_a_warning(stray: None, argument: str) -> None:
    comparison = compare_runs([argument])
    assert comparison.rows == ()
    assert comparison.warnings == (f"{argument}: no run directory, and none in it",)


@pytest.mark.process
def test_a_name_that_several_runs_have_is_told_with_them(
    finished: Finished, tmp_path: Path
) -> None:
    first, second, alone = (finished(name).name for name in ("qa", "qb", "c"))
    several = "-q: 2 runs have that in their names"
    which = "name one of " + ", ".join(sorted((first, second)))
    done = mlpcli(["compare", "--", "-q"], tmp_path)
    assert (done.returncode, done.stderr) == (2, f"{several}\n{which}\n")
    done = mlpcli(["compare", "--", "-q", "nowhere"], tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        f"{several}; {which}\nnowhere: no such file or directory, nor run in runs\n"
        "see what there is: mlpcli ls runs\n",
    )
    done = mlpcli(["compare", "--", "-q", alone], tmp_path)
    assert (done.returncode, done.stderr) == (
        0,
        f"{several}; {which}\nnext: mlpcli show runs/{alone}\n",
    )


def test_a_run_that_cannot_be_read_is_a_warning_beside_the_others(three: Path) -> None:
    damaged = min(three.iterdir())
    (damaged / "run.json").write_text("{")
    comparison = compare_runs([str(three)])
    assert len(comparison.rows) == 2
    assert comparison.warnings == (f"{damaged}: run.json is damaged: not JSON",)


def test_a_runs_name_that_would_break_the_line_is_escaped_in_its_warning(
    tmp_path: Path, finished: Finished
) -> None:
    path = finished("a").rename(tmp_path / "runs" / "a\n\x1b[31m")
    (path / "run.json").write_text("{")
    assert compare_runs([str(path)]).warnings == (
        f"{tmp_path}/runs/a\\n\\x1b[31m: run.json is damaged: not JSON",
    )


NO_NUMBERS = ["0.5", True, None, [1], {}, math.nan, math.inf, 10**39, -(10**30), ...]


@pytest.mark.parametrize("key", ["val_accuracy", "test_loss", "seconds", "steps", "val_examples"])
@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_what_is_no_number_in_a_summary_is_a_warning_in_one_line(
    finished: Finished, key: str, value: object
) -> None:
    path = finished("a")
    forge(path, **{key: value})
    comparison = compare_runs([str(path)])
    if (key, value) == ("test_loss", None):  # a loss that was not finite, as our own runs have it
        assert comparison.rows[0].results["test_loss"] is None
        return
    assert comparison.rows == ()
    whole = key in ("val_examples", "steps")
    what = "share" if key == "val_accuracy" else "number of at least 0"
    what = "whole number above 0" if whole else what
    assert comparison.warnings == (f"{path}: summary.json is damaged: {key} is not a {what}",)


@pytest.mark.parametrize("name", ["val", "test"])
@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("accuracy", 1.000001, "not a share"),
        ("accuracy", -0.1, "not a share"),
        ("accuracy", 97, "not a share"),
        ("examples", 0, "not a whole number above 0"),
        ("examples", -5, "not a whole number above 0"),
        ("examples", 0.5, "not a whole number above 0"),
    ],
)
def test_a_result_that_cannot_be_is_a_warning_in_one_line(
    finished: Finished, name: str, key: str, value: float, what: str
) -> None:
    path = finished("a")
    forge(path, **{f"{name}_{key}": value})
    comparison = compare_runs([str(path)])
    assert comparison.rows == ()
    assert comparison.warnings == (f"{path}: summary.json is damaged: {name}_{key} is {what}",)


def test_thirty_broken_runs_hide_none_of_twenty_good_ones(finished: Finished) -> None:
    good = [finished(f"good-{number}", val_accuracy=number / 20) for number in range(20)]
    for number in range(30):
        broken = finished(f"broken-{number}")
        file = broken / ("config.yaml", "run.json", "summary.json")[number % 3]
        content = ("{", "[", None, b"\xff\x00", "x" * 2_000_000)[number % 5]
        file.unlink()
        if content is None:
            file.symlink_to("/dev/zero")
        else:
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
    comparison = compare_runs([str(good[0].parent)])
    assert [row.results["val_accuracy"] for row in comparison.rows] == [
        (19 - number) / 20 for number in range(20)
    ]
    assert len(comparison.warnings) == 30
    assert all(re.search(r"broken-\d+-\w+: .*(damaged|cannot be)", w) for w in comparison.warnings)


def test_a_link_in_a_folder_that_leads_out_of_it_is_not_followed(
    finished: Finished, tmp_path: Path
) -> None:
    run = finished("a").rename(tmp_path / "elsewhere")
    (tmp_path / "runs" / "link").symlink_to(run)
    comparison = compare_runs([str(tmp_path / "runs")])
    assert comparison.rows == ()
    assert comparison.warnings[0] == (
        f"{tmp_path}/runs/link: a link out of its folder; name it to compare it"
    )
    assert len(compare_runs([str(tmp_path / "runs" / "link")]).rows) == 1


def test_a_link_in_a_folder_to_a_run_in_it_counts_once(finished: Finished) -> None:
    run = finished("a")
    (run.parent / "latest").symlink_to(run.name)
    comparison = compare_runs([str(run.parent)])
    assert (len(comparison.rows), comparison.warnings) == (1, ())


@pytest.mark.parametrize("share", [0, 0.0, 1, 1.0])
def test_none_and_all_right_are_shares(finished: Finished, share: float) -> None:
    path = finished("a", val_accuracy=share, val_examples=1)
    (row,) = compare_runs([str(path)]).rows
    assert row.results["val_accuracy"] == share


def test_json_holds_all_there_is(three: Path) -> None:
    comparison = compare_runs([str(three)])
    where = "layers<9 and learning_rate>0"
    value = strict_json(shown(three, "--json", "--where", where, "--top", "9").stdout)
    assert value["query"] == {
        "by": "run",
        "baseline": None,
        "where": where,
        "sort": "val_accuracy",
        "reverse": False,
        "top": 9,
        "columns": [],
        "margin": None,
    }
    assert (value["at"], value["shared"]) == (None, {"seed": 0})
    assert value["differing"] == ["layers", "learning_rate"]
    assert value["count"] == {
        "found": 3, "runs": 3, "settings": 3, "unfinished": 0, "diverged": 0,
    }  # fmt: skip
    low, high = wilson_interval(4_650, 5_000)
    first = value["runs"][0]
    assert first["results"]["val_accuracy"] == {
        "value": 0.93, "step": 10, "low": low, "high": high,
    }  # fmt: skip
    assert first["results"]["best_val_accuracy"]["step"] == 5
    assert first["results"]["parameters"]["step"] is None
    assert first | {"results": {}} == {
        "run": comparison.rows[0].run,
        "path": comparison.rows[0].path,
        "status": "completed",
        "learned": None,  # of a data set that is not known
        "started": comparison.rows[0].started,
        "data": "",
        "setting": "b",
        "reached": True,
        "config": dict(comparison.rows[0].config),
        "results": {},
    }


@pytest.mark.parametrize("value", ["1e999", "-1e999", "[1, 1e999]"])
def test_json_is_json_whatever_a_config_holds(finished: Finished, value: str) -> None:
    path = finished("a", f"odd: {value}\n")
    assert strict_json(shown(path, "--json").stdout)["runs"][0]["status"] == "completed"


@pytest.mark.parametrize("form", ["--json", "--csv", "--md"])
def test_a_forms_text_is_on_stdout_and_warnings_are_not(three: Path, form: str) -> None:
    result = shown(three, "nowhere", form)
    assert result.stderr == "nowhere: no such file or directory, nor run in runs\n"
    assert ("nowhere" in result.stdout) is (form == "--json")  # which has the warnings, too


def test_csv_has_a_line_for_each_run_under_its_heads(three: Path) -> None:
    heads, *lines = csv.reader(io.StringIO(shown(three, "--csv").stdout))
    config = ["name", "layers", "learning_rate", "seed"]
    assert heads == ["run", "status", *config, *RESULTS, "val_step", "path"]
    # b and c have 0.93 and 0.92 of 5,000 right, and 0.91 and 0.93 of 10,000
    assert [line[1:7] for line in lines] == [
        ["completed", "b", "3", "0.1", "0", "0.93"],
        ["completed", "c", "1", "0.2", "0", "0.92"],
        ["completed", "a", "2", "0.3", "0", "0.91"],
    ]
    assert all(len(line) == len(heads) for line in lines)


def test_csv_has_the_same_columns_whatever_is_left_out(three: Path) -> None:
    assert (
        shown(three, "--csv", "--top", "1").stdout.splitlines()
        == shown(three, "--csv").stdout.splitlines()[:2]
    )


def test_csv_has_no_head_twice_and_each_config_value_under_its_own(
    finished: Finished, unfinished: Unfinished
) -> None:
    paths = [finished("a", "steps: 10\n"), unfinished("b", ValueError(), ROW, config="steps: 70\n")]
    heads, *lines = csv.reader(io.StringIO(shown(*paths, "--csv").stdout))
    assert len(set(heads)) == len(heads)
    rows = [dict(zip(heads, line, strict=True)) for line in lines]
    assert [(row["steps"], row["steps_taken"]) for row in rows] == [("10", "10"), ("70", "5")]


FORMULAS = ["=1+2", "+1+2", "-1+2", "@SUM(A1)", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_has_no_formula_in_a_configs_value(finished: Finished, text: str) -> None:
    paths = [finished("a", f'odd: "{text}"\n'), finished("b")]
    for line in csv.reader(io.StringIO(shown(*paths, "--csv").stdout)):
        assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_has_no_formula_in_a_configs_key(finished: Finished, text: str) -> None:
    paths = [finished("a", f'"{text}": 1\n'), finished("b")]
    heads = next(csv.reader(io.StringIO(shown(*paths, "--csv").stdout)))
    assert not [head for head in heads if head.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_has_no_formula_in_a_runs_name(finished: Finished, tmp_path: Path, text: str) -> None:
    path = finished("a").rename(tmp_path / text.replace("/", ""))
    _, line = csv.reader(io.StringIO(shown(path, "--csv").stdout))
    assert not line[0].startswith(("=", "+", "-", "@"))


def markdown_table(output: str) -> list[list[str]]:
    """Return the cells of the table's lines, with what is escaped as it is."""
    lines = [line for line in output.splitlines() if line.startswith("|")]
    assert all(line.endswith(" |") for line in lines)
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    return [[re.sub(r"\\(.)", r"\1", cell.strip()) for cell in line] for line in cells]


def test_markdown_is_a_table_below_what_is_shared(three: Path) -> None:
    output = shown(three, "--md").stdout
    assert output.startswith("3 runs; all else default\n\n| run | status | layers | ")
    heads, rule, first, *_ = markdown_table(output)
    assert heads == [
        *("run", "status", "layers", "learning_rate", "val_accuracy", "test_accuracy"),
        *("test_loss", "steps_taken", "seconds", "examples_per_second"),
    ]
    assert rule == ["---"] * len(heads)
    # 4,650 right of 5,000 and 9,100 of 10,000
    assert first[1:] == [
        *("completed", "3", "0.1", "93.00 %", "91.00 %", "0.3000", "10", "1.5 s"),
        "2,000",
    ]


def test_markdown_escapes_the_pipes_of_values_and_keys(finished: Finished) -> None:
    paths = [finished("a", '"k|k": "a|b||c"\n'), finished("b")]
    heads, rule, *lines = markdown_table(shown(*paths, "--md").stdout)
    assert heads[2] == "k|k"
    assert [line[2] for line in lines] == ["a|b||c", "-"]
    assert {len(line) for line in (heads, rule, *lines)} == {len(heads)}


def test_markdown_takes_nothing_for_markup(finished: Finished) -> None:
    value = "<b> *a* _b_ `c` [d](e) ~f~ &lt; \\"
    odd = f"odd: '{value}'\n"
    output = shown(finished("a", odd), finished("b", f"{odd}k_1: 1\n"), "--md").stdout
    escaped = r"\<b\> \*a\* \_b\_ \`c\` \[d\](e) \~f\~ \&lt; \\"
    assert output.startswith(f"2 runs; odd {escaped}\n\n")
    assert r"| k\_1 |" in output


@pytest.mark.parametrize("form", ["--csv", "--md", "--json", "--top=9"])
@pytest.mark.parametrize("config", ['odd: "a\\nb\\e[31m"\n', '"a\\nb\\e[31m": 1\n'])
def test_a_configs_text_breaks_no_line_and_sends_no_escape(
    finished: Finished, form: str, config: str
) -> None:
    paths = [finished("a", config), finished("b", "plain: 1\n")]
    output = shown(*paths, form).stdout
    plain = shown(finished("a", "odd: 1\n"), paths[1], form).stdout
    assert "\x1b" not in output
    assert output.count("\n") == plain.count("\n")


def test_the_table_off_a_terminal_is_as_wide_as_it_needs(three: Path) -> None:
    shared, heads, first, *rest = shown(three).stdout.splitlines()
    assert shared == "3 runs; all else default"
    assert heads.split() == [
        *("run", "status", "layers", "learning_rate", "val_accuracy", "test_accuracy"),
        *("test_loss", "steps_taken", "seconds", "examples_per_second"),
    ]
    assert first.split()[1:] == [
        *("completed", "3", "0.1", "93.00", "%", "91.00", "%", "0.3000", "10"),
        *("1.5", "s", "2,000"),
    ]
    # 95 % of 0.91 of 5,000 are 0.9018 to 0.9176, of 0.91 of 10,000 are 0.9042 to 0.9154
    assert rest[2:] == [
        "95 % intervals by the examples, at most: val_accuracy ±0.8, test_accuracy ±0.6 points; "
        "another seed moves them too."
    ]


def nameless(output: str) -> str:
    """Leave the time and the random digits out of the names of runs."""
    return re.sub(r"\d{8}-\d{6}-(\w+)-[0-9a-f]{4}", r"\1", output)


def test_the_table_says_with_a_dash_what_a_run_has_not(
    finished: Finished, unfinished: Unfinished
) -> None:
    paths = [
        unfinished("b", ValueError(), config="width: [300, 100]\nsteps: 70\n"),
        unfinished("c", DivergedError(5, "loss"), ROW, config="steps: 70\n"),
        finished("a", "width: 30\nsteps: 10\n"),
    ]
    lines = nameless(shown(*paths).stdout).splitlines()
    assert [" ".join(line.split()) for line in lines[2:-1]] == [
        "a completed 30 10 90.00 % 80.00 % 0.2500 10 1.5 s 2,000",
        "c diverged - 70 99.00 % - - 5 0.5 s 64",
        "b failed [300, 100] 70 - - - - - -",
    ]


def test_numbers_stand_at_the_right_under_their_heads(finished: Finished) -> None:
    paths = [finished("a", test_loss=0.5), finished("b", test_loss=1e-7, examples_per_second=1e7)]
    _, heads, *lines, _ = shown(*paths).stdout.splitlines()
    for head, cells in (
        ("test_loss", ["0.5000", "1.000e-07"]),
        ("examples_per_second", ["2,000", "10,000,000"]),
    ):
        end = heads.index(head) + len(head)
        assert [line[:end].split()[-1] for line in lines] == cells


@pytest.mark.parametrize(
    ("configs", "first_line"),
    [
        (["seed: 1\nwidth: [3, 1]\n"], "1 run; seed 1, width [3, 1]"),
        (["seed: 1\ndecay: linear\n"] * 2, "2 runs; seed 1, decay linear"),
        (["seed: 1\ndecay: constant\n"] * 2, "2 runs; seed 1; all else default"),
        (["seed: 0\ndecay: constant\n"] * 2, "2 runs; all else default"),
        (["seed: 1\n", "seed: 2\n"], "2 runs"),
        (["seed: ~\n"] * 2, "2 runs; seed -"),
        (["steps: 20\neval_every: 2\n"], "1 run; steps 20; all else default"),
        (["steps: 20\neval_every: 3\n"], "1 run; steps 20, eval_every 3"),
        (["steps: 20\neval_every: 2\n", "steps: 30\neval_every: 3\n"], "2 runs"),
        (["steps: 20\neval_every: 3\n", "steps: 30\neval_every: 3\n"], "2 runs; eval_every 3"),
    ],
)
def test_the_first_line_counts_the_runs_and_says_what_they_share(
    finished: Finished, configs: list[str], first_line: str
) -> None:
    steps = [int((re.findall(r"steps: (\d+)", config) or [10])[0]) for config in configs]
    paths = [finished("a", config, steps=n) for config, n in zip(configs, steps, strict=True)]
    assert shown(*paths).stdout.splitlines()[0] == first_line


def test_csv_writes_a_list_as_json_and_nothing_for_what_is_missing(finished: Finished) -> None:
    paths = [finished("a", "width: [300, 100]\n"), finished("b")]
    _, *lines = csv.reader(io.StringIO(shown(*paths, "--csv").stdout))
    assert [line[3] for line in lines] == ["[300, 100]", ""]


def test_csv_marks_what_a_spreadsheet_would_take_for_a_formula_as_text(finished: Finished) -> None:
    paths = [finished("a", 'odd: "=1+2"\n'), finished("b")]
    _, *lines = csv.reader(io.StringIO(shown(*paths, "--csv").stdout))
    assert [line[3] for line in lines] == ["'=1+2", ""]


def test_the_table_off_a_terminal_cuts_nothing(finished: Finished) -> None:
    paths = [finished(LONG, f"{key}: {'x' * 50}{key}\n") for key in "abcdefgh"]
    lines = shown(*paths).stdout.splitlines()
    assert len(lines) == 11
    assert [
        ("x" * 50 + key in line, LONG in line)
        for key, line in zip("abcdefgh", lines[2:-1], strict=True)
    ] == [(True, True)] * 8


def test_a_table_that_fits_the_terminal_is_one(three: Path) -> None:
    lines = on_terminal(three, columns=200)
    assert len(lines) == 6
    assert lines[1].startswith("run ")
    assert " learning_rate " in lines[1]


@pytest.mark.parametrize("columns", [60, 80, 100, 132])
def test_no_line_is_longer_than_the_terminal_is_wide(finished: Finished, columns: int) -> None:
    config = "".join(f"key_number_{n}: {'text' * n}\n" for n in range(1, 13))
    paths = [
        finished(LONG, f"{config}shared: {'s' * 50}\n", test_loss=1.234e-5, seconds=123_456.7),
        finished("b", f"shared: {'s' * 50}\n", steps=100_000_000, examples_per_second=1e7),
    ]
    assert max(len(line) for line in on_terminal(*paths, columns=columns)) <= columns


def test_at_80_columns_names_lose_their_time_and_headings_stand_in_several_lines(
    finished: Finished,
) -> None:
    paths = [finished("a", f"odd: {'x' * 60}\n", examples_per_second=1_234_567.0), finished("b")]
    lines = on_terminal(*paths)
    words = "run status val_ test_ test_loss steps_ seconds examples_"
    assert " ".join(lines[1].split()) == words
    assert [line.split() for line in lines[2:4]] == [
        ["accuracy", "accuracy", "taken", "per_"],
        ["second"],
    ]
    assert re.fullmatch(
        r"a-\w{4} +completed +90\.00 % +80\.00 % +0\.2500 +10 +1\.5 s +1,234,567",
        lines[4].rstrip(),
    )


def test_at_80_columns_no_number_is_broken(finished: Finished) -> None:
    config = "".join(f"key_number_{n}: {'text' * n}\n" for n in range(1, 13))
    paths = [
        finished(LONG, config, steps=100_000_000, seconds=86_400.0, examples_per_second=12_345_000),
        finished("b"),
    ]
    text = " ".join(on_terminal(*paths))
    for number in ("90.00 %", "80.00 %", "0.2500", "100,000,000", "86,400.0 s", "12,345,000"):
        assert f" {number} " in text


def test_at_80_columns_every_key_that_differs_is_told_with_the_runs_name(
    finished: Finished,
) -> None:
    config = "".join(f"key_{n}: {1000 + n}\n" for n in range(12))
    text = "\n".join(on_terminal(finished("deep", config), finished("wide")))
    for number in range(12):
        assert re.search(rf"\bkey_{number}\b", text)
        assert re.search(rf"\b{1000 + number}\b", text)
    # one table of results and some of keys, each with both runs
    assert len(re.findall(r"^run ", text, re.MULTILINE)) >= 2
    assert len(re.findall(r"^deep-", text, re.MULTILINE)) == len(
        re.findall(r"^run ", text, re.MULTILINE)
    )


def test_text_in_a_table_is_not_taken_for_markup(finished: Finished) -> None:
    paths = [finished("a", 'odd: "[bold]x[/bold] :smile:"\n'), finished("b")]
    assert "[bold]x[/bold] :smile:" in shown(*paths).stdout


def test_comparing_runs_ends_with_exit_code_0(three: Path) -> None:
    assert shown(three).return_value == 0


def test_one_run_read_among_others_that_were_not_is_exit_code_0(finished: Finished) -> None:
    assert shown(finished("a"), "nowhere").return_value == 0


@pytest.mark.parametrize("form", ["--json", "--csv", "--md", "--top=1"])
def test_nothing_read_is_exit_code_1_and_says_what_to_do(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where no config is, so init is named
    result = shown(tmp_path, form)
    assert result.return_value == 1
    if form == "--json":
        value = strict_json(result.stdout)
        assert (value["runs"], value["settings"]) == ([], [])
        assert value["warnings"] == [f"{tmp_path}: no run directory, and none in it"]
    else:
        assert result.stdout == ""
    assert result.stderr == (
        f"{tmp_path}: no run directory, and none in it\n"
        "no run could be read; make one: mlpcli init, then mlpcli train configs/deep3.yaml\n"
    )


def test_options_reach_the_comparison(three: Path) -> None:
    words = [three, "--sort", "test_loss", "--reverse", "--top", "2", "--json"]
    runs = strict_json(shown(*words).stdout)["runs"]
    assert [run["config"]["name"] for run in runs] == ["b", "a"]


def test_comparing_leaves_the_runs_as_they_are(three: Path) -> None:
    def state() -> list[tuple[str, int]]:
        found = (Path(root) / name for root, _, names in os.walk(three) for name in (".", *names))
        return sorted((str(path), path.stat().st_mtime_ns) for path in found)

    before = state()
    shown(three)
    assert state() == before
