"""What a comparison shows: how many there are, colours, what comes next, and tables for papers."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import pexpect
import pytest
from running import MLPCLI, in_process, mlpcli

from mlpcli.compare.at import At
from mlpcli.compare.cells import cell
from mlpcli.errors import DivergedError, RunError
from mlpcli.runs.records import MetricsRow
from mlpcli.terminal.formatting import with_bounds

Finished = Callable[..., Path]
Unfinished = Callable[..., Path]

ROW = MetricsRow(5, 2.5, 0.125, 0.1, 0.5, 64.0, 0.1, 0.99)
LOW, HIGH = (0.95, 0.951, 0.952, 0.95), (0.97, 0.971, 0.973, 0.971)
GREEN, BOLD_GREEN, RED, YELLOW, FAINT = (
    "\x1b[32m",
    "\x1b[1;32m",
    "\x1b[31m",
    "\x1b[33m",
    "\x1b[2m",
)


@pytest.fixture
def trained(finished: Finished) -> Callable[..., Path]:
    """Give a function that makes a completed run of each seed from 0 on."""

    def trained(name: str, learning_rate: float, accuracies: Sequence[float]) -> Path:
        for seed, accuracy in enumerate(accuracies):
            config = f"dataset: mnist\nlearning_rate: {learning_rate}\nseed: {seed}\n"
            path = finished(name, config, val_accuracy=accuracy, test_accuracy=accuracy - 0.01)
        return path.parent

    return trained


def shown(*words: object, **environment: str) -> str:
    return in_process("compare", *words, **environment).stdout


def coloured(*words: object) -> str:
    return shown(*words, FORCE_COLOR="1", COLUMNS="200")


def test_the_first_line_counts_what_is_shown_of_all_and_what_did_not_end(
    finished: Finished, unfinished: Unfinished
) -> None:
    for seed in range(3):
        path = finished("a", f"seed: {seed}\n")
    unfinished("b", ValueError(), config="seed: 0\nlayers: 2\n")
    unfinished("c", DivergedError(5, "loss"), ROW, config="seed: 0\nlayers: 3\n")
    folder = path.parent
    ends = "1 of 5 diverged; 1 of 5 unfinished"
    assert shown(folder).startswith(f"3 settings, of 5 runs; {ends}\n")
    assert shown(folder, "--by", "run").startswith(f"5 runs; {ends}\n")
    assert shown(folder, "--by", "run", "--top", "2").startswith(f"2 of 5 runs; {ends}\n")
    chosen = shown(folder, "--by", "run", "--where", "seed=0", "--top", "1")
    assert chosen.startswith("1 of 5 runs; 1 of 3 diverged; 1 of 3 unfinished; all else default\n")
    assert shown(folder, "--where", "seed>0").startswith("1 setting, of 2 of 5 runs")


def test_the_top_have_the_reference_of_the_verdicts_beside_them(trained: Any) -> None:
    trained("low", 0.1, LOW)
    trained("high", 0.2, HIGH)
    folder = trained("short", 0.3, (0.99, 0.99))
    heading, _, first, reference, *_ = shown(folder, "--top", "1").splitlines()
    assert heading == "1 of 3 settings, and the best, high, of 10 runs; all else default"
    assert (first.split()[0], reference.split()[0]) == ("short", "high")
    heading, _, *lines = shown(folder, "--top", "2", "--baseline", "low").splitlines()
    assert heading.startswith("2 of 3 settings, and the baseline, low, of 10 runs")
    assert [line.split()[0] for line in lines[:3]] == ["short", "high", "low"]
    assert shown(folder, "--top", "2").startswith("2 of 3 settings, of 10 runs")


def test_green_is_better_and_red_is_worse_or_diverged_in_the_cell_that_says_so(
    trained: Any, unfinished: Unfinished
) -> None:
    folder = trained("low", 0.1, LOW)
    trained("high", 0.2, HIGH)
    trained("few", 0.3, (0.9, 0.9))
    config = "dataset: mnist\nlearning_rate: 0.1\nseed: 9\n"
    unfinished("low", DivergedError(5, "loss"), config=config)
    text = coloured(folder, "--sort", "learning_rate")
    assert f"{RED}5, 1 diverged" in text
    assert f"{YELLOW}too few seeds: 3 at least" in text
    pair = ["--where", "learning_rate<0.3 and status=completed"]
    text = coloured(folder, *pair)
    assert f"{BOLD_GREEN}best of 2, beyond chance\x1b[0m" in text
    assert re.search(rf"{re.escape(BOLD_GREEN)} *97\.12 ±0\.20 %\x1b\[0m", text)
    assert f"{RED}worse\x1b[0m" in text
    assert f"{BOLD_GREEN}better" in coloured(folder, *pair, "--baseline", "low")


def test_single_runs_have_the_best_in_green_and_bad_ends_in_red(
    finished: Finished, unfinished: Unfinished
) -> None:
    config = "dataset: mnist\nlayers: {}\n"
    finished("a", config.format(1), val_accuracy=0.9)
    finished("b", config.format(2), val_accuracy=0.8)
    finished("c", config.format(3), val_accuracy=0.1)
    unfinished("d", DivergedError(5, "loss"), ROW, config=config.format(4))
    path = unfinished("e", KeyboardInterrupt(), ROW, config=config.format(5))
    lines = {
        name: next(line for line in coloured(path.parent).splitlines() if f"-{name}-" in line)
        for name in "abcde"
    }
    assert re.search(rf"{re.escape(GREEN)} *90\.00 %", lines["a"])
    assert GREEN not in lines["b"] + lines["d"]
    assert f"{RED}completed, learned nothing" in lines["c"]
    assert "\x1b[2;31mdiverged" in lines["d"]
    assert lines["e"].startswith(FAINT)


@pytest.mark.parametrize(
    ("names", "words"),
    [("a", "show A"), ("ab", "diff A B"), ("abc", "train A/config.yaml B/config.yaml --seeds 5")],
)
def test_the_next_command_is_named_on_stderr(finished: Finished, names: str, words: str) -> None:
    paths = {n.upper(): finished(n, f"layers: {ord(n)}\n", val_accuracy=90 / ord(n)) for n in names}
    result = in_process("compare", *paths.values())
    for letter, path in paths.items():
        words = re.sub(rf"\b{letter}\b", str(path), words)
    more = (
        f" --runs-dir {path.parent} (one seed of each proves nothing)" if "train" in words else ""
    )
    assert result.stderr == f"next: mlpcli {words}{more}\n"
    assert in_process("compare", *paths.values(), "--csv").stderr == ""


def test_after_runs_that_all_ended_badly_explain_is_next(unfinished: Unfinished) -> None:
    paths = [unfinished(n, DivergedError(5, "loss"), config=f"name2: {n}\n") for n in "ab"]
    assert in_process("compare", *paths).stderr == f"next: mlpcli explain {paths[0]}\n"


def test_after_settings_that_are_not_told_apart_the_seeds_that_would_do_so_are_next(
    trained: Any,
) -> None:
    trained("low", 0.1, LOW)
    trained("high", 0.2, HIGH)
    folder = trained("few", 0.3, (0.9, 0.9))
    (line,) = in_process("compare", folder).stderr.splitlines()
    assert re.fullmatch(
        rf"next: mlpcli train {folder}/\S+-high-\w+/config\.yaml {folder}/\S+-few-\w+/config\.yaml "
        rf"--seeds 3 --runs-dir {folder} --needed",
        line,
    )
    settled = in_process("compare", folder, "--where", "learning_rate<0.3").stderr
    assert re.fullmatch(rf"next: mlpcli show {folder}/\S+-high-\w+\n", settled)


def test_seeds_that_are_there_are_not_advised_where_they_have_no_result_at_a_point(
    finished: Finished,
) -> None:
    for name, rate, accuracy in (("a", 0.1, 0.9), ("b", 0.2, 0.91)):
        for seed in range(5):
            config = f"dataset: mnist\nbatch_size: 4\nlearning_rate: {rate}\nseed: {seed}\n"
            path = finished(name, config, val_accuracy=accuracy, seconds=9.0 if seed < 2 else 1.0)
    result = in_process("compare", path.parent, "--at", "seconds=5")
    assert "too few seeds: 3 at least" in result.stdout
    assert re.fullmatch(rf"next: mlpcli show {path.parent}/\S+-[ab]-\w+\n", result.stderr)


def test_without_runs_those_of_the_runs_directory_are_meant(
    finished: Finished, tmp_path: Path
) -> None:
    with pytest.raises(RunError, match=r"there is no run in .*/runs yet") as caught:
        shown("--runs-dir", tmp_path / "runs")
    assert (caught.value.exit_code, "make one: mlpcli " in caught.value.hint) == (1, True)
    path = finished("a")
    assert shown("--runs-dir", path.parent).startswith("1 run")


@pytest.mark.parametrize("words", [["--json", "--csv"], ["--format", "latex", "--md"]])
def test_two_forms_are_refused(finished: Finished, words: list[str]) -> None:
    with pytest.raises(click.UsageError, match=r"two forms; ask for one") as caught:
        shown(finished("a"), *words)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("form", ["json", "csv", "md"])
def test_the_short_forms_are_those_of_format(finished: Finished, form: str) -> None:
    path = finished("a")
    assert shown(path, f"--{form}") == shown(path, "--format", form) != shown(path)
    assert shown(path, f"--{form}", "--format", form) == shown(path, f"--{form}")
    assert shown(path, "--format", "table") == shown(path)


@pytest.mark.parametrize("form", ["latex", "md"])
@pytest.mark.parametrize(("scores", "bold"), [(HIGH, True), ((0.953, 0.948, 0.952, 0.95), False)])
def test_in_a_papers_table_the_best_is_bold_where_it_is_proven(
    trained: Any, form: str, scores: Sequence[float], bold: bool
) -> None:
    trained("low", 0.1, LOW)
    text = shown(trained("high", 0.2, scores), "--format", form)
    mark = {"latex": r"\textbf{97.1", "md": "**97.1"}[form]
    assert (mark in text) is bold
    assert (("\\textbf" in text) or ("**" in text)) is bold


@pytest.mark.parametrize(
    ("spread", "cells"),
    [
        # sd of LOW 0.000957, t(3) = 3.182: 3.182 sd / 2 = 0.00152
        ("sd", ["95.08 ±0.10 %", "94.08 ±0.10 %"]),
        ("interval", ["95.08 ±0.15 %", "94.08 ±0.15 %"]),
        ("none", ["95.08 %", "94.08 %"]),
    ],
)
def test_settings_have_the_columns_and_the_spread_that_are_asked_for(
    trained: Any, spread: str, cells: list[str]
) -> None:
    columns = "learning_rate,val_accuracy,test_accuracy,seeds,verdict"
    words = ["--by", "setting", "--columns", columns, "--spread", spread]
    _, heads, line, *notes = shown(trained("low", 0.1, LOW), *words).splitlines()
    assert heads.split() == ["setting", *columns.split(",")]
    assert " ".join(line.split()) == f"low 0.1 {' '.join(cells)} 4 alone"
    assert any("the standard deviation over 4 seeds" in note for note in notes) is (spread == "sd")


def test_columns_that_the_csv_of_settings_has_can_be_asked_for_and_sorted_by(trained: Any) -> None:
    trained("low", 0.1, LOW)
    trained("mid", 0.3, (0.96, 0.961, 0.9635, 0.961))
    folder = trained("high", 0.2, HIGH)
    heads = shown(folder, "--csv").splitlines()[0].split(",")
    assert {"val_accuracy_sd", "test_loss_low", "p_better", "answer", "verdict"} <= {*heads}
    asked = shown(folder, "--csv", "--columns", ",".join(heads))
    assert asked == shown(folder, "--csv")

    def order(*words: str) -> list[str]:
        lines = shown(folder, "--columns", "verdict", *words).splitlines()[2:5]
        return [line.split()[0] for line in lines]

    assert order("--sort", "difference") == ["high", "mid", "low"]
    assert order("--sort", "difference", "--reverse") == ["high", "low", "mid"]
    assert order("--sort", "val_accuracy_sd") == ["low", "high", "mid"]
    assert order("--sort", "verdict", "--baseline", "mid") == ["mid", "high", "low"]


def test_the_config_has_the_name_steps_and_what_was_done_steps_taken(
    finished: Finished, unfinished: Unfinished
) -> None:
    paths = [finished("a", "steps: 10\n"), unfinished("b", ValueError(), ROW, config="steps: 7\n")]
    columns = ["--columns", "steps,steps_taken"]
    assert [line.split()[-2:] for line in shown(*paths, *columns).splitlines()[1:4]] == [
        ["steps", "steps_taken"], ["10", "10"], ["7", "5"],
    ]  # fmt: skip
    at = shown(paths[1], "--at", "steps=5", *columns)
    assert at.splitlines()[0] == f"1 run at {At('steps', 5)}; steps is the config's; steps 7"


@pytest.mark.process
def test_a_terminal_shows_the_first_of_many_and_a_pipe_all(
    finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nth in range(50):
        finished("a", f"layers: {nth}\n")
    assert len(mlpcli(["compare"], tmp_path).stdout.splitlines()) == 53
    for words, heading in (("", "20 of 50 runs"), (" --top 50", "50 runs")):
        child = pexpect.spawn(f"{MLPCLI} compare{words}", cwd=str(tmp_path), dimensions=(99, 200))
        text = re.sub(r"\x1b\[[0-9;]*m", "", child.read().decode())
        assert text.startswith(heading)
        assert ("The first alone are shown on a terminal; all: --top 50" in text) is (words == "")


@pytest.mark.process
def test_a_terminal_shows_the_first_of_many_warnings_and_a_pipe_all(
    finished: Finished, tmp_path: Path
) -> None:
    for nth in range(15):
        (finished(f"bad{nth}") / "run.json").write_text("{")
    finished("good")
    assert mlpcli(["compare"], tmp_path).stderr.count("is damaged") == 15
    child = pexpect.spawn(f"{MLPCLI} compare", cwd=str(tmp_path), dimensions=(99, 200))
    text = child.read().decode()
    assert text.count("is damaged") == 10
    assert "and 5 more warnings: --json" in text


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("val_accuracy", 0.5, "50.00 %"),
        ("val_accuracy_sd", 0.012, "1.20 %"),
        ("seconds_low", 2.0, "2.0 s"),
        ("steps_taken", 5000, "5,000"),
        ("steps_taken", 2500.5, "2,500"),
        ("difference", -0.01, "-1.00"),
        ("detects", 0.001, "0.10"),
        ("p_adjusted", 0.0001, "<0.001"),
        ("best_val_step", 40, "40"),
        ("odd", 0.1, "0.1"),
        ("odd", None, "-"),
        ("odd", "x" * 99, f"{'x' * 59}…"),
    ],
)
def test_a_cell_has_its_unit(name: str, value: object, text: str) -> None:
    assert cell(name, value) == text


@pytest.mark.parametrize(
    ("mean", "half", "percents", "text"),
    [
        (91.94, 0.034, True, "91.94 ±0.03"),
        (91.94, 1.2, True, "91.9 ±1.2"),
        (91.94, 12.0, True, "91.9 ±12.0"),
        (0.28241, 0.0001234, False, "0.28241 ±0.00012"),
        (1234.5, 56.0, False, "1,234 ±56"),
        (1234.5, 567.0, False, "1,234 ±567"),
        (2.0, 0.0, False, "2.0000 ±0.0000"),
    ],
)
def test_a_number_is_rounded_to_its_uncertainty(
    mean: float, half: float, percents: bool, text: str
) -> None:
    assert with_bounds(mean, mean - half, mean + half, percents) == text
