"""The commands that train: runs begun, and runs gone on with."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlpcli.cli.clusters import CLUSTER
from mlpcli.cli.options import RUNS_DIR, TALK
from mlpcli.cli.overrides import MORE_STEPS, OVERRIDDEN

if TYPE_CHECKING:
    from mlpcli.cluster import Where
    from mlpcli.terminal import Talk


@click.command()
@OVERRIDDEN("configs", "CONFIG...")
@click.option(
    "--seeds",
    metavar="N",
    help="Train each config with seeds 0 to N-1, or with a list: 0,3,7. until-decided: seed after "
    "seed until it is known which of two or more configs is better.",
)
@click.option(
    "--max-seeds",
    type=click.IntRange(3, 10_000),
    metavar="N",
    help="Of --seeds until-decided: at most so many; by default 30.",
)
@click.option(
    "--margin",
    type=click.FloatRange(0),
    metavar="POINTS",
    help="Of --seeds until-decided: less apart is equivalent: points of accuracy, or R squared "
    "itself.",
)
@click.option(
    "--init-seeds", metavar="N", help="Cross so many seeds of the initial weights with the others."
)
@click.option(
    "--order-seeds", metavar="N", help="Cross so many seeds of the order with the others."
)
@click.option(
    "--folds",
    metavar="K",
    help="Cross-validate: train each config K times, each fold of the rows once as the test set.",
)
@click.option(
    "--needed", is_flag=True, help="Skip runs completed with the same config, data and versions."
)
@TALK
@RUNS_DIR
def train(configs: tuple[Path, ...], runs_dir: Path, talk: "Talk", **asked: Any) -> int:
    """Train each CONFIG into a run directory of its own.

    Several train side by side, as many as pay. Prints each directory's path on stdout, in their
    order, and nothing else there. KEY=VALUE overrides a config key, as --set does.

    Example: mlpcli train configs/deep3.yaml --seeds 5 learning_rate=0.01 width=[300,100]
    """
    from mlpcli.training import TrainOptions, train_files

    return train_files(configs, runs_dir, TrainOptions(**asked), talk)


@click.command()
@OVERRIDDEN("runs", "RUN...", MORE_STEPS)
@CLUSTER
@TALK
@RUNS_DIR
def resume(
    runs: tuple[str, ...],
    overrides: tuple[str, ...],
    runs_dir: Path,
    talk: "Talk",
    where: "Where | None",
) -> int:
    """Go on with each RUN that was interrupted, to the same bits.

    It comes out as if it had not been interrupted. A RUN is a run directory, any part of its name
    that no other run has, or latest; or a sweep, which goes on with all of its runs. A run that is
    finished is left as it is, unless there are more steps to take.

    Example: mlpcli resume latest steps=10000
    """
    from mlpcli.cli.sweeping import resume_both

    return resume_both(runs, runs_dir, overrides, talk, where)


@click.command()
@OVERRIDDEN("config", "CONFIG")
@RUNS_DIR
def watch(config: Path, overrides: tuple[str, ...], runs_dir: Path) -> int:
    """Train CONFIG, and see it learn.

    On a terminal its curves and layers are drawn again and again, and of two-dimensional points
    which class it takes each place for; elsewhere its rows are printed in lines. It leaves an
    ordinary run, whose path goes to stdout. KEY=VALUE overrides a config key, as --set does.

    Example: mlpcli watch configs/playground/spiral_deep.yaml learning_rate=0.03
    """
    from mlpcli.watch import watch_config

    return watch_config(config, overrides, runs_dir)
