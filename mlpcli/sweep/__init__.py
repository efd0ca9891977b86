"""Many runs with other values each: `mlpcli sweep`, which ends with an honest answer.

spec_file.py reads what is to be searched (spec.py, space.py), search.py gives trials their values,
progress.py says what to train next by what is in the sweep's folder (folder.py), and story.py
trains it. finals.py and outcome.py say what came of it without the luck of the best of many.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.sweep.command import resume_sweeps, show_sweep, train_sweep
    from mlpcli.sweep.spec import SEARCHES
    from mlpcli.sweep.spec_file import Asked
else:
    __getattr__, __dir__ = lazy_exports(__name__)
