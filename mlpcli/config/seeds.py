"""The seeds that a config is trained with: `5`, which is 0 to 4, or a list."""

from collections import Counter
from collections.abc import Sequence

from mlpcli.config.schema import Config
from mlpcli.errors import MlpcliError, shown
from mlpcli.stats import MAX_SEEDS

LARGEST_SEED = 2**32 - 1


class SeedsError(MlpcliError):
    """Seeds that are not to be understood."""

    exit_code = 2


def parse_seeds(text: str) -> tuple[int, ...]:
    """Read `5`, which is 0 to 4, or a list such as `0,3,7`. Raises SeedsError."""
    parts = text.split(",")
    numbers = [int(part) for part in parts if part.strip().isdecimal() and len(part) < 20]
    if len(parts) == 1 and numbers and 1 <= numbers[0] <= MAX_SEEDS:
        return tuple(range(numbers[0]))
    whole = len(numbers) == len(parts) > 1 and max(numbers) <= LARGEST_SEED
    if not whole or len(numbers) > MAX_SEEDS:
        raise SeedsError(
            f"--seeds {shown(text) or repr(text)}: not a number of seeds, nor a list of them",
            f"allowed 1 to {MAX_SEEDS:,}, or for example 0,3,7; one seed alone is -s seed=3",
        )
    if twice := [seed for seed, count in Counter(numbers).items() if count > 1]:
        raise SeedsError(
            f"--seeds {shown(text)}: seed {twice[0]} is given twice",
            "a seed gives the same run each time; for example 0,3,7",
        )
    return tuple(numbers)


def with_seeds(
    configs: Sequence[Config], text: str | None, overrides: Sequence[str] = ()
) -> list[Config]:
    """Return each config with each seed in turn; with its own where none are asked for.

    Raises SeedsError for what are no seeds, and where an override gives another.
    """
    if text is None:
        return list(configs)
    if other := [each for each in overrides if each.partition("=")[0] == "seed"]:
        raise SeedsError(f"--seeds {shown(text)} and -s {shown(other[0])}", "leave one of them out")
    seeds = parse_seeds(text)
    return [config.model_copy(update={"seed": seed}) for config in configs for seed in seeds]
