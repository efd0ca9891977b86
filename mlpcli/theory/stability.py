"""How large a learning rate an untrained network bears, and what to change after it diverged.

Numbers alone: training measures them. `explain` and the end of a run advise by them.
"""

import math
from dataclasses import dataclass
from typing import Any

from mlpcli.config import Config
from mlpcli.data import Classification
from mlpcli.theory.advice import AGREE, MAX_DECAY_PER_STEP, SATURATED, decay_to_try

Advice = dict[str, Any]  # config keys, and the values to try


@dataclass(frozen=True)
class Snapshot:
    """A network at one moment, measured on the run's sample of training examples."""

    loss: float  # mean cross-entropy in nats, or mean squared error
    logit_scale: float
    signal_gain: float  # product over the layers
    gradient_gain: float  # product over the layers
    dead: tuple[float, ...]  # share of dead units, by layer
    noise_scale: float  # examples
    sharpness: tuple[float, ...]  # on disjoint samples

    @property
    def agreed_sharpness(self) -> float | None:
        """The mean over the samples, or None where they disagree."""
        low, high = min(self.sharpness), max(self.sharpness)
        trusted = low > 0 and high <= AGREE * low
        return sum(self.sharpness) / len(self.sharpness) if trusted else None


@dataclass(frozen=True)
class Mended:
    """A config's initial network, mended where it needs it, and what its rate has to go by."""

    keys: Advice  # that make the initial network sound; empty if it is
    sharpness: float  # with those keys; not above 0, or not a number, where it is no guide
    noise_scale: float  # the same network's, in examples; infinite where there is no signal


def stability_ratio(config: Config, start: Snapshot, now: Snapshot) -> float | None:
    """Return learning rate over the limit of stability `now`; None where sharpness is no guide.

    The network is that of a run which began with `start`.
    """
    sharpness = now.agreed_sharpness
    # with saturated logits a few borderline examples carry the whole sharpness; that of squared
    # errors does not depend on how large the outputs are
    of_classes = isinstance(config.data.task, Classification)
    if sharpness is None or (of_classes and start.logit_scale > SATURATED):
        return None
    return config.learning_rate * sharpness / config.optimizer.stability_bound


def rate_to_try(config: Config, mended: Mended) -> float:
    """Return a safe learning rate for the mended initial network, of two digits.

        the rate whose effective rate is 1 / S, over sqrt(1 + B_noise / B)

    with batch size B: so for whole batches, and less where the noise of small ones drowns the
    gradient. McCandlish et al. (2018) have 1 + B_noise / B; of 12 networks in
    batches of 8 to 45 its square root came within 1.7 points of the best of it, itself and 1,
    where 1 lost up to 35 points and all of it up to 6. The config's own where there is no
    sharpness to go by.
    """
    if not mended.sharpness > 0:
        return config.learning_rate
    calm = config.optimizer.rate_for(1 / mended.sharpness)
    return rounded(calm / noise_factor(config, mended.noise_scale))


def noise_factor(config: Config, noise_scale: float) -> float:
    """Return how much larger a step is in effect for the noise of its batch."""
    return math.sqrt(1 + noise_scale / config.batch_size) if math.isfinite(noise_scale) else 1.0


def calmer(config: Config, mended: Mended) -> Advice:
    """Return other weights where these are at fault, or a lower rate, whatever sharpness says."""
    rate = rate_to_try(config, mended)
    if mended.keys:
        return {**mended.keys, "learning_rate": rate}
    return {"learning_rate": min(rate, rounded(config.learning_rate / 3))}


def decays_too_fast(config: Config) -> bool:
    """Say whether weight decay takes a hundredth of the weights or more in every step."""
    return config.learning_rate * config.weight_decay >= MAX_DECAY_PER_STEP


def after_fast_decay(config: Config) -> Advice:
    """Return what to change where weight decay takes too much: the rate is then not at fault."""
    return {"weight_decay": decay_to_try(config)}


def rounded(value: float) -> float:
    """Return a value to two digits, as one would type it."""
    return float(f"{value:.2g}")
