"""What `compare` does: rows or settings, whichever the runs make."""

from collections.abc import Sequence
from pathlib import Path

from mlpcli.compare.at import parse_at
from mlpcli.compare.ranking import Ranking, rank_settings
from mlpcli.compare.rows import Comparison, Query, compare, load_rows, to_row
from mlpcli.compare.run_records import comparison_csv, comparison_json
from mlpcli.compare.run_view import comparison_sections
from mlpcli.compare.setting_records import ranking_csv, ranking_json
from mlpcli.compare.setting_view import ranking_sections
from mlpcli.compare.settings import Setting, repeats
from mlpcli.compare.where import parse_where
from mlpcli.errors import MlpcliError, shown
from mlpcli.runs import NO_RESULTS, Run, find_runs, load_run, read_all
from mlpcli.terminal import (
    print_line,
    print_result,
    print_warnings,
    stderr_console,
)


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
    paths, warnings = find_runs(words, root)
    asked = any((form, by, baseline, where, sort, reverse, top, columns, at))
    if len(words) == len(paths) == 2 and not asked:
        return _show_two(paths, query, warnings)
    single = by == "run" or bool(columns or at)
    rows, damaged = load_rows(paths, query)
    print_warnings([*warnings, *damaged])
    if not rows:
        _say_nothing(query)
        return 1
    if by == "setting" or baseline or (not single and repeats(rows)):
        _show_settings(rank_settings(rows, query, baseline), query, form or "table")
    else:
        _show_runs(compare(rows, query), form or "table")
    return 0


def _show_two(paths: Sequence[Path], query: Query, warnings: Sequence[str]) -> int:
    """Print how two runs differ, or the row of one where the other cannot be read."""
    runs, damaged = read_all(load_run, paths)
    print_warnings([*warnings, *damaged])
    if len(runs) == 2:
        return show_diff(runs[0], runs[1], "table")
    if not runs:
        _say_nothing(query)
        return 1
    _show_runs(compare([to_row(run)[0] for run in runs], query), "table")
    return 0


def _show_settings(ranking: Ranking, query: Query, form: str) -> None:
    _warn(query, ranking.settings)
    print_result(ranking, form, ranking_sections, ranking_json, ranking_csv)


def _show_runs(comparison: Comparison, form: str) -> None:
    print_result(comparison, form, comparison_sections, comparison_json, comparison_csv)


def show_diff(a: Run, b: Run, form: str) -> int:
    """Print how two runs differ, and what was not read on stderr; return the exit code."""
    from mlpcli.compare.diff import diff_runs  # reads configs too: 0.1 s to import
    from mlpcli.compare.diff_records import diff_json
    from mlpcli.compare.diff_view import diff_sections

    diff = diff_runs(a, b)
    print_warnings(diff.warnings)
    print_result(diff, form, diff_sections, diff_json)
    return 0


def _check_together(by: str | None, baseline: str | None, *, single: bool) -> None:
    """Raise OptionError where settings are asked for, and single runs too."""
    if single and (by == "setting" or baseline):
        raise OptionError("--columns and --at show single runs", "leave out --by and --baseline")
    if by == "run" and baseline:
        raise OptionError("--by run shows runs, --baseline settings", "leave one of them out")


def _warn(query: Query, settings: Sequence[Setting]) -> None:
    """Print on stderr what makes verdicts on settings untrue."""
    chosen = sorted(query.where.keys & {"status", *NO_RESULTS}) if query.where else []
    if chosen:
        print_warnings([
            f"--where {', '.join(chosen)}: a condition on results chooses among the seeds, and the "
            "verdicts hold for all of them alone; choose by config keys, or add --by run"
        ])  # fmt: skip
    print_warnings(
        f"{shown(each.label)}: runs of seed {', '.join(each.inconsistent)} came to "
        "different results; the newest of each is taken"
        for each in settings
        if each.inconsistent
    )


def _say_nothing(query: Query) -> None:
    if query.where:
        print_line(stderr_console(), f"no run is left by --where {shown(query.where.text)}")
    else:
        print_line(
            stderr_console(), "no run could be read; make one: mlpcli train configs/deep3.yaml"
        )
