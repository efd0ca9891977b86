"""The data sets that a config can name: built-in ones, and files by their path."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from mlpcli.data.built_in import BUILT_IN as TABLES
from mlpcli.data.class_weights import OF_VALUES, balanced_weights
from mlpcli.data.dataset import Dataset
from mlpcli.data.elsewhere import place_of
from mlpcli.data.facts import DataFacts
from mlpcli.data.mnist import MNIST, mnist_subset
from mlpcli.data.points import POINT_SETS
from mlpcli.data.remembered import remembered
from mlpcli.data.spec import DataSpec, whole
from mlpcli.data.task import Classification
from mlpcli.errors import DataError

if TYPE_CHECKING:
    from mlpcli.data.examples import Splits, Targets
    from mlpcli.data.raw import Raw

KEPT = 16  # specs of data sets that one process has read

BUILT_IN = (MNIST.name, *TABLES, *POINT_SETS)


def dataset_of(spec: DataSpec) -> Dataset:
    """Return the data set that a config describes; its `spec` has all that was inferred.

    A file is read once by a process, unless it changes. Raises DataError, whose `key` is that of
    the config which is at fault, if one is.
    """
    if spec.class_weights != "none":
        return _weighted(dataset_of(replace(spec, class_weights="none")), spec.class_weights)
    if spec == MNIST.spec:
        return MNIST
    if spec.train_examples is not None and whole(spec) == MNIST.spec:
        return mnist_subset(spec)
    states: States = tuple(_state(name) for name in (spec.dataset, spec.validation, spec.test))
    if (spec, states) not in _read:
        from mlpcli.data.own import dataset_from

        try:
            found = dataset_from(_raw(spec, states))
        except DataError as error:
            if known := remembered(spec, error):
                return known
            raise
        while len(_read) >= KEPT:
            del _read[next(iter(_read))]
        # under both names: with what was inferred nothing is left to infer
        _read.update({(spec, states): found, (found.spec, states): found})
    return _read[spec, states]


def _weighted(data: Dataset, class_weights: str) -> Dataset:
    """Return a data set whose training examples have class weights: all else is the same."""
    task = data.task
    if not isinstance(task, Classification):
        raise DataError(OF_VALUES, key="class_weights")

    def splits() -> Splits:
        found = data.load()
        weights = balanced_weights(found.train.targets, task.outputs)
        return replace(found, train=replace(found.train, class_weights=weights))

    return replace(data, spec=replace(data.spec, class_weights=class_weights), splits=splits)


States = tuple[tuple[int, int], ...]
_read: dict[tuple[DataSpec, States], Dataset] = {}


def _raw(spec: DataSpec, states: States) -> Raw:
    """Return the rows that a config names; those of another fold as they were read for the first.

    Also those of another subset. Whoever prepares them holds them: once all folds and subsets are
    prepared they are let go.
    """
    from mlpcli.data.raw import read_raw

    key = replace(whole(spec), fold=None), states
    known = _raws.get(key) if spec.fold or spec.train_examples else None
    if known is None:
        found = read_raw(spec)
    else:
        own = {name: getattr(spec, name) for name in ("fold", "train_examples", "subset_seed")}
        found = replace(known, spec=replace(known.spec, **own))
    _raws[key] = found
    return found


_raws: WeakValueDictionary[tuple[DataSpec, States], Raw] = WeakValueDictionary()


def _state(name: object) -> tuple[int, int]:
    """Return when a file was changed, and its size; zeros for what is none."""
    if not isinstance(name, str) or name in BUILT_IN:
        return 0, 0
    try:
        found = place_of(name).stat()
    except (OSError, ValueError):
        return 0, 0
    return found.st_mtime_ns, found.st_size


def located(name: str, folder: Path) -> str:
    """Return a data set's name, or a file's path made absolute, from the folder that it is beside.

    >>> located("mnist", Path("/data")), located("a.csv", Path("/data"))
    ('mnist', '/data/a.csv')
    """
    return name if name in BUILT_IN else str(folder.absolute() / name)


def files_of(spec: DataSpec) -> list[str]:
    """Return the paths of a user's files that a spec is read from, with labels that stand beside.

    Of its rows, and of the parts that have a file of their own.
    """
    named = (spec.dataset, spec.validation, spec.test)
    paths = [name for name in named if isinstance(name, str) and name not in BUILT_IN]
    return [each for path in paths for each in (path, *_beside(path, spec.target))]


def _beside(path: str, target: object) -> list[str]:
    """Return the file of labels that stands beside one of images, where there is one."""
    from mlpcli.data.sources.idx import labels_beside

    named = os.path.join(os.path.dirname(path), str(target))  # noqa: PTH118, PTH120
    if isinstance(target, str) and os.path.isfile(named):  # noqa: PTH113  # whatever the name
        return [named]
    found = labels_beside(Path(path))
    return [str(found)] if found else []


def built_in_targets(name: str, sha256: str) -> Callable[[], Targets] | None:
    """Return how to load the test targets of a data set that needs no file of its user's."""
    return MNIST.only_test_targets if (name, sha256) == (MNIST.name, MNIST.sha256) else None


def facts_of(name: str | None, sha256: str | None) -> DataFacts | None:
    """Return what is known of a built-in data set that a run names, None of another.

    A run that does not say the SHA-256 of its data is taken at its word.
    """
    known = name == MNIST.name and sha256 in (None, MNIST.sha256)
    return MNIST.facts if known else None
