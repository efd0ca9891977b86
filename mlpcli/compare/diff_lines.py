"""Lines of a table of two runs: what A has, what B has, how far they lie apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlpcli.compare.diff import RunDiff
from mlpcli.runs import Reached
from mlpcli.stats import Accuracy
from mlpcli.terminal import Emphasis, Table, accuracy_text, number, percent, points, table_of

AT_END = " at the end"
KEPT = "scores of weights after step"
Cell = Callable[[Any], str]
Apart = Callable[[Any, Any], str]


@dataclass(frozen=True)
class Line:
    """A line of a table: what A has, what B has, and how far B lies above A."""

    name: str = ""
    a: str = ""
    b: str = ""
    apart: str = ""
    emphasis: Emphasis = ""  # of the difference

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Its cells."""
        return self.name, self.a, self.b, self.apart


def sign_emphasis(difference: float) -> Emphasis:
    """Return how a difference B - A of what is to be large is emphasized."""
    return "best" if difference > 0 else "error" if difference < 0 else ""


def line_table(lines: Sequence[Line]) -> Table:
    """Return a table of lines whose differences have an emphasis each."""
    table = table_of(("", "A", "B", "B - A"), [each.cells for each in lines])
    *others, last = table.columns
    signed = replace(last, emphasis=[each.emphasis for each in lines])
    return replace(table, columns=[*others, signed], gap=1)


def score_lines(diff: RunDiff) -> list[Line]:
    """Return what came out, as far as one of the runs has it."""
    both = (diff.a.summary, diff.b.summary)

    def line(name: str, key: str, cell: Cell, apart: Apart) -> Line:
        return Line(name, *_cells([getattr(each, key, None) for each in both], cell, apart))

    tested = "" if diff.b_is_better is None else sign_emphasis(1 if diff.b_is_better else -1)
    bests = [diff.a.history.best, diff.b.history.best]
    of_values = any(each and each.val_accuracy is None for each in bests)
    best = "best validation R squared" if of_values else "best validation %"
    earlier = any(each and each.keeps_earlier for each in both)
    end = "" if earlier else AT_END
    lines = (
        *([line(KEPT, "weights_step", "{:,}".format, lambda a, b: f"{b - a:+,}")] * earlier),
        replace(line(f"test %{end}", "test", accuracy_text, _points_apart), emphasis=tested),
        line(f"validation %{end}", "validation", accuracy_text, _points_apart),
        replace(line("test R squared", "test_r2", number, _numbers_apart), emphasis=tested),
        line("validation R squared", "val_r2", number, _numbers_apart),
        Line(best, *_cells(bests, _best, _bests_apart)),
        line("test RMSE", "test_rmse", number, lambda a, b: f"{b - a:+,.4g}"),
        line("test MAE", "test_mae", number, lambda a, b: f"{b - a:+,.4g}"),
        line("test loss", "test_loss", number, _numbers_apart),
        line("training loss", "train_loss", number, _numbers_apart),
        line("parameters", "parameters", "{:,}".format, lambda a, b: f"{b - a:+,}"),
        line("the end, in steps", "steps", "{:,}".format, lambda a, b: f"{b - a:+,}"),
        line("seconds", "seconds", "{:,.1f}".format, lambda a, b: f"{b - a:+,.1f}"),
        line("examples/s", "examples_per_second", "{:,.0f}".format, lambda a, b: f"{b - a:+,.0f}"),
    )
    return [each for each in lines if {each.a, each.b} != {"-"}]


def _cells(values: Sequence[Any], cell: Cell, apart: Apart) -> tuple[str, str, str]:
    """Return what stands under A, B and their difference."""
    a, b = values
    left, right = ("-" if each is None else cell(each) for each in values)
    return left, right, "" if a is None or b is None or left == right else apart(a, b)


def _points_apart(a: Accuracy, b: Accuracy) -> str:
    return points(b.accuracy - a.accuracy)


def _numbers_apart(a: float, b: float) -> str:
    return f"{b - a:+.4f}"


def _bests_apart(a: Reached, b: Reached) -> str:
    apart = b.score - a.score
    return points(apart) if b.val_accuracy is not None else f"{apart:+.4f}"


def _best(best: Reached) -> str:
    score = percent(best.score) if best.val_accuracy is not None else number(best.score)
    return f"{score} at step {best.step:,}"
