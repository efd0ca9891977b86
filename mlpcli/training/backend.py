"""TensorFlow and Keras, imported silently and deaf to what the environment says of Keras.

Import `keras` and `tensorflow` from here.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlpcli.errors import RunError
from mlpcli.training.environment import set_variables


@contextmanager
def without_chatter() -> Iterator[None]:
    """Pass file descriptor 2 through a child process that drops TensorFlow's chatter.

    A child, so that what TensorFlow says last still comes through when it aborts this process; in
    a session of its own, so that Ctrl-C does not end it before that.
    """
    sys.stderr.flush()
    script = Path(__file__).with_name("chatter.py")
    child = subprocess.Popen(
        [sys.executable, "-I", "-S", script],
        stdin=subprocess.PIPE,
        start_new_session=True,
        env=dict(os.environ),  # a copy, that no other thread changes under way
    )
    assert child.stdin is not None
    screen = os.dup(2)
    os.dup2(child.stdin.fileno(), 2)
    child.stdin.close()
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(screen, 2)
        os.close(screen)
        child.wait()


# held while models are built and saved, and functions traced: Keras and `warnings` have state that
# is the process's own
TRACING = threading.RLock()

set_variables()

with without_chatter():
    import keras
    import tensorflow

    # a warning that functions are traced often: those of networks of other structures are others
    tensorflow.get_logger().setLevel("ERROR")
    GPUS = tuple(device.name for device in tensorflow.config.list_physical_devices("GPU"))
    tensorflow.constant(0.0) + 1.0  # the devices say the rest of their chatter now


@contextmanager
def memory_errors() -> Iterator[None]:
    """Raise RunError where this machine's memory, or what a limit leaves of it, is not enough."""
    try:
        yield
    except (MemoryError, tensorflow.errors.ResourceExhaustedError) as error:
        raise RunError(
            "out of memory", "a smaller width, batch_size or number of layers takes less"
        ) from error


__all__ = ["GPUS", "TRACING", "keras", "memory_errors", "tensorflow", "without_chatter"]
