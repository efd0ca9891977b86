"""The plane of a run: by the weights that it keeps, or those of its newest checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mlpcli.boundary.ground import ground_of
from mlpcli.boundary.plane import Plane
from mlpcli.config import load_of_run
from mlpcli.errors import MlpcliError
from mlpcli.runs import CONFIG, Run, trained_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray


def plane_of_run(run: Run) -> tuple[Plane | None, str]:
    """Return the plane of a run, and why there is none where there should be one.

    Both are empty of a run whose inputs span no plane, or which has saved no weights yet.
    """
    ground = ground_of(run.facts, run.config)
    if ground is None or not run.sizes:
        return None, ""
    try:
        weights = trained_weights(run.path, run.sizes) if run.summary else _checkpoint(run)
        return (ground.plane(weights) if weights else None), ""
    except MlpcliError as error:
        return None, f"the decision boundary is not drawn: {error}"
    except MemoryError:
        return None, "the decision boundary is not drawn: no memory for it"


def _checkpoint(run: Run) -> Sequence[NDArray[Any]]:
    """Return the weights of the newest checkpoint that is whole; none where there is none.

    Raises ConfigError for a config that cannot be read: without it no checkpoint can.
    """
    from mlpcli.runs import newest_whole

    config = load_of_run(run.path / CONFIG).config
    if config.sizes != run.sizes:
        return ()
    last = run.last.step if run.last else 0
    saved = newest_whole(run.path, config, last, lambda _: None)
    return saved.checkpoint.weights if saved else ()
