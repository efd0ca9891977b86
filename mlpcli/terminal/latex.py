"""Sections in LaTeX: tables for a paper, with booktabs, and texts as comments beside them."""

import re
from collections.abc import Iterable, Iterator, Sequence

from mlpcli.terminal.sections import Block, Column, Emphasis, Section, Table, Text

SIGNS = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
    "±": r"\ensuremath{\pm}", "…": r"\ldots{}", "`": r"\textasciigrave{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}  # fmt: skip
NEGATIVE = re.compile(r"(?<![\w.)])-(?=\d)")  # which is longer than a hyphen
UNIT = re.compile(r"(?<=\d) (?=(?:%|s)$)")
BOLD: tuple[Emphasis, ...] = ("best",)


def print_latex(sections: Iterable[Section]) -> None:
    r"""Print sections in LaTeX on stdout; what they say beside their tables are comments.

    It takes \usepackage{booktabs} and \usepackage[T1]{fontenc}.
    """
    print("% \\usepackage{booktabs}\n% \\usepackage[T1]{fontenc}")
    for section in sections:
        if section.title:
            print(_comment(section.title))
        for block in section.blocks:
            print("\n".join(_block(block)))


def _block(block: Block) -> Iterator[str]:
    match block:
        case Text():
            yield _comment(block.text)
        case Table():
            yield from _table(block)


def _comment(text: str) -> str:
    return "\n".join(f"% {line}" for line in text.splitlines())


def _table(table: Table) -> Iterator[str]:
    places = "".join("r" if column.number else "l" for column in table.columns)
    yield f"\\begin{{tabular}}{{{places}}}"
    yield "\\toprule"
    yield _row([_escaped(column.heading) for column in table.columns])
    yield "\\midrule"
    for cells in zip(*map(_cells, table.columns), strict=True):
        yield _row(cells)
    yield "\\bottomrule"
    yield "\\end{tabular}"


def _row(cells: Sequence[str]) -> str:
    return f"{' & '.join(cells)} \\\\"


def _cells(column: Column) -> list[str]:
    emphasis: Sequence[Emphasis] = column.emphasis or [""] * len(column.cells)
    return list(map(_cell, column.cells, emphasis))


def _cell(text: str, emphasis: Emphasis) -> str:
    """Return a cell; a first sign [ or * would be taken for an argument of the row before."""
    escaped = _escaped(text)
    escaped = f"{{{escaped}}}" if escaped.startswith(("[", "*")) else escaped
    return f"\\textbf{{{escaped}}}" if emphasis in BOLD else escaped


def _escaped(text: str) -> str:
    """Return text that LaTeX sets as it is; what its Latin letters do not have becomes a ?."""
    parts = []
    for nth, part in enumerate(NEGATIVE.split(UNIT.sub("\N{NO-BREAK SPACE}", text))):
        if nth:
            parts.append(r"\ensuremath{-}")
        parts.extend(_sign(character) for character in part)
    return "".join(parts)


def _sign(character: str) -> str:
    if character == "\N{NO-BREAK SPACE}":
        return r"\,"
    if character in SIGNS:
        return SIGNS[character]
    plain = character.isascii() and character.isprintable()
    latin = character.isalpha() and ord(character) < 256 and character not in "ªº"
    return character if plain or latin else "?"
