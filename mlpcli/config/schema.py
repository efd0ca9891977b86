"""The frozen `Config`: the table of keys with their defaults, strict YAML in, resolved YAML out."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mlpcli.config.defaults import FOLLOWING
from mlpcli.config.dialect import with_dialect
from mlpcli.config.network_size import MOST_LAYERS, count_parameters, hidden_widths
from mlpcli.config.optimizer import OPTIMIZER_KEYS, SGD
from mlpcli.config.yamltext import yaml_text
from mlpcli.data import DATASETS, Dataset

MOST_STEPS = 100_000_000
Units = Annotated[int, Field(ge=1, le=16_384)]


class Config(BaseModel):
    """One experiment: an MLP, how it is trained, and on what."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, title="mlpcli config")

    name: str = Field(
        # neither hidden, nor a folder, nor like an option
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$",
        description="1 to 64 letters, digits, '.', '_' or '-', no '.' or '-' first; names the run "
        "directory",
    )
    # from a registry, which mypy cannot follow
    dataset: Literal[*DATASETS] = Field("mnist", description="to train on")  # type: ignore[valid-type]
    layers: int = Field(
        ge=1, le=MOST_LAYERS, description="weight layers, the output layer included"
    )
    width: Units | tuple[Units, ...] = Field(
        (),
        description="units of each hidden layer, or a list with one number for each; "
        "required for two layers or more",
    )
    activation: Literal["relu", "tanh", "sigmoid", "gelu", "elu", "linear"] = Field(
        "relu", description="of the hidden layers; Keras's names"
    )
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
    learning_rate: float = Field(gt=0, allow_inf_nan=False, description="of SGD")
    momentum: float = Field(0.0, ge=0, lt=1, description="of SGD, as Keras has it")
    nesterov: bool = Field(False, description="look ahead along the momentum; needs one above 0")
    weight_decay: float = Field(
        0.0, ge=0, allow_inf_nan=False, description="decoupled, as Keras's SGD has it"
    )
    decay: Literal["constant", "linear", "cosine"] = Field(
        "constant", description="of the learning rate, to zero at the last step"
    )
    warmup_steps: int = Field(
        0, ge=0, le=MOST_STEPS, description="the learning rate rises linearly over these"
    )
    steps: int = Field(ge=1, le=MOST_STEPS, description="SGD updates, one batch each")
    batch_size: int = Field(ge=1, description="examples a step, up to the training set's size")
    order: Literal["shuffle", "sequential"] = Field(
        "shuffle", description="of the training examples: a new permutation each epoch, or as filed"
    )
    seed: int = Field(0, ge=0, le=2**32 - 1, description="of the initial weights and the order")
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
        """What is known of the data set before it is loaded."""
        return DATASETS[self.dataset]

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
    def optimizer(self) -> SGD:
        """What updates the weights."""
        return SGD(**{key: getattr(self, key) for key in OPTIMIZER_KEYS})

    def resolved(self) -> dict[str, Any]:
        """Every key with its value; `width` is left out for one layer, where it has no meaning."""
        values = self.model_dump(mode="json")
        return values if self.layers > 1 else {k: v for k, v in values.items() if k != "width"}

    def to_yaml(self) -> str:
        """Return the resolved config; loading it gives an equal Config."""
        return yaml_text(self.resolved())


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a config file, for editors."""
    schema = Config.model_json_schema()
    schema["required"].remove("name")  # its default depends on the file's name
    del schema["properties"]["width"]["default"]  # left out is not the same as an empty list
    return with_dialect(schema)
