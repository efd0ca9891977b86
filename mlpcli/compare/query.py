"""What is asked of a comparison: the command's options, checked against each other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from mlpcli.compare.at import At, parse_at
from mlpcli.compare.columns import By, kind_of, refuse_of_the_end, refuse_without_point
from mlpcli.compare.targets import Target, parse_target
from mlpcli.compare.where import Where, parse_where
from mlpcli.errors import MlpcliError, shown

Spread = Literal["interval", "sd", "none"]
NOISE = "noise"  # of --by
CURVES = ("train_examples", "steps", "width")  # keys that learning curves are over
FORMS_WITH_ALL = ("json", "csv")  # which have every measure of spread


class OptionError(MlpcliError):
    """Options that do not go together."""

    exit_code = 2


@dataclass(frozen=True)
class Query:
    """Which rows, in which order, at which point of the runs, and which columns to show."""

    by: By | None = None  # None: settings where one has several seeds
    baseline: str | None = None
    sort: str | None = None  # None: the score of the task that most of the runs have
    reverse: bool = False
    top: int | None = None
    where: Where | None = None
    at: At | None = None
    columns: tuple[str, ...] = ()  # empty: what differs, and what came out
    spread: Spread = "interval"
    curve: str | None = None  # the key that curves are over
    noise: bool = False  # whether the noise of settings is told apart
    to: Target | None = None  # that the runs are to reach
    margin: float | None = None  # points of accuracy, or R squared; None: what the test set shows

    def asked(self) -> Iterator[tuple[str, str]]:
        """Yield the option and the name of each column that is asked for."""
        if self.sort is not None:
            yield "--sort", self.sort
        for key in sorted(self.where.keys) if self.where else ():
            yield "--where", key
        for key in self.columns:
            yield "--columns", key

    def options(self) -> dict[str, Any]:
        """Return the options as they can be written in JSON."""
        return {
            "baseline": self.baseline,
            "where": self.where.text if self.where else None,
            "sort": self.sort,
            "reverse": self.reverse,
            "top": self.top,
            "columns": list(self.columns),
            "margin": self.margin,
            "at": asdict(self.at) if self.at else None,
        }


@dataclass(frozen=True)
class Options:
    """What is asked of a comparison, as the command line has it; see `mlpcli compare --help`."""

    by: str | None = None  # "run" or "setting"
    baseline: str | None = None
    where: str | None = None
    sort: str | None = None
    reverse: bool = False
    top: int | None = None
    columns: str | None = None  # keys with commas between them
    at: str | None = None
    spread: str | None = None  # "interval", "sd" or "none"
    curve: str | None = None  # of CURVES
    to: str | None = None
    margin: float | None = None  # points of accuracy, or R squared

    def query(self, form: str = "table") -> Query:
        """Return them as a query. Raises OptionError or ColumnError where they contradict."""
        columns = () if self.columns is None else self.columns.split(",")
        query = Query(
            by=_choice("by", self.by, (*get_args(By), NOISE)) if self.by != NOISE else "setting",
            noise=self.by == NOISE,
            baseline=self.baseline,
            sort=None if self.sort is None else self.sort.strip(),
            reverse=self.reverse,
            top=self.top,
            where=None if self.where is None else parse_where(self.where),
            at=None if self.at is None else parse_at(self.at),
            columns=tuple(dict.fromkeys(key.strip() for key in columns)),
            spread=_choice("spread", self.spread, get_args(Spread)) or Query.spread,
            curve=_choice("curve", self.curve, CURVES),
            to=None if self.to is None else parse_target(self.to),
            margin=amount("margin", self.margin),
        )
        _require_one_view(query)
        return self._with_kind(query, form)

    def _with_kind(self, query: Query, form: str) -> Query:
        """Return the query with runs or settings where its options say which."""
        if query.by == "run" and query.baseline is not None:
            raise OptionError("--by run shows runs, --baseline settings", "leave one of them out")
        if self.spread and form in FORMS_WITH_ALL:
            raise OptionError(
                f"--spread is for tables, and {form} has sd and interval", "leave --spread out"
            )
        (refuse_of_the_end if query.at else refuse_without_point)(query.asked())
        settings = query.baseline is not None or self.spread or query.curve
        wanted: By | None = "setting" if settings else query.by
        if query.by == "run" and self.spread:
            raise OptionError("--by run shows runs, --spread is of settings", "leave one out")
        by = kind_of(query.asked(), wanted, _because(query, self.spread))
        return Query(**{**vars(query), "by": by})


def _require_one_view(query: Query) -> None:
    """Raise OptionError where curves or times are asked for, and what says nothing of them."""
    wanted = "--curve" if query.curve else "--to" if query.to else ""
    wanted = "--by noise" if query.noise else wanted
    others = {
        "--curve": bool(query.noise and query.curve),
        "--to": bool((query.noise or query.curve) and query.to),
        "--by run": bool(query.curve and query.by == "run"),
        "--baseline": query.baseline is not None,
        "--at": query.at is not None,
        "--sort": query.sort is not None,
        "--reverse": query.reverse,
        "--top": bool(query.curve and query.top),
    }
    asked = [option for option, there in others.items() if there]
    if wanted and asked:
        raise OptionError(
            f"{wanted} has an order and a point of its own, and {asked[0]} says another",
            "leave one of them out",
        )


def _because(query: Query, spread: str | None) -> str:
    if query.by:
        return f"--by {query.by}"
    if query.curve:
        return "--curve"
    return "--baseline" if query.baseline is not None else f"--spread {spread}"


def amount(option: str, value: float | None) -> float | None:
    """Return what an option gives. Raises OptionError for less than nothing, or no number."""
    if value is not None and not 0 <= value < math.inf:
        raise OptionError(f"--{option} {value}: not an amount", "allowed are numbers from 0 on")
    return value


def _choice(option: str, value: Any, choices: tuple[Any, ...]) -> Any:
    if value is not None and value not in choices:
        allowed = f"{', '.join(choices[:-1])} or {choices[-1]}"
        raise OptionError(f"--{option} {shown(value)}: not one of the choices", allowed)
    return value
