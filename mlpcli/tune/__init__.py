"""Which hyper-parameters to take, from measurements: `mlpcli lr`."""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.tune.command import choose_rate
else:
    __getattr__, __dir__, __all__ = lazy_exports(__name__)
