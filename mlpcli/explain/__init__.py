"""Why a run came out as it did, and the proof of it: `mlpcli explain`."""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.explain.command import show_explanation
else:
    __getattr__, __dir__, __all__ = lazy_exports(__name__)
