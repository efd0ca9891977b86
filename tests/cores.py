"""numpy with one thread, for processes that import this first.

As many tests run at once as there are cores, and threads that wait for a core spin: a product of
matrices then takes eight times its processor time.
"""

import os

NAME = "OPENBLAS_NUM_THREADS"  # read when numpy is imported, and put back for what a test starts

before = os.environ.get(NAME)
os.environ[NAME] = "1"
import numpy  # noqa: E402, F401

del os.environ[NAME]
if before is not None:
    os.environ[NAME] = before
