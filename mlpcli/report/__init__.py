"""What one run looks like: `mlpcli show`."""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.report.command import show_run
else:
    __getattr__, __dir__, __all__ = lazy_exports(__name__)
