"""A run's report on stdout: what came out, the curve, the classes, the config, where it was."""

from datetime import datetime
from itertools import zip_longest

from rich.table import Table
from rich.text import Text

from mlpcli.errors import shown
from mlpcli.report.curves import curves
from mlpcli.report.run_report import RunReport, report_json
from mlpcli.runs import Facts, MetricsRow, representative_rows, to_json
from mlpcli.terminal import (
    LONG,
    Cells,
    Console,
    duration,
    heading,
    number,
    percent,
    print_line,
    print_whole,
    sentence,
    stderr_console,
    table,
    value_text,
)

CURVE = 100  # columns at most that a curve takes
HASH = 12  # digits that tell a hash apart
PAIRS = 10  # confusions shown


def show_report(report: RunReport, form: str) -> int:
    """Print the report, and what was not read on stderr; return the exit code."""
    talk = stderr_console()
    for warning in report.warnings:
        print_line(talk, warning, "yellow")
    if form == "json":
        print(to_json(report_json(report), indent=2))
        return 0
    console = Console()
    _outcome(console, report.facts)
    _curves(console, report.facts)
    _metrics(console, report.facts)
    _classes(console, report)
    _config(console, report)
    _origin(console, report.facts)
    return 0


def _outcome(console: Console, facts: Facts) -> None:
    sentence(console, f"{shown(facts.run, 200)}: {_standing(facts)}", "bold")
    if facts.error:
        sentence(console, shown(facts.error, LONG), "red")
    results, best = facts.results, facts.history.best
    if results:
        console.print()
        _scores(console, facts)
    if best:
        when = "" if best.seconds is None else f", after {duration(best.seconds)}"
        so_far = "" if results else "so far "
        share = percent(best.val_accuracy)
        sentence(console, f"best validation accuracy {so_far}{share} % at step {best.step:,}{when}")
    if results:
        speed = results.examples_per_second
        parts = [
            "" if results.parameters is None else f"{results.parameters:,} parameters",
            "" if results.steps is None else f"{results.steps:,} steps",
            "" if results.seconds is None else f"{duration(results.seconds)} of training",
            "" if speed is None else f"{speed:,.0f} examples/s",
        ]
        sentence(console, ", ".join(part for part in parts if part))


def _standing(facts: Facts) -> str:
    steps, last = facts.config.get("steps"), facts.history.last
    if facts.results or not last:
        return facts.status
    of = f" of {steps:,}" if isinstance(steps, int) else ""
    return f"{facts.status}, step {last.step:,}{of}"


def _scores(console: Console, facts: Facts) -> None:
    results = facts.results
    if not results:
        return
    lines = []
    for name, score, loss in (
        ("test", results.test, results.test_loss),
        ("validation", results.validation, results.val_loss),
    ):
        interval = f"{percent(score.low)} to {percent(score.high)}"
        counts = (f"{score.correct:,}", f"{score.examples:,}")
        lines.append(([name, percent(score.accuracy), interval, *counts, number(loss)], ""))
    training = [percent(results.train_accuracy), "", "", "", number(results.train_loss)]
    lines.append((["training", *training], ""))
    heads = ("", "accuracy %", "95 % interval", "correct", "of", "loss")
    table(console, heads, 1, lines)


def _curves(console: Console, facts: Facts) -> None:
    utf8 = console.encoding.startswith("utf")
    color = bool(console.color_system) and not console.no_color and utf8
    plots = curves(facts.history, min(console.width, CURVE), color)
    if not plots:
        return
    console.print()
    drawn = [Text.from_ansi(plot) for plot in plots]
    if sum(max(map(len, text.split())) for text in drawn) < console.width:
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_row(*drawn)
        console.print(grid)
    else:
        console.print(*drawn, sep="\n")


def _metrics(console: Console, facts: Facts) -> None:
    rows, total = representative_rows(facts.history), facts.history.rows_total
    if not rows:
        return
    some = f": {len(rows)} of {total:,} rows" if len(rows) < total else ""
    heading(console, f"Metrics{some}")
    heads = ("step", "loss", "acc. %", "val loss", "val %", "learning rate", "seconds", "ex./s")
    table(console, heads, 0, ((_row_cells(row), "") for row in rows))


def _row_cells(row: MetricsRow) -> Cells:
    seconds, speed = row.seconds, row.examples_per_second
    return [
        f"{row.step:,}",
        number(row.loss),
        percent(row.accuracy),
        number(row.val_loss),
        percent(row.val_accuracy),
        "-" if row.learning_rate is None else f"{row.learning_rate:.4g}",
        "-" if seconds is None else f"{seconds:,.1f}",
        "-" if speed is None else f"{speed:,.0f}",
    ]


def _classes(console: Console, report: RunReport) -> None:
    if not report.classes:
        return
    heading(console, "Classes of the test set")
    lines = []
    for label, each in enumerate(report.classes):
        counts = (f"{each.correct:,}", f"{each.examples:,}")
        interval = f"{percent(each.low)} to {percent(each.high)}"
        lines.append(([str(label), percent(each.accuracy), interval, *counts], ""))
    table(console, ("class", "accuracy %", "95 % interval", "correct", "of"), 1, lines)
    if report.confusions:
        heading(console, "Most confused")
    for pair in report.confusions[:PAIRS]:
        print_line(
            console, f"{pair.true} taken for {pair.predicted}: {pair.count:,} of {pair.examples:,}"
        )


def _config(console: Console, report: RunReport) -> None:
    """Print the config in two columns of keys if they fit, or else in one."""
    heading(console, "Config")
    lines: list[list[Text]] = []
    nothing: list[Text] = []
    for key, value in report.facts.config.items():
        default = key in report.defaults
        texts = (shown(key), value_text(value) + (" (default)" if default else ""))
        lines.append([Text(text, style="dim" if default else "") for text in texts])
    widest = [max((len(line[i]) for line in lines), default=0) for i in (0, 1)]
    two = 2 * (sum(widest) + 4) <= console.width
    half = (len(lines) + 1) // 2 if two else len(lines)
    grid = Table.grid(*["" for _ in range(4 if two else 2)], padding=(0, 2, 0, 0))
    for column in grid.columns:
        column.overflow = "fold"
    for left, right in zip_longest(lines[:half], lines[half:], fillvalue=nothing):
        grid.add_row(*left, *right)
    print_whole(console, grid)


def _origin(console: Console, facts: Facts) -> None:
    heading(console, "Where it came from")
    about, git, sha = facts.environment, facts.environment["git"], facts.data["sha256"]
    changed = ", with changes that are not committed" if git["dirty"] else ""
    machine = [about["host"], about["cpu"], *about["gpus"]]
    machine += [f"{about['threads']} threads"] if about["threads"] is not None else []
    pairs = {
        "directory": str(facts.path),
        "command": facts.command or "",
        "started": _when(facts.started),
        "ended": _when(facts.ended),
        "machine": ", ".join(filter(None, machine)),
        "versions": ", ".join(f"{key} {value}" for key, value in about["versions"].items()),
        "git": (git["commit"] or "")[:HASH] + changed,
        "data": (facts.data["name"] or "") + (f", SHA-256 {sha[:HASH]}" if sha else ""),
    }
    table(console, ("", ""), 2, (((key, text), "") for key, text in pairs.items() if text))


def _when(text: str | None) -> str:
    try:
        return f"{datetime.fromisoformat(text or ''):%Y-%m-%d %H:%M:%S %Z}"
    except ValueError:
        return text or ""
