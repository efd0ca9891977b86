"""The command in a fork of a process that has TensorFlow imported: a third of a start's time.

A server imports TensorFlow and Keras, as the command would, and runs no operation: it has no thread
then that a fork could lose. For each command it forks twice, so that the command's process becomes
a child of the test's (a subreaper, prctl(2)), which can wait for it and signal it as any other.

What one command has compiled, the next loads (XLA's persistent cache): the same machine code and
so the same bits, in less than two thirds of a short run's time.

Tests of the start itself (imports, limits, locale, variables that the interpreter or TensorFlow
reads when it starts) run the installed command instead, which compiles all itself.
"""

import atexit
import ctypes
import inspect
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

PR_SET_CHILD_SUBREAPER = 36
XLA = "TF_XLA_FLAGS"
MESSAGE = 1 << 20  # bytes at most: an environment and a command line

compiled: Path | None = None  # folder of compiled programs; of this session, as code may change

_lock = threading.Lock()
_server: socket.socket | None = None


class Forked(subprocess.Popen[Any]):
    """A command's process, as `subprocess.Popen` has it; the first word is the command's name."""

    def _execute_child(self, *given: Any, **named: Any) -> None:
        told = inspect.signature(subprocess.Popen._execute_child).bind(self, *given, **named)  # type: ignore[attr-defined]
        asked = told.arguments
        streams = [
            own if descriptor == -1 else descriptor
            for own, descriptor in enumerate(asked[n] for n in ("p2cread", "c2pwrite", "errwrite"))
        ]
        request = {
            "words": [os.fspath(word) for word in asked["args"]],
            "cwd": os.fspath(asked["cwd"] or Path.cwd()),
            "environment": dict(os.environ if asked["env"] is None else asked["env"]),
            "session": bool(asked["start_new_session"]),
        }
        self.pid = _ask(request, streams)
        self._child_created = True
        pipes = (("p2cread", "p2cwrite"), ("c2pwrite", "c2pread"), ("errwrite", "errread"))
        for theirs, ours in pipes:
            if asked[ours] != -1:  # a pipe that was made for the command, and no file of the test's
                os.close(asked[theirs])


def _ask(request: dict[str, Any], streams: list[int]) -> int:
    """Have the server fork for a command; return the process's id."""
    with _lock:
        server = _server or _start()
        socket.send_fds(server, [json.dumps(request).encode(errors="surrogateescape")], streams)
        return int(server.recv(64))


def _start() -> socket.socket:
    global _server  # one for all tests of a process
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    _server, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    _server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MESSAGE)
    process = subprocess.Popen(
        [sys.executable, __file__, str(theirs.fileno()), str(compiled or "")],
        pass_fds=[theirs.fileno()],
        start_new_session=True,  # Ctrl-C at pytest must not reach it before the tests
        stderr=subprocess.DEVNULL,  # what TensorFlow says when it is imported
    )
    theirs.close()
    atexit.register(process.wait)
    atexit.register(_server.close)
    return _server


def serve(connection: socket.socket) -> None:
    """Fork for each request, until the tests' process closes its end; return in each command."""
    while True:
        message, streams, _, _ = socket.recv_fds(connection, MESSAGE, 3)
        if not message:
            sys.exit()
        reading, writing = os.pipe()
        between = os.fork()
        if between == 0:
            own = os.fork()
            if own:
                os.write(writing, str(own).encode())
                os._exit(0)
            os.close(reading)
            os.close(writing)
            connection.close()
            become(json.loads(message), streams)
            return
        os.waitpid(between, 0)  # from here on the command is the tests' child
        os.close(writing)
        connection.send(os.read(reading, 64))
        for descriptor in (reading, *streams):
            os.close(descriptor)


def become(request: dict[str, Any], streams: list[int]) -> None:
    """Take on what a new process of that command would start with."""
    if request["session"]:
        os.setsid()
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(request["cwd"])
    for name in set(os.environ) - set(request["environment"]):
        del os.environ[name]
    os.environ.update(request["environment"])
    sys.argv = request["words"]
    sys.path[0] = str(Path(sys.argv[0]).parent)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
    faults = Path(os.environ.get("PYTHONPATH", "/nowhere"), "sitecustomize.py")
    if faults.exists():
        import runpy

        runpy.run_path(str(faults))


@contextmanager
def programs_in(folder: Path) -> Iterator[None]:
    """Have XLA look there for what is compiled; it does so from the first program on.

    By putenv, and so not in os.environ: a run notes what it finds there that may change bits.
    """
    os.putenv(XLA, f"--tf_xla_persistent_cache_directory={folder}")
    try:
        yield
    finally:
        os.unsetenv(XLA)
        if XLA in os.environ:
            os.environ[XLA] = os.environ[XLA]


def import_others() -> None:
    """Import what the command imports of others, but for what starts threads (polars)."""
    from mlpcli.training.environment import set_variables

    # XLA reads its cache as text first, and says on stderr that it is none
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    set_variables()
    import click  # noqa: F401
    import cores  # noqa: F401  # before what imports numpy
    import keras  # noqa: F401
    import msgspec  # noqa: F401
    import pydantic.json_schema  # noqa: F401
    import tensorflow  # noqa: F401
    import yaml  # noqa: F401


if __name__ == "__main__":
    import_others()

    # what commands import from here on is compiled once for all of them
    sys.pycache_prefix = str(Path(tempfile.gettempdir(), f"mlpcli-tests-{os.getuid()}", "code"))
    sys.dont_write_bytecode = False
    for name in [name for name in sys.modules if name.partition(".")[0] == "mlpcli"]:
        del sys.modules[name]  # the command imports it, as it does in a process of its own
    connection, folder = sys.argv[1:]
    serve(socket.socket(fileno=int(connection)))
    from mlpcli.__main__ import main

    try:
        with programs_in(Path(folder)) if folder else nullcontext():
            main()
    except SystemExit as leaving:
        sys.stdout.flush()
        sys.stderr.flush()
        # taking TensorFlow down takes two seconds, and is tested with the installed command
        os._exit(int(leaving.code or 0))
