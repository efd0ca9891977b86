"""One run as a person wants to see it: what it was, what came out, and where it errs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.config.schema import Config
from mlpcli.data.datasets import DATASETS
from mlpcli.errors import RunError, shown
from mlpcli.runs.facts import Accuracy, Facts, load_facts
from mlpcli.runs.predictions import class_accuracies, confusions, load_predictions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Answers:
    """A network on its test set: predicted uint8 and true int32 classes, both [examples]."""

    predicted: NDArray[np.uint8]
    labels: NDArray[np.int32]


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

    facts: Facts
    defaults: tuple[str, ...]  # the config's keys whose values are the defaults
    classes: tuple[Accuracy, ...]  # on the test set, by class
    confusions: tuple[Confused, ...]  # the most often confused first
    warnings: tuple[str, ...]


def report_run(path: Path) -> RunReport:
    """Read a run directory. Raises RunError; predictions alone may be missing or damaged."""
    facts = load_facts(path)
    answers, warnings = load_answers(facts)
    classes: tuple[Accuracy, ...] = ()
    confused: tuple[Confused, ...] = ()
    if answers:
        counts = class_accuracies(answers.predicted, answers.labels)
        classes = tuple(Accuracy.of(*count) for count in counts)
        confused = tuple(
            Confused(each.true, each.predicted, each.examples, classes[each.true].examples)
            for each in confusions(answers.predicted, answers.labels)
        )
    return RunReport(
        facts, default_keys(facts.config), classes, confused, (*facts.warnings, *warnings)
    )


def default_keys(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys whose values are those they have when left out."""
    return tuple(key for key in Config.model_fields if _is_default(key, config))


def _is_default(key: str, config: Mapping[str, Any]) -> bool:
    field = Config.model_fields[key]
    if key not in config or field.is_required():
        return False
    try:
        default = field.get_default(call_default_factory=True, validated_data=dict(config))
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return False  # it follows from a key that is not there, or no number
    return bool(config[key] == default)


def load_answers(facts: Facts) -> tuple[Answers | None, tuple[str, ...]]:
    """Return a completed run's test predictions, or None and why; no run else has them."""
    if facts.results is None:
        return None, ()
    where, name = shown(facts.path, 200), facts.data["name"]
    dataset = DATASETS.get(name or "")
    if not dataset:
        return None, (f"{where}: no data set {shown(name)} here to hold the predictions against",)
    if facts.data["sha256"] not in (None, dataset.sha256):
        return None, (f"{where}: trained on another {name} than there is here",)
    try:
        answers = Answers(load_predictions(facts.path, dataset), dataset.test_labels())
    except RunError as error:
        return None, (str(error),)
    right = int((answers.predicted == answers.labels).sum())
    if (right, len(answers.labels)) != (facts.results.test.right, facts.results.test.examples):
        said = f"{right:,} of {len(answers.labels):,} right"
        return None, (f"{where}: test_predictions.npy has {said}, summary.json says otherwise",)
    return answers, ()
