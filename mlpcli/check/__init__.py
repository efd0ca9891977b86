"""What a config will do, before it is trained: `mlpcli check`."""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.check.advice import (
        AGREE,
        ALIKE,
        EXPLODED,
        MAX_DECAY_PER_STEP,
        SATURATED,
        VANISHED,
        advice_text,
        best_init,
        decay_to_try,
        gains,
        he_ratio_range,
        is_lost,
        repair,
    )
    from mlpcli.check.command import show_check
    from mlpcli.check.prediction import Prediction, predict
else:
    __getattr__, __dir__, __all__ = lazy_exports(__name__)
