"""What `tune` searches: a space from the data, the time, and each key's own declaration."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlpcli.check import estimate
from mlpcli.config import Config, tuned_keys
from mlpcli.errors import MlpcliError, nearest, shown
from mlpcli.search import Base, Choices, Key, Range, Space, Spec, Value, Values, checked
from mlpcli.terminal import count
from mlpcli.training import cores

RUNS = 40  # whole runs of a usual network that the time is for, one after another
USUAL_LAYERS, USUAL_WIDTH = 3, 128
USUAL_SHAPES = (
    *({"layers": 2, "width": 128}, {"layers": 1}, {"layers": 3, "width": 256}),
    *({"layers": 2, "width": 32}, {"layers": 4, "width": 128}),
)
EPOCHS = 5.0, 100.0  # passes over the training examples, at least and at most
STEPS, MOST_EPOCHS = 10_000, 500.0  # of few examples so many steps, if these are not more passes
WIDEST_RUN = 0.06  # of the time, that a whole run of the widest usual network takes at most
LARGEST_RUN, SHARE = 0.1, 0.5  # of the time, of any network; of the speed, that a run reaches
LEAST_WIDTHS = 3
LEAST_BATCH = 8
BATCHES_OF_DATA = 8  # batches that the training examples make at least
SEEDS, ETA, VALIDATIONS = 3, 3, 18  # rungs at a ninth and a third of the steps
FEW = 2_000  # validation examples, below which their loss tells networks apart better
SEARCHING = 0.75  # of the time; the rest is for the questions


class NotTunedError(MlpcliError):
    """A key that `tune` does not choose."""

    exit_code = 2


@dataclass(frozen=True)
class Measured:
    """What is known of machine and data before the space is made."""

    speed: float  # FLOP/s of all cores
    noise_scale: float  # of the gradient of an untrained network, in examples


def keys_to_tune(over: str | None, given: Iterable[str]) -> list[str]:
    """Return the keys to choose: those asked for, or all that are not given.

    Raises NotTunedError for another key, or one that is given a value too.
    """
    known, fixed = tuned_keys(), set(given)
    if over is None:
        return [key for key in known if key not in fixed]
    asked = [word.strip() for word in over.split(",") if word.strip()]
    for key in asked:
        if key not in known:
            near = nearest(key, known)
            meant = f"did you mean {near[0]}?" if near else f"allowed {', '.join(known)}"
            raise NotTunedError(f"--over {shown(key)}: is not a key that tune chooses", meant)
        if key in fixed:
            raise NotTunedError(f"--over {key}, and {key} is given", "leave one of them out")
    if not asked:
        raise NotTunedError("--over: no key", f"allowed {', '.join(known)}")
    return [key for key in known if key in asked]


def tuning_spec(
    path: Path, overrides: tuple[str, ...], keys: Sequence[str], minutes: float, known: Measured
) -> Spec:
    """Return the sweep that `tune` is: its base, its space, and how long it takes.

    Raises ConfigError where keys that are not chosen do not go with those that are.
    """
    given = {word.partition("=")[0] for word in overrides}
    length = {"steps", "epochs"} & given
    fixed = () if "keep" in given else ("keep=best",)
    base = Base.read(path, (*overrides, *fixed))
    seconds = 60 * minutes
    if not length:
        epochs = _epochs(base.config, seconds, known)
        base = Base.read(path, (*overrides, *fixed, f"epochs={epochs:g}"))
    config = base.config
    classes = config.data.task.kind == "classification"
    few = config.data.facts.validation_examples < FEW
    space = Space(tuple(_key(key, config, seconds, known, keys) for key in keys))
    spec = Spec(
        name=f"{config.name[:48]}-tune",
        base=base,
        space=space,
        search="tpe",
        trials=None,
        seeds=SEEDS,
        halving=ETA,
        metric="val_r2" if not classes else "val_loss" if few else "val_accuracy",
        minutes=SEARCHING * minutes,
        seed=config.seed,
        validations=VALIDATIONS,
        first=_first(space),
        largest_run=float(f"{LARGEST_RUN * seconds * SHARE * known.speed:.3g}"),
        fit_init="init" not in given and "activation" in keys,
    )
    return checked(spec, {})


def _first(space: Space) -> tuple[Values, ...]:
    """Return usual networks to begin with, each key at the value that is the nearest to its start.

    Of few trials, where the time is short, they are most.
    """
    found: list[Values] = []
    for shape in USUAL_SHAPES:
        values: dict[str, Value] = {}
        for key in space.keys:
            if key.is_active(values):
                values[key.name] = _nearest(key, shape.get(key.name, tuned_keys()[key.name].start))
        if values not in found:
            found.append(values)
    return tuple(found)


def _nearest(key: Key, start: Any) -> Value:
    """Return the value of a key that is the nearest to one, or in the middle where that is None."""
    domain = key.domain
    if isinstance(domain, Range):
        return domain.at(0.5) if start is None else domain.rounded(start)
    if start in domain.values:
        return start
    numbers = [each for each in domain.values if type(each) in (int, float)]
    if start is None or not numbers:
        return domain.values[len(domain.values) // 2]
    return min(numbers, key=lambda each: abs(each - start))


def of_depth(keys: Sequence[str], config: Config) -> list[str]:
    """Return the keys without those that a network of a given depth does not have.

    Raises NotTunedError where none is left.
    """
    known = tuned_keys()
    left = [
        key
        for key in keys
        if "layers" in keys or config.layers >= min(known[key].layers, default=1)
    ]
    if not left:
        raise NotTunedError(
            f"--over {','.join(keys)}: {count(config.layers, 'layer')} have none of these",
            "add layers to --over, or set layers=2",
        )
    return left


def _epochs(config: Config, seconds: float, known: Measured) -> float:
    """Return how many passes a run takes, so that RUNS of a usual network fill the time."""
    usual = _usual(config, USUAL_LAYERS, USUAL_WIDTH, known)
    wanted = seconds / RUNS * cores() / _epoch_seconds(usual, known)
    low, high = EPOCHS
    long = STEPS * usual.batch_size / config.data.train_examples
    return float(f"{min(max(high, min(MOST_EPOCHS, long)), max(low, wanted)):.2g}")


def _usual(config: Config, layers: int, width: int, known: Measured) -> Config:
    batch = _batches(config, known)[0]
    return config.model_copy(update={"layers": layers, "width": width, "batch_size": batch})


def _epoch_seconds(config: Config, known: Measured) -> float:
    steps = max(1, math.ceil(config.data.train_examples / config.batch_size))
    return steps / estimate(config, [], known.speed).steps_per_second


def _key(name: str, config: Config, seconds: float, known: Measured, keys: Sequence[str]) -> Key:
    """Return a key with its declared values, those left out that time and data do not want."""
    tuned = tuned_keys()[name]
    when = (("layers", tuned.layers),) if tuned.layers and "layers" in keys else ()
    if not tuned.values:
        return Key(name, Range(tuned.low, tuned.high, tuned.log, measured=tuned.measured), when)
    chosen = {"width": _widths, "batch_size": _batches}.get(name)
    return Key(name, Choices(chosen(config, known, seconds) if chosen else tuned.values), when)


def _widths(config: Config, known: Measured, seconds: float) -> tuple[int, ...]:
    """Return the powers of two up to what the time trains, and not far above the examples."""
    values, most = tuned_keys()["width"].values, 2 * config.data.train_examples
    fits = [
        width
        for width in values
        if width <= most
        and _run_seconds(_usual(config, USUAL_LAYERS, width, known), known) <= WIDEST_RUN * seconds
    ]
    return tuple(values[: max(LEAST_WIDTHS, len(fits))])


def _run_seconds(config: Config, known: Measured) -> float:
    epochs = config.steps * config.batch_size / config.data.train_examples
    return (config.epochs or epochs) * _epoch_seconds(config, known)


def _batches(config: Config, known: Measured, seconds: float = 0.0) -> tuple[int, ...]:
    """Return the powers of two within a factor of 2 of the gradient's noise scale."""
    values = tuned_keys()["batch_size"].values
    most = max(LEAST_BATCH, config.data.train_examples // BATCHES_OF_DATA)
    wanted = min(max(known.noise_scale, LEAST_BATCH), most)
    low, high = max(LEAST_BATCH, wanted / 2), min(2 * wanted, most)
    near = [each for each in values if low <= each <= high]
    return tuple(near) or (LEAST_BATCH,)
