"""Rules of how a run went on and ended: units, noise, steps, size, and batches."""

import math

from mlpcli.config import MOST_STEPS
from mlpcli.explain.cause import Rule
from mlpcli.explain.evidence import LOW, Evidence
from mlpcli.runs import LATE_FALL_LIMIT
from mlpcli.stats import Accuracy
from mlpcli.terminal import number, percent, plain, points
from mlpcli.theory import MAX_DECAY_PER_STEP, Advice, advice_text, repair, rounded

DEAD = 0.2  # of a layer's units
NEAR_LIMIT = 0.95  # of the limit of stability, at the end
JUMPS = 0.15  # of the loss, from row to row
BOTTLENECK, WIDER = 16, 64  # units of a layer that holds the others up, and to try
RISEN = 0.05  # of the best validation loss
BARELY = 0.25  # epochs: four times the steps are one
TOO_LARGE, TOO_SMALL = 4.0, 1 / 8  # of the noise scale


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
        f"{percent(DEAD)} %: none of {e.examples:,} training examples gives them a gradient, with "
        f"{cause}"
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
    return e.finished and e.late_fall is not None and e.late_fall.goes_on


def _still_falling_sentence(e: Evidence) -> str:
    assert e.late_fall is not None
    return (
        f"The loss was still falling: by {percent(e.late_fall.training)} % in training and "
        f"{percent(e.late_fall.validation)} % in validation over the last fifth "
        f"of its {e.rows[-1].step:,} steps, limit {percent(LATE_FALL_LIMIT)} %"
    )


def _still_falling_advice(e: Evidence) -> Advice:
    if e.patience_spent:
        return _more_patience(e)
    # of twice the steps, those of a decaying rate would add nothing
    return _whole_epoch(e, 2) if _epochs(e) < BARELY else {"steps": _longer(e, 2)}


def _underfit(e: Evidence) -> bool:
    # noise in the targets sets a limit to R squared that nobody knows: none is too low to be fitted
    if not e.finished or e.gap is None or not isinstance(e.train, Accuracy):
        return False
    small = max(e.gap_error, 0.01, (1 - e.train.accuracy) / 4)
    return e.train.accuracy < _to_be_fitted(e) and e.gap <= small


def _to_be_fitted(e: Evidence) -> float:
    return LOW if e.config.layers > 1 else 1.0


def _underfit_sentence(e: Evidence) -> str:
    assert e.gap is not None
    keys = (
        ("layers", "width", "activation", "steps") if e.config.layers > 1 else ("layers", "steps")
    )
    size = {key: getattr(e.config, key) for key in keys}
    return (
        f"Too small or too short, not overfitting: {e.right}, limit {percent(_to_be_fitted(e))} %,"
        f" and {_apart(e.gap)} validation's, with {advice_text(size)}, which is "
        f"{plain(_epochs(e))} epochs"
    )


def _apart(gap: float) -> str:
    way = "above" if gap > 0 else "below"
    return f"only {points(abs(gap)).removeprefix('+')} points {way}"


def _underfit_advice(e: Evidence) -> Advice:
    config = e.config
    if config.layers == 1:
        return {"layers": 2, "width": 256}
    if config.activation == "linear":
        relu = {"activation": "relu"}
        return {**relu, **repair(config.model_copy(update=relu))}
    if min(config.hidden_widths) < BOTTLENECK:
        wider = tuple(max(each, WIDER) for each in config.hidden_widths)
        return {"width": wider if isinstance(config.width, tuple) else WIDER}
    return _whole_epoch(e, 3)


def _more_patience(e: Evidence) -> Advice:
    """Wait twice as long: more steps would change nothing."""
    return {"patience": min(2 * (e.config.patience or 1), MOST_STEPS)}


def _whole_epoch(e: Evidence, times: int) -> Advice:
    """So many times the steps, an epoch at least, and quieter ones in the end."""
    if e.patience_spent:
        return _more_patience(e)
    an_epoch = math.ceil(e.config.data.train_examples / e.config.batch_size)
    return {"steps": max(_longer(e, times), an_epoch), "decay": "cosine"}


def _epochs(e: Evidence) -> float:
    return e.rows[-1].step * e.config.batch_size / e.config.data.train_examples


def _longer(e: Evidence, times: int) -> int:
    return min(times * e.config.steps, MOST_STEPS)


def _overfit(e: Evidence) -> bool:
    validated = e.validated
    if e.gap is None or e.gap <= e.gap_error or len(validated) < 2:
        return False
    best = min(validated, key=lambda row: row.val_loss or 0.0)
    last = validated[-1]
    return (last.val_loss or 0.0) > (1 + RISEN) * (best.val_loss or 0.0)


def _overfit_sentence(e: Evidence) -> str:
    score, chance = "accuracy", percent(e.gap_error)
    if e.of_values:
        score, chance = "R squared", f"{e.gap_error:.4f}"
    best, last = min(e.validated, key=lambda row: row.val_loss or 0.0), e.validated[-1]
    return (
        f"Overfitting: the validation loss rose from {number(best.val_loss)} at step "
        f"{best.step:,} to {number(last.val_loss)} at step {last.step:,}, limit "
        f"{percent(RISEN)} %, and training {score} is {e.apart(e.gap or 0.0)} above validation's "
        f"after step {e.end_step:,}, beyond chance's {chance}, with "
        f"weight_decay {e.config.weight_decay:g}"
    )


def _overfit_advice(e: Evidence) -> Advice:
    more = min(max(1e-3, 3 * e.config.weight_decay), MAX_DECAY_PER_STEP / e.rate)
    return {"weight_decay": max(rounded(more), e.config.weight_decay)}


def _batch_size(e: Evidence) -> int:
    """Return the noise scale at the end where the batch exceeds it, and else that of the start."""
    scale = _scale_beside(e)
    return max(1, min(int(rounded(scale)), e.config.data.train_examples))


def _scale_beside(e: Evidence) -> float:
    return e.end.noise_scale if e.end and _too_large(e) else e.start.noise_scale


def _too_large(e: Evidence) -> bool:
    return e.end is not None and 0 < e.end.noise_scale < e.config.batch_size / TOO_LARGE


def _too_small(e: Evidence) -> bool:
    return e.config.batch_size / TOO_SMALL < e.start.noise_scale < math.inf


def _batch_sentence(e: Evidence) -> str:
    scale = _scale_beside(e)
    if _too_large(e):
        verdict, limit, when = "larger than pays", TOO_LARGE, f"after step {e.end_step:,}"
    else:
        verdict, limit, when = "noisier than need be", TOO_SMALL, "before step 1"
    return (
        f"batch_size {e.config.batch_size:,} is {verdict}: {plain(e.config.batch_size / scale)}"
        f" times the gradient's noise scale {when}, {plain(scale)} examples, limit {limit:g}"
    )


END_RULES = (
    Rule("dead units", _dead, _dead_sentence, _dead_advice),
    Rule(
        "at the limit of stability",
        _at_the_limit,
        lambda e: (
            f"The loss jumps by {percent(e.oscillation)} % from row to row in the last fifth of "
            f"the steps, limit {percent(JUMPS)} %: learning_rate {e.rate:g} ends at "
            f"{number(e.end_ratio, 2)} of the limit of stability, with decay: constant"
        ),
        lambda e: {"decay": "cosine"},
    ),
    Rule(
        "still falling",
        _still_falling,
        _still_falling_sentence,
        _still_falling_advice,
    ),
    Rule("too small or too short", _underfit, _underfit_sentence, _underfit_advice),
    Rule(
        "overfitting",
        _overfit,
        _overfit_sentence,
        _overfit_advice,
    ),
    Rule(
        "batch size",
        lambda e: _too_large(e) or _too_small(e),
        _batch_sentence,
        lambda e: {"batch_size": _batch_size(e)},
    ),
)
