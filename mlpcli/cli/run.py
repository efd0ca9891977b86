"""The commands that train: runs begun, and runs gone on with."""

from pathlib import Path

import click

from mlpcli.cli.options import RUNS_DIR, SET


@click.command()
@click.argument("configs", nargs=-1, required=True, type=click.Path(path_type=Path))
@SET
@click.option(
    "--seeds", metavar="N", help="Train each config with seeds 0 to N-1, or with a list: 0,3,7."
)
@click.option(
    "--needed", is_flag=True, help="Skip runs completed with the same config, data and versions."
)
@RUNS_DIR
def train(
    configs: tuple[Path, ...],
    overrides: tuple[str, ...],
    seeds: str | None,
    needed: bool,
    runs_dir: Path,
) -> int:
    """Train each CONFIG into a run directory of its own.

    Prints each directory's path on stdout, and nothing else there.

    Example: mlpcli train configs/deep3.yaml --seeds 5 -s learning_rate=0.01 -s width=[300,100]
    """
    from mlpcli.training import train_files

    return train_files(configs, overrides, seeds, runs_dir, needed)


@click.command()
@click.argument("runs", nargs=-1, required=True)
@click.option(
    "-s",
    "--set",
    "overrides",
    multiple=True,
    metavar="steps=N",
    help="Take the run further, where decay is constant.",
)
@RUNS_DIR
def resume(runs: tuple[str, ...], overrides: tuple[str, ...], runs_dir: Path) -> int:
    """Go on with each run that was interrupted, to the same bits as if it had not been.

    RUNS are run directories, unique parts of their names, or latest. A run that is finished is
    left as it is, unless there are more steps to take.

    Example: mlpcli resume latest -s steps=10000
    """
    from mlpcli.training import resume_all

    return resume_all(runs, runs_dir, overrides)
