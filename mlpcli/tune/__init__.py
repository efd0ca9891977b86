"""Which hyper-parameters to take, from measurements: `mlpcli lr`.

rate_search.py chooses the rates to try and the best of them, measurements.py trains them side by
side, command.py is the story. A search over other keys belongs here.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.tune.command import choose_rate
else:
    __getattr__, __dir__ = lazy_exports(__name__)
