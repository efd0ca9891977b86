"""What is known of a run when it is to be explained: numbers, and what follows from them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from mlpcli.config import Config, mean_factor
from mlpcli.data import Regression
from mlpcli.explain.course import Course
from mlpcli.stats import Z95, Accuracy, RSquared
from mlpcli.terminal import number, percent, points
from mlpcli.theory import (
    Advice,
    Mended,
    Prediction,
    Snapshot,
    predict,
    rate_to_try,
    stability_ratio,
)

HALF = 0.5  # of what there is to be learned


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
    course: Course
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
    measured: Callable[[Advice], Mended]  # the initial network with other keys, when it is asked

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

    @cached_property
    def mean_factor(self) -> float:
        """The learning rate in the mean over the run's steps, as a share of the config's."""
        return mean_factor(self.config)

    @property
    def pull(self) -> float:
        """How many times weight decay alone takes all of the weights, over the run.

        The sum of learning rate x weight decay over the steps: e-folds, where it is slow.
        """
        return self.rate * self.mean_factor * self.config.steps * self.config.weight_decay

    @property
    def epochs(self) -> float:
        """How many times the run has gone over the training examples."""
        seen = self.course.last.step * self.config.batch_size
        return seen / self.config.data.train_examples

    @property
    def first_loss(self) -> float:
        """The untrained network's loss."""
        return self.start.loss

    @property
    def right(self) -> str:
        """How good the training examples are in the end, and of which weights that is."""
        if isinstance(self.train, RSquared):
            examples = f"{self.train.examples:,} training examples"
            return f"R squared {number(self.train.r2)} on {examples} after step {self.end_step:,}"
        if self.train is None:
            last = self.course.last
            if self.of_values:
                return f"the loss {number(last.loss)} in the metrics row of step {last.step:,}"
            return f"{percent(last.accuracy)} % right in the metrics row of step {last.step:,}"
        share = f"{percent(self.train.accuracy)} % of {self.train.examples:,} training examples"
        return f"{share} right after step {self.end_step:,}"

    @property
    def moved(self) -> str:
        """How far the weights moved."""
        if self.movement is None:
            return "nobody knows how far"
        if math.isinf(self.movement):
            return "away from zero"
        return f"by {percent(self.movement)} % of their size"

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
        return self.status == "completed" and self.course.last.step < self.config.steps

    @property
    def learned_nothing(self) -> bool:
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
    def fit_share(self) -> float:
        """How far the training score lies from chance's, 0, to a perfect one, 1."""
        return self.learned_share(self.fit)

    @property
    def far_down(self) -> bool:
        """Whether the run has not learned half of what there is, even on what it trained on."""
        return self.diverged or (self.fit is not None and self.fit_share < HALF)

    def learned_share(self, score: float | None) -> float:
        """Return how far a score lies from chance's, 0, to a perfect one, 1; 0 of none."""
        if score is None:
            return 0.0
        if self.of_values:
            return max(0.0, score)
        chance = self.config.data.facts.largest_class
        return max(0.0, (score - chance) / (1 - chance))

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

    @cached_property
    def rate_to_try(self) -> float:
        """A learning rate that suits the mended initial network."""
        return rate_to_try(self.config, self.mended)

    def rate_to_try_with(self, keys: Advice) -> float:
        """Return the same for the config with other keys that leave the network as it is."""
        return rate_to_try(self.config.model_copy(update=keys), self.mended)

    @property
    def late_noise_scale(self) -> float:
        """The gradient's noise scale at the end, or else at the start, in examples."""
        return (self.end or self.start).noise_scale

    @property
    def dead(self) -> tuple[float, ...]:
        """The share of dead units by layer, where the run ended."""
        return self.end.dead if self.end else self.course.dead

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
