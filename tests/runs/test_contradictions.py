"""A run whose files say different things is read alike by every command, and never in silence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from running import in_process

from mlpcli.config import Config, stated_parameters
from mlpcli.data.mnist import MNIST
from mlpcli.errors import RunError
from mlpcli.runs.completed import split_completed
from mlpcli.runs.directory import RunDirectory
from mlpcli.runs.provenance import package_versions
from mlpcli.runs.read import load_run, open_run
from mlpcli.runs.records import MetricsRow, Summary

CONFIG = Config(name="deep", layers=1, learning_rate=0.1, steps=10, batch_size=4, eval_every=5)
ROW = MetricsRow(
    step=10, loss=0.4, accuracy=0.75, learning_rate=0.1, seconds=1.5, examples_per_second=2_000.0,
    val_loss=0.32, val_accuracy=0.9,
)  # fmt: skip
ROWS = (
    MetricsRow(1, 2.5, 0.25, 0.1, 0.5, 2_000.0),
    replace(ROW, step=5, seconds=1.0, val_accuracy=0.91),
    ROW,
)


@pytest.fixture
def run(tmp_path: Path, summary: Summary) -> Path:
    """Make a completed run whose files agree."""
    about = {
        "config": CONFIG.resolved(),
        "data": {"name": "mnist", "sha256": MNIST.sha256},
        "versions": package_versions(),
    }
    made = RunDirectory.create(tmp_path / "runs", "deep", CONFIG.to_yaml(), about)
    with made:
        for row in ROWS:
            made.append(row)
        made.complete(summary, {})
    return made.path


def forge(run: Path, **values: Any) -> None:
    """Change what the summary says."""
    known = json.loads((run / "summary.json").read_text())
    (run / "summary.json").write_text(json.dumps({**known, **values}))


def test_a_run_whose_files_agree_is_read_without_a_word(run: Path) -> None:
    read = open_run(run)
    assert (read.status, read.contradictions, read.warnings) == ("completed", (), ())
    assert read.unproven == ("test_predictions.npy cannot be read: no such file or directory",)
    assert load_run(run) == replace(read, unproven=())


CONTRADICTIONS: list[tuple[dict[str, Any], str]] = [
    ({"val_accuracy": 0.9999, "best_val_accuracy": 0.9999},
     "summary.json has val_accuracy 0.9999, the last metrics row 0.9"),
    ({"val_loss": 0.1}, "summary.json has val_loss 0.1, the last metrics row 0.32"),
    ({"test_correct": 3},
     "summary.json has test_correct 3 of 10,000 and test_accuracy 0.8"),
    ({"test_accuracy": 0.99},
     "summary.json has test_correct 8,000 of 10,000 and test_accuracy 0.99"),
    ({"steps": 9}, "summary.json has 9 steps, its config 10"),
    ({"seconds": 0.1}, "summary.json has 0.1 seconds, the last metrics row 1.5"),
    ({"seconds": 500}, "summary.json has 500 seconds, the last metrics row 1.5"),
    ({"best_val_accuracy": 0.5}, "summary.json has best_val_accuracy 0.5 and val_accuracy 0.9"),
    ({"best_val_step": 11}, "summary.json has best_val_step 11 of 10 steps"),
    ({"val_examples": 50}, "summary.json has val_examples 50, mnist 5,000"),
    ({"parameters": 7_851},
     "summary.json has 7,851 parameters, the network of its config 7,850"),  # 785 * 10
    ({"test_examples": 80_000, "test_correct": 64_000},
     "summary.json has test_examples 80,000, mnist 10,000"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "text"), CONTRADICTIONS)
def test_a_summary_that_contradicts_itself_its_config_or_its_rows_is_not_compared(
    run: Path, values: dict[str, Any], text: str
) -> None:
    forge(run, **values)
    with pytest.raises(RunError) as caught:
        load_run(run)
    assert str(caught.value) == text
    assert open_run(run).contradictions[0] == text


def test_of_version_1_the_count_is_held_too_which_it_has_under_another_name(run: Path) -> None:
    known = json.loads((run / "summary.json").read_text())
    (correct, _) = known.pop("test_correct"), known.pop("schema_version")
    (run / "summary.json").write_text(json.dumps({**known, "test_right": correct}))
    load_run(run)
    (run / "summary.json").write_text(json.dumps({**known, "test_right": 3}))
    with pytest.raises(RunError, match="test_correct 3 of 10,000"):
        load_run(run)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"best_val_accuracy": 0.92},
         "summary.json has best_val_accuracy 0.92, metrics.jsonl 0.91"),
        ({"best_val_step": 4}, "summary.json has best_val_step 4, metrics.jsonl 5"),
        (
            {"examples_per_second": 500.0},
            "summary.json has examples_per_second 500, metrics.jsonl 2000",
        ),
    ],
)  # fmt: skip
def test_looked_at_closely_the_best_is_held_against_all_rows(
    run: Path, values: dict[str, Any], text: str
) -> None:
    forge(run, **values)
    assert open_run(run).contradictions == (text,)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "UTF-16": lambda file: file.write_bytes(file.read_bytes().decode("latin-1").encode("utf-16")),
    "lines": lambda file: file.write_bytes(b"\n" * 100_000),
    "null": lambda file: file.write_bytes(b"null\n"),
    "nested": lambda file: file.write_bytes(b"[" * 100_000 + b"\n"),
    "cut": lambda file: file.write_bytes(file.read_bytes()[:-2]),
    "other bytes": lambda file: file.write_bytes(b"\xff" * 5_000),
    "gone": Path.unlink,
    "folder": lambda file: (file.unlink(), file.mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", ["metrics.jsonl", "test_predictions.npy"])
def test_what_a_summary_cannot_be_held_against_lets_the_gate_fail(
    finished: Callable[..., Path], name: str, damage: str
) -> None:
    path = finished("a", "dataset: mnist\n")
    assert in_process("gate", path, "--min", "test_accuracy=0.5").return_value == 0
    DAMAGE[damage](path / name)
    gated = in_process("gate", path, "--min", "test_accuracy=0.5")
    assert gated.return_value == 1
    assert name.partition(".")[0] in gated.output


def test_rows_that_go_back_in_time_are_not_read(run: Path) -> None:
    lines = (run / "metrics.jsonl").read_text().splitlines(keepends=True)
    lines[0] = lines[0].replace('"seconds": 0.5', '"seconds": 500.0')
    (run / "metrics.jsonl").write_text("".join(lines))
    text = "metrics.jsonl has 1 row that can be read, and none of them is of step 10"
    assert open_run(run).unproven[0] == text
    assert open_run(run).warnings == (f"{run}: {text}",)


def test_the_speed_of_version_1_is_not_held(run: Path) -> None:
    forge(run, examples_per_second=500)
    assert open_run(run).contradictions
    about = json.loads((run / "run.json").read_text())
    del about["schema_version"]
    (run / "run.json").write_text(json.dumps(about))
    assert open_run(run).contradictions == ()


def test_every_command_says_that_a_run_contradicts_itself(run: Path) -> None:
    forge(run, val_accuracy=0.9999, best_val_accuracy=0.9999)
    text = "summary.json has val_accuracy 0.9999, the last metrics row 0.9"
    compared = in_process("compare", run.parent)
    assert compared.stderr.startswith(f"{run}: {text}\n")
    assert "99.99" not in compared.stdout
    assert text in in_process("show", run).stdout
    assert json.loads(in_process("show", run, "--json").stdout)["contradictions"][0] == text
    assert f"{run}: {text}\n" in in_process("diff", run, run).stderr
    _, done, warnings = split_completed([CONFIG], run.parent)
    assert (done, warnings) == ([], [f"{run}: {text}"])


@pytest.mark.parametrize(
    "content", ["{}", '{"val_accuracy": 7}', '{"best_val_step": -1}', '{"test_correct": "x"}',
                '{"examples_per_second": 1e-320}', '{"compile_seconds": 1e300}']
)  # fmt: skip
def test_a_summary_that_cannot_be_one_is_damaged_for_every_command(run: Path, content: str) -> None:
    known = json.loads((run / "summary.json").read_text())
    said = json.loads(content)
    (run / "summary.json").write_text(json.dumps({**known, **said} if said else {}))
    with pytest.raises(RunError, match=r"^summary.json is damaged: "):
        load_run(run)
    _, done, warnings = split_completed([CONFIG], run.parent)
    assert done == []
    assert warnings[0].startswith(f"{run}: summary.json is damaged: ")
    assert "summary.json is damaged: " in in_process("compare", run.parent).stderr


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (replace(ROW, step=11), "metrics.jsonl has step 11, its config 10 steps"),
    ],
)
def test_an_unfinished_run_whose_last_row_its_config_forbids_is_not_compared(
    run: Path, row: MetricsRow, text: str
) -> None:
    from mlpcli.runs.metrics import to_line

    (run / "summary.json").unlink()
    (run / "metrics.jsonl").write_bytes(to_line(row))
    with pytest.raises(RunError) as caught:
        load_run(run)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("sizes", "parameters"),
    [
        ({"layers": 1}, 7_850),  # 785 * 10
        ({"layers": 2, "width": 3}, 2_395),  # 785 * 3 + 4 * 10
        ({"layers": 3, "width": [3, 2]}, 2_393),  # 785 * 3 + 4 * 2 + 3 * 10
        ({"layers": 3, "width": [3]}, None),
        ({"layers": 3, "width": [3, 2.0]}, None),
        ({"layers": 3, "width": "3"}, None),
        ({"layers": 2}, None),
        ({"layers": 10**9, "width": 1}, None),
        ({"layers": True}, None),
    ],
)
def test_the_parameters_follow_from_what_a_config_says_or_nothing_is_said(
    sizes: dict[str, Any], parameters: int | None
) -> None:
    assert stated_parameters(sizes, MNIST.facts) == parameters


# config.yaml and run.json


def change_config(run: Path, old: str, new: str) -> None:
    text = (run / "config.yaml").read_text()
    assert old in text
    (run / "config.yaml").write_text(text.replace(old, new))


CHANGED = "init is zeros in config.yaml, was he_normal when the run was started"


def test_a_config_that_was_changed_since_is_told_and_not_taken(run: Path) -> None:
    change_config(run, "he_normal", "zeros")
    read = load_run(run)
    assert (read.config["init"], read.config_change) == ("he_normal", CHANGED)
    told = f"{run}: {CHANGED}; the run is taken to be what run.json says\n"
    for words in (["compare", run], ["show", run], ["diff", run, run]):
        assert in_process(*words).stderr.startswith(told)


def test_explain_refuses_a_config_that_was_changed_since(run: Path) -> None:
    change_config(run, "he_normal", "zeros")
    with pytest.raises(RunError) as caught:
        in_process("explain", run)
    assert str(caught.value) == f"{run}: {CHANGED}"
    assert caught.value.hint == (
        "put config.yaml back as it was, or train what it says now and explain that: "
        f"mlpcli train {run}/config.yaml"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seed: 0\n", "# as it was\nseed: 0\n"),
        ("learning_rate: 0.1", "learning_rate: 1e-1"),
        ("seed: 0\n", "seed: 0\nwidth: 7\n"),  # one layer has no width
    ],
)
def test_a_config_that_says_the_same_in_other_words_is_no_change(
    run: Path, old: str, new: str
) -> None:
    change_config(run, old, new)
    assert load_run(run).config_change == ""


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("seed: 0", "seed: [", "config.yaml is damaged: not YAML"),
        ("seed: 0\n", "", "seed is left out in config.yaml, was 0 when the run was started"),
        ("seed: 0\n", "seed: 0\nmore: 1\n", "more is 1 in config.yaml, was left out when"),
        ("nesterov: false", "nesterov: 0", "nesterov is 0 in config.yaml, was False when"),
    ],
)
def test_any_other_config_is_a_change(run: Path, old: str, new: str, change: str) -> None:
    change_config(run, old, new)
    assert load_run(run).config_change.startswith(change)


def test_of_many_changes_a_few_are_named(run: Path) -> None:
    (run / "config.yaml").write_text("name: other\n")
    assert load_run(run).config_change.endswith("; and 17 more keys differ")


def test_a_config_that_is_gone_is_told(run: Path) -> None:
    (run / "config.yaml").unlink()
    read = load_run(run)
    assert read.config_change == "config.yaml cannot be read: no such file or directory"
    assert read.config["layers"] == 1


# amounts


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({f"key{n}": n for n in range(201)}, "a config of 201 keys, allowed 200"),
        ({"k" * 65: 1}, "a key of its config has more than 64 characters"),
        ({"name": "x" * 1_001}, "a text of its config has more than 1,000 characters"),
        ({"width": [1] * 1_001}, "a list of its config has more than 1,000 values"),
        ({"width": ["x" * 1_001]}, "a text of its config has more than 1,000 characters"),
        ({"width": [[1]]}, "its config is not plain values, or lists of them"),
        ({"width": {"a": 1}}, "its config is not plain values, or lists of them"),
    ],
)
def test_a_config_beyond_what_a_config_has_is_damaged(
    run: Path, config: dict[str, Any], problem: str
) -> None:
    info = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**info, "config": config}))
    for _ in range(2):  # what was refused once is not known as sound
        with pytest.raises(RunError) as caught:
            load_run(run)
        assert str(caught.value) == f"run.json is damaged: {problem}"


def test_so_is_a_config_that_is_no_object_or_holds_infinity(run: Path) -> None:
    info = json.loads((run / "run.json").read_text())
    for config, problem in (
        ([], "its config is not an object"),
        ({"seed": float("inf")}, "a number of its config is not finite"),
    ):
        (run / "run.json").write_text(json.dumps({**info, "config": config}))
        with pytest.raises(RunError, match=f"^run.json is damaged: {problem}$"):
            load_run(run)


def test_300_runs_of_many_keys_are_a_line_each(
    run: Path, finished: Callable[..., Path], tmp_path: Path
) -> None:
    for number in range(3):
        path = finished(f"odd{number}")
        info = json.loads((path / "run.json").read_text())
        keys = {f"key{number}-{n}": n for n in range(3_000)}
        (path / "run.json").write_text(json.dumps({**info, "config": keys}))
    done = in_process("compare", tmp_path / "runs")
    assert done.stderr.count("run.json is damaged: a config of 3,000 keys, allowed 200\n") == 3
    assert len(done.output) < 2_000


# what is kept, and what stopped it


WAITING = CONFIG.model_copy(
    update={"steps": 40, "patience": 1, "keep": "best", "metric": "loss", "eval_every": 5}
)


@pytest.fixture
def waited(tmp_path: Path, summary: Summary) -> Path:
    """Make a completed run that patience stopped after step 10, and that keeps step 5's weights."""
    about = {"config": WAITING.resolved(), "data": {"name": "mnist", "sha256": MNIST.sha256}}
    made = RunDirectory.create(tmp_path / "waited", "deep", WAITING.to_yaml(), about)
    kept = replace(ROWS[1], val_loss=0.3)
    with made:
        for row in (ROWS[0], kept, ROW):
            made.append(row)
        kept_scores = {"val_loss": 0.3, "val_accuracy": 0.91, "kept_step": 5, "stopped": "patience"}
        made.complete(replace(summary, **kept_scores), {})
    return made.path


def test_a_run_that_patience_stopped_and_that_keeps_earlier_weights_agrees(waited: Path) -> None:
    read = open_run(waited)
    assert (read.status, read.contradictions) == ("completed", ())
    assert read.summary
    assert (read.summary.weights_step, read.summary.keeps_earlier) == (5, True)


@pytest.mark.parametrize(
    ("forged", "problem"),
    [
        ({"stopped": None}, "summary.json has 10 steps, its config 40"),
        (
            {"kept_step": 10, "val_loss": 0.32, "val_accuracy": 0.9},
            "summary.json has kept_step 10, and of metrics.jsonl the validation of step 5 is the "
            "best",
        ),
        (
            {"val_accuracy": 0.9},
            "summary.json has val_accuracy 0.9, the metrics row of step 5 0.91",
        ),
        ({"kept_step": 11}, "summary.json has kept_step 11 of 10 steps"),
    ],
)
def test_a_summary_that_says_otherwise_of_what_is_kept_contradicts_itself(
    forged: dict[str, Any], problem: str, waited: Path
) -> None:
    forge(waited, **forged)
    assert open_run(waited).contradictions == (problem,)


def test_a_run_whose_rows_did_not_wait_for_long_enough_was_not_stopped_by_patience(
    waited: Path,
) -> None:
    (waited / "config.yaml").write_text(WAITING.model_copy(update={"patience": 2}).to_yaml())
    about = json.loads((waited / "run.json").read_text())
    about["config"]["patience"] = 2
    (waited / "run.json").write_text(json.dumps(about))
    assert open_run(waited).contradictions == (
        "summary.json says that patience stopped the run, and in metrics.jsonl 1 of 2 validations "
        "came after the best",
    )


def test_patience_and_earlier_weights_need_their_keys(run: Path) -> None:
    forge(run, stopped="patience")
    with pytest.raises(RunError, match="patience stopped the run, its config has none"):
        load_run(run)
    forge(run, stopped=None, kept_step=5)
    with pytest.raises(RunError, match="kept_step 5 of 10 steps, its config keep: last"):
        load_run(run)
