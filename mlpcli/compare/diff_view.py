"""Two runs on stdout: the conclusion first, then the scores, the classes, and what differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from mlpcli.compare.diff import Change, ClassChange, Race, RunDiff
from mlpcli.errors import shown
from mlpcli.runs import Reached, facts_json, to_json
from mlpcli.stats import Accuracy
from mlpcli.terminal import (
    Console,
    accuracy_text,
    duration,
    heading,
    number,
    p_text,
    percent,
    points,
    print_line,
    sentence,
    stderr_console,
    table,
    value_text,
)

Cell = Callable[[Any], str]
Apart = Callable[[Any, Any], str]
CAVEAT = "This speaks of two networks; of their settings only several seeds each can."


def show_diff(diff: RunDiff, form: str) -> int:
    """Print the difference, and what was not read on stderr; return the exit code."""
    talk = stderr_console()
    for warning in diff.warnings:
        print_line(talk, warning, "yellow")
    if form == "json":
        print(to_json(diff_json(diff), indent=2))
        return 0
    console = Console()
    for letter, facts in (("A", diff.a), ("B", diff.b)):
        print_line(console, f"{letter}  {shown(facts.run, 200)}: {facts.status}", "bold")
    console.print()
    sentence(console, f"{diff.conclusion[0].upper()}{diff.conclusion[1:]}.", "bold")
    if diff.same_run:
        return 0
    if diff.test:
        sentence(console, CAVEAT)
    _changes(console, "Config", diff.config)
    _scores(console, diff)
    _test(console, diff)
    _classes(console, diff.classes)
    _races(console, diff.races)
    _changes(console, "Data", diff.data)
    _changes(console, "Environment", diff.environment)
    return 0


def _scores(console: Console, diff: RunDiff) -> None:
    both = (diff.a.results, diff.b.results)

    def line(head: str, key: str, cell: Cell, apart: Apart) -> tuple[str, ...]:
        return head, *_cells([getattr(each, key, None) for each in both], cell, apart)

    bests = [diff.a.history.best, diff.b.history.best]
    lines = (
        line("test accuracy %", "test", accuracy_text, _points_apart),
        line("validation %", "validation", accuracy_text, _points_apart),
        ("best validation %", *_cells(bests, _best, _bests_apart)),
        line("test loss", "test_loss", number, lambda a, b: f"{b - a:+.4f}"),
        line("training loss", "train_loss", number, lambda a, b: f"{b - a:+.4f}"),
        line("parameters", "parameters", "{:,}".format, lambda a, b: f"{b - a:+,}"),
        line("seconds", "seconds", "{:,.1f}".format, lambda a, b: f"{b - a:+,.1f}"),
        line("examples/s", "examples_per_second", "{:,.0f}".format, lambda a, b: f"{b - a:+,.0f}"),
    )
    there = [each for each in lines if set(each[1:3]) != {"-"}]
    if there:
        heading(console, "Results, with 95 % intervals")
        table(console, ("", "A", "B", "B - A"), 1, ((each, "") for each in there))


def _cells(values: Sequence[Any], cell: Cell, apart: Apart) -> tuple[str, str, str]:
    """Return what stands under A, B and their difference."""
    a, b = values
    left, right = ("-" if each is None else cell(each) for each in values)
    return left, right, "" if a is None or b is None or left == right else apart(a, b)


def _points_apart(a: Accuracy, b: Accuracy) -> str:
    return points(b.accuracy - a.accuracy)


def _bests_apart(a: Reached, b: Reached) -> str:
    return points(b.val_accuracy - a.val_accuracy)


def _best(best: Reached) -> str:
    return f"{percent(best.val_accuracy)} at step {best.step:,}"


def _test(console: Console, diff: RunDiff) -> None:
    test = diff.test
    if not test:
        return
    heading(console, f"The {test.examples:,} test examples")
    lines = (
        ("both right", test.both),
        ("only A right", test.only_a),
        ("only B right", test.only_b),
        ("neither right", test.neither),
        ("taken for the same class", test.same_predictions),
    )
    table(console, ("", ""), 1, (((name, f"{count:,}"), "") for name, count in lines))
    print_line(console, f"McNemar's test, exact: {p_text(test.p, 'p')}")


def _classes(console: Console, classes: Sequence[ClassChange]) -> None:
    if not classes:
        return
    heading(console, "Classes, the most changed first")
    heads = ("class", "of", "A %", "B %", "B - A", "only A", "only B", "p (Holm)", "")
    lines = []
    for each in classes:
        a, b = each.a_correct / each.examples, each.b_correct / each.examples
        counts = (f"{each.only_a:,}", f"{each.only_b:,}")
        mark = "*" if each.beyond_chance else ""
        shares = (f"{each.examples:,}", percent(a), percent(b), points(each.difference))
        style = "" if each.beyond_chance else "dim"
        lines.append(((str(each.label), *shares, *counts, p_text(each.p_adjusted), mark), style))
    table(console, heads, 1, lines)
    head = "* beyond" if any(each.beyond_chance for each in classes) else "None is beyond"
    sentence(console, f"{head} chance: McNemar's p, Holm-corrected for the classes, below 0.05.")


def _races(console: Console, found: Sequence[Race]) -> None:
    if not found:
        return
    heading(console, "First to reach a validation accuracy of")
    lines = []
    for race in found:
        target = f"{percent(race.val_accuracy)} % ({race.best_of.upper()}'s best)"
        lines.append(((target, _reached(race.a), _reached(race.b)), ""))
    table(console, ("", "A", "B"), 1, lines)


def _reached(reached: Reached | None) -> str:
    if reached is None:
        return "never"
    after = "" if reached.seconds is None else f", {duration(reached.seconds)}"
    return f"step {reached.step:,}{after}"


def _changes(console: Console, title: str, changes: Sequence[Change]) -> None:
    if not changes:
        heading(console, f"{title}: the same")
        return
    heading(console, title)
    cells = ((each.key, value_text(each.a), value_text(each.b)) for each in changes)
    table(console, ("", "A", "B"), 3, ((line, "") for line in cells))


def diff_json(diff: RunDiff) -> dict[str, Any]:
    """Return a difference for JSON."""
    test = diff.test
    return {
        "a": facts_json(diff.a),
        "b": facts_json(diff.b),
        "same_run": diff.same_run,
        "conclusion": diff.conclusion,
        "config": [asdict(each) for each in diff.config],
        "environment": [asdict(each) for each in diff.environment],
        "data": [asdict(each) for each in diff.data],
        "test": asdict(test) if test else None,
        "classes": [_class(each) for each in diff.classes],
        "reached": [asdict(each) for each in diff.races],
        "warnings": diff.warnings,
    }


def _class(change: ClassChange) -> dict[str, Any]:
    values = asdict(change)
    return {"class": values.pop("label"), **values, "beyond_chance": change.beyond_chance}
