"""Rules on the network as it is drawn: its weights, its activation, its depth."""

import math
from collections.abc import Iterator

from mlpcli.check.subject import ConfigRules, Finding, Subject
from mlpcli.config import Config
from mlpcli.data import Classification
from mlpcli.terminal import factor
from mlpcli.theory import (
    ALIKE,
    EXPLODED,
    SATURATED,
    VANISHED,
    advice_text,
    gains,
    he_ratio_range,
    predict,
    repair,
    share_text,
)

CONSTANT = 0.05  # share of seeds that begin with a dead layer


def _is_symmetric(config: Config) -> bool:
    return config.init == "zeros" and config.layers > 1


def _zeros(subject: Subject) -> Iterator[Finding]:
    if _is_symmetric(subject.config):
        text = "makes all units of a hidden layer alike, and no training makes them differ"
        yield "init", text, _repaired(subject.config)


def _saturated(subject: Subject) -> Iterator[Finding]:
    scale = subject.prediction.logit_scale
    if scale <= SATURATED:
        return
    config, layers = subject.config, subject.prediction.layers
    stddev = f" with init_stddev {config.init_stddev}" if config.init == "normal" else ""
    if max(each.he_ratio for each in layers) > 2:
        what = f"makes the initial weights {he_ratio_range(layers)} times those of He"
    else:
        grown = factor(gains(layers)[0])
        what = f"and {config.activation} let the signal's mean square grow {grown} times"
    if math.isinf(scale):
        what += f", and the {_outputs(config)} too large for float32: it diverges at step 1"
    yield "init", f"{config.init}{stddev} {what}", _repaired(config)


def _depth(subject: Subject) -> Iterator[Finding]:
    """Say where a signal or a gradient fades or explodes, if the logits do not say it already."""
    config, layers = subject.config, subject.prediction.layers
    if _is_symmetric(config) or math.isinf(subject.prediction.logit_scale):
        return
    for what, gain, way in zip(
        ("signal's mean square", "gradient's norm"),
        gains(layers),
        ("the last layer is {} times the first's", "the first layer is {} times the last's"),
        strict=True,
    ):
        if gain < VANISHED or (gain > EXPLODED and subject.prediction.logit_scale <= SATURATED):
            text = f"{config.init} with {config.activation}: the {what} in {way}"
            yield "init", text.format(factor(gain)), _repaired(config)
            return
    cosine = subject.prediction.logit_cosine
    if cosine > ALIKE and config.layers > 1 and subject.prediction.logit_scale <= SATURATED:
        text = f"{config.activation} over {config.layers} layers hardly tells examples apart: the "
        text += f"first {_outputs(config)} of any two have a cosine of {cosine:.4f}"
        yield "activation", text, _repaired(config)


def _outputs(config: Config) -> str:
    return "logits" if isinstance(config.data.task, Classification) else "outputs"


def _repaired(config: Config) -> str:
    return f"try {advice_text(repair(config))}"


def _constant(subject: Subject) -> Iterator[Finding]:
    """Say how often all units of a layer begin dead, so that nothing of an example gets through."""
    config, share = subject.config, subject.prediction.constant
    if share <= CONSTANT or _is_symmetric(config) or config.layers == 1:
        return
    text = (
        f"{share_text(float(f'{share:.2g}'))} of all seeds begin with a layer of dead units: the "
    )
    text += f"{_outputs(config)} are then the same for all examples"
    yield "width", text, _wider(config)


def _wider(config: Config) -> str:
    """Advise on the width, doubled until hardly a seed begins so."""
    least = 2 * min(config.hidden_widths)
    while True:
        wider = tuple(max(least, each) for each in config.hidden_widths)
        width: int | tuple[int, ...] = wider if isinstance(config.width, tuple) else least
        if predict(config.model_copy(update={"width": width})).constant <= CONSTANT / 5:
            return f"try {advice_text({'width': width})}"
        least *= 2


def _linear(subject: Subject) -> Iterator[Finding]:
    if subject.config.activation == "linear" and subject.config.layers > 1:
        text = f"linear makes {subject.config.layers} layers no more than one layer can be"
        deep = subject.config.model_copy(update={"activation": "relu"})
        relu = advice_text({"activation": "relu", **repair(deep)})
        yield "activation", text, f"try {relu}, or layers: 1"


NETWORK_RULES: ConfigRules = (
    ("symmetric", "warning", _zeros),
    ("saturated", "warning", _saturated),
    ("depth", "warning", _depth),
    ("constant", "warning", _constant),
    ("linear", "warning", _linear),
)
