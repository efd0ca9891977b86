"""The options that are declared once for several commands, or many together for one."""

from collections.abc import Callable
from pathlib import Path

import click

Command = Callable[..., int]

RUNS_DIR = click.option(
    "--runs-dir",
    type=click.Path(path_type=Path),
    default="runs",
    show_default=True,
    help="Where run directories go, and where runs are looked for by name.",
)

SET = click.option(
    "-s",
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Override a config key; repeatable.",
)

JSON = click.option("--json", "form", flag_value="json", help="Print JSON.")


FULL = click.option("--full", is_flag=True, help="Show all of it, not only what fits a screen.")


def FORM(command: Command) -> Command:  # noqa: N802  # used like an option
    """Add the options that choose the form of what is printed; the last one given counts."""
    for form, what in (("md", "a Markdown table"), ("csv", "CSV"), ("json", "JSON")):
        command = click.option(f"--{form}", "form", flag_value=form, help=f"Print {what}.")(command)
    return command


_CHOOSING = (
    click.option(
        "--by",
        type=click.Choice(["run", "setting"]),
        help="Rows; by default settings where one has several runs.",
    ),
    click.option(
        "--baseline",
        metavar="SETTING",
        help="Compare settings with this one, not the best.",
    ),
    click.option(
        "--where",
        metavar="CONDITION",
        help="Only runs of which it holds: KEY=VALUE, also != < <= > >= and ~ (contains), "
        "joined by and, or, not and brackets.",
    ),
    click.option(
        "--sort",
        metavar="KEY",
        help="Column or config key to sort by, best or smallest first; val_accuracy by default.",
    ),
    click.option("--reverse", is_flag=True, help="Turn the order round."),
    click.option("--top", type=click.IntRange(min=1), metavar="N", help="Show the first N alone."),
    click.option("--columns", metavar="KEY,...", help="Show these columns of each run alone."),
    click.option(
        "--at",
        metavar="UNIT=N",
        help="Compare at a point of the runs: steps=1000, seconds=10 or examples=100000.",
    ),
)


def QUERY(command: Command) -> Command:  # noqa: N802  # used like an option
    """Add the options that choose which rows and columns are printed, and in which order."""
    for option in reversed(_CHOOSING):
        command = option(command)
    return command
