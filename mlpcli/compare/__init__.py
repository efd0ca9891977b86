"""Which runs and settings are better, and what differs: `mlpcli compare` and `mlpcli diff`.

A comparison (comparison.py) has its runs in order and its settings over seeds with verdicts;
records.py is its one shape in JSON, run_view.py and setting_view.py are its tables. The names of
columns stand in columns.py. Two runs (diff*) and limits for CI (gate*) have each their own. The
package can be called: `from mlpcli import compare` gives it to a notebook as a function.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.compare.at import UNITS
    from mlpcli.compare.cells import is_share, score_apart
    from mlpcli.compare.columns import STATUSES, names_of_columns
    from mlpcli.compare.command import (
        compare_runs,
        compare_words,
        comparison_sections,
        rank_runs,
        show_compared,
        show_diff,
    )
    from mlpcli.compare.comparison import Comparison
    from mlpcli.compare.diff_records import diff_schema
    from mlpcli.compare.gate_command import GateOptions, show_gate
    from mlpcli.compare.gate_records import gate_schema
    from mlpcli.compare.listing import Listed, list_runs, listing_schema
    from mlpcli.compare.listing_command import show_listing
    from mlpcli.compare.listing_view import listing_sections
    from mlpcli.compare.query import Options
    from mlpcli.compare.records import Compared, compared_schema
    from mlpcli.compare.settings import Setting
else:
    __getattr__, __dir__ = lazy_exports(__name__)


class _Callable(ModuleType):
    """A package that is also the function of its name, whichever of the two is imported first."""

    def __call__(self, *runs: Any, **options: Any) -> Any:
        from mlpcli.compare.command import compare_runs

        return compare_runs(*runs, **options)


sys.modules[__name__].__class__ = _Callable
