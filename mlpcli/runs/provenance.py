"""Where a run happens: what its directory says of the machine, the versions and the source."""

import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

CONTAINER = Path("/sys/fs/cgroup/memory.max")  # its limit in bytes (cgroup v2)
PACKAGES = ("mlpcli", "tensorflow", "keras", "numpy")


def describe_environment() -> dict[str, Any]:
    """Return command line, versions, git state, host, processor and threads, ready for JSON."""
    return {
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "versions": package_versions(),
        "git": git_state(),
        "host": platform.node(),
        "cpu": _cpu_name(),
        "threads": len(os.sched_getaffinity(0)),
    }


def package_versions() -> dict[str, str]:
    """Return the versions that a run's numbers may depend on."""
    packages = {package: version(package) for package in PACKAGES}
    return {"python": platform.python_version(), **packages}


def git_state() -> dict[str, Any] | None:
    """Return the working directory's commit and whether its tree is dirty; None outside git."""
    commit = _git({}, "rev-parse", "HEAD")
    words = ("status", "--porcelain", "--untracked-files=no", "--ignore-submodules=dirty")
    changes = _git(_without_programs(), *words)
    if commit is None or changes is None:
        return None
    return {"commit": commit, "dirty": bool(changes)}


def _without_programs() -> dict[str, str]:
    """Return variables that keep git from running the programs that a repository's settings name.

    Those are the monitor of its files, and the filters that a file goes through before it is
    compared; transports are off for every call.
    """
    filters = _git({}, "config", "--null", "--name-only", "--get-regexp", r"^filter\.") or ""
    keys = [key for key in filters.split("\0") if key]
    settings = {"core.fsmonitor": "false", **dict.fromkeys(keys, "")}
    named = [f"GIT_CONFIG_{part}_{i}" for i in range(len(settings)) for part in ("KEY", "VALUE")]
    values = [each for setting in settings.items() for each in setting]
    return {"GIT_CONFIG_COUNT": str(len(settings)), **dict(zip(named, values, strict=True))}


def _git(variables: Mapping[str, str], *words: str) -> str | None:
    offline = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(
            ["git", *words],
            stdin=subprocess.DEVNULL,
            env={**os.environ, **offline, **variables},
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",  # a name that is no text goes back to git as it came
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


def physical_memory() -> int:
    """Return the bytes of this machine's memory, or of its container's."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(memory, int(CONTAINER.read_text()))
    except (OSError, ValueError):  # no container, or "max"
        return memory
