"""Making a run's directory, for processes that are spawned: they import this and little else."""

from datetime import UTC, datetime
from pathlib import Path

from mlpcli.runs.directory import RunDirectory


def create(root: str) -> str:
    """Make the directory of a run that began at a fixed moment; return its name."""
    frozen = datetime(2026, 11, 23, 18, 45, 12, tzinfo=UTC)
    return RunDirectory.create(Path(root), "a", "layers: 1\n", {}, lambda: frozen).path.name
