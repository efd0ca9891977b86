"""The frozen `Config`: values of all keys that go together, and what follows from them."""

from dataclasses import replace
from typing import Any, Self

from pydantic import model_validator

from mlpcli.config.key_table import Keys
from mlpcli.config.network_size import count_parameters, hidden_widths
from mlpcli.config.optimizer import OPTIMIZER_KEYS, SGD
from mlpcli.config.stopping import STOPPING_KEYS, Stopping
from mlpcli.config.yamltext import yaml_text
from mlpcli.data import DATA_KEYS, Dataset, DataSpec, dataset_of, spec_of, whole


class Config(Keys):
    """One experiment: an MLP, how it is trained, and on what."""

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
