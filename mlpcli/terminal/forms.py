"""The forms in which a command's result is printed: for people, for documents, for programs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from mlpcli.terminal.json_csv import print_csv, print_json
from mlpcli.terminal.latex import print_latex
from mlpcli.terminal.markdown import print_markdown
from mlpcli.terminal.render import print_sections
from mlpcli.terminal.sections import Section

Result = TypeVar("Result")
Rows = tuple[Sequence[str], Iterable[Sequence[Any]]]  # headings, and the rows below them


def print_result(
    result: Result,
    form: str,
    sections: Callable[[Result], Iterable[Section]],
    record: Callable[[Result], Mapping[str, Any]],
    rows: Callable[[Result], Rows] | None = None,
) -> None:
    """Print a result on stdout: as a `table`, in `md`, `latex` or `csv`, or in `json`.

    The functions make of it what a form needs. Only a command that offers CSV has `rows`.
    """
    if form == "json":
        print_json(record(result))
    elif form == "csv" and rows:
        print_csv(*rows(result))
    elif form == "md":
        print_markdown(sections(result))
    elif form == "latex":
        print_latex(sections(result))
    else:
        print_sections(sections(result))
