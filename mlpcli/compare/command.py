"""What `compare` does: rows or settings, whichever the runs make."""

import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from mlpcli.compare.at import parse_at
from mlpcli.compare.ranking import Ranking, rank_settings
from mlpcli.compare.rows import Comparison, Query, compare, load_rows, to_row
from mlpcli.compare.run_records import comparison_csv, comparison_json
from mlpcli.compare.run_view import comparison_sections
from mlpcli.compare.setting_records import ranking_csv, ranking_json
from mlpcli.compare.setting_view import ranking_sections
from mlpcli.compare.settings import Setting, repeats
from mlpcli.compare.where import parse_where
from mlpcli.config import first_run
from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.runs import NO_RESULTS, Run, find_runs, load_run, read_all
from mlpcli.stats import import_distributions
from mlpcli.terminal import (
    print_line,
    print_result,
    print_warnings,
    stderr_console,
)

MANY = 1_000  # runs: to read them takes longer than what settings are ranked by to import


class OptionError(MlpcliError):
    """Options that do not go together."""

    exit_code = 2


@dataclass(frozen=True)
class Options:
    """What is asked of a comparison, as the command line has it; see `mlpcli compare --help`."""

    by: str | None = None  # "run" or "setting"
    baseline: str | None = None
    where: str | None = None
    sort: str | None = None
    reverse: bool = False
    top: int | None = None
    columns: str | None = None  # keys with commas between them
    at: str | None = None

    @property
    def single(self) -> bool:
        """Whether runs are asked for, and not settings."""
        return self.by == "run" or bool(self.columns or self.at)

    def query(self) -> Query:
        """Return them as a query. Raises OptionError where they do not go together."""
        if self.by not in (None, "run", "setting"):
            raise OptionError(f"by {shown(self.by)}: not one of the choices", "run, or setting")
        if (self.columns or self.at) and (self.by == "setting" or self.baseline):
            raise OptionError(
                "--columns and --at show single runs", "leave out --by and --baseline"
            )
        if self.by == "run" and self.baseline:
            raise OptionError("--by run shows runs, --baseline settings", "leave one of them out")
        columns = () if self.columns is None else self.columns.split(",")
        return Query(
            sort=Query.sort if self.sort is None else self.sort,
            reverse=self.reverse,
            top=self.top,
            where=None if self.where is None else parse_where(self.where),
            at=None if self.at is None else parse_at(self.at),
            columns=tuple(key.strip() for key in columns),
        )


def show_compared(words: Sequence[str], root: Path, form: str | None, options: Options) -> int:
    """Print what the runs come to, and what could not be read on stderr; return the exit code."""
    query = options.query()
    paths, unclear = find_runs(words, root)
    if len(words) == len(paths) == 2 and not form and options == Options():
        return _show_two(paths, query, unclear)
    result, damaged = _compared(paths, query, options)
    print_warnings([*unclear, *damaged])
    if result is None:
        _print_nothing(query)
        return 1
    if isinstance(result, Ranking):
        print_result(result, form or "table", ranking_sections, ranking_json, ranking_csv)
    else:
        _show_runs(result, form or "table")
    return 0


def compare_runs(
    *runs: Path | str, runs_dir: Path | str = "runs", **options: Any
) -> Comparison | Ranking:
    """Return runs side by side, or settings of several seeds ranked, as `mlpcli compare` has them.

    `runs` are run directories, folders of them, patterns, unique parts of a run's name in
    `runs_dir`, or "latest"; options are the command's: by, baseline, where, sort, reverse, top,
    columns, at. What cannot be read is warned of (UserWarning). Raises RunError if nothing is
    left, and MlpcliErrors as the command has them for names and options that are none.

    >>> compare_runs("runs/*", where="layers=3").rows[0].config["width"]  # doctest: +SKIP
    500
    """
    asked = Options(**options)
    query = asked.query()
    paths, unclear = find_runs([os.fspath(run) for run in runs], Path(runs_dir))
    result, damaged = _compared(paths, query, asked)
    for text in (*unclear, *damaged):
        warnings.warn(text, stacklevel=2)
    if result is None:
        raise RunError("no run is left to compare", "see which there are: mlpcli compare runs")
    return result


def _compared(
    paths: Sequence[Path], query: Query, options: Options
) -> tuple[Comparison | Ranking | None, list[str]]:
    """Return runs or settings in order, None where none is left, and what there is to warn of."""
    ahead = Thread(target=import_distributions)
    if len(paths) > MANY and not options.single:
        ahead.start()
    rows, damaged = load_rows(paths, query)
    if ahead.ident is not None:
        ahead.join()
    if not rows:
        return None, damaged
    if options.by == "setting" or options.baseline or (not options.single and repeats(rows)):
        ranking = rank_settings(rows, query, options.baseline)
        return ranking, [*damaged, *_untrue_verdicts(query, ranking.settings)]
    return compare(rows, query), damaged


def _show_two(paths: Sequence[Path], query: Query, unclear: Sequence[str]) -> int:
    """Print how two runs differ, or the row of one where the other cannot be read."""
    runs, damaged = read_all(load_run, paths)
    print_warnings([*unclear, *damaged])
    if len(runs) == 2:
        return show_diff(runs[0], runs[1], "table")
    if not runs:
        _print_nothing(query)
        return 1
    _show_runs(compare([to_row(run)[0] for run in runs], query), "table")
    return 0


def _show_runs(comparison: Comparison, form: str) -> None:
    print_result(comparison, form, comparison_sections, comparison_json, comparison_csv)


def show_diff(a: Run, b: Run, form: str, full: bool = False) -> int:
    """Print how two runs differ, and what was not read on stderr; return the exit code."""
    from mlpcli.compare.diff import diff_runs  # reads configs too: 0.1 s to import
    from mlpcli.compare.diff_records import diff_json
    from mlpcli.compare.diff_view import diff_sections, full_diff_sections, next_command

    diff = diff_runs(a, b)
    print_warnings(diff.warnings)
    print_result(diff, form, full_diff_sections if full else diff_sections, diff_json)
    if form != "json":
        rest = "" if full or diff.same_run else "   (all of it: --full)"
        print_line(stderr_console(), f"next: {next_command(diff)}{rest}")
    return 0


def _untrue_verdicts(query: Query, settings: Sequence[Setting]) -> Iterator[str]:
    """Yield what makes verdicts on settings untrue."""
    chosen = sorted(query.where.keys & {"status", *NO_RESULTS}) if query.where else []
    if chosen:
        yield (
            f"--where {', '.join(chosen)}: a condition on results chooses among the seeds, and the "
            "verdicts hold for all of them alone; choose by config keys, or add --by run"
        )
    for each in settings:
        if each.inconsistent:
            seeds = ", ".join(each.inconsistent)
            yield (
                f"{shown(each.label)}: runs of seed {seeds} came to different results; the newest "
                "of each is taken"
            )


def _print_nothing(query: Query) -> None:
    if query.where:
        print_line(stderr_console(), f"no run is left by --where {shown(query.where.text)}")
    else:
        print_line(stderr_console(), f"no run could be read; make one: {first_run()}")
