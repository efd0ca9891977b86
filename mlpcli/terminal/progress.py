"""What is seen while a run trains: a live table on a terminal, lines of some rows elsewhere."""

import math
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from mlpcli.config import Config
from mlpcli.runs import Metric, MetricsRow, metrics_in
from mlpcli.terminal.console import Console, is_screen
from mlpcli.terminal.formatting import duration, metric_text
from mlpcli.terminal.row_choice import shown_steps
from mlpcli.terminal.talk import Talk

REFRESH_SECONDS = 0.25
MAX_ROWS = 20  # drawing 20 rows takes about 5 ms, 2 % of the time between two refreshes
KEPT = ("step", "val_accuracy", "val_r2")  # on a narrow screen: how far, and how good
LEAST, GAP = 10, 2  # columns of the screen that a number takes at least, and those behind it
BESIDE_BAR = 45  # columns that the numbers beside the bar take at most
FRAME_LINES = 8  # of the screen that are not rows: the head, the bar, and room above


class NoLines:
    """Nothing at all."""

    def update(self, step: MetricsRow, ended: bool = False) -> None:
        """Show nothing of a row."""


class PlainLines:
    """A line for each of about 20 rows, without escape codes."""

    def __init__(self, config: Config, before: str = "") -> None:
        self._steps, self._task, self._before = config.steps, config.data.task.kind, before
        self._shown = shown_steps(config)
        self._begun = False

    def update(self, step: MetricsRow, ended: bool = False) -> None:
        """Print a row if it is shown: also the first after a resume, and the one that ended it."""
        chosen = ended or self._shown is None or step.step in self._shown
        if chosen or not self._begun or not _is_finite(step):
            self._print(step)
        self._begun = True

    def _print(self, step: MetricsRow) -> None:
        numbers = [
            _word(name, metric, getattr(step, name))
            for name, metric in metrics_in("line", self._task).items()
            if step.score is not None or not metric.where_validated
        ]
        line = "  ".join([f"{self._before}step {step.step}/{self._steps}", *numbers]) + "\n"
        with suppress(OSError):  # a run goes on when nobody listens
            sys.stderr.write(line)


class LiveTable:
    """The last rows in a table that is redrawn in place, with a bar and the time left."""

    def __init__(
        self, config: Config, live: Live, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._config, self._live, self._clock = config, live, clock
        self._rows: deque[MetricsRow] = deque(maxlen=MAX_ROWS)
        self._count = 0
        self._drawn = float("-inf")

    def update(self, step: MetricsRow, ended: bool = False) -> None:
        """Add a row, and redraw unless that was done a moment ago."""
        self._rows.append(step)
        self._count += 1
        ended = ended or step.step == self._config.steps
        if ended or self._clock() - self._drawn >= REFRESH_SECONDS:
            with suppress(OSError):  # a run goes on when its terminal is gone
                self._live.update(self.render(), refresh=True)
            self._drawn = self._clock()

    def render(self) -> Group:
        """Return the table of the last rows that fit the screen, and the bar below it."""
        room = max(1, min(MAX_ROWS, self._live.console.size.height - FRAME_LINES))
        rows = list(self._rows)[-room:]
        earlier = self._count - len(rows)
        table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
        metrics = _fitting(
            metrics_in("live", self._config.data.task.kind), self._live.console.width
        )
        for metric in metrics.values():
            table.add_column(metric.heading, justify="right", no_wrap=True, min_width=LEAST)
        for row in rows:
            table.add_row(*_cells(row, metrics), style="bold" if row.score is not None else "")
        note = Text(f"{earlier:,} earlier rows in metrics.jsonl" if earlier else "", style="dim")
        return Group(note, table, self._bar(rows[-1]))

    def _bar(self, row: MetricsRow) -> Table:
        config = self._config
        left = (config.steps - row.step) * row.seconds / row.step
        grid = Table.grid(padding=(0, 1))
        grid.add_row(
            ProgressBar(total=config.steps, completed=row.step, width=self._bar_width()),
            Text(f"{100 * row.step / config.steps:.0f} %"),
            Text(f"step {row.step:,} of {config.steps:,}"),
            Text(f"{duration(left)} left" if left else f"{duration(row.seconds)}"),
        )
        return grid

    def _bar_width(self) -> int:
        return max(1, min(30, self._live.console.width - BESIDE_BAR))


def _is_finite(row: MetricsRow) -> bool:
    losses = (row.loss, row.val_loss if row.score is not None else 0.0)
    return all(loss is not None and math.isfinite(loss) for loss in losses)


def _fitting(metrics: Mapping[str, Metric], width: int) -> dict[str, Metric]:
    """Return the metrics whose columns fit a screen: those at the right go first, KEPT last."""
    left = dict(metrics)
    optional = [name for name in metrics if name not in KEPT]
    while optional and sum(max(LEAST, len(m.heading)) + GAP for m in left.values()) > width + GAP:
        del left[optional.pop()]
    return left


def _word(name: str, metric: Metric, value: float | None) -> str:
    """Return a number with its name or its unit."""
    text = metric_text(metric, value)
    if metric.form == "rate":
        return f"{text} {metric.unit}"
    return f"{name} {text} %" if metric.form == "percent" else f"{name} {text}"


def _cells(row: MetricsRow, metrics: Mapping[str, Metric]) -> list[str]:
    return [
        metric_text(metric, getattr(row, name))
        if row.score is not None or not metric.where_validated
        else ""
        for name, metric in metrics.items()
    ]


@contextmanager
def show_progress(config: Config, talk: Talk) -> Iterator[NoLines | PlainLines | LiveTable]:
    """Show the rows of one run as is asked for, or as fits the console.

    A live table that is asked for needs a terminal, whatever TERM says of it.
    """
    console = Console(stderr=True, draws=True) if talk.progress == "bar" else talk.console
    if talk.quiet or talk.progress == "none":
        yield NoLines()
        return
    if talk.progress == "plain" or not is_screen(console):
        yield PlainLines(config)
        return
    with drawing(Live(console=console, auto_refresh=False)) as live:
        yield LiveTable(config, live)


@contextmanager
def drawing(live: Live) -> Iterator[Live]:
    """Draw in place, where the terminal lets; one that is closed alone ends no run."""
    with suppress(OSError):
        live.start()
    try:
        yield live
    finally:
        with suppress(OSError):
            live.stop()
