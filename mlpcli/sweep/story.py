"""The story of a sweep: trials trained side by side as they are asked for, finalists, a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mlpcli.config import Config, done_before
from mlpcli.errors import shell_word
from mlpcli.runs import (
    DiskError,
    Run,
    clear_leftovers,
    data_digest,
    load_run,
    package_versions,
    read_all,
    runs_in,
    sweeps_in,
)
from mlpcli.search import Spec, data_configs
from mlpcli.sweep.folder import Folder
from mlpcli.sweep.halving import no_rungs
from mlpcli.sweep.new_trials import Known
from mlpcli.sweep.progress import Progress
from mlpcli.sweep.rates import Rates, measured_in
from mlpcli.sweep.trainer import Trainer, at_work
from mlpcli.sweep.trial import shown_score
from mlpcli.terminal import (
    StoppedError,
    Talk,
    count,
    duration,
    metric_word,
    percent,
    show_many,
)
from mlpcli.training import Job, JobsView, Session

if TYPE_CHECKING:
    from mlpcli.cluster import Pool

SOME = 100  # configs that say how many train side by side
LOOK_SECONDS = 0.5  # between two looks at what other processes have done
SHORT_SECONDS = 20.0  # of a budget, that a start and the least of runs may take
TIMED = 3  # trials, before which it is not said how long the others take


def run_sweep(
    folder: Folder, talk: Talk, pool: Pool | None = None, joining: bool = False
) -> Progress:
    """Train all of a sweep that is not there yet; return how it came out.

    Who is `joining` has all the time of the sweep's budget, unless others say that it is up.
    Raises StoppedError at a signal, with all that was under way saved, and DiskError where it
    cannot be.
    """
    clock = time.monotonic()
    with at_work(data_configs(folder.spec), talk, pool) as trainer:
        return sweep_in(folder, trainer, clock, joining)


def sweep_in(folder: Folder, trainer: Trainer, clock: float, joining: bool = False) -> Progress:
    """Do what `run_sweep` does with what was begun at `clock`, by `time.monotonic`."""
    session = trainer.session
    clear_leftovers(folder.path)
    measure = measured_in(session.data, session.stop.check)
    spent = time.monotonic() - clock + (0.0 if joining else folder.spent())
    rates = Rates(folder.path, measure)
    with to_resume(folder):
        progress = Progress(folder, _known(folder), spent, rates, _Pause(session))
        folder.clear_summary()
        progress.pool = trainer.text([*folder.spec.some_configs(SOME)])
        session.talk.say(f"{head(folder.spec)}; {progress.pool}", "dim")
        session.talk.warn(*_doubts(folder.spec), *progress.warnings)
        with closing(progress), closing(_trained(progress, folder.path, trainer)) as ended:
            for _ in ended:
                pass
    return progress


def _doubts(spec: Spec) -> Iterator[str]:
    """Say what a sweep asks for in vain: halving without a rung, a time too short for anything."""
    if few := no_rungs(spec.some_configs(SOME), spec.halving):
        yield few
    if spec.minutes is not None and 60 * spec.minutes < SHORT_SECONDS:
        fresh = ", and a fresh seed of each finalist," if spec.seeds > 1 else ""
        yield f"{duration(60 * spec.minutes)} are short: two trials{fresh} are trained in any case"


@contextmanager
def to_resume(folder: Folder) -> Iterator[None]:
    """Say how to go on with a sweep that a signal or the disk ends."""
    try:
        yield
    except (StoppedError, DiskError) as error:
        error.hint = f"go on with: mlpcli resume {shell_word(folder.path)}"
        raise


def begun(folder: Folder) -> Progress:
    """Return how far a sweep is, by the runs in its folder, to be looked at."""
    return Progress(folder, _known(folder), folder.spent(), Rates(folder.path))


def _known(folder: Folder) -> Known:
    return _finished(folder.path.parent) if folder.spec.needed else _nothing


class _Pause:
    """Waits a little for other processes; raises StoppedError at a signal."""

    def __init__(self, session: Session) -> None:
        self._session, self._said = session, False

    def __call__(self) -> None:
        """Wait; say so when it is called first."""
        if not self._said:
            self._session.talk.say("waiting for runs that other processes train", "dim")
        self._said = True
        end = time.monotonic() + LOOK_SECONDS
        while time.monotonic() < end:
            self._session.stop.check()
            time.sleep(0.05)


def _trained(progress: Progress, path: Path, trainer: Trainer) -> Generator[Job]:
    """Train the jobs of a sweep, and show how far it is."""
    stack = progress.spec.stack
    with show_many(trainer.session.talk, None, rows=False) as shown:
        shown.caption(caption(progress))
        with closing(trainer.train_many(progress.jobs(), path, JobsView(shown), stack)) as ended:
            for job in ended:
                shown.over(id(job))
                if isinstance(job.error, DiskError):  # which all others would meet
                    raise job.error
                if job.error and not isinstance(job.error, StoppedError):
                    shown.error(job.error, job.name)
                for line in progress.note(job):
                    shown.say(line)
                shown.caption(caption(progress))
                yield job


def head(spec: Spec) -> str:
    """Say in a line what a sweep is to do."""
    most = "" if spec.minutes is None else f" in {duration(60 * spec.minutes)}"
    trials = count(spec.most, "trial") if spec.trials or spec.search == "grid" else "trials"
    return f"{trials} by {spec.search}{most}, by {spec.metric}"


def caption(progress: Progress) -> str:
    """Say how far a sweep is: trials, the best so far with its interval, and the time left."""
    spec, best = progress.spec, progress.best
    parts = [f"{progress.over:,} of {spec.most:,} trials over"]
    if best and best.score is not None:
        score = metric_word(spec.metric, shown_score(best.score, spec.metric))
        examples = best.config.data.facts.validation_examples
        bounds = _interval(spec.metric, best.score, examples)
        parts.append(f"best {score}{bounds}, trial {best.number}")
    if progress.finalists:
        done = sum(len(each.scores) for each in progress.finalists)
        parts.append(f"{done} of {len(progress.finalists) * spec.seeds} fresh runs")
    elif progress.over >= TIMED:
        left = progress.seconds / progress.over * (spec.most - progress.over)
        if spec.minutes is not None:
            left = min(left, max(0.0, 60 * spec.minutes - progress.seconds))
        parts.append(f"{duration(left)} left")
    return "; ".join(parts)


def _interval(metric: str, score: float, examples: int) -> str:
    from mlpcli.stats import Accuracy

    if metric != "val_accuracy" or not 0 <= score <= 1:
        return ""
    of = Accuracy.of(round(score * examples), examples)
    return f" ({percent(of.low)} to {percent(of.high)})"


def _nothing(config: Config) -> Run | None:
    return None


def _finished(root: Path) -> Callable[[Config], Run | None]:
    """Return what finds a completed run of a config, in a folder of runs and in its sweeps."""
    places = [root, *sweeps_in(root)]
    paths = [path for place in places for path in runs_in(place)[0]]
    runs = {
        done_before(run.config, data_digest(run.info), run.info.get("versions")): run
        for run in read_all(load_run, paths)[0]
        if run.status == "completed"
    }
    here = package_versions()
    return lambda config: runs.get(done_before(config.resolved(), config.data.sha256, here))
