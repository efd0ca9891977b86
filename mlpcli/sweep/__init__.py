"""Many runs with other values each: `mlpcli sweep`, which ends with an honest answer.

What is tried is for the package search to say. progress.py says what to train next (of trials not
there yet, new_trials.py), by what is in the sweep's folder (folder.py) and what other processes
have taken (members.py); trainer.py is who trains, and story.py the whole. finals.py, fresh.py and
outcome.py say what came of it without the luck of the best of many.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.sweep.answer import mean_text, tested
    from mlpcli.sweep.command import resume_sweeps, show_sweep, sweep_outcome, train_sweep, work_on
    from mlpcli.sweep.finals import Finalist, fresh_seeds, margin
    from mlpcli.sweep.folder import Folder
    from mlpcli.sweep.more import Found, train_more
    from mlpcli.sweep.outcome import Outcome, outcome_of
    from mlpcli.sweep.progress import Progress
    from mlpcli.sweep.rates import Rates, measured_in
    from mlpcli.sweep.records import SweepSummary, summary_of, sweep_schema
    from mlpcli.sweep.story import begun, run_sweep, sweep_in, to_resume
    from mlpcli.sweep.trainer import Trainer, at_work, pool_of
    from mlpcli.sweep.trial import Trial, best_first, finite_score, score_of, score_text, work_of
    from mlpcli.sweep.view import outcome_sections
else:
    __getattr__, __dir__ = lazy_exports(__name__)
