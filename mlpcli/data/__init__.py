"""Examples: where they come from, how they are split, and in which order batches take them.

A config's data keys are a `DataSpec`; `dataset_of` makes of it a `Dataset`: its sizes and its task,
with nothing left to be inferred, and `Splits` of `Examples`, features and targets, once they are
wanted. `DataFacts` is what a run keeps of it. Nothing outside this package knows where examples
come from, and nothing outside training what a network does with them.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.data.aligned import ALIGNED, aligned_zeros
    from mlpcli.data.batches import batch_indices
    from mlpcli.data.categorical import Categorical, category_text
    from mlpcli.data.class_targets import class_ids
    from mlpcli.data.class_weights import OF_VALUES
    from mlpcli.data.dataset import Dataset
    from mlpcli.data.description import (
        ColumnFacts,
        Description,
        columns_alone,
        describe,
        likely_target,
    )
    from mlpcli.data.elsewhere import stands_at
    from mlpcli.data.examples import Examples, Splits
    from mlpcli.data.facts import DataFacts
    from mlpcli.data.mapped import MappedFeatures
    from mlpcli.data.new_rows import STDIN, NewRows, read_new_rows
    from mlpcli.data.points import INPUTS, POINT_SETS, make_points, point_inputs
    from mlpcli.data.preparation import Preparation
    from mlpcli.data.raw import read_raw
    from mlpcli.data.registry import (
        BUILT_IN,
        built_in_targets,
        dataset_of,
        facts_of,
        files_of,
        located,
    )
    from mlpcli.data.remembered import remember
    from mlpcli.data.sources import file_sha256
    from mlpcli.data.spec import DATA_KEYS, TEST, VALIDATION, DataSpec, spec_of, whole
    from mlpcli.data.subset import subset_problem
    from mlpcli.data.table import Arrays, Table
    from mlpcli.data.targets import read_target
    from mlpcli.data.task import Classification, Regression, Task
    from mlpcli.data.value_targets import target_values
else:
    __getattr__, __dir__ = lazy_exports(__name__)
