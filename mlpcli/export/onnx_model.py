"""A trained network as an ONNX file that takes raw rows: its preparation, layers and answers."""

from __future__ import annotations

import json
from itertools import compress
from typing import TYPE_CHECKING, Any

from mlpcli.data import Categorical, Classification
from mlpcli.errors import RunError, shown
from mlpcli.export.onnx_nodes import Nodes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mlpcli.export.onnx_nodes import Typed
    from mlpcli.training import Portable

CLIP = 3.0  # robust scaling lets no number be larger
NOBODY = "[no category]"  # LabelEncoder takes no less than one
ROWS = "rows"  # how many there are is open


def onnx_model(portable: Portable) -> bytes:
    """Return the content of an ONNX file.

    Its inputs are the columns, [rows, 1]: numbers double with NaN for a missing one, categories
    text with "" for a missing one; of arrays one input, [rows, columns]. Raises RunError where
    it would be too large.
    """
    inputs = _inputs(portable)
    nodes = Nodes([*(name for name, _, _ in inputs), *portable.outputs])
    last = _layers(nodes, portable, _features(nodes, portable))
    outputs = _outputs(nodes, portable, last)
    task = portable.facts.task
    said = {"data": portable.facts.name, "task": task.kind}
    if isinstance(task, Classification):
        said["classes"] = json.dumps(task.classes)
    content: bytes = nodes.model(inputs, outputs, said)
    return content


def onnx_answers(content: bytes, columns: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return what onnxruntime makes of rows. Raises RunError where it does not run the file."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors alone
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(content, options, ["CPUExecutionProvider"])
        names = [each.name for each in session.get_outputs()]
        return dict(zip(names, session.run(names, dict(columns)), strict=True))
    except Exception as error:  # its errors have no class in common
        raise RunError(f"onnxruntime does not run the file: {shown(error, 200)}") from error


def _inputs(portable: Portable) -> list[Typed]:
    preparation = portable.preparation
    if portable.array:
        kind = "UINT8" if preparation.largest_byte else "DOUBLE"
        return [(portable.array, kind, [ROWS, portable.width])]
    numbers = set(preparation.numeric.names)
    return [
        (name, "DOUBLE" if name in numbers else "STRING", [ROWS, 1])
        for name in portable.facts.input_columns
    ]


def _features(nodes: Nodes, portable: Portable) -> str:
    import numpy as np

    preparation = portable.preparation
    if portable.array:
        x = portable.array
        if not portable.uses_all:
            x = nodes.add("Gather", x, nodes.constant(np.array(portable.array_columns)), axis=1)
        if preparation.largest_byte:
            scale = nodes.constant(np.array(preparation.scale, np.float32))
            return nodes.add("Mul", nodes.cast(x, "FLOAT"), scale)
        return nodes.add("Concat", *_numbers(nodes, portable, x), axis=1)
    parts = []
    if names := preparation.numeric.names:
        parts += _numbers(nodes, portable, nodes.add("Concat", *names, axis=1))
    parts += [_one_hot(nodes, each) for each in preparation.categorical]
    return nodes.add("Concat", *parts, axis=1)


def _numbers(nodes: Nodes, portable: Portable, x: str) -> list[str]:
    """Add what makes of numbers the scaled ones, and the indicators of missing ones."""
    import numpy as np

    fitted = portable.preparation.numeric
    scales = np.array([fitted.scales])
    missing = nodes.add("IsNaN", x)
    z = nodes.add("Where", missing, nodes.constant(np.array([fitted.medians])), x)
    z = nodes.add("Sub", z, nodes.constant(np.array([fitted.centers])))
    z = nodes.add("Div", z, nodes.constant(np.where(scales > 0, scales, np.inf)))
    if fitted.clip:
        part = nodes.add("Div", z, nodes.constant(np.array(CLIP)))
        square = nodes.add("Mul", part, part)
        root = nodes.add("Sqrt", nodes.add("Add", square, nodes.constant(np.array(1.0))))
        z = nodes.add("Div", z, root)
    parts = [nodes.cast(z, "FLOAT")]
    if any(fitted.indicators):
        marked = np.array([*compress(range(scales.size), fitted.indicators)])
        chosen = nodes.add("Gather", missing, nodes.constant(marked), axis=1)
        parts.append(nodes.cast(chosen, "FLOAT"))
    return parts


def _one_hot(nodes: Nodes, category: Categorical) -> str:
    """Add what makes of text its place, a number, and of that a 1 among zeros."""
    import numpy as np

    from mlpcli.training import category_places

    places, other = category_places(category)
    known = places or {NOBODY: other}
    place = nodes.add(
        "LabelEncoder",
        category.name,
        keys_strings=[*known],
        values_int64s=[*known.values()],
        default_int64=other,
    )
    width = len(category.values) + category.rare + category.missing
    every = nodes.constant(np.arange(width)[None])
    return nodes.cast(nodes.add("Equal", place, every), "FLOAT")


def _layers(nodes: Nodes, portable: Portable, x: str) -> str:
    for nth, (kernel, biases) in enumerate(portable.layers, 1):
        named = nodes.constant(kernel, f"kernel_{nth}"), nodes.constant(biases, f"biases_{nth}")
        x = nodes.add("Gemm", x, *named)
        if nth < len(portable.layers):
            x = _activated(nodes, portable.activation, x)
    return x


def _activated(nodes: Nodes, activation: str, x: str) -> str:
    import numpy as np

    if activation == "linear":
        return x
    if activation != "gelu":
        return nodes.add(activation.capitalize(), x)
    # x (1 + erf(x / sqrt(2))) / 2: the operation Gelu is of 2023
    root, one, half = (
        nodes.constant(np.array(each, np.float32)) for each in (np.sqrt(0.5), 1.0, 0.5)
    )
    share = nodes.add("Add", nodes.add("Erf", nodes.add("Mul", x, root)), one)
    return nodes.add("Mul", nodes.add("Mul", x, share), half)


def _outputs(nodes: Nodes, portable: Portable, last: str) -> list[Typed]:
    """Add what makes answers of the last layer's outputs."""
    import numpy as np

    task, names = portable.facts.task, portable.outputs
    if isinstance(task, Classification):
        likeliest = nodes.add("ArgMax", last, axis=1, keepdims=1)
        numbers = [*range(task.outputs)]
        nodes.add(
            "LabelEncoder", likeliest, output=names[0],
            keys_int64s=numbers, values_strings=task.classes, default_string="",
        )  # fmt: skip
        nodes.add("Softmax", last, axis=1, output=names[1])
        return [(names[0], "STRING", [ROWS, 1]), (names[1], "FLOAT", [ROWS, task.outputs])]
    values = nodes.cast(last, "DOUBLE")
    values = nodes.add("Mul", values, nodes.constant(np.array([task.scale.deviations])))
    values = nodes.add("Add", values, nodes.constant(np.array([task.scale.means])))
    for nth, name in enumerate(names):
        nodes.add("Gather", values, nodes.constant(np.array([nth])), axis=1, output=name)
    return [(name, "DOUBLE", [ROWS, 1]) for name in names]
