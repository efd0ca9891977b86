"""The frozen `Config`: the table of keys with their defaults, strict YAML in, resolved YAML out."""

from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlpcli.config.defaults import FOLLOWING
from mlpcli.config.network_size import MOST_LAYERS, count_parameters, hidden_widths
from mlpcli.config.optimizer import OPTIMIZER_KEYS, SGD
from mlpcli.config.stopping import STOPPING_KEYS, Stopping
from mlpcli.config.tuned import Tuned
from mlpcli.config.value_types import DEEP, POWERS, Column, Columns, Name, Names, Part, Units
from mlpcli.config.yamltext import yaml_text
from mlpcli.data import BUILT_IN, DATA_KEYS, Dataset, DataSpec, dataset_of, spec_of, whole

MOST_STEPS = 100_000_000


class Config(BaseModel):
    """One experiment: an MLP, how it is trained, and on what."""

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

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        """Raise ValueError, and so pydantic's ValidationError, where values do not go together."""
        from mlpcli.config.conflicts import conflicts  # which says what the schema allows

        problems = conflicts(dict(self), self.model_fields_set)
        if text := "; ".join(f"{key}: {problem}" for key, problem in problems):
            raise ValueError(text)
        return self

    @property
    def data(self) -> Dataset:
        """What is known of the data set before it is loaded. Raises DataError for a file's."""
        return dataset_of(self.data_spec)

    @property
    def data_spec(self) -> DataSpec:
        """Which examples it is trained on."""
        return spec_of(dict(self))

    @property
    def hidden_widths(self) -> tuple[int, ...]:
        """The units of each hidden layer: layers - 1 numbers."""
        return hidden_widths(self.layers, self.width)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers that go into the network, into each layer after the first, and out."""
        return (self.data.inputs, *self.hidden_widths, self.data.outputs)

    @property
    def parameters(self) -> int:
        """How many weights and biases the network has."""
        return count_parameters(self.data.inputs, self.hidden_widths, self.data.outputs)

    @property
    def weights_seed(self) -> int:
        """The seed of the initial weights."""
        return self.seed if self.init_seed is None else self.init_seed

    @property
    def batches_seed(self) -> int:
        """The seed of the examples' order."""
        return self.seed if self.order_seed is None else self.order_seed

    @property
    def optimizer(self) -> SGD:
        """What updates the weights."""
        return SGD(**{key: getattr(self, key) for key in OPTIMIZER_KEYS})

    @property
    def stopping(self) -> Stopping:
        """When the run stops before its last step, and which weights are kept."""
        return Stopping(**{key: getattr(self, key) for key in STOPPING_KEYS})

    def resolved(self) -> dict[str, Any]:
        """Every key with its value, but for those that have no meaning.

        One layer has no width, epochs are steps by then, and data that a name tells all of have no
        other keys. A run without patience has no min_delta.
        """
        values = self.model_dump(mode="json")
        plain = replace(whole(self.data_spec), class_weights="none").is_plain
        unused = {key for key in DATA_KEYS[1:] if plain or values[key] in (None, [])}
        unused -= {"class_weights"} if self.class_weights != "none" else set()
        unused -= {"train_examples"} if self.train_examples is not None else set()
        unused |= {"epochs", *(("width",) if self.layers == 1 else ())}
        optional = ("metric", "patience", "init_seed", "order_seed")
        unused |= {key for key in optional if values[key] is None}
        unused |= {"min_delta"} if self.patience is None else set()
        return {key: value for key, value in values.items() if key not in unused}

    def to_yaml(self) -> str:
        """Return the resolved config; loading it gives an equal Config."""
        return yaml_text(self.resolved())
