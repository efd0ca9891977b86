"""What a command that trains came to, as it is printed in JSON: its runs, and means over seeds.

`mlpcli schema train` prints its JSON Schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from mlpcli.config import pairing_key, setting
from mlpcli.errors import RunError
from mlpcli.runs import (
    Run,
    Summary,
    by_fold,
    json_shape,
    least_of,
    load_run,
    most_of,
    overlap_of,
    stands_for,
)
from mlpcli.stats import Mean
from mlpcli.training.job import Job
from mlpcli.training.outcome import concern_of

MEANS = ("val_accuracy", "test_accuracy", "val_r2", "test_r2", "seconds")


class TrainedRun(Struct, frozen=True):
    """A run, and what became of it: completed, diverged, failed, interrupted or not begun.

    `reason` says why it was not completed, or why a completed one is worth an explanation;
    `summary` is what its summary.json says.
    """

    run: str | None  # the directory's name; None where there is none
    path: str | None
    name: str
    seed: int
    init_seed: int | None  # of the weights alone, and of the order, where they have their own
    order_seed: int | None
    fold: int | None  # of a cross-validation, from 1
    status: str
    learned: bool | None  # None where it was not completed
    found: bool  # completed before, and left as it was
    reason: str | None
    steps_taken: int | None
    seconds: float | None
    summary: Summary | None


class TrainedSetting(Struct, frozen=True):
    """Runs that differ in nothing but seed and fold, and means over these seeds, or folds.

    `folds` is how many there are, of which some may not have been trained, null where there are
    none. As compare has them: a diverged network counts with the accuracy of chance, and R squared
    0.
    """

    name: str
    runs: tuple[str, ...]  # paths
    seeds: int  # runs that were begun, a seed each, or a seed and a fold
    folds: int | None
    completed: int
    diverged: int
    results: dict[str, Mean | None]


class Decided(Struct, frozen=True):
    """What `--seeds until-decided` came to: how a config's scores lie to the first config's.

    In accuracy as a share, or in R squared; the interval holds at all looks together.
    """

    name: str
    beside: str
    answer: str  # better, worse, equivalent or undecided
    seeds: int  # that both have
    mean: float | None  # None where there was no look
    low: float | None
    high: float | None


class Trained(Struct, frozen=True):
    """The runs in the order in which they were asked for, and the settings of several seeds."""

    runs: tuple[TrainedRun, ...]
    settings: tuple[TrainedSetting, ...]
    verdicts: tuple[Decided, ...]  # of --seeds until-decided


def trained(jobs: Sequence[Job], verdicts: Iterable[Decided] = ()) -> Trained:
    """Read what the jobs left, and return it as a record."""
    runs = [_run(job) for job in jobs]
    settings: dict[str, list[tuple[Job, TrainedRun]]] = {}
    for job, run in zip(jobs, runs, strict=True):
        if job.begun:
            key = setting(job.config.resolved(), job.config.data.sha256)
            settings.setdefault(key, []).append((job, run))
    several = [each for each in settings.values() if len({_place(job) for job, _ in each}) > 1]
    return Trained(tuple(runs), tuple(map(_setting, several)), tuple(verdicts))


def trained_json(record: Trained) -> dict[str, Any]:
    """Return what came of all for JSON."""
    builtins: dict[str, Any] = msgspec.to_builtins(record)
    return builtins


def trained_schema() -> dict[str, Any]:
    """Return the JSON Schema of what `train` and `resume` print."""
    return json_shape(Trained)


def _run(job: Job) -> TrainedRun:
    read, reason = None, job.reason
    if job.path and job.begun:
        try:
            read = load_run(job.path)
        except RunError as error:
            reason = reason or str(error)
    summary = read.summary if read and job.status == "completed" else None
    if summary and job.path:
        reason = concern_of(job.config, summary, job.path) or None
    return TrainedRun(
        run=job.path.name if job.path else None,
        path=str(job.path) if job.path else None,
        name=job.config.name,
        seed=job.config.seed,
        init_seed=job.config.init_seed,
        order_seed=job.config.order_seed,
        fold=job.config.fold,
        status=job.status,
        learned=read.learned if read and summary else None,
        found=job.found,
        reason=reason,
        steps_taken=read.last_step if read else None,
        seconds=_seconds(read),
        summary=summary,
    )


def _seconds(read: Run | None) -> float | None:
    if read is None:
        return None
    ended = read.summary or read.last
    return ended.seconds if ended else None


def _setting(runs: Sequence[tuple[Job, TrainedRun]]) -> TrainedSetting:
    of_seeds = {_place(job): (job, run) for job, run in runs}  # one repeats the other, to the bit
    kept = [*of_seeds.values()]
    statuses = [run.status for _, run in kept]
    return TrainedSetting(
        name=min((run.name for _, run in runs), key=lambda name: (len(name), name)),
        runs=tuple(run.path for _, run in runs if run.path),
        seeds=len(kept),
        folds=kept[0][0].config.folds,
        completed=statuses.count("completed"),
        diverged=statuses.count("diverged"),
        results={key: _mean(key, kept) for key in MEANS},
    )


def _mean(key: str, runs: Sequence[tuple[Job, TrainedRun]]) -> Mean | None:
    values = [(run.fold, _value(key, job, run)) for job, run in runs]
    there = by_fold((fold, value) for fold, value in values if value is not None)
    config = runs[0][0].config
    overlap = overlap_of(key, config.data.facts) if config.folds else 0.0
    return Mean.of(there, most_of(key), least_of(key), overlap) if there else None


def _place(job: Job) -> tuple[int | None, int | None]:
    return job.config.fold, pairing_key(job.config.resolved())


def _value(key: str, job: Job, run: TrainedRun) -> float | None:
    if run.summary:
        value: float | None = getattr(run.summary, key)
        return value
    return stands_for(run.status, job.config.data.facts, key)
