"""What a config will do, before it is trained: `mlpcli check`.

The initial loss and the gains of the layers from theory, the time from earlier runs or a test of
the machine, and diagnostics by rules on the network and on its training. `explain` and `lr` go by
the same theory and limits.
"""

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
    __getattr__, __dir__ = lazy_exports(__name__)
