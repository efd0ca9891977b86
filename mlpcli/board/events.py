"""Events, each a step at a time of day: what TensorBoard is told of a run, as protocol buffers.

A number is a `simple_value`: float32, which is what TensorBoard keeps of any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = "brain.Event:2"  # says that a restart is told, not guessed from the steps
HISTOGRAMS = "histograms"  # TensorBoard's plugin


@dataclass(frozen=True)
class Moment:
    """After which step, and when in seconds since 1970."""

    step: int
    time: float


def opening(time: float) -> Iterator[bytes]:
    """Yield what a file begins with; what a file before it said of the run is void."""
    from tensorboard.compat.proto.event_pb2 import Event, SessionLog

    yield _bytes(Event(wall_time=time, file_version=FORMAT))
    log = SessionLog(status=SessionLog.START)
    yield _bytes(Event(wall_time=time, step=0, session_log=log))


def scalars(at: Moment, values: Mapping[str, float]) -> bytes:
    """Return numbers by their tags."""
    from tensorboard.compat.proto.summary_pb2 import Summary

    found = [Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
    return _event(at, summary=Summary(value=found))


def graph(at: Moment, definition: Any) -> bytes:
    """Return a GraphDef."""
    return _event(at, graph_def=definition.SerializeToString())


def histograms(at: Moment, found: Mapping[str, NDArray[np.float64]]) -> bytes:
    """Return histograms [buckets, 3] by their tags: of each bucket left, right and count."""
    from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
    from tensorboard.compat.proto.types_pb2 import DT_DOUBLE

    about = SummaryMetadata(
        plugin_data=SummaryMetadata.PluginData(plugin_name=HISTOGRAMS),
        data_class="DATA_CLASS_TENSOR",
    )
    values = [
        Summary.Value(
            tag=tag,
            metadata=about,
            tensor=TensorProto(
                dtype=DT_DOUBLE,
                tensor_shape=TensorShapeProto(
                    dim=[TensorShapeProto.Dim(size=size) for size in each.shape]
                ),
                tensor_content=each.astype("<f8").tobytes(),
            ),
        )
        for tag, each in found.items()
    ]
    return _event(at, summary=Summary(value=values))


def about_session(at: Moment, tag: str, content: Any) -> bytes:
    """Return what the plugin for hyper-parameters reads: all of it is in the metadata."""
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
    from tensorboard.compat.proto.types_pb2 import DT_FLOAT
    from tensorboard.plugins.hparams.metadata import create_summary_metadata

    nothing = TensorProto(
        dtype=DT_FLOAT, tensor_shape=TensorShapeProto(dim=[TensorShapeProto.Dim(size=0)])
    )
    value = Summary.Value(tag=tag, metadata=create_summary_metadata(content), tensor=nothing)
    return _event(at, summary=Summary(value=[value]))


def _event(at: Moment, **what: Any) -> bytes:
    from tensorboard.compat.proto.event_pb2 import Event

    return _bytes(Event(wall_time=at.time, step=at.step, **what))


def _bytes(message: Any) -> bytes:
    found: bytes = message.SerializeToString(deterministic=True)
    return found
