"""Which runs and settings are better, and what differs: `mlpcli compare` and `mlpcli diff`."""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.compare.command import show_compared, show_diff
else:
    __getattr__, __dir__, __all__ = lazy_exports(__name__)
