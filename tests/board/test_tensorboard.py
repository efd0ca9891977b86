"""`tensorboard` as typed: what TensorBoard itself says of the runs, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from running import SHORT, begun, mlpcli, only_run, runs, spawned

from mlpcli.runs import checkpoint_steps, checkpoint_weights, trained_weights

pytestmark = pytest.mark.process

SECONDS = 100.0  # for what takes five on a machine with nothing else to do
STATUSES = ["STATUS_SUCCESS", "STATUS_RUNNING", "STATUS_FAILURE", "STATUS_UNKNOWN"]
ANY = {
    "experimentName": "",
    "colParams": [],
    "startIndex": 0,
    "sliceSize": 100,
    "allowedStatuses": STATUSES,
    "includeMetrics": True,
}
NAME = "<img src=x onerror=alert(1)>\n"


class Shown:
    """TensorBoard, asked by its own HTTP interface."""

    def __init__(self, address: str, process: subprocess.Popen[str]) -> None:
        self.address, self.process = address, process

    def get(self, path: str, body: Any = None, **query: str) -> Any:
        """Return what it answers, JSON or text."""
        words = "&".join(f"{key}={quote(value, safe='')}" for key, value in query.items())
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.address}data/{path}?{words}", content, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            text = answer.read().decode()
        return text if path.endswith("/graph") else json.loads(text)

    def wait(self, holds: Callable[[], Any]) -> Any:
        """Return what is asked for, once it is something."""
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            if found := holds():
                return found
            time.sleep(0.2)
        raise AssertionError("it does not come to hold")

    def scalar(self, run: str, tag: str) -> dict[int, float]:
        """Return a run's curve by steps."""
        answer = self.get("plugin/scalars/scalars", run=run, tag=tag)
        return {step: value for _, step, value in answer}

    def sessions(self) -> dict[str, Any]:
        """Return the rows of the table of hyper-parameters, by run."""
        groups = self.get("plugin/hparams/session_groups", ANY).get("sessionGroups", [])
        return {each["name"]: each for each in groups}


@contextmanager
def shown(*words: str | Path, cwd: Path, **environment: str) -> Iterator[Shown]:
    """Start the command on a port that is free; hold that nothing of it is left at its end."""
    process = spawned(["tensorboard", *words, "--port", "0"], cwd, **environment)
    assert process.stdout
    children: list[int] = []
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), process.communicate()
        children = below(process.pid)
        assert children  # TensorBoard, and mostly a reader of the files below it
        yield Shown(address, process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
    until = time.monotonic() + SECONDS
    while left := [each for each in children if is_there(each)]:
        assert time.monotonic() < until, left
        time.sleep(0.1)


def below(process: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    own = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [each for child in map(int, own) for each in (child, *below(child))]


def is_there(process: int) -> bool:
    """Say whether a process runs; not of one that has ended and that nobody has waited for."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with two runs, and one whose files are damaged."""
    found = begun(tmp_path_factory.mktemp("boards"))
    words = ["train", "a.yaml", "a.yaml", "a.yaml", "-q"]
    done = mlpcli(words, found)
    assert done.returncode == 0, done.stderr
    one, two, three = runs(found)
    two.rename(found / "runs" / NAME)
    (three / "metrics.jsonl").write_text("[")
    (three / "summary.json").write_text("{}")
    assert one.exists()
    return found


def test_tensorboard_shows_what_the_runs_have(place: Path) -> None:
    (run,) = (each for each in visible(place) if each.name != NAME and last_step(each))
    summary = json.loads((run / "summary.json").read_text())
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    with shown(cwd=place) as board:
        found = board.wait(lambda: len(board.sessions()) == 2 and board.sessions())
        labels = {*board.get("runs")} - {"."}
        assert run.name in labels
        (odd,) = labels - {run.name}
        assert odd.startswith("_img_src_x_onerror_alert_1___-")

        for name in ("loss", "accuracy", "val_loss", "learning_rate", "gradient_norm", "seconds"):
            wanted = {row["step"]: np.float32(row[name]) for row in rows if name in row}
            assert board.scalar(run.name, name) == wanted, name
        layers = {row["step"]: row["layers"] for row in rows if "layers" in row}
        wanted = {step: np.float32(each[1]["weight_norm"]) for step, each in layers.items()}
        assert board.scalar(run.name, "weight_norm/output") == wanted

        graph = board.get("plugin/graphs/graph", run=run.name)
        for name in ("hidden_1/MatMul", "hidden_1/Relu", "output/BiasAdd", "loss/Mean"):
            assert f'name: "{name}"' in graph

        session = found[run.name]
        assert session["hparams"]["learning_rate"] == 0.1
        assert session["hparams"]["width"] == 8
        assert session["sessions"][0]["status"] == "STATUS_SUCCESS"
        scores = {each["name"]["tag"]: each["value"] for each in session["metricValues"]}
        for name in ("test_accuracy", "val_accuracy", "test_loss", "kept_step"):
            assert scores[f"summary/{name}"] == np.float32(summary[name]), name

        weights = {step: checkpoint_weights(path, (784, 8, 10))
                   for step, path in checkpoint_steps(run).items()}  # fmt: skip
        weights[summary["kept_step"]] = trained_weights(run, (784, 8, 10))
        named = {"run": run.name, "tag": "hidden_1/kernel"}
        drawn = board.wait(lambda: histograms(board, len(weights), **named))
        for step, arrays in weights.items():
            assert sum(each[2] for each in drawn[step]) == 784 * 8
            assert drawn[step][0][0] == pytest.approx(arrays[0].min())
            assert drawn[step][-1][1] == pytest.approx(arrays[0].max())

        board.process.send_signal(signal.SIGINT)
        out, talk = board.process.communicate(timeout=SECONDS)
        assert board.process.returncode == 130
        assert out == ""
        assert talk.count("cannot be read") + talk.count("damaged") == 1
        assert "Traceback" not in talk


def histograms(board: Shown, count: int, **named: str) -> dict[int, Any]:
    """Return a tag's buckets by step; nothing as long as there are fewer steps."""
    try:
        found = board.get("plugin/histograms/histograms", **named)
    except OSError:  # none yet, which is 404
        return {}
    by_step = {step: buckets for _, step, buckets in found}
    return by_step if len(by_step) == count else {}


READER = """\
import json, sys, types
sys.modules["tensorboard.compat.notf"] = types.ModuleType("notf")  # 10 s less
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
found = EventMultiplexer()
found.AddRunsFromDirectory("runs")
found.Reload()
tags = {run: found.GetAccumulator(run).Tags()["tensors"] for run in found.Runs()}
print(json.dumps(tags))
"""


def test_a_plain_tensorboard_finds_the_events_beside_the_runs(place: Path) -> None:
    done = mlpcli(["tensorboard", "--write-only"], place)
    assert done.stdout == "runs/.tensorboard\n"
    words = [sys.executable, "-c", READER]
    read = subprocess.run(words, cwd=place, capture_output=True, text=True, check=True)
    found = json.loads(read.stdout)
    assert len(found) == 3  # the columns, and two runs
    (run,) = (each for each in visible(place) if each.name != NAME and last_step(each))
    assert {"loss", "hidden_1/kernel", "summary/test_loss"} <= {*found[f".tensorboard/{run.name}"]}


def test_a_run_under_way_is_followed_and_one_that_comes_is_added(tmp_path: Path) -> None:
    place = begun(tmp_path)
    endless = ["steps=10000000", "log_every=50", "eval_every=1000000", "checkpoint_every=1000000"]
    training = spawned(["train", "a.yaml", *endless, "-q"], place)
    try:
        assert training.stdout
        run = Path(training.stdout.readline().strip()).name
        with shown(cwd=place) as board:
            board.wait(lambda: run in board.get("runs"))
            first = board.wait(lambda: curve(board, run))
            more = board.wait(lambda: len(curve(board, run)) > len(first) and curve(board, run))
            assert first.items() <= more.items()
            assert board.sessions()[run]["sessions"][0]["status"] == "STATUS_UNKNOWN"
            assert mlpcli(["train", "a.yaml", "-q"], place).returncode == 0
            (other,) = (each.name for each in visible(place) if each.name != run)
            board.wait(lambda: other in board.get("runs"))
            training.send_signal(signal.SIGTERM)
            training.communicate()
            board.wait(lambda: max(curve(board, run)) == last_step(place / "runs" / run))
            board.process.send_signal(signal.SIGTERM)
            board.process.communicate(timeout=SECONDS)
            assert board.process.returncode == 143
    finally:
        training.kill()
        training.communicate()


def curve(board: Shown, run: str) -> dict[int, float]:
    try:
        return board.scalar(run, "loss")
    except OSError:
        return {}


def last_step(run: Path) -> int:
    """Return the step of a run's last row, 0 of the one that is damaged."""
    *_, last = (run / "metrics.jsonl").read_text().splitlines()
    return 0 if last == "[" else int(json.loads(last)["step"])


def visible(place: Path) -> list[Path]:
    return [each for each in runs(place) if each.name != ".tensorboard"]


def test_tensorboard_ends_with_a_command_that_is_killed(place: Path) -> None:
    with shown(cwd=place) as board:
        words = Path(f"/proc/{below(board.process.pid)[0]}/cmdline").read_text().split("\0")
        (folder,) = (Path(word) for word in words if "mlpcli-tensorboard-" in word)
        assert folder.is_dir()
        board.process.kill()
    assert not folder.exists()


def test_it_is_opened_in_a_browser_where_that_is_asked_for(place: Path, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\necho $1 > {tmp_path}/address\n")
    browser.chmod(0o755)
    with shown("--open", cwd=place, BROWSER=str(browser)) as board:
        board.wait((tmp_path / "address").exists)
        board.wait((tmp_path / "address").read_text)
        assert (tmp_path / "address").read_text().strip() == board.address


def test_a_tensorboard_that_ends_is_told(place: Path) -> None:
    with shown(cwd=place) as board:
        os.kill(below(board.process.pid)[0], signal.SIGKILL)
        _, talk = board.process.communicate(timeout=SECONDS)
        assert board.process.returncode == 1
        assert "TensorBoard has ended by itself" in talk


def test_a_port_that_is_taken_is_told(place: Path) -> None:
    with shown(cwd=place) as board:
        port = board.address.rpartition(":")[2].strip("/")
        done = mlpcli(["tensorboard", "--port", port], place)
        assert done.returncode == 1
        assert done.stdout == ""
        assert "TensorBoard does not start" in done.stderr
        assert done.stderr.endswith("--port 0 takes one that is free\n")


def test_runs_of_several_folders_are_told_apart(place: Path, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SHORT)
    assert mlpcli(["train", "a.yaml", "-q"], tmp_path).returncode == 0
    run = only_run(tmp_path).name
    with shown(place / "runs", tmp_path / "runs", cwd=tmp_path) as board:
        names = board.wait(lambda: len(board.get("runs")) == 4 and board.get("runs"))
        assert f"runs-2/{run}" in names
        assert [each for each in names if each.startswith("runs/")]
