"""How large the network of a config is, without pydantic: where thousands of runs are read, too."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from mlpcli.data import DataFacts

MOST_LAYERS = 100


def hidden_widths(layers: int, width: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return one width for each of the layers - 1 hidden layers."""
    if layers == 1:
        return ()
    return width if isinstance(width, tuple) else (width,) * (layers - 1)


@lru_cache(maxsize=1_000)  # most of many runs have the same few
def count_parameters(inputs: int, hidden: tuple[int, ...], outputs: int) -> int:
    """Return the sum over layers of (inputs + 1) * units: a weight an input, and a bias.

    >>> count_parameters(784, (500, 500), 10)  # 785 * 500 + 501 * 500 + 501 * 10
    648010
    """
    return sum((n + 1) * m for n, m in pairwise((inputs, *hidden, outputs)))


def stated_parameters(config: Mapping[str, Any], facts: DataFacts) -> int | None:
    """Return how many parameters the network of a config has, which was read from anywhere.

    None where the config does not say it.
    """
    hidden = stated_widths(config)
    return None if hidden is None else count_parameters(facts.inputs, hidden, facts.task.outputs)


def stated_widths(config: Mapping[str, Any]) -> tuple[int, ...] | None:
    """Return the widths of the hidden layers that such a config says; None where it does not."""
    layers, width = config.get("layers"), config.get("width", ())
    if type(layers) is not int or not 1 <= layers <= MOST_LAYERS:
        return None
    hidden = hidden_widths(layers, tuple(width) if isinstance(width, list) else width)
    return None if len(hidden) != layers - 1 or {*map(type, hidden)} - {int} else hidden
