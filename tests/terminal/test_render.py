"""Sections on a terminal, off it, and in Markdown."""

import re
from collections.abc import Callable

import pytest

from mlpcli.terminal.markdown import print_markdown
from mlpcli.terminal.render import print_sections
from mlpcli.terminal.sections import (
    Block,
    Column,
    Plot,
    Plots,
    Section,
    Series,
    Table,
    Text,
    table_of,
)

Shown = Callable[..., str]

LONG = "a sentence that is longer than the terminal is wide"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shown:
    """Give a function that returns what is printed of blocks, off a terminal or on one."""

    def shown(*blocks: Block, title: str = "", columns: int = 0) -> str:
        monkeypatch.setenv("TERM", "xterm")
        for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("COLUMNS", str(columns or 80))
        if columns:
            monkeypatch.setenv("FORCE_COLOR", "1")
        print_sections([Section(title, blocks)])
        return str(capsys.readouterr().out)

    return shown


def plain(text: str) -> list[str]:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()


def test_off_a_terminal_a_line_is_as_long_as_it_is_and_has_no_codes(shown: Shown) -> None:
    assert shown(Text(LONG * 9, "warning"), title="Title") == f"Title\n{LONG * 9}\n"


def test_on_a_terminal_text_is_broken_between_its_words_in_its_colour(shown: Shown) -> None:
    text = shown(Text(LONG, "warning"), columns=30)
    assert plain(text) == ["a sentence that is longer than", "the terminal is wide"]
    assert text.count("\x1b[33m") == 2


def test_sections_stand_apart_by_an_empty_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_sections([Section("", [Text("a"), Text("b")]), Section("B"), Section("", [Text("c")])])
    assert capsys.readouterr().out == "a\nb\n\nB\n\nc\n"


def test_rows_have_their_emphasis_and_headings_are_bold(shown: Shown) -> None:
    table = table_of(("key", "n"), [("a", "1"), ("b", "2")], emphasis=("", "faint"))
    assert shown(table, columns=80) == "\x1b[1mkey  n\x1b[0m\na    1\n\x1b[2mb    2\x1b[0m\n"


def test_a_cell_has_its_emphasis_beside_that_of_its_row(shown: Shown) -> None:
    table = Table(
        [
            Column("key", ["a名", "b"]),
            Column("n", ["10", "2"], number=True, emphasis=("best", "")),
            Column("text", ["ab cd", "e"], emphasis=("", "error")),
        ],
        emphasis=("", "faint"),
    )
    assert shown(table, columns=80) == (
        "\x1b[1mkey   n  text\x1b[0m\n"
        "a名  \x1b[1;32m10\x1b[0m  ab cd\n"
        "\x1b[2mb     2  \x1b[0m\x1b[2;31me\x1b[0m\n"
    )
    folded = shown(Table([Column("a b", ["x" * 15 + " y"], emphasis=("best",))]), columns=16)
    assert folded.count("\x1b[1;32m") == 2
    assert "\x1b" not in shown(table)


def test_a_table_without_headings_has_no_line_for_them(shown: Shown) -> None:
    assert shown(table_of(("", ""), [("a", "b")], texts=2)) == "a  b\n"


def test_halves_stand_side_by_side_where_both_fit(shown: Shown) -> None:
    rows = [("a", "1"), ("bb", "2"), ("c", "3")]
    table = table_of(("", ""), rows, 2, ("faint", "", "faint"), halves=True)
    assert plain(shown(table, columns=11)) == ["a   1  c  3", "bb  2"]
    assert plain(shown(table, columns=10)) == ["a   1", "bb  2", "c   3"]
    assert "\x1b[2ma   1\x1b[0m  \x1b[2mc  3\x1b[0m" in shown(table, columns=80)


def test_plots_stand_side_by_side_or_below_each_other(shown: Shown) -> None:
    plot = Plot("loss", (Series("training", [1, 2, 3], [3.0, 2.0, 1.0]),))
    plots = Plots((plot, plot))
    assert plain(shown(plots))[0].split() == ["loss", "loss"]
    below = plain(shown(plots, columns=40))
    assert [line.strip() for line in below].count("loss") == 2
    assert max(map(len, below)) <= 40


def test_markdown_has_headings_tables_and_text_with_nothing_taken_for_markup(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = Table([Column("a|b", ["<x>"]), Column("n", ["1"], number=True)])
    print_markdown([Section("A *title*", [Text("some_text"), table])])
    assert capsys.readouterr().out == (
        "## A \\*title\\*\n\nsome\\_text\n\n| a\\|b | n |\n| --- | --- |\n| \\<x\\> | 1 |\n"
    )


def test_markdown_has_plots_as_they_are_drawn_in_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    plot = Plot("loss", (Series("training", [1, 2, 3], [3.0, 2.0, 1.0]),))
    print_markdown([Section("", [Plots((plot,))])])
    first, title, *_, last = capsys.readouterr().out.splitlines()
    assert (first, title.strip(), last) == ("```", "loss", "```")
