"""What is known of a run when it is to be explained: numbers alone, and what follows from them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from mlpcli.config import Config
from mlpcli.runs import MetricsRow
from mlpcli.stats import Z95, Accuracy
from mlpcli.theory import AGREE, SATURATED, Prediction, predict

LOW = 0.97  # training accuracy below which a network of two layers or more has not fitted
FIFTH = 5  # a run's last fifth tells what it was still doing


@dataclass(frozen=True)
class Snapshot:
    """A network at one moment, measured on the run's sample of training examples."""

    loss: float  # mean cross-entropy, nats
    logit_scale: float
    signal_gain: float  # product over the layers
    gradient_gain: float  # product over the layers
    dead: tuple[float, ...]  # share of dead units, by layer
    noise_scale: float  # examples
    sharpness: tuple[float, ...]  # on disjoint samples

    @property
    def agreed_sharpness(self) -> float | None:
        """The mean over the samples, or None where they disagree."""
        low, high = min(self.sharpness), max(self.sharpness)
        trusted = low > 0 and high <= AGREE * low
        return sum(self.sharpness) / len(self.sharpness) if trusted else None


@dataclass(frozen=True)
class Evidence:
    """A run, as far as it came."""

    config: Config
    status: str
    rows: Sequence[MetricsRow]  # all of them, in their order; at least one
    start: Snapshot
    end: Snapshot | None  # None where no weights were kept, as of a run that diverged early
    movement: float | None  # of all parameters, relative to where they began
    train: Accuracy | None  # on as many training examples as there are for validation
    validation: Accuracy | None
    repaired: dict[str, Any]  # keys that give the initial network a signal; empty if it has one
    repaired_sharpness: float  # of the initial network with those
    repaired_noise_scale: float  # of the same, examples; infinite where there is no signal

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
    def ruined(self) -> bool:
        """Whether the network it left does no better than by chance."""
        return self.diverged or (
            self.train is not None and self.train.accuracy < self.config.data.task.learned_accuracy
        )

    @property
    def stability_ratio(self) -> float | None:
        """Learning rate over its stability limit at the start; None where sharpness is no guide."""
        return self._ratio(self.start)

    @property
    def end_ratio(self) -> float | None:
        """The same at the end, for the learning rate of the config before its decay."""
        return self._ratio(self.end) if self.end else None

    def _ratio(self, at: Snapshot) -> float | None:
        s = at.agreed_sharpness
        # with saturated logits a few borderline examples carry the whole sharpness
        if s is None or self.start.logit_scale > SATURATED:
            return None
        return self.rate * s / self.config.optimizer.stability_bound

    @property
    def rate_to_try(self) -> float:
        """A safe learning rate for the mended initial network, of two digits.

            the rate whose effective rate is 1 / S, over sqrt(1 + B_noise / B)

        with batch size B: so for whole batches, and less where the noise of small ones drowns the
        gradient. McCandlish et al. (2018) have 1 + B_noise / B; of 12 networks in
        batches of 8 to 45 its square root came within 1.7 points of the best of it, itself and 1,
        where 1 lost up to 35 points and all of it up to 6. The config's own where there is no
        sharpness to go by.
        """
        if not self.repaired_sharpness > 0:
            return self.rate
        calm = self.config.optimizer.rate_for(1 / self.repaired_sharpness)
        return rounded(calm / self._noise(self.repaired_noise_scale))

    @property
    def noisy_ratio(self) -> float | None:
        """The stability ratio at the start times sqrt(1 + B_noise / B), as `rate_to_try` has it."""
        ratio = self.stability_ratio
        return None if ratio is None else ratio * self._noise(self.start.noise_scale)

    def _noise(self, scale: float) -> float:
        return math.sqrt(1 + scale / self.config.batch_size) if math.isfinite(scale) else 1.0

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
        """Training accuracy minus validation accuracy, as a share."""
        if self.train is None or self.validation is None:
            return None
        return self.train.accuracy - self.validation.accuracy

    @property
    def gap_error(self) -> float:
        """Half the 95 % interval of the gap: two independent samples' proportions (Wald)."""
        parts = [a for a in (self.train, self.validation) if a]
        return Z95 * math.sqrt(sum(a.accuracy * (1 - a.accuracy) / a.examples for a in parts))

    @cached_property
    def late_fall(self) -> tuple[float, float] | None:
        """How far training and validation loss fell over the last fifth, as shares of before.

        Training loss: the mean of the last fifth's rows against the fifth before. Validation loss:
        the last against the last one before that fifth. None where there is too little to tell.
        """
        last = self.rows[-1].step
        begin, middle = last * (FIFTH - 2) / FIFTH, last * (FIFTH - 1) / FIFTH
        before = [r.loss for r in self.rows if begin < r.step <= middle and r.loss is not None]
        after = [r.loss for r in self.rows if r.step > middle and r.loss is not None]
        validated = self.validated
        old = next((r.val_loss for r in reversed(validated) if r.step <= middle), None)
        if not sum(before) or not after or not old or not validated[-1].val_loss:
            return None
        fell = 1 - (sum(after) / len(after)) / (sum(before) / len(before))
        return fell, 1 - validated[-1].val_loss / old

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


def rounded(value: float) -> float:
    """Return a value to two digits, as one would type it."""
    return float(f"{value:.2g}")
