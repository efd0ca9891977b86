"""The training of a network: its steps in chunks, and the rows that they yield."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.config import (
    Config,
    keeps_row,
    learning_rates,
    next_row,
    next_stop,
    validates,
)
from mlpcli.data import Examples, Splits
from mlpcli.errors import DivergedError
from mlpcli.runs import FROM_START, Checkpoint, MetricsRow, ResumePoint, Score
from mlpcli.training.backend import TRACING
from mlpcli.training.compiled import CHUNK_SECONDS, Weights, program, to_tensors
from mlpcli.training.evaluate import Predictions
from mlpcli.training.probe import sample_of
from mlpcli.training.steps import Alone, Start, Stepper


class Training:
    """The training of one network: `stops()` runs it, from where a run had come.

    `check` is called between chunks and may raise to end the training there; `checkpoint()` then
    tells where it stands. `stepper` says who takes the steps.
    """

    def __init__(
        self,
        config: Config,
        model: Any,
        data: Splits,
        check: Callable[[], None] = lambda: None,
        before: ResumePoint = FROM_START,
        clock: Callable[[], float] = time.perf_counter,
        stepper: Stepper = Alone,
    ) -> None:
        self.config, self.data, self._check, self._clock = config, data, check, clock
        start = before.checkpoint or _untrained(config, model)
        self.step, self.step_seconds = start.step, start.step_seconds
        self._row_seconds = start.row_seconds
        self._row, self._losses, self._correct = start.row, [start.losses], [start.correct]
        self._choice, self._best = before.choice, to_tensors(start.best)
        self._best_of_row = self._best  # what a run of more steps would have by now
        self.seconds = self._seconds_before = before.seconds
        self._program = program(config, model)
        standing = start.step, to_tensors(start.weights), to_tensors(start.state)
        self._steps = stepper(Start(config, self._program, data.train, *standing), check)
        self._speed = 1.0  # steps a second, as last seen
        self.diverged: DivergedError | None = None
        began = clock()
        with TRACING:
            self._program.evaluate.prepare(self.weights, data.validation)
            self._sample = sample_of(config, data.train)
            # a run may have been stopped after step 1 and before its row, which shows these weights
            first = to_tensors(_untrained(config, model).weights) if start.row == 0 else ()
            self._first_measured = self._measured(1, first) if first else {}
        self._steps.prepare()
        self.compile_seconds = clock() - began

    def stops(self, until: int | None = None) -> Iterator[MetricsRow | None]:
        """Train to the end, or until after a step, with stops at rows and at checkpoints.

        Yields the row, or None where there is none. Raises DivergedError where a loss is not
        finite, after the row that shows it; `diverged` is that error from the row on.
        """
        self._began = self._clock()
        try:
            yield from self._stops(self.config.steps if until is None else until)
        finally:
            self._steps.end()

    def _stops(self, until: int) -> Iterator[MetricsRow | None]:
        last, steps = self._row, self.config.steps
        while last < steps and not self.stopped:
            row = next_row(self.config, last)
            if until <= self.step < row:  # not where its steps are taken, and the row is missing
                return
            self._train_until(min(row, next_stop(self.config, self.step), until))
            diverged = bool(self._losses[-1].size) and not np.isfinite(self._losses[-1][-1])
            if diverged or self.step >= row:
                last = self.step
                yield from self._finish_row(diverged)
            else:
                yield None

    @property
    def weights(self) -> Weights:
        """The weights as they stand."""
        return self._steps.weights

    @property
    def stopped(self) -> bool:
        """Whether patience ended the training before its last step."""
        spent = self._choice.is_spent(self.config.stopping)
        return spent and self.step < self.config.steps

    @property
    def kept(self) -> Weights:
        """The weights that the run keeps: the last, or those of the best validation."""
        return self._best if self.config.stopping.keeps_best else self.weights

    def kept_row(self, last: MetricsRow) -> MetricsRow:
        """Return the row whose validation is of the weights that the run keeps."""
        best = self._choice.row
        return best if best and self.config.stopping.keeps_best else last

    def evaluate(
        self,
        weights: Sequence[Any],
        examples: Examples,
        see: Callable[[NDArray[np.float32]], None] | None = None,
    ) -> tuple[Score, Predictions]:
        """Return the score of weights, and what they predict of each example.

        `see` is called with each batch's outputs.
        """
        return self._program.evaluate(weights, examples, self._check, see)

    def checkpoint(self) -> Checkpoint:
        """Return where the training stands."""
        return Checkpoint(
            step=self.step,
            row=self._row,
            step_seconds=self.step_seconds,
            row_seconds=self._row_seconds,
            losses=np.concatenate(self._losses),
            correct=np.concatenate(self._correct),
            weights=[w.numpy() for w in self.weights],
            state=[s.numpy() for s in self._steps.state],
            best=[w.numpy() for w in self._best_of_row],
        )

    def copy_kept_weights_to(self, model: Any) -> None:
        """Give the weights that are kept to the model they came from."""
        for variable, value in zip(model.trainable_variables, self.kept, strict=True):
            variable.assign(value)

    def _finish_row(self, diverged: bool) -> Iterator[MetricsRow]:
        """Yield the row that ends at this step, and raise if the training diverged."""
        losses, correct = np.concatenate(self._losses), np.concatenate(self._correct)
        validation: dict[str, Any] = {}
        measured = self._first_measured if self.step == 1 else {}
        if not diverged and validates(self.config, self.step):
            score, _ = self.evaluate(self.weights, self.data.validation)
            validation = {
                "val_loss": score.loss,
                "val_accuracy": score.accuracy,
                "val_r2": score.r2,
            }
            measured = measured or self._measured(self.step, self.weights)
        of_values = self.data.train.targets.dtype.kind == "f"
        self.seconds = self._seconds_before + self._clock() - self._began
        if diverged or not np.isfinite(validation.get("val_loss", 0.0)):
            self.diverged = DivergedError(self.step, "loss" if diverged else "validation loss")
        row = MetricsRow(
            step=self.step,
            loss=float(losses.mean(dtype=np.float64)),
            accuracy=None if of_values else float(correct.mean()) / self.config.batch_size,
            learning_rate=float(learning_rates(self.config, self.step, 1)[0]),
            seconds=self.seconds,
            examples_per_second=len(losses) * self.config.batch_size / self._row_seconds,
            **validation,
            **measured,
        )
        self._choose(row)
        if keeps_row(self.config, self.step):
            self._row, self._row_seconds, self._best_of_row = self.step, 0.0, self._best
            self._losses, self._correct = [losses[:0]], [correct[:0]]
        yield row
        if self.diverged:
            raise self.diverged

    def _choose(self, row: MetricsRow) -> None:
        """Note what a row's validation says of the best, and keep its weights if it is that."""
        before = self._choice.row
        self._choice = self._choice.after(row, self.config.stopping)
        if self.config.stopping.keeps_best and self._choice.row is not before:
            self._best = self.weights

    def _measured(self, step: int, weights: Weights) -> dict[str, Any]:
        """Return what the row of a step says of those weights on the sample."""
        rate = float(learning_rates(self.config, step, 1)[0])
        return self._program.probe(weights, self._sample).of_row(rate)

    def _train_until(self, end: int) -> None:
        """Take the steps up to `end`, or up to the first whose loss is not finite."""
        while self.step < end:
            affordable = max(1, int(self._speed * CHUNK_SECONDS))
            start = self._clock()
            losses, correct = self._steps.take(min(end - self.step, affordable))
            bad = np.flatnonzero(~np.isfinite(losses))
            count = int(bad[0]) + 1 if bad.size else len(losses)
            spent = self._clock() - start
            self.step += count
            self.step_seconds += spent
            self._row_seconds += spent
            self._speed = count / max(spent, 1e-9)
            self._losses.append(losses[:count])
            self._correct.append(correct[:count])
            if bad.size:
                return
            self._check()


def _untrained(config: Config, model: Any) -> Checkpoint:
    """Return where the training of a new model stands."""
    weights = [variable.numpy() for variable in model.trainable_variables]
    state = [np.zeros_like(w) for w in weights] * config.optimizer.slots
    none = np.empty(0, np.float32), np.empty(0, np.int32)
    return Checkpoint(0, 0, 0.0, 0.0, *none, weights, state)
