"""A published result as a config: its keys, and what its first comments say of the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mlpcli.config import PAPERS, SHIPPED, Config, Loaded, load_file, paper_names, read_text
from mlpcli.data import Classification
from mlpcli.errors import MlpcliError, nearest, shell_word, shown

FOLDER = SHIPPED / PAPERS
SAID = re.compile(r"# (Published|Source|Here|Takes): +(\S.*)")
SHARE = re.compile(r"([0-9]{1,3}(?:\.([0-9]{1,6}))?) %")
HEAD = 30  # lines at most before the keys
EXAMPLE = """a comment such as "# Published: 97.80 %" says it, above the keys"""


class PaperError(MlpcliError):
    """A name that no paper row has, or a config that says nothing published."""

    exit_code = 2


@dataclass(frozen=True)
class PaperRow:
    """A config, and the accuracy on the test set that was published of such a network."""

    path: Path
    loaded: Loaded
    published: float  # a share
    rounding: float  # how far it may be from what was measured then: half of its last digit
    said: Mapping[str, str]  # under Published, Source, Here and Takes

    @property
    def config(self) -> Config:
        """The config that is trained."""
        return self.loaded.config

    @property
    def name(self) -> str:
        """The config's name."""
        return self.config.name

    @property
    def network(self) -> str:
        """The network's sizes, such as 784-100-10."""
        return "-".join(map(str, self.config.sizes))


def read_rows(words: Iterable[str]) -> list[PaperRow]:
    """Return the rows of those names or files, each once; without any, all that are shipped.

    Raises PaperError and ConfigError.
    """
    names = list(dict.fromkeys(words)) or paper_names()
    return [read_row(_path(name)) for name in names]


def _path(word: str) -> Path:
    known = paper_names()
    if word in known:
        return FOLDER / f"{word}.yaml"
    if word.endswith((".yaml", ".yml")):
        return Path(word)
    near = nearest(word, known)
    raise PaperError(
        f"{shown(word) or repr(word)}: no paper row",
        f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}; or name a file",
    )


def read_row(path: Path) -> PaperRow:
    """Return the row in a file. Raises ConfigError, and PaperError where nothing is published."""
    loaded = load_file(path)
    head = read_text(path).splitlines()[:HEAD]
    said = {match[1]: shown(match[2], 200) for line in head if (match := SAID.fullmatch(line))}
    where = shown(path, 200)
    share = SHARE.match(said.get("Published", ""))
    if not share or not 0 < float(share[1]) <= 100:
        raise PaperError(f"{where}: no published accuracy", EXAMPLE)
    if not isinstance(loaded.config.data.task, Classification):
        word = shell_word(path)
        raise PaperError(
            f"{where}: no classes, and so no accuracy", f"see its data: mlpcli data {word}"
        )
    digits = len(share[2] or "")
    published = round(float(share[1]) / 100, digits + 2)  # as it is written
    return PaperRow(path, loaded, published, 0.005 * 10**-digits, said)
