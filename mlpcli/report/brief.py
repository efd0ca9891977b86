"""The answer of `show`, on a screen: what came out, the curve, what was set, what to type next."""

from __future__ import annotations

from collections.abc import Iterator

from mlpcli.boundary import boundary_section
from mlpcli.data import Classification, Regression
from mlpcli.errors import shell_word, shown
from mlpcli.report.curves import curves
from mlpcli.report.run_report import RunReport
from mlpcli.report.scores import Scored
from mlpcli.runs import Run
from mlpcli.terminal import (
    Block,
    Column,
    Plots,
    Section,
    Table,
    Text,
    count,
    duration,
    number,
    percent,
    status_emphasis,
    value_text,
)

LOW = 4  # lines of a curve that leaves room for the rest in 24
MOST_SET = 140  # characters of the config in two lines of 80


def brief_sections(report: RunReport, height: int = LOW) -> Iterator[Section]:
    """Yield what fits 24 lines of 80 columns, with curves of so many lines.

    Above it stands the decision boundary of a network of the plane, as high as a screen.
    """
    run = report.run
    if report.plane:
        yield boundary_section(report.plane)
    emphasis = status_emphasis(run.status, run.learned) or "strong"
    head: list[Block] = [Text(f"{shown(run.name, 200)}: {_standing(run)}", emphasis)]
    if run.error:
        head.append(Text(shown(run.error, 200), "error"))
    head += [Text(shown(text, 200), "error") for text in run.contradictions]
    yield Section("", head)
    if report.scores:
        yield Section("", [_scores(report), *_errors(run), *_effort(run)])
    plots = curves(run.history)
    drawn: list[Block] = [Plots(plots, height, first_alone=height == LOW)] if plots else []
    yield Section("", [*drawn, *_set(report), *_confused(report)])


def next_command(run: Run) -> str:
    """Return what to type next: what says why, or what goes on with the run."""
    where = shell_word(run.path)
    if run.status == "running":
        return f"mlpcli show {where}"
    return f"mlpcli {'resume' if run.goes_on else 'explain'} {where}"


def _standing(run: Run) -> str:
    steps, last = run.config.get("steps"), run.history.last
    if run.summary or not last:
        return run.standing
    if not isinstance(steps, int) or isinstance(steps, bool) or steps < last.step:
        return f"{run.standing}, step {last.step:,}"
    share = f" ({100 * last.step / steps:.0f} %)" if run.status == "running" else ""
    return f"{run.standing}, step {last.step:,} of {steps:,}{share}"


def _scores(report: RunReport) -> Table:
    scored, of_values = report.scores, _of_values(report.run)

    def column(heading: str, cells: list[str], part: int = 0) -> Column:
        return Column(heading, cells, number=True, part=part)

    return Table(
        [
            Column("", [each.of for each in scored]),
            *(
                [column("R squared", [number(each.r2) for each in scored])]
                if of_values
                else [column("accuracy %", [percent(each.accuracy) for each in scored])]
            ),
            column("95 % interval", [_interval(each) for each in scored]),
            *([] if of_values else [column("correct", [_count(e.correct) for e in scored], 1)]),
            column(
                "examples" if of_values else "of", [_count(each.examples) for each in scored], 1
            ),
            column("loss", [number(each.loss) for each in scored], 1),
            column("after step", [f"{each.step:,}" for each in scored]),
        ],
        gap=1,
    )


def _of_values(run: Run) -> bool:
    """Whether a run's task is a regression."""
    if run.facts:
        return isinstance(run.facts.task, Regression)
    return bool(run.summary and run.summary.test_r2 is not None)


def _errors(run: Run) -> Iterator[Text]:
    """Yield the errors in the target's unit, and what the loss is, of values."""
    if not _of_values(run):
        return
    results = run.summary
    if results and results.test_rmse is not None and results.test_mae is not None:
        task = run.facts.task if run.facts else None
        unit = shown(task.targets[0], 40) if isinstance(task, Regression) else "the target"
        rmse, mae = number(results.test_rmse), number(results.test_mae)
        yield Text(f"test RMSE {rmse}, MAE {mae}, in the unit of {unit}")
    yield Text("the loss is the mean squared error of standardized targets")


def _interval(scored: Scored) -> str:
    if scored.low is None or scored.high is None:
        return ""
    if scored.r2 is not None:
        return f"{number(scored.low)} to {number(scored.high)}"
    return f"{percent(scored.low)} to {percent(scored.high)}"


def _count(amount: int | None) -> str:
    return "" if amount is None else f"{amount:,}"


def _effort(run: Run) -> Iterator[Text]:
    """Yield what it took, as far as that is known."""
    results, last = run.summary, run.history.last
    if results:
        parts = [
            "" if results.parameters is None else f"{results.parameters:,} parameters",
            f"{count(results.steps, 'step')} in {duration(results.seconds)}",
            f"{results.examples_per_second:,.0f} examples/s",
        ]
        yield Text(", ".join(part for part in parts if part))
        if results.stopped:
            kind = run.facts.task.kind if run.facts else "classification"
            steps = value_text(run.config.get("steps"), 20)
            yield Text(f"stopped before step {steps}: {run.stopping.why_stopped(kind)}")
    elif last:
        yield Text(f"{duration(last.seconds)} of training so far{_left(run)}")


def _left(run: Run) -> str:
    """Say how long a running run probably takes yet, at the pace until now."""
    steps, last = run.config.get("steps"), run.history.last
    if run.status != "running" or not last or type(steps) is not int or steps <= last.step:
        return ""
    return f", about {duration(last.seconds / last.step * (steps - last.step))} to go"


def _set(report: RunReport) -> Iterator[Text]:
    """Yield what the config has otherwise than by default, in two lines at most."""
    config = report.run.config
    keys = [key for key in config if key not in report.defaults and key != "name"]
    words, length = list[str](), 0
    for key in keys:
        word = f"{shown(key)} {value_text(config[key], 60)}"
        length += len(word) + 2
        if length > MOST_SET:
            break
        words.append(word)
    left = len(keys) - len(words)
    words += [f"and {left:,} more"] if left else []
    yield Text(f"config: {', '.join(words)}" if words else "config: all by default", "faint")


def _confused(report: RunReport) -> Iterator[Text]:
    if not report.confusions:
        return
    worst, facts = report.confusions[0], report.run.facts
    names = facts.task.classes if facts and isinstance(facts.task, Classification) else ()
    true, taken = (
        shown(names[each]) if each < len(names) else str(each)
        for each in (worst.true, worst.predicted)
    )
    share = percent(worst.count / worst.examples)
    yield Text(
        f"most confused: {true} taken for {taken}, {worst.count:,} of {worst.examples:,} test "
        f"examples ({share} %)"
    )
