"""Whether a run can go on: what is done, what differs from when it was started, and from where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlpcli.config import Config, Loaded, differences, load_of_run, next_row, validates
from mlpcli.errors import MlpcliError, RunError, shell_word, shown
from mlpcli.runs.directory import RunDirectory
from mlpcli.runs.json_records import read_info
from mlpcli.runs.layout import CONFIG, INFO, SUMMARY, is_complete
from mlpcli.runs.lock import holder
from mlpcli.runs.origin import environment_of
from mlpcli.runs.provenance import computing_variables, package_versions
from mlpcli.runs.read import load_run
from mlpcli.runs.records import MetricsRow
from mlpcli.runs.run import Run
from mlpcli.runs.stated_config import require_sound
from mlpcli.runs.validate import whole
from mlpcli.runs.version import NewerError


class DifferentError(MlpcliError):
    """A run that would not go on as it was started; the message has a line a difference."""

    exit_code = 2


@dataclass(frozen=True)
class Plan:
    """A run that can go on, with its config (of more steps, where they were asked for)."""

    path: Path
    loaded: Loaded
    info: Mapping[str, Any]

    @property
    def config(self) -> Config:
        """The config that it goes on with."""
        return self.loaded.config


def plan(path: Path, overrides: tuple[str, ...]) -> Plan | None:
    """Return how a run goes on, or None if it is finished.

    Raises DifferentError if its config, its data or the versions are not those that it was started
    with, and RunError if there is nothing to go on with. Changes nothing.
    """
    info = read_info(path)
    loaded = load_of_run(path / CONFIG, overrides)
    config = loaded.config
    found = list(_differences(config, info))
    if found:
        where = shown(path, 200)
        raise DifferentError(
            "\n".join(f"{where}: {difference}" for difference in found),
            f"start anew instead: mlpcli train {where}/{CONFIG}",
        )
    same_steps = info["config"]["steps"] == config.steps
    if same_steps and info.get("status") == "diverged":
        raise RunError(
            f"{shown(path, 200)}: {shown(info.get('error', 'diverged'), 100)}",
            "it would diverge again; start anew with another config",
        )
    if is_complete(path):
        run = _completed(path) if same_steps or config.patience else None
        if same_steps:
            return None
        if run:
            _require_unspent(run, config)
    return Plan(path, loaded, info)


def _require_unspent(run: Run, config: Config) -> None:
    """Raise RunError for a run that patience ended: it would end there again."""
    if run.summary and run.summary.stopped:
        where, why = shown(run.path, 200), run.stopping.why_stopped(config.data.task.kind)
        raise RunError(
            f"{where}: stopped after step {run.summary.steps:,}: {why}",
            "more steps change nothing; start anew with more patience: "
            f"mlpcli train {shell_word(run.path / CONFIG)} patience={2 * (config.patience or 1)}",
        )


def _completed(path: Path) -> Run:
    """Read a completed run. Raises RunError that says how to go on where its summary is damaged."""
    try:
        return load_run(path)
    except NewerError as error:
        raise RunError(f"{shown(path, 200)}: {error}") from error
    except RunError as error:
        raise RunError(
            f"{shown(path, 200)}: {error}",
            f"remove {shown(path / SUMMARY, 200)}, and go on from the last checkpoint: "
            f"mlpcli resume {shown(path, 200)}",
        ) from error


def follows(config: Config, step: int, row: MetricsRow) -> bool:
    """Say whether a row is the one due after `step`, and validated only if that is due too."""
    due = row.step == next_row(config, step)
    return due and (row.score is None or validates(config, row.step))


def locked(path: Path) -> RunDirectory:
    """Take a run's lock, so that what is planned from here on stays true.

    Raises RunError if another process has it, naming that process, or if the run cannot be written.
    """
    try:
        return RunDirectory.reopen(path)
    except BlockingIOError as error:
        raise RunError(
            f"{shown(path, 200)}: {_held_by(path)}", "wait for it, or stop it"
        ) from error


def _held_by(path: Path) -> str:
    """Say which process holds a run's lock: the one that run.json names, or another."""
    said, process = read_info(path).get("process"), holder(path)
    known = said if isinstance(said, dict) else {}
    if process is None or process == known.get("id"):
        trained = f"process {shown(known.get('id'))} on {shown(known.get('host'))}"
        return f"is being trained by {trained if known else 'another process'}"
    return f"process {process} holds its lock"


def _differences(config: Config, info: Mapping[str, Any]) -> Iterator[str]:
    """Yield in words how a run would differ from the one that was started."""
    started = info.get("config")
    if not isinstance(started, dict) or whole(started.get("steps"), 1) is None:
        yield "run.json is damaged: it does not say the config"
        return
    try:
        require_sound(started, INFO)
    except RunError as error:
        yield str(error)
        return
    yield from differences(started, config)
    then, data = info.get("versions"), info.get("data")
    for package, version in package_versions().items():
        was = then.get(package) if isinstance(then, dict) else None
        if was != version:
            yield f"{package} is {version}, was {shown(was)}"
    yield from _other_variables(info)
    if not isinstance(data, dict) or data.get("sha256") != config.data.sha256:
        yield f"the data of {shown(config.dataset, 200)} is not what it was"


def _other_variables(info: Mapping[str, Any]) -> Iterator[str]:
    """Yield the variables that the run's bits may depend on and that are set otherwise now.

    Runs of before do not say theirs. Which of several devices alike is taken changes no bits.
    """
    if "environment" not in info:
        return
    then, now = environment_of(info)["environment"], computing_variables()
    for name in sorted({*then, *now} - {"CUDA_VISIBLE_DEVICES"}):
        was, is_now = then.get(name), now.get(name)
        if was != is_now:
            yield f"{shown(name)} is {_set(is_now)}, was {_set(was)} in the environment"


def _set(value: str | None) -> str:
    return "not set" if value is None else shown(value) or "empty"
