"""Rules of the network before its first step: initial weights, activation and depth."""

from mlpcli.explain.cause import Rule
from mlpcli.explain.company import with_company
from mlpcli.explain.evidence import Evidence
from mlpcli.explain.size_rules import NARROW, VERY_DEEP, narrowest
from mlpcli.terminal import number
from mlpcli.theory import (
    ALIKE,
    EXPLODED,
    SATURATED,
    VANISHED,
    Advice,
    gains,
    he_ratio_range,
    healthy_loss,
    is_lost,
)


def _saturated(e: Evidence) -> bool:
    return max(e.prediction.logit_scale, e.start.logit_scale) > SATURATED


def _saturated_sentence(e: Evidence) -> str:
    p, outputs = e.prediction, "outputs" if e.of_values else "logits"
    stddev = f" with init_stddev {e.config.init_stddev:g}" if e.config.init == "normal" else ""
    return (
        f"The initial weights are {he_ratio_range(p.layers)} times as large as He's (init: "
        f"{e.config.init}{stddev}), so the {outputs} begin at a scale of "
        f"{number(e.start.logit_scale)} ({number(p.logit_scale)} expected), limit "
        f"{SATURATED:g}, and the loss at {number(e.first_loss)}, where "
        f"{healthy_loss(e.config.data.task)} is healthy"
    )


def _lost(e: Evidence) -> bool:
    return is_lost(e.prediction) and not _saturated(e)


def _lost_sentence(e: Evidence) -> str:
    signal, gradient = gains(e.prediction.layers)
    outputs = "outputs" if e.of_values else "logits"
    weights = f"init: {e.config.init} and activation: {e.config.activation}"
    for name, gain in (("signal", signal), ("gradient", gradient)):
        if not VANISHED <= gain <= EXPLODED:
            fate = "dies" if gain < VANISHED else "explodes"
            return (
                f"The untrained network's {name} {fate} with depth: over {e.config.layers} layers "
                f"it is multiplied by {number(gain, 2)}, limits {VANISHED:g} to {EXPLODED:g}, with "
                f"{weights}"
            )
    return (
        f"The untrained network hardly tells examples apart: the {outputs} of any two have a "
        f"cosine of {e.prediction.logit_cosine:.4f}, limit {ALIKE:g}, with {weights} over "
        f"{e.config.layers} layers"
    )


def _afresh(e: Evidence) -> Advice:
    """Other weights, and the rate that goes with the network."""
    return with_company(e, e.mended.keys)


def _of_weights(e: Evidence) -> bool:
    """Say whether it is the weights that are at fault, not layers that none could help."""
    return narrowest(e.config) > NARROW and e.config.layers <= VERY_DEEP


INITIAL_RULES = (
    Rule("saturated logits", _saturated, _saturated_sentence, _afresh, _of_weights),
    Rule("lost with depth", _lost, _lost_sentence, _afresh, _of_weights),
)
