"""What `data` does: a data set described, and what to type next."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mlpcli.config import free_path, load_config, own_path, sound_data_spec, spelled
from mlpcli.data import (
    BUILT_IN,
    DataSpec,
    Description,
    columns_alone,
    describe,
    likely_target,
    located,
)
from mlpcli.errors import ConfigError, DataError, shell_word
from mlpcli.report.data_set_record import data_json
from mlpcli.report.data_set_view import brief_sections, full_sections, is_cut
from mlpcli.terminal import print_error, print_next, print_result

CONFIGS = (".yaml", ".yml")


@dataclass(frozen=True)
class _Asked:
    """What is asked for: a file's, a built-in one's or a config's name, a target and a task."""

    word: str
    targets: Sequence[str]
    task: str | None

    @property
    def is_config(self) -> bool:
        return self.word not in BUILT_IN and Path(self.word).suffix in CONFIGS

    @property
    def overrides(self) -> list[str]:
        """The options as a config has them."""
        targets = self.targets
        target = spelled(targets[0] if len(targets) == 1 else [*targets])
        task = [f"task={self.task}"] if self.task else []
        return [*([f"target={target}"] if targets else []), *task]

    def spec(self) -> DataSpec:
        """Return the data keys. Raises ConfigError."""
        if self.is_config:
            return load_config(Path(self.word), self.overrides).data_spec
        targets = self.targets
        target = tuple(targets) if len(targets) > 1 else targets[0] if targets else None
        return DataSpec(dataset=located(self.word, Path()), target=target, task=self.task)

    def next_step(self, found: Description) -> str:
        """Return what to type next, "" where nothing would work."""
        word = shell_word(self.word)
        if isinstance(found.problem, ConfigError):  # it says what to do
            return ""
        if found.problem:
            target = likely_target(found)
            return f"mlpcli data {word} --target {shell_word(target)}" if target else ""
        if self.is_config:
            settings = "".join(f" -s {shell_word(each)}" for each in self.overrides)
            return f"mlpcli train {word}{settings}"
        target = "".join(f" --target {shell_word(each)}" for each in self.targets)
        task = f" --task {self.task}" if self.task else ""
        own = own_path(self.word)
        out = f" --out {shell_word(free_path(own))}" if os.path.lexists(own) else ""
        return f"mlpcli init {word}{target}{task}{out}"


def show_data(word: str, targets: Sequence[str], task: str | None, form: str, full: bool) -> int:
    """Print what a file, a built-in data set, or that of a config is; return the exit code.

    It is 2 where the rows can be read but not learned from. Raises DataError and ConfigError.
    """
    asked = _Asked(word, targets, task)
    try:
        found = describe(asked.spec())
    except ConfigError as error:
        found = _despite(asked, error)
    print_result(found, form, full_sections if full else brief_sections, data_json)
    if found.problem:
        print_error(found.problem)
    if form != "json" and (command := asked.next_step(found)):
        print_next(command, more=not full and is_cut(found))
    return 2 if found.problem else 0


def _despite(asked: _Asked, error: ConfigError) -> Description:
    """Describe the data set of a config that is wrong, as far as it can be read; or raise."""
    try:
        spec = sound_data_spec(Path(asked.word), asked.overrides) if asked.is_config else None
    except ConfigError:
        spec = None
    if spec is None:
        raise error
    try:
        return replace(describe(spec), problem=error)
    except DataError:
        pass  # what is wrong is a data key
    try:
        return columns_alone(describe(DataSpec(spec.dataset)), error)
    except DataError:
        raise error from None
