"""Which version the records on disk have, and which versions are read."""

from collections.abc import Mapping
from typing import Any

from mlpcli.errors import RunError
from mlpcli.runs.validate import whole

# 1: summary.json says test_right for test_correct, and has no version; 2: of classes alone
SCHEMA_VERSION = 3


class NewerError(RunError):
    """A record of a version that this mlpcli does not know."""


def check_version(name: str, record: Mapping[str, Any]) -> None:
    """Raise NewerError for a record of a later version, RunError for what is no version.

    `name` is its file's. A record without a version is of the first.
    """
    version = whole(record.get("schema_version", 1), 1)
    if version is None:
        raise RunError(f"{name} is damaged: schema_version is not a whole number above 0")
    if version > SCHEMA_VERSION:
        raise NewerError(
            f"{name} has schema version {version}, this mlpcli reads 1 to {SCHEMA_VERSION}: "
            "update mlpcli"
        )
