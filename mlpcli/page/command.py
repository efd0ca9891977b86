"""What `report` does: a page of a run, of several, or of a sweep, written as one file."""

from __future__ import annotations

import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mlpcli.errors import shell_word, shown
from mlpcli.page.content import Page
from mlpcli.page.figure_files import figure_files
from mlpcli.page.html import MARK, to_html
from mlpcli.page.own_file import ReportError, require_own, write
from mlpcli.runs import find_run, is_sweep, sweep_named
from mlpcli.terminal import print_line, print_next, print_path, print_warnings, size, stderr_console

CARD = "model_card.md"
CARD_MARK = "<!-- written by mlpcli report -->"


@dataclass(frozen=True)
class ReportOptions:
    """How a report is written: where, opened in a browser, and whether it says why."""

    output: Path
    opens: bool = False
    explains: bool = True
    card: bool = True
    figures: Path | None = None  # a folder for each figure as a file of its own


def write_report(words: Sequence[str], root: Path, options: ReportOptions) -> int:
    """Write the page of what the words mean, and a model card of one run; return the exit code.

    Nothing is written where a run cannot be read, or over a file that is no report.
    """
    require_own(options.output, MARK)
    found = _page(words, root, options)
    content = to_html(found.page).encode("utf-8", "replace")
    drawn = figure_files(found.page, options.figures) if options.figures else {}
    write(options.output, content)
    console = stderr_console()
    print_line(console, f"written: {shown(options.output, 200)}, {size(len(content))}")
    for path, figure in drawn.items():
        write(path, figure)
    if options.figures:
        print_line(console, f"written: {len(drawn)} figures in {shown(options.figures, 200)}")
    if found.card and options.card:
        _write_card(options.output.parent / CARD, found.card)
    print_path(options.output)
    if options.opens:
        webbrowser.open(options.output.resolve().as_uri())
    if found.next_command:
        print_next(found.next_command)
    return 0


@dataclass(frozen=True)
class Found:
    """A page, the model card beside it, "" where there is none, and what to type next."""

    page: Page
    card: str = ""
    next_command: str = ""


def _page(words: Sequence[str], root: Path, options: ReportOptions) -> Found:
    if not words and root.is_dir():
        words = [str(root)]
    if len(words) == 1 and (sweep := sweep_named(words[0], root)):
        from mlpcli.page.sweep_page import sweep_page

        return Found(sweep_page(sweep), next_command=f"mlpcli show {shell_word(sweep)} --full")
    if len(words) == 1 and (run := _one_run(words[0], root)):
        from mlpcli.page.card import model_card
        from mlpcli.page.run_page import run_page

        page, report = run_page(run, options.explains)
        card = model_card(report) if report.run.summary else ""
        after = "resume {}" if report.run.goes_on else "explain {} --prove"
        return Found(page, card, f"mlpcli {after.format(shell_word(run))}")
    from mlpcli.page.runs_page import runs_page

    page, warnings = runs_page(words, root)
    print_warnings(warnings)
    return Found(page, next_command=f"mlpcli compare {' '.join(map(shell_word, words))}".strip())


def _one_run(word: str, root: Path) -> Path | None:
    """Return the run that a word names; None for a folder of runs or a pattern."""
    from mlpcli.runs import find_runs

    if Path(word).is_dir() and not is_sweep(word):
        found, _ = find_runs([word], root)
        return found[0] if len(found) == 1 else None
    if any(sign in word for sign in "*?["):
        return None
    return find_run(word, root)


def _write_card(path: Path, card: str) -> None:
    try:
        require_own(path, CARD_MARK)
    except ReportError as error:
        print_warnings([f"no model card: {error}"])
        return
    write(path, card.encode("utf-8", "replace"))
    print_line(stderr_console(), f"written: {shown(path, 200)}")
