"""Runs that share a compiled call: who takes part in the next one, and what comes of it for each.

A lock, the meeting, is held around all that is done to a table; it is free while steps are taken.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition

from mlpcli.training.compiled import CHUNK_SECONDS, Weights
from mlpcli.training.stacked_call import StackedCall
from mlpcli.training.steps import Outcomes, Start


@dataclass(eq=False)
class Member:
    """A run that takes part, and where it stands."""

    start: Start
    step: int
    place: int = -1  # once it has one
    wanted: int = 0  # steps, in the next call; 0 while it is busy with its row
    outcomes: Outcomes | Exception | None = None  # of the last call
    is_in: bool = False  # its weights are among the stacked ones


class Table:
    """The members of a call, each in a place of its own."""

    def __init__(self, members: Sequence[Member], size: int, meeting: Condition) -> None:
        self.size, self._meeting = size, meeting
        self._call = StackedCall([member.start for member in members], size)
        self._members: dict[int, Member] = {}
        self._left: set[int] = set()  # places that were left, and are to be cleared
        self.is_busy = self.is_compiled = False
        self._under_way = False  # from its first call until the last member leaves
        self._speed = 1.0  # steps a second, as last seen
        for member in members:
            self.admits(member)

    @property
    def is_empty(self) -> bool:
        """Whether nobody takes part."""
        return not self._members

    def admits(self, member: Member) -> bool:
        """Give a run a free place, if there is one for its like."""
        free = next((n for n in range(self.size) if n not in self._members), None)
        if free is None or not self._call.suits(member.start):
            return False
        self._members[free], member.place = member, free
        return True

    def frees(self, member: Member) -> None:
        """Free the place of one that leaves."""
        del self._members[member.place]
        if member.is_in:
            self._left.add(member.place)
        self._under_way = self._under_way and bool(self._members)

    def standing(self, member: Member) -> tuple[Weights, Weights]:
        """Return the weights and the optimizer's state of a run that is between two calls."""
        if not member.is_in:
            return member.start.weights, member.start.state
        return self._call.at(member.place, member.start.config)

    def is_ready(self, is_gathering: bool) -> bool:
        """Say whether all want their next steps; the first ones once all are there."""
        waits = is_gathering and not self._under_way
        return not self.is_busy and not waits and all(m.wanted for m in self._members.values())

    def compile(self) -> None:
        """Compile the call."""
        with self._busy():
            self._call.compile()
        self.is_compiled = True

    def take(self) -> None:
        """Take as many steps as all of them want, and tell each what came of its own."""
        self._under_way, members = True, dict(self._members)
        affordable = max(1, int(self._speed * CHUNK_SECONDS))
        count = min(affordable, *(member.wanted for member in members.values()))
        steps = {place: (m.start.config, m.step) for place, m in members.items()}
        began, found = time.perf_counter(), dict[int, Outcomes]()
        try:
            self._settle()
            with self._busy():
                found = self._call.take(steps, count)
        except Exception as error:  # each of them ends by it
            for member in members.values():
                member.wanted, member.outcomes = 0, error
            return
        for place, member in members.items():
            count = len(found[place][0])
            member.wanted, member.outcomes, member.step = 0, found[place], member.step + count
        self._speed = count / max(time.perf_counter() - began, 1e-9)

    def _settle(self) -> None:
        """Take in the weights of those that have come, and clear the places that were left."""
        for place, member in self._members.items():
            if not member.is_in:
                self._call.put(place, member.start)
                member.is_in = True
        for place in self._left - self._members.keys():
            self._call.clear(place)
        self._left.clear()

    @contextmanager
    def _busy(self) -> Iterator[None]:
        """Free the lock, so that the others can go on meanwhile."""
        self.is_busy = True
        self._meeting.release()
        try:
            yield
        finally:
            self._meeting.acquire()
            self.is_busy = False
            self._meeting.notify_all()
