"""Gates for CI: limits on results, a baseline over seeds, exit codes, and the line why."""

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click.testing
import jsonschema
import pytest
from running import MLPCLI, TINY, in_process, mlpcli

from mlpcli.compare.gate import GateError
from mlpcli.compare.gate_limits import SHARES, Limit, LimitError, parse_limits
from mlpcli.compare.gate_records import gate_schema
from mlpcli.compare.query import OptionError
from mlpcli.errors import DivergedError, RunError
from mlpcli.runs.names import RunNameError

Finished = Callable[..., Path]
Unfinished = Callable[..., Path]

BASE = (0.95, 0.951, 0.952, 0.95)


@pytest.fixture
def trained(finished: Finished) -> Callable[..., list[Path]]:
    """Give a function that makes a completed run of each seed from 0 on."""

    def trained(name: str, accuracies: Sequence[float], **results: Any) -> list[Path]:
        config = f"dataset: mnist\nlearning_rate: {len(name)}\n"
        return [
            finished(name, f"{config}seed: {seed}\n", val_accuracy=accuracy, **results)
            for seed, accuracy in enumerate(accuracies)
        ]

    return trained


def gate(*words: object) -> click.testing.Result:
    return in_process("gate", *words)


def beside(own: Sequence[Path], baseline: Sequence[Path], *words: object) -> tuple[int, str]:
    named = [word for path in baseline for word in ("--baseline", path)]
    result = gate(*own, *named, *words)
    return result.return_value, result.stdout


# limits


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["--min", "test_accuracy=0.8"], 0, "met: test_accuracy 0.8 is at least 0.8"),
        (["--max", "seconds=1.5"], 0, "met: seconds 1.5 is at most 1.5"),
        (["--max", "steps=10"], 0, "met: steps_taken 10 is at most 10"),
        (
            ["--min", "test_accuracy=0.800001"],
            1,
            "not met: test_accuracy 0.8 is below 0.800001",
        ),
        (
            ["--min", "val_accuracy=0.5", "--max", "seconds=1", "--max", "test_loss=0.1"],
            1,
            "not met: seconds 1.5 is above 1; "
            "test_loss 0.25 is above 0.1, which its summary alone says",
        ),
        (
            ["--min", "val_accuracy=0.5", "--max", "seconds=60"],
            0,
            "met: val_accuracy 0.9 is at least 0.5; seconds 1.5 is at most 60",
        ),
    ],
)
def test_a_run_meets_its_limits_or_the_line_says_which_it_does_not(
    finished: Finished, words: list[str], code: int, line: str
) -> None:
    result = gate(finished("a"), *words)
    assert (result.return_value, result.stdout, result.stderr) == (code, f"{line}\n", "")


def test_a_result_has_the_digits_that_tell_it_from_its_limit(finished: Finished) -> None:
    line = gate(finished("a", seconds=0.123456789123), "--max", "seconds=0.1234567").stdout
    assert line == "not met: seconds 0.1234568 is above 0.1234567\n"


def test_limits_of_several_seeds_hold_for_their_mean(trained: Any) -> None:
    paths = trained("a", (0.9, 0.92, 0.97))
    result = gate(*paths, "--min", "val_accuracy=0.93")
    assert result.stdout == "met: val_accuracy 0.93 (mean of 3 seeds) is at least 0.93\n"
    assert gate(*paths, "--min", "val_accuracy=0.931").return_value == 1


def test_a_result_that_is_not_known_meets_no_limit(finished: Finished) -> None:
    paths = [finished("a", f"seed: {n}\n", train_loss=each) for n, each in enumerate((0.1, None))]
    for option in ("--min", "--max"):
        result = gate(*paths, option, "train_loss=0.5")
        assert (result.return_value, result.stdout) == (1, "not met: train_loss is not known\n")


@pytest.mark.parametrize(
    ("option", "text", "message", "hint"),
    [
        ("min", "test_accuracy=90", "a share, which goes from 0 to 1",
         "did you mean --min test_accuracy=0.9?"),
        ("min", "test_accuracy=92.5%", "a share, which goes from 0 to 1",
         "did you mean --min test_accuracy=0.925?"),
        ("min", "val_low=-1", "a share, which goes from 0 to 1", ""),
        ("min", "tset_accuracy=0.9", "no such result",
         "did you mean test_accuracy or train_accuracy or best_val_accuracy?"),
        ("max", "second=9", "no such result", "did you mean seconds"),
        ("min", "test_accuracy", "not KEY=VALUE", "for example: --min test_accuracy=0.9"),
        ("max", "seconds=nan", "nan is not a number of at least 0", ""),
        ("max", "seconds=inf", "inf is not a number of at least 0", ""),
        ("max", "seconds=", "nothing is not a number of at least 0", ""),
        ("max", "learning_rate=1", "no such result", ""),
    ],
)  # fmt: skip
def test_what_is_no_limit_is_refused_with_what_was_probably_meant(
    option: str, text: str, message: str, hint: str
) -> None:
    with pytest.raises(LimitError) as caught:
        parse_limits(*(([text], []) if option == "min" else ([], [text])))
    assert str(caught.value) == f"--{option} {text}: {message}"
    assert caught.value.hint.startswith(hint)
    assert caught.value.exit_code == 2


def test_limits_that_leave_nothing_are_refused() -> None:
    assert parse_limits(["seconds=2"], ["seconds=2"]) == (
        Limit("min", "seconds", 2.0),
        Limit("max", "seconds", 2.0),
    )
    with pytest.raises(LimitError, match="nothing is within both"):
        parse_limits(["seconds=2"], ["seconds=1"])


def test_shares_are_the_accuracies_their_intervals_and_the_calibration_error() -> None:
    accuracies = {"val_accuracy", "test_accuracy", "train_accuracy", "best_val_accuracy"}
    accuracies |= {"test_balanced_accuracy", "test_calibration_error"}
    assert accuracies | {"val_low", "val_high", "test_low", "test_high"} == SHARES


# runs that let the gate fail


def test_a_run_that_came_to_nothing_fails_whatever_is_asked(
    unfinished: Unfinished, finished: Finished
) -> None:
    diverged = unfinished("a", DivergedError(4, "loss"))
    failed = unfinished("b", ValueError("no"))
    idle = finished("c", "dataset: mnist\n", val_accuracy=0.1)
    whole = finished("d")
    (whole / "summary.json").unlink()
    for path, why in (
        (diverged, "diverged: diverged at step 4: the loss is not a finite number"),
        (failed, "failed: no"),
        (idle, "completed, learned nothing"),
        (whole, "interrupted"),
    ):
        result = gate(path, "--max", "seconds=60")
        assert (result.return_value, result.stdout) == (1, f"not met: {path.name}: {why}\n")


def test_one_bad_seed_fails_the_others(trained: Any, unfinished: Unfinished) -> None:
    paths = trained("a", BASE)
    config = "dataset: mnist\nlearning_rate: 1\nseed: 9\n"
    bad = unfinished("a", DivergedError(4, "loss"), config=config)
    result = gate(*paths, bad, "--min", "val_accuracy=0.5")
    assert result.return_value == 1
    assert result.stdout.startswith(f"not met: {bad.name}: diverged")


def test_a_damaged_run_fails(trained: Any) -> None:
    paths = trained("a", BASE)
    (paths[1] / "summary.json").write_text("{")
    result = gate(*paths, "--min", "val_accuracy=0.5")
    expected = f"not met: {paths[1]}: summary.json is damaged: not JSON\n"
    assert (result.return_value, result.stdout) == (1, expected)


def without_predictions(path: Path) -> Path:
    (path / "test_predictions.npy").unlink()
    return path


def test_of_version_1_a_run_that_never_had_predictions_passes(finished: Finished) -> None:
    path = without_predictions(finished("a", "dataset: mnist\n"))
    assert gate(path, "--min", "val_accuracy=0.5").return_value == 1
    about = json.loads((path / "run.json").read_text())
    del about["schema_version"]
    (path / "run.json").write_text(json.dumps(about))
    assert gate(path, "--min", "val_accuracy=0.5").return_value == 0


def test_a_run_of_other_data_than_there_is_here_passes(finished: Finished) -> None:
    path = finished("a", "dataset: mnist\n")
    about = json.loads((path / "run.json").read_text())
    other = {"data": {"name": "mnist", "sha256": "0" * 64}}
    (path / "run.json").write_text(json.dumps(about | other))
    assert gate(path, "--min", "val_accuracy=0.5").return_value == 0


def test_a_run_of_more_rows_than_are_ever_read_passes(
    finished: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = finished("a", "dataset: mnist\n")
    rows = len((path / "metrics.jsonl").read_bytes().splitlines())
    assert rows > 1
    for module in ("history", "read"):
        monkeypatch.setattr(f"mlpcli.runs.{module}.MAX_READ_ROWS", rows - 1)
    assert gate(path, "--min", "val_accuracy=0.5").return_value == 0


def test_a_baseline_whose_predictions_cannot_be_read_is_told_and_left_out(trained: Any) -> None:
    paths, base = trained("a", BASE), trained("b", BASE)
    without_predictions(base[1])
    result = gate(*paths, *[word for path in base for word in ("--baseline", path)])
    text = "test_predictions.npy cannot be read: no such file or directory"
    assert result.stderr == f"{base[1]}: {text}\n"


def test_a_run_that_contradicts_itself_fails(finished: Finished) -> None:
    path = finished("a", "steps: 10\n", best_val_accuracy=0.95, val_accuracy=0.99)
    result = gate(path, "--min", "val_accuracy=0.5")
    assert result.return_value == 1
    assert result.stdout == (
        f"not met: {path.name}: summary.json has best_val_accuracy 0.95 and val_accuracy 0.99\n"
    )


def test_of_many_bad_runs_three_are_named(trained: Any) -> None:
    paths = trained("a", (0.1,) * 5)
    line = gate(*paths, "--min", "val_accuracy=0.5").stdout
    assert line.count("learned nothing") == 3
    assert line.endswith("; and 2 more runs\n")


def test_runs_of_several_settings_are_refused_with_what_differs(trained: Any) -> None:
    paths = [*trained("a", BASE), *trained("bb", BASE)]
    with pytest.raises(GateError) as caught:
        gate(*paths, "--min", "val_accuracy=0.5")
    assert str(caught.value) == ("the runs: 2 settings, allowed one: they differ in learning_rate")
    assert caught.value.hint == "name the runs of one: a, bb"


def test_runs_are_named_by_the_label_that_compare_gives_their_setting(trained: Any) -> None:
    folder = trained("a", (0.9, 0.92))[0].parent
    trained("bb", BASE)
    result = gate("bb", "--baseline", "a", "--runs-dir", folder, "--json")
    value = json.loads(result.stdout)
    assert (value["setting"], value["seeds"], value["baseline"]["setting"]) == ("bb", 4, "a")
    with pytest.raises(RunNameError):
        gate("nowhere", "--min", "val_accuracy=0.5", "--runs-dir", folder)


def test_a_place_without_runs_fails(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no run directory, and none in it"):
        gate(tmp_path, "--min", "val_accuracy=0.5")


def test_a_gate_that_asks_nothing_is_refused(finished: Finished) -> None:
    with pytest.raises(GateError, match="nothing is asked"):
        gate(finished("a"))


# a baseline


def test_what_is_worse_beyond_the_noise_is_not_met(trained: Any) -> None:
    base = trained("a", BASE)
    code, line = beside(trained("bb", (0.93, 0.931, 0.933, 0.929)), base)
    # differences -0.020, -0.020, -0.019, -0.021: mean -0.020, sd 0.000816, t = -49; 3.18 of its
    # standard errors, 0.000408 each, are 0.0013
    assert (code, line) == (
        1,
        "not met: val_accuracy -2.00 points from the baseline's (-2.13 to -1.87): worse beyond the "
        "noise of 4 shared seeds (p < 0.001)\n",
    )


def test_what_is_better_or_not_told_apart_is_met(trained: Any) -> None:
    base = trained("a", BASE)
    code, line = beside(trained("bb", (0.97, 0.971, 0.973, 0.97)), base)
    assert (code, "better beyond the noise" in line) == (0, True)
    # differences +0.001, -0.002, +0.001, -0.001
    code, line = beside(trained("ccc", (0.951, 0.949, 0.953, 0.949)), base)
    assert (code, ": not worse beyond the noise of 4 shared seeds" in line) == (0, True)


def test_what_is_not_shown_to_be_within_a_margin_is_undecided(trained: Any) -> None:
    base, own = trained("a", BASE), trained("bb", (0.93, 0.931, 0.933, 0.929))
    code, line = beside(own, base, "--margin", "2")
    assert code == 3
    assert ": neither within the margin of 2.00 points nor worse by more" in line
    with pytest.raises(OptionError, match="--margin nan: not an amount"):
        beside(own, base, "--margin", "nan")


def test_a_margin_is_how_much_lower_is_as_good(trained: Any) -> None:
    base, own = trained("a", BASE), trained("bb", (0.93, 0.931, 0.933, 0.929))
    code, line = beside(own, base, "--margin", "3")
    assert (code, ": within the margin of 3.00 points beyond the noise" in line) == (0, True)
    code, line = beside(own, base, "--margin", "1")
    assert (code, ": worse by more than the margin of 1.00 points beyond" in line) == (1, True)
    assert "val_accuracy -2.00 points" in line


@pytest.mark.parametrize("seeds", [1, 2])
def test_below_three_seeds_it_is_undecided(trained: Any, seeds: int) -> None:
    code, line = beside(trained("bb", BASE[:seeds]), trained("a", BASE))
    assert code == 3
    assert line.startswith("undecided: val_accuracy ")
    assert f"with {seeds} shared seed" in line
    assert line.endswith(": it takes 3 to tell\n")


def test_seeds_that_are_all_lower_by_the_same_are_undecided_below_six(trained: Any) -> None:
    scores = (0.95, 0.96, 0.955, 0.951, 0.953, 0.957)
    base, own = trained("a", scores), trained("bb", [each - 0.002 for each in scores])
    code, line = beside(own[:5], base[:5])
    assert (code, line) == (
        3,
        "undecided: val_accuracy -0.20 points from the baseline's, with each of 5 shared seeds: it "
        "takes 6 to tell\n",
    )
    assert beside(own, base)[0] == 1


def test_a_limit_that_is_not_met_decides_before_a_baseline_that_cannot(trained: Any) -> None:
    own, base = trained("bb", BASE[:1]), trained("a", BASE[:1])
    assert beside(own, base, "--min", "val_accuracy=0.9")[0] == 3
    assert beside(own, base, "--min", "val_accuracy=0.96") == (
        1,
        "not met: val_accuracy 0.95 is below 0.96\n",
    )


def test_seeds_that_are_not_shared_are_compared_too(trained: Any, finished: Finished) -> None:
    config = "dataset: mnist\nlearning_rate: 9\nseed: {}\n"
    own = [finished("z", config.format(n + 50), val_accuracy=0.9 + n / 1000) for n in range(4)]
    code, line = beside(own, trained("a", BASE))
    assert (code, "worse beyond the noise of 4 seeds (" in line) == (1, True)


def test_a_baseline_of_other_data_is_undecided(trained: Any) -> None:
    own, base = trained("bb", BASE), trained("a", BASE)
    for path in base:
        said = json.loads((path / "run.json").read_text())
        (path / "run.json").write_text(json.dumps({**said, "data": {"sha256": "f" * 64}}))
    code, line = beside(own, base)
    assert (code, line) == (3, "undecided: the baseline is of other data: not comparable\n")


def test_a_baseline_without_a_result_is_undecided_and_its_damage_is_told(trained: Any) -> None:
    own, base = trained("bb", BASE), trained("a", BASE[:2])
    (base[0] / "summary.json").unlink()
    (base[1] / "run.json").write_text("{")
    result = gate(*own, "--baseline", base[0], "--baseline", base[1])
    expected = "undecided: no run of the baseline has a result\n"
    assert (result.return_value, result.stdout) == (3, expected)
    assert result.stderr == f"{base[1]}: run.json is damaged: not JSON\n"


def test_a_baseline_that_holds_the_runs_themselves_is_the_others(trained: Any) -> None:
    paths = trained("a", BASE)
    folder = paths[0].parent
    value = json.loads(gate(paths[0], "--baseline", folder, "--json").stdout)
    assert sorted(value["baseline"]["runs"]) == sorted(map(str, paths[1:]))
    with pytest.raises(GateError, match="no run but those that are held against it"):
        gate(*paths, "--baseline", folder)


def test_runs_of_a_seed_that_came_to_different_results_are_warned_of(trained: Any) -> None:
    own, base = trained("bb", BASE), trained("a", BASE)
    base += trained("a", (0.5,))
    named = [word for path in base for word in ("--baseline", path)]
    assert gate(*own, *named).stderr == (
        "a: runs of seed 0 came to different results; the newest of each is taken\n"
    )


# forms


def test_json_fits_its_schema_whatever_the_answer(trained: Any, unfinished: Unfinished) -> None:
    schema = gate_schema()
    own, base = trained("bb", BASE), trained("a", BASE)
    failed = unfinished("c", ValueError("no"))
    for words, code in (
        ([*own, "--min", "val_accuracy=0.9", "--baseline", base[0].parent / "*-a-*"], 0),
        ([own[0], "--baseline", base[0]], 3),
        ([failed, "--max", "seconds=1"], 1),
    ):
        result = gate(*words, "--json")
        value = json.loads(result.stdout)
        jsonschema.validate(value, schema)
        assert result.return_value == value["exit_code"] == code


def test_the_line_is_coloured_by_the_answer(finished: Finished) -> None:
    path = finished("a")
    for limit, colour in (("0.5", "1;32"), ("0.95", "31")):
        result = in_process("gate", path, "--min", f"val_accuracy={limit}", FORCE_COLOR="1")
        assert result.stdout.startswith(f"\x1b[{colour}m")


@pytest.mark.process
def test_a_script_that_stops_at_errors_goes_on_only_where_the_gate_is_met(tmp_path: Path) -> None:
    done = mlpcli(["train", TINY, "--seeds", "2"], tmp_path)
    assert done.returncode == 0
    first, second = (tmp_path / path for path in done.stdout.split())
    for words, code in (
        (["latest", "--min", "test_accuracy=0.8", "--max", "seconds=60"], 0),
        (["latest", "--min", "test_accuracy=0.99"], 1),
        (["latest", "--min", "test_accuracy=99"], 2),
        ([str(second), "--baseline", str(first)], 3),
    ):
        script = f"set -e\n{MLPCLI} gate {' '.join(words)}\necho deployed\n"
        done = subprocess.run(
            ["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (done.returncode, "deployed" in done.stdout) == (code, code == 0)
    assert "McNemar's p" in done.stdout
