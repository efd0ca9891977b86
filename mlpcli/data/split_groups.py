"""Splits that keep rows together which belong together: one patient, one speaker, one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpcli.data.split_plan import Parts, Request
from mlpcli.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]


def by_group(request: Request) -> Parts:
    """Split by groups of rows with one value of `by`, as `split_rows` says."""
    import numpy as np

    rng = np.random.default_rng(request.plan.seed)
    groups = _groups(request)
    sizes = np.bincount(groups)
    need = max(request.plan.folds or 0, len(request.part_names))
    if len(sizes) < need:
        what = f"{need} folds" if request.fold else ", ".join(request.part_names)
        raise DataError(
            f"split_by has {len(sizes)} different value{'s' * (len(sizes) != 1)}: "
            f"{what} need one each",
            "split_by: a column with more values, or split: random",
        )
    part = _test_groups(request, sizes, rng)
    others = np.flatnonzero(part == 0)
    validation, total = request.validation_rows, int(sizes[others].sum())
    if validation:
        if request.fold:  # other groups in each fold, as those that test
            rng = np.random.default_rng((request.plan.seed, request.fold[0]))
        part[others] = deal(sizes[others], [max(total - validation, 0), validation], rng)
    drawn = rng.permutation(request.rows)
    of = part[groups[drawn]]
    return Parts(drawn[of == 0], drawn[of == 1], np.sort(drawn[of == 2]))


def _test_groups(request: Request, sizes: Integers, rng: np.random.Generator) -> Integers:
    """Return for each group whether it tests, 2, or not, 0."""
    import numpy as np

    if request.fold:
        fold, folds = request.fold
        return np.where(deal(sizes, [request.rows / folds] * folds, rng) == fold, 2, 0)
    if not request.test_rows:
        return np.zeros(len(sizes), np.int64)
    least = len(request.part_names) - 1  # groups for the other parts
    return 2 * deal(sizes, [request.rows - request.test_rows, request.test_rows], rng, least)


def deal(
    sizes: Integers, targets: list[float], rng: np.random.Generator, least: int = 1
) -> Integers:
    """Deal groups out to parts, so that the parts come near to their targets.

    Groups come in order of size, by powers of two, drawn within each. Each goes to a part that has
    room for it, drawn in proportion to the room that is left; to the one with the most room where
    it fits nowhere. No part stays empty, and the first gets `least` groups at least.
    """
    import numpy as np

    order = rng.permutation(len(sizes))
    order = order[np.argsort(-np.frexp(sizes[order])[1], kind="stable")]
    draws, room = rng.random(len(sizes)), list(map(float, targets))
    needed = [least] + [1] * (len(targets) - 1)
    owed, dealt = sum(needed), np.zeros(len(sizes), np.int64)
    for position, (group, size) in enumerate(
        zip(order.tolist(), sizes[order].tolist(), strict=True)
    ):
        if len(sizes) - position <= owed:
            choice = max(range(len(room)), key=lambda part: (needed[part] > 0, room[part]))
        else:
            choice = _draw(room, size, float(draws[position]))
        if needed[choice]:
            needed[choice], owed = needed[choice] - 1, owed - 1
        room[choice] -= size
        dealt[group] = choice
    return dealt


def _draw(room: list[float], size: int, draw: float) -> int:
    """Return a part with room for `size`, drawn by room; that with the most where there is none."""
    fitting = 0.0
    for left in room:
        if left >= size:
            fitting += left
    mark, choice = draw * fitting, -1
    for part, left in enumerate(room):
        if left >= size:
            mark, choice = mark - left, part
            if mark < 0:
                break
    return choice if choice >= 0 else max(range(len(room)), key=room.__getitem__)


def _groups(request: Request) -> Integers:
    """Return each row's group, numbered from 0 in the order of their values."""
    import numpy as np

    return (present(request).rank("dense").to_numpy() - 1).astype(np.int64)


def present(request: Request) -> pl.Series:
    """Return the values of `by`. Raises DataError where there are none, or some are missing."""
    import numpy as np
    import polars as pl

    if request.by is None:
        raise DataError(
            f"split: {request.plan.kind} needs a column to go by", "split_by: the column's name"
        )
    values: Any = request.by.tolist() if request.by.dtype == object else request.by
    series = pl.Series("split_by", values)
    missing = series.is_null()
    if series.dtype.is_float():
        missing |= series.is_nan()
    rows = np.flatnonzero(missing.to_numpy())
    if len(rows):
        raise DataError(
            f"split_by: missing in {len(rows):,} of {request.rows:,} rows, "
            f"first in row {rows[0] + 1:,}",
            "fill them in, leave these rows out, or split_by: another column",
        )
    return series
