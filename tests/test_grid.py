"""Text in columns, whole or in groups that fit."""

from mlpcli.terminal.grid import Column, in_groups, lines, total_width

NAME = Column("run", ["a", "bb"])
NUMBER = Column("loss", ["1.5", "10.25"], right=True)


def test_columns_are_as_wide_as_their_widest_line() -> None:
    assert lines([NAME, NUMBER]) == ["run  loss", "a     1.5", "bb  10.25"]
    assert total_width([NAME, NUMBER]) == 9


def test_a_cell_of_two_lines_makes_a_row_of_two() -> None:
    assert lines([NAME, Column("x", ["1\n22", "3"], right=True)]) == [
        "run  x",
        "a    1\n    22",
        "bb   3",
    ]


def test_a_head_of_two_lines_is_as_wide_as_the_longer() -> None:
    assert lines([NAME, Column("a\nlong", ["1", "2"])]) == ["run a\n    long", "a   1", "bb  2"]
    assert total_width([Column("a\nlong", ["1"])]) == 4


def test_wide_characters_count_twice() -> None:
    assert lines([Column("h", ["学", "a"]), Column("x", ["1", "2"])]) == ["h  x", "学 1", "a  2"]


def test_groups_fit_and_begin_with_the_first_column() -> None:
    groups = list(in_groups(NAME, [NUMBER, NUMBER, NUMBER], 16))
    assert [len(group) for group in groups] == [3, 2]
    assert all(total_width(group) <= 16 and group[0].head == "run" for group in groups)


def test_what_is_wider_than_the_width_is_broken() -> None:
    ((name, value),) = in_groups(Column("run", ["a" * 50]), [Column("key", ["v" * 50])], 40)
    assert total_width([name, value]) <= 40
    assert name.cells == ["a" * 20 + "\n" + "a" * 20 + "\n" + "a" * 10]
