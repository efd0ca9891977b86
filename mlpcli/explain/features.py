"""What of the evidence the expected gains go by: one number for each name."""

import math

from mlpcli.explain.evidence import Evidence, score_of
from mlpcli.explain.size_rules import narrowest
from mlpcli.theory import gains

MOST = 10.0  # of a logarithm: beyond it more is no other matter
NARROW = 1_000  # units, in place of those of no hidden layer

Features = dict[str, float]


def features(e: Evidence) -> Features:
    """Return the numbers that the table of gains asks for, all finite; decades are log10.

    Scores are as `Evidence.learned_share` has them.
    """
    config = e.config
    fit, score = e.fit_share, e.learned_share(score_of(e.validation))
    fall = e.course.late_fall
    signal, gradient = gains(e.prediction.layers)
    return {
        "score": score,
        "fit": fit,
        "gap": fit - score,
        "diverged": float(e.diverged),
        "rate decades": _decades(e.rate / e.rate_to_try),
        "end ratio": min(e.end_ratio or 0.0, 1e3),
        "noise decades": _decades(e.start.noise_scale / config.batch_size),
        "late noise decades": _decades(e.late_noise_scale / config.batch_size),
        "peak decades": _decades((e.course.peak.loss or math.inf) / max(e.first_loss, 1e-30)),
        "oscillation": min(e.course.oscillation, MOST),
        "training fall": fall.training if fall else 0.0,
        "validation fall": max(fall.validation, -MOST) if fall else 0.0,
        "loss risen": min(e.course.loss_risen, MOST),
        "score lost": min(e.course.score_lost, 1.0),
        "dead": max(e.dead[: config.layers - 1], default=0.0),
        "logit scale": _decades(max(e.prediction.logit_scale, e.start.logit_scale)),
        "signal decades": abs(_decades(signal)),
        "gradient decades": abs(_decades(gradient)),
        "cosine": e.prediction.logit_cosine,
        "narrowest": float(min(narrowest(config), NARROW)),
        "widest": float(max(config.hidden_widths, default=0)),
        "layers": float(config.layers),
        "linear": float(config.activation == "linear" and config.layers > 1),
        "sigmoid": float(config.activation == "sigmoid" and config.layers > 1),
        "momentum": config.momentum,
        "pull": min(e.pull, 1e6),
        "warm-up": config.warmup_steps / config.steps,
        "mean factor": e.mean_factor,
        "constant": float(config.decay == "constant"),
        "steps": float(config.steps),
        "epochs": e.epochs,
        "batch": float(config.batch_size),
        "examples": float(config.data.train_examples),
        "movement": min(e.movement or 0.0, 1e3),
        "of values": float(e.of_values),
    }


def _decades(value: float) -> float:
    """Return log10, within MOST of zero; of what is no positive number the nearest end."""
    if math.isnan(value) or value <= 0:
        return -MOST if not math.isnan(value) else MOST
    return max(-MOST, min(MOST, math.log10(value))) if math.isfinite(value) else MOST
