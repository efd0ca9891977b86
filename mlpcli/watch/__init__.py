"""A run seen while it trains: `mlpcli watch`.

command.py trains an ordinary run; picture.py gathers its rows and weights; view.py makes of them
what is drawn: the plane of a network of two-dimensional points, the curves, and the layers.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.watch.command import watch_config
else:
    __getattr__, __dir__ = lazy_exports(__name__)
