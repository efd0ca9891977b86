"""Which values a trial gets: by number in a grid and at random, by the results before in a search.

A trial's values follow from the sweep's seed, its number, and the results of trials at least
TOGETHER numbers before it, whatever else has ended by then. So a sweep that was killed asks for
the same trials as one that was not, and so does one on a machine with more cores.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from mlpcli.check import step_flops
from mlpcli.config import done_before
from mlpcli.errors import ConfigError, Place, Problem
from mlpcli.search.checks import HINT, MOST_CHECKED
from mlpcli.search.space import Values
from mlpcli.search.spec import Spec

if TYPE_CHECKING:
    from scipy.stats.qmc import Sobol

TOGETHER = 8  # trials that a search has under way: each is asked for without the last seven results
REDRAWS = 30  # of values that were there before
MOST_LISTED = 100_000  # combinations of a space whose last ones are looked for one by one


class Told(NamedTuple):
    """What a search is told of a trial."""

    values: Values
    score: float | None  # the larger the better; None: it failed
    step: int | None = None  # at which it was stopped; None at its end


class Sampler(Protocol):
    """Draws values for a trial."""

    def draw(self, number: int, again: int) -> Values:
        """Return values for a trial, other ones where these were there before."""

    def note(self, number: int, values: Values) -> None:
        """Note the values that a trial has, which is under way from now on."""

    def tell(self, number: int, told: Told) -> None:
        """Note what came of a trial."""


class Asker:
    """Gives trials their values, in the order of their numbers, each combination once."""

    def __init__(self, spec: Spec) -> None:
        self._spec, self._seen = spec, set[object]()
        self._told, self._number = 0, 0
        self._grid = iter(spec.space.combinations()) if spec.search == "grid" else None

    @cached_property
    def _sampler(self) -> Sampler:
        if self._spec.is_adaptive:
            from mlpcli.search.optuna_sampler import optuna_sampler

            return optuna_sampler(self._spec)
        return _Points(self._spec)

    def is_ready(self, over: int) -> bool:
        """Say whether the next trial can be asked for, where those before `over` are over."""
        return not self._spec.is_adaptive or over > self._number - TOGETHER

    def ask(self, results: Mapping[int, Told], found: Values | None = None) -> Values | None:
        """Return the values of the next trial; None where there is none any more.

        `results` are those of the trials before that are over, at least of those that it may
        follow from; `found` are the values that it was given before it was killed.
        """
        number, self._number = self._number, self._number + 1
        self._tell(number, results)
        first = self._spec.first[number : number + 1]
        if first and self._is_new(first[0]):
            self._note(number, first[0])
            return first[0]
        if self._grid is not None:
            return next(filter(self._is_new, self._grid), None)
        if self._spec.search == "tpe" and found is not None and self._is_new(found):
            self._note(number, found)
            return found
        values = next(filter(self._is_new, self._drawn(number)), None)
        if values is not None:
            self._note(number, values)
        return values

    def _note(self, number: int, values: Values) -> None:
        if self._grid is None:
            self._sampler.note(number, values)

    def _tell(self, number: int, results: Mapping[int, Told]) -> None:
        """Tell what may be known when a trial is asked for, and no more."""
        while self._spec.is_adaptive and self._told <= number - TOGETHER:
            self._sampler.tell(self._told, results[self._told])
            self._told += 1

    def _drawn(self, number: int) -> Iterator[Values]:
        for again in range(REDRAWS):
            yield self._sampler.draw(number, again)
        space = self._spec.space
        if space.is_finite and space.most() <= MOST_LISTED:
            yield from space.combinations()

    def _is_new(self, values: Values) -> bool:
        """Say whether no trial before makes the same network, and it is not too large to try.

        One layer has no width.
        """
        most = self._spec.largest_run
        try:
            config = self._spec.config(values)
        except ConfigError:
            identity: object = tuple(values.items())
        else:
            if most is not None and step_flops(config) * config.steps > most:
                return False
            identity = done_before(config.resolved(), "", None)[0]
        new = identity not in self._seen
        self._seen.add(identity)
        return new


def require_a_trial(spec: Spec) -> None:
    """Raise ConfigError where every trial is larger than `largest_run` allows."""
    most = spec.largest_run
    if most is None or Asker(spec).ask({}) is not None:
        return
    least = min(step_flops(each) * each.steps for each in spec.some_configs(MOST_CHECKED))
    text = f"every trial is larger, got {most:g}, allowed at least {least:.3g}"
    raise ConfigError([Problem(Place("largest_run"), "", text)], HINT)


class _Points:
    """Points of the unit cube, at random or of a Sobol' sequence, by their numbers alone."""

    def __init__(self, spec: Spec) -> None:
        self._space, self._spec = spec.space, spec

    @cached_property
    def _sobol(self) -> Sobol:
        from scipy.stats.qmc import Sobol

        return Sobol(len(self._space.keys), scramble=True, rng=self._spec.seed)

    def draw(self, number: int, again: int) -> Values:
        """Return the values at a point."""
        import numpy as np

        if self._spec.search == "qmc":
            return self._space.at(self._sobol.random(1)[0].tolist())
        drawn = np.random.default_rng([self._spec.seed, number, again])
        return self._space.at(drawn.random(len(self._space.keys)).tolist())

    def note(self, number: int, values: Values) -> None:
        """Need nothing of trials before."""

    def tell(self, number: int, told: Told) -> None:
        """Need nothing of results."""


def seed_of(seed: int, number: int, again: int = 0) -> int:
    """Return the sampler's seed for a trial: 32 bits of a hash of the sweep's and its number."""
    text = f"{seed} {number} {again}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:4])
