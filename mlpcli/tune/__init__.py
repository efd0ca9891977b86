"""Which hyper-parameters to take, from measurements: `mlpcli lr`.

plan.py says how long to train, rate_search.py which rates, choosing.py which of them is the best;
measurements.py trains them side by side, hopeless.py says why nothing can be learned, command.py is
the story. A search over other keys belongs here.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.tune.command import choose_rate
else:
    __getattr__, __dir__ = lazy_exports(__name__)
