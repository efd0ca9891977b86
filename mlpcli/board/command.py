"""What `tensorboard` does: events written beside the runs, and TensorBoard shown on them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from mlpcli.board.boards import Boards
from mlpcli.board.server import ASK_SECONDS, Server, address, child_folder, started
from mlpcli.errors import MlpcliError, RunError, shell_word
from mlpcli.runs import see
from mlpcli.terminal import (
    StopRequest,
    count,
    print_bytes,
    print_line,
    print_next,
    print_path,
    print_warnings,
    stderr_console,
    stop_requests,
)

MANY = 100  # runs that take a second or more
LOOK_SECONDS = 2.0  # between looks at what has come to the runs


def show_board(
    words: Sequence[str], root: Path, port: int | None, write_only: bool, browser: bool
) -> int:
    """Write the events of runs, and serve them by TensorBoard until a signal; return the exit code.

    Raises an error where there is no run, or none could be read, or TensorBoard is not installed.
    """
    require_package()
    if write_only:
        return _write(Boards(words, root))
    with stop_requests() as stop, child_folder() as folder:
        boards = Boards(words, root, folder / "logs")
        _write_all(boards, weights=False, stop=stop)
        with started(folder, port) as server:
            where = address(server, stop)
            print_bytes(where.encode())
            print_line(stderr_console(), "Ctrl-C ends it; runs under way are followed")
            if browser:
                _open(where)
            _follow(boards, server, stop)
    assert stop.received
    return 128 + stop.received


def require_package() -> None:
    """Raise an error where TensorBoard is not installed, which says what to type."""
    if importlib.util.find_spec("tensorboard") is None:
        raise RunError(
            "tensorboard is not installed here",
            f"install it: {sys.executable} -m pip install 'mlpcli[tensorboard]'",
        )


def _write(boards: Boards) -> int:
    _write_all(boards, weights=True)
    for folder in boards.folders:
        print_path(folder)
    print_next(f"tensorboard --logdir {shell_word(boards.folders[0])}")
    return 0


def _write_all(boards: Boards, weights: bool, stop: StopRequest | None = None) -> None:
    """Write what there is of all runs. Raises an error where that is none."""
    paths = boards.find()
    if not paths:
        print_warnings(boards.take_warnings())
        raise RunError("no run could be read", see(boards.root))
    if len(paths) > MANY:
        print_line(stderr_console(), f"reading {count(len(paths), 'run')}", "dim")
    for _ in boards.update(paths, weights):
        if stop:
            stop.check()
    print_warnings(boards.take_warnings())
    if not boards.known:
        raise RunError("no run can be shown", f"mlpcli ls {shell_word(boards.root)}")
    boards.write_columns()
    print_line(stderr_console(), f"{count(len(boards.known), 'run')} for TensorBoard", "dim")


def _follow(boards: Boards, server: Server, stop: StopRequest) -> None:
    """Write what comes to the runs, and new ones, until a signal. Raises RunError."""
    while stop.received is None:
        known = len(boards.known)
        try:
            paths = boards.find()
        except MlpcliError:  # all that the words named was removed since
            paths = []
        for _ in boards.update(paths, weights=True):
            if stop.received is not None:
                return
        if len(boards.known) > known:
            boards.write_columns()
        print_warnings(boards.take_warnings())
        until = monotonic() + LOOK_SECONDS
        while stop.received is None and monotonic() < until:
            if server.ended(ASK_SECONDS):
                raise server.error()


def _open(where: str) -> None:
    import webbrowser

    if not webbrowser.open(where):
        print_warnings(["no browser could be opened"])
