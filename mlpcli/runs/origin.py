"""Where a run came from, as its run.json says, read without trust."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from mlpcli.data import DataFacts, facts_of
from mlpcli.runs.validate import whole

TEXT = 2_000  # characters kept of a text: a command may be long
ITEMS = 50  # kept of a list or a mapping
MOST_THREADS = 1_000_000
# keys of a config that part the rows of a data set otherwise than it does by itself
OF_PARTS = ("validation", "test", "split", "split_by", "split_seed", "folds")


def text(value: object) -> str | None:
    """Return a text, cut where it is very long; None for what is none."""
    return value[:TEXT] if isinstance(value, str) else None


def environment_of(info: Mapping[str, Any]) -> dict[str, Any]:
    """Return versions, environment variables, git, host, cpu, threads and gpus."""
    git = info.get("git")
    git = git if isinstance(git, dict) else {}
    gpus = info.get("gpus")
    dirty = git.get("dirty")
    return {
        "versions": _texts(info.get("versions")),
        "environment": _texts(info.get("environment")),
        "git": {
            "commit": text(git.get("commit")),
            "dirty": dirty if isinstance(dirty, bool) else None,
        },
        "host": text(info.get("host")),
        "cpu": text(info.get("cpu")),
        "threads": whole(info.get("threads"), 1, MOST_THREADS),
        "gpus": [text(each) for each in gpus[:ITEMS]] if isinstance(gpus, list) else [],
    }


def _texts(values: object) -> dict[str, str | None]:
    """Return the texts of a mapping, as many as may be shown."""
    named = list(values.items())[:ITEMS] if isinstance(values, dict) else []
    return {key[:TEXT]: text(value) for key, value in named}


def data_of(info: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the name and the SHA-256 of the data that a run was trained on."""
    stated = info.get("data")
    stated = stated if isinstance(stated, dict) else {}
    name = text(config.get("dataset")) or text(stated.get("name"))
    return {"name": name, "sha256": text(stated.get("sha256"))}


def data_facts(info: Mapping[str, Any], config: Mapping[str, Any]) -> DataFacts | None:
    """Return what is known of the data that a run was trained on; None where nobody knows.

    Of a data set that is built in, whatever run.json says of it, where its rows are parted as they
    are by themselves.
    """
    stated, named = info.get("data"), data_of(info, config)
    parted = any(config.get(key) for key in OF_PARTS)
    if known := None if parted else facts_of(named["name"], named["sha256"]):
        some = whole(config.get("train_examples"), 1, known.train_examples)
        return msgspec.structs.replace(known, train_examples=some) if some else known
    try:
        return msgspec.convert(stated, DataFacts)
    except (msgspec.ValidationError, RecursionError):
        return None


def data_digest(info: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the data that a run was trained on, empty if run.json has none."""
    data = info.get("data")
    digest = data.get("sha256") if isinstance(data, dict) else None
    return digest if isinstance(digest, str) else ""
