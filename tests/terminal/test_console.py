"""How numbers, times and strangers' texts are written."""

import math
from pathlib import Path

import pytest

from mlpcli.errors import MlpcliError, shown
from mlpcli.terminal.console import print_error, print_line, stderr_console
from mlpcli.terminal.formatting import duration, interval, number, percent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3545.2, "3,545"),
        (0.021434, "0.02143"),
        (0.5, "0.5000"),
        (1.0, "1.000"),
        (0.0, "0.000"),
        (-1.5, "-1.500"),
        (9999.4, "9,999"),
        (12345.6, "1.235e+04"),
        (0.000123456, "0.0001235"),
        (0.0000123456, "1.235e-05"),
        (1e-7, "1.000e-07"),
        (1e300, "1.000e+300"),
        (math.inf, "inf"),
        (math.nan, "nan"),
        (None, "-"),
    ],
)
def test_a_number_has_four_significant_digits(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(("digits", "text"), [(2, "1.2e+03"), (4, "1,235"), (6, "1,234.56")])
def test_a_number_has_as_many_digits_as_asked_for(digits: int, text: str) -> None:
    assert number(1234.56, digits) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.98104, "98.10"), (0.0, "0.00"), (1.0, "100.00"), (0.09999, "10.00"), (None, "-")],
)
def test_a_share_is_written_in_percent_with_two_decimals(share: float | None, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("right", "text"),
    [
        (9_700, "96.65 to 97.32"),
        (9_800, "97.71 to 98.26"),
        (0, "0.00 to 0.04"),
        (10_000, "99.96 to 100.00"),
    ],
)
def test_an_interval_is_written_in_percent(right: int, text: str) -> None:
    assert interval(right, 10_000) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (0.04, "0.0 s"),
        (6.63, "6.6 s"),
        (59.94, "59.9 s"),
        (59.96, "1:00"),
        (60, "1:00"),
        (75, "1:15"),
        (3599.4, "59:59"),
        (3599.6, "1:00:00"),
        (7384, "2:03:04"),
        (340_000, "94:26:40"),
        (360_000, "4.17 days"),
    ],
)
def test_a_duration_is_written_in_seconds_minutes_or_hours(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("\x9b31m", "\\x9b31m"),
        ("\x00\x07\x7f", "\\x00\\x07\\x7f"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\u2028\u2029\x85", "\\u2028\\u2029\\x85"),
        ("\u202eabc", "\\u202eabc"),  # turns the line's direction round
        ("\u200b\ufeff", "\\u200b\\ufeff"),
        ("\ud800", "\\ud800"),
        ("\udcff", "\\udcff"),
        ("\U000e0001", "\\U000e0001"),
    ],
    ids=ascii,
)
def test_what_a_terminal_would_obey_is_shown_escaped(text: str, safe: str) -> None:
    assert shown(text) == safe


@pytest.mark.parametrize("text", ["", "deep3", "a b", "é", "日本", "🙂", 'it\'s "so"', "[bold]"])
def test_what_can_be_printed_is_shown_as_it_is(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a" * 60, "a" * 60),
        ("a" * 61, "a" * 59 + "…"),
        ("a" * 1_000_000, "a" * 59 + "…"),
        ("\x1b" * 15, "\\x1b" * 15),  # 4 characters each
        ("\x1b" * 16, "\\x1b" * 14 + "\\x1" + "…"),
    ],
    ids=len,
)
def test_what_is_longer_than_60_characters_once_escaped_is_cut(text: str, safe: str) -> None:
    assert shown(text) == safe


@pytest.mark.parametrize(("text", "safe"), [("a" * 200, "a" * 200), ("a" * 201, "a" * 199 + "…")])
def test_the_length_shown_may_be_another(text: str, safe: str) -> None:
    assert shown(text, 200) == safe


def test_a_path_is_shown_as_its_text() -> None:
    assert shown(Path("runs") / "a\nb") == "runs/a\\nb"


def test_a_line_is_said_whole_with_nothing_taken_for_markup(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = "[bold]1[/bold] :smile: [/] " + "word " * 100
    print_line(stderr_console(), text)
    assert capsys.readouterr() == ("", f"{text}\n")


def test_an_error_is_said_with_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(MlpcliError("it broke", "mend it"))
    assert capsys.readouterr() == ("", "it broke\nmend it\n")


def test_an_error_without_a_hint_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(MlpcliError("it broke"))
    assert capsys.readouterr() == ("", "it broke\n")


@pytest.mark.parametrize("columns", ["0", "00", "-5", "wide", "", "1", "9" * 30, "²"])
def test_whatever_columns_says_an_error_is_printed(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    print_error(MlpcliError("it failed", hint="do something else"))
    assert capsys.readouterr().err == "it failed\ndo something else\n"
    assert 1 <= stderr_console().width <= 1_000
