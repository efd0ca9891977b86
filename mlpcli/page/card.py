"""A run's model card: Markdown below a YAML head, as model hubs read it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from mlpcli.data import Classification, Regression
from mlpcli.errors import shell_word, shown
from mlpcli.page.command import CARD_MARK
from mlpcli.report import RunReport
from mlpcli.runs import CONFIG, Run, Summary
from mlpcli.terminal import count, number, percent, value_text

MARKUP = re.compile(r"[\\`*_\[\]<>|~&#]")  # what Markdown may take for markup within a line
MOST_CLASSES, MOST_INPUTS = 20, 20  # named


def model_card(report: RunReport) -> str:
    """Return the card of a completed run."""
    summary = report.run.summary
    assert summary
    body = (
        _intro(report.run, summary), _scores(report), _data(report.run), _limits(report),
        _repeat(report.run),
    )  # fmt: skip
    parts = ["\n".join(_head(report.run, summary)), CARD_MARK, *("\n".join(each) for each in body)]
    return "\n\n".join(parts) + "\n"


def _head(run: Run, summary: Summary) -> Iterator[str]:
    """Yield the YAML that hubs read: a JSON text is YAML, whatever is in it."""
    kind, name = _kind(run), _said(run.data["name"] or "data")
    yield "---"
    yield "library_name: keras"
    yield f"tags: {_yaml(['mlpcli', 'multilayer-perceptron', kind])}"
    yield f"datasets: {_yaml([name])}"
    metrics = _metrics(summary)
    yield f"metrics: {_yaml([name for name, _ in metrics])}"
    results = [{
        "task": {"type": kind, "name": kind.replace("-", " ")},
        "dataset": {"type": name, "name": name, "split": "test"},
        "metrics": [{"type": metric, "value": value} for metric, value in metrics],
    }]  # fmt: skip
    yield f"model-index: {_yaml([{'name': _said(run.name), 'results': results}])}"
    yield "---"


def _kind(run: Run) -> str:
    """Return the task as model hubs call it."""
    facts = run.facts
    of_values = bool(facts and isinstance(facts.task, Regression))
    if facts and not facts.input_columns and not of_values:
        return "image-classification" if facts.inputs >= 64 else "tabular-classification"
    return "tabular-regression" if of_values else "tabular-classification"


def _metrics(summary: Summary) -> list[tuple[str, float]]:
    pairs = (
        ("accuracy", summary.test_accuracy), ("f1", summary.test_macro_f1),
        ("r_squared", summary.test_r2), ("rmse", summary.test_rmse), ("mae", summary.test_mae),
        ("loss", summary.test_loss),
    )  # fmt: skip
    return [(name, value) for name, value in pairs if value is not None]


def _yaml(value: Any) -> str:
    return json.dumps(value)


def _intro(run: Run, summary: Summary) -> Iterator[str]:
    yield f"# {_escaped(run.name)}"
    yield ""
    config = run.config
    keys = ("layers", "width", "activation", "learning_rate", "steps", "batch_size")
    said = ", ".join(f"{key} {value_text(config[key], 60)}" for key in keys if key in config)
    parameters = "" if summary.parameters is None else f", {summary.parameters:,} parameters"
    yield (
        f"A multilayer perceptron, {_escaped(said)}{parameters}; trained with SGD by mlpcli. "
        f"The weights are those after step {summary.weights_step:,}."
    )


def _scores(report: RunReport) -> Iterator[str]:
    yield "## Scores"
    yield ""
    of_values = report.run.summary is not None and report.run.summary.test_r2 is not None
    score = "R squared" if of_values else "accuracy, %"
    yield f"| set | {score} | 95 % interval | examples | loss |"
    yield "|---|---|---|---|---|"
    for each in report.scores:
        score = number(each.r2) if of_values else percent(each.accuracy)
        write = number if of_values else percent
        there = each.low is not None and each.high is not None
        bounds = f"{write(each.low)} to {write(each.high)}" if there else ""
        examples = "" if each.examples is None else f"{each.examples:,}"
        yield f"| {each.of} | {score} | {bounds} | {examples} | {number(each.loss)} |"
    yield ""
    yield "Validation chose, test reports: the test set was scored once, at the end."


def _data(run: Run) -> Iterator[str]:
    yield "## Data"
    yield ""
    sha, facts = run.data["sha256"], run.facts
    yield f"- data set: {_escaped(run.data['name'] or 'unknown')}" + (
        f", SHA-256 `{shown(sha, 64)}`" if sha and sha.isalnum() else ""
    )
    if facts is None:
        return
    parts = (facts.train_examples, facts.validation_examples, facts.test_examples)
    train, validation, test = (f"{each:,}" for each in parts)
    yield f"- examples: {train} for training, {validation} for validation, {test} for testing"
    for key in ("split", "split_by", "split_seed", "folds", "fold"):
        if run.config.get(key) is not None:
            yield f"- {_escaped(key)}: {_escaped(value_text(run.config[key], 100))}"
    if isinstance(facts.task, Classification):
        yield f"- classes: {_some(facts.task.classes, MOST_CLASSES)}"
    else:
        yield f"- targets: {_some(facts.task.targets, MOST_CLASSES)}"
    if facts.input_columns:
        yield f"- inputs: {_some(facts.input_columns, MOST_INPUTS)}"
    else:
        yield f"- inputs: {count(facts.inputs, 'number')}"


def _some(names: tuple[str, ...], most: int) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(_escaped(shown(each, 60)) for each in names[:most]) + more


def _limits(report: RunReport) -> Iterator[str]:
    run, summary = report.run, report.run.summary
    yield "## Limits"
    yield ""
    yield "- One run of one seed: others differ, and `mlpcli train --seeds 5` says how far."
    yield "- The interval is that of the test examples' number alone, and for rows like them."
    if run.learned is False:
        yield "- It learned nothing: a guess does as well."
    if summary and summary.test_calibration_error is not None:
        error = percent(summary.test_calibration_error)
        yield f"- Its probabilities are {error} points off in the mean (calibration error)."
    for text in (*run.contradictions, *report.warnings):
        yield f"- {_escaped(shown(text, 300))}"
    if report.classes and len(report.classes) > 1:
        worst = min((each for each in report.classes if each.examples), key=lambda e: e.accuracy)
        name = str(report.classes.index(worst))
        if run.facts and isinstance(run.facts.task, Classification):
            name = run.facts.task.classes[int(name)]
        low, high = percent(worst.low), percent(worst.high)
        yield (
            f"- Of the class {_escaped(shown(name, 60))} {percent(worst.accuracy)} % are right, "
            f"{low} to {high}: the fewest of any."
        )


def _repeat(run: Run) -> Iterator[str]:
    yield "## Repeat it"
    yield ""
    yield "```sh"
    # as it is: other quotes than shell_word's would run what stands between them
    yield f"mlpcli train {shell_word(run.path / CONFIG)}"
    yield "```"
    yield ""
    versions = run.environment["versions"]
    if versions:
        said = ", ".join(f"{key} {value}" for key, value in versions.items())
        yield f"Trained with {_escaped(shown(said, 500))}."


def _said(text: object) -> str:
    return shown(text, 1_000)


def _escaped(text: object) -> str:
    return MARKUP.sub(r"\\\g<0>", _said(text))
