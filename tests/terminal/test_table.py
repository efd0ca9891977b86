"""Tables in characters: whole, or folded and in parts that fit."""

from dataclasses import replace

from mlpcli.terminal.sections import Column, Table, table_of
from mlpcli.terminal.table import column_width, table_rows, total_width

NAME = Column("run", ["a", "bb"])
NUMBER = Column("loss", ["1.5", "10.25"], number=True)


def rows(*columns: Column, width: int | None = None) -> list[list[str]]:
    return list(table_rows(Table(columns, gap=1), width))


def widest(tables: list[list[str]]) -> int:
    return max(len(line) for table in tables for row in table for line in row.split("\n"))


def test_columns_are_as_wide_as_their_widest_line_and_numbers_stand_at_the_right() -> None:
    assert rows(NAME, NUMBER) == [["run  loss", "a     1.5", "bb  10.25"]]
    assert total_width([NAME, NUMBER], 1) == 9


def test_a_cell_of_two_lines_makes_a_row_of_two() -> None:
    two = Column("x", ["1\n22", "3"], number=True)
    assert rows(NAME, two) == [["run  x", "a    1\n    22", "bb   3"]]


def test_a_heading_of_two_lines_is_as_wide_as_the_longer() -> None:
    assert rows(NAME, Column("a\nlong", ["1", "2"])) == [["run a\n    long", "a   1", "bb  2"]]
    assert column_width(Column("a\nlong", ["1"])) == 4


def test_wide_characters_count_twice() -> None:
    assert rows(Column("h", ["学", "a"]), Column("x", ["1", "2"])) == [["h  x", "学 1", "a  2"]]


def test_tables_fit_and_begin_with_the_first_column() -> None:
    tables = rows(NAME, NUMBER, NUMBER, NUMBER, width=16)
    assert [table[0] for table in tables] == ["run  loss  loss", "run  loss"]


def test_the_parts_of_a_table_that_does_not_fit_are_tables_of_their_own() -> None:
    key = Column("key", ["x", "y"], part=1)
    assert rows(NAME, key, NUMBER) == [["run key  loss", "a   x     1.5", "bb  y   10.25"]]
    loss = replace(NUMBER, narrow=Column("l", ["1", "9"], number=True))  # then all would fit
    tables = rows(NAME, key, loss, width=12)
    assert [table[0] for table in tables] == ["run  loss", "run key"]
    assert [table[0] for table in rows(NAME, key, loss, width=8)] == ["run l", "run key"]


def test_a_table_that_does_not_fit_has_the_shorter_forms_of_its_columns() -> None:
    speed = Column("examples/s", ["2,000,000"], True, narrow=Column("ex./s", ["2,000k"], True))
    name = Column("run", ["a"])
    assert rows(name, speed) == [["run examples/s", "a    2,000,000"]]
    assert rows(name, speed, width=13) == [["run  ex./s", "a   2,000k"]]


def test_where_a_table_does_not_fit_numbers_stand_below_each_other() -> None:
    shares = Column("to best, points", ["-0.70 -2.27 to +0.88", "+0.10, unpaired"], number=True)
    (table,) = rows(NAME, shares, width=19)
    assert table == [
        "run       to best,\n            points",
        "a            -0.70\n    -2.27 to +0.88",
        "bb          +0.10,\n          unpaired",
    ]


def test_what_belongs_to_a_number_stands_below_it() -> None:
    scores = Column("A", ["97.80 (97.49 to 98.07)", "91.00 at step 5"], number=True)
    (table,) = rows(NAME, scores, width=20)
    assert table == [
        "run                A",
        "a              97.80\n    (97.49 to 98.07)",
        "bb             91.00\n           at step 5",
    ]


def test_text_is_folded_between_its_words_the_widest_first() -> None:
    text = Column("verdict", ["no evidence at all", "worse"])
    (table,) = rows(NAME, text, NUMBER, width=22)
    assert table == [
        "run verdict      loss",
        "a   no evidence   1.5\n    at all",
        "bb  worse       10.25",
    ]


def test_only_the_widest_text_is_folded_where_that_is_enough() -> None:
    tables = rows(Column("run", ["one two three four"]), Column("key", ["word " * 6]), width=39)
    assert tables == [
        [f"{'run':18} key", f"one two three four word word word word\n{'':18} word word"]
    ]


def test_a_word_that_is_wider_than_half_the_width_is_broken() -> None:
    (table,) = rows(Column("run", ["a" * 50]), Column("key", ["v" * 50]), width=41)
    lines = [f"{'a' * n:20} {'v' * n}" for n in (20, 20, 10)]
    assert table == [f"{'run':20} key", "\n".join(lines)]


def test_no_line_is_wider_than_a_terminal_however_narrow_it_is() -> None:
    figures = Column("figures", ["123,456,789.00", "1"], number=True)
    text = Column("text", ["word " * 9, "x" * 30])
    for width in range(10, 60):
        assert widest(rows(NAME, figures, text, width=width)) <= width


def test_a_table_of_rows_escapes_what_a_terminal_would_obey() -> None:
    table = table_of(("key", "n"), [("a\x1b[31m\n", "1")])
    assert list(table_rows(table, None)) == [["key          n", "a\\x1b[31m\\n  1"]]
    assert [column.number for column in table.columns] == [False, True]
