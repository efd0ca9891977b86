"""What `init` does: first configs written, their paths on stdout, and what to type next."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mlpcli.config import first_run, new_path, own_path, write_first, write_own, write_shipped
from mlpcli.data import BUILT_IN, DataSpec, describe, located
from mlpcli.errors import MlpcliError, shell_word, shown
from mlpcli.guide.first_config import config_text, odd_columns, what_is_learned
from mlpcli.terminal import count, print_line, print_path, print_warnings, stderr_console

CONFIGS = (".yaml", ".yml")
TEXTS = (".csv", ".tsv", ".txt", ".arff", ".libsvm")
DATA = (*TEXTS, ".gz", ".parquet", ".arrow", ".feather", ".ipc", ".npz", ".npy")


class NotDataError(MlpcliError):
    """Options of a config for a data set, and none is named."""

    exit_code = 2


def write_starters(
    file: Path | None,
    targets: Sequence[str] = (),
    task: str | None = None,
    out: Path | None = None,
) -> int:
    """Write a first config: for a data set, or of that name, or the shipped ones.

    Returns the exit code. Raises DataError for data that cannot be learned from, CopyError where a
    file is there, and NotDataError where options of a data set are given without one.
    """
    if file and is_data(file):
        return _write_own(str(file), targets, task, out)
    if targets or task or out:
        option = "--target" if targets else "--task" if task else "--out"
        raise NotDataError(
            f"{option}: of a config for a data set, and none is named",
            "for example mlpcli init data.csv --target COLUMN, or mlpcli init penguins",
        )
    return _write_first(file) if file else _write_shipped()


def is_data(file: Path) -> bool:
    """Say whether a word names a data set: a built-in one, or a file that is no config."""
    if str(file) in BUILT_IN or file.suffix.lower() in DATA:
        return True
    return file.is_file() and file.suffix not in CONFIGS


def _write_own(word: str, targets: Sequence[str], task: str | None, out: Path | None) -> int:
    path = new_path(out or own_path(word), "write another: --out NAME.yaml")
    target = tuple(targets) if len(targets) > 1 else targets[0] if targets else None
    spec = DataSpec(dataset=located(word, Path()), target=target, task=task)
    found = describe(spec)
    if found.problem:
        raise found.problem
    odd = odd_columns(found)
    if odd:
        rest = describe(replace(spec, ignore=tuple(each.name for each in odd)))
        found = replace(found, data=rest.data, warnings=rest.warnings)
    is_last = not targets and word not in BUILT_IN and len(found.targets) == 1
    last = "; the last column, another: --target COLUMN" if is_last else ""
    console = stderr_console()
    print_line(console, f"{found.name}: {what_is_learned(found)}{last}")
    if odd:
        names = ", ".join(shown(each.name) for each in odd)
        print_line(console, f"left out: {names}; the config says why")
    print_warnings(found.warnings, console)
    name = word if word in BUILT_IN else os.path.relpath(word, path.parent)
    write_own(path, config_text(found, name, path))
    print_path(path)
    print_line(console, f"next: mlpcli train {shell_word(path)}")
    return 0


def _write_first(file: Path) -> int:
    path = write_first(file)
    print_path(path)
    print_line(stderr_console(), f"next: mlpcli train {shell_word(path)}")
    return 0


def _write_shipped() -> int:
    console = stderr_console()
    kept = 0
    for path, is_new in write_shipped():
        if is_new:
            print_path(path)
        kept += not is_new
    if kept:
        print_line(
            console,
            f"{count(kept, 'file')} there before, left as {'it was' if kept == 1 else 'they were'}",
        )
    print_line(console, f"next: {first_run()}")
    return 0
