"""Splits that keep the future out of training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpcli.data.split_groups import present
from mlpcli.data.split_plan import SMALLER, Parts, Request
from mlpcli.errors import DataError, shown

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

# years, months or days, with or without a time of day, a fraction, and an offset from UTC
ISO = r"^(\d{4}(?:-\d\d(?:-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?)?)?)(Z|[+-]\d\d:?\d\d)?$"


def by_time(request: Request) -> Parts:
    """Split by the order of `by`, as `split_rows` says."""
    import numpy as np

    times = times_of(present(request))
    order = np.argsort(times, kind="stable")
    times = times[order]
    borders = np.flatnonzero(times[1:] > times[:-1]) + 1  # rows that are later than the row before
    begin, end = _test_block(request, borders)
    count = request.validation_of(end)
    if count >= begin:
        raise DataError(
            f"validation: {count:,} of the {begin:,} rows before those that test leave none to "
            "train",
            SMALLER,
        )
    start = _nearest(begin - count, borders[borders < begin], request) if count else begin
    return Parts(order[:start], order[start:begin], order[begin:end])


def _test_block(request: Request, borders: Integers) -> tuple[int, int]:
    """Return the first of the rows in time order that test, and the first one that is later."""
    first = 1 if request.plan.validation is not None else 0  # times that validation needs before
    if not request.fold:
        if not request.test_rows:
            return request.rows, request.rows
        return _nearest(request.rows - request.test_rows, borders[first:], request), request.rows
    fold, folds = request.fold
    cuts = [
        _nearest(request.rows * (k + 1) // (folds + 1), borders[first:], request)
        for k in range(folds)
    ]
    if len(set(cuts)) < folds:
        raise _too_few(request, len(borders) + 1)
    return cuts[fold], [*cuts, request.rows][fold + 1]


def _nearest(row: int, borders: Integers, request: Request) -> int:
    """Return the border nearest to a row; the earlier of two."""
    import numpy as np

    if not len(borders):
        raise _too_few(request, None)
    return int(borders[np.argmin(np.abs(borders - row))])


def _too_few(request: Request, times: int | None) -> DataError:
    what = f"{request.plan.folds} folds" if request.fold else ", ".join(request.part_names)
    many = "too few" if times is None else f"{times:,}"
    return DataError(
        f"split_by has {many} different times for {what}: rows of one time stay together",
        "split_by: a finer column, or " + ("fewer folds" if request.fold else "split: random"),
    )


def times_of(series: pl.Series) -> NDArray[Any]:
    """Return values that sort by time: numbers as they are, ISO 8601 text as microseconds in UTC.

    A text without an offset counts as UTC. Raises DataError for text that is no such date.
    """
    import numpy as np
    import polars as pl

    if series.dtype != pl.String:
        return series.to_numpy()
    parts = series.str.strip_chars().str.extract_groups(ISO).struct
    stamps, offsets = parts.field("1"), parts.field("2")
    try:
        when = stamps.to_numpy().astype("datetime64[us]").astype(np.int64)
    except ValueError:  # a month 13
        when = np.array([_stamp(each) for each in stamps])
    wrong = np.flatnonzero(stamps.is_null().to_numpy() | (when == np.iinfo(np.int64).min))
    if len(wrong):
        raise DataError(
            f'split_by: "{shown(series[int(wrong[0])])}" in row {wrong[0] + 1:,} is no date',
            "write dates as 2026-11-26 or 2026-11-26T09:30:00, or split_by: a column of numbers",
        )
    hours = offsets.str.slice(0, 3).replace("Z", "0").cast(pl.Int64).fill_null(0)
    minutes = offsets.str.slice(-2).replace("Z", "0").cast(pl.Int64).fill_null(0)
    signs = np.where(offsets.str.starts_with("-").fill_null(value=False).to_numpy(), -1, 1)
    shift = hours.to_numpy() * 60 + signs * minutes.to_numpy()
    utc: Integers = when - shift * 60_000_000
    return utc


def _stamp(text: str | None) -> int:
    """Return a date in microseconds; numpy's not-a-time where there is no such day."""
    import numpy as np

    try:
        return int(np.datetime64(text, "us").astype(np.int64))
    except ValueError:
        return int(np.iinfo(np.int64).min)
