"""Which configs have a completed run already."""

from collections.abc import Sequence
from pathlib import Path

from mlpcli.config import Config, done_before
from mlpcli.runs.find import runs_in
from mlpcli.runs.many import read_all
from mlpcli.runs.origin import data_digest
from mlpcli.runs.provenance import package_versions
from mlpcli.runs.read import load_run


def split_completed(
    configs: Sequence[Config], root: Path
) -> tuple[list[Config], list[tuple[Config, Path]], list[str]]:
    """Part configs into those to train and those with a completed run in a folder, and its path.

    The same means the same config (name aside), data and versions; of two that are the same, one
    is to train. Also return a warning for each run directory that cannot be read.
    """
    paths, unclear = runs_in(root)
    runs, damaged = read_all(load_run, paths)
    completed = {
        done_before(run.config, data_digest(run.info), run.info.get("versions")): run.path
        for run in reversed(runs)
        if run.status == "completed"
    }
    left: dict[tuple[str, str, str], Config] = {}
    done: list[tuple[Config, Path]] = []
    here = package_versions()
    for config in configs:
        identity = done_before(config.resolved(), config.data.sha256, here)
        if identity in completed:
            done.append((config, completed[identity]))
        else:
            left.setdefault(identity, config)
    return list(left.values()), done, [*unclear, *damaged]
