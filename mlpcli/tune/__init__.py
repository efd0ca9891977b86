"""Which hyper-parameters to take, from measurements: `mlpcli lr`, and `mlpcli tune` for all.

Of a rate plan.py says how long to train, rate_search.py which rates, choosing.py which of them is
the best; measurements.py trains them side by side, hopeless.py says why nothing can be learned,
command.py is the story. Of all keys space.py makes the sweep that the time allows, questions.py
asks what more would give, answers.py says it and tune_records.py has it for JSON, tuned.py is the
config that is given back, and tune_command.py the story.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.tune.command import choose_rate
    from mlpcli.tune.tune_command import is_tuning, resume_tunes, tune_config
    from mlpcli.tune.tune_records import tune_schema
else:
    __getattr__, __dir__ = lazy_exports(__name__)
