"""A data set as its config's keys say: read, split and prepared, with nothing left to infer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlpcli.data.chosen_columns import ChosenColumns, choose_columns, listed
from mlpcli.data.column_warnings import column_warnings
from mlpcli.data.dataset import Dataset
from mlpcli.data.examples import Examples, Splits
from mlpcli.data.facts import DataFacts
from mlpcli.data.learned import Learned, learned_of
from mlpcli.data.mapped import MappedFeatures
from mlpcli.data.preparation import Preparation, fit
from mlpcli.data.raw import Raw
from mlpcli.data.spec import DATA_KEYS, DataSpec
from mlpcli.data.split import split_rows
from mlpcli.data.split_plan import Parts, SplitPlan
from mlpcli.data.subset import digest_of, subset_places
from mlpcli.data.table import Table
from mlpcli.data.targets import read_target
from mlpcli.data.task import Classification, Regression, Task
from mlpcli.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.data.examples import Features
    from mlpcli.data.table import Arrays, Rows

PARTS = ("train", "validation", "test")


def dataset_from(raw: Raw) -> Dataset:
    """Return the data set that rows are, by the keys that they were read with. Raises DataError."""
    spec = raw.spec  # with the defaults of what was read
    columns = choose_columns(raw.main, spec)
    target = read_target(raw.main, columns.targets)
    learned = learned_of(target, spec)
    with _blaming("split"):
        parts = split_rows(
            _plan(spec, learned.task),
            len(raw.main),
            learned.values if learned.task.kind == "classification" else None,
            _split_by(raw, spec),
            learned.names,
        )
    learned = learned.fitted(parts.train)  # by all: scores of subsets stay in one unit
    split_sha256, parts = parts.sha256, _subset(spec, parts, learned)
    preparation = fit(raw.main, columns.kinds, parts.train, raw.scaling, raw.missing)
    memory = _require_fit(raw.main, preparation)
    prepared = _Prepared(raw, columns, parts, preparation, learned)
    targets = {name: prepared.targets(name) for name in PARTS}
    odd = (
        column_warnings(raw.main, tuple(columns.kinds), target)
        if isinstance(raw.main, Table)
        else []
    )
    facts = DataFacts(
        name=raw.name,
        sha256=raw.sha256,
        split_sha256=split_sha256,
        prepared_sha256=_digest(preparation),
        subset_sha256=digest_of(parts.train) if spec.train_examples else "",
        task=learned.task,
        inputs=preparation.width,
        train_examples=len(targets["train"]),
        validation_examples=len(targets["validation"]),
        test_examples=len(targets["test"]),
        largest_class=_largest_class(targets["validation"], learned.task),
        input_columns=tuple(columns.kinds) if isinstance(raw.main, Table) else (),
        columns=preparation.to_record(),
    )
    return Dataset(
        spec=_resolved(spec, columns, learned.task),
        facts=facts,
        scale=preparation.scale,
        splits=prepared.splits,
        memory=memory,
        warnings=(*raw.main.notes, *odd, *learned.warnings(parts)),
    )


def _subset(spec: DataSpec, parts: Parts, learned: Learned) -> Parts:
    """Return the parts with as few training rows as the spec says; what scores stays whole."""
    if spec.train_examples is None:
        return parts
    of_classes = isinstance(learned.task, Classification)
    classes = learned.values[parts.train] if of_classes else None
    places = subset_places(spec.train_examples, len(parts.train), classes, spec.subset_seed)
    return replace(parts, train=parts.train[places])


@contextmanager
def _blaming(key: str) -> Iterator[None]:
    """Give a DataError without a key the one that its text begins with, or else this one."""
    try:
        yield
    except DataError as error:
        text = str(error)
        first = text.replace(":", " ").partition(" ")[0]
        key = error.key or (first if first in DATA_KEYS else key)
        raise DataError(text.removeprefix(f"{key}: "), error.hint, key) from error


class _Prepared:
    """The examples of each part: made of the raw rows when they are first wanted, then kept."""

    def __init__(
        self,
        raw: Raw,
        columns: ChosenColumns,
        parts: Parts,
        preparation: Preparation,
        learned: Learned,
    ) -> None:
        self._raw: Raw | None = raw
        self._columns, self._parts = columns, parts
        self._preparation, self._learned = preparation, learned
        self._targets = {name: self._of_part(name) for name in PARTS}
        self._splits: Splits | None = None
        self._stored: dict[int, NDArray[Any]] = {}  # the features of sources that are mapped

    def targets(self, part: str) -> NDArray[Any]:
        """Return a part's targets: int32 [n], or float32 [n, targets]."""
        return self._targets[part]

    def splits(self) -> Splits:
        """Return the examples; the raw rows are let go, which are the larger half."""
        if self._splits is None:
            self._splits = Splits(**{name: self._examples(name) for name in PARTS})
            self._raw, self._stored = None, {}
        return self._splits

    def _examples(self, part: str) -> Examples:
        source, rows = self._source(part)
        features: Features = (
            self._mapped(source, rows)
            if source.is_mapped
            else self._preparation.features(source, rows)
        )
        return Examples(features, self._targets[part], self._preparation.scale)

    def _mapped(self, source: Table | Arrays, rows: Rows | None) -> MappedFeatures:
        """Return features that stay on the disk, where those of a source's parts stand once."""
        import numpy as np

        if id(source) not in self._stored:
            self._stored[id(source)] = self._preparation.stored_features(source)
        return MappedFeatures(
            self._stored[id(source)], np.arange(len(source)) if rows is None else rows
        )

    def _of_part(self, part: str) -> NDArray[Any]:
        source, rows = self._source(part)
        assert self._raw
        own = source is not self._raw.main
        target = read_target(source, self._columns.targets) if own else self._learned.target
        values = self._learned.of(target)
        return values if rows is None else values[rows]

    def _source(self, part: str) -> tuple[Table | Arrays, Rows | None]:
        """Return where a part's rows are, and which; None where all of a file's are."""
        assert self._raw
        if part in self._raw.others:
            return self._raw.others[part], None
        rows: Rows = getattr(self._parts, part)
        return self._raw.main, rows


def _require_fit(source: Table | Arrays, preparation: Preparation) -> int:
    """Return the memory that the rows take, raw and prepared; mapped ones take none for long.

    Raises DataError where that is too much.
    """
    from mlpcli.data.sources.bounds import PREPARED, require_fit

    if source.is_mapped:
        return 0
    each = 1 if preparation.largest_byte else PREPARED
    need = source.bytes + len(source) * preparation.width * each
    require_fit(need, f"{source.source}: {preparation.width:,} features")
    return need


def _plan(spec: DataSpec, task: Task) -> SplitPlan:
    kind = spec.split or ("stratified" if isinstance(task, Classification) else "random")
    return SplitPlan(
        validation=None if isinstance(spec.validation, str) else spec.validation,
        test=None if isinstance(spec.test, str) or spec.folds else spec.test,
        kind=kind,  # type: ignore[arg-type]  # the config allows no other
        seed=spec.split_seed,
        folds=spec.folds,
        fold=spec.fold,
    )


def _split_by(raw: Raw, spec: DataSpec) -> NDArray[Any] | None:
    if spec.split_by is None:
        return None
    if hasattr(raw.main, "frame"):
        return raw.main.frame[spec.split_by].to_numpy()
    return raw.main.features[:, int(spec.split_by)]


def _largest_class(targets: NDArray[np.int32], task: Task) -> float:
    import numpy as np

    if isinstance(task, Regression) or not len(targets):
        return 0.0
    return float(np.bincount(targets).max() / len(targets))


def _digest(preparation: Preparation) -> str:
    import msgspec

    return hashlib.sha256(msgspec.json.encode(preparation)).hexdigest()


def _resolved(spec: DataSpec, columns: ChosenColumns, task: Task) -> DataSpec:
    """Return the spec with what was inferred from the data."""
    target: Any = columns.targets[0] if len(columns.targets) == 1 else columns.targets
    stated = spec.target if not columns.targets else target
    return replace(
        spec,
        target=stated,
        task=task.kind,
        categorical=listed(columns.of_kind("categorical")) or spec.categorical,
        numeric=listed(columns.of_kind("numeric")) or spec.numeric,
        split=_plan(spec, task).kind,
    )
