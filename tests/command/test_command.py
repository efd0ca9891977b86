"""The installed command, run as a user runs it, on the real MNIST."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from forks import Forked
from running import MLPCLI, TINY, Done, in_process, installed, mlpcli, rows, spawned

pytestmark = pytest.mark.process

CHATTER = re.compile(r"[IWE]\d{4} |absl|cuda|oneDNN|AVX|\.cc:\d", re.IGNORECASE)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work [a] {b}")


@pytest.fixture(scope="module")
def trained(place: Path) -> Done:
    return installed(["train", TINY], place)


@pytest.fixture(scope="module")
def run(trained: Done, place: Path) -> Path:
    return place / trained.stdout.strip()


def test_train_prints_the_run_directory_and_nothing_else_on_stdout(
    trained: Done, place: Path
) -> None:
    assert trained.returncode == 0
    assert re.fullmatch(r"runs/\d{8}-\d{6}-tiny-[0-9a-f]{4}\n", trained.stdout)
    assert (place / trained.stdout.strip()).is_dir()


def test_talk_off_a_terminal_is_plain_lines_without_tensorflows_chatter(trained: Done) -> None:
    lines = trained.stderr.splitlines()
    assert lines[0] == "importing TensorFlow"
    assert re.fullmatch(
        r"step 1/500  loss 2\.\d{3}  accuracy \d+\.\d\d %  [\d,]+ examples/s", lines[1]
    )
    assert re.fullmatch(
        r"step 500/500  loss 0\.\d{4}  accuracy \d\d\.\d\d %  "
        r"val_loss 0\.\d{4}  val_accuracy 9\d\.\d\d %  [\d,]+ examples/s",
        lines[-6],
    )
    assert re.fullmatch(
        r"test accuracy 9\d\.\d\d % \(\d\d\.\d\d to \d\d\.\d\d, 95 % interval\), test loss 0\.\d+",
        lines[-5],
    )
    assert lines[-4].endswith("; both of the weights after step 500")
    assert lines[-2:] == [f"in {trained.stdout.strip()}", "next: mlpcli compare runs"]
    assert not CHATTER.search(trained.stderr)
    assert "\x1b" not in trained.stderr


def test_a_run_directory_is_complete(run: Path) -> None:
    assert sorted(path.name for path in run.iterdir()) == [
        "checkpoint-000000450.bin",
        "checkpoint-000000500.bin",
        "config.yaml",
        "metrics.jsonl",
        "model.keras",
        "run.json",
        "summary.json",
        "test_predictions.npy",
    ]


def test_run_json_tells_where_the_run_came_from(run: Path) -> None:
    info = json.loads((run / "run.json").read_text())
    assert info["schema_version"] == 3
    assert info["status"] == "completed"
    assert info["started"] < info["ended"]
    assert info["command"] == f"mlpcli train {TINY}"
    assert set(info["versions"]) == {"python", "mlpcli", "tensorflow", "keras", "numpy"}
    assert info["data"]["name"] == "mnist"
    assert len(info["data"]["sha256"]) == 64
    assert {"git", "host", "cpu", "threads", "gpus"} <= set(info)


def test_the_summary_agrees_with_the_predictions_the_model_and_the_metrics(run: Path) -> None:
    from mlpcli.data.mnist import MNIST
    from mlpcli.training.backend import keras

    summary = json.loads((run / "summary.json").read_text())
    predictions = np.load(run / "test_predictions.npy")
    test = MNIST.load().test
    assert summary["test_correct"] == (predictions == test.targets).sum()
    assert summary["test_accuracy"] == summary["test_correct"] / 10_000
    model = keras.saving.load_model(run / "model.keras")
    logits = model.predict(test.features.astype(np.float32) / 255, verbose=0)
    assert (logits.argmax(1) == predictions).all()
    assert summary["parameters"] == model.count_params()
    metrics = rows(run)
    assert summary["val_accuracy"] == metrics[-1]["val_accuracy"]
    best = max(row.get("val_accuracy", 0) for row in metrics)
    first = next(row["step"] for row in metrics if row.get("val_accuracy") == best)
    assert (summary["best_val_accuracy"], summary["best_val_step"]) == (best, first)


def test_tiny_learns(run: Path) -> None:
    assert json.loads((run / "summary.json").read_text())["test_accuracy"] > 0.88


def test_the_resolved_config_repeats_the_run_to_the_bit_in_another_process(
    run: Path, tmp_path: Path
) -> None:
    done = mlpcli(["train", str(run / "config.yaml")], tmp_path)
    again = tmp_path / done.stdout.strip()
    assert rows(again) == rows(run)
    assert (again / "config.yaml").read_bytes() == (run / "config.yaml").read_bytes()
    name = "test_predictions.npy"
    assert (again / name).read_bytes() == (run / name).read_bytes()


def test_several_configs_make_several_runs_that_compare_puts_side_by_side(tmp_path: Path) -> None:
    other = tmp_path / "slow.yaml"
    other.write_text(Path(TINY).read_text().replace("learning_rate: 0.2", "learning_rate: 0.01"))
    done = mlpcli(["train", "slow.yaml", TINY], tmp_path)
    assert len(done.stdout.splitlines()) == 2
    compared = mlpcli(["compare", "runs/*"], tmp_path)  # the pattern reaches mlpcli as it is
    assert compared.returncode == 0
    shared, head, first, second, intervals = compared.stdout.splitlines()
    assert shared == "2 runs; layers 2, width 32, steps 500, batch_size 32; all else default"
    assert head.split() == [
        *("run", "status", "learning_rate", "val_accuracy", "test_accuracy", "test_loss"),
        *("steps_taken", "seconds", "examples_per_second"),
    ]
    assert re.match(r"\S+-tiny-\S{4}\s+completed\s+0\.2\s+9\d\.\d\d % ", first)
    assert re.match(r"\S+-slow-\S{4}\s+completed\s+0\.01\s+\d\d\.\d\d % ", second)
    assert intervals.startswith("95 % intervals by the examples")


def test_a_diverged_run_ends_with_exit_code_1_and_does_not_stop_the_next(tmp_path: Path) -> None:
    wild = tmp_path / "wild.yaml"
    wild.write_text(Path(TINY).read_text().replace("learning_rate: 0.2", "learning_rate: 1e30"))
    done = mlpcli(["train", str(wild), TINY], tmp_path)
    assert done.returncode == 1
    assert (
        "diverged at step 2: the loss is not a finite number\nlearning_rate 1e+30 is "
    ) in done.stderr
    runs = [tmp_path / line for line in done.stdout.splitlines()]
    assert [json.loads((r / "run.json").read_text())["status"] for r in runs] == [
        "diverged",
        "completed",
    ]
    assert rows(runs[0])[-1]["loss"] is None
    assert not (runs[0] / "summary.json").exists()


@pytest.mark.parametrize("words", [["-s", "steps=0"], ["-s", "widht=3"], ["nowhere.yaml"]])
def test_a_wrong_config_writes_nothing(words: list[str], tmp_path: Path) -> None:
    done = mlpcli(["train", TINY, *words], tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert not list(tmp_path.iterdir())


def test_a_wrong_option_tells_its_place_the_value_and_what_is_allowed(tmp_path: Path) -> None:
    done = mlpcli(["train", TINY, "-s", "steps=0", "-s", "decay=cosin"], tmp_path)
    assert done.stderr == (
        "-s steps=0: steps: too small, got 0, allowed a whole number from 1 to 100,000,000\n"
        "-s decay=cosin: decay: not one of the choices, got cosin, allowed constant, linear, "
        "cosine; did you mean cosine?\n"
        "see every key and what it allows: mlpcli schema\n"
    )


def test_compare_of_nothing_says_what_to_do(tmp_path: Path) -> None:
    done = mlpcli(["compare", "runs/*"], tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "runs/*: no such file or directory\n"
        "there is no run in runs yet; make one: mlpcli init, then mlpcli train configs/deep3.yaml\n"
    )


def test_python_dash_m_is_the_same_command(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "mlpcli", "schema"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == mlpcli(["schema"], tmp_path).stdout
    assert json.loads(done.stdout)["title"] == "mlpcli config"


def test_a_closed_pipe_is_silent(run: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = [MLPCLI, "compare", str(run)]
    done = subprocess.run(words, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 0


def started(place: Path, words: Sequence[str]) -> subprocess.Popen[str]:
    """Start a run that would take minutes, and wait for its first row."""
    process = spawned(["train", TINY, "-s", "steps=100000000", *words], place)
    assert process.stderr is not None
    while not process.stderr.readline().startswith("step 1/"):
        assert process.poll() is None
    return process


def test_compare_shows_a_run_that_is_under_way_and_one_that_was_killed(tmp_path: Path) -> None:
    process = started(tmp_path, [])
    time.sleep(1)
    assert " running " in mlpcli(["compare", "runs"], tmp_path).stdout
    process.kill()
    process.communicate()
    assert " interrupted " in mlpcli(["compare", "runs"], tmp_path).stdout


def test_compare_during_a_run_shows_whole_rows_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    process = started(tmp_path, ["-s", "log_every=1"])
    for _ in range(30):
        done = in_process("compare", "runs", "--json")
        (row,) = json.loads(done.stdout)["runs"]
        assert (done.stderr, row["status"]) == ("", "running")
        taken = row["results"]["steps_taken"]["value"]
        kept = (tmp_path / row["path"] / "metrics.jsonl").read_bytes().splitlines()[: taken + 1]
        assert json.loads(kept[taken - 1])["step"] == taken
    process.kill()
    process.communicate()


def on_terminal(place: Path, *words: str, height: int = 24, **variables: str) -> str:
    """Run the command on a terminal of 80 columns; return all that it wrote there."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, 80, 0, 0))
    sizes = {"COLUMNS": "80", "LINES": str(height)}
    process = Forked(
        [MLPCLI, "train", TINY, *words],
        cwd=place,
        env={**os.environ, "TERM": "xterm", **sizes, **variables},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    output = b""
    with suppress(OSError):  # EIO once the command has left
        while part := os.read(ours, 4096):
            output += part
    os.close(ours)
    assert process.wait(timeout=10) == 0
    return output.decode()


@pytest.mark.parametrize("height", [10, 24])
def test_on_a_terminal_the_table_is_live_and_fits_the_screen(height: int, tmp_path: Path) -> None:
    output = on_terminal(tmp_path, "-s", "log_every=5", height=height)  # a hundred rows
    assert "\x1b[" in output
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", output)
    assert "100 % step 500 of 500" in text
    assert "step        loss  accuracy %    val loss  val acc. %  examples/s" in text
    assert max(len(line) for line in re.split(r"[\r\n]+", text)) <= 80
    frame = text[text.rindex("earlier rows") : text.rindex("test accuracy")]
    assert len(frame.splitlines()) < height


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_a_terminal_that_wants_it_plain_gets_no_colours(
    variables: dict[str, str], tmp_path: Path
) -> None:
    output = on_terminal(tmp_path, **variables)
    pattern = r"\x1b" if variables.get("TERM") == "dumb" else r"\x1b\[[0-9;]*3[0-7]m"
    assert not re.search(pattern, output)
