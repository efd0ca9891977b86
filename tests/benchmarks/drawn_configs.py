"""Configs drawn at random: any, good ones, and good ones with one key made bad.

What is calibrated on one seed is quoted on another. FLOPS bounds a run's cost, so that thousands
can be trained; apart from that each key has the range that a user may give it.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mlpcli.config.schema import Config
from mlpcli.config.stopping import STOPPING_KEYS

FLOPS = 4e9  # at most of a run: 0.1 s of a core
LONG = 10  # times FLOPS: of runs that are long on purpose
DATASETS = {  # and how often each is drawn; MNIST is half of them
    "mnist": 10, "digits": 4, "breast_cancer": 2, "wine": 1, "penguins": 1, "spiral": 2,
    "diabetes": 2,
}  # fmt: skip
# validation scores that a good run reaches: what one who knows the field would be content with
CONTENT = {
    "mnist": 0.95, "digits": 0.95, "breast_cancer": 0.95, "wine": 0.95, "penguins": 0.95,
    "spiral": 0.95, "diabetes": 0.45,
}  # fmt: skip
BAD = 0.05  # below it: of accuracy or R squared
ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "elu", "linear")
INITS = ("he_normal", "he_uniform", "glorot_uniform", "glorot_normal", "lecun_normal", "normal",
         "zeros")  # fmt: skip
Values = dict[str, Any]


def configs(seed: int, data: Sequence[str] = ()) -> Iterator[Config]:
    """Yield any configs: every key that a training depends on is drawn."""
    draw = random.Random(seed)
    while True:
        config = _valid(_any(draw, data))
        if config and flops(config) <= FLOPS:
            yield config


def flops(config: Config) -> float:
    """Return about how many floating point operations a run takes, with what each step costs."""
    small = 5e6 * (1 + config.layers / 3)  # of a step, whatever the network: 0.1 ms a step
    return config.steps * (6 * config.parameters * config.batch_size + small)


def _valid(values: Values) -> Config | None:
    try:
        config = Config(name="drawn", **values)
    except ValueError:
        return None
    fits = config.batch_size <= config.data.train_examples
    return config if fits else config.model_copy(update={"batch_size": config.data.train_examples})


def _log(draw: random.Random, low: float, high: float) -> float:
    return float(low * (high / low) ** draw.random())


def _dataset(draw: random.Random, data: Sequence[str]) -> str:
    if data:
        return draw.choice(data)
    return draw.choices(list(DATASETS), list(DATASETS.values()))[0]


def _any(draw: random.Random, data: Sequence[str]) -> Values:
    layers = draw.choices((1, draw.randint(2, 6), round(_log(draw, 7, 40))), (1, 6, 3))[0]
    narrow = draw.random() < 0.25
    width: Any = round(_log(draw, *((1, 8) if narrow else (8, 512))))
    if layers > 2 and draw.random() < 0.25:
        widths = [round(_log(draw, 8, 256)) for _ in range(layers - 1)]
        widths[draw.randrange(layers - 1)] = round(_log(draw, 1, 16))
        width = tuple(widths)
    init = draw.choice(INITS)
    momentum = draw.choices((0.0, draw.uniform(0.5, 0.9), 1 - _log(draw, 0.01, 0.1)), (4, 3, 3))[0]
    steps = round(_log(draw, 50, 5_000))
    values: Values = {
        "dataset": _dataset(draw, data),
        "layers": layers,
        "width": width,
        "activation": draw.choice(ACTIVATIONS),
        "init": init,
        "learning_rate": digits(_log(draw, 1e-5, 5)),
        "momentum": digits(momentum),
        "nesterov": momentum > 0 and draw.random() < 0.3,
        "weight_decay": digits(_log(draw, 1e-5, 0.3)) if draw.random() < 0.5 else 0.0,
        "decay": draw.choice(("constant", "constant", "linear", "cosine")),
        "warmup_steps": draw.randint(0, steps) if draw.random() < 0.4 else 0,
        "steps": steps,
        "batch_size": round(_log(draw, 1, 4_096)),
        "order": "sequential" if draw.random() < 0.1 else "shuffle",
        "keep": "best" if draw.random() < 0.15 else "last",
        "seed": draw.randrange(1000),
    }  # fmt: skip
    if layers == 1:
        del values["width"]
    if init == "normal":
        values["init_stddev"] = digits(_log(draw, 0.003, 2))
    if draw.random() < 0.1 and values["dataset"] != "diabetes":
        values["class_weights"] = "balanced"
    return values


def digits(value: float) -> float:
    """Return a value as one would type it: of three digits."""
    return float(f"{value:.3g}")


def with_keys(config: Config, **keys: Any) -> Config | None:
    """Return a config with other values, validated; None where they do not go together.

    Intervals that are a tenth of the steps follow them.
    """
    values = {**config.model_dump(), **keys}
    for key in ("eval_every", "checkpoint_every"):
        if getattr(config, key) == math.ceil(config.steps / 10):
            del values[key]
    optional = (*STOPPING_KEYS, "init_seed", "order_seed")
    unused = {key for key in optional if values[key] is None}
    unused |= {"width"} if values["layers"] == 1 else set()
    unused |= {"epochs"} if values["epochs"] is None else set()
    if values["init"] != "normal":
        unused |= {"init_stddev"}
    try:
        made = Config(**{key: value for key, value in values.items() if key not in unused})
    except ValueError:
        return None
    return made if made.batch_size <= made.data.train_examples else None


def good_configs(seed: int, data: Sequence[str] = ()) -> Iterator[Config]:
    """Yield configs that a person who knows the field would write, but for their rate."""
    draw = random.Random(seed)
    while True:
        config = _valid(_good(draw, data))
        if config and flops(config) <= FLOPS:
            yield config


def long_configs(seed: int, data: Sequence[str] = ()) -> Iterator[Config]:
    """Yield runs of small batches that are sound, but for a rate up to 5 times off, and long."""
    draw = random.Random(seed)
    while True:
        values = _good(draw, data or ("mnist", "mnist", "digits"))
        batch, steps = round(_log(draw, 4, 64)), round(_log(draw, 1_000, 5_000))
        values |= {"batch_size": batch, "steps": steps, "warmup_steps": 0,
                   "decay": draw.choice(("constant", "constant", "constant", "cosine")),
                   "width": round(_log(draw, 32, 128))}  # fmt: skip
        rate = 0.1 * (1 - values["momentum"]) * (batch / 32) ** 0.5 * _log(draw, 0.2, 5)
        config = _valid(values | {"learning_rate": digits(rate)})
        if config and flops(config) <= LONG * FLOPS:
            yield config


def _good(draw: random.Random, data: Sequence[str]) -> Values:
    dataset = _dataset(draw, data)
    layers = draw.randint(2, 4)
    activation = draw.choice(("relu", "relu", "tanh", "gelu", "elu"))
    batch = round(_log(draw, 16, 128))
    epochs = _log(draw, *{"mnist": (1.0, 4), "spiral": (200, 500)}.get(dataset, (30, 100)))
    rows = _valid({"dataset": dataset, "layers": 1, "learning_rate": 1.0, "steps": 1,
                   "batch_size": 1}).data.train_examples  # type: ignore[union-attr]  # fmt: skip
    batch = min(batch, rows)
    steps = max(200, round(epochs * rows / batch))
    momentum = draw.choice((0.0, 0.0, 0.5, 0.9))
    return {
        "dataset": dataset,
        "layers": layers,
        "width": round(_log(draw, 32, 256)),
        "activation": activation,
        "init": draw.choice(("he_normal", "he_uniform") if activation in ("relu", "gelu")
                            else ("glorot_uniform", "lecun_normal")),
        "learning_rate": 0.1,
        "momentum": momentum,
        "nesterov": momentum > 0 and draw.random() < 0.3,
        "weight_decay": draw.choice((0.0, 0.0, 1e-5, 1e-4)),
        "decay": draw.choice(("constant", "linear", "cosine")),
        "warmup_steps": draw.choice((0, 0, steps // 20)),
        "steps": steps,
        "batch_size": batch,
        "seed": draw.randrange(1000),
    }  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """A config with one fault: the key that is bad, and the values that it had."""

    config: Config
    key: str
    good: Config


def plant(good: Config, draw: random.Random) -> Iterator[Planted]:
    """Yield a good config with each of some faults planted in it, in an order by chance."""
    faults = list(_faults(good, draw))
    draw.shuffle(faults)
    for key, values in faults:
        config = with_keys(good, **values)
        if config and flops(config) <= 3 * FLOPS:
            yield Planted(config, key, good)


def _faults(good: Config, draw: random.Random) -> Iterator[tuple[str, Values]]:
    rate, steps, layers = good.learning_rate, good.steps, good.layers
    yield "learning_rate", {"learning_rate": digits(rate / _log(draw, 30, 1_000))}
    yield "learning_rate", {"learning_rate": digits(rate * _log(draw, 8, 300))}
    yield "init", {"init": "normal", "init_stddev": digits(_log(draw, 0.5, 3))}
    yield "init", {"init": draw.choice(("zeros", "normal")), "init_stddev": 1e-3}
    yield "width", {"width": round(_log(draw, 1, 4))}
    if layers > 2:
        widths = list(good.hidden_widths)
        widths[draw.randrange(len(widths))] = draw.choice((1, 1, 2, 3))
        yield "width", {"width": tuple(widths)}
    yield "activation", {"activation": "linear"}
    yield "activation", {"activation": "sigmoid"}
    yield "layers", {"layers": draw.randint(15, 40)}
    pull = _log(draw, 3, 100)  # what the run takes of the weights, in e-folds
    yield "weight_decay", {"weight_decay": digits(pull / (rate * steps))}
    if good.momentum:
        yield "momentum", {"momentum": digits(1 - (1 - good.momentum) / _log(draw, 10, 50))}
    else:
        yield "momentum", {"momentum": digits(1 - _log(draw, 0.005, 0.04))}
    yield "warmup_steps", {"warmup_steps": steps}
    batch = min(round(good.batch_size * _log(draw, 16, 64)), 4_096, good.data.train_examples)
    fewer = max(1, round(steps * good.batch_size / batch))
    yield "batch_size", {"batch_size": batch, "steps": fewer, "warmup_steps": 0}
    yield "steps", {"steps": max(5, round(steps / _log(draw, 15, 60))), "warmup_steps": 0}
