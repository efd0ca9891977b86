"""Runs in lines: a table whose columns are called as --where takes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from mlpcli.compare.cells import cell
from mlpcli.compare.columns import score_columns
from mlpcli.compare.listing import Listed, Listing
from mlpcli.errors import shown
from mlpcli.runs import SCORES, STAMP, in_words
from mlpcli.terminal import Column, Emphasis, Section, Table, Text, count, status_emphasis


def listing_sections(listing: Listing) -> Iterator[Section]:
    """Yield the table of a listing, the newest last, below how many there are."""
    runs = listing.runs
    if not runs:
        return
    title = count(listing.total, "run")
    if len(runs) < listing.total:
        title = f"the newest {len(runs):,} of {title}: --all has the others"
    yield Section("", [Text(f"{title}; times are UTC", "faint"), _table(runs)])


def _table(runs: Sequence[Listed]) -> Table:
    started = [_when(each.started) for each in runs]
    names = [shown(each.run, 100) for each in runs]
    short = Column("run", [STAMP.sub("", name) for name in names])
    return Table(
        [
            Column("run", names, narrow=short),
            _narrowed("started", started, [each.removeprefix("20") for each in started]),
            _statuses(runs),
            _number("steps_taken", [_steps(each) for each in runs]),
            *_scores(runs),
            _number("seconds", [_seconds(each.seconds) for each in runs]),
        ],
        gap=1,
    )


def _scores(runs: Sequence[Listed]) -> Iterator[Column]:
    """Yield the scores of the tasks that there are, validation's first; accuracies without any."""
    there = [key for key in SCORES.values() if any(getattr(each, key) is not None for each in runs)]
    for key in score_columns(there or [SCORES["classification"]]):
        if key in SCORES.values():
            yield _number(key, [_validation(key, each) for each in runs], _best(key, runs))
        else:
            yield _number(key, [cell(key, getattr(each, key)) for each in runs])


def _number(heading: str, cells: list[str], emphasis: Sequence[Emphasis] = ()) -> Column:
    """Return a column of numbers, whose heading is broken where there is little room."""
    narrow = Column(heading.replace("_", "_\n"), cells, number=True, emphasis=emphasis)
    return Column(heading, cells, number=True, emphasis=emphasis, narrow=narrow)


def _narrowed(heading: str, cells: list[str], narrow: list[str]) -> Column:
    return Column(heading, cells, narrow=Column(heading, narrow))


def _statuses(runs: Sequence[Listed]) -> Column:
    emphasis = [_emphasis(each) for each in runs]
    cells = [in_words(each.status, each.learned) for each in runs]
    short = ["learned nothing" if each.learned is False else each.status for each in runs]
    return Column(
        "status", cells, emphasis=emphasis, narrow=Column("status", short, emphasis=emphasis)
    )


def _when(text: str | None) -> str:
    """Write a time in UTC, to the minute."""
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return shown(text, 16) if text else "-"
    utc = time.astimezone(UTC) if time.tzinfo else time
    return f"{utc:%Y-%m-%d %H:%M}"


def _emphasis(run: Listed) -> Emphasis:
    return status_emphasis(run.status, run.learned)


def _steps(run: Listed) -> str:
    """Say how many steps were taken, and of how many where that is not all."""
    if run.status == "completed" and run.steps_taken is not None:
        return f"{run.steps_taken:,}"
    of = f" of {run.steps:,}" if run.steps else ""
    return f"{run.steps_taken or 0:,}{of}"


def _validation(key: str, run: Listed) -> str:
    score = getattr(run, key)
    if score is None or run.val_step is None or run.val_step == run.steps_taken:
        return cell(key, score)
    return f"{cell(key, score)} at {run.val_step:,}"


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:,.1f} s"


def _best(key: str, runs: Sequence[Listed]) -> list[Emphasis]:
    """Emphasize the best validation score of those that were completed."""
    ended = [getattr(each, key) if each.status == "completed" else None for each in runs]
    there = {each for each in ended if each is not None}
    best = max(there) if len(there) > 1 else None
    return ["best" if best is not None and each == best else "" for each in ended]
