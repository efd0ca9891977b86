"""The group of commands: its help by what people want, the nearest name, and stdout's errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from mlpcli.errors import nearest, shown
from mlpcli.terminal import guarded_stdout

LONGEST = 1_000  # characters of a command's first sentence: it is cut nowhere
NAMED = 2  # options or commands at most that a mistyped one may mean


class Commands(click.Group):
    """A group whose commands end in a line where their output cannot be written."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._sections: dict[str, tuple[str, ...]] = {}

    def add_section(self, title: str, *commands: click.Command) -> None:
        """Add commands, which stand in the help under a title."""
        for each in commands:
            each.short_help = each.get_short_help_str(LONGEST)
            self.add_command(each)
        self._sections[title] = tuple(str(each.name) for each in commands)

    def make_context(self, *arguments: Any, **named: Any) -> click.Context:
        """Read the command line, which is where help is printed."""
        with guarded_stdout(), _nearest_options():
            return super().make_context(*arguments, **named)

    def invoke(self, context: click.Context) -> int:
        """Invoke the command."""
        with guarded_stdout(), _nearest_options():
            code: int | None = super().invoke(context)
        return code or 0

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names; raise UsageError with the nearest."""
        name = words[0]
        if name in self.commands or name.startswith("-") or context.resilient_parsing:
            return super().resolve_command(context, words)
        near = nearest(name, self.commands, NAMED)
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        raise click.UsageError(f"No such command {shown(name)!r}.{meant}", context)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by what people want."""
        widest = max(map(len, self.commands))
        for title, names in self._sections.items():
            rows = [(name.ljust(widest), self.commands[name].short_help or "") for name in names]
            with formatter.section(title):
                formatter.write_dl(rows)

    def format_epilog(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what to type first."""
        from mlpcli.config import first_run

        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(f"First: {first_run()}")


@contextmanager
def _nearest_options() -> Iterator[None]:
    """Name, of a command's options, those that a mistyped one may mean.

    Click compares them with their dashes, so that --quite is near --set.
    """
    try:
        yield
    except click.NoSuchOption as error:
        command = error.ctx.command if error.ctx else None
        names = [name for each in command.params for name in each.opts] if command else []
        known = [name.removeprefix("--") for name in names if name.startswith("--")]
        near = nearest(error.option_name.lstrip("-"), [*known, "help"], NAMED)
        meant = f" Did you mean {' or '.join(f'--{name}' for name in near)}?" if near else ""
        message = f"No such option {shown(error.option_name)}.{meant}"
        raise click.UsageError(message, error.ctx) from error
