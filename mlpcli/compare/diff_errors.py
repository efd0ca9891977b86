"""Two networks that predict values, on the same test examples: which errs less, beyond chance."""

from __future__ import annotations

from dataclasses import dataclass

from mlpcli.runs import Answers
from mlpcli.stats import ALPHA, paired_errors
from mlpcli.terminal import number, p_text


@dataclass(frozen=True)
class ErrorsApart:
    """The squared errors of two networks, of standardized targets, in the mean over these.

    `difference` is B - A of their means over the examples, as the test losses are, with its 95 %
    interval by paired bootstrap of the examples, and `p` that of no difference.
    """

    examples: int
    a: float
    b: float
    a_nearer: int  # examples where A's squared error is the smaller one
    b_nearer: int
    same_predictions: int
    difference: float
    low: float | None
    high: float | None
    p: float


def errors_apart(a: Answers, b: Answers) -> ErrorsApart:
    """Compare the squared errors of two networks, example by example."""
    of_a, of_b = a.squared_errors, b.squared_errors
    apart = paired_errors(of_b - of_a)
    return ErrorsApart(
        examples=len(of_a),
        a=float(of_a.mean()),
        b=float(of_b.mean()),
        a_nearer=int((of_a < of_b).sum()),
        b_nearer=int((of_b < of_a).sum()),
        same_predictions=int((a.predicted == b.predicted).all(axis=1).sum()),
        difference=apart.mean,
        low=apart.low,
        high=apart.high,
        p=apart.p,
    )


def conclude_errors(test: ErrorsApart) -> str:
    """Say in a sentence whether the networks differ on the test set."""
    if test.same_predictions == test.examples:
        return f"the networks predict the same for each of the {test.examples:,} test examples"
    errors = f"A's mean squared error is {number(test.a)}, B's {number(test.b)}"
    apart = f"B - A {test.difference:+.4f}{_interval(test)}, {p_text(test.p, 'p')}"
    if test.p >= ALPHA:
        return f"no evidence that these two networks differ: {errors} ({apart})"
    better = "B" if test.difference < 0 else "A"
    return f"network {better} is better on the test set: {errors} ({apart})"


def _interval(test: ErrorsApart) -> str:
    if test.low is None or test.high is None:
        return ""
    return f", 95 % interval {test.low:+.4f} to {test.high:+.4f}"
