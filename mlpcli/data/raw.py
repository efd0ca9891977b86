"""The rows that a config's examples are made of: a file's, a built-in table's, or made points'."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from mlpcli.data import built_in, mnist
from mlpcli.data.columns import Missing
from mlpcli.data.elsewhere import place_of
from mlpcli.data.numeric import Scaling
from mlpcli.data.points import DEFAULT_INPUTS, POINT_SETS, SAMPLES, points_table
from mlpcli.data.sources import file_sha256, read_source
from mlpcli.data.spec import TEST, VALIDATION, DataSpec
from mlpcli.data.table import Arrays, Table
from mlpcli.errors import DataError, nearest, shown_path


@dataclass(frozen=True)
class Raw:
    """Rows before anything is made of them, and the keys that say what is to be made.

    `others` are the parts that have a file of their own, validation or test.
    """

    spec: DataSpec  # with the defaults that follow from where the rows are from
    name: str
    main: Table | Arrays
    sha256: str
    others: dict[str, Table | Arrays] = field(default_factory=dict)

    @property
    def scaling(self) -> Scaling:
        """How numbers are scaled."""
        return cast("Scaling", self.spec.scaling)  # the config allows no other

    @property
    def missing(self) -> Missing:
        """What is done about missing numbers."""
        return cast("Missing", self.spec.missing)


def read_raw(spec: DataSpec) -> Raw:
    """Read what a config names. Raises DataError, with the key where one is at fault."""
    if spec.dataset == mnist.MNIST.name:
        raw = _mnist(spec)
    elif spec.dataset in POINT_SETS:
        raw = _points(spec)
    elif spec.dataset in built_in.BUILT_IN:
        table = built_in.BUILT_IN[spec.dataset]
        spec = replace(spec, target=table.target if spec.target is None else spec.target)
        rows = replace(_read(table.checked(), spec), source=spec.dataset)
        raw = Raw(spec, spec.dataset, rows, table.sha256)
    else:
        raw = _file(spec)
    if spec.dataset not in POINT_SETS and (spec.samples is not None or spec.noise is not None):
        key = "samples" if spec.samples is not None else "noise"
        raise DataError(f"of points alone: {', '.join(POINT_SETS)}", "remove it", key)
    return _with_defaults(_with_parts(raw))


def _file(spec: DataSpec) -> Raw:
    path = place_of(spec.dataset)
    if not path.exists():
        raise _missing(path)
    return Raw(spec, path.name, _read(path, spec), file_sha256(path))


def _missing(path: Path) -> DataError:
    from mlpcli.data.registry import BUILT_IN

    near = nearest(path.name, BUILT_IN)
    built = f"built in: {', '.join(BUILT_IN)}"
    hint = f"did you mean {near[0]}?" if near else f"it is looked for beside the config; {built}"
    return DataError(f"no such file: {shown_path(path)}", hint, "dataset")


def _read(path: Path, spec: DataSpec) -> Table | Arrays:
    target = spec.target
    columns = [str(each) for each in (target if isinstance(target, tuple) else (target,)) if each]
    return read_source(
        path,
        numeric=spec.numeric,
        categorical=spec.categorical,
        ignore=[str(each) for each in spec.ignore],
        target=columns[0] if len(columns) == 1 else None,
    )


def _points(spec: DataSpec) -> Raw:
    inputs = tuple(map(str, spec.inputs)) or DEFAULT_INPUTS
    samples = SAMPLES if spec.samples is None else spec.samples
    noise = 0.0 if spec.noise is None else float(spec.noise)
    spec = replace(spec, inputs=inputs, samples=samples, noise=noise)
    made = repr((spec.dataset, samples, noise, spec.split_seed, 1))  # 1: how they are made
    table = points_table(spec.dataset, samples, noise, spec.split_seed, inputs)
    return Raw(spec, spec.dataset, table, hashlib.sha256(made.encode()).hexdigest())


def _mnist(spec: DataSpec) -> Raw:
    """MNIST's training file, and its test file unless another part of it tests."""

    def part(name: str) -> Arrays:
        images = found[f"x_{name}"]
        return Arrays(images.reshape(len(images), -1), found[f"y_{name}"], spec.dataset)

    with mnist.arrays() as found:
        others: dict[str, Any] = {} if spec.test or spec.folds else {"test": part("test")}
        spec = replace(
            spec,
            validation=spec.validation or 5_000,
            split=spec.split or "first",
            scaling=spec.scaling or "minmax",
        )
        return Raw(spec, spec.dataset, part("train"), mnist.SHA256, others)


def _with_parts(raw: Raw) -> Raw:
    """Read the files that validation and test name, as the main one was read."""
    others, digests = dict(raw.others), [raw.sha256]
    for key in ("validation", "test"):
        name = getattr(raw.spec, key)
        if isinstance(name, str):
            path = place_of(name)
            if not path.exists():
                raise DataError(f"no such file: {shown_path(path)}", key=key)
            others[key] = _read(path, raw.spec)
            digests.append(file_sha256(path))
    if len(digests) == 1:
        return replace(raw, others=others)
    return replace(raw, others=others, sha256=hashlib.sha256("".join(digests).encode()).hexdigest())


def _with_defaults(raw: Raw) -> Raw:
    spec = raw.spec
    tested = "test" in raw.others or spec.folds is not None
    is_bytes = isinstance(raw.main, Arrays) and raw.main.features.dtype == "uint8"
    return replace(
        raw,
        spec=replace(
            spec,
            validation=VALIDATION if spec.validation is None else spec.validation,
            test=spec.test if tested or spec.test is not None else TEST,
            scaling=spec.scaling or ("minmax" if is_bytes else "standard"),
        ),
    )
