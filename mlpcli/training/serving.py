"""A trained network as files of Keras and TensorFlow that take raw rows, and what they answer.

In each, all of the preparation is in the model: a SavedModel computes it in float64, as training
did; LiteRT has no float64, and subtracts a center in two parts, so that no digit is lost.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.data import Categorical, Classification
from mlpcli.errors import RunError, shown
from mlpcli.training.backend import keras, memory_errors, without_chatter
from mlpcli.training.backend import tensorflow as tf
from mlpcli.training.model import network, to_bytes
from mlpcli.training.portable import Portable, category_places, identifiers
from mlpcli.training.raw_model import (
    CLIP,
    MOST_INPUTS,
    NOBODY,
    input_names,
    raw_array_model,
    raw_model,
)

Columns = Mapping[str, NDArray[Any]]  # float64 or text [n, 1] by column, or an array [n, columns]
Answers = dict[str, NDArray[Any]]  # by the names of the outputs


def keras_model(portable: Portable) -> bytes:
    """Return the content of a .keras file that takes raw rows and puts out what model.keras does.

    Raises RunError for a table of so many columns that Keras would take minutes.
    """
    facts = portable.facts
    if len(facts.input_columns) > MOST_INPUTS:
        raise RunError(
            f"Keras builds no model of more than {MOST_INPUTS:,} columns in reasonable time, "
            f"got {len(facts.input_columns):,}",
            "--format onnx",
        )
    with memory_errors():
        built, task = _network(portable), facts.task
        if portable.array:
            return to_bytes(
                raw_array_model(portable.array, portable.width, portable.preparation, task, built)
            )
        return to_bytes(raw_model(facts.input_columns, portable.preparation, task, built))


def _network(portable: Portable) -> Any:
    sizes = [len(portable.weights[0]), *(len(biases) for _, biases in portable.layers)]
    zeros = [keras.initializers.Zeros()] * len(portable.layers)
    model = network(sizes, portable.activation, zeros)
    model.set_weights(list(portable.weights))
    return model


def keras_answers(content: bytes, columns: Columns, portable: Portable) -> Answers:
    """Return what a .keras file gives: logits or values, by the name "outputs"."""
    with tempfile.TemporaryDirectory() as folder, memory_errors():
        path = Path(folder) / "model.keras"
        path.write_bytes(content)
        model = keras.saving.load_model(path)
        names = input_names([*columns])
        rows = {names[each]: tf.constant(value) for each, value in columns.items()}
        return {"outputs": model(rows[portable.array] if portable.array else rows).numpy()}


def write_saved_model(portable: Portable, folder: Path) -> None:
    """Write a SavedModel into a folder that is made. Raises RunError where it cannot be."""
    with without_chatter():
        _save(portable, folder, tf.float64)


def saved_model_answers(folder: Path, columns: Columns, portable: Portable) -> Answers:
    """Return what the signature `serving_default` of a SavedModel gives."""
    with memory_errors(), without_chatter():
        loaded = tf.saved_model.load(str(folder))
        found = loaded.signatures["serving_default"](**_arguments(columns, tf.constant))
    return {name: found[each].numpy() for name, each in identifiers(portable.outputs).items()}


def litert_model(portable: Portable) -> bytes:
    """Return the content of a .tflite file, of LiteRT's own operations alone."""
    with tempfile.TemporaryDirectory() as folder, memory_errors(), without_chatter():
        _save(portable, Path(folder) / "saved", tf.float32)
        converter = tf.lite.TFLiteConverter.from_saved_model(str(Path(folder) / "saved"))
        content: bytes = converter.convert()
    return content


def litert_answers(content: bytes, columns: Columns, portable: Portable) -> Answers:
    """Return what the signature of a .tflite file gives."""
    with memory_errors(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that TensorFlow's copy of the interpreter will go
        plain = tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        interpreter = tf.lite.Interpreter(
            model_content=content, experimental_op_resolver_type=plain
        )
        run = interpreter.get_signature_runner()
        found = run(**_arguments(columns, _narrow))
    return {name: found[each] for name, each in identifiers(portable.outputs).items()}


def _narrow(values: NDArray[Any]) -> NDArray[Any]:
    """Return an input of LiteRT: text as bytes, float64 as float32."""
    if values.dtype == object:
        return np.array([[each.encode() for each in row] for row in values], object)
    return values.astype("float32") if values.dtype == np.float64 else values


def _arguments(columns: Columns, as_input: Any) -> dict[str, Any]:
    names = identifiers(columns)
    return {names[column]: as_input(values) for column, values in columns.items()}


def _save(portable: Portable, folder: Path, dtype: Any) -> None:
    """Write a SavedModel whose numbers are of a type. Raises RunError where it cannot be."""
    names = identifiers(portable.facts.input_columns or (portable.array,))
    numbers = set(portable.preparation.numeric.names)

    def spec(column: str) -> Any:
        if portable.array:
            kind = tf.uint8 if portable.is_bytes else dtype
            return tf.TensorSpec((None, portable.width), kind, names[column])
        kind = dtype if column in numbers else tf.string
        return tf.TensorSpec((None, 1), kind, names[column])

    module = tf.Module()
    module.weights = [tf.Variable(each) for each in portable.weights]

    @tf.function(  # type: ignore[untyped-decorator]
        input_signature=[{name: spec(column) for column, name in names.items()}], autograph=False
    )
    def serve(columns: Any) -> Any:
        given = {column: columns[name] for column, name in names.items()}
        outputs = _layers(portable, module.weights, _features(portable, given, dtype))
        return _answers(portable, outputs, dtype)

    module.serve = serve
    try:
        tf.saved_model.save(module, str(folder), signatures=serve)
    except tf.errors.OpError as error:
        said = error.message.rpartition("; ")[2].partition(" [Op:")[0]
        raise RunError(f"a SavedModel cannot be written: {shown(said, 200)}") from error


def _features(portable: Portable, given: Mapping[str, Any], dtype: Any) -> Any:
    preparation = portable.preparation
    if portable.array:
        x = given[portable.array]
        x = x if portable.uses_all else tf.gather(x, portable.array_columns, axis=1)
        if preparation.largest_byte:
            return tf.cast(x, tf.float32) * np.float32(preparation.scale)
        return tf.concat(_numbers(portable, x, dtype), 1)
    parts = []
    if names := preparation.numeric.names:
        parts += _numbers(portable, tf.concat([given[each] for each in names], 1), dtype)
    parts += [_one_hot(each, given[each.name]) for each in preparation.categorical]
    return tf.concat(parts, 1)


def _numbers(portable: Portable, x: Any, dtype: Any) -> list[Any]:
    """Return the scaled numbers and the indicators of missing ones."""
    fitted, kind = portable.preparation.numeric, dtype.as_numpy_dtype
    centers, scales = np.array([fitted.centers]), np.array([fitted.scales])
    main = centers.astype(kind)
    missing = tf.math.is_nan(x)
    # both differences are exact for numbers near the center, where one would lose digits
    z = tf.where(missing, (np.array([fitted.medians]) - main).astype(kind), x - main)
    z = z - (centers - main).astype(kind)
    z = z / np.where(scales > 0, scales, np.inf).astype(kind)
    if fitted.clip:
        z = z / tf.sqrt(1 + tf.square(z / CLIP))
    marked = [*compress(range(scales.size), fitted.indicators)]
    parts = [tf.cast(z, tf.float32)]
    if marked:
        parts.append(tf.cast(tf.gather(missing, marked, axis=1), tf.float32))
    return parts


def _one_hot(category: Categorical, text: Any) -> Any:
    """Return a category's places, by comparisons, which LiteRT has for text."""
    places, other = category_places(category)
    inverse = {place: each for each, place in places.items()}
    width = len(category.values) + category.rare + category.missing
    # a category "" beside missing ones is taken for one of them: no text has its place
    known = np.array(
        [[inverse.get(each, NOBODY) for each in range(width) if each != other]], object
    )
    equal = tf.cast(tf.equal(text, tf.constant(known, tf.string)), tf.float32)
    if other < 0:
        return equal
    rest = 1 - tf.reduce_sum(equal, axis=1, keepdims=True)
    return tf.concat([equal[:, :other], rest, equal[:, other:]], 1)


def _layers(portable: Portable, weights: Any, x: Any) -> Any:
    activation, last = keras.activations.get(portable.activation), len(weights) - 2
    for nth in range(0, len(weights), 2):
        x = tf.matmul(x, weights[nth]) + weights[nth + 1]
        x = x if nth == last else activation(x)
    return x


def _answers(portable: Portable, outputs: Any, dtype: Any) -> dict[str, Any]:
    task, names = portable.facts.task, [*identifiers(portable.outputs).values()]
    if isinstance(task, Classification):
        classes = tf.constant(np.array(task.classes, object), tf.string)
        likeliest = tf.gather(classes, tf.argmax(outputs, -1, output_type=tf.int32))
        return dict(zip(names, (likeliest[:, None], tf.nn.softmax(outputs)), strict=True))
    kind = dtype.as_numpy_dtype
    values = tf.cast(outputs, dtype) * np.array(task.scale.deviations, kind)
    values = values + np.array(task.scale.means, kind)
    return {name: values[:, nth : nth + 1] for nth, name in enumerate(names)}
