"""What a run was and what came of it, cleaned: a stranger may have written its directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mlpcli.errors import RunError, shown
from mlpcli.runs.history import History, read_history
from mlpcli.runs.metrics import rows_beyond
from mlpcli.runs.read import Run, load_run
from mlpcli.runs.validate import finite, loss, share, whole
from mlpcli.stats import Accuracy

TEXT = 2_000  # characters kept of a text: a command may be long
ITEMS = 50  # kept of a list or a mapping


@dataclass(frozen=True)
class Results:
    """What summary.json says; losses are None where they were not finite."""

    test: Accuracy
    validation: Accuracy
    test_loss: float | None
    val_loss: float | None
    train_loss: float | None
    train_accuracy: float | None
    parameters: int | None
    steps: int | None
    seconds: float | None
    compile_seconds: float | None
    examples_per_second: float | None


@dataclass(frozen=True)
class Facts:
    """A run directory, read; `environment` and `data` as run.json has them, without surprises."""

    run: str
    path: Path
    status: str
    error: str | None
    started: str | None
    ended: str | None
    command: str | None
    config: Mapping[str, Any]
    environment: Mapping[str, Any]  # versions, git, host, cpu, threads, gpus
    data: Mapping[str, str | None]  # name and sha256
    results: Results | None  # None unless completed
    history: History
    warnings: tuple[str, ...]


def load_facts(path: Path) -> Facts:
    """Read a run directory. Raises RunError, with the path, if it is damaged."""
    try:
        run = load_run(path)
        results = _results(run.summary) if run.status == "completed" else None
    except RunError as error:
        raise RunError(f"{shown(path, 200)}: {error}", error.hint) from error
    # a completed run's last row is not read with it; it is that of its last step
    history = read_history(path, run.last.get("step", run.summary.get("steps")))
    info = run.info
    return Facts(
        run=run.name,
        path=path,
        status=run.status,
        error=_text(info.get("error")) if run.status not in ("completed", "running") else None,
        started=_text(info.get("started")),
        ended=_text(info.get("ended")) if run.status != "running" else None,
        command=_text(info.get("command")),
        config=run.config,
        environment=_environment(info),
        data=_data(run),
        results=results,
        history=history,
        warnings=_cut(path, history),
    )


def _cut(path: Path, history: History) -> tuple[str, ...]:
    if not history.cut:
        return ()
    return (f"{shown(path, 200)}: {rows_beyond(history.rows_total)}",)


def _results(summary: Mapping[str, Any]) -> Results:
    """Return the results of a summary; raise RunError if the accuracies cannot be true."""

    def positive(key: str) -> float | None:
        return finite(summary.get(key), 0)

    return Results(
        test=_accuracy(summary, "test"),
        validation=_accuracy(summary, "val"),
        test_loss=loss(summary.get("test_loss")),
        val_loss=loss(summary.get("val_loss")),
        train_loss=loss(summary.get("train_loss")),
        train_accuracy=share(summary.get("train_accuracy")),
        parameters=whole(summary.get("parameters"), 0),
        steps=whole(summary.get("steps"), 0),
        seconds=positive("seconds"),
        compile_seconds=positive("compile_seconds"),
        examples_per_second=positive("examples_per_second"),
    )


def _accuracy(summary: Mapping[str, Any], name: str) -> Accuracy:
    correct = share(summary.get(f"{name}_accuracy"))
    examples = whole(summary.get(f"{name}_examples"), 1)
    if correct is None:
        raise RunError(f"summary.json is damaged: {name}_accuracy is not a share")
    if examples is None:
        raise RunError(f"summary.json is damaged: {name}_examples is not a whole number above 0")
    return Accuracy.of(round(correct * examples), examples)


def _environment(info: Mapping[str, Any]) -> dict[str, Any]:
    git = info.get("git")
    git = git if isinstance(git, dict) else {}
    versions, gpus = info.get("versions"), info.get("gpus")
    named = list(versions.items())[:ITEMS] if isinstance(versions, dict) else []
    dirty = git.get("dirty")
    return {
        "versions": {key[:TEXT]: _text(value) for key, value in named},
        "git": {
            "commit": _text(git.get("commit")),
            "dirty": dirty if isinstance(dirty, bool) else None,
        },
        "host": _text(info.get("host")),
        "cpu": _text(info.get("cpu")),
        "threads": whole(info.get("threads"), 1),
        "gpus": [_text(each) for each in gpus[:ITEMS]] if isinstance(gpus, list) else [],
    }


def _data(run: Run) -> dict[str, str | None]:
    stated = run.info.get("data")
    stated = stated if isinstance(stated, dict) else {}
    name = _text(run.config.get("dataset")) or _text(stated.get("name"))
    return {"name": name, "sha256": _text(stated.get("sha256"))}


def _text(value: object) -> str | None:
    return value[:TEXT] if isinstance(value, str) else None


def facts_json(facts: Facts) -> dict[str, Any]:
    """Return what is known of a run without its rows."""
    best = facts.history.best
    return {
        "run": facts.run,
        "path": str(facts.path),
        "status": facts.status,
        "error": facts.error,
        "started": facts.started,
        "ended": facts.ended,
        "command": facts.command,
        **facts.environment,
        "data": facts.data,
        "config": facts.config,
        "results": asdict(facts.results) if facts.results else None,
        "best_validation": asdict(best) if best else None,
    }
