"""The commands of many runs: a sweep, and what goes on with runs and sweeps alike."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlpcli.cli.clusters import CLUSTER
from mlpcli.cli.options import FULL, RUNS_DIR, TALK, Minutes, OneOf
from mlpcli.cli.overrides import OVERRIDDEN
from mlpcli.errors import shown, shown_path

if TYPE_CHECKING:
    from mlpcli.cluster import Where
    from mlpcli.terminal import Talk

SEARCHES = ("grid", "random", "qmc", "tpe", "cmaes")
METRICS = ("val_accuracy", "val_r2", "val_loss")


@click.command()
@OVERRIDDEN("config", "SWEEP|CONFIG")
@click.option(
    "--search",
    type=OneOf(SEARCHES),
    help="How values are chosen: all (grid), by chance (random), evenly (qmc), or by the results "
    "so far (tpe, cmaes); by default grid, or tpe where --trials or a range is given.",
)
@click.option(
    "--trials", type=click.IntRange(1, 10_000), metavar="N", help="Trials at most; by default 50."
)
@click.option(
    "--seeds",
    type=click.IntRange(1, 100),
    metavar="N",
    help="Fresh seeds of each finalist; by default 3. 1: no finalists.",
)
@click.option(
    "--halving",
    type=click.IntRange(1, 10),
    metavar="ETA",
    help="Successive halving: of ETA trials one goes on from a rung; by default 1, and all do.",
)
@click.option("--metric", type=OneOf(METRICS), help="What trials are chosen by.")
@click.option(
    "--budget",
    "minutes",
    type=Minutes(),
    metavar="TIME",
    help="Begin no trial that leaves no time for finalists: 90s, 10m, 2h.",
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), metavar="N", help="Of the search.")
@click.option(
    "--needed",
    is_flag=True,
    default=None,
    help="Take a completed run of the same config, data and versions for a trial.",
)
@click.option(
    "--stack",
    type=click.IntRange(1, 64),
    metavar="K",
    help="Train up to K networks of one structure in one call.",
)
@click.option("--dry-run", "dry", is_flag=True, help="List the trials, and say what they take.")
@CLUSTER
@FULL
@TALK
@RUNS_DIR
def sweep(
    config: Path,
    overrides: tuple[str, ...],
    runs_dir: Path,
    talk: "Talk",
    dry: bool,
    full: bool,
    where: "Where | None",
    **asked: Any,
) -> int:
    """Train many settings, and say which are best, and what mattered.

    SWEEP is a YAML file that says what to vary over which config. With a CONFIG, words say it:
    KEY=VALUE,VALUE varies a key, KEY=VALUE sets it. Trials are ordinary runs, side by side, in a
    folder of the sweep; what is stopped or killed goes on with mlpcli resume. The best are trained
    again on fresh seeds. --full shows all finalists, or all trials where there are none.

    Example: mlpcli sweep configs/tiny.yaml learning_rate=0.01,0.1,1 width=32,128
    """
    from mlpcli.search import Asked
    from mlpcli.sweep import train_sweep

    return train_sweep(config, overrides, runs_dir, Asked(**asked), talk, dry, full, where)


@click.command()
@OVERRIDDEN("config", "CONFIG")
@click.option(
    "--budget",
    "minutes",
    type=Minutes(),
    default="5m",
    show_default=True,
    metavar="TIME",
    help="How long it may take, all in all: 90s, 5m, 2h.",
)
@click.option(
    "--over",
    metavar="KEY,...",
    help="Choose these keys alone; by default all that tune knows and no word sets.",
)
@CLUSTER
@FULL
@TALK
@RUNS_DIR
def tune(
    config: Path, overrides: tuple[str, ...], runs_dir: Path, talk: "Talk", **asked: Any
) -> int:
    """Choose layers, width, learning rate and more of a CONFIG.

    The space follows from the data, the time and each network's measured sharpness; KEY=VALUE sets
    a key that is not to be chosen. Writes CONFIG.tuned.yaml, which says what it reached, and says
    whether one more layer is worth it, and what more time would give. --full adds the finalists.

    Example: mlpcli tune penguins.yaml --budget 3m
    """
    from mlpcli.tune import tune_config

    return tune_config(config, overrides, root=runs_dir, talk=talk, **asked)


@click.command()
@click.argument("name", metavar="SWEEP")
@FULL
@TALK
@RUNS_DIR
def work(name: str, runs_dir: Path, talk: "Talk", full: bool) -> int:
    """Help to train a SWEEP that another machine has begun.

    Where machines share a folder of runs, each that works on a sweep takes runs that no other has.
    It ends when the sweep ends, even if the process that began it has died; what is
    stopped or killed is taken by the others. Python, TensorFlow and the data have to be the same.

    Example: mlpcli work runs/20261127-075858-penguins-05c6
    """
    from mlpcli.runs import RunNameError, sweep_named, sweeps_in
    from mlpcli.sweep import work_on

    path = sweep_named(name, runs_dir)
    if path is None:
        there = ", ".join(each.name for each in sweeps_in(runs_dir)[-5:]) or "none"
        raise RunNameError(
            f"{shown(name)}: not the name of one sweep in {shown_path(runs_dir)}",
            f"a path, or a part of one name alone; the last there: {there}",
        )
    return work_on(path, talk, full)


def resume_both(
    words: tuple[str, ...],
    root: Path,
    overrides: tuple[str, ...],
    talk: "Talk",
    where: "Where | None" = None,
) -> int:
    """Go on with runs, and with sweeps and tunings; return the exit code of the worst."""
    from mlpcli.runs import sweep_named
    from mlpcli.sweep import pool_of, resume_sweeps
    from mlpcli.training import resume_all
    from mlpcli.tune import is_tuning, resume_tunes

    sweeps = {word: path for word in words if (path := sweep_named(word, root))}
    if sweeps and overrides:
        raise click.UsageError(f"a sweep goes on as it was begun; leave out {overrides[0]}")
    runs = tuple(word for word in words if word not in sweeps)
    if runs and where:
        raise click.UsageError(f"{shown(runs[0])}: a run goes on here; workers train sweeps")
    code: int = resume_all(runs, root, overrides, talk) if runs else 0
    tunings = [path for path in sweeps.values() if is_tuning(path)]
    others = [path for path in sweeps.values() if path not in tunings]
    with pool_of(where, talk) as pool:
        return max(code, resume_sweeps(others, talk, pool), resume_tunes(tunings, talk, pool))
