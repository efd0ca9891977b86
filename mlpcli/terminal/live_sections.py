"""Sections that are drawn again and again in one place of a screen, two stacks side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from rich.live import Live
from rich.text import Text

from mlpcli.terminal.console import Console, is_screen
from mlpcli.terminal.progress import drawing
from mlpcli.terminal.render import beside
from mlpcli.terminal.sections import Section
from mlpcli.terminal.talk import Talk

REFRESH_SECONDS = 0.2


class Size(NamedTuple):
    """How much of a screen there is."""

    columns: int
    lines: int


class LiveSections:
    """Draws sections in place, at most some times a second."""

    def __init__(self, live: Live, clock: Callable[[], float] = time.monotonic) -> None:
        self._live, self._clock, self._drawn = live, clock, float("-inf")

    @property
    def size(self) -> Size:
        """The screen's size, which may change."""
        return Size(*self._live.console.size)

    @property
    def is_due(self) -> bool:
        """Whether it is long enough ago that something was drawn."""
        return self._clock() - self._drawn >= REFRESH_SECONDS

    def show(self, left: Iterable[Section], right: Iterable[Section]) -> None:
        """Draw one stack of sections, and another beside it, in the place of those before."""
        assert isinstance(self._live.console, Console)
        room = max(1, self.size.lines - 1)  # the cursor stands below
        lines = beside(left, right, self._live.console)[:room]
        text = Text("\n", no_wrap=True, overflow="crop").join(lines)
        with suppress(OSError):  # a run goes on when its terminal is gone
            self._live.update(text, refresh=True)
        self._drawn = self._clock()


@contextmanager
def show_live(talk: Talk) -> Iterator[LiveSections | None]:
    """Give what draws on the screen of talk; None where that is none, or nothing is to be drawn."""
    if talk.quiet or talk.progress in ("none", "plain") or not is_screen(talk.console):
        yield None
        return
    with drawing(Live(console=talk.console, auto_refresh=False)) as live:
        yield LiveSections(live)
