"""Why a run came out as it did: rules in their order, each with its evidence and its advice.

The first that fires is the headline. A sentence names the number, the limit, the config key and
the value to try, so that it can be proved: change those keys and train again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mlpcli.advice import EXPLODED, FADED, LOST, SATURATED, gains, he_range
from mlpcli.display import number, percent, points
from mlpcli.evidence import Evidence, rounded

PEAK = 10.0  # times the first loss
EDGE = 12.0  # over sharpness: beyond it the catapult fails (Lewkowycz et al. 2020)
LEARNED = 0.9  # of the training examples right: softmax regression's accuracy
TIMID = 0.1  # of the limit of stability
DEAD = 0.2  # of a layer's units
NEAR_LIMIT = 0.95  # of the limit of stability, at the end
JUMPS = 0.15  # of the loss, from row to row
FALLS = 0.05  # of the loss, over the last fifth
LOW = 0.97  # training accuracy below which a network of two layers or more has not fitted
RISEN = 0.05  # of the best validation loss
TOO_LARGE, TOO_SMALL = 4.0, 1 / 8  # of the noise scale
HEALTHY = "healthy"

Advice = dict[str, Any]


@dataclass(frozen=True)
class Cause:
    """A rule that fired: what it says of the run, and the config keys to change."""

    rule: str
    sentence: str
    advice: Advice


@dataclass(frozen=True)
class Rule:
    """When it fires, what it then says, and what to change."""

    name: str
    fires: Callable[[Evidence], bool]
    sentence: Callable[[Evidence], str]
    advice: Callable[[Evidence], Advice]


def explain(evidence: Evidence, most: int = 3) -> tuple[Cause, ...]:
    """Return the causes, the headline first; at least one, at most `most`.

    One that advises on no key but those of a cause before it is left out: the first has the value.
    """
    fired: list[Cause] = []
    for rule in RULES:
        if rule.fires(evidence):
            advice = rule.advice(evidence)
            if not any(set(advice) <= set(each.advice) for each in fired):
                fired.append(Cause(rule.name, rule.sentence(evidence), advice))
    return tuple(fired[:most]) or (Cause(HEALTHY, _healthy(evidence), {}),)


def _past_the_edge(e: Evidence) -> bool:
    ratio = e.stability_ratio
    beyond = ratio is not None and ratio > EDGE / 2 and not _has_learned(e)
    grew = e.peak.loss is not None and e.peak.loss > PEAK * max(e.first_loss, 1.0)
    return e.diverged or beyond or grew


def _has_learned(e: Evidence) -> bool:
    """Say whether the training data came out well, whatever theory has to say."""
    return e.train is not None and e.train.accuracy > LEARNED


def _past_the_edge_sentence(e: Evidence) -> str:
    rate, ratio = f"learning_rate {e.rate:g}", e.stability_ratio
    if e.diverged:
        what = f"diverged at step {e.rows[-1].step:,}"
    elif ratio is not None and ratio > EDGE / 2:
        what = f"was thrown off at the start: {percent(e.rows[-1].accuracy)} % right at its end"
    else:
        what = f"went past the edge: the loss rose from {number(e.first_loss)} to "
        what += f"{number(e.peak.loss)} by step {e.peak.step:,}"
    if ratio is None:
        return f"The run {what}, with {rate}"
    limit = rounded(e.rate / ratio)
    return f"The run {what}, with {rate}, {ratio:.2g} times the limit of stability, {limit:g}"


def _saturated(e: Evidence) -> bool:
    return e.prediction.logit_scale > SATURATED


def _saturated_sentence(e: Evidence) -> str:
    p = e.prediction
    stddev = f" with init_stddev {e.config.init_stddev:g}" if e.config.init == "normal" else ""
    return (
        f"The initial weights are {he_range(p.layers)} times He's (init: {e.config.init}{stddev}): "
        f"the logits begin at a scale of {number(p.logit_scale)}, limit {SATURATED:g}, and the "
        f"first cost at about {number(p.first_cost)} expected, {number(e.first_loss)} measured, "
        "where 2.3 to 2.4 is a healthy one"
    )


def _lost(e: Evidence) -> bool:
    signal, gradient = gains(e.prediction.layers)
    one_way = e.prediction.logit_cosine > LOST and e.config.layers > 1
    inside = FADED <= signal <= EXPLODED and FADED <= gradient <= EXPLODED
    return one_way or not inside


def _lost_sentence(e: Evidence) -> str:
    signal, gradient = gains(e.prediction.layers)
    weights = f"init: {e.config.init} and activation: {e.config.activation}"
    for name, gain in (("signal", signal), ("gradient", gradient)):
        if not FADED <= gain <= EXPLODED:
            fate = "dies" if gain < FADED else "explodes"
            return (
                f"The {name} {fate} with depth: over {e.config.layers} layers it is multiplied by "
                f"{number(gain, 2)}, limits {FADED:g} to {EXPLODED:g}, with {weights}"
            )
    return (
        "The untrained network hardly tells images apart: the logits of any two have a cosine of "
        f"{e.prediction.logit_cosine:.4f}, limit {LOST:g}, with {weights} over "
        f"{e.config.layers} layers"
    )


def _timid(e: Evidence) -> bool:
    start, end = e.stability_ratio, e.end_ratio
    if start is None or e.validation is None or (e.train and e.train.accuracy > 0.995):
        return False
    speed = e.effective_rate / e.rate * (1 + e.config.momentum)
    return max(start, end or 0.0) * speed < TIMID


def _timid_sentence(e: Evidence) -> str:
    ratio = e.stability_ratio or 0.0
    return (
        f"learning_rate {e.rate:g} is {number(ratio, 2)} of the limit of stability, "
        f"{rounded(e.rate / ratio):g}; below {TIMID:g} most steps are too small to matter"
    )


def _deadest(e: Evidence) -> int:
    hidden = e.dead[: e.config.layers - 1]
    return max(range(len(hidden)), key=hidden.__getitem__, default=0)


def _dead(e: Evidence) -> bool:
    return e.config.layers > 1 and bool(e.dead) and e.dead[_deadest(e)] > DEAD


def _born_dead(e: Evidence) -> bool:
    return e.start.dead[_deadest(e)] > DEAD


def _dead_sentence(e: Evidence) -> str:
    layer = _deadest(e)
    since = e.dead_since(layer, DEAD)
    when = f" since step {since:,}" if since else ""
    cause = f"activation: {e.config.activation}" if _born_dead(e) else f"learning_rate {e.rate:g}"
    return (
        f"{percent(e.dead[layer])} % of the units of layer {layer + 1} are dead{when}, limit "
        f"{percent(DEAD)} %: they pass on no gradient of any example, with {cause}"
    )


def _dead_advice(e: Evidence) -> Advice:
    if _born_dead(e):
        return {"activation": "elu" if e.config.activation == "relu" else "relu"}
    return {"learning_rate": min(e.rate_to_try, rounded(e.rate / 3))}


def _at_the_limit(e: Evidence) -> bool:
    ratio = e.end_ratio
    constant = e.config.decay == "constant"
    return constant and ratio is not None and ratio > NEAR_LIMIT and e.oscillation > JUMPS


def _still_falling(e: Evidence) -> bool:
    return e.late_fall is not None and min(e.late_fall) > FALLS


def _still_falling_sentence(e: Evidence) -> str:
    training, validation = e.late_fall or (0.0, 0.0)
    return (
        f"The loss was still falling: by {percent(training)} % in training and "
        f"{percent(validation)} % in validation over the last fifth of steps {e.config.steps:,}, "
        f"limit {percent(FALLS)} %"
    )


def _underfit(e: Evidence) -> bool:
    if e.train is None or e.gap is None:
        return False
    limit = LOW if e.config.layers > 1 else 1.0
    return e.train.accuracy < limit and e.gap <= max(e.gap_error, 0.01)


def _underfit_sentence(e: Evidence) -> str:
    assert e.train is not None
    assert e.gap is not None
    return (
        f"Too small or too short, not overfitting: training accuracy {percent(e.train.accuracy)} % "
        f"is {points(e.gap)} points from validation's, where chance alone gives "
        f"{percent(e.gap_error)}, with layers {e.config.layers} and steps {e.config.steps:,}"
    )


def _underfit_advice(e: Evidence) -> Advice:
    if e.config.layers == 1:
        return {"layers": 2, "width": 256}
    return {"steps": 3 * e.config.steps}


def _overfit(e: Evidence) -> bool:
    validated = e.validated
    if e.gap is None or e.gap <= e.gap_error or len(validated) < 2:
        return False
    best = min(validated, key=lambda row: row.val_loss or 0.0)
    last = validated[-1]
    return (last.val_loss or 0.0) > (1 + RISEN) * (best.val_loss or 0.0)


def _overfit_sentence(e: Evidence) -> str:
    best = min(e.validated, key=lambda row: row.val_loss or 0.0)
    return (
        f"Overfitting since step {best.step:,}: validation loss rose from {number(best.val_loss)} "
        f"to {number(e.validated[-1].val_loss)}, limit {percent(RISEN)} %, and training accuracy "
        f"is {points(e.gap or 0.0)} points above validation's, beyond chance's "
        f"{percent(e.gap_error)}, with weight_decay {e.config.weight_decay:g}"
    )


def _batch_size(e: Evidence) -> int:
    """Return the noise scale at the end where the batch exceeds it, and else that of the start."""
    scale = e.end.noise_scale if e.end and _too_large(e) else e.start.noise_scale
    return max(1, min(int(rounded(scale)), e.config.data.train_examples))


def _too_large(e: Evidence) -> bool:
    return e.end is not None and e.config.batch_size > TOO_LARGE * e.end.noise_scale


def _too_small(e: Evidence) -> bool:
    return e.config.batch_size < TOO_SMALL * min(e.start.noise_scale, e.config.data.train_examples)


def _batch_sentence(e: Evidence) -> str:
    scale = e.end.noise_scale if e.end and _too_large(e) else e.start.noise_scale
    if _too_large(e):
        verdict, limit = "larger than pays", TOO_LARGE
    else:
        verdict, limit = "noisier than need be", TOO_SMALL
    return (
        f"batch_size {e.config.batch_size:,} is {verdict}: {number(e.config.batch_size / scale, 2)}"
        f" of the gradient's noise scale, {number(scale, 2)} examples, limit {limit:g}"
    )


def _afresh(e: Evidence) -> Advice:
    """He's weights where the given ones are at fault, and the rate that goes with the network."""
    return {**e.mended, "learning_rate": e.rate_to_try}


def _healthy(e: Evidence) -> str:
    parts = [f"first cost {number(e.first_loss)}"]
    if e.stability_ratio is not None:
        parts.append(f"learning rate {number(e.stability_ratio, 2)} of the limit at the start")
    if e.end_ratio is not None:
        parts.append(f"{number(e.end_ratio, 2)} at the end")
    if e.dead:
        parts.append(f"{percent(max(e.dead))} % dead units at most")
    if e.gap is not None:
        parts.append(f"gap {points(e.gap)} points")
    return f"Nothing is wrong with this run: {', '.join(parts)}"


RULES = (
    Rule("past the edge", _past_the_edge, _past_the_edge_sentence, _afresh),
    Rule("saturated logits", _saturated, _saturated_sentence, _afresh),
    Rule("lost with depth", _lost, _lost_sentence, _afresh),
    Rule(
        "timid learning rate",
        _timid,
        _timid_sentence,
        lambda e: {"learning_rate": e.rate_to_try},
    ),
    Rule("dead units", _dead, _dead_sentence, _dead_advice),
    Rule(
        "at the limit of stability",
        _at_the_limit,
        lambda e: (
            f"The loss jumps by {percent(e.oscillation)} % from row to row, limit "
            f"{percent(JUMPS)} %: learning_rate {e.rate:g} ends at {number(e.end_ratio, 2)} of "
            f"the limit of stability, with decay: constant"
        ),
        lambda e: {"decay": "cosine"},
    ),
    Rule(
        "still falling",
        _still_falling,
        _still_falling_sentence,
        lambda e: {"steps": 2 * e.config.steps},
    ),
    Rule("too small or too short", _underfit, _underfit_sentence, _underfit_advice),
    Rule("overfitting", _overfit, _overfit_sentence, lambda e: {"weight_decay": 1e-3}),
    Rule(
        "batch size",
        lambda e: _too_large(e) or _too_small(e),
        _batch_sentence,
        lambda e: {"batch_size": _batch_size(e)},
    ),
)
