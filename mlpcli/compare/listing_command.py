"""What `ls` does: the runs of a folder, or those that are named, in lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlpcli.compare.listing import Listing, list_runs, listing_json
from mlpcli.compare.listing_view import listing_sections
from mlpcli.compare.where import parse_where
from mlpcli.errors import shell_word
from mlpcli.runs import find_runs, runs_in, see
from mlpcli.terminal import (
    Console,
    count,
    print_line,
    print_next,
    print_result,
    print_warnings,
    stderr_console,
)

MOST = 19  # runs on a terminal: with title, headings, next command and prompt 24 lines
MOST_WARNINGS = 10  # lines on a terminal


def show_listing(
    words: Sequence[str], root: Path, form: str, where: str | None, every: bool
) -> int:
    """Print runs, the newest last, and on stderr what cannot be read; return the exit code.

    On a terminal the newest alone, unless `every` one is asked for.
    """
    condition = None if where is None else parse_where(where)
    bounded = form != "json" and not every and Console().is_terminal
    paths, unclear = find_runs(words, root) if words else runs_in(root)
    listing = list_runs(paths, condition, MOST if bounded else None)
    warnings = [*unclear, *listing.warnings]
    left = len(warnings) - MOST_WARNINGS if bounded else 0
    print_warnings(warnings[:MOST_WARNINGS] if left > 0 else warnings)
    if left > 0:
        print_warnings([f"and {count(left, 'more warning')}: --all"])
    print_result(listing, form, listing_sections, listing_json)
    if form != "json":
        _print_next(listing, root, bool(paths), where)
    return 0


def _print_next(listing: Listing, root: Path, found: bool, where: str | None) -> None:
    if listing.runs:
        print_next(f"mlpcli show {shell_word(listing.runs[-1].path)}")
        return
    text = "no run is left by --where" if where else "no run could be read"
    print_line(stderr_console(), text if found else see(root))
