"""What the config says of a file's columns, and what is said of one that does not fit."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import ClassVar

from mlpcli.errors import DataError, nearest, shown

LISTED = 8  # names of columns at most in a message


@dataclass(frozen=True)
class ColumnKeys:
    """The names of columns in the config's keys."""

    numeric: Collection[str] = ()  # must be numbers
    categorical: Collection[str] = ()  # are text, whatever they look like
    ignore: Collection[str] = ()  # are not read
    target: str | None = None

    trains: ClassVar[bool] = True  # whether the rows are to be prepared for training
    streams: ClassVar[bool] = False  # whether a large table may be read anew for each use of it
    labelled: ClassVar[bool] = True  # whether IDX pictures are of use with their labels alone
    why_numbers: ClassVar[str] = "numeric says that the column holds numbers"
    otherwise: ClassVar[str] = ", or take the column off numeric"  # what to type if it is text

    def is_text(self, name: str) -> bool:
        """Say whether a column is text, whatever it looks like."""
        return name in self.categorical

    def require_columns(self, names: Sequence[str], source: str) -> None:
        """Raise DataError where a key names a column that is not there."""
        known = set(names)
        for key in fields(self)[:3]:
            for each in getattr(self, key.name):
                if each not in known:
                    raise no_column(each, key.name, names, source)
        both = sorted(set(self.numeric) & set(self.categorical))
        if both:
            raise DataError(
                f"{source}: {shown(both[0])}: in numeric and in categorical",
                "take it off one",
                "numeric",
            )

    def kept(self, names: Sequence[str], source: str) -> list[str]:
        """Return the columns that are read. Raises DataError where none is left."""
        ignored = set(self.ignore)
        kept = [each for each in names if each not in ignored]
        if not kept:
            raise DataError(f"{source}: all columns are ignored", "take one off ignore", "ignore")
        return kept


def no_column(name: str, key: str, names: Sequence[str], source: str) -> DataError:
    """Return the error for a column that a key names and that is not there."""
    near = nearest(name, names)
    listed = ", ".join(shown(each) for each in names[:LISTED])
    more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return DataError(
        f"{source}: no column {quoted(name)}",
        f"did you mean {shown(near[0])}?" if near else f"there: {listed}{more}",
        key,
    )


def listed_in(key: str, name: str) -> str:
    """Return a line of the config that names a column.

    >>> listed_in("categorical", "body mass"), listed_in("ignore", "id")
    ('categorical: ["body mass"]', 'ignore: [id]')
    """
    plain = re.fullmatch(r"[A-Za-z_][\w.-]*", name, re.ASCII)
    return f"{key}: [{shown(name) if plain else quoted(name)}]"


def quoted(value: str) -> str:
    """Return a value from a file as messages show it: in quotes, safe, and cut."""
    return f'"{shown(value)}"'
