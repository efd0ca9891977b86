"""Rules of how a run began: its initial weights, and the learning rate that goes with them."""

from mlpcli.explain.cause import Rule
from mlpcli.explain.evidence import LOW, Evidence
from mlpcli.terminal import number, plain
from mlpcli.theory import (
    ALIKE,
    EXPLODED,
    MAX_DECAY_PER_STEP,
    SATURATED,
    VANISHED,
    Advice,
    after_fast_decay,
    calmer,
    decay_text,
    decays_too_fast,
    gains,
    he_ratio_range,
    healthy_loss,
    is_lost,
    rounded,
    share_text,
)

PEAK = 10.0  # times the first loss
EDGE = 12.0  # over sharpness: beyond it the catapult fails (Lewkowycz et al. 2020)
LEARNED = 0.8  # of the training examples right: the run was not thrown off
# R squared of a run that was not thrown off, which ends at 0 or below; how far above a good one
# comes is up to the noise in the targets
LEARNED_R2 = 0.1
NOISY = 1.5  # times the limit of stability, noise included
TIMID = 0.1  # of the limit of stability
FITTED = 0.995  # of the training examples right, or R squared: nothing is left to learn faster


def _shrinking(e: Evidence) -> bool:
    # a network that was fitted when it was saved, and then diverged, is none that weathers it
    fitted = not e.diverged and e.fit is not None and e.fit > LOW
    return decays_too_fast(e.config) and not fitted


def _shrinking_sentence(e: Evidence) -> str:
    text = decay_text(e.config)
    return (
        f"{text[0].upper()}{text[1:]}, with weight_decay {e.config.weight_decay:g}; limit "
        f"{share_text(MAX_DECAY_PER_STEP)}"
    )


def _past_the_edge(e: Evidence) -> bool:
    ratio = e.stability_ratio
    beyond = ratio is not None and ratio > EDGE / 2 and not _has_learned(e)
    grew = e.peak.loss is not None and e.peak.loss > PEAK * max(e.first_loss, 1.0)
    return e.diverged or beyond or grew


def _has_learned(e: Evidence) -> bool:
    """Say whether the training data came out well, whatever theory has to say."""
    return e.fit is not None and e.fit > (LEARNED_R2 if e.of_values else LEARNED)


def _past_the_edge_sentence(e: Evidence) -> str:
    rate, ratio = f"learning_rate {e.rate:g}", e.stability_ratio
    if e.diverged:
        what = f"diverged at step {e.rows[-1].step:,}"
    elif ratio is not None and ratio > EDGE / 2:
        what = f"was thrown off at the start, and ends with {e.right}"
    else:
        what = f"went past the edge: the loss rose from {number(e.first_loss)} before step 1 to "
        what += f"{number(e.peak.loss)} in the metrics row of step {e.peak.step:,}"
    if ratio is None:
        return f"The run {what}, with {rate}"
    limit = rounded(e.rate / ratio)
    times = f"{plain(ratio)} times the limit of stability of the untrained network, {limit:g}"
    return f"The run {what}, with {rate}, {times}"


def _logit_scale(e: Evidence) -> float:
    return max(e.prediction.logit_scale, e.start.logit_scale)


def _saturated(e: Evidence) -> bool:
    return _logit_scale(e) > SATURATED


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


def _too_noisy(e: Evidence) -> bool:
    ratio = e.noisy_ratio
    drowned = e.config.batch_size < e.start.noise_scale
    return ratio is not None and ratio > NOISY and drowned and not _has_learned(e)


def _too_noisy_sentence(e: Evidence) -> str:
    return (
        f"The steps are too large for their noise: with batches of {e.config.batch_size:,}, where "
        f"the untrained network's noise scale is {number(e.start.noise_scale, 3)} examples, "
        f"learning_rate {e.rate:g} acts like {number(e.noisy_ratio, 2)} times the limit of "
        f"stability, limit {NOISY:g}; the run ends with {e.right}"
    )


def _timid(e: Evidence) -> bool:
    if e.stability_ratio is None or e.validation is None:
        return False
    fitted = e.fit is not None and e.fit > FITTED
    return not fitted and _speed(e) < TIMID and e.rate_to_try > e.rate


def _speed(e: Evidence) -> float:
    """Return the effective learning rate over 2 / S, at the start or the end, the larger."""
    ratio = max(e.stability_ratio or 0.0, e.end_ratio or 0.0)
    return ratio * e.config.optimizer.stability_bound / 2 * e.effective_rate / e.rate


def _timid_sentence(e: Evidence) -> str:
    speed, what = _speed(e), e.config.optimizer.effective_rate_formula
    return (
        f"The steps are too small: {what} {e.effective_rate:g} is {number(speed, 2)} of the limit "
        f"of stability, {rounded(e.effective_rate / speed):g}; below {TIMID:g} of it most steps "
        f"are too small to matter"
    )


def _afresh(e: Evidence) -> Advice:
    """Other weights where the given ones are at fault, and the rate that goes with the network."""
    return {**e.mended.keys, "learning_rate": e.rate_to_try}


def _calmer(e: Evidence) -> Advice:
    return calmer(e.config, e.mended)


START_RULES = (
    Rule(
        "vanishing weights",
        _shrinking,
        _shrinking_sentence,
        lambda e: after_fast_decay(e.config),
    ),
    Rule("past the edge", _past_the_edge, _past_the_edge_sentence, _calmer),
    Rule("saturated logits", _saturated, _saturated_sentence, _afresh),
    Rule("lost with depth", lambda e: is_lost(e.prediction), _lost_sentence, _afresh),
    Rule("noisy steps", _too_noisy, _too_noisy_sentence, _calmer),
    Rule(
        "timid learning rate",
        _timid,
        _timid_sentence,
        lambda e: {"learning_rate": e.rate_to_try},
    ),
)
