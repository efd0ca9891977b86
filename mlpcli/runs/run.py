"""A run as it was read: what its files say, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from mlpcli.config import Stopping, stated_stopping, stated_widths
from mlpcli.data import DataFacts
from mlpcli.errors import shown
from mlpcli.runs.history import History, read_history, read_rows
from mlpcli.runs.metrics import rows_beyond
from mlpcli.runs.origin import data_facts, data_of, environment_of, text
from mlpcli.runs.records import MetricsRow, Summary
from mlpcli.runs.results import stands_for
from mlpcli.runs.rung import STOPPED, rung_of
from mlpcli.runs.validate import whole


class Run(Struct, frozen=True, dict=True):  # made in a tenth of the time of a dataclass
    """What a run directory tells, read without a lock; each of its files once.

    `info` is run.json as it is; the properties have of it what can be shown. Only they, and what
    they come from, cost time where thousands of runs are read.
    """

    path: Path
    status: str  # running, completed, stopped (at a rung), diverged, failed or interrupted
    config: Mapping[str, Any]
    info: Mapping[str, Any]
    summary: Summary | None = None  # None unless completed
    last: MetricsRow | None = None  # the last metrics row, None where none can be read
    doubts: tuple[str, ...] = ()  # what was read otherwise than it stands there, and why
    config_change: str = ""  # how config.yaml differs from `config`, which the run was started with
    contradictions: tuple[str, ...] = ()  # what it says that cannot all be true
    unproven: tuple[str, ...] = ()  # why its summary could not be held against the rest

    @property
    def name(self) -> str:
        """The directory's name."""
        return self.path.name

    @property
    def goes_on(self) -> bool:
        """Whether it was ended before its last step, by what `resume` takes up again."""
        return self.status in ("interrupted", "failed", STOPPED)

    def counted(self, key: str) -> float | None:
        """Return a score as means count it: the summary's, or chance's where the run diverged."""
        found = getattr(self.summary, key) if self.summary else None
        return found if found is not None else stands_for(self.status, self.facts, key)

    @property
    def learned(self) -> bool | None:
        """Whether a completed run's network does better than an untrained one may.

        See `has_learned`.
        None of a run that was not completed, or of a data set that is not known here.
        """
        if self.summary is None:
            return None
        validation = self.summary.validation
        low = validation.low if validation else None
        found = has_learned(self.facts, self.summary.val_accuracy, low, self.summary.val_r2)
        return found or unless_weighted(self.config, found)

    @property
    def standing(self) -> str:
        """The status in words, and whether the network learned nothing."""
        return in_words(self.status, self.learned)

    @property
    def error(self) -> str | None:
        """What ended a run that was not completed."""
        if self.status == STOPPED and (rung := rung_of(self.info)):
            return rung.text
        unfinished = self.status not in ("completed", "running")
        return text(self.info.get("error")) if unfinished else None

    @property
    def version(self) -> int:
        """The schema version of run.json; the first says none."""
        return whole(self.info.get("schema_version"), 1) or 1

    @property
    def started(self) -> str | None:
        """When it was started, as run.json has it."""
        return text(self.info.get("started"))

    @property
    def ended(self) -> str | None:
        """When it ended, as run.json has it."""
        return text(self.info.get("ended")) if self.status != "running" else None

    @property
    def command(self) -> str | None:
        """The command line that started it."""
        return text(self.info.get("command"))

    @cached_property
    def environment(self) -> Mapping[str, Any]:
        """Versions, git, host, cpu, threads and gpus."""
        return environment_of(self.info)

    @cached_property
    def data(self) -> Mapping[str, str | None]:
        """The name and the sha256 of the data that it was trained on."""
        return data_of(self.info, self.config)

    @cached_property
    def facts(self) -> DataFacts | None:
        """What is known of that data; None where nobody knows."""
        return data_facts(self.info, self.config)

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The numbers that go into its network, into each layer after the first, and out.

        Empty where config and data do not say them.
        """
        hidden, facts = stated_widths(self.config), self.facts
        return (facts.inputs, *hidden, facts.task.outputs) if hidden is not None and facts else ()

    @cached_property
    def rows(self) -> tuple[MetricsRow, ...]:
        """The metrics rows. Raises RunError if they cannot be read."""
        return tuple(read_rows(self.path))

    @cached_property
    def history(self) -> History:
        """What the metrics rows come to. Raises RunError if they cannot be read."""
        return read_history(self.path, self.last_step, self.stopping)

    @cached_property
    def stopping(self) -> Stopping:
        """When it stops before its last step, and which weights it keeps."""
        return stated_stopping(self.config)

    @property
    def last_step(self) -> int | None:
        """The step of the last metrics row: a completed run's row is that of its last step."""
        if self.summary:
            return self.summary.steps
        return self.last.step if self.last else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was read otherwise than it stands there, and what of the rows was not read."""
        said = dict.fromkeys((*self.doubts, *filter(None, [self.rows_lost])))
        return tuple(f"{shown(self.path, 200)}: {text}" for text in said)

    @property
    def rows_lost(self) -> str:
        """What there is to say where rows are missing up to the last step that is known, or ""."""
        if not self.history.cut or self.last_step is None:
            return ""
        return rows_beyond(self.history.rows_total, self.last_step)


def has_learned(
    facts: DataFacts | None, accuracy: float | None, low: float | None, r2: float | None
) -> bool | None:
    """Say whether a network does better than an untrained one may; None where nobody knows.

    By its validation accuracy and the lower bound of its 95 % interval: of what is above the limit
    and may be below it, on few examples, nobody knows. Of values by R squared, which is 0 for
    whoever always answers the mean of the examples at hand, and below 0 for the mean of others. An
    untrained network, whose outputs know nothing of the targets, lies below 0 by their variance.
    """
    if r2 is not None:
        return r2 > 0
    if facts is None or accuracy is None or low is None:
        return None
    if low > facts.learned_accuracy:
        return True
    return False if accuracy <= facts.learned_accuracy else None


def unless_weighted(config: Mapping[str, Any], learned: bool | None) -> bool | None:
    """Return whether a network has learned, but None where that is no and it had class weights.

    What is trained to tell rare classes may have less accuracy than one that answers the largest.
    """
    return None if config.get("class_weights", "none") != "none" else learned


def in_words(status: str, learned: bool | None) -> str:
    """Return a run's status, and whether its network learned nothing."""
    return f"{status}, learned nothing" if learned is False else status
