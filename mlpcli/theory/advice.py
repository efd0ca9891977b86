"""Which initial weights suit a network: how far its own are from it, and what to try."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mlpcli.config import Config, in_float32, mean_factor
from mlpcli.data import Classification, Task
from mlpcli.terminal import factor, number
from mlpcli.theory.prediction import Layer, Passage, initial_layers, logit_scale, passage

SATURATED = 5.0  # logits' standard deviation: the initial loss is then 8 nats
AGREE = 2.0  # times: where measured sharpness differs by more, it is its sample's
VANISHED, EXPLODED = 0.01, 100.0  # a signal's or gradient's product of gains over the layers
USUAL_WEIGHT_DECAY, MAX_DECAY_PER_STEP = (
    5e-4,
    0.01,
)  # a usual weight decay; the share of the weights that a step may take
LIGHT_PULL = 0.05  # of the weights, that a weight decay to try takes over a run
ALIKE = 0.995  # cosine of two examples' logits: from there on the network hardly tells them apart
SHORT_LIST = 6  # widths that are written in full
HE_EXCESS = 0.1  # of a cross-entropy beyond chance's: about what He initialization gives
HE_VARIANCE = 2.0  # of the outputs by He initialization, of inputs that are standardized
HE = ("he_normal", "he_uniform")
INITS = ("he_normal", "lecun_normal", "glorot_normal")  # to choose from


def he_ratio_range(layers: Sequence[Layer]) -> str:
    """Write how many times those of He initialization the initial weights are, over the layers.

    >>> he_ratio_range([Layer(784, 10, 1.0, 19.8, None, None)])
    '19.8'
    """
    low, high = (factor(pick(each.he_ratio for each in layers)) for pick in (min, max))
    return low if low == high else f"{low} to {high}"


def healthy_loss(task: Task) -> str:
    """Write where a healthy initial loss lies: from chance's to about what He's weights give.

    >>> healthy_loss(Classification(tuple("0123456789")))
    '2.3 to 2.4'
    """
    excess = HE_EXCESS if isinstance(task, Classification) else HE_VARIANCE
    return f"{number(task.chance_loss, 2)} to {number(task.chance_loss + excess, 2)}"


def starts_saturated(config: Config) -> bool:
    """Say whether the logits begin so large that the initial loss is far from a healthy one."""
    return logit_scale(config) > SATURATED


def gains(layers: Sequence[Layer]) -> tuple[float, float]:
    """Return the products over the layers of the signal's gains, and of the gradient's."""
    signal = math.prod(each.signal_gain for each in layers if each.signal_gain is not None)
    gradient = math.prod(each.gradient_gain for each in layers if each.gradient_gain is not None)
    return signal, gradient


def is_sound(network: Passage) -> bool:
    """Say whether an untrained network lets its inputs through, and its gradients back."""
    return network.logit_scale <= SATURATED and not is_lost(network)


def is_lost(network: Passage) -> bool:
    """Say whether signal or gradient fade or explode over the layers, or examples grow alike."""
    inside = all(VANISHED <= product <= EXPLODED for product in gains(network.layers))
    alike = network.logit_cosine > ALIKE and len(network.layers) > 1
    return alike or not inside


def best_init(config: Config) -> str:
    """Return the init that best keeps signal and gradient as they are on their way."""

    def strain(init: str) -> float:
        layers = initial_layers(config.model_copy(update={"init": init}))
        signal, gradient = gains(layers)
        return abs(math.log(max(signal, 1e-300))) + abs(math.log(max(gradient, 1e-300) ** 2))

    return min(INITS, key=strain)


def repair(config: Config, logit_scale: float = 0.0) -> dict[str, Any]:
    """Return the keys that make the untrained network sound; none if it is.

    They are the best init, or ReLU with He's where no init keeps this activation's signal.
    `logit_scale` is the measured one, where it was measured: with few units a draw of the weights
    may lie far from what is expected of all.
    """
    if is_sound(passage(config)) and logit_scale <= SATURATED:
        return {}
    keys: dict[str, Any] = {"init": best_init(config), "init_stddev": 1.0}
    if not is_sound(passage(config.model_copy(update=keys))):
        he = {} if config.init in HE else {"init": "he_normal", "init_stddev": 1.0}
        keys = {**he, "activation": "relu"}
        keys |= _shallower(config.model_copy(update=keys))
    return {key: value for key, value in keys.items() if value != getattr(config, key)}


def _shallower(config: Config) -> dict[str, Any]:
    """Return fewer layers where no init or activation helps so many; nothing if it is sound."""
    keys: dict[str, Any] = {}
    while not is_sound(passage(config)) and config.layers > 2:
        keys = {"layers": config.layers // 2}
        if isinstance(config.width, tuple):
            keys["width"] = config.width[: keys["layers"] - 1]
        config = config.model_copy(update=keys)
    return keys


def decay_to_try(config: Config) -> float:
    """Return a weight decay, of one digit, that takes LIGHT_PULL of the weights over the run.

    No more than is usual, and 0 where float32 has no such number.
    """
    whole = config.learning_rate * mean_factor(config) * config.steps
    decay = min(USUAL_WEIGHT_DECAY, float(f"{LIGHT_PULL / whole:.1g}"))
    return decay if in_float32(decay) else 0.0


def decay_text(config: Config) -> str:
    """Say what weight decay alone does to the weights in a step at the full learning rate.

    It multiplies them by 1 - learning_rate * weight_decay, whatever the momentum.
    """
    pull = config.learning_rate * config.weight_decay
    what = f"takes {share_text(pull)} of the weights"
    if pull > 2:
        what += f": it flips their sign and makes them {factor(pull - 1)} times as large"
    elif pull > 1:
        what += f": it flips their sign and leaves {share_text(pull - 1)} of them"
    return f"every step at learning_rate {config.learning_rate:g} {what}"


def share_text(share: float) -> str:
    """Write a share as a percentage that is short however large it is.

    >>> share_text(0.012), share_text(60.0), share_text(1e30)
    ('1.2 %', '6,000 %', '1e+32 %')
    """
    value = float(f"{100 * share:.3g}")
    return f"{value:,g} %" if value < 1e6 else f"{value:g} %"


def advice_text(advice: Mapping[str, Any]) -> str:
    """Write advice as one would in a config.

    >>> advice_text({"init": "he_normal", "init_stddev": 1.0, "learning_rate": 0.06})
    'init: he_normal (without init_stddev) and learning_rate: 0.06'
    """
    texts = {key: f"{key}: {_value(value)}" for key, value in advice.items()}
    if "init" in texts and texts.pop("init_stddev", ""):  # it goes with init: normal alone
        texts["init"] += " (without init_stddev)"
    return " and ".join(texts.values())


def _value(value: Any) -> str:
    """Write a value; of a long list of widths that are the same the one, which means the same."""
    if isinstance(value, tuple):
        short = len(value) <= SHORT_LIST
        if not short and len(set(value)) == 1:
            return str(value[0])
        shown = value if short else value[:SHORT_LIST]
        return str(list(shown)) if short else f"{str(list(shown))[:-1]}, …] of {len(value)}"
    return f"{value:g}" if isinstance(value, float) else str(value)
