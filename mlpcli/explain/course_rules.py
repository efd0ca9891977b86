"""Rules of how a run went on and ended: its length, its batches, and what it fitted too well."""

import math

from mlpcli.config import MOST_STEPS
from mlpcli.explain.cause import Rule
from mlpcli.explain.evidence import Evidence
from mlpcli.explain.rate_rules import USUAL_MOMENTUM
from mlpcli.terminal import number, percent, plain, points
from mlpcli.theory import Advice, rounded

FALLING = 0.02  # of the loss, over the last fifth, in training and in validation
BARELY = 0.25  # epochs: four times the steps are one
SHORT = 1.0  # epochs
FEW_STEPS, MORE_STEPS = 200, 500  # that are few whatever the data, and to try
FEW, ENOUGH = 1_000, 2_000  # steps below which smaller batches are considered, and aimed at
LARGE_BATCH, HUGE_BATCH, LEAST_BATCH = 64, 128, 32
HIGHER, MUCH_HIGHER = 2.0, 8.0  # times the rate that suits smaller batches
TINY_BATCH, VERY_FEW = 4, 50  # examples, and steps, that are faults of their own
RISEN = 0.05  # of the best validation loss
LOST = 0.005  # of the best validation score, which the last one is below
TOO_SMALL = 1 / 8  # of the noise scale
LEAST_DECAY, MOST_PULL = 1e-3, 1.0  # weight decay to try at least, and e-folds it takes at most


def _still_falling(e: Evidence) -> bool:
    fall = e.course.late_fall
    falling = fall is not None and min(fall.training, fall.validation) > FALLING
    return e.finished and not e.diverged and falling


def _still_falling_sentence(e: Evidence) -> str:
    assert e.course.late_fall is not None
    return (
        f"The loss was still falling: by {percent(e.course.late_fall.training)} % in training and "
        f"{percent(e.course.late_fall.validation)} % in validation over the last fifth "
        f"of its {e.course.last.step:,} steps, limit {percent(FALLING)} %"
    )


def _longer(e: Evidence) -> Advice:
    if e.patience_spent:  # more steps would change nothing
        return {"patience": min(2 * (e.config.patience or 1), MOST_STEPS)}
    twice = min(2 * e.config.steps, MOST_STEPS)
    if e.epochs >= BARELY:
        return {"steps": twice}
    return {"steps": max(twice, _epoch(e)), "decay": "cosine"}


def _epoch(e: Evidence) -> int:
    return math.ceil(e.config.data.train_examples / e.config.batch_size)


def _too_short(e: Evidence) -> bool:
    short = e.epochs < SHORT or e.config.steps < FEW_STEPS
    short = short and e.config.batch_size < HUGE_BATCH  # else smaller batches come first
    return e.finished and not e.diverged and short and not e.patience_spent


def _too_short_sentence(e: Evidence) -> str:
    return (
        f"The run is short: {e.course.last.step:,} steps of {e.config.batch_size:,} examples are "
        f"{plain(e.epochs)} epochs, limits {FEW_STEPS} steps and {SHORT:g} epoch; it ends with "
        f"{e.right}"
    )


def _few_updates(e: Evidence) -> bool:
    few = e.config.batch_size > LARGE_BATCH and e.config.steps < FEW and not e.patience_spent
    # else the rate is at fault first: smaller batches are noisier
    bearable = MUCH_HIGHER if _very_few(e) else HIGHER
    return few and e.rate < bearable * e.rate_to_try_with(_equal_examples(e))


def _very_few(e: Evidence) -> bool:
    light = e.config.momentum <= USUAL_MOMENTUM
    return light and e.config.batch_size >= HUGE_BATCH and e.config.steps < FEW_STEPS


def _few_updates_sentence(e: Evidence) -> str:
    return (
        f"{e.config.steps:,} updates are few for {e.config.steps * e.config.batch_size:,} "
        f"examples: in batches of {e.config.batch_size:,}, limit {LARGE_BATCH}, where the "
        f"gradient's noise scale is {number(e.start.noise_scale, 3)} before step 1 and "
        f"{number(e.late_noise_scale, 3)} at the end"
    )


def _smaller_batches(e: Evidence) -> Advice:
    """Return smaller batches, with a lower rate where the config's is too high for their noise."""
    keys = _equal_examples(e)
    rate = e.rate_to_try_with(keys)
    return keys if e.rate < HIGHER * rate else {**keys, "learning_rate": rate}


def _equal_examples(e: Evidence) -> Advice:
    """Return smaller batches that see as many examples in more steps."""
    seen = e.config.steps * e.config.batch_size
    batch = min(max(LEAST_BATCH, round(seen / ENOUGH)), e.config.batch_size // 2)
    return {"batch_size": batch, "steps": max(1, round(seen / batch))}


def _noisy_batches(e: Evidence) -> bool:
    batch = e.config.batch_size
    return batch / TOO_SMALL < e.start.noise_scale and batch < e.config.data.train_examples


def _noisy_batches_sentence(e: Evidence) -> str:
    scale = e.start.noise_scale
    return (
        f"batch_size {e.config.batch_size:,} is noisier than need be: "
        f"{number(e.config.batch_size / scale, 2)} of the gradient's noise scale before step 1, "
        f"{number(scale, 3)} examples, limit {TOO_SMALL:g}"
    )


def _larger_batches(e: Evidence) -> Advice:
    most = min(e.config.data.train_examples, 32 * e.config.batch_size)
    scale = e.start.noise_scale
    return {"batch_size": max(1, min(int(rounded(scale)) if math.isfinite(scale) else most, most))}


def _overfit(e: Evidence) -> bool:
    return e.gap is not None and e.gap > e.gap_error and e.course.loss_risen > RISEN


def _overfit_sentence(e: Evidence) -> str:
    score, chance = "accuracy", percent(e.gap_error)
    if e.of_values:
        score, chance = "R squared", f"{e.gap_error:.4f}"
    best, last = e.course.least_loss, e.course.validated[-1]
    assert best
    return (
        f"Overfitting: the validation loss rose from {number(best.val_loss)} at step "
        f"{best.step:,} to {number(last.val_loss)} at step {last.step:,}, limit "
        f"{percent(RISEN)} %, and training {score} is {e.apart(e.gap or 0.0)} above validation's "
        f"after step {e.end_step:,}, beyond chance's {chance}, with "
        f"weight_decay {e.config.weight_decay:g}"
    )


def _more_decay(e: Evidence) -> Advice:
    most = MOST_PULL / max(e.rate * e.mean_factor * e.config.steps, 1e-30)
    more = max(LEAST_DECAY, 3 * e.config.weight_decay, most / 3)
    return {"weight_decay": max(rounded(min(more, most)), e.config.weight_decay)}


def _past_its_best(e: Evidence) -> bool:
    return e.config.keep == "last" and not e.diverged and e.course.score_lost > LOST


def _past_its_best_sentence(e: Evidence) -> str:
    best, last = e.course.best, e.course.validated[-1]
    assert best
    lost = (
        f"{e.course.score_lost:.4f}"
        if e.of_values
        else points(e.course.score_lost).removeprefix("+")
    )
    unit = "of R squared" if e.of_values else "points"
    return (
        f"The run went past its best: validation at step {last.step:,} is {lost} {unit} below that "
        f"of step {best.step:,}, and keep: last keeps the last weights"
    )


COURSE_RULES = (
    Rule("still falling", _still_falling, _still_falling_sentence, _longer, dear=True),
    Rule(
        "too short",
        _too_short,
        _too_short_sentence,
        lambda e: {"steps": max(3 * e.config.steps, _epoch(e), MORE_STEPS), "decay": "cosine"},
        grave=lambda e: e.config.steps < (FEW_STEPS / 2 if e.far_down else VERY_FEW),
        dear=True,
    ),
    Rule(
        "few updates",
        _few_updates,
        _few_updates_sentence,
        _smaller_batches,
        grave=_very_few,
    ),
    Rule(
        "noisy batches",
        _noisy_batches,
        _noisy_batches_sentence,
        _larger_batches,
        grave=lambda e: e.config.batch_size <= TINY_BATCH,
    ),
    Rule("overfitting", _overfit, _overfit_sentence, _more_decay, symptom=True),
    Rule(
        "past its best",
        _past_its_best,
        _past_its_best_sentence,
        lambda _: {"keep": "best"},
        symptom=True,
    ),
)
