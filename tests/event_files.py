"""Event files read back, each record held against its checksums."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tensorboard.compat.proto.event_pb2 import Event

from mlpcli.board.records import record


def events_in(path: Path) -> list[Any]:
    """Return the events of a file."""
    return [Event.FromString(each) for each in contents(path.read_bytes())]


def contents(content: bytes) -> Iterator[bytes]:
    """Yield the records' contents."""
    while content:
        (length,) = struct.unpack("<Q", content[:8])
        found = content[12 : 12 + length]
        assert content[: 16 + length] == record(found)
        yield found
        content = content[16 + length :]


def scalars(events: list[Any]) -> dict[str, dict[int, float]]:
    """Return the numbers by tag and step."""
    found: dict[str, dict[int, float]] = {}
    for event in events:
        for value in event.summary.value:
            if value.HasField("simple_value"):
                found.setdefault(value.tag, {})[event.step] = value.simple_value
    return found


def hyperparameters(events: list[Any]) -> dict[str, Any]:
    """Return what the plugin for hyper-parameters is told, by tag."""
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    return {
        value.tag: HParamsPluginData.FromString(value.metadata.plugin_data.content)
        for event in events
        for value in event.summary.value
        if value.metadata.plugin_data.plugin_name == "hparams"
    }


def event_file(folder: Path) -> Path:
    """Return the one event file in a run's folder."""
    (found,) = folder.glob("events.out.tfevents.*")
    return found
