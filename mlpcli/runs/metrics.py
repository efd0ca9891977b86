"""The rows of a run as lines of JSON: written, read back, and what a crash left of them."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import asdict

from mlpcli.errors import RunError
from mlpcli.runs.json_text import parse_object, to_json
from mlpcli.runs.records import METRICS, LayerState, MetricsRow
from mlpcli.system import open_regular

LINE = 16_384  # bytes at most: a row takes about 200, and each of up to 100 layers 100 more
TAIL = 1_024  # bytes that hold the last row of most runs
Best = tuple[float, int]  # a score of a validation, and its step
NONE_YET: Best = (-math.inf, 0)
TYPICAL = {"count": 10_000, "plain": 0.01}  # numbers whose digits are as many as most have
TYPICAL_SHARE = 0.1234567890123456  # a quotient has all of them
KNOWN = (*METRICS, "layers")
REQUIRED = {field.name for field in msgspec.structs.fields(MetricsRow) if field.required}
_ROW = msgspec.json.Decoder(MetricsRow)  # a fifth of the time of parsing and checking in Python


@dataclass(frozen=True)
class Rows:
    """What a file of rows comes to: a run may have a hundred million of them."""

    last: MetricsRow | None = None
    best: Best = NONE_YET
    size: int = 0  # bytes of the rows that follow from each other
    torn: bool = False  # whether they end at what is not a whole row, as a crash leaves it
    step_time: float = 0.0  # sum of steps / (examples/s): the steps' seconds over the batch size

    @property
    def last_step(self) -> int:
        """The step of the last row, 0 where there is none."""
        return self.last.step if self.last else 0

    def after(self, row: MetricsRow, size: int = 0) -> Rows:
        """Return what they come to with one more row, of so many bytes in the file."""
        steps = row.step - self.last_step
        step_time = self.step_time + steps / row.examples_per_second
        return Rows(row, better(self.best, row), self.size + size, self.torn, step_time)


def better(best: Best, row: MetricsRow) -> Best:
    """Return the best score of a validation so far and its step, the first of equals."""
    if row.score is None or row.score <= best[0]:
        return best
    return row.score, row.step


def to_line(row: MetricsRow) -> bytes:
    """Return a row as a line of JSON, without what was not measured."""
    record = {
        key: value
        for key, value in row_record(row).items()
        if value not in (None, []) or key in REQUIRED
    }
    return f"{to_json(record)}\n".encode()


def typical_bytes(validated: bool, layers: int) -> int:
    """Return about how many bytes a row takes."""
    values = {
        name: TYPICAL.get(metric.form, TYPICAL_SHARE)
        for name, metric in METRICS.items()
        if validated or not metric.where_validated
    }
    states = (LayerState(*[0.1234] * 6),) * layers if validated else ()
    return len(to_line(MetricsRow(**values, layers=states)))  # type: ignore[arg-type]


def row_record(row: MetricsRow) -> dict[str, Any]:
    """Return a row for JSON, with what this version does not know of it."""
    record = {key: getattr(row, key) for key in KNOWN}
    return {**record, "layers": [_measured(layer) for layer in row.layers], **row.unknown}


def _measured(layer: LayerState) -> dict[str, Any]:
    """Return a layer's state without the gains that it has not."""
    gains = ("signal_gain", "gradient_gain")
    return {k: v for k, v in asdict(layer).items() if v is not None or k not in gains}


def kept_rows(metrics: Path, follows: Callable[[int, MetricsRow], bool]) -> Rows:
    """Read the rows up to the first that is not whole or does not follow from the one before.

    `follows` says whether a row may come after that of a step, 0 for none.
    """
    rows = Rows()
    for line in _lines(metrics):
        row = _parse(line)
        if row is None:
            return replace(rows, torn=True)
        if not follows(rows.last_step, row):
            break
        rows = rows.after(row, len(line))
    return rows


def last_row(metrics: Path | str) -> tuple[MetricsRow | None, str]:
    """Return the last whole row, and what is wrong where a line stands there that is none.

    Behind it a part of a row more may stand in a run that is being written. Raises OSError.
    """
    line = _last_line(metrics)
    row = _parse(line) if line else None
    return row, "" if row or not line else "the last line of metrics.jsonl is not a metrics row"


def _last_line(metrics: Path | str) -> bytes:
    """Return the last line that has its end, or the last bytes of one that is too long."""
    descriptor = -1
    try:
        descriptor = os.open(metrics, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        size = os.lseek(descriptor, 0, os.SEEK_END)  # half the time of a file's status
        for length in (TAIL, LINE):
            begin = max(0, size - length)
            content = os.pread(descriptor, length, begin)
            end = content.rfind(b"\n") + 1
            start = content.rfind(b"\n", 0, max(0, end - 1)) + 1
            if start or not begin:
                break
        return content[start:end]
    except OSError:
        os.close(open_regular(metrics))  # says what is wrong with a link, a FIFO, a folder
        raise
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def rows(metrics: Path) -> Iterator[MetricsRow]:
    """Yield the rows as they are there, up to the first line that is none."""
    for line in _lines(metrics):
        row = _parse(line)
        if row is None:
            return
        yield row


def rows_in(content: bytes) -> Iterator[tuple[MetricsRow, int]]:
    """Yield the rows of lines, each with its bytes, up to the first line that is none."""
    for line in content.splitlines(keepends=True):
        row = _parse(line)
        if row is None:
            return
        yield row, len(line)


def rows_beyond(count: int, ended: float) -> str:
    """Say that the rows end before the step that a run came to, after so many that could be read.

    The others are damaged or missing, or there are more than are ever read.
    """
    rows = f"{count:,} row{'s' * (count != 1)}"
    return f"metrics.jsonl has {rows} that can be read, and none of them is of step {ended:,.0f}"


def _lines(metrics: Path) -> Iterator[bytes]:
    """Yield the lines, cut where they are longer than any row."""
    with os.fdopen(open_regular(metrics), "rb") as file:
        while line := file.readline(LINE):
            yield line


def _parse(line: bytes) -> MetricsRow | None:
    """Read a whole line; None if it is not a row as `to_line` makes them, or a later version."""
    if not line.endswith(b"\n"):
        return None
    try:
        row: MetricsRow | None = _ROW.decode(line)
    except ValueError:
        row = _parse_with_unknown(line)
    except RecursionError:
        return None
    return row if row and (row.val_loss is None or row.score is not None) else None


def _parse_with_unknown(line: bytes) -> MetricsRow | None:
    """Read a row that has keys which this version does not know."""
    try:
        values = parse_object(line, "row")
        unknown = {key: values.pop(key) for key in [*values] if key not in KNOWN}
        row = msgspec.convert(values, MetricsRow)
    except (RunError, ValueError, RecursionError):
        return None
    return msgspec.structs.replace(row, unknown=unknown)
