"""One run as a person wants to see it: what it was, what came out, and where it errs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mlpcli.boundary import Plane, plane_of_run
from mlpcli.config import is_default
from mlpcli.errors import shown
from mlpcli.report.scores import Scored, scores
from mlpcli.runs import (
    Run,
    class_accuracies,
    confusions,
    dependence,
    load_answers,
    open_run,
)
from mlpcli.stats import Accuracy


@dataclass(frozen=True)
class Confused:
    """How many of a class's test examples were taken for another class."""

    true: int
    predicted: int
    count: int
    examples: int  # of the class `true`


@dataclass(frozen=True)
class RunReport:
    """All that is shown of a run; `classes` and `confusions` are empty without predictions."""

    run: Run
    defaults: tuple[str, ...]  # the config's keys whose values are the defaults
    scores: tuple[Scored, ...]
    classes: tuple[Accuracy, ...]  # on the test set, by class
    confusions: tuple[Confused, ...]  # the most often confused first
    warnings: tuple[str, ...]
    plane: Plane | None = None  # what its network makes of the plane that its inputs span


def report_run(path: Path) -> RunReport:
    """Read a run directory. Raises RunError; predictions alone may be missing or damaged."""
    run = open_run(path)
    answers, warnings = load_answers(run)
    classes: tuple[Accuracy, ...] = ()
    confused: tuple[Confused, ...] = ()
    if answers and not answers.of_values:
        counts = class_accuracies(answers.predicted, answers.targets)
        classes = tuple(Accuracy.of(*count) for count in counts)
        confused = tuple(
            Confused(each.true, each.predicted, each.examples, classes[each.true].examples)
            for each in confusions(answers.predicted, answers.targets)
        )
    plane, undrawn = plane_of_run(run)
    said = (f"{shown(run.path, 200)}: {undrawn}",) if undrawn else ()
    return RunReport(
        run=run,
        defaults=tuple(key for key in run.config if is_default(run.config, key)),
        scores=scores(run, answers),
        classes=classes,
        confusions=confused,
        warnings=tuple(dict.fromkeys((*run.warnings, *warnings, *said, *dependence(run)))),
        plane=plane,
    )
