"""Which columns TensorBoard's table of hyper-parameters has: an event file for many runs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from mlpcli.board.folder import RunFolder, State, is_folder, label_of_run, read_state
from mlpcli.board.hyperparameters import experiment
from mlpcli.board.records import records
from mlpcli.system import read_bounded, write_whole

COLUMNS = "events.out.tfevents.0.hparams"


def all_columns(states: Iterable[State]) -> bytes:
    """Return the event file that says which columns the table of hyper-parameters has."""
    found = [*states]
    scores = {tag for each in found for tag in each.scores}
    return records([experiment((each.keys for each in found), scores)])


def write_columns(root: Path, runs: Path) -> None:
    """Write the columns of all runs that have a folder, and remove the folders of those gone.

    Raises OSError.
    """
    states = []
    for folder in sorted(root.iterdir()):
        if folder.name.startswith(".") or not is_folder(folder):
            continue
        with suppress(OSError, ValueError, RecursionError):
            state = read_state(folder)
            if label_of_run(state.name) != folder.name:
                continue
            if os.path.lexists(runs / state.name):
                states.append(state)
            else:
                RunFolder(root, state.name).discard()
    content = all_columns(states)
    with suppress(OSError):
        if read_bounded(root / COLUMNS, len(content)) == content:
            return
    write_whole(root / COLUMNS, content, lasting=False)
