"""numpy's files: .npy is one array, .npz several with names in a zip archive."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.data.sources.bounds import require_ratio, require_room
from mlpcli.data.sources.content import Content, name_of, opened
from mlpcli.data.sources.npy import read_array
from mlpcli.data.sources.numbers import to_examples
from mlpcli.data.table import Arrays
from mlpcli.errors import DataError, nearest, shown

MAX_ARRAYS = 1_000
LISTED = 8
FEATURES = ("x", "X", "x_train", "X_train", "features", "data", "images", "inputs", "arr_0")
TARGETS = (
    *("y", "Y", "y_train", "Y_train", "targets", "target", "labels", "label"),
    *("outputs", "arr_1"),
)


def read_npy(content: Content, path: Path, target: str | None, trains: bool = True) -> Arrays:
    """Read one array [n, ...]; where `target` names a file beside it, the targets from there.

    Without one the targets are a column of the array, which the caller chooses.
    """
    with content.open() as stream:
        may_map = trains and not content.packed
        features = read_array(stream, content.name, content.size, path if may_map else None)
    beside = path.parent / target if target else None
    if beside is None or beside.suffix != ".npy":
        return to_examples(features, None, content.name)
    with opened(beside) as file:
        name = name_of(beside)
        targets = read_array(file, name, beside.stat().st_size)
    return to_examples(features, _one_dimension(targets, name), content.name)


def read_npz(content: Content, path: Path, target: str | None) -> Arrays:
    """Read the arrays of an archive that hold the features and the targets, by their names.

    `target` names the targets' array. Raises DataError where it is not clear which are meant.
    """
    try:
        with opened(path) as file, zipfile.ZipFile(file) as archive:
            members = _members(archive, content.name)
            x, y = _chosen(list(members), target, content.name)
            features = _read_member(archive, members[x], content.name)
            targets = _read_member(archive, members[y], content.name) if y else None
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError),
        *(NotImplementedError, RuntimeError, OverflowError, MemoryError),
    ) as error:
        raise DataError(
            f"{content.name}: a damaged or encrypted archive", "write it anew: numpy.savez"
        ) from error
    left = [each for each in members if each not in (x, y)]
    notes = (f"arrays that are not read: {', '.join(map(shown, left[:LISTED]))}",) if left else ()
    if targets is not None:
        targets = _one_dimension(targets, content.name)
    return to_examples(features, targets, content.name, notes)


def _one_dimension(targets: NDArray[Any], name: str) -> NDArray[Any]:
    if targets.ndim == 0:
        raise DataError(f"{name}: one target alone", "save one target for each example")
    return targets


def _members(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    """Return the arrays of an archive. Raises DataError for what unpacks to too much."""
    found = archive.infolist()
    if len(found) > MAX_ARRAYS:
        raise DataError(f"{name}: {len(found):,} files in it, allowed {MAX_ARRAYS:,}")
    members = {each.filename.removesuffix(".npy"): each for each in found}
    if not members or any(not each.filename.endswith(".npy") for each in found):
        raise DataError(f"{name}: a zip archive that is no .npz", "write it by: numpy.savez")
    for each in found:
        require_ratio(each.compress_size, each.file_size, name)
    return members


def _chosen(names: list[str], target: str | None, name: str) -> tuple[str, str | None]:
    """Return the names of the features' and of the targets' array, None where there is none."""
    listed = ", ".join(map(shown, names[:LISTED]))
    if target is not None and target not in names and not target.lstrip("-").isdigit():
        near = nearest(target, names)
        raise DataError(
            f"{name}: target: no array {shown(target)}",
            f"did you mean {shown(near[0])}?" if near else f"there: {listed}",
        )
    y = target if target in names else next((each for each in TARGETS if each in names), None)
    others = [each for each in names if each != y]
    x = next((each for each in FEATURES if each in others), None)
    if x is None and len(others) == 1:
        x = others[0]
    if x is None:
        raise DataError(
            f"{name}: arrays {listed}, which are not known by their names",
            "save two with the names x and y: numpy.savez(FILE, x=..., y=...)",
        )
    return x, y


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str
) -> NDArray[np.generic]:
    require_room(member.file_size, name)
    with archive.open(member) as stream:
        return read_array(stream, f"{name}: {shown(member.filename)}", member.file_size)
