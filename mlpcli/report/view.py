"""A run's report: what came out, the curve, the classes, the config, where it was."""

from collections.abc import Iterator
from datetime import datetime

from mlpcli.errors import shown
from mlpcli.report.curves import curves
from mlpcli.report.run_report import RunReport
from mlpcli.runs import Run, metrics_in, representative_rows
from mlpcli.terminal import (
    LONG,
    Block,
    Emphasis,
    Plots,
    Section,
    Text,
    duration,
    metric_text,
    number,
    percent,
    table_of,
    value_text,
)

HASH = 12  # digits that tell a hash apart
PAIRS = 10  # confusions shown


def report_sections(report: RunReport) -> Iterator[Section]:
    """Yield the sections of a run's report, as far as there is something to show."""
    run = report.run
    yield from _outcome(run)
    if plots := curves(run.history):
        yield Section("", [Plots(plots)])
    yield from _metrics(run)
    yield from _classes(report)
    yield _config(report)
    yield _origin(run)


def _outcome(run: Run) -> Iterator[Section]:
    head: list[Block] = [Text(f"{shown(run.name, 200)}: {_standing(run)}", "strong")]
    if run.error:
        head.append(Text(shown(run.error, LONG), "error"))
    if run.summary:
        yield Section("", head)
        yield Section("", [*_scores(run), *_best(run), *_effort(run)])
    else:
        yield Section("", [*head, *_best(run)])


def _standing(run: Run) -> str:
    steps, last = run.config.get("steps"), run.history.last
    if run.summary or not last:
        return run.status
    of = f" of {steps:,}" if isinstance(steps, int) else ""
    return f"{run.status}, step {last.step:,}{of}"


def _best(run: Run) -> Iterator[Text]:
    best = run.history.best
    if best:
        when = "" if best.seconds is None else f", after {duration(best.seconds)}"
        so_far = "" if run.summary else "so far "
        share = percent(best.val_accuracy)
        yield Text(f"best validation accuracy {so_far}{share} % at step {best.step:,}{when}")


def _scores(run: Run) -> Iterator[Block]:
    results = run.summary
    if not results:
        return
    rows = []
    for name, score, loss in (
        ("test", results.test, results.test_loss),
        ("validation", results.validation, results.val_loss),
    ):
        interval = f"{percent(score.low)} to {percent(score.high)}"
        counts = (f"{score.correct:,}", f"{score.examples:,}")
        rows.append([name, percent(score.accuracy), interval, *counts, number(loss)])
    training = [percent(results.train_accuracy), "", "", "", number(results.train_loss)]
    rows.append(["training", *training])
    yield table_of(("", "accuracy %", "95 % interval", "correct", "of", "loss"), rows)


def _effort(run: Run) -> Iterator[Block]:
    """Yield what it took, as far as that is known."""
    results = run.summary
    if not results:
        return
    speed = results.examples_per_second
    parts = [
        "" if results.parameters is None else f"{results.parameters:,} parameters",
        "" if results.steps is None else f"{results.steps:,} steps",
        "" if results.seconds is None else f"{duration(results.seconds)} of training",
        "" if speed is None else f"{speed:,.0f} examples/s",
    ]
    yield Text(", ".join(part for part in parts if part))


def _metrics(run: Run) -> Iterator[Section]:
    rows, total = representative_rows(run.history), run.history.rows_total
    if not rows:
        return
    some = f": {len(rows)} of {total:,} rows" if len(rows) < total else ""
    metrics = {
        name: metric
        for name, metric in metrics_in("show").items()
        if metric.since == 1 or any(getattr(row, name) is not None for row in rows)
    }
    heads = [metric.short or metric.heading for metric in metrics.values()]
    cells = (
        [metric_text(metric, getattr(row, name)) for name, metric in metrics.items()]
        for row in rows
    )
    yield Section(f"Metrics{some}", [table_of(heads, cells, texts=0)])


def _classes(report: RunReport) -> Iterator[Section]:
    if not report.classes:
        return
    rows = []
    for label, each in enumerate(report.classes):
        counts = (f"{each.correct:,}", f"{each.examples:,}")
        interval = f"{percent(each.low)} to {percent(each.high)}"
        rows.append([str(label), percent(each.accuracy), interval, *counts])
    heads = ("class", "accuracy %", "95 % interval", "correct", "of")
    yield Section("Classes of the test set", [table_of(heads, rows)])
    pairs = [
        Text(f"{pair.true} taken for {pair.predicted}: {pair.count:,} of {pair.examples:,}")
        for pair in report.confusions[:PAIRS]
    ]
    if pairs:
        yield Section("Most confused", pairs)


def _config(report: RunReport) -> Section:
    """Return the config, with defaults faint and marked."""
    rows, emphasis = [], list[Emphasis]()
    for key, value in report.run.config.items():
        default = key in report.defaults
        rows.append((shown(key), value_text(value) + (" (default)" if default else "")))
        emphasis.append("faint" if default else "")
    return Section("Config", [table_of(("", ""), rows, 2, emphasis, halves=True)])


def _origin(run: Run) -> Section:
    about, git, sha = run.environment, run.environment["git"], run.data["sha256"]
    changed = ", with changes that are not committed" if git["dirty"] else ""
    machine = [about["host"], about["cpu"], *about["gpus"]]
    machine += [f"{about['threads']} threads"] if about["threads"] is not None else []
    pairs = {
        "directory": str(run.path),
        "command": run.command or "",
        "started": _when(run.started),
        "ended": _when(run.ended),
        "machine": ", ".join(filter(None, machine)),
        "versions": ", ".join(f"{key} {value}" for key, value in about["versions"].items()),
        "git": (git["commit"] or "")[:HASH] + changed,
        "data": (run.data["name"] or "") + (f", SHA-256 {sha[:HASH]}" if sha else ""),
    }
    there = [(key, text) for key, text in pairs.items() if text]
    return Section("Where it came from", [table_of(("", ""), there, 2)])


def _when(text: str | None) -> str:
    try:
        return f"{datetime.fromisoformat(text or ''):%Y-%m-%d %H:%M:%S %Z}"
    except ValueError:
        return text or ""
