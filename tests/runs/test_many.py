"""Many directories read by several processes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import MLPCLI

from mlpcli.errors import RunError
from mlpcli.runs.many import ALONE, read_all

MANY = [Path(str(number)) for number in range(3 * ALONE + 7)]


def read(path: Path) -> int:
    if path.name.endswith("13"):
        raise RunError("unlucky")
    return int(path.name)


def killed(path: Path) -> int:
    if path.name == "1500":
        os.kill(os.getpid(), signal.SIGKILL)
    return 0


@pytest.mark.parametrize("count", [0, 1, ALONE, ALONE + 1, len(MANY)])
def test_values_and_warnings_are_in_the_order_of_the_paths(count: int) -> None:
    values, warnings = read_all(read, MANY[:count])
    names = [path.name for path in MANY[:count]]
    assert values == [int(name) for name in names if not name.endswith("13")]
    assert warnings == [f"{name}: unlucky" for name in names if name.endswith("13")]


def test_a_process_that_is_killed_is_told() -> None:
    if len(os.sched_getaffinity(0)) == 1:
        pytest.skip("one core reads alone")
    with pytest.raises(RunError, match="was killed"):
        read_all(killed, MANY)


@pytest.mark.process
@pytest.mark.parametrize("moment", [0.15, 0.3, 0.5])
def test_ctrl_c_ends_a_long_comparison_without_a_traceback(moment: float, tmp_path: Path) -> None:
    for number in range(2 * ALONE):
        (tmp_path / f"{number}").mkdir()
        (tmp_path / f"{number}" / "run.json").write_text('{"status": "failed", "config": {}}')
        (tmp_path / f"{number}" / "metrics.jsonl").touch()
    process = subprocess.Popen(
        [MLPCLI, "compare", tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGINT)
    _, talk = process.communicate(timeout=20)
    assert process.returncode in (0, 130, -signal.SIGINT)
    assert "ForkPool" not in talk
    assert "Process" not in talk


@pytest.mark.process
def test_those_that_read_end_with_the_one_that_asked(tmp_path: Path) -> None:
    """Killed, it cannot tell them; nobody waits for them, and its stdout is closed."""
    code = (
        "import os, time, pathlib\n"
        "from mlpcli.runs.many import read_all\n"
        "def slow(path):\n"
        "    print(os.getpid(), flush=True)\n"
        "    time.sleep(60)\n"
        "read_all(slow, [pathlib.Path('a')] * 1001)\n"
    )
    asking = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=tmp_path, text=True
    )
    assert asking.stdout is not None
    assert int(asking.stdout.readline()) != asking.pid
    asking.kill()
    began = time.monotonic()
    asking.communicate(timeout=30)  # to the end of stdout, which those that read hold
    assert time.monotonic() - began < 20
