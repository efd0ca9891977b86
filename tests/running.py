"""Running the installed command and reading what it left, for the tests that do."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click.testing
from forks import Forked

from mlpcli.cli import commands
from mlpcli.config.load import load_config
from mlpcli.runs.checkpoint import from_bytes
from mlpcli.runs.layout import checkpoints

ROOT = Path(__file__).parent.parent
TINY = str(ROOT / "configs" / "tiny.yaml")
FAULTS = str(Path(__file__).parent / "faults")  # for PYTHONPATH
MLPCLI = str(Path(sys.executable).with_name("mlpcli"))
# a run of under a second whose rows, validations and checkpoints fall on different steps
SHORT = """\
layers: 2
width: 8
learning_rate: 0.1
momentum: 0.9
steps: 40
batch_size: 16
log_every: 7
eval_every: 16
checkpoint_every: 11
keep: best
"""
AT_ONCE = 2  # processes: one a core
TIMES = ("seconds", "compile_seconds", "examples_per_second")

Done = subprocess.CompletedProcess[str]
may_start = True  # not in a unit test


def mlpcli(
    words: Sequence[str | Path], cwd: Path, timeout: float = 240, **environment: str
) -> Done:
    """Run the command to its end, in a fork of a process that has TensorFlow imported."""
    process = spawned(words, cwd, **environment)
    try:
        out, talk = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, talk)


def spawned(
    words: Sequence[str | Path], cwd: Path, *, start_new_session: bool = False, **environment: str
) -> subprocess.Popen[str]:
    """Start the command in such a fork, its output in pipes."""
    assert may_start, "mark it process: it starts a command"
    return Forked(
        [MLPCLI, *words],
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=start_new_session,
    )


def installed(
    words: Sequence[str | Path], cwd: Path, timeout: float = 240, **environment: str
) -> Done:
    """Run the installed command to its end: what a user's shell would start."""
    assert may_start, "mark it process: it starts a command"
    return subprocess.run(
        [MLPCLI, *words],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def in_process(*words: object, **environment: str | None) -> click.testing.Result:
    """Run the command in the tests' own process, off a terminal; raise what it raises."""
    settings = {"FORCE_COLOR": None, "NO_COLOR": None, "TTY_COMPATIBLE": None}
    runner = click.testing.CliRunner(
        env={**settings, "COLUMNS": None, "TERM": "xterm", **environment}
    )
    result = runner.invoke(commands, [*map(str, words)], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result


def begun(place: Path) -> Path:
    """Make a folder with a config to run there."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "a.yaml").write_text(SHORT)
    return place


def everywhere(work: Callable[[int], Done], numbers: Iterable[int]) -> dict[int, Done]:
    """Do the work for each number, as many at once as there are cores."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        wanted = list(numbers)
        return dict(zip(wanted, pool.map(work, wanted), strict=True))


def runs(place: Path) -> list[Path]:
    """Return the run directories below `place`, hidden ones too."""
    return sorted((place / "runs").iterdir()) if (place / "runs").exists() else []


def only_run(place: Path) -> Path:
    (run,) = runs(place)
    return run


def timeless(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in TIMES}


def rows(run: Path) -> list[dict[str, Any]]:
    """Return the metrics without what depends on the clock."""
    return [timeless(json.loads(line)) for line in (run / "metrics.jsonl").read_text().splitlines()]


def info(run: Path) -> dict[str, Any]:
    return dict(json.loads((run / "run.json").read_text()))


def outcome(run: Path) -> dict[str, Any]:
    """Return all that a run came to, to the bit, without what depends on the clock."""
    newest = from_bytes(checkpoints(run)[0].read_bytes(), load_config(run / "config.yaml"))
    arrays = (*newest.weights, *newest.state, newest.losses, newest.correct)
    return {
        "status": info(run)["status"],
        "rows": rows(run),
        "summary": timeless(json.loads((run / "summary.json").read_text())),
        "predictions": (run / "test_predictions.npy").read_bytes(),
        "step": (newest.step, newest.row),
        "arrays": [array.tobytes() for array in arrays],
        "config": (run / "config.yaml").read_text(),
    }
