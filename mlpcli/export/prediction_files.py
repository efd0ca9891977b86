"""Predictions as CSV, Parquet or JSON: written to a file that is whole or absent, or printed."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from msgspec import Struct

from mlpcli.errors import MlpcliError, RunError, shell_word, shown
from mlpcli.runs import json_shape, to_json
from mlpcli.system import reason, require_writable, whole_file

if TYPE_CHECKING:
    import polars as pl

    Frames = Iterable[pl.DataFrame]

CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # which a terminal obeys


class Predictions(Struct, frozen=True):
    """The predictions of a file's rows, in their order; `predict --json` prints it.

    A row has by name the columns that were kept, then the class and each class's probability, or
    the values in their units.
    """

    run: str
    file: str
    task: Literal["classification", "regression"]
    targets: tuple[str, ...]
    classes: tuple[str, ...]  # in the order of their numbers; none of values
    rows: tuple[dict[str, str | float | bool | None], ...]


def predictions_schema() -> dict[str, Any]:
    """Return the JSON Schema of predictions."""
    return json_shape(Predictions)


class OutputError(MlpcliError):
    """A file that predictions cannot be written to."""

    exit_code = 2


def require_output(output: Path, file: str) -> None:
    """Raise an error where predictions cannot be written to a file, before they are made."""
    where = f"-o {shown(output, 200)}"
    if _kind(output) not in FORMS:
        raise OutputError(
            f"{where}: {shown(output.suffix) or 'no extension'}, allowed {', '.join(FORMS)}",
            f"-o {shell_word(output.with_suffix('.csv'))}" if output.name else "-o out.csv",
        )
    if output.is_dir():
        raise OutputError(f"{where}: a folder", f"-o {shell_word(output / 'out.csv')}")
    if output.exists() and Path(file).exists() and output.samefile(file):
        raise OutputError(f"{where}: the file that is read", "name another")
    try:
        require_writable(output.parent)
    except OSError as error:
        raise RunError(f"{where}: {reason(error)}") from error
    if not output.parent.is_dir():
        raise OutputError(
            f"{where}: no such folder", f"mkdir -p {shell_word(output.parent)}, then the same again"
        )


def write_predictions(output: Path, frames: Frames, head: dict[str, Any]) -> None:
    """Write predictions in the form that a file's extension says, as they come.

    The file has its name when all are written. Raises OSError, and what making them raises.
    """
    with whole_file(output) as file:
        if _kind(output) == PARQUET:
            _write_parquet(file, frames)
        else:
            file.writelines(TEXTS[_kind(output)](frames, head))


def print_predictions(frames: Frames, head: dict[str, Any], form: str) -> None:
    """Print predictions on stdout in `csv` or `json`; to a terminal without control characters."""
    terminal = sys.stdout.isatty()
    sys.stdout.flush()
    for part in TEXTS[f".{form}"](frames, head):
        text = part.decode()
        sys.stdout.write(re.sub(CONTROL, "?", text) if terminal else text)


def _kind(output: Path) -> str:
    return output.suffix.lower()


def _csv(frames: Frames, head: dict[str, Any]) -> Iterator[bytes]:
    for nth, frame in enumerate(frames):
        yield frame.write_csv(include_header=nth == 0).encode()


def _write_parquet(file: BinaryIO, frames: Frames) -> None:
    """Write frames as they come; polars asks for them, and would tell their errors as its own."""
    import polars as pl
    from polars.io.plugins import register_io_source

    coming, failed = iter(frames), list[BaseException]()
    first = next(coming)

    def source(*asked: object) -> Iterator[pl.DataFrame]:
        try:
            yield first
            yield from coming
        except BaseException as error:
            failed.append(error)

    try:
        register_io_source(source, schema=first.schema).sink_parquet(file)
    except pl.exceptions.PolarsError as error:
        if not failed:
            raise _of_disk(error) from error
    if failed:
        raise failed[0]


def _of_disk(error: Exception) -> OSError:
    """Return what polars says of a file, as the system's own error."""
    found = re.search(r"\(os error (\d+)\)", str(error))
    return OSError(int(found[1]), os.strerror(int(found[1]))) if found else OSError(0, str(error))


def _json(frames: Frames, head: dict[str, Any]) -> Iterator[bytes]:
    """Yield an object with what is said of all rows, and `rows`, a line each."""
    yield to_json(head).removesuffix("}").encode() + b', "rows": [\n'
    between = b""
    for frame in frames:
        lines = [json.dumps(row) for row in frame.iter_rows(named=True)]
        yield between + ",\n".join(lines).encode()
        between = b",\n"
    yield b"\n]}\n"


PARQUET = ".parquet"
TEXTS: dict[str, Callable[[Frames, dict[str, Any]], Iterator[bytes]]] = {
    ".csv": _csv,
    ".json": _json,
}
FORMS = (".csv", PARQUET, ".json")
