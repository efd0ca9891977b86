"""How sure a number is: intervals, exact tests, differences of settings, and verdicts.

Numbers in, numbers out: nothing here knows of runs, files or screens. Each formula has its source;
what takes scipy imports it when it is called. A new interval or test is a module here.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.stats.class_scores import (
        Tally,
        balanced_accuracy,
        calibration_error,
        class_tally,
        confused_pairs,
        confusion_counts,
        log_probabilities,
        macro_f1,
        roc_auc,
    )
    from mlpcli.stats.comparisons import Standing, holm, standings
    from mlpcli.stats.differences import MIN_SEEDS
    from mlpcli.stats.intervals import (
        Z95,
        Accuracy,
        Interval,
        Mean,
        import_distributions,
        mean_interval,
        standard_deviation,
        wilson_interval,
    )
    from mlpcli.stats.margins import accuracy_margin, r_squared_margin
    from mlpcli.stats.mcnemar import mcnemar_p
    from mlpcli.stats.power_law import Curve, CurveError, CurvePoint, Forecast, learning_curve
    from mlpcli.stats.sequential import Look, least_seeds, look
    from mlpcli.stats.shapley import (
        EXACT,
        Coalition,
        coalitions,
        interactions,
        orders,
        shapley_values,
    )
    from mlpcli.stats.shrinkage import Shrunken, shrunken_winner
    from mlpcli.stats.squared_errors import (
        MeanError,
        RSquared,
        paired_errors,
        r_squared,
        r_squared_interval,
    )
    from mlpcli.stats.variance_parts import NoiseParts, Part, noise_parts
    from mlpcli.stats.verdicts import ALPHA, MAX_SEEDS, Answer, Verdict
else:
    __getattr__, __dir__ = lazy_exports(__name__)
