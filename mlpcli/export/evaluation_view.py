"""The scores of an evaluation on a screen: 24 lines, or all of it."""

from __future__ import annotations

from collections.abc import Iterator

from mlpcli.errors import shown
from mlpcli.export.evaluation import ClassResult, ClassScores, Evaluation, ValueScores
from mlpcli.terminal import Section, Text, number, percent, table_of

CLASSES = 8  # shown where not all are
PAIRS = 3
TARGETS = 15
NAME = 30  # characters of a class
ALL = 1_000_000


def brief_sections(evaluation: Evaluation) -> Iterator[Section]:
    """Yield what fits 24 lines of 80 columns: of many classes those that are known worst."""
    yield from _sections(evaluation, CLASSES, PAIRS, TARGETS)


def full_sections(evaluation: Evaluation) -> Iterator[Section]:
    """Yield all classes in their order, all that were confused, and all targets."""
    yield from _sections(evaluation, ALL, ALL, ALL)


def _sections(found: Evaluation, classes: int, pairs: int, targets: int) -> Iterator[Section]:
    of = "its test set" if found.file is None else shown(found.file, 200)
    after = f"after step {found.kept_step:,}"
    head = f"{shown(found.run, 200)} {after} on {of}: {found.examples:,} examples"
    yield Section("", [Text(head, "strong")])
    if found.classes:
        yield Section("", [*_lines(found.classes, found.loss)])
        yield from _by_class(found.classes, classes)
        yield from _confused(found.classes, pairs)
    if found.values:
        yield _by_target(found.values, found.loss, targets)


def _lines(scores: ClassScores, loss: float | None) -> Iterator[Text]:
    bounds = f"{percent(scores.low)} to {percent(scores.high)}, 95 % interval"
    yield Text(f"accuracy {percent(scores.accuracy)} % ({bounds}), loss {number(loss)}")
    balanced = f"balanced accuracy {percent(scores.balanced_accuracy)} %"
    yield Text(f"{balanced}, macro F1 {number(scores.macro_f1)}")
    if scores.calibration_error is None:
        yield Text(
            "AUC and calibration error: not kept of this run; of a FILE they are computed", "faint"
        )
        return
    calibration = f"expected calibration error {percent(scores.calibration_error)} %"
    auc = "" if scores.auc is None else f"AUC {number(scores.auc)} of {shown(scores.positive)}, "
    yield Text(f"{auc}{calibration}")


def _by_class(scores: ClassScores, most: int) -> Iterator[Section]:
    chosen = scores.classes
    title = ""
    if len(chosen) > most:
        there = [each for each in chosen if each.examples]
        chosen = tuple(sorted(there, key=lambda each: each.recall or 0.0)[:most])
        title = f"{len(chosen)} of {len(scores.classes):,} classes, the worst first"
    heads = ("class", "correct", "of", "recall %", "95 % interval", "precision %", "F1")
    yield Section(title, [table_of(heads, map(_row, chosen))])


def _row(each: ClassResult) -> list[str]:
    interval = f"{percent(each.low)} to {percent(each.high)}" if each.examples else "-"
    return [
        shown(each.name, NAME),
        f"{each.correct:,}",
        f"{each.examples:,}",
        percent(each.recall),
        interval,
        percent(each.precision),
        number(each.f1, 3),
    ]


def _confused(scores: ClassScores, most: int) -> Iterator[Section]:
    pairs = scores.confusions[:most]
    lines = [
        Text(
            f"{shown(each.true, NAME)} taken for {shown(each.predicted, NAME)}: "
            f"{each.count:,} of {each.examples:,}"
        )
        for each in pairs
    ]
    if left := len(scores.confusions) - len(pairs):
        lines.append(Text(f"and {left:,} more pairs", "faint"))
    if lines:
        yield Section("Most confused", lines)


def _by_target(scores: ValueScores, loss: float | None, most: int) -> Section:
    rows = [
        [
            shown(each.target, NAME),
            number(each.r2),
            number(each.rmse),
            number(each.mae),
            number(each.mean),
            number(each.sd),
        ]
        for each in scores.targets[:most]
    ]
    heads = ("target", "R squared", "RMSE", "MAE", "mean", "sd")
    lines = [Text(f"R squared {number(scores.r2)}, loss {number(loss)} of standardized targets")]
    if left := len(scores.targets) - len(rows):
        lines.append(Text(f"and {left:,} more targets", "faint"))
    return Section("", [table_of(heads, rows), *lines])
