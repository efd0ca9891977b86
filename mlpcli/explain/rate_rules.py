"""Rules of how fast the weights move: learning rate, momentum, warm-up, decay, weight decay."""

from mlpcli.explain.cause import Rule
from mlpcli.explain.evidence import Evidence
from mlpcli.terminal import number, percent, plain
from mlpcli.theory import (
    FAR,
    SHORT_RUN,
    Advice,
    decay_to_try,
    decays_too_fast,
    rounded,
    share_text,
    with_rate,
)

PEAK = 10.0  # times the first loss
EDGE = 12.0  # over sharpness: beyond it the catapult fails (Lewkowycz et al. 2020)
SWIFT = 1.5  # times the rate to try: from there on a lower one is considered
TIMID = 1 / 1.5
HIGH = 2.0  # times the rate to try: from there on a decay helps
JUMPS = 0.05  # of the loss, from row to row
FAR_OFF = 20.0  # times the rate to try, or less than it: a fault of its own
USUAL_MOMENTUM, HEAVY_MOMENTUM = 0.9, 0.95
LONG_WARMUP, HALF = 0.1, 0.5  # of the steps
SHORT_WARMUP, MOST_WARMUP = 0.05, 100  # of the steps, and steps, to try
PULL, STRONG_PULL = 0.1, 2.0  # times all weights, that weight decay alone takes over a run


def _too_fast(e: Evidence) -> bool:
    if e.mended.keys or e.config.momentum > USUAL_MOMENTUM or decays_too_fast(e.config):
        return False  # the rate is then not what is at fault first
    return e.diverged or _grew(e) or e.rate > SWIFT * e.rate_to_try


def _grew(e: Evidence) -> bool:
    peak = e.course.peak.loss
    return peak is not None and peak > PEAK * max(e.first_loss, 1.0)


def _too_fast_sentence(e: Evidence) -> str:
    rate, ratio = f"learning_rate {e.rate:g}", e.stability_ratio or 0.0
    times = ""
    if ratio:
        limit = rounded(e.rate / ratio)
        times = f", {plain(ratio)} times the limit of stability of the untrained network, {limit:g}"
    if e.diverged:
        what = f"The run diverged at step {e.course.last.step:,}"
    elif _grew(e):
        what = f"The run went past the edge: the loss rose from {number(e.first_loss)} before step "
        what += (
            f"1 to {number(e.course.peak.loss)} in the metrics row of step {e.course.peak.step:,}"
        )
    elif ratio > EDGE / 2:
        what = f"The run was thrown off at the start, and ends with {e.right}"
    else:
        return _noisy_sentence(e)
    return f"{what}, with {rate}{times}"


def _noisy_sentence(e: Evidence) -> str:
    return (
        f"The steps are too large: learning_rate {e.rate:g} is "
        f"{plain(e.rate / e.rate_to_try)} times {e.rate_to_try:g}, which suits this network in "
        f"batches of {e.config.batch_size:,} (the gradient's noise scale is "
        f"{number(e.start.noise_scale, 3)} examples), limit {SWIFT:g}; the run ends with {e.right}"
    )


def _slower(e: Evidence) -> Advice:
    return {"learning_rate": min(e.rate_to_try, rounded(e.rate / 3))}


def _timid(e: Evidence) -> bool:
    # of a run so short that only a rash rate could help, the length is what is at fault
    usual = e.rate_to_try_with({"steps": max(e.config.steps, SHORT_RUN), "warmup_steps": 0})
    return not e.diverged and e.rate < TIMID * min(usual, e.rate_to_try)


def _timid_sentence(e: Evidence) -> str:
    effective = ""
    if e.config.momentum:
        effective = f" ({e.config.optimizer.effective_rate_formula} {e.effective_rate:.2g})"
    return (
        f"The steps are too small: learning_rate {e.rate:g}{effective} is "
        f"{number(e.rate / e.rate_to_try, 2)} of {e.rate_to_try:g}, which suits this network by "
        f"its sharpness and its noise, limit {TIMID:.2f}; the weights moved {e.moved}"
    )


def _heavy(e: Evidence) -> bool:
    return e.config.momentum > USUAL_MOMENTUM


def _heavy_sentence(e: Evidence) -> str:
    ends = f"diverged at step {e.course.last.step:,}" if e.diverged else f"ends with {e.right}"
    return (
        f"momentum {e.config.momentum:g} makes learning_rate {e.rate:g} act like learning_rate / "
        f"(1 - momentum) = {e.effective_rate:.2g}, and each step go on for "
        f"{plain(1 / (1 - e.config.momentum))} steps, limit {USUAL_MOMENTUM:g}; the run {ends}"
    )


def _warming(e: Evidence) -> bool:
    return e.config.warmup_steps > max(1, LONG_WARMUP * e.config.steps)


def _warming_sentence(e: Evidence) -> str:
    share = e.config.warmup_steps / e.config.steps
    return (
        f"The warm-up takes {percent(share)} % of the steps (warmup_steps "
        f"{e.config.warmup_steps:,} of {e.config.steps:,}), limit {percent(LONG_WARMUP)} %: the "
        f"learning rate is {percent(e.mean_factor)} % of learning_rate in the mean over the run"
    )


def _short_warmup(e: Evidence) -> Advice:
    return {"warmup_steps": min(MOST_WARMUP, round(SHORT_WARMUP * e.config.steps))}


def _jumping(e: Evidence) -> bool:
    noisy = e.config.batch_size < e.late_noise_scale or e.course.oscillation > JUMPS
    # a lower rate has no noise to lose, and a decay would only make it lower
    full = e.config.decay == "constant" and e.rate > HIGH * e.rate_to_try
    return full and noisy and not e.diverged


def _jumping_sentence(e: Evidence) -> str:
    at = "ends at " + number(e.end_ratio, 2) + " of the limit of stability" if e.end_ratio else ""
    if e.course.oscillation > JUMPS:
        return (
            f"The loss jumps by {percent(e.course.oscillation)} % from row to row in the last "
            f"fifth of the steps, limit {percent(JUMPS)} %: learning_rate {e.rate:g} "
            f"{at or 'stays'} with decay: constant"
        )
    return (
        f"The last steps go at the full learning_rate {e.rate:g} (decay: constant) in batches of "
        f"{e.config.batch_size:,}, smaller than the gradient's noise scale, "
        f"{number(e.late_noise_scale, 3)} examples: noise is what is left of them"
    )


def _faded(e: Evidence) -> bool:
    return e.config.decay != "constant" and not e.diverged and e.finished


def _faded_sentence(e: Evidence) -> str:
    return (
        f"decay: {e.config.decay} takes the learning rate down before the network has learned: it "
        f"is {percent(e.mean_factor)} % of learning_rate {e.rate:g} in the mean over the run, "
        f"which ends with {e.right}"
    )


def _shrinking(e: Evidence) -> bool:
    return e.pull > PULL


def _shrinking_sentence(e: Evidence) -> str:
    step = e.rate * e.config.weight_decay
    return (
        f"weight_decay {e.config.weight_decay:g} takes {share_text(step)} of the weights every "
        f"step at learning_rate {e.rate:g}, {e.pull:.2g} times all of them over the run, limit "
        f"{PULL:g}: what is learned is forgotten as fast"
    )


def _less_decay(e: Evidence) -> Advice:
    return with_rate(e.config, {"weight_decay": decay_to_try(e.config)}, e.mended)


def _lighter(e: Evidence) -> Advice:
    return with_rate(e.config, {"momentum": USUAL_MOMENTUM}, e.mended)


def _far(e: Evidence) -> float:
    """Return how many times off a rate is a fault of its own: fewer, where little was learned."""
    return FAR if e.far_down else FAR_OFF


RATE_RULES = (
    Rule(
        "weight decay",
        _shrinking,
        _shrinking_sentence,
        _less_decay,
        grave=lambda e: e.pull > STRONG_PULL,
    ),
    Rule(
        "past the edge",
        _too_fast,
        _too_fast_sentence,
        _slower,
        grave=lambda e: e.diverged or e.rate > _far(e) * e.rate_to_try,
    ),
    Rule(
        "momentum",
        _heavy,
        _heavy_sentence,
        _lighter,
        grave=lambda e: e.config.momentum > HEAVY_MOMENTUM,
    ),
    Rule(
        "timid learning rate",
        _timid,
        _timid_sentence,
        lambda e: {"learning_rate": e.rate_to_try},
        grave=lambda e: e.rate < e.rate_to_try / _far(e),
    ),
    Rule(
        "long warm-up",
        _warming,
        _warming_sentence,
        _short_warmup,
        grave=lambda e: e.config.warmup_steps > HALF * e.config.steps,
    ),
    Rule("no decay", _jumping, _jumping_sentence, lambda _: {"decay": "cosine"}),
    Rule("early decay", _faded, _faded_sentence, lambda _: {"decay": "constant"}, symptom=True),
)
