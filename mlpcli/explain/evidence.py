"""What is known of a run when it is to be explained: numbers alone, and what follows from them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from mlpcli.config import Config
from mlpcli.data import Regression
from mlpcli.runs import FIFTH, LateFall, MetricsRow, late_fall
from mlpcli.stats import Z95, Accuracy, RSquared
from mlpcli.terminal import number, percent, points
from mlpcli.theory import (
    Mended,
    Prediction,
    Snapshot,
    noise_factor,
    predict,
    rate_to_try,
    stability_ratio,
)

LOW = 0.97  # training accuracy below which a network of two layers or more has not fitted


def score_of(found: Accuracy | RSquared | None) -> float | None:
    """Return the accuracy, or R squared."""
    return found.r2 if isinstance(found, RSquared) else found.accuracy if found else None


def half_interval(found: Accuracy | RSquared | None) -> float:
    """Return half the 95 % interval of a score by its examples; 0 of none."""
    if found is None or isinstance(found, RSquared):
        return found.half if found else 0.0
    return Z95 * math.sqrt(found.accuracy * (1 - found.accuracy) / found.examples)


@dataclass(frozen=True)
class Evidence:
    """A run, as far as it came."""

    config: Config
    status: str
    rows: Sequence[MetricsRow]  # all of them, in their order; at least one
    examples: int  # training examples that snapshots are measured on
    end_step: int | None  # after which the newest weights were kept; None where none were
    kept_step: int | None  # of the weights that the run keeps, where those are others
    start: Snapshot
    end: Snapshot | None  # None where no weights were kept, as of a run that diverged early
    movement: float | None  # of all parameters, relative to where they began
    # on as many training examples as there are for validation; of values R squared
    train: Accuracy | RSquared | None
    validation: Accuracy | RSquared | None
    mended: Mended  # the initial network as it should be

    @cached_property
    def prediction(self) -> Prediction:
        """What theory says of the untrained network."""
        return predict(self.config)

    @property
    def rate(self) -> float:
        """The config's learning rate."""
        return self.config.learning_rate

    @property
    def effective_rate(self) -> float:
        """The learning rate that the config's comes to over many steps, by the optimizer."""
        return self.config.optimizer.effective_rate(self.rate)

    @property
    def first_loss(self) -> float:
        """The untrained network's loss."""
        return self.start.loss

    @property
    def first_batch_loss(self) -> float | None:
        """The untrained network's loss on the first batch, as the first metrics row has it."""
        return self.rows[0].loss if self.rows[0].step == 1 else None

    @property
    def right(self) -> str:
        """How good the training examples are in the end, and of which weights that is."""
        if isinstance(self.train, RSquared):
            examples = f"{self.train.examples:,} training examples"
            return f"R squared {number(self.train.r2)} on {examples} after step {self.end_step:,}"
        if self.train is None:
            last = self.rows[-1]
            if self.of_values:
                return f"the loss {number(last.loss)} in the metrics row of step {last.step:,}"
            return f"{percent(last.accuracy)} % right in the metrics row of step {last.step:,}"
        share = f"{percent(self.train.accuracy)} % of {self.train.examples:,} training examples"
        return f"{share} right after step {self.end_step:,}"

    @cached_property
    def peak(self) -> MetricsRow:
        """The row with the highest loss; one that is not finite is the highest of all."""
        return max(self.rows, key=lambda row: math.inf if row.loss is None else row.loss)

    @property
    def diverged(self) -> bool:
        """Whether the run ended at a loss that was not finite."""
        return self.status == "diverged"

    @property
    def finished(self) -> bool:
        """Whether the run came to an end, of its own or by diverging."""
        return self.status in ("completed", "diverged")

    @property
    def patience_spent(self) -> bool:
        """Whether patience ended the run before all of its steps."""
        return self.status == "completed" and self.rows[-1].step < self.config.steps

    @property
    def ruined(self) -> bool:
        """Whether the network it left does no better than an untrained one may."""
        if isinstance(self.train, RSquared):
            return self.diverged or self.train.r2 <= 0
        return self.diverged or (
            self.train is not None
            and self.config.class_weights == "none"  # else accuracy is not what is learned
            and self.train.low <= self.config.data.facts.learned_accuracy
        )

    @property
    def of_values(self) -> bool:
        """Whether the task is a regression."""
        return isinstance(self.config.data.task, Regression)

    @property
    def fit(self) -> float | None:
        """The accuracy on training examples, or R squared; None where it is not known."""
        return score_of(self.train)

    @property
    def stability_ratio(self) -> float | None:
        """Learning rate over its stability limit at the start; None where sharpness is no guide."""
        return self._ratio(self.start)

    @property
    def end_ratio(self) -> float | None:
        """The same at the end, for the learning rate of the config before its decay."""
        return self._ratio(self.end) if self.end else None

    def _ratio(self, now: Snapshot) -> float | None:
        return stability_ratio(self.config, self.start, now)

    @property
    def rate_to_try(self) -> float:
        """A safe learning rate for the mended initial network."""
        return rate_to_try(self.config, self.mended)

    @property
    def noisy_ratio(self) -> float | None:
        """The stability ratio at the start times sqrt(1 + B_noise / B), as `rate_to_try` has it."""
        ratio = self.stability_ratio
        return None if ratio is None else ratio * noise_factor(self.config, self.start.noise_scale)

    @property
    def dead(self) -> tuple[float, ...]:
        """The share of dead units by layer, where the run ended."""
        last = next((row.layers for row in reversed(self.rows) if row.layers), ())
        return self.end.dead if self.end else tuple(layer.dead or 0.0 for layer in last)

    def dead_since(self, layer: int, share: float) -> int | None:
        """Return the first measured step at which more of a layer's units were dead than that."""
        for row in self.rows:
            if len(row.layers) > layer and (row.layers[layer].dead or 0.0) > share:
                return row.step
        return None

    @property
    def validated(self) -> list[MetricsRow]:
        """The rows with a validation loss."""
        return [row for row in self.rows if row.val_loss is not None]

    @property
    def gap(self) -> float | None:
        """Training accuracy minus validation accuracy, as a share; or so of R squared."""
        train, validation = self.fit, score_of(self.validation)
        return None if train is None or validation is None else train - validation

    @property
    def gap_error(self) -> float:
        """Half the 95 % interval of the gap of two independent samples (Wald)."""
        return math.hypot(*(half_interval(each) for each in (self.train, self.validation)))

    def apart(self, gap: float) -> str:
        """Write a difference of scores: of accuracies in points."""
        return f"{gap:+.4f}" if self.of_values else f"{points(gap)} points"

    @cached_property
    def late_fall(self) -> LateFall | None:
        """How far the losses fell over the last fifth."""
        return late_fall(self.rows, self.rows[-1].step)

    @cached_property
    def oscillation(self) -> float:
        """How the loss jumps in the last fifth: RMS of the rows' changes, relative to their mean.

        Divided by sqrt(2), so that it is the rows' standard deviation where they are independent.
        """
        losses = [r.loss for r in self.rows if r.step > self.rows[-1].step * (1 - 1 / FIFTH)]
        values = [loss for loss in losses if loss is not None]
        if len(values) < 3:
            return 0.0
        changes = [b - a for a, b in zip(values, islice(values, 1, None), strict=False)]
        square = sum(change * change for change in changes) / len(changes)
        return math.sqrt(square / 2) * len(values) / sum(values) if sum(values) else 0.0
