"""Examples: where they come from, how they are split, and in which order batches take them.

A data set is known by its sizes and its task before it is loaded (`Dataset`, `Classification`), and
gives `Splits` of `Examples`: features and targets. A new one is a module like mnist.py and a line
in registry.py; nothing outside this package knows the name, the classes or the scale of any.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.data.batches import batch_indices
    from mlpcli.data.dataset import Dataset
    from mlpcli.data.examples import Examples, Splits
    from mlpcli.data.registry import DATASETS, known_dataset
else:
    __getattr__, __dir__ = lazy_exports(__name__)
