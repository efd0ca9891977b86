"""A run as it was seen so far, drawn again as it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mlpcli.boundary import Ground
from mlpcli.config import Config
from mlpcli.runs import History, MetricsRow, Sample
from mlpcli.terminal import LiveSections
from mlpcli.watch.view import Seen, left_sections, right_sections

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEPT = 500  # rows at most of each kind: more than a screen has columns


class Picture:
    """Watches a run's rows and weights, and draws what they come to."""

    def __init__(self, config: Config, ground: Ground | None, live: LiveSections) -> None:
        self._config, self._ground, self._live = config, ground, live
        self._rows, self._validated = Sample(KEPT), Sample(KEPT)
        self._weights: Sequence[NDArray[Any]] = ()
        self._measured: MetricsRow | None = None  # the last row that says of the layers

    def see(self, weights: Sequence[NDArray[Any]]) -> None:
        """See the weights of the row that comes next."""
        self._weights = weights

    def update(self, step: MetricsRow, ended: bool = False) -> None:
        """See a row, and draw again unless that was done a moment ago; the last one always is."""
        self._rows.add(step)
        if step.score is not None:
            self._validated.add(step)
        if step.layers:
            self._measured = step
        if ended or step.step == self._config.steps or self._live.is_due:
            self._draw(step)

    def _draw(self, row: MetricsRow) -> None:
        history = History(
            rows=tuple(self._rows.with_last()), validations=tuple(self._validated.with_last())
        )
        plane = self._ground.plane(self._weights) if self._ground and self._weights else None
        seen = Seen(self._config, row, history, self._measured, plane)
        size = self._live.size
        self._live.show(left_sections(seen, size), right_sections(seen, size))
