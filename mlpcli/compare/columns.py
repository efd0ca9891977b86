"""The names of columns: on the screen, and for --sort, --where and --columns, the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Literal

from mlpcli.config import SEED_KEYS
from mlpcli.errors import MlpcliError, nearest, shown
from mlpcli.runs import (
    LARGEST_FIRST,
    METRICS,
    NO_RESULTS,
    SCORES,
    SUMMARY_METRICS,
    TEST_SCORES,
)
from mlpcli.stats import Answer, Standing

By = Literal["run", "setting"]
STATUSES = ("completed", "running", "stopped", "interrupted", "failed", "diverged")

# of one run, beside its config and its results
OF_A_RUN = ("run", "status", "learned", "path", "started", "data", "reached", "val_step")
BOUNDS = tuple(name for name in NO_RESULTS if name.endswith(("_low", "_high")))
MEANS = tuple(name for name in NO_RESULTS if name not in BOUNDS)  # results that have a mean
STANDING = (
    "difference", "difference_low", "difference_high", "paired", "p_better", "p_adjusted",
    "p_equivalent", "seeds_needed_low", "seeds_needed_high", "detects",
)  # fmt: skip
COUNTS = ("seeds", "diverged", "unfinished")
SPREADS = ("sd", "low", "high")
SPREAD_OF = {f"{mean}_{spread}": (mean, spread) for mean in MEANS for spread in SPREADS}
OF_A_SETTING = ("setting", *COUNTS, *SPREAD_OF, *STANDING, "answer", "verdict")
RESERVED = frozenset((*OF_A_RUN, *NO_RESULTS, *OF_A_SETTING))  # a config's key is no such column
# which rows a name is of, where it is not of both
ALONE: dict[str, By] = {
    **dict.fromkeys(
        ("run", "status", "learned", "path", "started", "reached", "fold", *SEED_KEYS, *BOUNDS),
        "run",
    ),
    **dict.fromkeys(OF_A_SETTING, "setting"),
}
# known when a run has ended, and not from its metrics rows
OF_THE_END = frozenset(NO_RESULTS) - {metric.result for metric in METRICS.values()}
SHARES = frozenset(
    (
        *(m.result or n for n, m in {**METRICS, **SUMMARY_METRICS}.items() if m.form == "percent"),
        *BOUNDS,
    )
)
LARGEST = LARGEST_FIRST | {"difference", "p_better", "seeds"}
NEAREST = 3  # columns at most in a message


class ColumnError(MlpcliError):
    """A column that is not there, or that another option contradicts."""

    exit_code = 2


def names_of_columns(keys: Iterable[str], typed: str, by: By | None) -> list[str]:
    """Return the config's keys and the columns that runs have, or settings, or one of the two.

    Of the spreads of means those of a mean that is typed: there are three of each.
    """
    names = dict.fromkeys((*keys, *NO_RESULTS, *OF_A_RUN, *OF_A_SETTING))
    return [
        name
        for name in names
        if (by is None or ALONE.get(name, by) == by)
        and (name not in SPREAD_OF or typed.startswith(SPREAD_OF[name][0]))
    ]


def is_r_squared(name: str) -> bool:
    """Say whether a column is R squared, at most 1 and of any size below 0, or a mean of it."""
    return SPREAD_OF.get(name, (name,))[0].endswith("_r2")


def score_columns(scores: Iterable[str]) -> list[str]:
    """Return the columns of scores where those are validation's, test's after all of them.

    >>> score_columns(["val_r2", "val_r2"])
    ['val_r2', 'test_r2']
    """
    found = {*scores}
    kinds = [kind for kind, name in SCORES.items() if name in found]
    return [each[kind] for each in (SCORES, TEST_SCORES) for kind in kinds]


def step_key(result: str) -> str | None:
    """Return the result that says of which step another one is; None for what is of none.

    >>> [step_key(name) for name in ("val_loss", "test_loss", "best_val_accuracy", "parameters")]
    ['val_step', 'kept_step', 'best_val_step', None]
    """
    if result in ("parameters", "compile_seconds"):
        return None
    if result.startswith("best_val_"):
        return "best_val_step"
    if result.startswith(("test_", "train_")):
        return "kept_step"
    return "val_step" if result.startswith("val_") else "steps_taken"


def standing_values(standing: Standing | None) -> dict[str, Any]:
    """Return how far a setting lies from the reference; p is None where nothing was tested."""
    if standing is None:
        return dict.fromkeys(STANDING)
    apart, verdict = standing.difference, standing.verdict
    tested = verdict.answer is not Answer.TOO_FEW_SEEDS
    values = (
        *(apart.mean, apart.low, apart.high, apart.n if apart.paired else None, apart.p_better),
        *((standing.p_adjusted, standing.p_equivalent) if tested else (None, None)),
        *(verdict.seeds_low, verdict.seeds_high, verdict.detects),
    )
    return dict(zip(STANDING, values, strict=True))


def kind_of(asked: Iterable[tuple[str, str]], wanted: By | None, because: str) -> By | None:
    """Return which rows the names ask for, runs or settings; None where all are of both.

    `wanted` is what other options say, `because` of which. Raises ColumnError where they
    contradict each other, or a condition asks for what single runs do not have.
    """
    found, first = wanted, because
    for option, name in asked:
        kind = ALONE.get(name)
        if option == "--where":
            if kind == "setting":
                raise ColumnError(
                    f"--where {shown(name)}: of settings, and a condition is asked of single runs",
                    "leave it out, or choose by config keys and results",
                )
        elif kind and found and kind != found:
            other = "single runs" if kind == "run" else "settings"
            raise ColumnError(
                f"{option} {shown(name)}: of {other}, and {first} asks for {found}s",
                "leave one of them out",
            )
        elif kind and not found:
            found, first = kind, f"{option} {shown(name)}"
    return found


def refuse_of_the_end(asked: Iterable[tuple[str, str]]) -> None:
    """Raise ColumnError for a name of what is not known at a point before a run's end."""
    for option, name in asked:
        result = SPREAD_OF.get(name, (name,))[0]
        if result in OF_THE_END:
            raise ColumnError(
                f"{option} {shown(name)}: known at a run's end, and --at asks for a point before",
                "leave --at out, or ask for val_accuracy, val_r2, val_loss or train_loss",
            )


def refuse_without_point(asked: Iterable[tuple[str, str]]) -> None:
    """Raise ColumnError for `reached`, which says nothing where no point is asked for."""
    for option, name in asked:
        if name == "reached":
            raise ColumnError(
                f"{option} reached: whether a run came as far as --at, which is not given",
                "add for example --at steps=1000",
            )


def require_columns(asked: Iterable[tuple[str, str]], keys: Collection[str]) -> None:
    """Raise ColumnError for a name that is neither a column nor one of the configs' `keys`."""
    for option, name in asked:
        if name in keys or name in RESERVED:
            continue
        of_settings = [each for each in OF_A_SETTING if each not in SPREAD_OF]
        choices = [*OF_A_RUN, *NO_RESULTS, *of_settings, *sorted(map(shown, keys))]
        near = nearest(name, choices, NEAREST)
        hint = f"did you mean {' or '.join(near)}? " if near else ""
        raise ColumnError(
            f"{option} {shown(name) or repr(name)}: no such column",
            f"{hint}all that there are: the same command with --json, without {option}",
        )
