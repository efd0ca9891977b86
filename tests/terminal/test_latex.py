"""Sections in LaTeX."""

import pytest

from mlpcli.terminal.latex import print_latex
from mlpcli.terminal.sections import Column, Section, Table, Text


def test_a_table_is_one_of_booktabs_and_texts_are_comments(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = Table(
        [
            Column("setting", ["a_1", "b"]),
            Column("val_accuracy", ["91.9 ±1.1 %", "90.00 %"], True, emphasis=("best", "better")),
            Column("difference", ["", "-0.06 (-0.34 to +0.21)"], number=True),
        ]
    )
    print_latex([Section("Title", [Text("2 settings\nof 5"), table, Text("± is 95 %")])])
    assert capsys.readouterr().out == (
        "% \\usepackage{booktabs}\n"
        "% \\usepackage[T1]{fontenc}\n"
        "% Title\n"
        "% 2 settings\n"
        "% of 5\n"
        "\\begin{tabular}{lrr}\n"
        "\\toprule\n"
        "setting & val\\_accuracy & difference \\\\\n"
        "\\midrule\n"
        "a\\_1 & \\textbf{91.9 \\ensuremath{\\pm}1.1\\,\\%} &  \\\\\n"
        "b & 90.00\\,\\% & \\ensuremath{-}0.06 (\\ensuremath{-}0.34 to +0.21) \\\\\n"
        "\\bottomrule\n"
        "\\end{tabular}\n"
        "% ± is 95 %\n"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a & b % $ # _ { }", r"a \& b \% \$ \# \_ \{ \}"),
        ("~^\\", r"\textasciitilde{}\textasciicircum{}\textbackslash{}"),
        ("<0.001", r"\textless{}0.001"),
        ("[300, 100]", "{[300, 100]}"),
        ("*", "{*}"),
        ("2024-01-02 a-1", "2024-01-02 a-1"),  # hyphens, not signs
        ("1.5 s", r"1.5\,s"),
        ("größe 名", "größe ?"),
        ("a…", r"a\ldots{}"),
        ("\x1b\u202e", "??"),
    ],
)
def test_a_cell_is_set_as_it_is(
    text: str, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_latex([Section("", [Table([Column("h", [text])])])])
    assert capsys.readouterr().out.splitlines()[6] == f"{written} \\\\"
