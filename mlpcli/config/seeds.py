"""The seeds that a config is trained with: `5`, which is 0 to 4, or a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from mlpcli.config.identity import SEED_KEYS
from mlpcli.errors import MlpcliError, shown
from mlpcli.stats import MAX_SEEDS

if TYPE_CHECKING:
    from mlpcli.config.schema import Config  # pydantic takes 60 ms, which compare does without

LARGEST_SEED = 2**32 - 1
NOISE_KEYS = SEED_KEYS[1:]


class SeedsError(MlpcliError):
    """Seeds that are not to be understood."""

    exit_code = 2


def parse_seeds(text: str, option: str = "--seeds", key: str = "seed") -> tuple[int, ...]:
    """Read `5`, which is 0 to 4, or a list such as `0,3,7`, of an option. Raises SeedsError."""
    parts = text.split(",")
    numbers = [int(part) for part in parts if part.strip().isdecimal() and len(part) < 20]
    if len(parts) == 1 and numbers and 1 <= numbers[0] <= MAX_SEEDS:
        return tuple(range(numbers[0]))
    whole = len(numbers) == len(parts) > 1 and max(numbers) <= LARGEST_SEED
    if not whole or len(numbers) > MAX_SEEDS:
        raise SeedsError(
            f"{option} {shown(text) or repr(text)}: not a number of seeds, nor a list of them",
            f"allowed 1 to {MAX_SEEDS:,}, or for example 0,3,7; one seed alone is -s {key}=3",
        )
    if twice := [seed for seed, count in Counter(numbers).items() if count > 1]:
        raise SeedsError(
            f"{option} {shown(text)}: seed {twice[0]} is given twice",
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


def require_seed_matters(config: Config, option: str) -> None:
    """Raise SeedsError where weights and order have seeds of their own: `seed` does nothing.

    Of a subset of the training rows it draws the rows.
    """
    if None not in (config.init_seed, config.order_seed) and config.train_examples is None:
        raise SeedsError(
            f"{option}: {shown(config.name)} has init_seed and order_seed, so that every seed "
            "gives the same run",
            "leave one of the three out; --init-seeds and --order-seeds vary the other two",
        )


def with_noise(
    configs: Sequence[Config], init: str | None, order: str | None, overrides: Sequence[str] = ()
) -> list[Config]:
    """Return each config with each seed of the weights crossed with each of the order.

    Without either the config's own seed stands for it. Raises SeedsError for what are no seeds,
    and where an override gives another.
    """
    sources = {"init_seed": init, "order_seed": order}
    given: dict[str, tuple[int | None, ...]] = {}
    for key, text in sources.items():
        option = f"--{key.replace('_', '-')}s"
        other = [each for each in overrides if each.partition("=")[0] == key]
        if text is not None and other:
            raise SeedsError(f"{option} {shown(text)} and -s {shown(other[0])}", "leave one out")
        if text is not None:
            given[key] = parse_seeds(text, option, key)
    pairs = [dict(zip(given, each, strict=True)) for each in product(*given.values())]
    return [config.model_copy(update=pair) for config in configs for pair in pairs]


def reseeded(config: Config, further: int) -> Config:
    """Return a config with other seeds, so many further: its own, and those of weights and order.

    The largest is followed by 0.
    """
    seeds = {key: getattr(config, key) for key in SEED_KEYS}
    return config.model_copy(
        update={k: (v + further) % (LARGEST_SEED + 1) for k, v in seeds.items() if v is not None}
    )


def noise_of(config: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the seeds of weights and order, of a config read from anywhere; None of neither.

    >>> noise_of({"seed": 3}), noise_of({"seed": 3, "order_seed": 5})
    ((3, 3), (3, 5))
    """
    seed = config.get("seed")
    pair = tuple(seed if (own := config.get(key)) is None else own for key in NOISE_KEYS)
    return pair if all(type(each) is int and each >= 0 for each in pair) else None  # type: ignore[return-value]


def pairing_key(config: Mapping[str, Any]) -> int | None:
    """Return a number that runs share whose seeds are all the same; None where they are no numbers.

    It is the seed where weights and order have no other. The seed of a run whose weights and order
    both have their own counts only where it draws training rows: else it changes nothing.
    """
    noise, seed = noise_of(config), config.get("seed")
    if noise is None:
        return None
    drawn = seed if config.get("train_examples") is not None else noise[0]
    if type(drawn) is not int or drawn < 0:
        return None
    return drawn if noise == (drawn, drawn) else (((drawn + 1) << 32) + noise[0] << 32) + noise[1]


def seeds_of_key(key: int) -> str:
    """Write the seeds that a pairing key stands for.

    >>> [seeds_of_key(pairing_key({"seed": 3, "init_seed": init})) for init in (None, 5)]
    ['3', 'init 5, order 3']
    """
    if key <= LARGEST_SEED:
        return str(key)
    return f"init {key >> 32 & LARGEST_SEED}, order {key & LARGEST_SEED}"
