"""A trained network that takes raw rows: how columns are made into features, as Keras layers.

Whoever has Keras loads it and gives it columns by name, without mlpcli. It computes what
`Preparation.features` does: numbers in float64, rounded once to float32.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any

import numpy as np

from mlpcli.data import Classification, DataFacts, Preparation, Task
from mlpcli.training.backend import keras

MOST_INPUTS = 2_000  # of a model that Keras builds in 4 s; 10,000 would take 150 s
CLIP = 3.0  # robust scaling lets no number be larger
UNKNOWN = "[UNK]"  # what StringLookup calls a value that training has not seen
NOBODY = "[no category]"  # stands where a column has none of its own, as StringLookup takes no less


def input_names(columns: Sequence[str]) -> dict[str, str]:
    """Return the name that each column has as an input of the model.

    It is the column's own, but for a slash, which Keras allows in no name.

    >>> input_names(["mass", "g/ml", "g_ml"])
    {'mass': 'mass', 'g/ml': 'g_ml_2', 'g_ml': 'g_ml'}
    """
    names: dict[str, str] = {}
    taken = {each for each in columns if "/" not in each}
    for column in columns:
        name, number = column.replace("/", "_"), 1
        while "/" in column and (name if number == 1 else f"{name}_{number}") in taken:
            number += 1
        names[column] = name if number == 1 else f"{name}_{number}"
        taken.add(names[column])
    return names


def with_preparation(facts: DataFacts, network: Any) -> Any:
    """Return what is kept of a network: `raw_model` of a table's, and an array's as it is.

    Also that of a table of thousands of columns, for which Keras takes minutes.
    """
    if not 0 < len(facts.input_columns) <= MOST_INPUTS:
        return network
    return raw_model(facts.input_columns, facts.preparation, facts.task, network)


def raw_model(columns: Sequence[str], preparation: Preparation, task: Task, network: Any) -> Any:
    """Return a keras.Model of a network with its preparation in front.

    It takes a dict of the columns by `input_names`, each [n, 1]: numbers float64 with NaN for a
    missing one and 0 and 1 for booleans, categories as text with "" for a missing one. It puts out
    what the network does: logits float32 [n, classes]; values it puts out in their units, float64
    [n, targets].
    """
    names = input_names(columns)
    numbers = set(preparation.numeric.names)
    inputs = {
        column: keras.Input((1,), name=name, dtype="float64" if column in numbers else "string")
        for column, name in names.items()
    }
    parts = []
    if numbers:
        parts += _numbers(preparation, [inputs[each] for each in preparation.numeric.names])
    parts += [_one_hot(each, inputs[each.name]) for each in preparation.categorical]
    outputs = _in_units(network(_joined(parts, "features")), task)
    return keras.Model({names[each]: inputs[each] for each in columns}, outputs, name="raw_rows")


def raw_array_model(
    name: str, width: int, preparation: Preparation, task: Task, network: Any
) -> Any:
    """Return a keras.Model of a network that takes rows of an array, [n, width].

    Bytes, where it was trained on bytes, and else float64 with NaN for a missing number.
    """
    is_bytes = preparation.largest_byte is not None
    given = keras.Input((width,), name=name, dtype="uint8" if is_bytes else "float64")
    numbers = [int(each) for each in preparation.columns]
    x = given
    if numbers != list(range(width)):
        x = keras.ops.take(x, np.array(numbers), axis=-1)
    if is_bytes:
        features = keras.ops.cast(x, "float32") * preparation.scale
    else:
        features = _joined(_numbers(preparation, [x]), "features")
    return keras.Model(given, _in_units(network(features), task), name="raw_rows")


def _in_units(outputs: Any, task: Task) -> Any:
    """Return what a network puts out: logits as they are, and values in their units."""
    if isinstance(task, Classification):
        return outputs
    outputs = keras.ops.cast(outputs, "float64")
    return outputs * np.array(task.scale.deviations) + np.array(task.scale.means)


def _joined(parts: Sequence[Any], name: str) -> Any:
    if len(parts) == 1:
        return parts[0]
    return keras.layers.Concatenate(name=name, dtype=parts[0].dtype)(parts)


def _numbers(preparation: Preparation, columns: Sequence[Any]) -> list[Any]:
    """Return the scaled numbers, and the indicators of missing ones if there are any."""
    fitted, ops = preparation.numeric, keras.ops
    x = _joined(columns, "numbers")
    missing = ops.isnan(x)
    x = ops.where(missing, np.array(fitted.medians)[None], x)
    scales = np.array(fitted.scales)
    # the layer Normalization would round what is subtracted to float32
    x = ops.subtract(x, np.array(fitted.centers)[None])
    x = ops.divide(x, np.where(scales > 0, scales, np.inf)[None])
    if fitted.clip:
        x = ops.divide(x, ops.sqrt(1 + ops.square(x / CLIP)))
    marked = [*compress(range(len(scales)), fitted.indicators)]
    parts = [ops.cast(x, "float32")]
    if marked:
        parts.append(ops.cast(ops.take(missing, np.array(marked), axis=-1), "float32"))
    return parts


def _one_hot(category: Any, column: Any) -> Any:
    """Return a category's places: the values, the rare and unseen ones, the missing ones."""
    # where some are missing "" says so, and no category is called so
    known = [each or NOBODY if category.missing else each for each in category.values]
    known += [""] * category.missing
    known = known or [NOBODY]
    unknown = UNKNOWN
    while unknown in known:
        unknown += "_"
    lookup = keras.layers.StringLookup(vocabulary=known, oov_token=unknown, mask_token=None)
    encoding = keras.layers.CategoryEncoding(num_tokens=len(known) + 1, output_mode="one_hot")
    # the lookup counts what it does not know as 0, and the others from 1
    places = [*range(1, len(category.values) + 1)]
    places += [0] * category.rare
    places += [len(known)] * category.missing  # the last
    return keras.ops.take(encoding(lookup(column)), np.array(places), axis=-1)
