"""What may stand in a sweep file: each key with the JSON Schema that it is held against.

The reader refuses by it, and editors mark by it; file_schema.py adds the config's keys.
"""

from __future__ import annotations

from typing import Any

from mlpcli.search.spec import (
    METRICS,
    MOST_ETA,
    MOST_SEEDS,
    MOST_STACKED,
    MOST_TRIALS,
    MOST_VALIDATIONS,
    SEARCHES,
    SEEDS,
    TRIALS,
)

MOST_KEYS = 30  # of `over`
MOST_VALUES = 1_000  # of a key
MOST_FIRST = 100
LONGEST = 100_000  # minutes
MEASURED = "measured"
MEASURED_KEY = "learning_rate"  # the only one of which a range can be of multiples
CHOICE_KEYS = ("values", "when")
# what makes a run no other setting, or another test
NOT_SEARCHED = {
    "name": "the runs' names follow from the sweep's",
    "seed": "finalists get fresh seeds: seeds: 3; or train one config with several: --seeds 5",
    "init_seed": "it is no setting; noise of weights and order: train --init-seeds",
    "order_seed": "it is no setting; noise of weights and order: train --order-seeds",
    "folds": "trials are compared on one split",
    "fold": "trials are compared on one split",
    "log_every": "it says how often is looked, and nothing of the network",
    "checkpoint_every": "it says how often is saved, and nothing of the network",
}
# of a range, beside its two ends and `when`
RANGE: dict[str, dict[str, Any]] = {
    "log": {"type": "boolean", "description": "equal parts of the logarithm; from is above 0"},
    "step": {
        "type": "number",
        "exclusiveMinimum": 0,
        "description": "from one value to the next; without log",
    },
    "of": {"enum": [MEASURED], "description": "multiples of the rate that suits each network"},
}
RANGE_KEYS = ("from", "to", *RANGE, "when")


def _whole(low: int, high: int, description: str, default: int | None = None) -> dict[str, Any]:
    more = {} if default is None else {"default": default}
    bounds = {"type": "integer", "minimum": low, "maximum": high}
    return {"description": description, **bounds, **more}


def _flag(description: str) -> dict[str, Any]:
    return {"description": description, "type": "boolean", "default": False}


MINUTES = {"type": "number", "exclusiveMinimum": 0, "maximum": LONGEST}
# in the order of the guide's table, which has the same words
FILE: dict[str, dict[str, Any]] = {
    "base": {
        "description": "a config, beside the file",
        "type": "string",
        "pattern": r"^[\s\S]+$",  # one character at least, of any kind
    },
    "over": {
        "description": "config keys, each with a list of values, or a range: from, to, and "
        "log: true or a step. {values: [...], when: {layers: [2, 3]}}, or when in a range, sets a "
        "key only where another has such a value",
        "type": "object",
        "minProperties": 1,
        "maxProperties": MOST_KEYS,
    },
    "search": {
        "description": "grid: every combination. random, qmc (Sobol', more even): points by their "
        "number. tpe, cmaes: Optuna's, by the results so far. tpe is the default where there is a "
        "range or trials",
        "enum": [*SEARCHES],
    },
    "trials": _whole(
        1, MOST_TRIALS, "at most; of a grid all, with budget as many as the time allows", TRIALS
    ),
    "seeds": _whole(1, MOST_SEEDS, "fresh seeds of each finalist; 1: no finalists", SEEDS),
    "halving": _whole(
        1, MOST_ETA, "eta of successive halving; 1: every trial is trained to its end", 1
    ),
    "metric": {"description": "val_accuracy, val_r2 or val_loss", "enum": [*METRICS]},
    "budget": {
        "description": "{minutes: 10}: no trial but the first two is begun that would leave no "
        "time for the finalists; on the command line --budget 10m",
        "type": "object",
        "properties": {"minutes": MINUTES},
        "required": ["minutes"],
        "additionalProperties": False,
    },
    "seed": _whole(0, 2**32 - 1, "of the search", 0),
    "validations": _whole(
        1,
        MOST_VALIDATIONS,
        "how often each trial validates, whatever its steps: rungs stand at validations",
    ),
    "fit_init": _flag("gives each trial the init that keeps its activation's signal"),
    "stack": _whole(
        1, MOST_STACKED, "trains up to so many networks of one structure in one call: Stacks, below"
    ),
    "first": {
        "description": "settings to begin with: a list, each with all keys that vary, as in "
        "- {width: 32, learning_rate: 0.1}",
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_FIRST,
    },
    "largest_run": {
        "description": "operations of a run's matrix products; larger ones are not tried: 1e12",
        "type": "number",
        "exclusiveMinimum": 0,
    },
    "needed": _flag("takes completed runs of the same config, data and versions for trials"),
    "name": {
        "description": "1 to 56 letters, digits, '.', '_' or '-', no '.' or '-' first; of the "
        "sweep and its runs",
        "type": "string",
        "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]{0,55}$",
    },
}
REQUIRED = ("base", "over")
