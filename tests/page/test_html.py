"""A page in HTML: one script, named by its hash, and nothing that a name in it could bring."""

import base64
import hashlib
import re

import pytest
from page.parsed import Parsed, require_harmless
from page.payloads import PAYLOADS

from mlpcli.page.content import Link, Page, Part
from mlpcli.page.html import FOLDER, policy, to_html
from mlpcli.picture import Axis, Curve, Lines
from mlpcli.terminal import Column, Section, Table, Text


def page_of(word: str) -> Page:
    """Return a page with a word in all places."""
    table = Table([Column(word, [word, word], emphasis=("best", "")), Column(word, ["1", "2"])])
    figure = Lines(word, word, Axis(word), Axis(word), [Curve(word, (1, 2), (3.0, 4.0))])
    sections = [Section(word, [Text(word, "error"), table])]
    part = Part(word, sections, [figure], [word], links=[Link("", "/run/x"), Link("", "/run/y")])
    return Page(word, [part, part, part], back=Link(word, "/"))


@pytest.mark.parametrize("word", PAYLOADS)
def test_no_word_is_markup(word: str) -> None:
    html = to_html(page_of(word)).encode("utf-8", "replace").decode()
    page = Parsed(html)
    require_harmless(page)
    assert {name for name, _ in page.elements} == {
        name for name, _ in Parsed(to_html(page_of("plain"))).elements
    }


def test_there_are_thirty_payloads() -> None:
    assert len({*PAYLOADS}) == 30


def test_the_policy_names_the_script_that_is_in_the_page() -> None:
    html = to_html(page_of("plain"))
    (script,) = re.findall(r"<script>(.*?)</script>", html, flags=re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy()
    (meta,) = [
        each for each in Parsed(html).names("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    ]  # fmt: skip
    assert meta["content"] == policy()
    assert policy().startswith("default-src 'none'; img-src data:; ")


def test_the_script_has_sixty_lines_at_most_and_asks_nothing() -> None:
    script = (FOLDER / "script.js").read_text()
    assert script.count("\n") <= 60
    for word in ("fetch", "XMLHttp", "eval", "innerHTML", "import(", "document.write", "http"):
        assert word not in script


def test_a_page_is_told_its_language_its_title_and_its_parts() -> None:
    page = Parsed(to_html(page_of("plain")))
    assert page.names("html") == [{"lang": "en"}]
    assert len(page.names("h1")) == 1
    assert len(page.names("main")) == 1
    labelled = [each["aria-labelledby"] for each in page.names("section")]
    assert {*labelled} <= {each.get("id") for each in page.names("h2")}


def test_each_figure_has_a_table_with_the_numbers_as_they_are() -> None:
    page = Parsed(to_html(page_of("plain")))
    assert len(page.names("figure")) == len(page.names("details")) == 3
    assert page.values == {1.0, 2.0, 3.0, 4.0}


def test_the_cells_of_the_first_column_lead_where_the_part_says() -> None:
    page = Parsed(to_html(page_of("plain")))
    assert [each["href"] for each in page.names("a") if "/run/" in str(each["href"])][:2] == [
        "/run/x", "/run/y",
    ]  # fmt: skip


@pytest.mark.parametrize("parts", [[], [Part("")], [Part("a", [Section("b")])]])
def test_a_page_without_content_is_a_page(parts: list[Part]) -> None:
    require_harmless(Parsed(to_html(Page("", parts))))
