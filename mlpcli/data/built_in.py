"""The tables that come with mlpcli: which file, which column is the target, and its SHA-256.

Where they are from and their licences stand in files/README.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mlpcli.errors import DataError

FILES = Path(__file__).parent / "files"


@dataclass(frozen=True)
class BuiltIn:
    """A table in a file of the package."""

    file: Path
    target: str  # a column
    sha256: str  # of the file, as it is: compressed where it ends in .gz

    def checked(self) -> Path:
        """Return the file. Raises DataError if it is missing or altered."""
        import hashlib

        try:
            content = self.file.read_bytes()
        except OSError as error:
            raise DataError(f"{self.file}: {error.strerror}", "reinstall mlpcli") from error
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise DataError(f"{self.file}: altered since it was installed", "reinstall mlpcli")
        return self.file


def _table(file: str, target: str, sha256: str) -> BuiltIn:
    return BuiltIn(FILES / file, target, sha256)


BUILT_IN: dict[str, BuiltIn] = {
    "iris": _table(
        "iris.csv",
        "species",
        "b6b8efc86732bc48c9fbddba53e2c191fd4f263c0ee98e2b1b7d3543e8d2121d",
    ),
    "wine": _table(
        "wine.csv",
        "cultivar",
        "e4f2b461ad0b0b7bbb30dfa060ed74bce712b95545ee30aae5b3abf50832787b",
    ),
    "breast_cancer": _table(
        "breast_cancer.csv.gz",
        "diagnosis",
        "05603cbaacd59ecea2c2a5f6ac00cba2babd20d8c4bf3a60f6d28011acf37a53",
    ),
    "digits": _table(
        "digits.csv.gz",
        "digit",
        "a4788657f0a925ebd3032a9e3bde92b4602ea81ea7f76b2dfb65da762727c661",
    ),
    "diabetes": _table(
        "diabetes.csv",
        "progression",
        "8122a62ac67bae84b6e39a71ca35369ef5ea1500d72e288623e75341a24fce68",
    ),
    "penguins": _table(
        "penguins.csv",
        "species",
        "1867a776a83379df4219f227bb1effb967da12adb13732127c8c8d120434c29b",
    ),
}
