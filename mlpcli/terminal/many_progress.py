"""What is seen while runs train side by side: a table of those under way, or lines of rows."""

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from mlpcli.config import Config
from mlpcli.errors import MlpcliError
from mlpcli.runs import METRICS, MetricsRow
from mlpcli.terminal.console import Console, is_screen, print_error, print_line
from mlpcli.terminal.formatting import duration, metric_text
from mlpcli.terminal.progress import BESIDE_BAR, GAP, REFRESH_SECONDS, PlainLines, drawing
from mlpcli.terminal.talk import Talk

SHOWN = ("val_accuracy", "val_r2", "loss", "examples_per_second")  # of each run under way
SHORTEST_NAME = 12  # columns of it that a narrow screen shows, at least


class ManyLines:
    """Lines of talk, and none of rows; what the others show is added to it."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def begun(self, key: Hashable, name: str, config: Config) -> None:
        """Show nothing of a run that begins."""

    def row(self, key: Hashable, row: MetricsRow, ended: bool) -> None:
        """Show nothing of a row."""

    def over(self, key: Hashable) -> None:
        """Show nothing of a run that is over."""

    def tick(self) -> None:
        """Show nothing of the time."""

    def caption(self, text: str) -> None:
        """Show nothing of how far all is."""

    def say(self, text: str, style: str = "") -> None:
        """Print a line of talk."""
        print_line(self._console, text, style)

    def error(self, error: MlpcliError, name: str) -> None:
        """Print an error of a run."""
        print_error(error, name)


class ManyPlainLines(ManyLines):
    """About 20 rows of each run, with its name before each."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._runs: dict[Hashable, PlainLines] = {}

    def begun(self, key: Hashable, name: str, config: Config) -> None:
        """Begin to show a run's rows."""
        self._runs[key] = PlainLines(config, f"{name}: ")

    def row(self, key: Hashable, row: MetricsRow, ended: bool) -> None:
        """Print a row, if it is one of those shown."""
        self._runs[key].update(row, ended)

    def over(self, key: Hashable) -> None:
        """Show no more of a run."""
        self._runs.pop(key, None)


class ManyLive(ManyLines):
    """The runs under way in a table that is redrawn in place, with how much of all is done."""

    def __init__(
        self, live: Live, total: int | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        assert isinstance(live.console, Console)
        super().__init__(live.console)
        self._live, self._total, self._clock = live, total, clock
        self._runs: dict[Hashable, tuple[str, Config, MetricsRow | None]] = {}
        self._over, self._began, self._drawn = 0, clock(), float("-inf")
        self._caption = ""

    def begun(self, key: Hashable, name: str, config: Config) -> None:
        """Add a run to the table."""
        self._runs[key] = name, config, None
        self.tick()

    def row(self, key: Hashable, row: MetricsRow, ended: bool) -> None:
        """Show a run's newest row; its validation stays until there is a newer one."""
        name, config, before = self._runs[key]
        validated = row if row.score is not None or before is None else before
        self._runs[key] = name, config, _with_score(row, validated)
        self.tick()

    def over(self, key: Hashable) -> None:
        """Take a run off the table."""
        self._runs.pop(key, None)
        self._over += 1
        self.tick()

    def caption(self, text: str) -> None:
        """Show a line of how far all is, in place of the bar."""
        self._caption = text
        self.tick()

    def tick(self) -> None:
        """Draw again, unless that was done a moment ago."""
        if self._clock() - self._drawn >= REFRESH_SECONDS:
            with suppress(OSError):  # runs go on when their terminal is gone
                self._live.update(self.render(), refresh=True)
            self._drawn = self._clock()

    def error(self, error: MlpcliError, name: str) -> None:
        """Print an error of a run above the table."""
        print_error(error, name, self._console)

    def render(self) -> Group:
        """Return the table of the runs under way, and the bar of all below it."""
        shown = [key for key in SHOWN if self._any(key)]
        table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
        table.add_column("run", no_wrap=True, overflow="ellipsis", min_width=SHORTEST_NAME)
        for heading in ("step", *(METRICS[key].heading for key in shown)):
            table.add_column(heading, justify="right", no_wrap=True)
        for name, config, row in self._runs.values():
            step = f"{row.step if row else 0:,} of {config.steps:,}"
            cells = [metric_text(METRICS[key], getattr(row, key)) if row else "" for key in shown]
            table.add_row(name, step, *cells)
        below = Text(self._caption) if self._caption else self._bar()
        return Group(Text(""), table, below)

    def _any(self, key: str) -> bool:
        rows = [row for *_, row in self._runs.values()]
        return any(row and getattr(row, key) is not None for row in rows)

    def _bar(self) -> Table:
        spent = self._clock() - self._began
        done = self._over + sum(row.step / c.steps for _, c, row in self._runs.values() if row)
        grid = Table.grid(padding=(0, 1))
        if self._total is None:
            grid.add_row(Text(f"{self._over:,} done in {duration(spent)}"))
            return grid
        left = spent * (self._total - done) / done if done else 0.0
        width = max(1, min(30, self._live.console.width - BESIDE_BAR))
        grid.add_row(
            ProgressBar(total=self._total, completed=done, width=width),
            Text(f"{100 * done / self._total:.0f} %"),
            Text(f"{self._over:,} of {self._total:,} runs done"),
            Text(f"{duration(left)} left" if left else duration(spent)),
        )
        return grid


def _with_score(row: MetricsRow, validated: MetricsRow) -> MetricsRow:
    """Return a row with the validation of another."""
    from msgspec.structs import replace

    return replace(row, val_accuracy=validated.val_accuracy, val_r2=validated.val_r2)


@contextmanager
def show_many(talk: Talk, total: int | None, rows: bool = True) -> Iterator[ManyLines]:
    """Show runs that train side by side as is asked for, or as fits the console.

    `total` is how many there are in all, None where nobody knows. Without `rows` lines show none of
    a run's, for many runs have too many.
    """
    console = Console(stderr=True, draws=True) if talk.progress == "bar" else talk.console
    if talk.quiet or talk.progress == "none":
        yield ManyLines(talk.console)
        return
    if talk.progress == "plain" or not is_screen(console):
        yield ManyPlainLines(talk.console) if rows else ManyLines(talk.console)
        return
    with drawing(Live(console=console, auto_refresh=False, transient=True)) as live:
        yield ManyLive(live, total)
