"""LIBSVM: a line for each example, its target, then INDEX:VALUE of what is not zero.

Indices begin at 1, or at 0 where one is 0, and ascend. What follows # is a comment.
"""

from __future__ import annotations

import itertools
import math
import re
from array import array
from dataclasses import dataclass, field

import numpy as np

from mlpcli.data.sources.bounds import MAX_ROW, require_room
from mlpcli.data.sources.content import Content
from mlpcli.data.sources.keys import quoted
from mlpcli.data.sources.numbers import to_examples
from mlpcli.data.sources.pieces import require_characters
from mlpcli.data.table import Arrays
from mlpcli.errors import DataError
from mlpcli.system import size

BLOCK = 8 << 20
NUMBER = re.compile(rb"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


@dataclass
class _Sparse:
    """What is not zero, in the file's order; read line by line."""

    name: str
    targets: array[float] = field(default_factory=lambda: array("d"))
    rows: array[int] = field(default_factory=lambda: array("q"))  # of each value
    columns: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))
    lines: int = 0

    def add(self, line: bytes) -> None:
        """Read a line. Raises DataError with its place for what is no example."""
        self.lines += 1
        line = line.partition(b"#")[0]
        words = line.split()
        if not words:
            return
        if b"," in words[0]:
            raise self._refusal(0, line, "several targets, allowed one number")
        target = self._number(words[0], 0, line)
        before = -1
        for at, word in enumerate(words[1:], 1):
            index, colon, value = word.partition(b":")
            if index == b"qid":
                continue
            if not colon or not index.isdigit() or len(index) > 12:
                raise self._refusal(at, line, "not INDEX:VALUE")
            if int(index) <= before:
                raise self._refusal(at, line, f"an index that does not ascend from {before:,}")
            before = int(index)
            self.rows.append(len(self.targets))
            self.columns.append(before)
            self.values.append(self._number(value, at, line))
        self.targets.append(target)

    def _number(self, text: bytes, at: int, line: bytes) -> float:
        number = float(text) if NUMBER.fullmatch(text) else math.nan
        if not math.isfinite(number):
            raise self._refusal(at, line, "not a number")
        return number

    def _refusal(self, at: int, line: bytes, what: str) -> DataError:
        """Return the error for a line's word, by its number from 0."""
        word = next(itertools.islice(re.finditer(rb"\S+", line), at, None))
        column = len(line[: word.start()].decode(errors="replace")) + 1
        text = word[0][:100].decode(errors="replace")
        return DataError(
            f"{self.name}:{self.lines}:{column}: {what}, got {quoted(text)}",
            "write each example as: TARGET INDEX:VALUE INDEX:VALUE ...",
        )


def read_libsvm(content: Content) -> Arrays:
    """Read sparse examples into float32 [n, largest index], as large as they then are.

    Raises DataError for lines that are no examples, and where the whole does not fit in memory.
    """
    sparse, rest = _Sparse(content.name), b""
    with content.open() as stream:
        while block := stream.read(BLOCK):
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            if len(rest) > MAX_ROW:
                raise DataError(f"{content.name}:{sparse.lines + 1}: more than {size(MAX_ROW)}")
            _add(sparse, lines)
    _add(sparse, [rest] if rest else [])
    if not sparse.targets:
        raise DataError(f"{content.name}: empty", "an example takes a line: TARGET INDEX:VALUE ...")
    if not sparse.columns:
        raise DataError(f"{content.name}: targets alone, without values", "add INDEX:VALUE")
    first = min(1, min(sparse.columns))
    width = max(sparse.columns) + 1 - first
    require_room(4 * width * len(sparse.targets), f"{content.name}: indices up to {width:,}")
    features = np.zeros((len(sparse.targets), width), np.float32)
    features[np.array(sparse.rows), np.array(sparse.columns) - first] = np.array(sparse.values)
    return to_examples(features, np.array(sparse.targets), content.name)


def _add(sparse: _Sparse, lines: list[bytes]) -> None:
    for line in lines:
        if not line.isascii() or b"\0" in line:
            require_characters(line, sparse.name, sparse.lines + 1)
        sparse.add(line)
