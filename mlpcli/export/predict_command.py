"""What `predict` does: a file read as its training was, its rows predicted, and written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlpcli.data import Arrays, Classification, read_new_rows
from mlpcli.errors import shell_word, shown
from mlpcli.export.prediction_files import print_predictions, require_output, write_predictions
from mlpcli.export.predictions import headings, predicted_frames
from mlpcli.export.trained_run import TrainedRun, trained_run
from mlpcli.terminal import count, print_line, print_next, print_warnings, stderr_console


def predict_file(path: Path, file: str, output: Path | None, form: str, keep: bool) -> int:
    """Predict the rows of a file with a run's network, and print them, or write them to `output`.

    Raises DataError for a file that is not as the training's was, before TensorFlow is imported.
    """
    if output:
        require_output(output, file)
    trained = trained_run(path)
    rows = read_new_rows(file, trained.facts, keep=keep)
    print_warnings(trained.checked(rows))
    head = _head(trained, file)
    with trained.network() as network:
        frames = predicted_frames(trained, rows, network, keep)
        if output is None:
            print_predictions(frames, head, form)
            return 0
        write_predictions(output, frames, head)
    kept = rows.source.columns if keep and not isinstance(rows.source, Arrays) else ()
    names = ", ".join(map(shown, headings(trained, kept)[:4]))
    more = ", ..." if len(headings(trained)) > 4 else ""
    done = f"{count(len(rows.source), 'row')} predicted into {shown(output, 200)}: {names}{more}"
    print_line(stderr_console(), done)
    print_next(f"mlpcli evaluate {shell_word(path)} FILE, of a file that has {trained.target}, too")
    return 0


def _head(trained: TrainedRun, file: str) -> dict[str, Any]:
    """Return what JSON has before the rows."""
    task = trained.facts.task
    return {
        "run": trained.run.name,
        "kept_step": trained.kept_step,
        "file": file,
        "task": task.kind,
        "targets": list(trained.targets) or [trained.target],
        "classes": list(task.classes) if isinstance(task, Classification) else [],
    }
