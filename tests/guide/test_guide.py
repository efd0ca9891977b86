"""The guide in the terminal: a list of pages, a page laid out on a terminal, as it is in a pipe."""

import os
import pty
import re
import subprocess
from pathlib import Path
from xml.etree.ElementTree import fromstring

import click
import pytest
from running import MLPCLI, in_process

from mlpcli.guide.pages import PAGES, read_page

SVG = "{http://www.w3.org/2000/svg}"


def test_without_a_page_it_lists_them_with_what_each_says() -> None:
    lines = in_process("guide").output.splitlines()
    listed = {line.split()[0]: line for line in lines if line.split()[:1] and "  " in line}
    assert [name for name in listed if name in PAGES] == list(PAGES)
    assert listed["promises"].endswith("  " + read_page("promises").summary)
    assert lines[-1] == "read one: mlpcli guide concepts"


def test_each_file_of_the_folder_is_a_page() -> None:
    folder = Path(read_page.__code__.co_filename).parent
    assert sorted(PAGES) == sorted(path.stem for path in folder.glob("*.md"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_a_pipe_is_the_file(name: str) -> None:
    assert in_process("guide", name).output == read_page(name).text


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_with_what_it_says_in_a_short_sentence(name: str) -> None:
    page = read_page(name)
    assert page.title
    assert 20 <= len(page.summary) <= 90


def test_the_pictures_of_the_texts_are_there_and_each_says_what_it_shows() -> None:
    folder = Path(read_page.__code__.co_filename).parent
    in_pages = [re.findall(r"!\[(.*?)\]\((.*?)\)", read_page(name).text) for name in PAGES]
    pages = {folder / path: said for found in in_pages for said, path in found}
    readme = folder.parents[1] / "README.md"
    tags = re.findall(r'<img\s+src="(.*?)".*?alt="(.*?)"', readme.read_text(), re.DOTALL)
    named = {**pages, **{readme.parent / path: said for path, said in tags}}
    assert {*named} == {*(folder / "pictures").iterdir()}
    assert len(tags) == 3
    for path, said in named.items():
        root = fromstring(path.read_bytes())
        assert said
        assert [each.tag for each in root][:2] == [f"{SVG}style", f"{SVG}title"]
        assert not [*root.iter(f"{SVG}script"), *root.iter(f"{SVG}a")]


def test_an_unknown_page_is_refused_with_those_there_are() -> None:
    with pytest.raises(click.UsageError, match=r"'comparison' is not one of .*'comparing'"):
        in_process("guide", "comparison")


@pytest.mark.process
def test_on_a_terminal_a_page_is_laid_out_and_no_line_is_wider_than_it() -> None:
    reader, writer = pty.openpty()
    words = ["sh", "-c", f"stty rows 40 columns 50; exec {MLPCLI} guide config"]
    kept = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    plain = {**kept, "PAGER": "cat", "TERM": "xterm", "NO_COLOR": "1"}
    with subprocess.Popen(words, stdin=writer, stdout=writer, stderr=writer, env=plain):
        os.close(writer)
        chunks = []
        while chunk := _read(reader):
            chunks.append(chunk)
    os.close(reader)
    text = b"".join(chunks).decode().replace("\r", "")
    assert max(map(len, text.splitlines())) <= 50
    assert "learning_rate" in text
    assert "**" not in text
    assert "|---|" not in text


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # what Linux says of a terminal that nobody has open any more
        return b""
