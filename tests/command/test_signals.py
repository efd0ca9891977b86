"""Ctrl-C, SIGTERM and SIGHUP, in every phase of a run."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pexpect
import pytest
from once import Once
from running import (
    MLPCLI,
    Done,
    begun,
    everywhere,
    info,
    installed,
    mlpcli,
    only_run,
    outcome,
    rows,
    runs,
    spawned,
)

pytestmark = pytest.mark.process

ENDLESS = ("-s", "steps=100000000")


def started(place: Path, *words: str, before: Sequence[str] = ()) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*before, MLPCLI, "train", "a.yaml", *words],
        cwd=begun(place),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_step(process: subprocess.Popen[str], step: int) -> None:
    assert process.stderr is not None
    while f"step {step}/" not in process.stderr.readline():
        assert process.poll() is None


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_leaves_a_run_that_goes_on_to_the_same_bits(
    number: int, code: int, tmp_path: Path, once: Once
) -> None:
    steps = ["-s", "steps=15000", "-s", "log_every=1000", "-s", "eval_every=15000"]
    steps += ["-s", "checkpoint_every=4000"]
    process = spawned(["train", "a.yaml", *steps], begun(tmp_path))
    wait_for_step(process, 1000)
    process.send_signal(number)
    _, talk = process.communicate(timeout=10)
    run = only_run(tmp_path)
    assert process.returncode == code
    assert talk.splitlines()[-2:] == [
        f"interrupted by {signal.Signals(number).name}",
        f"go on with: mlpcli resume runs/{run.name}",
    ]
    assert info(run)["status"] == "interrupted"
    assert rows(run)[-1]["step"] < 15_000
    assert mlpcli(["resume", str(run)], tmp_path).returncode == 0
    again = begun(tmp_path / "again")
    assert once.mlpcli(["train", "a.yaml", *steps], again).returncode == 0
    assert outcome(run) == outcome(only_run(again))


@pytest.mark.timeout(1800)
def test_a_signal_at_any_moment_ends_a_run_that_goes_on_to_the_same_bits(
    tmp_path: Path, reference: dict[str, Any], long: bool
) -> None:
    # two at once, as below: Python's start, TensorFlow's import, compilation, training
    began, last = time.monotonic(), started(tmp_path / "last")
    assert installed(["train", "a.yaml"], begun(tmp_path / "whole")).returncode == 0
    whole, count = time.monotonic() - began, 200 if long else 6
    last.send_signal(signal.SIGTERM)  # when it is about to end
    last.communicate(timeout=10)
    moments = [1.3 * whole * n / count for n in range(count if long else count - 1)]

    def stopped(number: int) -> Done:
        process = started(tmp_path / f"{number}")
        time.sleep(moments[number])
        process.send_signal(signal.SIGTERM)
        out, talk = process.communicate(timeout=10)
        return subprocess.CompletedProcess(process.args, process.returncode, out, talk)

    done = everywhere(stopped, range(len(moments)))
    # before there is a run and once it is over, the signal's own action is the right one
    codes = {last.returncode, *(each.returncode for each in done.values())}
    assert codes <= {-signal.SIGTERM, 143, 0}
    assert 143 in {each.returncode for each in done.values()}
    left = [run for name in ("last", *done) for run in runs(tmp_path / f"{name}")]
    resumed = mlpcli(["resume", *left], tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert [outcome(run) == reference for run in left] == [True] * len(left)


def test_a_signal_stops_a_run_while_tensorflow_is_imported(tmp_path: Path) -> None:
    process = started(tmp_path)
    assert process.stderr is not None
    assert process.stderr.readline() == "importing TensorFlow\n"
    process.send_signal(signal.SIGINT)
    _, talk = process.communicate(timeout=10)
    assert process.returncode == 130
    # on a machine so busy that the import takes longer than is waited for, the first line alone
    assert talk.lstrip() in (
        "interrupted by SIGINT\nnot begun: a, seed 0\n",
        "interrupted by SIGINT\n",
    )
    assert not runs(tmp_path)


def test_a_signal_says_what_was_not_begun(tmp_path: Path) -> None:
    cores = len(os.sched_getaffinity(0))  # so many are under way at once
    process = spawned(["train", "a.yaml", "--seeds", f"{cores + 6}", *ENDLESS], begun(tmp_path))
    for _ in range(cores):
        wait_for_step(process, 1)
    process.send_signal(signal.SIGINT)
    _, talk = process.communicate(timeout=10)
    *_, interrupted, to_resume, not_begun = talk.splitlines()
    assert interrupted == "interrupted by SIGINT"
    named = to_resume.removeprefix("go on with: mlpcli resume ").split()
    assert {tmp_path / path for path in named} == {*runs(tmp_path)}
    left = "; ".join(f"a, seed {cores + more}" for more in range(5))
    assert not_begun == f"not begun: {left}, and 1 more"


def test_a_signal_stops_a_run_while_a_graph_is_compiled(tmp_path: Path) -> None:
    deep = ("-s", "layers=60", "-s", "width=200")  # takes a few seconds
    process = spawned(["train", "a.yaml", *deep], begun(tmp_path))
    assert process.stdout is not None
    process.stdout.readline()  # the directory is there; what comes next is the compilation
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    _, talk = process.communicate(timeout=10)
    run = only_run(tmp_path)
    assert process.returncode == 143
    assert talk.splitlines()[-1] == f"go on with: mlpcli resume runs/{run.name}"
    assert rows(run) == []
    assert " interrupted " in mlpcli(["compare", "runs"], tmp_path).stdout


UNSTOPPABLE = """
import time
from mlpcli.terminal import signals
signals.GRACE_SECONDS = 0.5
with signals.stop_requests() as stop:
    with stop.to_resume("a"), stop.to_resume("b"):
        print("ready", flush=True)
        time.sleep(60)
"""


def test_a_process_that_cannot_stop_is_ended_with_the_command_to_go_on() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", UNSTOPPABLE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    _, talk = process.communicate(timeout=10)
    assert (process.returncode, talk) == (143, "\ngo on with: mlpcli resume a b\n")


def test_a_process_without_a_run_to_save_is_ended_sooner() -> None:
    script = UNSTOPPABLE.replace("GRACE_SECONDS", "IDLE_SECONDS")
    script = script.replace('stop.to_resume("a"), stop.to_resume("b")', "nullcontext()")
    script = f"from contextlib import nullcontext\n{script}"
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    _, talk = process.communicate(timeout=5)  # of the 8 seconds that a run has
    assert (process.returncode, talk) == (143, "\ninterrupted by SIGTERM\n")


def test_on_a_terminal_it_shows_the_cursor_that_a_live_table_hides() -> None:
    child = pexpect.spawn(sys.executable, ["-c", UNSTOPPABLE], encoding="utf-8", timeout=10)
    child.expect("ready")
    child.kill(signal.SIGTERM)
    assert child.read().endswith("\r\ngo on with: mlpcli resume a b\r\n\x1b[?25h")
    child.close()
    assert child.exitstatus == 143


def test_ctrl_c_while_the_command_line_is_imported_shows_no_traceback() -> None:
    script = (
        "import os, signal, sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name == 'click':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from mlpcli.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, b"")


def test_a_second_signal_ends_the_run_at_once(tmp_path: Path) -> None:
    process = started(tmp_path, *ENDLESS)
    assert process.stderr is not None
    assert process.stderr.readline() == "importing TensorFlow\n"
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    process.communicate(timeout=10)
    assert process.returncode == 130
    assert time.monotonic() - began < 1


def test_timeouts_two_signals_are_one(tmp_path: Path) -> None:
    process = spawned(["train", "a.yaml", *ENDLESS], begun(tmp_path), start_new_session=True)
    wait_for_step(process, 1)
    process.send_signal(signal.SIGTERM)  # as `timeout` does: to the process, then to its group
    os.killpg(process.pid, signal.SIGTERM)
    _, talk = process.communicate(timeout=10)
    run = only_run(tmp_path)
    assert talk.splitlines()[-2:] == [
        "interrupted by SIGTERM",
        f"go on with: mlpcli resume runs/{run.name}",
    ]
    assert info(run)["status"] == "interrupted"


@pytest.mark.parametrize(
    ("ignored", "code", "status"), [(False, 129, "interrupted"), (True, 0, "completed")]
)
def test_a_terminal_that_is_closed_is_a_hangup_and_no_error(
    tmp_path: Path, ignored: bool, code: int, status: str
) -> None:
    steps = "1500" if ignored else "100000000"
    child = pexpect.spawn(
        MLPCLI,
        ["train", "a.yaml", "-s", f"steps={steps}", "-s", "log_every=1"],
        cwd=str(begun(tmp_path)),
        timeout=60,
        ignore_sighup=ignored,
    )
    child.expect("examples/s")  # the live table is there
    os.close(child.child_fd)
    ended = os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])
    child.closed, child.terminated, child.child_fd = True, True, -1
    assert (ended, info(only_run(tmp_path))["status"]) == (code, status)


def test_under_nohup_a_hangup_changes_nothing(tmp_path: Path) -> None:
    process = started(tmp_path, before=["nohup"])
    time.sleep(1)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert info(only_run(tmp_path))["status"] == "completed"
