"""Many directories read."""

import gc
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from running import MLPCLI

from mlpcli.errors import RunError
from mlpcli.runs.many import read_all

MANY = [Path(str(number)) for number in range(3_007)]


def read(path: Path) -> int:
    if path.name.endswith("13"):
        raise RunError("unlucky")
    return int(path.name)


@pytest.mark.parametrize("count", [0, 1, len(MANY)])
def test_values_and_warnings_are_in_the_order_of_the_paths(count: int) -> None:
    values, warnings = read_all(read, MANY[:count])
    names = [path.name for path in MANY[:count]]
    assert values == [int(name) for name in names if not name.endswith("13")]
    assert warnings == [f"{name}: unlucky" for name in names if name.endswith("13")]


@pytest.mark.process
@pytest.mark.parametrize("moment", [0.15, 0.3, 0.5])
def test_ctrl_c_ends_a_long_comparison_without_a_traceback(moment: float, tmp_path: Path) -> None:
    for number in range(2_000):
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
    assert "Traceback" not in talk


def test_garbage_is_collected_again_whatever_ends_the_reading() -> None:
    def broken(path: Path) -> int:
        assert not gc.isenabled()
        raise ValueError(path)

    with pytest.raises(ValueError, match="13"):
        read_all(broken, [Path("13")])
    assert gc.isenabled()
