"""The rows of a run as lines of JSON: written, read back, and what a crash left of them."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.config import next_row, validates
from mlpcli.files import open_regular
from mlpcli.runs.records import LayerState, MetricsRow
from mlpcli.runs.validate import FLOAT32_LIMIT, finite, loss, share, whole

if TYPE_CHECKING:  # compare reads rows without pydantic, which takes 60 ms to load
    from mlpcli.config import Config

LINE = 16_384  # bytes at most: a row takes about 200, and each of up to 100 layers 100 more
Best = tuple[float, int]  # a validation accuracy, and its step
NONE_YET: Best = (-1.0, 0)


@dataclass(frozen=True)
class Rows:
    """What a file of rows comes to: a run may have a hundred million of them."""

    last: MetricsRow | None = None
    best: Best = NONE_YET
    size: int = 0  # bytes of the rows that follow from each other
    torn: bool = False  # whether they end at what is not a whole row, as a crash leaves it


def better(best: Best, row: MetricsRow) -> Best:
    """Return the best validation accuracy so far and its step, the first of equals."""
    if row.val_accuracy is None or row.val_accuracy <= best[0]:
        return best
    return row.val_accuracy, row.step


def to_line(step: MetricsRow) -> bytes:
    """Return a row as a line of JSON, without what was not measured."""
    row = {key: value for key, value in vars(step).items() if value not in (None, ())}
    if step.layers:
        row["layers"] = [vars(layer) for layer in step.layers]
    return f"{to_json(row)}\n".encode()


def kept_rows(metrics: Path, follows: Callable[[int, MetricsRow], bool]) -> Rows:
    """Read the rows up to the first that is not whole or does not follow from the one before.

    `follows` says whether a row may come after that of a step, 0 for none.
    """
    rows = Rows()
    for line in _lines(metrics):
        row = _parse(line)
        if row is None:
            return Rows(rows.last, rows.best, rows.size, torn=True)
        if not follows(rows.last.step if rows.last else 0, row):
            break
        rows = Rows(row, better(rows.best, row), rows.size + len(line))
    return rows


def last_row(metrics: Path) -> dict[str, Any]:
    """Return the last whole row, of which a run that is being written may have a part more."""
    with os.fdopen(open_regular(metrics), "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LINE))
        lines = file.read().split(b"\n")[:-1]
    try:
        row = json.loads(lines[-1]) if lines else {}
    except (ValueError, RecursionError):
        row = {}
    return row if isinstance(row, dict) else {}


def rows(metrics: Path) -> Iterator[MetricsRow]:
    """Yield the rows as they are there, up to the first line that is none."""
    for line in _lines(metrics):
        row = _parse(line)
        if row is None:
            return
        yield row


def rows_beyond(count: int) -> str:
    """Say that there are rows that could not be read, after so many that could."""
    return f"metrics.jsonl has rows beyond the {count:,} that could be read; they are left out"


def to_json(record: Mapping[str, Any], indent: int | None = None) -> str:
    """JSON without NaN and Infinity, which are not JSON: a number that is not finite is null."""
    try:
        return json.dumps(record, indent=indent, allow_nan=False)
    except (ValueError, TypeError):  # rare: copying 10,000 runs each time takes 0.2 s
        return json.dumps(_finite(record), indent=indent, allow_nan=False)


def _lines(metrics: Path) -> Iterator[bytes]:
    """Yield the lines, cut where they are longer than any row."""
    with os.fdopen(open_regular(metrics), "rb") as file:
        while line := file.readline(LINE):
            yield line


def _parse(line: bytes) -> MetricsRow | None:
    """Read a whole line; None if it is not a row as `to_line` makes them."""
    try:
        values = json.loads(line) if line.endswith(b"\n") else {}
        layers = tuple(LayerState(**layer) for layer in values.pop("layers", ()))
        row = MetricsRow(**values, layers=layers)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return row if _is_sound(row) and all(map(_is_sound_layer, row.layers)) else None


def _is_sound(row: MetricsRow) -> bool:
    """Say whether a row's numbers can be true; a loss is None where it was not finite."""
    validated = row.val_accuracy is not None
    return (
        whole(row.step, 1) is not None
        and (row.loss is None or loss(row.loss) is not None)
        and share(row.accuracy) is not None
        and finite(row.learning_rate, 0, FLOAT32_LIMIT) is not None
        and finite(row.seconds, 0) is not None
        and finite(row.examples_per_second, 0) is not None
        and (not validated or share(row.val_accuracy) is not None)
        and (row.val_loss is None or (validated and loss(row.val_loss) is not None))
    )


def _is_sound_layer(layer: LayerState) -> bool:
    """Say whether a layer's numbers can be true; one is None where it was not finite."""
    norms = (layer.weight_norm, layer.gradient_norm, layer.update_to_weight)
    return all(norm is None or finite(norm, 0, FLOAT32_LIMIT) is not None for norm in norms) and (
        layer.dead is None or share(layer.dead) is not None
    )


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list | tuple) else value


def follows(config: Config, step: int, row: MetricsRow) -> bool:
    """Say whether a row is the one due after `step`, and validated only if that is due too."""
    due = row.step == next_row(config, step)
    return due and (row.val_accuracy is None or validates(config, row.step))
