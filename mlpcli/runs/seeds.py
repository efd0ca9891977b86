"""Each config once for each seed, and without those that were done before."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlpcli.config.schema import Config
from mlpcli.errors import MlpcliError, shown
from mlpcli.runs import provenance as environment
from mlpcli.runs.find import runs_in
from mlpcli.runs.many import read_all
from mlpcli.runs.read import alike, data_digest, load_run
from mlpcli.stats.verdicts import MAX_SEEDS

LARGEST = 2**32 - 1


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
    if not whole or len(numbers) > MAX_SEEDS:
        raise SeedsError(
            f"--seeds {shown(text) or repr(text)}: not a number of seeds, nor a list of them",
            f"allowed 1 to {MAX_SEEDS:,}, or for example 0,3,7; one seed alone is -s seed=3",
        )
    if twice := [seed for seed, count in Counter(numbers).items() if count > 1]:
        raise SeedsError(
            f"--seeds {shown(text)}: seed {twice[0]} is said twice",
            "a seed gives the same run each time; for example 0,3,7",
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


def undone(
    configs: Sequence[Config], root: Path
) -> tuple[list[Config], list[tuple[Config, Path]], list[str]]:
    """Part configs into those to train and those with a completed run in a folder, and its path.

    The same means the same config (name aside), data and versions; of two that are the same, one
    is to train. Also return a warning for each run directory that cannot be read.
    """
    paths, unclear = runs_in(root)
    runs, damaged = read_all(load_run, paths)
    done_before = {
        _identity(run.config, data_digest(run.info), run.info.get("versions")): run.path
        for run in reversed(runs)
        if run.status == "completed"
    }
    left: dict[tuple[str, str, str], Config] = {}
    done: list[tuple[Config, Path]] = []
    versions = environment.versions()
    for config in configs:
        identity = _identity(config.resolved(), config.data.sha256, versions)
        if identity in done_before:
            done.append((config, done_before[identity]))
        else:
            left.setdefault(identity, config)
    return list(left.values()), done, [*unclear, *damaged]


def _identity(config: Mapping[str, Any], data: str, versions: object) -> tuple[str, str, str]:
    return alike(config, "name"), data, json.dumps(versions, sort_keys=True)
