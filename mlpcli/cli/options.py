"""The options that are declared once for several commands, or many together for one."""

import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from mlpcli.cli import candidates
from mlpcli.errors import nearest, shown

Command = Callable[..., int]
LONGEST_MINUTES = 100_000  # of a budget


class OneOf(click.Choice):  # type: ignore[type-arg]  # in click 8.1 it takes none
    """Words to choose from; for a mistyped one the nearest is named."""

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> Any:
        """Return the word. Raises BadParameter for any other."""
        try:
            return super().convert(value, param, context)
        except click.BadParameter as error:
            near = nearest(str(value), self.choices)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise click.BadParameter(f"{error.message}{meant}", context, param) from error


class Minutes(click.ParamType):  # type: ignore[type-arg]  # in click 8.1 it takes none
    """A time such as 90s, 5m or 2h, in minutes."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> Any:
        """Return the minutes. Raises BadParameter for what is no time above 0."""
        match = re.fullmatch(r"([0-9]*\.?[0-9]+)\s*([smh])", str(value))
        minutes = float(match[1]) * {"s": 1 / 60, "m": 1, "h": 60}[match[2]] if match else 0
        if not 0 < minutes <= LONGEST_MINUTES:
            text = f"{shown(value)!r} is not a time; for example 90s, 5m or 2h"
            raise click.BadParameter(text, context, param)
        return minutes


class PathWord(click.Path):
    """A path. Nothing is none, where pathlib has it for the folder that the command runs in."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> Any:
        """Return the path. Raises BadParameter for an empty word."""
        if value == "":
            raise click.BadParameter("'' is not a path", context, param)
        return super().convert(value, param, context)


RUNS_DIR = click.option(
    "--runs-dir",
    type=PathWord(),
    default="runs",
    show_default=True,
    shell_complete=candidates.folders,
    help="Where run directories go, and where runs are looked for by name.",
)

JSON = click.option("--json", "form", flag_value="json", help="Print JSON.")


def TALK(command: Command) -> Command:  # noqa: N802  # used like an option
    """Add the options of a command that trains: what it says, and in which form, as its `talk`."""

    @wraps(command)
    def with_talk(progress: Any, quiet: bool, form: str | None, **named: Any) -> int:
        from mlpcli.terminal import Talk

        return command(talk=Talk(progress, quiet, "json" if form else "paths"), **named)

    summaries = "Print the runs' summaries in JSON at the end, instead of their paths."
    for option in (
        click.option("--json", "form", flag_value="json", help=summaries),
        click.option(
            "--progress",
            type=OneOf(["auto", "bar", "plain", "none"]),
            default="auto",
            help="Show rows in a live table with a bar, in plain lines, or not at all; by default "
            "in a table on a terminal, in about 20 lines elsewhere.",
        ),
        click.option(
            "-q", "--quiet", is_flag=True, help="Say nothing but the runs' paths, and errors."
        ),
    ):
        with_talk = option(with_talk)
    return with_talk


FULL = click.option("--full", is_flag=True, help="Show all of it, not only what fits a screen.")

TARGET = click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="COLUMN",
    help="The column to predict, by default the last; repeatable, for several.",
)
TASK = click.option(
    "--task",
    type=OneOf(["classification", "regression"]),
    help="What its values are, by default what they look like.",
)

FORMS = {"md": "a Markdown table", "csv": "CSV", "json": "JSON"}  # with an option of their own


def FORM(command: Command) -> Command:  # noqa: N802  # used like an option
    """Add the options that choose the `form` of what is printed: --format, and short ones."""

    @wraps(command)
    def with_form(form: str | None, **named: Any) -> int:
        short = [each for each in FORMS if named.pop(each)]
        asked = dict.fromkeys([*short, *([form] if form else [])])
        if len(asked) > 1:
            raise click.UsageError(f"{' and '.join(asked)}: two forms; ask for one")
        return command(form=next(iter(asked), None), **named)

    for each, what in FORMS.items():
        with_form = click.option(f"--{each}", each, is_flag=True, help=f"Print {what}.")(with_form)
    choices = OneOf(["table", "latex", *FORMS])
    return click.option("--format", "form", type=choices, help="Print a table for this.")(with_form)


_CHOOSING = (
    click.option(
        "--by",
        type=OneOf(["run", "setting", "noise"]),
        help="What a row is; by default a setting, where one has several seeds. noise: how much of "
        "it is of the initial weights, and of the order.",
    ),
    click.option(
        "--baseline",
        metavar="SETTING",
        shell_complete=candidates.setting_names,
        help="Compare settings with this one, not the best.",
    ),
    click.option(
        "--where",
        metavar="CONDITION",
        shell_complete=candidates.conditions,
        help="Only runs of which it holds: KEY=VALUE, also != < <= > >= and ~ (contains), "
        "joined by and, or, not and brackets.",
    ),
    click.option(
        "--sort",
        metavar="KEY",
        shell_complete=candidates.column,
        help="Column or config key to sort by, best or smallest first; val_accuracy by default.",
    ),
    click.option("--reverse", is_flag=True, help="Turn the order round."),
    click.option("--top", type=click.IntRange(min=1), metavar="N", help="Show the first N alone."),
    click.option(
        "--columns",
        metavar="KEY,...",
        shell_complete=candidates.columns,
        help="Show these columns alone.",
    ),
    click.option(
        "--at",
        metavar="UNIT=N",
        shell_complete=candidates.points,
        help="Compare at a point of the runs: steps=1000, seconds=10 or examples=100000.",
    ),
    click.option(
        "--spread",
        type=OneOf(["interval", "sd", "none"]),
        help="What stands behind the means of settings: the 95 % interval, or the standard "
        "deviation over seeds.",
    ),
    click.option(
        "--curve",
        type=OneOf(["train_examples", "steps", "width"]),
        help="Fit a power law over this key, check it on the largest, and forecast ten times more.",
    ),
    click.option(
        "--to",
        metavar="KEY=VALUE",
        shell_complete=candidates.targets,
        help="Show when each reached a val_accuracy, val_loss or val_r2: steps and seconds.",
    ),
    click.option(
        "--margin",
        type=click.FloatRange(0),
        metavar="POINTS",
        help="Settings less apart are equivalent: points of accuracy, or R squared itself; by "
        "default the least that the test set can show.",
    ),
)


def QUERY(command: Command) -> Command:  # noqa: N802  # used like an option
    """Add the options that choose which rows and columns are printed, and in which order."""
    for option in reversed(_CHOOSING):
        command = option(command)
    return command
