"""Thirty changes that anyone might try on a config: what advice is measured against."""

from collections.abc import Iterator
from typing import Any

from drawn_configs import with_keys

from mlpcli.config.schema import Config

Values = dict[str, Any]


def alternatives(config: Config) -> Iterator[Config]:
    """Yield a config with each of the changes that is one: the same for every config."""
    for keys in _changes(config):
        changed = with_keys(config, **keys)
        if changed and changed != config:
            yield changed


def _changes(config: Config) -> Iterator[Values]:
    rate, m = config.learning_rate, config.momentum
    for times in (0.01, 0.03, 0.1, 0.3, 3, 10, 30, 100):
        yield {"learning_rate": rate * times}
    for init in ("he_normal", "glorot_normal"):
        yield {"init": init}
    for new in (0.01, 0.03, 0.1, 0.3):
        yield {"init": "he_normal", "learning_rate": new * (1 - m)}
    for new in (0.03, 0.1):
        relu = {"activation": "relu", "init": "he_normal"}
        yield {**relu, "learning_rate": new * (1 - m)}
    for width in (64, 256):
        yield {"width": width, "layers": max(2, config.layers)}
    for layers in (2, 3):
        width = config.width if isinstance(config.width, int) else config.hidden_widths[:1] or 128
        yield {"layers": layers, "width": width if isinstance(width, int) else width[0]}
    yield {"activation": "relu"}
    for momentum in (0.0, 0.9):
        yield {"momentum": momentum, "nesterov": False}
    yield {"weight_decay": 0.0}
    for decay in ("cosine", "constant"):
        yield {"decay": decay}
    yield {"warmup_steps": 0}
    for batch in (32, 128):
        steps = max(1, round(config.steps * config.batch_size / batch))
        yield {"batch_size": batch, "steps": steps,
               "warmup_steps": round(config.warmup_steps * steps / config.steps)}  # fmt: skip
    yield {"steps": 2 * config.steps}
