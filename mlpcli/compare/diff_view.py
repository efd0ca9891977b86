"""Two runs beside each other: the conclusion first, then what differs, and the scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mlpcli.compare.diff import Change, ClassChange, Race, RunDiff
from mlpcli.errors import shown
from mlpcli.runs import Reached
from mlpcli.stats import Accuracy
from mlpcli.terminal import (
    Emphasis,
    Section,
    Text,
    accuracy_text,
    duration,
    number,
    p_text,
    percent,
    points,
    table_of,
    value_text,
)

Cell = Callable[[Any], str]
Apart = Callable[[Any, Any], str]
CAVEAT = "This speaks of two networks; of their settings only several seeds each can."


def diff_sections(diff: RunDiff) -> Iterator[Section]:
    """Yield the sections of a difference; those of the same run are the conclusion alone."""
    yield Section("", [
        Text(f"{letter}  {shown(run.name, 200)}: {run.status}", "strong")
        for letter, run in (("A", diff.a), ("B", diff.b))
    ])  # fmt: skip
    conclusion = Text(f"{diff.conclusion[0].upper()}{diff.conclusion[1:]}.", "strong")
    if diff.same_run:
        yield Section("", [conclusion])
        return
    yield Section("", [conclusion, Text(CAVEAT)] if diff.test else [conclusion])
    yield _changes("Config", diff.config)
    yield from _scores(diff)
    yield from _test(diff)
    yield from _classes(diff.classes)
    yield from _races(diff.races)
    yield _changes("Data", diff.data)
    yield _changes("Environment", diff.environment)


def _scores(diff: RunDiff) -> Iterator[Section]:
    both = (diff.a.summary, diff.b.summary)

    def row(head: str, key: str, cell: Cell, apart: Apart) -> tuple[str, ...]:
        return head, *_cells([getattr(each, key, None) for each in both], cell, apart)

    bests = [diff.a.history.best, diff.b.history.best]
    rows = (
        row("test accuracy %", "test", accuracy_text, _points_apart),
        row("validation %", "validation", accuracy_text, _points_apart),
        ("best validation %", *_cells(bests, _best, _bests_apart)),
        row("test loss", "test_loss", number, lambda a, b: f"{b - a:+.4f}"),
        row("training loss", "train_loss", number, lambda a, b: f"{b - a:+.4f}"),
        row("parameters", "parameters", "{:,}".format, lambda a, b: f"{b - a:+,}"),
        row("seconds", "seconds", "{:,.1f}".format, lambda a, b: f"{b - a:+,.1f}"),
        row("examples/s", "examples_per_second", "{:,.0f}".format, lambda a, b: f"{b - a:+,.0f}"),
    )
    there = [each for each in rows if set(each[1:3]) != {"-"}]
    if there:
        yield Section("Results, with 95 % intervals", [table_of(("", "A", "B", "B - A"), there)])


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


def _test(diff: RunDiff) -> Iterator[Section]:
    test = diff.test
    if not test:
        return
    rows = (
        ("both correct", test.both),
        ("only A correct", test.only_a),
        ("only B correct", test.only_b),
        ("neither correct", test.neither),
        ("taken for the same class", test.same_predictions),
    )
    table = table_of(("", ""), ((name, f"{count:,}") for name, count in rows))
    p = Text(f"McNemar's test, exact: {p_text(test.p, 'p')}")
    yield Section(f"The {test.examples:,} test examples", [table, p])


def _classes(classes: Sequence[ClassChange]) -> Iterator[Section]:
    if not classes:
        return
    rows = []
    for each in classes:
        a, b = each.a_correct / each.examples, each.b_correct / each.examples
        counts = (f"{each.only_a:,}", f"{each.only_b:,}")
        mark = "*" if each.beyond_chance else ""
        shares = (f"{each.examples:,}", percent(a), percent(b), points(each.difference))
        rows.append((str(each.label), *shares, *counts, p_text(each.p_adjusted), mark))
    heads = ("class", "of", "A %", "B %", "B - A", "only A", "only B", "p (Holm)", "")
    emphasis: list[Emphasis] = ["" if each.beyond_chance else "faint" for each in classes]
    head = "* beyond" if any(each.beyond_chance for each in classes) else "None is beyond"
    note = Text(f"{head} chance: McNemar's p, Holm-corrected for the classes, below 0.05.")
    table = table_of(heads, rows, emphasis=emphasis)
    yield Section("Classes, the most changed first", [table, note])


def _races(found: Sequence[Race]) -> Iterator[Section]:
    if not found:
        return
    rows = []
    for race in found:
        target = f"{percent(race.val_accuracy)} % ({race.best_of.upper()}'s best)"
        rows.append((target, _reached(race.a), _reached(race.b)))
    title = "First to reach a validation accuracy of"
    yield Section(title, [table_of(("", "A", "B"), rows)])


def _reached(reached: Reached | None) -> str:
    if reached is None:
        return "never"
    after = "" if reached.seconds is None else f", {duration(reached.seconds)}"
    return f"step {reached.step:,}{after}"


def _changes(title: str, changes: Sequence[Change]) -> Section:
    if not changes:
        return Section(f"{title}: the same")
    rows = ((each.key, value_text(each.a), value_text(each.b)) for each in changes)
    return Section(title, [table_of(("", "A", "B"), rows, texts=3)])
