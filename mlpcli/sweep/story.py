"""The story of a sweep: trials trained side by side as they are asked for, finalists, a report."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

from mlpcli.config import Config, done_before
from mlpcli.errors import shell_word
from mlpcli.runs import (
    DiskError,
    Run,
    clear_leftovers,
    data_digest,
    describe_environment,
    load_run,
    package_versions,
    read_all,
    runs_in,
    sweeps_in,
)
from mlpcli.sweep.checks import data_configs
from mlpcli.sweep.folder import Folder
from mlpcli.sweep.progress import Progress, settings
from mlpcli.sweep.trial import Trial, shown_score
from mlpcli.terminal import ManyLines, StoppedError, Talk, duration, metric_word, show_many
from mlpcli.training import Job, JobsView, Session, started, train_many

TIMED = 3  # trials, before which it is not said how long the others take


def run_sweep(folder: Folder, talk: Talk) -> Progress:
    """Train all of a sweep that is not there yet; return how it came out.

    Raises StoppedError at a signal, with all that was under way saved, and DiskError where it
    cannot be.
    """
    with started(data_configs(folder.spec), describe_environment, talk) as session:
        clear_leftovers(folder.path)
        progress = begun(folder)
        folder.clear_summary()
        talk.warn(*progress.warnings)
        try:
            with closing(_trained(progress, folder.path, session)) as lines:
                for _ in lines:
                    pass
        except (StoppedError, DiskError) as error:
            error.hint = f"go on with: mlpcli resume {shell_word(folder.path)}"
            raise
    return progress


def begun(folder: Folder) -> Progress:
    """Return how far a sweep is, by the runs in its folder."""
    known = _finished(folder.path.parent) if folder.spec.needed else _nothing
    return Progress(folder, known, folder.spent())


def _trained(progress: Progress, path: Path, session: Session) -> Generator[Job]:
    """Train the jobs of a sweep, and show how far it is."""
    with show_many(session.talk, None, rows=False) as shown:
        view = JobsView(shown)
        with closing(train_many(progress.jobs(), path, session, view)) as ended:
            for job in ended:
                if isinstance(job.error, DiskError):  # which all others would meet
                    raise job.error
                _say(job, progress.note(job), progress, shown)
                yield job


def _say(job: Job, trial: Trial | None, progress: Progress, shown: ManyLines) -> None:
    """Say what came of a job, and how far all is."""
    shown.over(id(job))
    if job.error and not isinstance(job.error, StoppedError):
        shown.error(job.error, job.name)
    elif job.summary or job.rung:
        shown.say(_line(job, trial, progress))
    shown.caption(caption(progress))


def _line(job: Job, trial: Trial | None, progress: Progress) -> str:
    metric = progress.spec.metric
    scores = job.summary or job.rung
    score = f"{metric} {metric_word(metric, getattr(scores, metric))}"
    if trial is None:
        return f"{job.name}, a finalist: {score}"
    at = f" at step {job.rung.step:,}" if job.rung else ""
    how = {"stopped": ", stopped", "waiting": ", held against the others"}.get(trial.status, "")
    return f"trial {trial.number}: {settings(trial.values)}: {score}{at}{how}"


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
        parts.append(f"{done} of {len(progress.finalists) * spec.seeds} runs of finalists")
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
    return f" ({metric_word(metric, of.low)} to {metric_word(metric, of.high)})"


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
