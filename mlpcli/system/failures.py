"""What Python and the system raise where something is lacking, as errors that say what and why.

Whatever a command does, memory, threads, files and libraries may be missing: it is said here.
"""

import errno
import re
import resource
import sys

from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.system.files import reason
from mlpcli.system.limits import BYTES, allow_more, limit_of, memory_limit, no_threads, size, ulimit

NO_MEMORY = re.compile("cannot allocate memory|failed to map|cannot map|bad_alloc", re.IGNORECASE)
NO_FILES = re.compile("too many open files", re.IGNORECASE)
NO_THREADS = re.compile("can't start new thread|resource temporarily unavailable", re.IGNORECASE)
NOT_STARTED = "no further thread or process can be started"
DISTRIBUTIONS = {"yaml": "pyyaml", "keras": "tensorflow"}  # modules of other names than their own


def as_error(error: BaseException) -> MlpcliError | None:
    """Return the error that another one is: of memory, threads, files, disk, or what is installed.

    None for any other, which is a fault of the program.
    """
    text = str(error)
    match error:
        case MlpcliError():
            return error
        case MemoryError():
            return _no_memory()
        case RecursionError():
            return RunError("what was read is nested too deeply")
        case OSError():
            return system_error(error)
        case RuntimeError() if NO_THREADS.search(text) and memory_limit() is not None:
            return _no_memory()  # for the thread's stack
        case ImportError() | RuntimeError() if NO_THREADS.search(text):
            return no_threads(NOT_STARTED)
        case ImportError() if NO_MEMORY.search(text):
            return _no_memory()
        case ImportError() if NO_FILES.search(text):
            return _no_files()
        case ImportError():
            return _not_installed(error)
    return None


def system_error(error: OSError) -> RunError:
    """Return what the system refused, with the limit or the disk that it is for."""
    match error.errno:
        case errno.ENOMEM:
            return _no_memory()
        case errno.EMFILE | errno.ENFILE:
            return _no_files(error.filename)
        case errno.EAGAIN if error.filename is None:
            return no_threads(NOT_STARTED)
        case errno.EFBIG:
            limited = limit_of(resource.RLIMIT_FSIZE) is not None
            hint = allow_more(resource.RLIMIT_FSIZE) if limited else ""
        case errno.ENOSPC | errno.EDQUOT:
            hint = "make room on the disk"
        case _:
            hint = ""
    what = error.filename if error.filename is not None else _command()
    return RunError(f"{shown(what, 200)}: {reason(error)}", hint)


def _command() -> str:
    """Return the command that was typed, as far as its name goes."""
    return " ".join(["mlpcli", *[word for word in sys.argv[1:2] if not word.startswith("-")]])


def _no_memory() -> RunError:
    kind = memory_limit()
    if kind is None:
        return RunError("out of memory", "end other programs, or give this one more")
    return RunError(
        f"out of memory: this process may have {size(limit_of(kind) or 0)} of {BYTES[kind]} "
        f"({ulimit(kind)})",
        allow_more(kind),
    )


def _no_files(name: object = None) -> RunError:
    kind = resource.RLIMIT_NOFILE
    where = f"{shown(name, 200)}: " if name is not None else ""
    return RunError(
        f"{where}too many open files: this process may have {limit_of(kind)} ({ulimit(kind)})",
        allow_more(kind),
    )


def _not_installed(error: ImportError) -> RunError:
    """Say of a library that is missing or broken what to install."""
    package = (error.name or "").partition(".")[0]
    if isinstance(error, ModuleNotFoundError):
        text = f"the Python module {shown(error.name, 100)} is missing"
    else:
        last = (str(error).strip().splitlines() or ["no reason given"])[-1]
        text = f"a library cannot be loaded: {shown(last, 200)}"
    wanted = _requirement(DISTRIBUTIONS.get(package, package))
    again = "" if isinstance(error, ModuleNotFoundError) else "--force-reinstall "
    return RunError(text, f"install it: {sys.executable} -m pip install {again}{wanted}")


def _requirement(name: str) -> str:
    """Return how mlpcli asks for a distribution; mlpcli itself, where it asks for no such one."""
    import importlib.metadata  # 15 ms, which commands that end well do without

    try:
        wanted = importlib.metadata.requires("mlpcli") or []
    except importlib.metadata.PackageNotFoundError:
        wanted = []
    found = [each for each in wanted if re.split(r"[^a-z0-9-]", each)[0] == name]
    return f"'{found[0]}'" if found else "mlpcli"
