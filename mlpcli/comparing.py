"""What `compare` does: rows or settings, whichever the runs make."""

from pathlib import Path

from mlpcli.at import parse_at
from mlpcli.compare import Query, compare, load_rows
from mlpcli.diff import diff_runs
from mlpcli.diff_tables import show_diff
from mlpcli.display import say, talk_console
from mlpcli.errors import MlpcliError, shown
from mlpcli.leaderboard import show_ranking
from mlpcli.settings import rank_settings, repeats
from mlpcli.tables import show_comparison
from mlpcli.where import parse_where


class OptionError(MlpcliError):
    """Options that do not go together."""

    exit_code = 2


def show_compared(
    words: tuple[str, ...],
    root: Path,
    form: str | None,
    *,
    by: str | None,
    baseline: str | None,
    where: str | None,
    sort: str | None,
    reverse: bool,
    top: int | None,
    columns: str | None,
    at: str | None,
) -> int:
    """Print what the runs come to, and what could not be read on stderr; return the exit code."""
    _check_together(by, baseline, single=bool(columns or at))
    query = Query(
        sort=Query.sort if sort is None else sort,
        reverse=reverse,
        top=top,
        where=None if where is None else parse_where(where),
        at=None if at is None else parse_at(at),
        columns=() if columns is None else tuple(key.strip() for key in columns.split(",")),
    )
    rows, warnings = load_rows(words, query, root)
    for warning in warnings:
        say(talk_console(), warning, "yellow")
    if not rows:
        _say_nothing(query)
        return 1
    asked = any((form, by, baseline, where, sort, reverse, top, columns, at))
    if len(words) == len(rows) == 2 and not asked:
        show_diff(diff_runs(*(Path(row.path) for row in rows)), "table")
    elif by == "setting" or baseline or (by is None and not (columns or at) and repeats(rows)):
        show_ranking(rank_settings(rows, query, baseline), form or "table")
    else:
        show_comparison(compare(rows, query), form or "table")
    return 0


def _check_together(by: str | None, baseline: str | None, *, single: bool) -> None:
    """Raise OptionError where settings are asked for, and single runs too."""
    if single and (by == "setting" or baseline):
        raise OptionError("--columns and --at show single runs", "leave out --by and --baseline")
    if by == "run" and baseline:
        raise OptionError("--by run shows runs, --baseline settings", "leave one of them out")


def _say_nothing(query: Query) -> None:
    if query.where:
        say(talk_console(), f"no run is left by --where {shown(query.where.text)}")
    else:
        say(talk_console(), "no run could be read; make one: mlpcli train configs/deep3.yaml")
