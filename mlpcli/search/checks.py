"""What is wrong with a sweep as a whole, before anything is trained."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from mlpcli.config import MAX_BYTES, Config
from mlpcli.data import DATA_KEYS
from mlpcli.errors import ConfigError, Place, Problem
from mlpcli.search.domain import Choices
from mlpcli.search.space import Space, settings
from mlpcli.search.spec import MOST_TRIALS, Spec

HINT = "see what a sweep file has: mlpcli guide sweep"
MOST_CHECKED = 2_000  # combinations whose configs are made before anything is trained
MOST_DATA = 100  # combinations of what the data are made of


def checked(spec: Spec, places: Mapping[str, Place]) -> Spec:
    """Return a sweep that can be searched. Raises ConfigError with what hinders it."""
    problems = [
        *_of_size(spec),
        *_of_search(spec, places),
        *_of_metric(spec, places),
        *_of_halving(spec, places),
    ]
    if not problems:
        problems = _of_combinations(spec, places) or _of_data(spec, places)
    if problems:
        raise ConfigError(problems, HINT)
    return spec


def _of_size(spec: Spec) -> list[Problem]:
    """Return whether its folder's file would be one that cannot be read again."""
    size = len(spec.to_yaml().encode())
    if size <= MAX_BYTES:
        return []
    text = f"so many values make a file of {size:,} bytes, allowed {MAX_BYTES:,}; a range is short"
    return [Problem(Place("over"), "", text)]


def _of_search(spec: Spec, places: Mapping[str, Place]) -> list[Problem]:
    if spec.search != "grid":
        return []
    endless = [key for key in spec.space.keys if key.domain.count is None]
    if endless:
        name = endless[0].name
        text = "a grid has no ranges without a step, allowed [value, value], or search: tpe"
        return [Problem(places[name], name, text)]
    if spec.trials is None and spec.space.most() > MOST_TRIALS:
        text = f"a grid of {spec.space.most():,.0f} trials, allowed {MOST_TRIALS:,}; search: tpe"
        return [Problem(places[spec.space.keys[0].name], "over", text)]
    return []


def _of_metric(spec: Spec, places: Mapping[str, Place]) -> list[Problem]:
    classes = spec.base.config.data.task.kind == "classification"
    wrong = "val_r2" if classes else "val_accuracy"
    if spec.metric != wrong:
        return []
    right = "val_accuracy" if classes else "val_r2"
    what = "classes have" if classes else "values have"
    place = places.get("metric", Place("--metric"))
    return [Problem(place, "metric", f"{what} none, allowed {right}, val_loss")]


def _of_halving(spec: Spec, places: Mapping[str, Place]) -> list[Problem]:
    if spec.halving == 1:
        return []
    names = {key.name for key in spec.space.keys} & {"steps", "epochs", "eval_every"}
    text = "varies, where halving compares trials after as many steps: leave one of them out"
    return [Problem(places[name], name, text) for name in sorted(names)]


def _of_combinations(spec: Spec, places: Mapping[str, Place]) -> list[Problem]:
    """Return why a combination of values is no config, of the first that is none."""
    grid = spec.search == "grid"
    every = spec.space.combinations() if grid else spec.space.corners(MOST_CHECKED)
    for values in islice(every, MOST_CHECKED):
        try:
            spec.config(values)
        except ConfigError as error:
            first = error.problems[0]
            where = f"in {settings(values)}"
            text = f"{first.text}, {where}; say when a key is set: when: {{layers: [2, 3]}}"
            place = places.get(first.key, Place("over"))
            return [Problem(place, first.key, text)]
    return []


def _of_data(spec: Spec, places: Mapping[str, Place]) -> list[Problem]:
    """Return why trials cannot be compared, or their data not be held at once."""
    names = [key.name for key in spec.space.keys if key.name in DATA_KEYS]
    if not names:
        return []
    ranges = [name for name in names if not isinstance(spec.space[name].domain, Choices)]
    if ranges:
        text = "of the data, has no range: allowed [value, value]"
        return [Problem(places[ranges[0]], ranges[0], text)]
    if len(every := data_configs(spec)) > MOST_DATA:
        text = f"more than {MOST_DATA} data sets, which are held at once"
        return [Problem(places[names[0]], names[0], text)]
    if len({config.data.facts.scored_on for config in every}) > 1:
        text = "trials would be scored on other data, and could not be compared"
        return [Problem(places[names[0]], names[0], text)]
    return []


def data_configs(spec: Spec) -> list[Config]:
    """Return a config for each data set that a trial may need: MOST_DATA + 1 at most."""
    of_data = Space(tuple(key for key in spec.space.keys if key.name in DATA_KEYS))
    return [spec.config(values) for values in islice(of_data.combinations(), MOST_DATA + 1)]
