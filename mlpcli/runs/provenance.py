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

from mlpcli.system import variables

# How the names of variables begin by which TensorFlow, XLA, oneDNN and CUDA choose how they compute
# and on how many threads: other settings may give other bits. Not TF_ alone: what begins so may be
# Terraform's, secrets too.
COMPUTING = (
    *("TF_ENABLE_", "TF_DISABLE_", "TF_XLA_", "TF_NUM_", "TF_ONEDNN_", "TF_MKL_", "TF_CUDNN_"),
    *("TF_CUBLAS_", "TF_DETERMINISTIC_", "TF_AUTO_MIXED_", "TF_GPU_", "TF_USE_", "TF_OVERRIDE_"),
    *("XLA_", "ONEDNN_", "DNNL_", "OMP_", "KMP_", "MKL_", "CUBLAS_", "CUDNN_"),
    *("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "NVIDIA_TF32_OVERRIDE"),
)
MOST_VARIABLES, LONGEST_VALUE = 50, 500  # characters
LONGEST_COMMAND = 2_000  # characters; 20,000 files by a pattern take a million
PACKAGES = ("mlpcli", "tensorflow", "keras", "numpy")


def describe_environment() -> dict[str, Any]:
    """Return command line, versions, variables, git state, and machine, ready for JSON."""
    return {
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])[:LONGEST_COMMAND],
        "versions": package_versions(),
        "environment": computing_variables(),
        "git": git_state(),
        "host": platform.node(),
        "cpu": _cpu_name(),
        "threads": len(os.sched_getaffinity(0)),
    }


def package_versions() -> dict[str, str]:
    """Return the versions that a run's numbers may depend on."""
    packages = {package: version(package) for package in PACKAGES}
    return {"python": platform.python_version(), **packages}


def computing_variables() -> dict[str, str]:
    """Return the environment variables that are set and that a run's bits may depend on."""
    found = variables()
    names = sorted(name for name in found if name.startswith(COMPUTING))
    return {name: found[name][:LONGEST_VALUE] for name in names[:MOST_VARIABLES]}


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
