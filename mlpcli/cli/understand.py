"""The commands that say what will happen in a run, and what did."""

from pathlib import Path
from typing import Literal

import click

from mlpcli.cli import candidates
from mlpcli.cli.options import FULL, JSON, RUNS_DIR
from mlpcli.cli.overrides import OVERRIDDEN


@click.command()
@OVERRIDDEN("config", "CONFIG")
@RUNS_DIR
@FULL
@JSON
def check(
    config: Path, overrides: tuple[str, ...], runs_dir: Path, full: bool, form: str | None
) -> int:
    """Predict what will happen, before any training.

    Initial loss, gains, time, memory and warnings, from theory and a short test of this machine's
    speed; runs of the same structure in the runs directory are a better source of the time. --full
    adds the layers, what it takes in parts, and all warnings.

    Example: mlpcli check configs/deep3.yaml -s init=he_normal
    """
    from mlpcli.check import show_check

    return show_check(config, overrides, runs_dir, form or "table", full)


@click.command()
@click.argument("run", shell_complete=candidates.runs)
@RUNS_DIR
@click.option(
    "--prove", is_flag=True, help="Train with and without the first advice, 3 seeds each."
)
@click.option(
    "--follow",
    is_flag=True,
    help="Prove advice after advice, five at most, until the run is healthy.",
)
@FULL
@JSON
def explain(
    run: str, runs_dir: Path, prove: bool, follow: bool, full: bool, form: str | None
) -> int:
    """Say why a RUN came out as it did, and what to change.

    Each cause has its number, its limit, the key and the value to try, and what that is expected
    to bring.

    RUN is a directory, any part of its name that no other run has, or latest. What --prove trains
    goes into a folder beside the run's own, runs-proofs, and is trained only once. --full adds all
    that was measured.

    Example: mlpcli explain deep3 --prove
    """
    from mlpcli.explain import show_explanation
    from mlpcli.runs import find_run

    proving: Literal["", "once", "follow"] = "follow" if follow else "once" if prove else ""
    return show_explanation(find_run(run, runs_dir), form or "table", proving, full)


@click.command()
@click.argument("a", shell_complete=candidates.runs)
@click.argument("b", shell_complete=candidates.runs)
@click.option("--seeds", metavar="N", default="3", help="Seeds of each, or a list; by default 3.")
@click.option("--dry-run", "dry", is_flag=True, help="Say what it would train, and for how long.")
@RUNS_DIR
@JSON
def why(a: str, b: str, seeds: str, dry: bool, runs_dir: Path, form: str | None) -> int:
    """Split the difference of A and B among their keys.

    A and B are runs, as for diff, or config files. All that lies between them is trained: every
    combination of up to four keys, of more a sample of the orders in which they change. What was
    trained is kept in a folder beside the runs, runs-proofs, and is trained only once.

    Example: mlpcli why configs/deep3.yaml configs/deep3_tuned.yaml --dry-run
    """
    from mlpcli.why import show_why

    return show_why((a, b), runs_dir, seeds, form or "table", dry)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=candidates.paper_rows)
@click.option("--dry-run", "dry", is_flag=True, help="Say what it would train, and for how long.")
@RUNS_DIR
@FULL
@JSON
def papers(names: tuple[str, ...], dry: bool, runs_dir: Path, full: bool, form: str | None) -> int:
    """Train the networks of papers, and compare with what they report.

    NAME is a shipped row, as --dry-run lists them, or a config of yours whose comments say what
    was published; by default all that are shipped. Ours stands beside the published accuracy with
    its 95 % interval. Rows that were trained before are taken as they are. --full adds the sources.

    Example: mlpcli papers tutorial_deep nielsen_100
    """
    from mlpcli.papers import show_papers

    return show_papers(names, runs_dir, dry, form or "table", full)
