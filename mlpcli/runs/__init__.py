"""One run on disk, written and read back without trust, and many of them found.

records.py declares each number of a metrics row and of the summary once: its bounds, how it is
written for people, whether larger is better. directory.py writes a run, read.py reads it, each file
once. What a run directory says anyone may have written: it is validated here and nowhere else.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.runs.checkpoint import Checkpoint
    from mlpcli.runs.choice import Choice
    from mlpcli.runs.completed import split_completed
    from mlpcli.runs.concerns import FIFTH, LATE_FALL_LIMIT, LateFall, late_fall
    from mlpcli.runs.continuation import FROM_START, ResumePoint, newest_whole, resume_point
    from mlpcli.runs.details import RunDetails, json_shape, run_details
    from mlpcli.runs.directory import RunDirectory, utc_now
    from mlpcli.runs.disk_error import DiskError
    from mlpcli.runs.find import find_runs, runs_in
    from mlpcli.runs.folds import by_fold, folds_of, overlap_of
    from mlpcli.runs.footprint import (
        FLOAT32_BYTES,
        Footprint,
        estimate_footprint,
        fit_together,
        memory_shortage,
        require_limits,
        require_memory,
    )
    from mlpcli.runs.grouped import dependence
    from mlpcli.runs.history import (
        History,
        Reached,
        Sample,
        read_rows,
        representative_rows,
        spread,
    )
    from mlpcli.runs.json_text import to_json
    from mlpcli.runs.kept_weights import checkpoint_steps, checkpoint_weights, trained_weights
    from mlpcli.runs.layout import (
        CONFIG,
        INFO,
        METRICS_FILE,
        MODEL,
        PREDICTIONS,
        SUMMARY,
        SWEEP,
        SWEEP_BASE,
        TARGETS,
        is_run,
        is_sweep,
    )
    from mlpcli.runs.leftovers import clear_leftovers
    from mlpcli.runs.lock import Claim, alone, holder, in_turn, is_held, is_locked
    from mlpcli.runs.many import read_all
    from mlpcli.runs.matching import config_names, matching_runs
    from mlpcli.runs.metrics import Rows, row_record, rows_beyond, rows_in
    from mlpcli.runs.names import (
        STAMP,
        TRIAL,
        RunNameError,
        find_run,
        label_of,
        see,
        sweep_named,
        sweeps_in,
    )
    from mlpcli.runs.origin import data_digest, data_facts
    from mlpcli.runs.place import require_place
    from mlpcli.runs.predictions import (
        Answers,
        class_accuracies,
        confusions,
        load_answers,
    )
    from mlpcli.runs.provenance import computing_variables, describe_environment, package_versions
    from mlpcli.runs.quantities import Kind, Metric, Score
    from mlpcli.runs.read import load_run, open_run, open_sound
    from mlpcli.runs.records import (
        METRICS,
        SUMMARY_METRICS,
        LayerState,
        MetricsRow,
        Summary,
        metrics_in,
    )
    from mlpcli.runs.results import (
        LARGEST_FIRST,
        NO_RESULTS,
        RESULTS,
        SCORES,
        TEST_SCORES,
        at_row,
        finished,
        is_score,
        kind_of_results,
        least_of,
        most_of,
        needs_all,
        stands_for,
        unfinished,
    )
    from mlpcli.runs.resume_plan import follows, locked, plan
    from mlpcli.runs.run import Run, has_learned, in_words, unless_weighted
    from mlpcli.runs.rung import STOPPED, Rung, rung_of
    from mlpcli.runs.travel import (
        Delivery,
        Have,
        delivery,
        packed,
        result_files,
        rows_size,
        unpacked,
    )
    from mlpcli.runs.validate import LARGEST, finite, whole
else:
    __getattr__, __dir__ = lazy_exports(__name__)
