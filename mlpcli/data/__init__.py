"""Examples: where they come from, how they are split, and in which order batches take them."""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.data.batches import batch_indices
    from mlpcli.data.datasets import DATASETS, Dataset
    from mlpcli.data.examples import Data, Examples
else:
    __getattr__, __dir__, __all__ = lazy_exports(__name__)
