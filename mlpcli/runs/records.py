"""What a run tells: records, and for each number what it means and how it is shown.

Each is declared once: what reads, checks, prints, draws or exports it takes it from here.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from mlpcli.runs.quantities import (
    Count,
    Float32,
    Kind,
    Metric,
    Rate,
    RSquared,
    Seconds,
    Share,
    View,
    metrics_of,
)
from mlpcli.runs.version import SCHEMA_VERSION
from mlpcli.stats import Accuracy


class LayerState(Struct, frozen=True):
    """A weight layer during training, on a fixed sample of training examples.

    Numbers that are not finite are None where they were read back.
    """

    weight_norm: Float32 | None  # Frobenius norm of the weights; biases are left out throughout
    gradient_norm: Float32 | None  # of the mean loss's gradient by the weights
    update_to_weight: Float32 | None  # learning_rate * gradient_norm / weight_norm
    dead: Share | None  # share of its units that pass on no gradient of any example
    # what it makes of what comes in, by size: 1 keeps it. Of runs of before they are None
    signal_gain: Float32 | None = None  # mean z^2 over that of the layer before; none of the first
    gradient_gain: Float32 | None = None  # norm of delta over the layer behind's; none of the last


class MetricsRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A metrics row: the steps since the row before, up to and including `step`.

    Step t's loss and accuracy are those of batch t before update t, so the first row, which is
    step 1 alone, shows the untrained network.
    """

    step: Annotated[
        Count,
        Metric("step", form="count", unit="steps", views=("live", "show"), result="steps_taken"),
    ]
    loss: Annotated[  # mean cross-entropy; not finite in the last row of a run that diverged, and
        Float32 | None,  # None where such a row was read back
        Metric("loss", unit="nats", averaged="steps", views=("live", "line", "show"),
               curve="loss", result="train_loss"),
    ]  # fmt: skip
    accuracy: Annotated[  # None of values
        Share | None,
        Metric("accuracy %", "acc. %", "percent", "share", "steps", larger_is_better=True,
               views=("live", "line", "show"), curve="accuracy", result="train_accuracy",
               task="classification"),
    ]  # fmt: skip
    learning_rate: Annotated[
        Float32, Metric("learning rate", "l. rate", form="plain", views=("show",), of_network=False)
    ]
    seconds: Annotated[  # validations included, compilation not
        Seconds,
        Metric("seconds", form="seconds", unit="s", averaged="total", views=("show",),
               of_network=False, result="seconds"),
    ]  # fmt: skip
    examples_per_second: Annotated[  # validations not included
        Rate,
        Metric("examples/s", "ex./s", "rate", "examples/s", "steps", larger_is_better=True,
               views=("live", "line", "show"), of_network=False, result="examples_per_second"),
    ]  # fmt: skip
    val_loss: Annotated[
        Float32 | None,
        Metric("val loss", unit="nats", averaged="validation", views=("live", "line", "show"),
               curve="loss", result="val_loss"),
    ] = None  # fmt: skip
    val_accuracy: Annotated[
        Share | None,
        Metric("val acc. %", "val %", "percent", "share", "validation", larger_is_better=True,
               views=("live", "line", "show"), curve="accuracy", result="val_accuracy",
               task="classification"),
    ] = None  # fmt: skip
    val_r2: Annotated[
        RSquared | None,
        Metric("val R2", averaged="validation", larger_is_better=True,
               views=("live", "line", "show"), curve="R squared", result="val_r2",
               task="regression", since=3),
    ] = None  # fmt: skip
    gradient_norm: Annotated[  # of the mean loss's gradient by all parameters, biases too
        Float32 | None,
        Metric("gradient norm", "gradient", unit="nats", averaged="sample", views=("show",),
               since=2),
    ] = None  # fmt: skip
    # from the first layer to the last; like gradient_norm, at step 1 before its update, and where
    # validated after it
    layers: tuple[LayerState, ...] = ()
    # what a later version added, which a file cannot say under this name
    unknown: Annotated[dict[str, Any], Meta(max_length=0)] = {}

    @property
    def score(self) -> float | None:
        """What validation chooses by: accuracy, or R squared; None where it was not validated."""
        return self.val_r2 if self.val_accuracy is None else self.val_accuracy


class Summary(Struct, frozen=True, kw_only=True):
    """What came out of a run that went to its end, of the weights that it keeps.

    Those are the weights after `kept_step`: the last step, or that of the best validation where the
    config says `keep: best`.

    Losses are mean cross-entropies in nats, each over its whole set. Those that were not finite,
    and what was left out, or is impossible, below `examples_per_second`, are None.
    """

    # as written; version 1 says none, and has all that is read under the same names
    schema_version: Annotated[int, Meta(ge=1, le=SCHEMA_VERSION)] = SCHEMA_VERSION
    val_examples: Count
    test_examples: Count
    test_loss: Annotated[Float32 | None, Metric("test loss")]
    steps: Annotated[Count, Metric("steps", form="count", result="steps_taken")]
    seconds: Annotated[Seconds, Metric("seconds", form="seconds")]  # validations included
    examples_per_second: Annotated[  # over all steps, validations not included
        Rate, Metric("examples/s", "ex./s", "rate", larger_is_better=True)
    ]
    val_accuracy: Annotated[
        Share | None,
        Metric("val %", form="percent", larger_is_better=True, task="classification"),
    ] = None
    test_accuracy: Annotated[
        Share | None,
        Metric("test %", form="percent", larger_is_better=True, task="classification"),
    ] = None
    val_r2: Annotated[
        RSquared | None, Metric("val R2", larger_is_better=True, task="regression")
    ] = None
    # the mean of the shares of each class that are right, and of each class's F1
    test_balanced_accuracy: Annotated[
        Share | None,
        Metric("test balanced %", form="percent", larger_is_better=True, task="classification"),
    ] = None
    test_macro_f1: Annotated[
        Share | None, Metric("test F1", larger_is_better=True, task="classification")
    ] = None
    # of two classes alone, and where the test set has both
    test_auc: Annotated[
        Share | None, Metric("test AUC", larger_is_better=True, task="classification")
    ] = None
    test_calibration_error: Annotated[  # the expected one, of 15 bins of confidence
        Share | None, Metric("test calibration error %", "test ECE %", "percent",
                             task="classification"),
    ] = None  # fmt: skip
    test_r2: Annotated[
        RSquared | None, Metric("test R2", larger_is_better=True, task="regression")
    ] = None
    # in the target's unit, of one target
    test_rmse: Annotated[Float32 | None, Metric("test RMSE", task="regression")] = None
    test_mae: Annotated[Float32 | None, Metric("test MAE", task="regression")] = None
    val_loss: Annotated[Float32 | None, Metric("val loss")] = None
    train_accuracy: Annotated[
        Share | None,
        Metric("train %", form="percent", larger_is_better=True, task="classification"),
    ] = None
    train_r2: Annotated[
        RSquared | None, Metric("train R2", larger_is_better=True, task="regression")
    ] = None
    train_loss: Annotated[Float32 | None, Metric("train loss")] = None
    best_val_accuracy: Annotated[
        Share | None,
        Metric("best val %", form="percent", larger_is_better=True, task="classification"),
    ] = None
    best_val_r2: Annotated[
        RSquared | None, Metric("best val R2", larger_is_better=True, task="regression")
    ] = None
    best_val_step: Annotated[Count | None, Metric("best step", form="count")] = None  # the first
    # after whose update the kept weights are; None, from before it was said: the last
    kept_step: Annotated[Count | None, Metric("kept step", form="count")] = None
    # what ended the run before all of its steps
    stopped: Annotated[Literal["patience"], Meta(description='"patience"')] | None = None
    parameters: Annotated[Count | None, Metric("parameters", form="count")] = None
    compile_seconds: Annotated[Seconds | None, Metric("compile s", form="seconds")] = None
    test_correct: Count | None = None

    @property
    def test(self) -> Accuracy | None:
        """The accuracy on the test set; None of values."""
        return _accuracy(self.test_accuracy, self.test_examples)

    @property
    def validation(self) -> Accuracy | None:
        """The accuracy on the validation set; None of values."""
        return _accuracy(self.val_accuracy, self.val_examples)

    @property
    def score(self) -> float | None:
        """What validation chooses by, of the kept weights."""
        return self.val_r2 if self.val_accuracy is None else self.val_accuracy

    @property
    def weights_step(self) -> int:
        """The step after whose update the weights are that all scores are of."""
        return self.kept_step or self.steps

    @property
    def keeps_earlier(self) -> bool:
        """Whether the scores are of other weights than those after the last step."""
        return self.weights_step != self.steps

    @property
    def best_score(self) -> float | None:
        """The best that it was after any validation."""
        return self.best_val_r2 if self.best_val_accuracy is None else self.best_val_accuracy


def _accuracy(share: float | None, examples: int) -> Accuracy | None:
    return None if share is None else Accuracy.of(round(share * examples), examples)


def metrics_in(view: View, task: Kind = "classification") -> dict[str, Metric]:
    """Return the metrics that a view of rows of a task has, in its order."""
    shown = [
        (name, metric)
        for name, metric in METRICS.items()
        if view in metric.views and metric.task in (None, task)
    ]
    return dict(sorted(shown, key=lambda each: not each[1].of_network))


METRICS = metrics_of(MetricsRow)
SUMMARY_METRICS = metrics_of(Summary)
