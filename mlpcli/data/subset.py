"""Some of the training rows, to see what a network learns from so few."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from mlpcli.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.data.table import Rows

KEY = "train_examples"


def subset_places(
    count: int, rows: int, classes: NDArray[np.integer[Any]] | None, seed: int
) -> Rows:
    """Return which `count` of `rows` training examples are kept: int64 [count], ascending.

    `classes` [rows] are those of classes, None of values. `seed` is the run's own, so that seeds
    vary the subset as they vary the weights; the larger subset of a seed holds its smaller ones.
    Of values all subsets are as likely. Of classes one example of each comes first, and then
    example j (from 0, in an order drawn) of a class of n stands at (j + 1/2) / n: a subset has
    each class as often as all rows have it, to within one example beyond the first.
    Raises DataError, with the key, for more than there are and for fewer than classes.
    """
    import numpy as np

    counts = None if classes is None else np.unique(classes, return_counts=True)[1]
    if problem := subset_problem(count, rows, 1 if counts is None else len(counts)):
        raise DataError(problem, key=KEY)
    order = np.random.default_rng([seed, *KEY.encode()]).permutation(rows)
    if classes is not None and counts is not None:
        order = order[np.argsort(_shares(classes[order], counts), kind="stable")]
    return np.sort(order[:count])


def subset_problem(count: int, rows: int, least: int) -> str:
    """Say why `count` of `rows` training examples cannot be kept, or return ""."""
    if least <= count <= rows:
        return ""
    what = "more than the training set" if count > rows else "fewer than the classes"
    return f"{what}, got {count:,}, allowed {least:,} to {rows:,}"


def _shares(drawn: NDArray[np.integer[Any]], counts: NDArray[Any]) -> NDArray[np.float64]:
    """Return where in its class each of the examples drawn stands, from 0 to 1; the first at 0."""
    import numpy as np

    by_class = np.argsort(drawn, kind="stable")
    nth = np.concatenate([np.arange(n) for n in counts])
    shares = np.empty(len(drawn))
    shares[by_class] = np.where(nth > 0, (nth + 0.5) / np.repeat(counts, counts), 0)
    return shares


def digest_of(rows: Rows) -> str:
    """Return the SHA-256 of the rows that train, as 8-byte little-endian integers."""
    import numpy as np

    return hashlib.sha256(np.ascontiguousarray(rows, "<i8").data).hexdigest()
