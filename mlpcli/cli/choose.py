"""The commands that choose: a learning rate, the better setting, whether it is good enough."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mlpcli.cli import candidates
from mlpcli.cli.options import FORM, FULL, JSON, QUERY, RUNS_DIR, Command
from mlpcli.cli.overrides import OVERRIDDEN


@click.command()
@OVERRIDDEN("config", "CONFIG")
@click.option("--write", is_flag=True, help="Write the best value into a copy of CONFIG.")
@FULL
@JSON
def lr(config: Path, overrides: tuple[str, ...], write: bool, full: bool, form: str | None) -> int:
    """Find the best learning rate for a CONFIG, and its interval.

    Trains its network at many rates, four at once, as long as some seconds allow: whole runs where
    they are short. --full adds the rates that are far from the best, and the sharpness.

    Example: mlpcli lr configs/deep3.yaml --write
    """
    from mlpcli.tune import choose_rate

    return choose_rate(config, overrides, form or "table", write, full)


@click.command()
@click.argument("runs", nargs=-1, shell_complete=candidates.runs)
@RUNS_DIR
@QUERY
@FORM
def compare(runs: tuple[str, ...], runs_dir: Path, form: str | None, **asked: Any) -> int:
    """Put runs, or settings of several seeds, side by side.

    The best validation accuracy comes first. RUNS are run directories, folders of them, patterns
    in quotes, unique parts of a run's name, or latest; by default all in the runs directory.

    Example: mlpcli compare runs/* --where 'learning_rate>=0.1 and layers=3' --top 10
    """
    from mlpcli.compare import Options, show_compared

    return show_compared(runs, runs_dir, form, Options(**asked))


def _limit(option: str, word: str) -> Callable[[Command], Command]:
    """Return the option that bounds results, whose parameter is called as the bound is."""
    return click.option(
        option,
        word,
        multiple=True,
        metavar="KEY=VALUE",
        shell_complete=candidates.limits,
        help=f"A result's {word}; repeatable.",
    )


@click.command()
@click.argument("runs", nargs=-1, required=True, shell_complete=candidates.runs)
@_limit("--min", "least")
@_limit("--max", "most")
@click.option(
    "--baseline",
    multiple=True,
    metavar="RUNS",
    shell_complete=candidates.runs,
    help="Runs of a setting to be no worse than.",
)
@click.option(
    "--margin",
    type=click.FloatRange(0),
    default=0.0,
    metavar="POINTS",
    help="How much lower than the baseline is taken for as good: points of accuracy, or R squared "
    "itself.",
)
@RUNS_DIR
@JSON
def gate(runs: tuple[str, ...], runs_dir: Path, form: str | None, **asked: Any) -> int:
    """Say whether RUNS are as good as asked, for CI.

    The exit code is 0 where they are, 1 where they are not, and 3 where that is undecided.

    RUNS are of one setting, named as for compare. --min and --max hold for results as compare has
    them, or their mean over seeds; a run that did not complete, or learned nothing, fails. Beside
    --baseline they fail where they are worse beyond the noise; below three seeds it is undecided.

    Example: mlpcli gate latest --min test_accuracy=0.9 --max seconds=60
    """
    from mlpcli.compare import GateOptions, show_gate

    return show_gate(runs, runs_dir, form or "table", GateOptions(**asked))
