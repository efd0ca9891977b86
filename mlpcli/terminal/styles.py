"""What each emphasis looks like on a terminal."""

from rich.text import Text

from mlpcli.terminal.sections import Emphasis

STYLES: dict[Emphasis, str] = {
    "": "",
    "strong": "bold",
    "faint": "dim",
    "warning": "yellow",
    "error": "red",
    "best": "bold green",
    "better": "green",
    "own": "cyan",
}
Line = str | Text


def styled(line: Line, emphasis: Emphasis) -> Line:
    """Return a line in a style; parts of it that have one of their own keep that."""
    if not emphasis:
        return line
    if isinstance(line, str):
        return Text(line, STYLES[emphasis])
    line.style = STYLES[emphasis]
    return line
