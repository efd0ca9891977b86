"""How large a learning rate an untrained network bears, and what to change after it diverged.

Numbers alone: training measures them. `explain` and the end of a run advise by them.
"""

import math
from dataclasses import dataclass
from typing import Any

from mlpcli.config import Config, mean_factor
from mlpcli.data import Classification
from mlpcli.theory.advice import AGREE, MAX_DECAY_PER_STEP, SATURATED, decay_to_try

USUAL_SHARPNESS = 11.0  # of a network with He's weights
FAR = 4.0  # times: a rate that is further from the one to try is changed with the network
SHORT_RUN = 256  # steps: a shorter run likes a higher rate

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
    """Return a learning rate that suits the mended initial network, of two digits.

        1.4 / S  (S / 11)^(1/4)  (1 - m)^0.8  (1 + B_noise / B)^(-3/4)  (t / 256)^(-0.7)  f^(-1/2)

    with sharpness S, momentum m, the gradient's noise scale B_noise, batch size B, f the learning
    rate in the mean over the schedule, as a share of the config's, and t the steps, 256 at most.
    Each factor has a reason: descent is stable up to 2 / S, and training moves a sharp network to
    flatter places; momentum multiplies by 1 / (1 - m) in the long run; noise drowns the gradient
    of small batches (McCandlish et al. 2018 have 1 + B_noise / B); a short run has no time for
    small steps, and a warm-up or decay takes some of it. The exponents were fitted, and then
    rounded, to nine rates each of 343 configs (tests/benchmarks/drawn_configs.py, seeds 0 and 1,
    and good ones of seed 5). There it lost 1.2 points in the median on the best of the nine, where
    1 / S (1 + B_noise / B)^(-1/2) lost 2.6. The config's own where there is no sharpness to go
    by.
    """
    if not mended.sharpness > 0:
        return config.learning_rate
    sharpness, momentum = mended.sharpness, float(config.momentum)
    noise = noise_factor(config, mended.noise_scale) ** -1.5
    short = (min(config.steps, SHORT_RUN) / SHORT_RUN) ** -0.7
    calm = (sharpness / USUAL_SHARPNESS) ** 0.25 * (1 - momentum) ** 0.8 / sharpness
    return rounded(1.4 * calm * noise * short * mean_factor(config) ** -0.5)


def noise_factor(config: Config, noise_scale: float) -> float:
    """Return sqrt(1 + B_noise / B): how much longer noise makes a batch's gradient."""
    return math.sqrt(1 + noise_scale / config.batch_size) if math.isfinite(noise_scale) else 1.0


def with_rate(config: Config, keys: Advice, mended: Mended) -> Advice:
    """Return keys that change a network, with the learning rate that goes with it where need be.

    `mended` is of the config with those keys. A rate within FAR times of the one to try is left as
    it is: it may be the better one, and one change is easier to understand than two.
    """
    changed = config.model_copy(update=keys)
    rate = rate_to_try(changed, mended)
    near = abs(math.log(changed.learning_rate / rate)) <= math.log(FAR)
    return keys if near else {**keys, "learning_rate": rate}


def calmer(config: Config, mended: Mended) -> Advice:
    """Return other weights where these are at fault, or a lower rate, whatever sharpness says."""
    if mended.keys:
        return with_rate(config, mended.keys, mended)
    rate = rate_to_try(config, mended)
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
