"""A trained network and its preparation as what another program is given: names, and numbers."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mlpcli.data import DataFacts, Preparation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.data import Categorical

    Layer = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True)
class Portable:
    """A run's network, with what is in front of it and behind it.

    Behind it are of classes the likeliest one's name and each one's probability, in that order in
    `outputs`; of values each of them in its unit.
    """

    facts: DataFacts
    weights: tuple[NDArray[np.float32], ...]  # of each layer the kernel, then the biases
    activation: str
    outputs: tuple[str, ...]

    @cached_property
    def preparation(self) -> Preparation:
        """How rows become features."""
        return self.facts.preparation

    @property
    def layers(self) -> list[Layer]:
        """The kernel [inputs, units] and the biases [units] of each layer."""
        return list(zip(self.weights[::2], self.weights[1::2], strict=True))

    @property
    def is_bytes(self) -> bool:
        """Whether rows are bytes, of which none is missing."""
        return self.preparation.largest_byte is not None

    @property
    def array(self) -> str:
        """The name of the one input of rows that have no columns' names; "" of a table."""
        if self.facts.input_columns:
            return ""
        return "pixels" if self.is_bytes else "numbers"

    @property
    def array_columns(self) -> list[int]:
        """Which numbers of an array's row are used."""
        return [int(each) for each in self.preparation.columns]

    @property
    def width(self) -> int:
        """The numbers in a row of an array, up to the last that is used."""
        return max(self.array_columns) + 1

    @property
    def uses_all(self) -> bool:
        """Whether these are all numbers of a row up to the last, in their order."""
        return self.array_columns == list(range(len(self.array_columns)))


def category_places(category: Categorical) -> tuple[dict[str, int], int]:
    """Return the place of each text of a column of categories, and that of any other; -1 for none.

    "" is a missing one, where training had those.
    """
    count = len(category.values)
    places = {each: number for number, each in enumerate(category.values)}
    if category.missing:
        places[""] = count + category.rare
    return places, count if category.rare else -1


def identifiers(names: Iterable[str]) -> dict[str, str]:
    """Return for each name what TensorFlow takes for one: a letter, then letters, digits and _.

    No two differ in case alone, which TensorFlow takes for the same.

    >>> identifiers(["g/ml", "G ml", "class", "2nd"])
    {'g/ml': 'g_ml', 'G ml': 'G_ml_2', 'class': 'class_', '2nd': 'x2nd'}
    """
    taken: set[str] = set()
    found: dict[str, str] = {}
    for name in names:
        word = re.sub(r"[^A-Za-z0-9_]", "_", name)
        word = word if word[:1].isalpha() else f"x{word}"
        word += "_" * keyword.iskeyword(word)
        free, number = word, 1
        while free.lower() in taken:
            number += 1
            free = f"{word}_{number}"
        taken.add(free.lower())
        found[name] = free
    return found
