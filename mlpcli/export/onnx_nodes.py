"""The nodes of an ONNX graph as they are added one by one, each value by a name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from mlpcli.errors import RunError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Typed = tuple[str, str, Sequence[int | str]]  # a name, a type and a shape

OPSET, ML_OPSET, IR_VERSION = 17, 3, 8  # of 2022: what reads ONNX today reads these
MOST_BYTES = (1 << 31) - (1 << 20)  # of a protobuf, with room for the names
ML = "ai.onnx.ml"


class Nodes:
    """A graph under way; `taken` are names that none of its values may have."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, value: NDArray[Any], name: str = "constant") -> str:
        """Add a constant; return its name."""
        from onnx import numpy_helper

        free = self._free(name)
        self._constants.append(numpy_helper.from_array(value, free))
        return free

    def add(self, operation: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """Add a node; return the name of its output."""
        from onnx import helper

        domain = ML if operation == "LabelEncoder" else ""
        found = output or self._free(operation)
        node = helper.make_node(operation, inputs, [found], domain=domain, **attributes)
        self._nodes.append(node)
        return found

    def cast(self, value: str, kind: str, output: str = "") -> str:
        """Add a cast to FLOAT, DOUBLE and so on."""
        from onnx import TensorProto

        return self.add("Cast", value, output=output, to=getattr(TensorProto, kind))

    def model(self, inputs: Iterable[Typed], outputs: Iterable[Typed], said: dict[str, str]) -> Any:
        """Return the content of an ONNX file, and check its form. Raises RunError if too large."""
        import onnx
        from onnx import TensorProto, helper

        def typed(values: Iterable[Typed]) -> list[Any]:
            return [
                helper.make_tensor_value_info(name, getattr(TensorProto, kind), shape)
                for name, kind, shape in values
            ]

        if sum(len(each.raw_data) for each in self._constants) > MOST_BYTES:
            raise RunError("the network is larger than ONNX has in one file, 2 GiB")
        graph = helper.make_graph(
            self._nodes, "mlpcli", typed(inputs), typed(outputs), self._constants
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(ML, ML_OPSET)]
        model = helper.make_model(
            graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="mlpcli"
        )
        helper.set_model_props(model, said)
        onnx.checker.check_model(model)
        return model.SerializeToString()

    def _free(self, name: str) -> str:
        free, number = name, 1
        while free in self._taken:
            number += 1
            free = f"{name}_{number}"
        self._taken.add(free)
        return free
