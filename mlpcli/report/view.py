"""All of a run, for `show --full`: where it came from, config, metrics, classes, what came out."""

from collections.abc import Iterator
from datetime import datetime

from mlpcli.errors import shown
from mlpcli.report.brief import brief_sections
from mlpcli.report.run_report import RunReport
from mlpcli.runs import Run, metrics_in, representative_rows
from mlpcli.terminal import (
    Emphasis,
    Section,
    Text,
    metric_text,
    percent,
    table_of,
    value_text,
)

HASH = 12  # digits that tell a hash apart
PAIRS = 10  # confusions shown
HEIGHT = 10  # lines of a curve


def full_sections(report: RunReport) -> Iterator[Section]:
    """Yield all that there is to show of a run, what came out last, where the eye is."""
    run = report.run
    yield _origin(run)
    yield _config(report)
    yield from _metrics(run)
    yield from _classes(report)
    yield from brief_sections(report, HEIGHT)


def _metrics(run: Run) -> Iterator[Section]:
    rows, total = representative_rows(run.history), run.history.rows_total
    if not rows:
        return
    some = f": {len(rows)} of {total:,} rows" if len(rows) < total else ""
    kind = run.facts.task.kind if run.facts else "classification"
    metrics = {
        name: metric
        for name, metric in metrics_in("show", kind).items()
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
        "error": run.error or "",
        "machine": ", ".join(filter(None, machine)),
        "versions": ", ".join(f"{key} {value}" for key, value in about["versions"].items()),
        "variables": ", ".join(f"{key}={value}" for key, value in about["environment"].items()),
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
