"""Pages in a browser: nothing is asked of any address, nothing runs, and all can use them.

They take Playwright (pip install 'mlpcli[browser]') and a Chromium: the one that is installed, or
the one that the variable CHROMIUM names.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from once import Once
from page.payloads import PAYLOADS
from page.test_html import page_of as page_with
from running import TINY, in_process, only_run

from mlpcli.page.html import to_html

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
pytestmark = [
    pytest.mark.process,
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed: apt-get install chromium"),
]
SIZES = ((360, 640), (1280, 800), (3840, 2160))
Opened = Callable[..., Any]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, once: Once) -> Path:
    """Train a tiny network, and write its page."""
    place = tmp_path_factory.mktemp("tiny")
    assert once.mlpcli(["train", TINY, "-s", "log_every=10"], place).returncode == 0
    out = place / "report.html"
    done = in_process("report", only_run(place), "-o", out, "--no-explain")
    assert done.exit_code == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start Chromium."""
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


@pytest.fixture
def opened(browser: Any) -> Iterator[Opened]:
    """Give a function that opens a file, of a size and in a scheme, and holds that it is quiet."""
    contexts, heard = [], list[str]()

    def opened(path: Path, size: tuple[int, int] = SIZES[1], **settings: Any) -> Any:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **settings)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: heard.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("dialog", lambda dialog: heard.append(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith(("file:", "data:image/png;"))
                else heard.append(f"request: {asked.url[:80]}")
            ),
        )
        page.goto(path.resolve().as_uri())
        page.wait_for_load_state()
        return page

    yield opened
    for each in contexts:
        each.close()
    assert not heard


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_a_page_fits_any_screen(
    tiny: Path, opened: Opened, size: tuple[int, int], scheme: str
) -> None:
    page = opened(tiny, size, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("svg.fig").count() >= 6
    narrow = page.evaluate(
        "[...document.querySelectorAll('svg.fig')].filter(e => e.clientWidth < 250).length"
    )
    assert narrow == 0


def test_a_page_prints_to_two_sheets(tiny: Path, opened: Opened) -> None:
    page = opened(tiny)
    pdf = page.pdf(format="A4")
    assert 1 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 2


def test_a_page_can_be_read_without_script(tiny: Path, opened: Opened) -> None:
    page = opened(tiny, java_script_enabled=False)
    assert page.locator("h2").count() >= 5
    assert page.locator("th button").count() == 0


def test_a_heading_sorts_its_table_by_numbers(tiny: Path, opened: Opened) -> None:
    page = opened(tiny)
    table = page.locator("section#metrics table")
    button = table.locator("th button", has_text="val loss")
    cells = table.locator("tbody tr td:nth-child(4)")
    button.click()
    values = [float(text) for text in cells.all_inner_texts() if text != "-"]
    assert values == sorted(values, reverse=True)
    button.focus()
    page.keyboard.press("Enter")
    values = [float(text) for text in cells.all_inner_texts() if text != "-"]
    assert values == sorted(values)
    assert table.locator("th[aria-sort='ascending']").count() == 1


def test_a_pointer_is_told_what_it_is_on(tiny: Path, opened: Opened) -> None:
    page = opened(tiny)
    page.locator("section#classes rect.heat").first.hover()
    assert "examples" in page.locator("#hover").inner_text()


@pytest.mark.parametrize("word", PAYLOADS)
def test_nothing_of_a_strangers_run_runs(word: str, tmp_path: Path, opened: Opened) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(to_html(page_with(word)).encode("utf-8", "replace"))
    page = opened(path)
    assert page.locator("h1").inner_text().strip()
    assert page.locator("script").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_that_hinders_anyone(tiny: Path, opened: Opened, scheme: str) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed"
    )
    page = opened(tiny, color_scheme=scheme, bypass_csp=True)  # axe is a script, which none may be
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = axe.Axe().run(page).response["violations"]
    assert not [(each["id"], each["nodes"][0]["html"][:200]) for each in found]
