"""The figures of a page as SVG files, for a text or for slides."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from mlpcli.errors import shown
from mlpcli.page.content import Page
from mlpcli.page.own_file import ReportError, require_own
from mlpcli.picture import standalone
from mlpcli.system import reason

MARK = 'class="fig"'  # in each figure's file
LONGEST_NAME = 80  # characters of a file's name, before its ending


def figure_files(page: Page, folder: Path) -> dict[Path, bytes]:
    """Return the figures of a page as files in a folder, which is made where it is missing.

    A file is called as the figure is; where several are, they are numbered. Raises ReportError
    where the folder cannot be made, or a file is in the way.
    """
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise ReportError(
            f"{shown(folder, 200)}: no folder for figures: {reason(error)}"
        ) from error
    found: dict[Path, bytes] = {}
    for figure in (figure for part in page.parts for figure in part.figures):
        name, number = _name(figure.title), 2
        path = folder / f"{name}.svg"
        while path in found:
            path, number = folder / f"{name}-{number}.svg", number + 1
        require_own(path, MARK)
        found[path] = standalone(figure).encode("utf-8", "replace")
    return found


def _name(title: str) -> str:
    """Return a title as a file's name: letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = "".join(each if each.isalnum() or each == "_" else " " for each in plain).split()
    return "-".join(words)[:LONGEST_NAME] or "figure"
