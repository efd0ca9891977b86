"""Loaded by a child's interpreter at its start: kill it, or fail, at the n-th call that matters.

FAULT is "kill", or the name of an errno, and N; FAULT_ROOT is the folder whose calls count. With
"each" for N, the first run of the process fails at its first call, the second at its second, ...
"copy:IMAGE:FOLDER" instead copies a disk's image before each call, as a power cut would leave it,
and "snapshot:FOLDER" the folder whose calls count, as kill -9 would leave it.
"""

import errno
import os
import shutil
import signal
from pathlib import Path

_counts: dict[str, int] = {}  # calls, by run and in all


def _path(argument: object) -> str:
    if isinstance(argument, int):
        return str(Path(f"/proc/self/fd/{argument}").readlink())
    return str(Path(str(argument)).absolute())


def _snapshot(to: Path) -> None:
    root = Path(os.environ["FAULT_ROOT"])
    if root.exists():
        shutil.copytree(root, to / root.name)
    else:
        to.mkdir()


def _copy(image: str, to: Path) -> None:
    """Copy what an image holds, and not its holes: a twentieth of its size."""
    with Path(image).open("rb") as disk, to.open("wb") as copy:
        source, target, at = disk.fileno(), copy.fileno(), 0
        size = os.fstat(source).st_size
        os.truncate(target, size)
        while at < size:
            try:
                at = os.lseek(source, at, os.SEEK_DATA)
            except OSError as error:
                if error.errno != errno.ENXIO:  # the rest is a hole
                    raise
                return
            end = os.lseek(source, at, os.SEEK_HOLE)
            while at < end:
                os.lseek(target, at, os.SEEK_SET)
                at += os.sendfile(target, source, at, end - at)


def _faulty(name: str) -> None:
    real = getattr(os, name)

    def call(argument: object, *rest: object, **named: object) -> object:
        inside = _path(argument).removeprefix(os.environ["FAULT_ROOT"])
        if inside != _path(argument):
            run = inside.strip("/").split("/")[0].removeprefix(".").removesuffix(".new")
            for counted in ("in all", run):
                _counts[counted] = _counts.get(counted, 0) + 1
            if log := os.environ.get("FAULT_LOG"):
                with Path(log).open("a") as file:
                    file.write(f"{name} {Path(_path(argument)).name}\n")
            kind, number = os.environ.get("FAULT", "none 0").split()
            if kind.startswith("copy:"):
                _, image, folder = kind.split(":")
                _copy(image, Path(folder, f"{_counts['in all']:03}"))
            if kind.startswith("snapshot:"):
                _snapshot(Path(kind.removeprefix("snapshot:"), f"{_counts['in all']:03}"))
            index = list(_counts).index(run)  # 0 is "in all", 1 the folder of the runs
            due = (
                _counts[run] == index - 1
                if number == "each"
                else _counts["in all"] >= int(number[:-1])  # from there on, as on a full disk
                if number[-1] == "+"
                else _counts["in all"] == int(number)
            )
            if due:
                if kind == "kill":
                    os.kill(os.getpid(), signal.SIGKILL)
                code = getattr(errno, kind)
                raise OSError(code, os.strerror(code), _path(argument))
        return real(argument, *rest, **named)

    setattr(os, name, call)


if "FAULT_ROOT" in os.environ:
    for _name in ("mkdir", "rename", "replace", "fsync", "unlink"):
        _faulty(_name)
