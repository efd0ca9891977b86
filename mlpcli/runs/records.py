"""What a run tells: frozen records, and what each number means."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """A network on a set of examples: mean cross-entropy in nats, and the examples right."""

    loss: float
    correct: int
    examples: int

    @property
    def accuracy(self) -> float:
        """The share of the examples that are right, 0 to 1."""
        return self.correct / self.examples


@dataclass(frozen=True)
class LayerState:
    """A weight layer during training, on a fixed sample of training examples.

    Numbers that are not finite are None where they were read back.
    """

    weight_norm: float | None  # Frobenius norm of the weights; biases are left out throughout
    gradient_norm: float | None  # of the mean loss's gradient by the weights
    update_to_weight: float | None  # learning_rate * gradient_norm / weight_norm
    dead: float | None  # share of its units that pass on no gradient of any example, 0 to 1


@dataclass(frozen=True)
class MetricsRow:
    """A metrics row: the steps since the row before, up to and including `step`.

    Step t's loss and accuracy are those of batch t before update t, so the first row, which is
    step 1 alone, shows the untrained network.
    """

    step: int
    loss: float | None  # mean cross-entropy over the steps since the row before, in nats; not
    # finite in the last row of a run that diverged, and None where such a row was read back
    accuracy: float  # share of their training examples that were right, 0 to 1
    learning_rate: float  # of this step
    seconds: float  # since the first step began, validations included, compilation not
    examples_per_second: float  # over the steps since the row before, validations not included
    val_loss: float | None = None  # where validated: after this step's update
    val_accuracy: float | None = None
    # from the first layer to the last, at step 1 before its update, and where validated after it
    layers: tuple[LayerState, ...] = ()


@dataclass(frozen=True)
class Summary:
    """What came out of a run that went to its end.

    Losses are mean cross-entropies in nats and accuracies shares from 0 to 1, of the network after
    its last update, each over its whole set.
    """

    steps: int
    parameters: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    val_examples: int
    best_val_accuracy: float
    best_val_step: int  # the first step that reached it
    test_loss: float
    test_accuracy: float
    test_correct: int
    test_examples: int
    seconds: float  # from the first step to the last, validations included
    compile_seconds: float  # before the first step
    examples_per_second: float  # over all steps, validations not included
