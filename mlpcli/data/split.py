"""Which rows train, which validate, and which test: from a plan and its seed alone.

The draws are those of numpy's default_rng (PCG64), which gives the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mlpcli.data.split_groups import by_group
from mlpcli.data.split_plan import Parts, Request, SplitPlan
from mlpcli.data.split_times import by_time
from mlpcli.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.data.table import Rows

    Classes = NDArray[np.integer[Any]]


def split_rows(
    plan: SplitPlan,
    rows: int,
    classes: Classes | None = None,
    by: NDArray[Any] | None = None,
    names: Sequence[str] = (),
) -> Parts:
    """Split rows 0 to rows - 1 as planned; 0.5 s for a million, of half a million groups 1 s.

    stratified: each class has its share in each part, to the row, and one row at least; without
    classes as random.
    random: drawn.
    group: rows with one value of `by` stay together; groups are dealt out, large ones first, so
    that the parts come as near to their sizes as the groups allow.
    time: the rows latest by `by` (numbers, or dates as ISO 8601 text) test, those before validate,
    the earliest train; rows of one time stay on one side. With folds, the rows are cut into
    folds + 1 blocks in time, fold k tests on block k + 1, and what is later is left out.
    first: the first rows validate, the next test, the others train, as with MNIST. With folds,
    fold k is the k-th block of rows, and the rows behind it validate, of the last the first rows.

    The folds' validation rows are other ones in each fold, as their test rows are: rows that
    validated in all of them would be scored K times, and K scores would tell no more than one.
    A share is one of all rows; of a fold in time, of the rows up to its end. `classes` are the
    rows' classes by number [rows], `names` their names for messages. Raises DataError for a part
    that would be empty, parts larger than the data, a class too small to be in each part, a value
    of `by` that is missing or no time, and training rows of one class alone.
    """
    request = Request(plan, rows, classes, by, names)
    request.check()
    parts = _SPLITTERS[plan.kind](request)
    request.check_parts(parts)
    return parts


def _random(request: Request) -> Parts:
    import numpy as np

    drawn = np.random.default_rng(request.plan.seed).permutation(request.rows)
    if request.fold:
        fold, folds = request.fold
        chosen = np.arange(request.rows) % folds == fold
        test, rest = drawn[chosen], drawn[~chosen]
        rest = np.roll(rest, -(len(rest) * fold // folds))
    else:
        test, rest = drawn[: request.test_rows], drawn[request.test_rows :]
    count = request.validation_rows
    return Parts(rest[count:], rest[:count], np.sort(test))


def _first(request: Request) -> Parts:
    import numpy as np

    every, count = np.arange(request.rows), request.validation_rows
    if request.fold:
        fold, folds = request.fold
        begin, end = request.rows * fold // folds, request.rows * (fold + 1) // folds
        rest = np.concatenate([every[end:], every[:begin]])
        return Parts(rest[count:], rest[:count], every[begin:end])
    test = every[count : count + request.test_rows]
    return Parts(every[count + len(test) :], every[:count], test)


def _stratified(request: Request) -> Parts:
    import numpy as np

    if request.classes is None:
        return _random(request)
    classes = request.classes
    _check_classes(request)
    drawn = np.random.default_rng(request.plan.seed).permutation(request.rows)
    grouped = drawn[np.argsort(classes[drawn], kind="stable")]  # by class, drawn within each
    if request.fold:
        fold, folds = request.fold
        test = grouped[fold::folds]
    else:
        keep = len(request.part_names) - 1
        test = _share(grouped, classes, request.test_rows, keep)
    taken = np.zeros(request.rows, bool)
    taken[test] = True
    turn = request.fold or (0, 1)
    validation = _share(grouped[~taken[grouped]], classes, request.validation_rows, 1, turn)
    validates = np.zeros(request.rows, bool)
    validates[validation] = True
    rest = drawn[~taken[drawn]]
    return Parts(rest[~validates[rest]], rest[validates[rest]], np.sort(test))


def _check_classes(request: Request) -> None:
    """Raise DataError for classes with fewer rows than there are parts to be in."""
    import numpy as np

    counts, parts = np.bincount(request.classes), len(request.part_names)  # type: ignore[arg-type]
    folds = request.plan.folds or 0
    # of 3 rows in two folds, one fold has 2: the other leaves 1 to train and validate
    need = 4 if folds == 2 and parts == 3 else max(folds, parts)
    small = np.flatnonzero((counts > 0) & (counts < need))
    if not len(small):
        return
    said = [f"{request.class_name(int(c))} has {counts[c]}" for c in small[:3]]
    more = f" and {len(small) - 3:,} more" if len(small) > 3 else ""
    what = f"{folds} folds need {need}" if folds else f"{', '.join(request.part_names)} need {need}"
    raise DataError(
        f"too few rows of a class to be in each part ({what}): {', '.join(said)}{more}",
        f"leave the rows of {'these classes' if len(small) > 1 else 'this class'} out, "
        f"or take rows as they come: split: random{', or fewer folds' if folds > 3 else ''}",
    )


def _share(
    grouped: Rows, classes: Classes, total: int, keep: int, turn: tuple[int, int] = (0, 1)
) -> Rows:
    """Return the first of each class's rows, `total` in all, by its share; keep some of each.

    `grouped` are rows sorted by class. The first is that after a share of them, fold / folds, from
    where on they go round.
    """
    import numpy as np

    of = classes[grouped]
    counts = np.bincount(of)
    starts = np.cumsum(counts) - counts
    fold, folds = turn
    rank = (np.arange(len(grouped)) - starts[of] - (counts * fold // folds)[of]) % counts[of]
    chosen: Rows = grouped[rank < allocate(counts, total, keep)[of]]
    return chosen


def allocate(counts: NDArray[np.int64], total: int, keep: int) -> NDArray[np.int64]:
    """Share `total` rows among classes in proportion to their counts, to the row.

    The largest remainders get the rows that are left over; each class gives one at least where
    `total` allows it, and keeps `keep`. Raises DataError where the classes cannot give so many.

    >>> import numpy as np
    >>> allocate(np.array([70, 25, 5]), 10, 2)
    array([7, 2, 1])
    """
    import numpy as np

    room = np.maximum(counts - keep, 0)
    if total > room.sum():
        raise DataError(
            f"{total:,} rows asked for, and each class is to keep {keep} for other parts: "
            f"{room.sum():,} can be given",
            "make validation and test smaller",
        )
    quota = counts * (total / max(counts.sum(), 1))
    low = np.minimum(total >= np.count_nonzero(counts), room)
    amounts: NDArray[np.int64] = np.clip(np.floor(quota).astype(np.int64), low, room)
    while gap := total - int(amounts.sum()):
        open_ = np.flatnonzero(amounts < room if gap > 0 else amounts > low)
        order = np.argsort((amounts - quota)[open_] * np.sign(gap), kind="stable")
        amounts[open_[order[: abs(gap)]]] += np.sign(gap)
    return amounts


_SPLITTERS = {
    "stratified": _stratified,
    "random": _random,
    "group": by_group,
    "time": by_time,
    "first": _first,
}
