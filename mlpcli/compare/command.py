"""What `compare` does: rows or settings, whichever the runs make."""

from collections.abc import Sequence
from pathlib import Path

from mlpcli.compare.at import parse_at
from mlpcli.compare.ranking import rank_settings
from mlpcli.compare.rows import Query, compare, load_rows
from mlpcli.compare.run_view import show_comparison
from mlpcli.compare.setting_view import show_ranking
from mlpcli.compare.settings import Setting, repeats
from mlpcli.compare.where import parse_where
from mlpcli.errors import MlpcliError, shown
from mlpcli.runs import NO_RESULTS
from mlpcli.stats import distributions
from mlpcli.terminal import print_line, stderr_console


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
    single = by == "run" or bool(columns or at)
    rows, warnings = load_rows(words, query, root, None if single else distributions)
    for warning in warnings:
        print_line(stderr_console(), warning, "yellow")
    if not rows:
        _say_nothing(query)
        return 1
    asked = any((form, by, baseline, where, sort, reverse, top, columns, at))
    if len(words) == len(rows) == 2 and not asked:
        from mlpcli.compare.diff import diff_runs  # reads configs too: 0.1 s to import
        from mlpcli.compare.diff_view import show_diff

        show_diff(diff_runs(*(Path(row.path) for row in rows)), "table")
    elif by == "setting" or baseline or (not single and repeats(rows)):
        ranking = rank_settings(rows, query, baseline)
        _warn(query, ranking.settings)
        show_ranking(ranking, form or "table")
    else:
        show_comparison(compare(rows, query), form or "table")
    return 0


def _check_together(by: str | None, baseline: str | None, *, single: bool) -> None:
    """Raise OptionError where settings are asked for, and single runs too."""
    if single and (by == "setting" or baseline):
        raise OptionError("--columns and --at show single runs", "leave out --by and --baseline")
    if by == "run" and baseline:
        raise OptionError("--by run shows runs, --baseline settings", "leave one of them out")


def _warn(query: Query, settings: Sequence[Setting]) -> None:
    """Say on stderr what makes verdicts on settings untrue."""
    chosen = sorted(query.where.keys & {"status", *NO_RESULTS}) if query.where else []
    if chosen:
        print_line(
            stderr_console(),
            f"--where {', '.join(chosen)}: a condition on results chooses among the seeds, and the "
            "verdicts hold for all of them alone; choose by config keys, or add --by run",
            "yellow",
        )
    for each in settings:
        if each.inconsistent:
            print_line(
                stderr_console(),
                f"{shown(each.label)}: runs of seed {', '.join(each.inconsistent)} came to "
                "different results; the newest of each is taken",
                "yellow",
            )


def _say_nothing(query: Query) -> None:
    if query.where:
        print_line(stderr_console(), f"no run is left by --where {shown(query.where.text)}")
    else:
        print_line(
            stderr_console(), "no run could be read; make one: mlpcli train configs/deep3.yaml"
        )
