"""The story of `train`: configs read, and a run of each."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from msgspec import to_builtins

from mlpcli.config import Config, Loaded, load_configs, with_seeds
from mlpcli.runs import (
    Run,
    RunDirectory,
    clear_leftovers,
    describe_environment,
    load_run,
    require_memory,
    require_place,
    split_completed,
)
from mlpcli.terminal import print_line, print_path, print_warnings, stderr_console
from mlpcli.training.in_turn import in_turn, run_to_end
from mlpcli.training.session import Session, started


def train_files(
    paths: Sequence[Path], overrides: tuple[str, ...], seeds: str | None, root: Path, needed: bool
) -> int:
    """Train each config file with each of the seeds; return the exit code of the worst.

    Raises ConfigError with what is wrong with any of them, and with those among them that this
    machine has too little memory for, before anything is written.
    """
    loaded = [
        replace(each, config=config)
        for each in load_configs(paths, overrides)
        for config in with_seeds([each.config], seeds, overrides)
    ]
    configs = [each.config for each in loaded]
    if needed:
        configs = _needed(configs, root)
    left = set(configs)
    require_memory((each for each in loaded if each.config in left), saving=True)
    return train_all(configs, root)


def train_all(configs: Sequence[Config], root: Path, needed: bool = False) -> int:
    """Train each config into a directory of its own; return the exit code of the worst.

    Where only what is needed is asked for, completed runs of the same config, data and versions
    are named instead. A run that fails does not stop the others; a signal stops them all.
    """
    if needed:
        configs = _needed(configs, root)
    if not configs:
        return 0
    require_place(root, configs)
    names = [f"{config.name}, seed {config.seed}" for config in configs]
    with started(configs, describe_environment) as session:
        clear_leftovers(root)
        return in_turn(
            names, [partial(_train, config, root, session) for config in configs], session
        )


def _needed(configs: Sequence[Config], root: Path) -> list[Config]:
    """Return the configs without a completed run; print the runs of the others."""
    left, done, warnings = split_completed(configs, root)
    print_warnings(warnings)
    for config, path in done:
        print_line(stderr_console(), f"{config.name}, seed {config.seed}: done before")
        print_path(path)
    return left


def train(config: Config, runs_dir: Path | str = "runs") -> Run:
    """Train a config into a run directory of its own in `runs_dir`, and return the run.

    Progress and what comes out are printed on stderr. Raises DivergedError where a loss is not
    finite, StoppedError at Ctrl-C, and other MlpcliErrors where memory, disk or data fail; what was
    done until then is in the run directory.

    >>> run = train(load_config("configs/tiny.yaml"))  # doctest: +SKIP
    >>> run.summary.test_accuracy  # doctest: +SKIP
    0.9099
    """
    require_memory([Loaded(config, config.name)], saving=True)
    require_place(Path(runs_dir), [config], "runs_dir ")
    with started([config], describe_environment) as session:
        found: list[Path] = []
        clear_leftovers(Path(runs_dir))
        _train(config, Path(runs_dir), session, found.append)
    return load_run(found[0])


def _train(
    config: Config, root: Path, session: Session, announce: Callable[[Path], None] = print_path
) -> None:
    from mlpcli.runs import FROM_START

    info = {
        **session.about,
        "config": config.resolved(),
        "data": to_builtins(config.data.facts),
    }
    run = RunDirectory.create(root, config.name, config.to_yaml(), info)
    run_to_end(run, config, session, lambda: FROM_START, announce)
