"""The weights of a run as events: of its checkpoints, and of the network that it left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from mlpcli.board import events
from mlpcli.board.events import Moment
from mlpcli.board.histograms import weight_histograms
from mlpcli.board.run_events import Written, time_of
from mlpcli.errors import RunError, shown
from mlpcli.runs import Run, checkpoint_steps, checkpoint_weights, trained_weights
from mlpcli.system import reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Weights = Sequence[NDArray[np.float32]]
    Reader = Callable[[], Weights]


def pending(run: Run, before: Written) -> dict[int, Reader]:
    """Return how to read the weights that are there and not yet written, by their steps.

    None beyond the last row that was looked at, nor before what was written: TensorBoard takes a
    step back for a new start.
    """
    sizes, last = run.sizes, max(before.weights, default=-1)
    if not sizes:
        return {}
    try:
        files = checkpoint_steps(run.path)
    except OSError as error:
        raise RunError(f"{shown(run.path, 200)}: {reason(error)}") from error
    found: dict[int, Reader] = {
        step: lambda path=path: checkpoint_weights(path, sizes)  # type: ignore[misc]
        for step, path in files.items()
    }
    if run.summary:
        found[run.summary.weights_step] = lambda: trained_weights(run.path, sizes)
    return {step: found[step] for step in sorted(found) if last < step <= before.step}


def weight_events(run: Run, before: Written) -> tuple[list[bytes], Written, list[str]]:
    """Return the events of the weights that are not yet written, and what could not be read."""
    readers = pending(run, before)
    times = time_of(run, [*readers]) if readers else {}
    found, problems = list[bytes](), list[str]()
    for step, read in readers.items():
        try:
            histograms = weight_histograms(read())
        except RunError as error:
            problems.append(str(error))
        else:
            found.append(events.histograms(Moment(step, times[step]), histograms))
    done = msgspec.structs.replace(before, weights=(*before.weights, *readers))
    return found, done, problems
