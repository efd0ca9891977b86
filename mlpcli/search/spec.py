"""What a sweep is to do, as a frozen record: base, space, how it searches, and for how long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from mlpcli.config import (
    Config,
    load_with_places,
    parse_config,
    parse_entry,
    parse_mapping,
    read_text,
    spelled,
    yaml_line,
    yaml_text,
)
from mlpcli.errors import ConfigError, Place
from mlpcli.runs import SWEEP_BASE
from mlpcli.search.domain import Choices, Range
from mlpcli.search.space import Key, Space, Values
from mlpcli.theory import best_init

RateOf = Callable[[Config], float]
Search = Literal["grid", "random", "qmc", "tpe", "cmaes"]
SEARCHES: tuple[str, ...] = get_args(Search)
METRICS = ("val_accuracy", "val_r2", "val_loss")
MOST_TRIALS = 10_000
MOST_STACKED = 64
MOST_VALIDATIONS = 1_000
MOST_SEEDS = 100
MOST_ETA = 10
SEEDS = 3  # of each finalist
TRIALS = 50  # where a search says neither how many, nor how long


@dataclass(frozen=True)
class Base:
    """The config that all trials share: the keys that its file gives, and no defaults.

    So what follows from another key, as `eval_every` from the steps, follows in each trial.
    """

    text: str

    @classmethod
    def read(cls, path: Path, overrides: tuple[str, ...] = ()) -> Base:
        """Read a config file, with overrides laid over it. Raises ConfigError."""
        config, places = load_with_places(path, overrides)
        given = {k: getattr(config, k) for k in places if k in Config.model_fields}
        if "epochs" in given:  # so that other batches have other steps
            written = dict(each.split("=", 1) for each in overrides if "=" in each).get("epochs")
            entries, _ = parse_mapping(read_text(path), path.name)
            own = parse_entry(written, Place("")) if written else entries["epochs"]
            given["epochs"] = own.value
            del given["steps"]
        return cls(yaml_text({"name": config.name, **given}))

    @cached_property
    def config(self) -> Config:
        """The config itself."""
        return self.with_values({})

    def with_values(self, values: Values, name: str | None = None) -> Config:
        """Return the config with other values. Raises ConfigError where they do not go together."""
        overrides = tuple(f"{key}={spelled(value)}" for key, value in values.items())
        config = _parsed(self.text, overrides)
        return config if name is None else config.model_copy(update={"name": name})


@lru_cache(maxsize=32)  # 2 ms; the same is asked for to see whether a trial is new, and to train it
def _parsed(text: str, overrides: tuple[str, ...]) -> Config:
    return parse_config(text, Path("base"), overrides)[0]


@dataclass(frozen=True)
class Spec:
    """One sweep. `trials` is None for as many as the time allows, or the grid has."""

    name: str
    base: Base
    space: Space
    search: Search
    trials: int | None
    seeds: int  # of each finalist; 1: there are none
    halving: int  # eta; 1: every trial is trained to its end
    metric: str
    minutes: float | None
    seed: int  # of the search
    validations: int | None = None  # of each trial; None: by the base
    fit_init: bool = False  # each trial has the init that keeps its activation's signal
    stack: int | None = None  # networks of one structure that train in one call, at most
    needed: bool = False  # trials that were completed before, elsewhere, are told and not trained
    first: tuple[Values, ...] = ()  # trials that it begins with
    largest_run: float | None = None  # FLOP of all steps; a larger one is not tried

    @property
    def most(self) -> int:
        """How many trials there are at most."""
        return int(min(self.trials or MOST_TRIALS, MOST_TRIALS, self.space.most()))

    @property
    def is_adaptive(self) -> bool:
        """Whether a trial is chosen by the results of those before it."""
        return self.search in ("tpe", "cmaes")

    def name_of(self, number: int) -> str:
        """Return the name of a trial, which is its config's."""
        return f"{self.name[:56]}-{number:03d}"

    def key_of(self, number: int) -> tuple[str, int]:
        """Return the name and the seed that a trial's run is known by."""
        return self.name_of(number), self.base.config.seed

    @property
    def is_measured(self) -> bool:
        """Whether learning rates are multiples of what a measurement of each network gives."""
        domains = [key.domain for key in self.space.keys]
        return any(isinstance(each, Range) and each.measured for each in domains)

    def config(self, values: Values, number: int = 0, rate: RateOf | None = None) -> Config:
        """Return a trial's config. Raises ConfigError where its values do not go together.

        `rate` gives the learning rate that a network wants by its measurement, where rates are
        multiples of it; without it they are taken for rates.
        """
        config = self.base.with_values(values, self.name_of(number))
        if self.validations is not None:
            config = with_validations(config, self.validations)
        if self.fit_init:
            config = config.model_copy(update={"init": best_init(config), "init_stddev": 1.0})
        if self.is_measured and rate and "learning_rate" in values:
            own = config.model_copy(update={"learning_rate": self.base.config.learning_rate})
            wanted = float(f"{values['learning_rate'] * rate(own):.3g}")
            config = config.model_copy(update={"learning_rate": wanted})
        return config

    def some_configs(self, most: int) -> Iterator[Config]:
        """Yield the configs of at most so many corners of the space, those that are any."""
        for values in self.space.corners(most):
            with suppress(ConfigError):  # of a range both ends may not go with all else
                yield self.config(values)

    def to_yaml(self) -> str:
        """Return the sweep as its folder's sweep.yaml has it: every key, with its value."""
        lines = [yaml_line("name", self.name), yaml_line("base", SWEEP_BASE), "over:\n"]
        lines += [f"  {key.name}: {_flow(_domain(key))}\n" for key in self.space.keys]
        lines += [yaml_line(key, getattr(self, key)) for key in ("search", "trials", "seeds",
                  "halving", "metric") if getattr(self, key) is not None]  # fmt: skip
        given = {key: getattr(self, key) for key in ("validations", "stack", "largest_run")}
        lines += [yaml_line(key, value) for key, value in given.items() if value is not None]
        if self.minutes is not None:
            lines.append(f"budget: {{minutes: {spelled(self.minutes)}}}\n")
        if self.first:
            lines += ["first:\n", *(f"  - {_flow(dict(each))}\n" for each in self.first)]
        last = ("seed", "fit_init", "needed")
        return "".join([*lines, *(yaml_line(key, getattr(self, key)) for key in last)])


def with_validations(config: Config, count: int) -> Config:
    """Return a config that validates so many times, and saves as often."""
    every = -(-config.steps // count)
    return config.model_copy(update={"eval_every": every, "checkpoint_every": every})


def _domain(key: Key) -> Any:
    """Return a key's values, or its range, as a sweep file has them."""
    if isinstance(key.domain, Choices):
        if not key.when:
            return list(key.domain.values)
        return {"values": list(key.domain.values), **_when(key)}
    return {**range_record(key.domain), **_when(key)}


def range_record(domain: Range) -> dict[str, Any]:
    """Return a range as a sweep file has it."""
    low, high = (int(x) if domain.whole else x for x in (domain.low, domain.high))
    record: dict[str, Any] = {"from": low, "to": high}
    return {**record, **({"log": True} if domain.log else {}),
            **({} if domain.step is None else {"step": domain.step}),
            **({"of": "measured"} if domain.measured else {})}  # fmt: skip


def _when(key: Key) -> dict[str, Any]:
    return {"when": {k: list(v) for k, v in key.when}} if key.when else {}


def _flow(value: Any) -> str:
    """Write mappings and lists in a line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items()) + "}"
    return spelled(value)
