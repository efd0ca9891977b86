"""What `data` does: a data set described, and what to type next."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mlpcli.config import free_path, load_config, own_path, spelled
from mlpcli.data import (
    BUILT_IN,
    DataSpec,
    Description,
    describe,
    likely_target,
    located,
)
from mlpcli.errors import shell_word
from mlpcli.report.data_set_view import brief_sections, full_sections, is_cut
from mlpcli.terminal import print_error, print_next, print_result

CONFIGS = (".yaml", ".yml")


def show_data(word: str, targets: Sequence[str], form: str, full: bool) -> int:
    """Print what a file, a built-in data set, or that of a config is; return the exit code.

    It is 2 where the rows can be read but not learned from. Raises DataError and ConfigError.
    """
    is_config = word not in BUILT_IN and Path(word).suffix in CONFIGS
    spec = _spec_of_config(Path(word), targets) if is_config else _spec(word, targets)
    description = describe(spec)
    print_result(description, form, full_sections if full else brief_sections, data_json)
    if description.problem:
        print_error(description.problem)
    if form != "json" and (command := _next(description, word, targets, is_config)):
        print_next(command, more=not full and is_cut(description))
    return 2 if description.problem else 0


def _spec(word: str, targets: Sequence[str]) -> DataSpec:
    target = tuple(targets) if len(targets) > 1 else targets[0] if targets else None
    return DataSpec(dataset=located(word, Path()), target=target)


def _spec_of_config(path: Path, targets: Sequence[str]) -> DataSpec:
    overrides = (f"target={spelled([*targets])}",) if targets else ()
    return load_config(path, overrides).data_spec


def _next(found: Description, word: str, targets: Sequence[str], is_config: bool) -> str:
    """Return what to type next, "" where nothing would work."""
    if found.problem:
        target = likely_target(found)
        return f"mlpcli data {shell_word(word)} --target {shell_word(target)}" if target else ""
    if is_config:
        return f"mlpcli train {shell_word(word)}"
    named = "".join(f" --target {shell_word(each)}" for each in targets)
    own = own_path(word)
    out = f" --out {shell_word(free_path(own))}" if os.path.lexists(own) else ""
    return f"mlpcli init {shell_word(word)}{named}{out}"


def data_json(found: Description) -> dict[str, Any]:
    """Return a description for JSON."""
    facts = found.data.facts if found.data else None
    return {
        "name": found.name,
        "sha256": facts.sha256 if facts else None,
        "rows": found.rows,
        "task": facts.task.kind if facts else None,
        "target": list(found.targets),
        "columns": [asdict(each) for each in found.columns],
        "classes": [{"name": name, "rows": rows} for name, rows in found.classes],
        "values": [asdict(each) for each in found.values],
        "inputs": facts.inputs if facts else None,
        "train_examples": facts.train_examples if facts else None,
        "validation_examples": facts.validation_examples if facts else None,
        "test_examples": facts.test_examples if facts else None,
        "warnings": list(found.warnings),
        "problem": str(found.problem) if found.problem else None,
    }
