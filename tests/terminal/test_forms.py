"""A result in each form: a table, Markdown, CSV and JSON."""

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from mlpcli.terminal.forms import print_result
from mlpcli.terminal.sections import Section, table_of

RESULT = {"loss": math.inf, "name": "=a_1", "widths": [3, 1]}


def sections(result: dict[str, Any]) -> Iterable[Section]:
    yield Section("Runs", [table_of(("name", "loss"), [(result["name"], str(result["loss"]))])])


def rows(result: dict[str, Any]) -> tuple[Sequence[str], list[list[Any]]]:
    return list(result), [list(result.values()), [None, "", 2.5]]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> str:
    """Give what is printed of the result in the form that the test names."""
    print_result(RESULT, request.param, sections, dict, rows)
    return capsys.readouterr().out


@pytest.mark.parametrize("printed", ["table"], indirect=True)
def test_a_table_is_for_people(printed: str) -> None:
    assert printed == "Runs\nname  loss\n=a_1   inf\n"


@pytest.mark.parametrize("printed", ["md"], indirect=True)
def test_markdown_is_for_documents(printed: str) -> None:
    assert printed == "## Runs\n\n| name | loss |\n| --- | --- |\n| =a\\_1 | inf |\n"


@pytest.mark.parametrize("printed", ["json"], indirect=True)
def test_json_has_null_for_a_number_that_is_not_finite(printed: str) -> None:
    assert json.loads(printed) == {"loss": None, "name": "=a_1", "widths": [3, 1]}


@pytest.mark.parametrize("printed", ["csv"], indirect=True)
def test_csv_has_no_formula_lists_as_json_and_nothing_for_what_is_missing(printed: str) -> None:
    assert list(csv.reader(io.StringIO(printed))) == [
        ["loss", "name", "widths"],
        ["inf", "'=a_1", "[3, 1]"],
        ["", "", "2.5"],
    ]
