"""Test examples that are not independent, because rows of one group stand together."""

from __future__ import annotations

from mlpcli.errors import shown
from mlpcli.runs.run import Run


def dependence(run: Run) -> tuple[str, ...]:
    """Say that intervals and p take rows of one group for independent; nothing where none are.

    Rows of one group are more alike than others: with m of them each, and a correlation r of their
    errors, the variance of a mean is 1 + (m - 1) r times as large (Kish 1965, the design effect).
    """
    by = run.config.get("split_by")
    if run.summary is None or run.config.get("split") != "group" or not isinstance(by, str | int):
        return ()
    if isinstance(run.config.get("test"), str):  # a file of its own, in which nothing was grouped
        return ()
    return (
        f"rows of one {shown(by)} count as independent here: "
        "if their errors are alike, intervals are too narrow, and p too small",
    )
