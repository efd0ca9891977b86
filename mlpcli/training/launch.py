"""The story of `train`: configs read, and a run of each."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from msgspec import to_builtins

from mlpcli.config import (
    Config,
    Loaded,
    SeedsError,
    load_folds,
    require_seed_matters,
    with_noise,
    with_seeds,
)
from mlpcli.data import dataset_of
from mlpcli.errors import nearest, shown
from mlpcli.runs import (
    Run,
    RunDirectory,
    Rung,
    Summary,
    clear_leftovers,
    describe_environment,
    load_run,
    require_memory,
    require_place,
    split_completed,
)
from mlpcli.terminal import StoppedError, Talk
from mlpcli.training.all_jobs import do_all, side_by_side_text
from mlpcli.training.ending import ending
from mlpcli.training.job import Job
from mlpcli.training.one_run import do_alone, run_to_end
from mlpcli.training.session import Session, started
from mlpcli.training.until_decided import (
    GO_ON,
    MOST_SEEDS,
    UNTIL_DECIDED,
    Contest,
    require_contest,
    until_decided,
)


@dataclass(frozen=True)
class TrainOptions:
    """What is asked of configs, as the command line has it; see `mlpcli train --help`."""

    overrides: tuple[str, ...] = ()
    seeds: str | None = None
    folds: str | None = None
    init_seeds: str | None = None
    order_seeds: str | None = None
    needed: bool = False
    max_seeds: int | None = None  # of until-decided
    margin: float | None = None


def train_files(paths: Sequence[Path], root: Path, options: TrainOptions, talk: Talk) -> int:
    """Train each config file with each of the folds and seeds; return the exit code of the worst.

    Raises ConfigError with what is wrong with any of them, and with those among them that this
    machine has too little memory for, before anything is written.
    """
    overrides, seeds = options.overrides, options.seeds
    _require_options(options)
    if seeds == UNTIL_DECIDED:
        return _train_contest(load_folds(paths, overrides, None), root, options, talk)
    loaded = [
        replace(each, config=config)
        for each in load_folds(paths, overrides, options.folds)
        for config in with_noise(
            with_seeds([each.config], seeds, overrides),
            options.init_seeds,
            options.order_seeds,
            overrides,
        )
    ]
    for each in loaded if seeds else ():
        require_seed_matters(each.config, f"--seeds {seeds}")
    jobs = _jobs([each.config for each in loaded], root, options.needed, talk)
    left = {job.config for job in jobs if not job.found}
    require_memory((each for each in loaded if each.config in left), saving=True)
    talk.warn(*data_warnings(each.config for each in loaded if each.config in left))
    with ending(jobs, talk):
        return _train_jobs(jobs, root, talk)


def _require_options(options: TrainOptions) -> None:
    """Raise SeedsError for options that do not go together."""
    of_contest = {"--max-seeds": options.max_seeds, "--margin": options.margin}
    others = {"--folds": options.folds, "--init-seeds": options.init_seeds,
              "--order-seeds": options.order_seeds}  # fmt: skip
    wanted = options.seeds == UNTIL_DECIDED
    if options.seeds and not wanted and nearest(options.seeds, [UNTIL_DECIDED]):
        raise SeedsError(
            f"--seeds {shown(options.seeds)}: not a number of seeds, nor a list of them",
            f"did you mean {UNTIL_DECIDED}?",
        )
    wrong = [
        name for name, value in (others if wanted else of_contest).items() if value is not None
    ]
    if wrong and wanted:
        raise SeedsError(f"--seeds {UNTIL_DECIDED} and {wrong[0]}", "leave one of them out")
    if wrong:
        raise SeedsError(
            f"{wrong[0]}: for --seeds {UNTIL_DECIDED} alone", f"add it, or leave {wrong[0]} out"
        )


def _train_contest(loaded: Sequence[Loaded], root: Path, options: TrainOptions, talk: Talk) -> int:
    """Train configs seed after seed until it is decided; return the exit code of the worst run."""
    configs = [each.config for each in loaded]
    most = options.max_seeds or MOST_SEEDS
    require_contest(configs, options.overrides, most)
    require_memory(loaded, saving=True)
    talk.warn(*data_warnings(configs))
    require_place(root, configs)
    every, codes, contest = list[Job](), [0], Contest(configs, options.margin)
    with ExitStack() as stack:
        stack.enter_context(ending(every, talk, contest.verdicts))
        session: Session | None = None

        def train(seeded: Sequence[Config]) -> Sequence[Job]:
            nonlocal session
            jobs = _jobs(seeded, root, options.needed, talk)
            every.extend(jobs)
            left = [job for job in jobs if not job.found]
            if left and session is None:  # TensorFlow, which takes its time
                session = stack.enter_context(started(configs, describe_environment, talk))
                clear_leftovers(root)
                talk.say(side_by_side_text(left, session), "dim")
            if left and session:
                codes.append(do_all(left, partial(train_in, root), session, of_more=True))
            return jobs

        try:
            until_decided(contest, most, talk, train)
        except StoppedError as error:
            error.hint = f"{error.hint}\n{GO_ON}".strip()
            raise
    for line in contest.ends():
        talk.tell(line, "bold")
    return max(codes)


def train_all(configs: Sequence[Config], root: Path, needed: bool = False) -> int:
    """Train each config into a directory of its own; return the exit code of the worst.

    Where only what is needed is asked for, completed runs of the same config, data and versions
    are named instead. A run that fails does not stop the others; a signal stops them all.
    """
    talk = Talk()
    return _train_jobs(_jobs(configs, root, needed, talk), root, talk)


def _train_jobs(jobs: Sequence[Job], root: Path, talk: Talk) -> int:
    left = [job for job in jobs if not job.found]
    if not left:
        return 0
    configs = [job.config for job in left]
    require_place(root, configs)
    with started(configs, describe_environment, talk) as session:
        clear_leftovers(root)
        return do_all(left, partial(train_in, root), session)


def data_warnings(configs: Iterable[Config]) -> Iterable[str]:
    """Return what a user should know of the data, each once, with the data set's name."""
    sets = dict.fromkeys(config.data_spec for config in configs)
    found = (f"{data.name}: {each}" for data in map(dataset_of, sets) for each in data.warnings)
    return dict.fromkeys(found)


def _jobs(configs: Sequence[Config], root: Path, needed: bool, talk: Talk) -> list[Job]:
    """Return a job for each config; print the runs that were completed before, if these do.

    Of configs that differ in nothing but their names, one is needed.
    """
    if not needed:
        return [Job.of(config) for config in configs]
    left, done, warnings = split_completed(configs, root)
    talk.warn(*warnings)
    found = {config: Job.of(config, path) for config, path in done}
    for config, path in done:
        talk.say(f"{found[config].name}: done before")
        talk.print_path(path)
    wanted = {config: Job.of(config) for config in left} | found
    return [wanted[config] for config in dict.fromkeys(configs) if config in wanted]


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
    root, job = Path(runs_dir), Job.of(config)
    require_place(root, [config], "runs_dir ")
    talk = Talk(stdout="nothing")
    talk.warn(*data_warnings([config]))
    with started([config], describe_environment, talk) as session:
        clear_leftovers(root)
        do_alone(job, partial(train_in, root), session)
    assert job.path
    return load_run(job.path)


def train_in(root: Path, job: Job, session: Session) -> Summary | Rung:
    """Train a job's config into a directory of its own in `root`."""
    from mlpcli.runs import FROM_START  # which loads numpy

    config = job.config
    info = {
        **session.about,
        "config": config.resolved(),
        "data": to_builtins(config.data.facts),
        **job.beside,
        **job.about,
    }
    run = RunDirectory.create(root, config.name, config.to_yaml(), info)
    return run_to_end(run, job, session, lambda: FROM_START)
