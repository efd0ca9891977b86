"""What an untrained network will do, and what mends one: by theory, or by draws if it is narrow.

prediction.py has the gains of the layers and the initial loss, simulation.py the networks that are
drawn, first_batch.py how far seeds differ, advice.py the limits beyond which a network is not sound
and the keys that make it so, stability.py the learning rate that goes with it.
`check` shows it; `explain`, `lr` and the end of a run go by the same limits.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.theory.advice import (
        AGREE,
        ALIKE,
        EXPLODED,
        MAX_DECAY_PER_STEP,
        SATURATED,
        VANISHED,
        advice_text,
        best_init,
        decay_text,
        decay_to_try,
        gains,
        he_ratio_range,
        healthy_loss,
        is_lost,
        repair,
        share_text,
        starts_saturated,
    )
    from mlpcli.theory.prediction import Layer, Prediction, predict
    from mlpcli.theory.stability import (
        FAR,
        SHORT_RUN,
        Advice,
        Mended,
        Snapshot,
        after_fast_decay,
        calmer,
        decays_too_fast,
        noise_factor,
        rate_to_try,
        rounded,
        stability_ratio,
        with_rate,
    )
else:
    __getattr__, __dir__ = lazy_exports(__name__)
