"""Where a run happens: what its directory says of the machine, the versions and the source."""

import os
import platform
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGES = ("mlpcli", "tensorflow", "keras", "numpy")


def set_variables() -> None:
    """Make TensorFlow quiet, and Keras deaf to its variables and to any keras.json.

    Call it before there are threads: what reads the environment in C may crash beside a change.
    """
    wanted = {
        "KERAS_BACKEND": "tensorflow",
        "KERAS_HOME": os.devnull,  # no folder, so no keras.json is read or written
    }
    for name in [name for name in os.environ if name.startswith("KERAS_")]:
        if os.environ[name] != wanted.get(name):
            del os.environ[name]  # KERAS_MAX_EPOCHS and its like would change results silently
    wanted["TF_CPP_MIN_LOG_LEVEL"] = "2"  # errors, without information and warnings
    for name, value in wanted.items():
        if name not in os.environ:
            os.environ[name] = value


def describe() -> dict[str, Any]:
    """Return command line, versions, git state, host, processor and threads, ready for JSON."""
    return {
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "versions": versions(),
        "git": git_state(),
        "host": platform.node(),
        "cpu": _cpu_name(),
        "threads": len(os.sched_getaffinity(0)),
    }


def versions() -> dict[str, str]:
    """Return the versions that a run's numbers may depend on."""
    packages = {package: version(package) for package in PACKAGES}
    return {"python": platform.python_version(), **packages}


def git_state() -> dict[str, Any] | None:
    """Return the working directory's commit and whether its tree is dirty; None outside git."""
    commit = _git("rev-parse", "HEAD")
    changes = _git("status", "--porcelain", "--untracked-files=no")
    if commit is None or changes is None:
        return None
    return {"commit": commit, "dirty": bool(changes)}


def _git(*words: str) -> str | None:
    # fsmonitor is a program that a repository's own settings may name
    command = ["git", "--no-optional-locks", "-c", "core.fsmonitor=false", *words]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            env=dict(os.environ),  # a copy, that no other thread changes under way
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
