"""What `papers` does: rows trained where they are not yet, and held against what was published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlpcli.errors import shell_word
from mlpcli.papers.outcome import Outcome, outcomes
from mlpcli.papers.record import papers_json
from mlpcli.papers.row import read_rows
from mlpcli.papers.view import full_sections, planned_sections, result_sections
from mlpcli.terminal import Talk, print_next, print_result, print_warnings


def show_papers(words: Sequence[str], root: Path, dry: bool, form: str, full: bool) -> int:
    """Train the rows of those names and print what they came to; return the exit code.

    It is 1 where a run failed. What was completed before, with the same config, data and versions,
    is not trained again; `dry` trains nothing.
    """
    rows, code = read_rows(words), 0
    found, warnings = outcomes(rows, root)
    left = [each.row.path for each in found if each.run is None]
    if left and not dry:
        from mlpcli.training import TrainOptions, train_files

        options = TrainOptions(needed=True)  # of rows that differ in nothing but their names one
        code = train_files(left, root, options, Talk(stdout="nothing"))
        found, warnings = outcomes(rows, root)
    print_warnings(warnings)
    sections = planned_sections if dry else full_sections if full else result_sections
    print_result(found, form, sections, papers_json)
    if form != "json":
        print_next(_next(found, words, root), more=not dry and not full)
    return code


def _next(found: Sequence[Outcome], words: Sequence[str], root: Path) -> str:
    """Return what to type next: train what is not, or explain what was not reproduced."""
    folder = "" if root == Path("runs") else f" --runs-dir {shell_word(root)}"
    if any(each.run is None for each in found):
        return f"mlpcli papers{''.join(f' {shell_word(each)}' for each in words)}{folder}"
    worse = [each.run for each in found if each.verdict == "not reproduced" and each.run]
    if worse:
        return f"mlpcli explain {shell_word(worse[0].path)}"
    return f"mlpcli compare {shell_word(root)}"
