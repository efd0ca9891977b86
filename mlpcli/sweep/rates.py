"""The learning rate that each network of a sweep wants, by its measured sharpness and noise."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from mlpcli.config import Config
from mlpcli.errors import MlpcliError
from mlpcli.runs import in_turn
from mlpcli.system import read_bounded, write_whole
from mlpcli.theory import Mended, rate_to_try

FILE = "rates.json"  # in the sweep's folder: what was measured, so that it is known without
MOST_BYTES = 10_000_000
KEYS = ("layers", "width", "activation", "init", "init_stddev", "class_weights", "train_examples")

Measure = Callable[[Config], tuple[float, float]]  # sharpness, and noise scale in examples


class NotMeasuredError(MlpcliError):
    """A network that was not measured, where nothing can be."""


class Rates:
    """Gives the rate of a config, as `rate_to_try` has it, of a measurement made once.

    Networks that differ in nothing but how they are trained share one. What is measured is kept in
    the folder; without `measure` only what was kept is known, and NotMeasuredError raised for all
    else.
    """

    def __init__(self, folder: Path, measure: Measure | None = None) -> None:
        self._path, self._measure = folder / FILE, measure
        self._known = _read(self._path)

    def __call__(self, config: Config) -> float:
        """Return the rate; the config's own where there is no sharpness to go by."""
        key = _key(config)
        if key not in self._known:
            if self._measure is None:
                raise NotMeasuredError(f"{config.name}: its network was not measured")
            # who measures it too, elsewhere, may come to other bits
            with in_turn(self._path.with_name(f".{FILE}.lock")):
                self._known = _read(self._path)
                if key not in self._known:
                    self._known[key] = self._measure(config)
                    write_whole(self._path, json.dumps(self._known, indent=1).encode())
        sharpness, noise = self._known[key]
        return rate_to_try(config, Mended({}, sharpness, noise))


def measured_in(data: Any, check: Callable[[], None]) -> Measure:
    """Return what measures a config's untrained network on its data."""

    def measure(config: Config) -> tuple[float, float]:
        from mlpcli.training import Network, memory_errors

        with memory_errors():
            network = Network(config, data[config.data_spec], check)
            found = network.sharpness(network.initial, 0), network.noise_scale(network.initial)
            return _finite(found[0]), _finite(found[1])

    return measure


def _finite(value: float) -> float:
    """Return a number, 0 for what is none: a sharpness to go by there is not, nor a noise."""
    return value if math.isfinite(value) else 0.0


def _key(config: Config) -> str:
    return json.dumps([getattr(config, key) for key in KEYS])


def _read(path: Path) -> dict[str, tuple[float, float]]:
    try:
        return msgspec.json.decode(
            read_bounded(path, MOST_BYTES), type=dict[str, tuple[float, float]]
        )
    except (OSError, msgspec.MsgspecError):
        return {}
