"""The environment variables that the command was started with.

Libraries set some as they are imported, as scikit-learn does where Optuna brings it. What a run
notes, and what it is held against when it goes on, are those of whoever started the command.
"""

import os
from collections.abc import Mapping

_kept: dict[str, str] | None = None


def keep_variables() -> None:
    """Note the variables as they are: before anything is imported that sets some."""
    global _kept  # one a process, as the environment is
    _kept = dict(os.environ)


def variables() -> Mapping[str, str]:
    """Return those that were noted; of a process that noted none, as they are now."""
    return os.environ if _kept is None else _kept
