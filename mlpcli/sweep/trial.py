"""One trial of a sweep: its values, how far it is, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from mlpcli.config import Config
from mlpcli.runs import STOPPED, TRIAL, Run, Rung, whole
from mlpcli.search import Space, Told, Values, settings
from mlpcli.terminal import metric_word

# what a trial without a finite validation counts as where nothing is a guess's: of losses
WORST = -1e30
OVER = ("completed", "stopped", "diverged", "failed")


@dataclass
class Trial:
    """A trial. Scores are the larger the better: of losses the negative."""

    number: int
    values: Values
    config: Config
    rungs: tuple[int, ...] = ()  # steps at which it may be stopped
    status: str = "new"  # under way, elsewhere, waiting (at a rung), or one of OVER
    at: dict[int, float] = field(default_factory=dict)  # its score at the step of each rung
    score: float | None = None  # where it ended; None where it failed
    step: int = 0  # at which it ended, or waits
    path: Path | None = None
    seconds: float = 0.0  # of training, as many at once as `at_once`
    at_once: int = 1
    found: bool = False  # completed before the sweep, and not trained again
    learned: bool | None = None  # more than a guess knows; None: nobody knows

    @property
    def shown(self) -> Values:
        """Its values as they stand in its config: a rate that was measured, and not a multiple."""
        return {key: getattr(self.config, key) for key in self.values}

    @property
    def about(self) -> Mapping[str, Any]:
        """What its run.json says of it as a trial."""
        return {TRIAL: {"trial": self.number, "values": dict(self.values)}}

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.status in OVER

    @property
    def told(self) -> Told:
        """What a search is told of it."""
        return Told(self.values, self.score, self.step if self.status == "stopped" else None)

    @property
    def next_rung(self) -> int | None:
        """The step of the first rung that it has no score at; None where that is its end."""
        return next((step for step in self.rungs if step not in self.at), None)

    @cached_property  # 0.1 ms, and asked for of all trials each time that one is over
    def work(self) -> float:
        """What it costs to train to its end, as the multiplications of all steps."""
        return work_of(self.config)

    def line(self, metric: str) -> str:
        """Say in a line what came of it."""
        how = {"stopped": f", stopped at step {self.step:,}", "completed": ""}
        end = how.get(self.status, f", {self.status}")
        return f"trial {self.number}: {settings(self.shown)}: {score_text(self.score, metric)}{end}"

    def wait(self, rung: Rung, metric: str) -> None:
        """Note its score at a rung.

        A run that a signal stopped a few steps behind it stands there: its row at the rung counts,
        which `see_rungs` has seen.
        """
        if rung.step in self.rungs:
            self.at[rung.step] = score_of(rung, metric)
        self.step = max(step for step in self.at if step <= rung.step)
        self.status = "waiting"

    def stop(self) -> None:
        """Note that it does not go on from the rung that it waits at."""
        self.score, self.status = self.at[self.step], "stopped"

    def end(self, run: Run, metric: str) -> None:
        """Note what came of its run."""
        self.status, self.path = run.status, run.path
        self.step = run.last_step or 0
        if run.summary:
            self.seconds = run.summary.seconds
            self.at_once = whole(run.info.get("side_by_side"), 1) or 1
            self.score, self.learned = score_of(run.summary, metric), run.learned
            self.see_rungs(run, metric)
        elif run.status == "diverged":
            counted = None if metric == "val_loss" else run.counted(metric)
            self.score = WORST if counted is None else counted

    def take_up(self, run: Run, metric: str) -> None:
        """Note how far a run that was there has come."""
        self.path = run.path
        if run.status in ("completed", "diverged"):
            self.end(run, metric)
            return
        self.see_rungs(run, metric)
        passed = [step for step in self.rungs if step in self.at]
        if passed and run.last_step == passed[-1]:
            if run.status == STOPPED:
                self.step, self.status = passed[-1], "waiting"
            else:  # killed at the rung, before it was held against others: it stops there first
                del self.at[passed[-1]]

    def see_rungs(self, run: Run, metric: str) -> None:
        """Note the scores at its rungs, whose validations are among its rows."""
        if self.rungs:
            rows = {row.step: row for row in run.rows}
            scores = {step: score_of(rows[step], metric) for step in self.rungs if step in rows}
            self.at |= scores


def values_said(run: Run, space: Space) -> Values | None:
    """Return the values that a run says it was given; None where they are not of the space."""
    said = run.info.get(TRIAL)
    given = said.get("values") if isinstance(said, dict) else None
    return space.values_of(given) if isinstance(given, dict) else None


def work_of(config: Config) -> float:
    """Return what a run costs, as the multiplications of all steps."""
    return float(config.parameters) * config.batch_size * config.steps


def score_of(of: object, metric: str) -> float:
    """Return a score, the larger the better, of a summary, a rung or a metrics row.

    What is not finite, and so None, is the worst.
    """
    value: float | None = getattr(of, metric)
    if value is None or not math.isfinite(value):
        return WORST
    return -value if metric == "val_loss" else value


def shown_score(score: float, metric: str) -> float:
    """Return a score in the unit of its metric."""
    return -score if metric == "val_loss" else score


def finite_score(score: float | None, metric: str) -> float | None:
    """Return a score in the unit of its metric; None where there is none, or it is not finite."""
    return None if score is None or score == WORST else shown_score(score, metric)


def score_text(score: float | None, metric: str) -> str:
    """Write a score in the unit of its metric."""
    return metric_word(metric, finite_score(score, metric))


def best_first(trials: Mapping[int, Trial] | list[Trial]) -> list[Trial]:
    """Return the trials that came to their end, the best first; of equals the cheapest.

    By score, then by work and number, and never by measured times, so that it is the same again.
    """
    every = trials if isinstance(trials, list) else [*trials.values()]
    return sorted((each for each in every if each.status == "completed"), key=rank)


def rank(trial: Trial) -> tuple[float, float, int]:
    """Return what trials that came to their end are ordered by, the best first."""
    return -(trial.score or 0.0), trial.work, trial.number
