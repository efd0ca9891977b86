"""Rows that an exported model is tried on: the run's own, and such as are seldom.

Each column once missing and once unseen, all of them together, and every category of training.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlpcli.config import load_config
from mlpcli.data import Arrays, Table, category_text, read_raw
from mlpcli.errors import ConfigError, DataError
from mlpcli.export.trained_run import TrainedRun

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

OWN = 500  # rows of the run's data set, from all over it
MADE = 64  # arrays' rows that are made up
ALONE = 300  # columns that are missing alone
UNSEEN = "a category that no training row has"


@dataclass(frozen=True)
class SampleRows:
    """Rows, and how many of them are the data set's; 0 where it is not there any more."""

    source: Table | Arrays
    own: int

    def __len__(self) -> int:
        return len(self.source)


def sample_rows(trained: TrainedRun) -> SampleRows:
    """Return rows to try a model on that takes what a run's network takes."""
    own = _own_rows(trained)
    if not trained.facts.input_columns:
        return _arrays(trained, own if isinstance(own, Arrays) else None)
    return _table(trained, own if isinstance(own, Table) else None)


def _own_rows(trained: TrainedRun) -> Table | Arrays | None:
    try:
        found = read_raw(load_config(trained.run.path / "config.yaml").data_spec).main
    except (DataError, ConfigError):
        return None
    if isinstance(found, Arrays):
        needed = max(map(int, trained.preparation.columns)) + 1
        return found if found.features.shape[1] >= needed else None
    return None if set(trained.facts.input_columns) - set(found.columns) else found


def _places(count: int) -> NDArray[np.int64]:
    import numpy as np

    return np.unique(np.linspace(0, count - 1, min(count, OWN)).astype(np.int64))


def _arrays(trained: TrainedRun, own: Arrays | None) -> SampleRows:
    import numpy as np

    preparation, generator = trained.preparation, np.random.default_rng(0)
    width = max(map(int, preparation.columns)) + 1
    if largest := preparation.largest_byte:
        made: NDArray[Any] = generator.integers(0, largest + 1, (MADE, width)).astype(np.uint8)
    else:
        made = np.zeros((MADE, width))
        fitted = preparation.numeric
        z = generator.normal(size=(MADE, len(fitted.names)))
        columns = [int(each) for each in fitted.names]
        z = np.array(fitted.centers) + z * np.array(fitted.scales)
        made[:, columns] = z.astype("float32")
        if preparation.missing == "impute":
            made[generator.random(made.shape) < 0.1] = np.nan
    parts = [made]
    if own and (not largest or own.features.dtype == np.uint8):
        chosen = own.features[_places(len(own)), :width]
        parts.insert(0, chosen.astype(made.dtype))
    found = np.concatenate(parts)
    return SampleRows(Arrays(found, None, "sample"), len(found) - MADE)


def _table(trained: TrainedRun, own: Table | None) -> SampleRows:
    import polars as pl

    frames = [_made_rows(trained)]
    if own is not None:
        frames.insert(0, _as_trained(trained, _rows_at(own.frame, _places(len(own)))))
    frame = pl.concat(frames)
    count = len(frame) - len(frames[-1])
    return SampleRows(Table(frame, "sample", lambda row, name: f"sample:{row + 1}"), count)


def _rows_at(frame: Iterable[pl.Series], places: NDArray[np.int64]) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame([column.gather(places) for column in frame])


def _as_trained(trained: TrainedRun, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of training, categories as text and numbers as float64."""
    import polars as pl

    numbers = set(trained.preparation.numeric.names)
    return pl.DataFrame(
        {
            name: frame[name].cast(pl.Float64) if name in numbers else category_text(frame[name])
            for name in trained.facts.input_columns
        }
    )


def _made_rows(trained: TrainedRun) -> pl.DataFrame:
    import numpy as np
    import polars as pl

    preparation = trained.preparation
    fitted, values = preparation.numeric, {c.name: c.values for c in preparation.categorical}
    names = trained.facts.input_columns
    alone = min(len(names), ALONE)
    count = 2 + 2 * alone + max(map(len, values.values()), default=0)
    z = np.random.default_rng(0).normal(size=(count, len(fitted.names)))
    # in float32, so that LiteRT is given the same; what the data hold, it is tried on as it is
    numbers = (np.array(fitted.centers) + z * np.array(fitted.scales)).astype("float32")
    columns: dict[str, list[Any]] = {
        name: column.tolist() for name, column in zip(fitted.names, numbers.T, strict=True)
    }
    for name, seen in values.items():
        columns[name] = [seen[row % len(seen)] if seen else UNSEEN for row in range(count)]
        columns[name][1] = UNSEEN
    for nth, name in enumerate(names):
        if preparation.missing == "impute":
            columns[name][0] = None
        if nth < alone:
            unseen, missing = 2 + 2 * nth, 3 + 2 * nth
            columns[name][unseen] = UNSEEN if name in values else columns[name][unseen]
            columns[name][missing] = None if preparation.missing == "impute" else columns[name][1]
    kinds = {name: pl.String if name in values else pl.Float64 for name in names}
    return pl.DataFrame({name: columns[name] for name in names}, schema=kinds)


def raw_columns(source: Table | Arrays, array: str) -> dict[str, NDArray[Any]]:
    """Return rows as an exported model takes them: [n, 1] by column, or an array by its name.

    Numbers are float64 with NaN for a missing one, text has "" for a missing one.
    """
    import numpy as np
    import polars as pl

    if isinstance(source, Arrays):
        return {array: source.features}
    return {
        each.name: each.fill_null(float("nan")).to_numpy()[:, None]
        if each.dtype == pl.Float64
        else np.array(each.fill_null("").to_list(), object)[:, None]
        for each in source.frame.get_columns()
    }
