"""The family of errors, each with what to do next, and how text from outside is shown."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LONGEST_WORD = 64  # characters of a mistyped word that are compared: the time is their square
LEAST_BEGINNING = 3  # characters: fewer begin too much


def shown(text: object, limit: int = 60) -> str:
    r"""Text that is safe to print: control characters escaped, cut to `limit` characters.

    >>> shown("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    safe = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(text)[: limit + 1])
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


def shown_path(path: Path | str, limit: int = 200) -> str:
    """Return a path as `shown` does, from the working directory where it is below it.

    A relative path that was made absolute is so shown as it was typed, with its `..`.
    """
    text = str(path)
    with suppress(OSError):  # a working directory that was removed
        text = text.removeprefix(f"{Path.cwd()}/") or text
    return shown(text, limit)


def shell_word(word: Path | str) -> str:
    """Return a path or another word as it can be pasted into a shell."""
    text = shlex.quote(shown(word, 1000))
    return f"./{text}" if text.startswith("-") else text  # which is no option


def nearest(word: str, choices: Iterable[str], most: int = 1) -> list[str]:
    """Return the choices that a mistyped word may mean, the likeliest first.

    One that differs only in case or dashes is alone; else by its initials, by its beginning, or
    spelled alike.

    >>> nearest("Relu", ["elu", "relu"]), nearest("lr", ["layers", "learning_rate"])
    (['relu'], ['learning_rate'])
    >>> nearest("learn", ["layers", "learning_rate"]), nearest("witdh", ["width", "seed"])
    (['learning_rate'], ['width'])
    """
    from difflib import get_close_matches

    wanted = _folded(word[:LONGEST_WORD])
    known: dict[str, str] = {}
    for each in choices:
        known.setdefault(_folded(each), each)
    if wanted in known:
        return [known[wanted]]
    of_parts = [each for each in known if "_" in each and _initials(each) == wanted]
    begun = [each for each in known if len(wanted) >= LEAST_BEGINNING and each.startswith(wanted)]
    alike = get_close_matches(wanted, known, n=most)
    return [known[each] for each in dict.fromkeys([*of_parts, *begun, *alike])][:most]


def _folded(word: str) -> str:
    return word.lower().replace("-", "_")


def _initials(name: str) -> str:
    return "".join(part[:1] for part in name.split("_"))


class MlpcliError(Exception):
    """An error that is shown to the user in a line; `hint` is what to do next."""

    exit_code = 1
    status = "failed"  # of the run that it ends

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Place:
    """Where something was written: a file's line, or an option (`line` 0)."""

    source: str  # "deep3.yaml" or "-s width=0"
    line: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}" if self.line else self.source


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a config: where, which key, and what."""

    place: Place
    key: str  # "" where the file as a whole is meant
    text: str

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.place), self.key, self.text) if part)


class ConfigError(MlpcliError):
    """A config that cannot be used; `problems` holds all of them, in line order."""

    exit_code = 2

    def __init__(self, problems: list[Problem], hint: str = "") -> None:
        super().__init__("\n".join(map(str, problems)), hint)
        self.problems = problems


class DataError(MlpcliError):
    """A data set that is missing or is not what it should be; `key` is the config's at fault."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "", key: str = "") -> None:
        super().__init__(message, hint)
        self.key = key


class RunError(MlpcliError):
    """A run that failed, or a run directory that could not be read or written."""


class DivergedError(RunError):
    """Training that met a loss that is not a finite number, at `step`."""

    status = "diverged"

    def __init__(self, step: int, what: str) -> None:
        super().__init__(f"diverged at step {step:,}: the {what} is not a finite number")
        self.step = step
