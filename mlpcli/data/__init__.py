"""Examples: where they come from, how they are split, and in which order batches take them."""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.data.batches import batch_indices
    from mlpcli.data.dataset import Dataset
    from mlpcli.data.examples import Examples, Splits
    from mlpcli.data.registry import DATASETS
    from mlpcli.data.task import Classification
else:
    __getattr__, __dir__, __all__ = lazy_exports(__name__)
