"""Ordinary runs whose steps are taken in one call: each has a thread, and they meet for the steps.

All else is a run's own: its rows, validations, checkpoints and files. The thread that comes last
takes the steps of all, up to the next stop of any, while the others wait.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Condition

from mlpcli.config import Config, Structure, structure
from mlpcli.data import DataSpec, Examples, MappedFeatures, Splits
from mlpcli.training.compiled import Weights
from mlpcli.training.room import cores
from mlpcli.training.stack import MEMBERS
from mlpcli.training.stacked_table import Member, Table
from mlpcli.training.steps import Outcomes, Start

LOOK_SECONDS = 0.25  # between two looks whether a signal has come, of a thread that waits
Key = tuple[Structure, int]  # what networks of one call share: the structure, and the examples


def _key(config: Config, examples: Examples) -> Key:
    return structure(config), id(examples)


class Stacks:
    """The stacks of a search, of up to `most` runs together: a `seat` is a run's way into one.

    Runs of one structure that begin together wait for each other before the first step. Later ones
    take the places of those that ended, between two calls.
    """

    def __init__(self, most: int, data: Mapping[DataSpec, Splits], on_gpu: bool = False) -> None:
        self.most, self._data, self._handing_out = most, data, False
        # on a CPU a call for each core at least, and of no more networks than its cache holds
        calls = 1 if on_gpu else max(math.ceil(most / MEMBERS), min(most, cores()))
        self._size = math.ceil(most / calls)
        self.meeting = Condition()  # held where any of what follows is looked at or changed
        self._coming: list[Seat] = []  # without a place, in the order in which they began
        self._tables: dict[Key, list[Table]] = {}

    @contextmanager
    def handing_out(self) -> Iterator[None]:
        """Have those that begin in here wait for each other."""
        self._handing_out = True
        try:
            yield
        finally:
            with self.meeting:
                self._handing_out = False
                self.meeting.notify_all()

    def seat(self, config: Config) -> "Seat | None":
        """Return the seat of a run that begins; None of data that stay on the disk."""
        examples = self._data[config.data_spec].train
        if isinstance(examples.features, MappedFeatures):
            return None
        seat = Seat(self, _key(config, examples))
        with self.meeting:
            self._coming.append(seat)
        return seat

    def is_gathering(self, key: Key) -> bool:
        """Say whether runs that may share a call are on their way."""
        coming = (seat for seat in self._coming if seat.key == key and not seat.member)
        return self._handing_out or any(coming)

    def give_places(self, key: Key) -> None:
        """Give those that wait a place: a free one, or at a new table once all have come."""
        waiting = [seat for seat in self._coming if seat.key == key]
        for seat in waiting:
            seat.table = next(filter(seat.is_admitted, self._tables.get(key, ())), None)
        left = [seat for seat in waiting if seat.member and not seat.table]
        if left and not self.is_gathering(key):
            self._open_tables(key, left)
        self._coming = [seat for seat in self._coming if not seat.table]

    def _open_tables(self, key: Key, seats: "list[Seat]") -> None:
        for each, tables in list(self._tables.items()):  # whom nobody sits at has no more use
            self._tables[each] = [table for table in tables if not table.is_empty]
        calls = math.ceil(len(seats) / self._size)
        for nth in range(calls):
            some = seats[nth::calls]
            size = min(self._size, 1 << (len(some) - 1).bit_length())  # few sizes are compiled
            members = [seat.member for seat in some if seat.member]
            table = Table(members, size, self.meeting)
            self._tables.setdefault(key, []).append(table)
            for seat in some:
                seat.table = table

    def leave(self, seat: "Seat") -> None:
        """Free a seat's place, or give up that it comes."""
        self._coming = [each for each in self._coming if each is not seat]
        if seat.table and seat.member:
            seat.table.frees(seat.member)
            if seat.table.is_empty and seat.table.size < self._size:
                # a full one is kept for those that come next
                self._tables[seat.key].remove(seat.table)
        self.meeting.notify_all()


class Seat:
    """Takes a run's steps together with those of others: its Stepper, and its Steps."""

    def __init__(self, stacks: Stacks, key: Key) -> None:
        self.key, self.stacked = key, stacks.most
        self.member: Member | None = None  # once it has come
        self.table: Table | None = None  # once it has a place there
        self._stacks, self._meeting = stacks, stacks.meeting
        self._left: tuple[Weights, Weights] | None = None  # weights and state, once it has left

    def __call__(self, start: Start, check: Callable[[], None]) -> "Seat":
        """Begin with a training."""
        self._start, self._check = start, check
        self.key = _key(start.config, start.examples)  # a run that goes on has a config of its own
        return self

    @property
    def weights(self) -> Weights:
        """The weights after the last step."""
        return self._standing()[0]

    @property
    def state(self) -> Weights:
        """The optimizer's state after the last step."""
        return self._standing()[1]

    def is_admitted(self, table: Table) -> bool:
        """Take a free place at a table, if there is one."""
        return self.member is not None and table.admits(self.member)

    def prepare(self) -> None:
        """Wait for a place, and for what is compiled."""
        with self._meeting:
            self.member = Member(self._start, self._start.step)
            self._meeting.notify_all()
            while not (self.table and self.table.is_compiled):
                self._stacks.give_places(self.key)
                if self.table and not self.table.is_compiled and not self.table.is_busy:
                    self.table.compile()
                else:
                    self._wait()

    def take(self, count: int) -> Outcomes:
        """Take up to `count` steps, as soon as all others want theirs."""
        table, member = self.table, self.member
        assert table
        assert member
        with self._meeting:
            member.wanted = count
            try:
                while member.wanted:
                    if table.is_ready(self._stacks.is_gathering(self.key)):
                        table.take()
                    else:
                        self._wait()
            finally:
                member.wanted = 0
            found = member.outcomes
        assert found
        if isinstance(found, Exception):
            raise found
        return found

    def end(self) -> None:
        """Leave, with the weights."""
        if not self._left:
            self._left = self._standing()
            self.leave()

    def leave(self) -> None:
        """Free the place, whatever came of the run."""
        with self._meeting:
            self._stacks.leave(self)
            self.table = None

    def _standing(self) -> tuple[Weights, Weights]:
        if self._left:
            return self._left
        if self.table and self.member:
            return self.table.standing(self.member)
        return self._start.weights, self._start.state

    def _wait(self) -> None:
        """Wait until something has changed; raise at a signal, but not while steps are taken."""
        self._meeting.wait(LOOK_SECONDS)
        if not (self.table and self.table.is_busy):
            self._check()
