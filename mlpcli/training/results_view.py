"""What several runs came to: a table of them and of the means over seeds, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mlpcli.errors import shell_word, shown
from mlpcli.runs import SCORES, TEST_SCORES, in_words
from mlpcli.stats import Mean
from mlpcli.terminal import (
    Column,
    Emphasis,
    Section,
    Table,
    Text,
    count,
    duration,
    number,
    percent,
    status_emphasis,
    with_bounds,
)
from mlpcli.training.job import NOT_BEGUN
from mlpcli.training.outcome import next_explain
from mlpcli.training.results import Trained, TrainedRun, TrainedSetting

MOST_ROWS = 16  # with headings, notes, the next command and a prompt 24 lines
MOST_SETTINGS = 8  # of these rows
LISTED = 5  # folders at most in a command
NAME = 64  # characters of a name
FOLDS = "folds, whose training rows overlap"
OF_BEST = "scores are of the weights that are kept: those of the best validation"


def trained_sections(record: Trained) -> Iterator[Section]:
    """Yield the table of the runs that were begun, and below them the means over seeds.

    Of many runs those that ended badly come first, and then as many as fit a screen.
    """
    begun = [run for run in record.runs if run.status != NOT_BEGUN]
    settings = record.settings
    if len(begun) + len(settings) > MOST_ROWS:
        settings = settings[:MOST_SETTINGS]
    runs = _bounded(begun, MOST_ROWS - len(settings))
    left = [
        *_left(len(begun) - len(runs), "more run"),
        *_left(len(record.settings) - len(settings), "more setting"),
    ]
    notes = [f"and {' and '.join(left)}: mlpcli compare has them"] if left else []
    notes += _signs(settings)
    if any(each.summary and each.summary.keeps_earlier for each in begun):
        notes.append(OF_BEST)
    yield Section("", [_table(record, runs, settings), *(Text(note, "faint") for note in notes)])


def _left(amount: int, what: str) -> list[str]:
    return [count(amount, what)] if amount else []


def _bounded(runs: Sequence[TrainedRun], most: int) -> list[TrainedRun]:
    """Return the runs that are shown, in their order."""
    worst_first = sorted(range(len(runs)), key=lambda nth: _ended_well(runs[nth]))
    return [runs[nth] for nth in sorted(worst_first[:most])]


def _ended_well(run: TrainedRun) -> bool:
    return run.status == "completed" and run.learned is not False


def _score_keys(record: Trained) -> list[str]:
    """Return the scores that have a column: those of the tasks that there are."""
    found = [
        key
        for keys in (SCORES, TEST_SCORES)
        for key in keys.values()
        if any(run.summary and getattr(run.summary, key) is not None for run in record.runs)
        or any(each.results[key] for each in record.settings)
    ]
    return found or [SCORES["classification"], TEST_SCORES["classification"]]


def _table(
    record: Trained, runs: Sequence[TrainedRun], settings: Sequence[TrainedSetting]
) -> Table:
    over = [each.results for each in settings]
    names = [*(run.name for run in runs), *(each.name for each in settings)]
    seeds = [*(_seeds(run) for run in runs), *("mean" for _ in settings)]
    folds = ["" if run.fold is None else str(run.fold) for run in runs] + ["" for _ in settings]
    seconds = ["-" if run.seconds is None else duration(run.seconds) for run in runs]
    marks: tuple[Emphasis, ...] = ("", "strong")
    emphasis = [marks[nth >= len(runs)] for nth in range(len(names))]
    return Table(
        [
            Column("name", [shown(name, NAME) for name in names]),
            *([Column("fold", folds, number=True)] if any(folds) else []),
            Column("seed", seeds, number=True),
            _statuses(runs, settings),
            *(_scores(key, runs, settings) for key in _score_keys(record)),
            Column("seconds", [*seconds, *(_mean_seconds(each["seconds"]) for each in over)], True),
        ],
        emphasis if settings else (),
        gap=1,
    )


def _seeds(run: TrainedRun) -> str:
    """Write a run's seed, or those of the weights and the order where they have their own."""
    own = {"init": run.init_seed, "order": run.order_seed}
    parts = [f"{what} {run.seed if seed is None else seed}" for what, seed in own.items()]
    return str(run.seed) if run.init_seed is run.order_seed is None else ", ".join(parts)


def _with_seeds(run: TrainedRun) -> str:
    own = run.init_seed is not None or run.order_seed is not None
    return f"seeds {_seeds(run)}" if own else f"seed {_seeds(run)}"


def _statuses(runs: Sequence[TrainedRun], settings: Sequence[TrainedSetting]) -> Column:
    ended = [f"{each.completed} of {each.seeds} completed" for each in settings]
    marks: list[Emphasis] = [status_emphasis(run.status, run.learned) for run in runs]
    marks += ["" for _ in settings]
    whole = [in_words(run.status, run.learned) for run in runs]
    short = ["learned nothing" if run.learned is False else run.status for run in runs]
    narrow = Column("status", [*short, *ended], emphasis=marks)
    return Column("status", [*whole, *ended], emphasis=marks, narrow=narrow)


def _scores(key: str, runs: Sequence[TrainedRun], settings: Sequence[TrainedSetting]) -> Column:
    write = _share if key.endswith("_accuracy") else number
    cells = [write(getattr(run.summary, key) if run.summary else None) for run in runs]
    cells += [_mean(key, each.results[key]) for each in settings]
    narrow = Column(key.replace("_", "_\n"), cells, number=True)
    return Column(key, cells, number=True, narrow=narrow)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{percent(share)} %"


def _mean(key: str, mean: Mean | None) -> str:
    of_values = not key.endswith("_accuracy")
    if mean is None or mean.low is None or mean.high is None:
        return (number if of_values else _share)(mean.mean if mean else None)
    if of_values:
        return with_bounds(mean.mean, mean.low, mean.high, False)
    return f"{with_bounds(100 * mean.mean, 100 * mean.low, 100 * mean.high, True)} %"


def _mean_seconds(mean: Mean | None) -> str:
    return "-" if mean is None else duration(mean.mean)


def _signs(settings: Sequence[TrainedSetting]) -> Iterator[str]:
    """Say what the bounds of the means are, and what of diverged runs is in them."""
    keys = (*SCORES.values(), *TEST_SCORES.values())
    means = [each.results[key] for each in settings for key in keys]
    if any(mean and mean.low is not None for mean in means):
        kinds = {FOLDS if each.folds else "seeds": None for each in settings}
        yield f"± and brackets: the 95 % interval of the mean over {' or '.join(kinds)}"
    if any(each.diverged for each in settings):
        of_values = any(each.results["val_r2"] for each in settings)
        what = "R squared 0" if of_values else "the accuracy of chance"
        yield f"a diverged run counts with {what}"


def next_lines(record: Trained) -> tuple[str, str]:
    """Return why, and what to type next: where runs came out badly explain the worst, else compare.

    Either is empty where there is none.
    """
    worst = min(filter(_is_explained, record.runs), key=_badness, default=None)
    if worst and worst.path:
        fold = "" if worst.fold is None else f"fold {worst.fold}, "
        why = f"{shown(worst.name, NAME)}, {fold}{_with_seeds(worst)}: {worst.reason}"
        return why, next_explain(Path(worst.path))
    folders = {Path(run.path).parent: None for run in record.runs if run.summary and run.path}
    words = [shell_word(folder) for folder in [*folders][:LISTED]]
    return "", f"next: mlpcli compare {' '.join(words)}" if words else ""


def _is_explained(run: TrainedRun) -> bool:
    """Whether there is something to explain, and rows to explain it by."""
    return bool(run.reason and run.path and run.status in ("completed", "diverged"))


def _badness(run: TrainedRun) -> tuple[bool, bool]:
    return run.status != "diverged", run.learned is not False
