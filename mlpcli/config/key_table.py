"""The table of keys: of each its type, what is allowed, its default, and what it is.

Strict YAML is held against it, and its JSON Schema is for editors. A new key is a field here; what
it may not go together with is in conflicts.py, what a search may try of it in its `Tuned`.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mlpcli.config.defaults import FOLLOWING
from mlpcli.config.network_size import MOST_LAYERS
from mlpcli.config.tuned import Tuned
from mlpcli.config.value_types import DEEP, POWERS, Column, Columns, Name, Names, Part, Units
from mlpcli.data import BUILT_IN

MOST_STEPS = 100_000_000


class Keys(BaseModel):
    """The values of all keys, each sound in itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, title="mlpcli config")

    name: str = Field(
        # neither hidden, nor a folder, nor like an option
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$",
        description="1 to 64 letters, digits, '.', '_' or '-', no '.' or '-' first; names the run "
        "directory",
    )
    dataset: str = Field(
        "mnist",
        min_length=1,
        max_length=1_000,
        description=f"to learn from: a file, or one that is built in: {', '.join(BUILT_IN)}",
    )
    layers: Annotated[int, Tuned((1, 2, 3, 4, 5, 6), start=2)] = Field(
        ge=1, le=MOST_LAYERS, description="weight layers, the output layer included"
    )
    width: Annotated[Units | tuple[Units, ...], Tuned(POWERS[1:], layers=DEEP, start=128)] = Field(
        (),
        description="units of each hidden layer, or a list with one number for each; "
        "required for two layers or more",
    )
    activation: Annotated[
        Literal["relu", "tanh", "sigmoid", "gelu", "elu", "linear"],
        Tuned(("relu", "tanh"), layers=DEEP, start="relu"),
    ] = Field("relu", description="of the hidden layers; Keras's names")
    init: Literal[
        "he_normal", "he_uniform", "glorot_uniform", "glorot_normal", "lecun_normal", "normal",
        "zeros",
    ] = Field("he_normal", description="of the weights; Keras's names; biases are 0")  # fmt: skip
    init_stddev: float = Field(
        1.0,
        gt=0,
        allow_inf_nan=False,
        description="standard deviation of the weights, for init: normal alone",
    )
    learning_rate: Annotated[
        float, Tuned(low=0.1, high=10.0, log=True, measured=True, start=1.0)
    ] = Field(gt=0, allow_inf_nan=False, description="of SGD")
    momentum: Annotated[float, Tuned((0.0, 0.9), start=0.9)] = Field(
        0.0, ge=0, lt=1, description="of SGD, as Keras has it"
    )
    nesterov: bool = Field(False, description="look ahead along the momentum; needs one above 0")
    weight_decay: Annotated[float, Tuned(low=1e-5, high=0.1, log=True, start=1e-4)] = Field(
        0.0, ge=0, allow_inf_nan=False, description="decoupled, as Keras's SGD has it"
    )
    decay: Annotated[
        Literal["constant", "linear", "cosine"], Tuned(("constant", "cosine"), start="cosine")
    ] = Field("constant", description="of the learning rate, to zero at the last step")
    warmup_steps: int = Field(
        0, ge=0, le=MOST_STEPS, description="the learning rate rises linearly over these"
    )
    steps: int = Field(ge=1, le=MOST_STEPS, description="SGD updates, one batch each")
    epochs: float | None = Field(
        None,
        gt=0,
        le=MOST_STEPS,
        allow_inf_nan=False,
        description="passes over the training examples, in place of steps: rounded up to whole "
        "steps",
    )
    batch_size: Annotated[int, Tuned(POWERS)] = Field(
        ge=1, description="examples a step, up to the training set's size"
    )
    order: Literal["shuffle", "sequential"] = Field(
        "shuffle", description="of the training examples: a new permutation each epoch, or as filed"
    )
    target: Column | Columns | None = Field(
        None, description="the column to predict, or several; left out: the last"
    )
    task: Literal["classification", "regression"] | None = Field(
        None, description="left out: text, true or false, and few whole numbers are classes"
    )
    inputs: Columns = Field(
        (),
        description="the columns to predict from; left out: all others; of points any of x, y, "
        "x^2, y^2, xy, sin(x), sin(y), left out: x, y",
    )
    ignore: Columns = Field((), description="columns to leave out")
    categorical: Names = Field((), description="columns whose values are names, also if numbers")
    numeric: Names = Field((), description="columns whose values are numbers")
    validation: Part | None = Field(
        None, description="the rows that choose: a share, how many, or a file; left out: 0.15"
    )
    test: Part | None = Field(
        None, description="the rows that report: a share, how many, or a file; left out: 0.2"
    )
    split: Literal["stratified", "random", "group", "time", "first"] | None = Field(
        None,
        description="how rows are chosen for the parts; left out: stratified for classes, else "
        "random",
    )
    split_by: Name | None = Field(
        None, description="the column that split: group keeps together, and split: time sorts by"
    )
    split_seed: int = Field(0, ge=0, le=2**32 - 1, description="of the split")
    folds: int | None = Field(
        None, ge=2, le=1_000, description="parts of a cross-validation; one of them is the test set"
    )
    fold: int | None = Field(None, ge=1, le=1_000, description="which of the folds, from 1")
    train_examples: int | None = Field(
        None,
        ge=1,
        le=10**9,
        description="of the training rows, drawn by seed, stratified for classes; the others are "
        "left out; left out: all",
    )
    scaling: Literal["standard", "robust", "minmax", "none"] | None = Field(
        None, description="of numbers, by the training rows; left out: standard, minmax for bytes"
    )
    missing: Literal["impute", "refuse"] = Field(
        "impute", description="values: filled in (numbers by the median) and marked, or not taken"
    )
    class_weights: Literal["none", "balanced"] = Field(
        "none",
        description="of classes, in the loss that is trained; balanced: all classes count alike, "
        "however few examples they have",
    )
    samples: int | None = Field(
        None, ge=10, le=10_000_000, description="of points alone; left out: 500"
    )
    noise: float | None = Field(None, ge=0, le=0.5, description="of points alone; left out: 0")
    seed: int = Field(0, ge=0, le=2**32 - 1, description="of the initial weights and the order")
    init_seed: int | None = Field(
        None,
        ge=0,
        le=2**32 - 1,
        description="of the initial weights alone; left out: the seed",
    )
    order_seed: int | None = Field(
        None, ge=0, le=2**32 - 1, description="of the examples' order alone; left out: the seed"
    )
    log_every: int = Field(100, ge=1, le=MOST_STEPS, description="steps between metrics rows")
    eval_every: int = Field(
        default_factory=FOLLOWING["eval_every"],
        ge=1,
        le=MOST_STEPS,
        description="steps between validations; left out: a tenth of the steps, rounded up",
    )
    checkpoint_every: int = Field(
        default_factory=FOLLOWING["checkpoint_every"],
        ge=1,
        le=MOST_STEPS,
        description="steps between checkpoints; left out: the same as eval_every",
    )
    metric: Literal["accuracy", "r2", "loss"] | None = Field(
        None,
        description="of validation, for patience and keep: best; left out: accuracy of classes, r2 "
        "of values",
    )
    patience: Annotated[int | None, Tuned((None, 5))] = Field(
        None,
        ge=1,
        le=MOST_STEPS,
        description="validations without a better one after which a run stops; left out: it takes "
        "all steps",
    )
    min_delta: float = Field(
        0.0,
        ge=0,
        allow_inf_nan=False,
        description="how much better a validation has to be, for patience: a share, R squared, or "
        "of the loss",
    )
    keep: Literal["last", "best"] = Field(
        "last",
        description="the weights that are kept and tested: after the last step, or of the best "
        "validation",
    )
