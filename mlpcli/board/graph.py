"""The network of a run as the graph that TensorFlow would draw, from its sizes alone.

Nodes are called as Keras calls those of layers of such names: hidden_1/MatMul, hidden_1/BiasAdd,
hidden_1/Relu, ..., output/BiasAdd, loss/Mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from mlpcli.data import Classification, Task

# TensorFlow's operation of each activation; of a linear one none
OPERATIONS = {"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid", "gelu": "Gelu", "elu": "Elu"}
ANY = -1  # how many examples: as many as are given
Shape = tuple[int, ...]


def layer_names(layers: int) -> list[str]:
    """Return what the weight layers are called.

    >>> layer_names(3)
    ['hidden_1', 'hidden_2', 'output']
    """
    return [*(f"hidden_{number}" for number in range(1, layers)), "output"]


def network_graph(sizes: Sequence[int], activation: str, task: Task) -> Any:
    """Return the GraphDef of a network of such sizes: from the features to the loss."""
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    names = layer_names(len(sizes) - 1)
    nodes = [_node("features", "Placeholder", (ANY, sizes[0]))]
    last = "features"
    for name, (inputs, units) in zip(names, pairwise(sizes), strict=True):
        hidden = OPERATIONS.get(activation) if name != "output" else None
        nodes += _layer(name, last, inputs, units, hidden)
        last = nodes[-1].name
    nodes += _loss(last, sizes[-1], task)
    return GraphDef(node=nodes)


def _layer(name: str, before: str, inputs: int, units: int, activation: str | None) -> list[Any]:
    """Return a dense layer's nodes, what it puts out last."""
    kernel, bias, out = f"{name}/kernel", f"{name}/bias", (ANY, units)
    nodes = [
        _node(kernel, "VariableV2", (inputs, units)),
        _node(bias, "VariableV2", (units,)),
        _node(f"{name}/MatMul", "MatMul", out, before, kernel),
        _node(f"{name}/BiasAdd", "BiasAdd", out, f"{name}/MatMul", bias),
    ]
    if activation:
        nodes.append(_node(f"{name}/{activation}", activation, out, f"{name}/BiasAdd"))
    return nodes


def _loss(outputs: str, count: int, task: Task) -> list[Any]:
    if isinstance(task, Classification):
        target = _node("target", "Placeholder", (ANY,), kind="DT_INT32")
        of_each = "SparseSoftmaxCrossEntropyWithLogits"
        shape: Shape = (ANY,)
    else:
        target = _node("target", "Placeholder", (ANY, count))
        of_each, shape = "SquaredDifference", (ANY, count)
    return [
        target,
        _node(f"loss/{of_each}", of_each, shape, outputs, "target"),
        _node("loss/Mean", "Mean", (), f"loss/{of_each}"),
    ]


def _node(name: str, operation: str, shape: Shape, *inputs: str, kind: str = "DT_FLOAT") -> Any:
    from tensorboard.compat.proto import types_pb2
    from tensorboard.compat.proto.attr_value_pb2 import AttrValue
    from tensorboard.compat.proto.node_def_pb2 import NodeDef
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

    out = TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in shape])
    shapes = AttrValue(list=AttrValue.ListValue(shape=[out]))
    attributes = {"_output_shapes": shapes, "dtype": AttrValue(type=getattr(types_pb2, kind))}
    if not inputs:
        attributes["shape"] = AttrValue(shape=out)
    return NodeDef(name=name, op=operation, input=inputs, attr=attributes)
