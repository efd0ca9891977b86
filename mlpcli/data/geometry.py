"""The lengths and angles of a data set's training examples: what predictions go by.

They are computed from the examples once, and kept in the user's cache by the data's SHA-256. A
cache that cannot be read or written, or holds what cannot be true, is no reason to fail: they are
computed anew.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.system import read_bounded, write_whole

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.data.examples import Examples

PART = 5_000 * 784  # numbers at once: 16 MB in float32, 5,000 examples of MNIST
LARGEST_FILE = 4_096  # bytes; five numbers take 200
VERSION = 1  # of how they are computed


@dataclass(frozen=True)
class Geometry:
    """Lengths and angles of the training examples, as a network sees them."""

    norm: float  # mean of the Euclidean norm
    square_norm: float  # mean of its square
    cosine: float  # mean over pairs of different examples
    class_cosine: float  # mean over pairs of different examples of one class; `cosine` without

    @property
    def log_norm_variance(self) -> float:
        """The variance of the norm's logarithm, if that is normal."""
        return math.log(self.square_norm / self.norm**2)

    @property
    def median_norm(self) -> float:
        """The norm's median, if its logarithm is normal."""
        return self.norm * math.exp(-self.log_norm_variance / 2)


def measure(examples: Examples) -> Geometry:
    """Return the geometry of n examples, in O(n inputs): 0.5 s for MNIST.

    With u the examples divided by their norms (0 where that is 0), the sum of u_i . u_j over all
    ordered pairs i != j is |sum u|^2 - sum |u|^2, which the number of those pairs divides; within
    each class likewise. A single example has no pairs: its cosine counts as 1. Targets that are
    values have no classes: all examples count as one.
    """
    import numpy as np

    of, classes = _classes(examples)
    norms, sums = [], np.zeros((classes, examples.features.shape[1]))
    lengths, part = np.zeros(classes), max(1, PART // max(1, sums.shape[1]))
    for start in range(0, len(examples), part):
        norm, unit = _units(examples[start : start + part])
        norms.append(norm)
        own = of[start : start + part]
        order = np.argsort(own, kind="stable")
        found, first = np.unique(own[order], return_index=True)
        sums[found] += np.add.reduceat(unit[order], first, axis=0, dtype=np.float64)
        lengths += np.bincount(own[norm > 0], minlength=classes)
    counts = np.bincount(of, minlength=classes).astype(float)
    every = np.concatenate(norms)
    squares = np.einsum("ij,ij->i", sums, sums) - lengths
    total = float(np.sum(sums.sum(axis=0) ** 2) - lengths.sum())
    pairs, class_pairs = len(every) * (len(every) - 1), float(np.sum(counts * (counts - 1)))
    return Geometry(
        norm=float(every.mean()),
        square_norm=float((every**2).mean()),
        cosine=total / pairs if pairs else 1.0,
        class_cosine=float(squares.sum()) / class_pairs if class_pairs else 1.0,
    )


def _classes(examples: Examples) -> tuple[NDArray[np.integer[Any]], int]:
    """Return the class of each example, and the number of classes; values are of one class."""
    import numpy as np

    if examples.targets.dtype.kind == "f":
        return np.zeros(len(examples), np.int32), 1
    return examples.targets, int(examples.targets.max(initial=0)) + 1


def _units(examples: Examples) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Return the norms of examples [n], and the examples divided by them [n, inputs]."""
    import numpy as np

    x: NDArray[np.float32] = examples.features[:].astype(np.float32) * np.float32(examples.scale)
    norm: NDArray[np.float64] = np.sqrt(np.einsum("ij,ij->i", x, x, dtype=np.float64))
    divisor = np.where(norm > 0, norm, 1).astype(np.float32)
    return norm, x / divisor[:, None]


_known: dict[str, Geometry] = {}  # in this process, by the data's SHA-256


def cached_geometry(sha256: str, load: Callable[[], Examples]) -> Geometry:
    """Return the geometry of the data with that SHA-256: as cached, or of what `load` gives."""
    if sha256 not in _known:
        file = _folder() / f"geometry-{VERSION}-{sha256}.json"
        found = _read(file)
        if found is None:
            found = measure(load())
            with suppress(OSError):
                file.parent.mkdir(parents=True, exist_ok=True)
                write_whole(file, json.dumps(asdict(found)).encode())
        _known[sha256] = found
    return _known[sha256]


def _folder() -> Path:
    """Return the user's folder for what can be computed anew (XDG base directories)."""
    stated = Path(os.environ.get("XDG_CACHE_HOME", ""))
    home = Path(os.environ.get("HOME", ""))
    return next(
        (folder / "mlpcli" for folder in (stated, home / ".cache") if folder.is_absolute()),
        Path(os.devnull),  # no folder: nothing is kept
    )


def _read(file: Path) -> Geometry | None:
    """Read a cached geometry; None if there is none that can be true."""
    try:
        values = json.loads(read_bounded(file, LARGEST_FILE))
        found = Geometry(**values)
        numbers = [float(each) for each in asdict(found).values() if type(each) is float]
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    sound = len(numbers) == 4 and all(map(math.isfinite, numbers)) and found.norm > 0
    possible = sound and found.square_norm >= found.norm**2
    return found if possible and max(abs(found.cosine), abs(found.class_cosine)) <= 1 else None
