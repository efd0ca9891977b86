"""What a network predicts of rows, as a table: a class and each class's probability, or values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mlpcli.data import Arrays, Classification, NewRows, Regression
from mlpcli.export.trained_run import TrainedRun
from mlpcli.stats import log_probabilities

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from mlpcli.data import Table
    from mlpcli.export.trained_run import Network

DIGITS = 6  # of a value, from its deviation on: what float32 computes


def headings(trained: TrainedRun, kept: Sequence[str] = ()) -> list[str]:
    """Return the names of the columns of predictions, which none of those that are kept has.

    Of a target `species` with classes they are predicted_species, probability_Adelie and so on; of
    values predicted_ and the target's name.
    """
    task = trained.facts.task
    if isinstance(task, Classification):
        wanted = [f"predicted_{trained.target}", *(f"probability_{each}" for each in task.classes)]
    else:
        wanted = [f"predicted_{each}" for each in task.targets]
    taken, names = set(kept), list[str]()
    for name in wanted:
        while name in taken:
            name += "_"
        names.append(name)
        taken.add(name)
    return names


def predicted_frames(
    trained: TrainedRun, rows: NewRows, network: Network, keep: bool
) -> Iterator[pl.DataFrame]:
    """Yield the predictions of rows in their order, some at a time, behind the columns kept."""
    import polars as pl

    task = trained.facts.task
    for part, features in trained.blocks(rows):
        kept = _kept(part) if keep else pl.DataFrame()
        outputs = network(features)
        found = (
            _classes(task, outputs) if isinstance(task, Classification) else _values(task, outputs)
        )
        names = headings(trained, kept.columns)
        named = [each.alias(name) for each, name in zip(found, names, strict=True)]
        yield pl.DataFrame([*kept.get_columns(), *named])


def _kept(part: Table | Arrays) -> pl.DataFrame:
    import polars as pl

    if isinstance(part, Arrays):
        return pl.DataFrame(part.features, schema=list(part.columns))
    return part.frame.select(part.columns)


def _classes(task: Classification, logits: NDArray[np.float32]) -> list[pl.Series]:
    import numpy as np
    import polars as pl

    shares = np.exp(log_probabilities(logits)).astype(np.float32)
    names = pl.Series(task.classes, dtype=pl.String)
    found = names.gather(logits.argmax(axis=1))
    return [found, *(pl.Series(column) for column in shares.T)]


def _values(task: Regression, outputs: NDArray[np.float32]) -> list[pl.Series]:
    import numpy as np
    import polars as pl

    values = task.scale.restored(outputs)
    digits = (DIGITS - math.floor(math.log10(each)) for each in task.scale.deviations)
    columns = zip(values.T, digits, strict=True)
    return [pl.Series(np.round(column, min(places, 300))) for column, places in columns]
