"""A completed run as the network that it left: what it takes, and what it makes of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mlpcli.boundary import stated_activation
from mlpcli.data import Arrays, DataFacts, NewRows, Preparation
from mlpcli.errors import RunError, shell_word, shown
from mlpcli.runs import Run, load_run
from mlpcli.terminal import count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.data import Table

    Network = Callable[[NDArray[Any]], NDArray[np.float32]]

BLOCK = 1 << 20  # features at once: 4 MB
Unseen = tuple[str, str, int]  # of a column: where the first is, the first, and how many
UNSEEN = 3  # columns at most whose unseen categories are told of


@dataclass(frozen=True)
class TrainedRun:
    """A completed run, and how it prepares rows."""

    run: Run
    facts: DataFacts
    preparation: Preparation

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the columns that it predicts; of an array's targets none."""
        if not self.facts.input_columns:
            return ()
        if self.facts.task.kind == "regression":
            return self.facts.task.targets
        target = self.run.config.get("target")
        return (target,) if isinstance(target, str) else ()

    @property
    def target(self) -> str:
        """What it predicts, in a word; "class" where that has no name."""
        names = self.targets or getattr(self.facts.task, "targets", ())
        return names[0] if len(names) == 1 else "class"

    @property
    def kept_step(self) -> int:
        """The step after whose update the weights are that it predicts with."""
        assert self.run.summary  # it was completed
        return self.run.summary.weights_step

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The numbers that go into the network, into each layer after the first, and out."""
        if not self.run.sizes or stated_activation(self.run.config) is None:
            raise RunError(f"{shown(self.run.path, 200)}: its config says no network")
        return self.run.sizes

    def blocks(self, rows: NewRows) -> Iterator[tuple[Table | Arrays, NDArray[Any]]]:
        """Yield rows, some at a time, and their features. Raises DataError."""
        step = max(1, BLOCK // max(self.facts.inputs, len(rows.source.columns)))
        for _, part in rows.source.parts(step):
            yield part, self.preparation.features(part)

    def checked(self, rows: NewRows) -> list[str]:
        """Return what of a file a user should know: what was not read, and what looks odd.

        Raises DataError for a row that cannot be predicted.
        """
        unseen: dict[str, Unseen] = {}
        for part, _ in self.blocks(rows):
            self._find_unseen(part, unseen)
        return list(self._notes(rows, unseen))

    @contextmanager
    def network(self) -> Iterator[Network]:
        """Give what makes outputs of features; imports TensorFlow. Raises RunError."""
        from mlpcli.training import started

        with started([], dict) as session:
            from mlpcli.training import load_trained

            activation = self.run.config.get("activation", "relu")
            outputs = load_trained(self.run.path, self.sizes, activation)

            def predict(features: NDArray[Any]) -> NDArray[np.float32]:
                session.stop.check()
                return outputs(features, self.preparation.scale)

            yield predict

    def _notes(self, rows: NewRows, unseen: dict[str, Unseen]) -> Iterator[str]:
        yield from rows.source.notes
        if rows.unused:
            listed = ", ".join(map(shown, rows.unused[:5]))
            more = f" and {len(rows.unused) - 5:,} more" if len(rows.unused) > 5 else ""
            yield f"{rows.name}: not used to predict: {listed}{more}"
        if isinstance(rows.source, Arrays):
            yield from self._faint(rows.source)
        for name, (place, example, found) in list(unseen.items())[:UNSEEN]:
            such = count(found, "such row")
            yield (
                f"{place}: {shown(name)}: no category of its training, "
                f'got "{shown(example)}"; {such}'
            )

    def _faint(self, source: Arrays) -> Iterator[str]:
        """Tell of numbers from 0 to 1 where training saw bytes."""
        largest = self.preparation.largest_byte
        if largest and source.features.dtype.kind == "f" and source.features.max() <= 1 < largest:
            yield (
                f"{source.source}: no number is above 1; it was trained on bytes, 0 to {largest}, "
                "and takes these for nearly black: multiply them"
            )

    def _find_unseen(self, part: Table | Arrays, found: dict[str, Unseen]) -> None:
        """Note categories that training has not seen, of which the network knows nothing."""
        import numpy as np

        if isinstance(part, Arrays):
            return
        for each in self.preparation.categorical:
            column = part.frame[each.name]
            unseen = np.flatnonzero((each.places(column) < 0) & column.is_not_null().to_numpy())
            if len(unseen):
                row = int(unseen[0])
                place, example, before = found.get(each.name) or (
                    part.place(row, each.name),
                    str(column[row]),
                    0,
                )
                found[each.name] = place, example, before + len(unseen)


def trained_run(path: Path) -> TrainedRun:
    """Read a run that left a network. Raises RunError where it did not, or cannot be read."""
    where = shown(path, 200)
    try:
        run = load_run(path)
    except RunError as error:
        raise RunError(f"{where}: {error}", error.hint) from error
    if run.summary is None:
        command = "resume" if run.goes_on else "show"
        raise RunError(
            f"{where}: {run.status}; only a completed run has a network to predict with",
            f"mlpcli {command} {shell_word(path)}",
        )
    if run.facts is None:
        raise RunError(
            f"{where}: its run.json does not say what its columns are",
            "train it again with this version",
        )
    try:
        return TrainedRun(run, run.facts, run.facts.preparation)
    except (ValueError, msgspec.ValidationError) as error:
        raise RunError(f"{where}: run.json is damaged: its columns: {shown(error, 200)}") from error
