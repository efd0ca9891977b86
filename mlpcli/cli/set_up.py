"""The commands for a first config, the documentation, and editors."""

from importlib import import_module
from pathlib import Path

import click

from mlpcli.cli import candidates
from mlpcli.cli.completion import SCRIPTS, script_for
from mlpcli.cli.options import TARGET, TASK, OneOf, PathWord
from mlpcli.guide import PAGES

# of a config, a sweep file, and what commands print with --json: the package, and its function
SCHEMAS = {
    "config": ("mlpcli.config", "json_schema"),
    "compare": ("mlpcli.compare", "compared_schema"),
    "data": ("mlpcli.report", "data_schema"),
    "diff": ("mlpcli.compare", "diff_schema"),
    "evaluate": ("mlpcli.export", "evaluation_schema"),
    "gate": ("mlpcli.compare", "gate_schema"),
    "ls": ("mlpcli.compare", "listing_schema"),
    "papers": ("mlpcli.papers", "papers_schema"),
    "predict": ("mlpcli.export", "predictions_schema"),
    "show": ("mlpcli.report", "show_schema"),
    "sweep": ("mlpcli.sweep", "sweep_schema"),
    "sweep-file": ("mlpcli.search", "sweep_file_schema"),
    "train": ("mlpcli.training", "trained_schema"),
    "tune": ("mlpcli.tune", "tune_schema"),
}


@click.command()
@click.argument("file", required=False, type=PathWord(), shell_complete=candidates.starters)
@TARGET
@TASK
@click.option(
    "--out",
    type=PathWord(),
    metavar="NAME.yaml",
    help="Where a config for data goes; by default the data's name with .yaml.",
)
def init(file: Path | None, targets: tuple[str, ...], task: str | None, out: Path | None) -> int:
    """Write a first config for your data, or the shipped ones.

    FILE with a table or arrays, or a built-in data set such as penguins, is looked at, and a config
    for it is written, which says why each value is as it is. Without FILE the shipped configs go
    into configs/. FILE that ends in .yaml is written: with the name of a shipped config, such as
    deep3.yaml, as a copy of that. Nothing that is there is overwritten.

    Example: mlpcli init penguins.csv --target species
    """
    from mlpcli.guide import write_starters

    return write_starters(file, targets, task, out)


@click.command()
@click.argument(
    "page",
    required=False,
    type=OneOf(PAGES),
    metavar="[PAGE]",
    shell_complete=candidates.pages,
)
def guide(page: str | None) -> int:
    """Show a PAGE of the guide, or the list of its pages.

    Example: mlpcli guide comparing
    """
    from mlpcli.guide import show_guide

    return show_guide(page)


@click.command()
@click.argument("name", type=OneOf([*SCHEMAS]), default="config", metavar="[NAME]")
def schema(name: str) -> int:
    """Print the JSON Schema of a config, a sweep file, or a --json.

    NAME is config or sweep-file, which editors can use, or a command: compare, data, diff,
    evaluate, gate, ls, papers, predict, show, sweep, train or tune.

    Example: mlpcli schema compare
    """
    from mlpcli.terminal import print_json

    package, function = SCHEMAS[name]
    print_json(getattr(import_module(package), function)())
    return 0


@click.command()
@click.argument("shell", required=False, type=OneOf([*SCRIPTS]), metavar="[SHELL]")
def completion(shell: str | None) -> int:
    """Print a script that completes words at a TAB, for a shell.

    Commands, options, runs, configs, their keys and values. SHELL is bash, zsh or fish, by default
    that in $SHELL. Add to a file of the shell's own a line, and open a new terminal:

    \b
    ~/.bashrc                   eval "$(mlpcli completion bash)"
    ~/.zshrc                    eval "$(mlpcli completion zsh)"
    ~/.config/fish/config.fish  mlpcli completion fish | source

    Example: mlpcli completion bash
    """  # noqa: D301  # click keeps the lines below a backspace as they are
    click.echo(script_for(shell), nl=False)
    return 0
