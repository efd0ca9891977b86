"""Two runs beside each other: what differs, the scores, and the conclusion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mlpcli.compare.diff import Change, ClassChange, Race, RunDiff
from mlpcli.compare.diff_errors import ErrorsApart
from mlpcli.compare.diff_lines import AT_END, KEPT, Line, line_table, score_lines, sign_emphasis
from mlpcli.config import SEED_KEYS
from mlpcli.errors import shell_word, shown
from mlpcli.runs import CONFIG, Reached
from mlpcli.terminal import (
    Emphasis,
    Section,
    Text,
    duration,
    number,
    p_text,
    percent,
    points,
    table_of,
    value_text,
)

CAVEAT = "This speaks of two networks; of their settings only several seeds each can."
SHORT = (
    KEPT,
    *(f"{of} %{end}" for of in ("test", "validation") for end in ("", AT_END)),
    "best validation %",
    "test R squared",
    "validation R squared",
    "best validation R squared",
    "test RMSE",
    "test MAE",
    "test loss",
    "seconds",
)
MOST_CHANGES, MOST_CLASSES = 3, 2  # that fit a screen
CUT = 30  # characters of a key or a value there
ALIKE = "The same config, data, versions and machine."


def diff_sections(diff: RunDiff) -> Iterator[Section]:
    """Yield what fits 24 lines of 80 columns, with the conclusion last."""
    yield _heads(diff)
    if not diff.same_run:
        made = _made(diff)
        scores = [each for each in score_lines(diff) if each.name in SHORT]
        classes, left = _beyond_chance(diff.classes)
        lines = [*made, *([Line()] if made and scores else []), *scores, *classes]
        alike = [] if made else [Text(ALIKE)]
        yield Section("", [*alike, *([line_table(lines)] if lines else []), *left])
    yield _conclusion(diff)


def full_diff_sections(diff: RunDiff) -> Iterator[Section]:
    """Yield all that differs, with the conclusion last; of the same run that alone."""
    yield _heads(diff)
    if not diff.same_run:
        yield _changes("Environment", diff.environment)
        yield _changes("Data", diff.data)
        yield _changes("Config", diff.config)
        yield from _races(diff.races)
        yield from _classes(diff.classes)
        yield from _test(diff)
        if scores := score_lines(diff):
            yield Section("Results, with 95 % intervals", [line_table(scores)])
    yield _conclusion(diff)


def next_command(diff: RunDiff) -> str:
    """Return what to type next: what tells the settings apart, or both runs among the others."""
    configs = [shell_word(run.path / CONFIG) for run in (diff.a, diff.b)]
    of_folds = any(run.config.get("folds") for run in (diff.a, diff.b))
    if not of_folds and diff.config and {each.key for each in diff.config} - {*SEED_KEYS}:
        return f"mlpcli train {' '.join(configs)} --seeds 5"
    return f"mlpcli compare {shell_word(diff.a.path.parent)}"


def _heads(diff: RunDiff) -> Section:
    return Section("", [
        Text(f"{letter}  {shown(run.name, 200)}: {run.standing}", "strong")
        for letter, run in (("A", diff.a), ("B", diff.b))
    ])  # fmt: skip


def _conclusion(diff: RunDiff) -> Section:
    text, better = f"{diff.conclusion[0].upper()}{diff.conclusion[1:]}.", diff.b_is_better
    emphasis: Emphasis = "strong" if better is None else "best" if better else "error"
    return Section(
        "",
        [
            Text(text, emphasis),
            *([Text(CAVEAT)] if (diff.test or diff.errors) and not diff.same_run else []),
        ],
    )


def _made(diff: RunDiff) -> list[Line]:
    """Return the first differences in how the runs were made, and how many there are more.

    Of the environment what may change the bits: not where it was, and from which commit.
    """
    data = [replace(each, key=f"data.{each.key}") for each in diff.data]
    bits = [each for each in diff.environment if each.key.split(".")[0] not in ("host", "git")]
    made = [*diff.config, *data, *bits]
    lines = [
        Line(shown(each.key, CUT), value_text(each.a, CUT), value_text(each.b, CUT))
        for each in made[:MOST_CHANGES]
    ]
    left = len(made) - MOST_CHANGES
    return [*lines, Line(f"{left:,} more: --full")] if left > 0 else lines


def _beyond_chance(classes: Sequence[ClassChange]) -> tuple[list[Line], list[Text]]:
    """Return some classes on which the networks differ beyond chance, and how many more there are.

    Classes come the most changed first.
    """
    found = [each for each in classes if each.beyond_chance]
    lines = [
        Line(
            f"class {each.label} %",
            percent(each.a_correct / each.examples),
            percent(each.b_correct / each.examples),
            points(each.difference),
            sign_emphasis(each.difference),
        )
        for each in found[:MOST_CLASSES]
    ]
    left = len(found) - MOST_CLASSES
    more = f"{left} more class{'es' if left > 1 else ''} beyond chance: --full"
    return lines, [Text(more, "faint")] if left > 0 else []


def _test(diff: RunDiff) -> Iterator[Section]:
    if diff.errors:
        yield _errors(diff.errors)
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


def _errors(test: ErrorsApart) -> Section:
    rows = (
        ("A is nearer", test.a_nearer),
        ("B is nearer", test.b_nearer),
        ("the same prediction", test.same_predictions),
    )
    table = table_of(("", ""), ((name, f"{count:,}") for name, count in rows))
    p = Text(f"Paired bootstrap of the squared errors: {p_text(test.p, 'p')}")
    return Section(f"The {test.examples:,} test examples", [table, p])


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
        of_values = race.val_accuracy is None
        score = number(race.val_r2) if of_values else f"{percent(race.val_accuracy)} %"
        target = f"{score} ({race.best_of.upper()}'s best)"
        rows.append((target, _reached(race.a), _reached(race.b)))
    of_values = found[0].val_accuracy is None
    title = f"First to reach a validation {'R squared' if of_values else 'accuracy'} of"
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
