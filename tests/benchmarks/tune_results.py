"""Measurements of tunings: one JSON line each, kept at once in a file that may be gone on with."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

OVERRUN = 1.15  # of the time, above which it is said


@dataclass(frozen=True)
class Key:
    """What is measured once."""

    data: str
    contender: str
    repeat: int  # counted from 1
    minutes: float


@dataclass(frozen=True)
class Measurement:
    """How one search came out: the test score of its final networks, accuracy or R squared."""

    key: Key
    score: float
    rows: int  # of the test part
    seconds: float
    cpu_seconds: float
    validation: float | None
    trials: int
    chosen: dict[str, Any]
    seed: int  # of the split, the search and the weights
    networks: int  # that the score is a mean of
    said: list[list[float]]  # of each network the values of test rows; of classes nothing
    truth: list[float]
    cores: int
    load: float  # mean of processes that wanted a core in the minute before the end

    @property
    def overran(self) -> float:
        """Seconds over the time, in times of the time."""
        return self.seconds / (60 * self.key.minutes)


class Results:
    """The measurements of a file, if there is one, and those that are added."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        text = path.read_text() if path and path.exists() else ""
        self.of = {each.key: each for each in map(_read, text.splitlines()) if each}
        self.torn = bool(text) and not text.endswith("\n")  # the last line was cut off

    def add(self, measured: Measurement) -> None:
        """Keep a measurement, in the file at once."""
        self.of[measured.key] = measured
        self._append(asdict(measured))

    def failed(self, key: Key, why: str) -> None:
        """Keep that nothing was measured; it is tried again when the file is gone on with."""
        self._append({"key": asdict(key), "failed": why})

    def _append(self, record: dict[str, Any]) -> None:
        if self.path:
            with self.path.open("a") as file:
                file.write("\n" * self.torn + json.dumps(record) + "\n")
            self.torn = False

    def taken(self, keys: Iterable[Key]) -> list[Measurement]:
        """Return those of the keys that were measured."""
        return [self.of[key] for key in keys if key in self.of]


def _read(line: str) -> Measurement | None:
    """Return what a line says; None where nothing was measured, or it was cut off."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError:
        return None
    if "failed" in record:
        return None
    return Measurement(**{**record, "key": Key(**record["key"])})
