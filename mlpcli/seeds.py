"""Each config once for each seed, and without those that were done before."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlpcli import environment
from mlpcli.config import Config
from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.finding import find_runs
from mlpcli.runs import load_run

MAX_SEEDS = 10_000  # in one command
LARGEST = 2**32 - 1

Known = dict[str, Path]  # completed runs, by what they would be repeated from


class SeedsError(MlpcliError):
    """Seeds that are not to be understood."""

    exit_code = 2


def parse_seeds(text: str) -> tuple[int, ...]:
    """Read `5`, which is 0 to 4, or a list such as `0,3,7`. Raises SeedsError."""
    parts = text.split(",")
    numbers = [int(part) for part in parts if part.strip().isdecimal() and len(part) < 20]
    if len(parts) == 1 and numbers and 1 <= numbers[0] <= MAX_SEEDS:
        return tuple(range(numbers[0]))
    whole = len(numbers) == len(parts) > 1 and max(numbers) <= LARGEST
    if not whole or len(set(numbers)) < len(numbers) or len(numbers) > MAX_SEEDS:
        raise SeedsError(
            f"--seeds {shown(text) or repr(text)}: not a number of seeds, nor a list of them",
            f"allowed 1 to {MAX_SEEDS:,}, or for example 0,3,7; one seed alone is -s seed=3",
        )
    return tuple(numbers)


def with_seeds(
    configs: Sequence[Config], text: str | None, overrides: Sequence[str] = ()
) -> list[Config]:
    """Return each config with each seed in turn; with its own where none are asked for.

    Raises SeedsError for what are no seeds, and where an override says another.
    """
    if text is None:
        return list(configs)
    if other := [each for each in overrides if each.partition("=")[0] == "seed"]:
        raise SeedsError(f"--seeds {shown(text)} and -s {shown(other[0])}", "leave one of them out")
    seeds = parse_seeds(text)
    return [config.model_copy(update={"seed": seed}) for config in configs for seed in seeds]


def completed_runs(root: Path) -> Known:
    """Return the completed runs of a folder."""
    known: Known = {}
    paths = find_runs([str(root)], root)[0] if root.exists() else []
    for path in paths:
        try:
            run = load_run(path)
        except RunError:
            continue
        data, versions = run.info.get("data"), run.info.get("versions")
        if run.status == "completed" and isinstance(data, dict):
            known.setdefault(_identity(run.config, data.get("sha256"), versions), path)
    return known


def done_before(config: Config, known: Known) -> Path | None:
    """Return the completed run of the same config (name aside), data and versions, if any."""
    return known.get(_identity(config.resolved(), config.data.sha256, environment.versions()))


def _identity(config: Mapping[str, Any], data: object, versions: object) -> str:
    values = {key: value for key, value in config.items() if key != "name"}
    return json.dumps([values, data, versions], sort_keys=True)
