"""A Markdown document on stdout: laid out on a terminal, as it is elsewhere."""

import re
import sys

import click
from rich.markdown import Markdown

from mlpcli.terminal.console import Console, is_screen

MOST_COLUMNS = 100  # longer lines of prose are hard to read
_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")


def print_document(text: str) -> None:
    """Print a Markdown document; on a terminal with a pager where it is longer than the screen."""
    console = Console()
    if not is_screen(console):
        sys.stdout.write(text)
        return
    width, text = min(console.width, MOST_COLUMNS), _PICTURE.sub(r"*(a picture: \1)*", text)
    with console.capture() as capture:
        console.print(Markdown(text, code_theme="ansi_dark"), width=width)
    laid_out = capture.get()
    if laid_out.count("\n") < console.height:
        sys.stdout.write(laid_out)
    else:
        click.echo_via_pager(laid_out)  # which asks for colours where it has them
