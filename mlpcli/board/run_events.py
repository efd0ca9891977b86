"""What a run comes to as events: all of them, or those since it was last written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import msgspec
from msgspec import Struct

from mlpcli.board import events
from mlpcli.board.events import Moment
from mlpcli.board.graph import layer_names, network_graph
from mlpcli.board.hyperparameters import keys_of, scores_of, session_end, session_start
from mlpcli.runs import METRICS, LayerState, MetricsRow, Run, read_rows, whole

FORMAT = 1  # of what is written: where it changes, all is written anew
MOST_ROWS = 5_000  # of a run, and as many validations; TensorBoard shows 1,000 unless asked
OF_ROWS = tuple(name for name in METRICS if name != "step")


class Written(Struct, frozen=True, forbid_unknown_fields=True):
    """Which of a run's events there are."""

    identity: str  # of what of the run has to stay as it is for more to be added
    step: int = 0  # of the last row that was looked at
    kept: int = 0  # of the last row that was written
    weights: tuple[int, ...] = ()  # the steps whose weights were written, or cannot be read
    ended: bool = False  # whether it says how the run ended, and its scores


def identity_of(run: Run) -> str:
    """Return what has to stay as it is for events to be added to those of a run."""
    about = (FORMAT, run.info.get("started"), sorted(run.config.items()), run.sizes)
    return hashlib.sha256(ascii(about).encode()).hexdigest()  # JSON has no lone surrogates


def first_events(run: Run) -> Iterator[bytes]:
    """Yield what is said of a run once: its graph, and its config."""
    at = Moment(0, started(run))
    yield from events.opening(at.time)
    if run.sizes and run.facts:
        activation = str(run.config.get("activation", "relu"))
        yield events.graph(at, network_graph(run.sizes, activation, run.facts.task))
    yield session_start(at, keys_of(run.config))


def more_events(run: Run, before: Written) -> tuple[list[bytes], Written]:
    """Return the events of the rows since, and the end where there is one.

    Raises RunError where the rows cannot be read.
    """
    begin = started(run)
    found, step, kept = list[bytes](), before.step, before.kept
    last: MetricsRow | None = None
    for row, chosen in _chosen(read_rows(run.path), run.config):
        last = row
        if row.step > before.step and chosen:
            found.append(_row_event(row, begin))
            kept = row.step
        step = max(step, row.step)
    ended = run.status != "running"
    if ended and not before.ended:
        if last and last.step > kept:
            found.append(_row_event(last, begin))
            kept = last.step
        found += _end(run, begin, last)
    done = msgspec.structs.replace(before, step=step, kept=kept, ended=before.ended or ended)
    return found, done


def time_of(run: Run, steps: Sequence[int]) -> Mapping[int, float]:
    """Return for each of some steps, in order, the time of the last row that is not beyond it."""
    begin = started(run)
    found = dict.fromkeys(steps, begin)
    for row in read_rows(run.path):
        for step in steps:
            if row.step <= step:
                found[step] = begin + row.seconds
    return found


def started(run: Run) -> float:
    """Return when a run was started, in seconds since 1970; 0 where it does not say."""
    return _seconds(run.started)


def _seconds(text: str | None) -> float:
    try:
        time = datetime.fromisoformat(text or "")
        return max(0.0, (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return 0.0


def _chosen(
    rows: Iterator[MetricsRow], config: Mapping[str, Any]
) -> Iterator[tuple[MetricsRow, bool]]:
    """Yield rows and whether they are written: the first, and each nth, so that all have room.

    What n is follows from the config, so that it is the same for a run under way.
    """
    apart, apart_validated = _apart(config, "log_every"), _apart(config, "eval_every")
    validated = 0
    for nth, row in enumerate(rows):
        chosen = nth % apart == 0 and nth // apart < MOST_ROWS
        if row.score is not None:
            in_room = validated // apart_validated < MOST_ROWS
            chosen |= validated % apart_validated == 0 and in_room
            validated += 1
        yield row, chosen


def _apart(config: Mapping[str, Any], every: str) -> int:
    steps = whole(config.get("steps"), 1) or 1
    both = [whole(config.get(key), 1) or 1 for key in {every, "eval_every"}]
    return max(1, -(-sum(steps // each for each in both) // (MOST_ROWS - 1)))


def _row_event(row: MetricsRow, begin: float) -> bytes:
    values = {name: getattr(row, name) for name in OF_ROWS}
    if row.loss is None:  # which is not finite then, and TensorBoard marks it in the curve
        values["loss"] = float("nan")
    there = {name: value for name, value in values.items() if value is not None}
    names = layer_names(len(row.layers))
    of_layers = chain.from_iterable(map(_layer_values, names, row.layers))
    return events.scalars(Moment(row.step, begin + row.seconds), {**there, **dict(of_layers)})


def _layer_values(name: str, layer: LayerState) -> Iterator[tuple[str, float]]:
    for field in LayerState.__struct_fields__:
        value = getattr(layer, field)
        if value is not None:
            yield f"{field}/{name}", value


def _end(run: Run, begin: float, last: MetricsRow | None) -> Iterator[bytes]:
    """Yield a run's scores, of the step whose weights it keeps, and how it ended."""
    time = max(_seconds(run.ended), begin + (last.seconds if last else 0.0))
    if run.summary:
        yield events.scalars(Moment(run.summary.weights_step, time), scores_of(run.summary))
    yield session_end(Moment(last.step if last else 0, time), run)
