"""A config from its file and `-s` overrides, or every problem with it, in line order."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from mlpcli.config.epochs import problem_of_steps, with_steps
from mlpcli.config.problems import errors_of, problems_of, values_of
from mlpcli.config.schema import Config
from mlpcli.config.with_data import with_data
from mlpcli.config.yamlfile import Entry, is_text, parse_entry, parse_mapping, read_text
from mlpcli.data import DATA_KEYS, DataSpec, located
from mlpcli.errors import ConfigError, DataError, Place, Problem, shown

MAX_PROBLEMS = 50  # shown of one file: a config has fewer than 20 keys
EARLIER_NAME = re.compile(r"[.-][A-Za-z0-9._-]{0,63}")  # as earlier versions gave to runs
HINT = "see every key and what it allows: mlpcli schema"


@dataclass(frozen=True)
class Loaded:
    """A config, and where it was read: in which file, and where each key stands that was given."""

    config: Config
    source: str
    places: Mapping[str, Place] = field(default_factory=dict)

    def place(self, key: str) -> Place:
        """Return where a key stands; the file as a whole where it is left at its default."""
        return self.places.get(key, Place(self.source))


def load_config(path: Path | str, overrides: Iterable[str] = (), follow: bool = True) -> Config:
    """Read a config file and lay the overrides (`key=value`) over it.

    A link in the file's place is read unless `follow` is false. Raises ConfigError with every
    problem, those of the file first and in line order.
    """
    return load_with_places(Path(path), tuple(overrides), follow)[0]


def load_file(path: Path, overrides: tuple[str, ...] = (), follow: bool = True) -> Loaded:
    """Return what `load_config` does, with where each key stands."""
    config, places = load_with_places(path, overrides, follow)
    return Loaded(config, shown(path, 200), places)


def load_of_run(path: Path, overrides: tuple[str, ...] = ()) -> Loaded:
    """Return the config of a run that is there, which is no link.

    Its name may be one that earlier versions allowed.
    """
    text = read_text(path, follow=False)
    config, places = parse_config(text, path, overrides, earlier_names=True)
    return Loaded(config, shown(path, 200), places)


def load_with_places(
    path: Path, overrides: tuple[str, ...] = (), follow: bool = True
) -> tuple[Config, dict[str, Place]]:
    """Return what `load_config` does, and where each key that was given stands."""
    return parse_config(read_text(path, follow), path, overrides)


def parse_config(
    text: str, path: Path, overrides: tuple[str, ...] = (), earlier_names: bool = False
) -> tuple[Config, dict[str, Place]]:
    """Return what `load_with_places` does of the text of a file."""
    source = shown(path, 200)
    entries, problems = _entries(text, source, overrides)
    earlier = entries.get("name", Entry(Place(source))).value if earlier_names else None
    renamed = isinstance(earlier, str) and EARLIER_NAME.fullmatch(earlier)
    if renamed:
        del entries["name"]  # which today's rule is not for
    end = Place(source, max(text.rstrip("\n").count("\n") + 1, 1))
    if not any(problem.key == "" for problem in problems):  # else the rest is guesswork
        problems += problems_of(entries, _default_name(path), end)
    if problems:
        given = [_option(override).source for override in overrides]
        raise _error(sorted(problems, key=lambda problem: _position(problem, given)))
    values = values_of(entries, _default_name(path))
    if values["layers"] == 1:
        values.pop("width", None)  # one layer has no hidden units
    _locate(values, entries, path.parent)
    places = {key: entry.place for key, entry in entries.items()}
    config = _resolved(values, places, source)
    return (config.model_copy(update={"name": earlier}) if renamed else config), places


@lru_cache(maxsize=8)  # a millisecond, and a search asks for its base at every trial
def _parsed(text: str, source: str) -> tuple[dict[str, Entry], list[Problem]]:
    return parse_mapping(text, source)


def _entries(
    text: str, source: str, overrides: Iterable[str]
) -> tuple[dict[str, Entry], list[Problem]]:
    """Return what a file has, with the overrides laid over it."""
    found = _parsed(text, source)
    entries, problems = dict(found[0]), list(found[1])
    for override in overrides:
        key, equals, value = override.partition("=")
        _leave_out_other(entries, key)
        entries[key] = (
            parse_entry(value, _option(override))
            if key and equals and is_text(key)
            else Entry(_option(override), problem="not KEY=VALUE")
        )
    return entries, problems


def sound_data_spec(path: Path, overrides: Iterable[str] = ()) -> DataSpec | None:
    """Return the data keys that are sound in themselves of a config, whatever else is wrong.

    None where it names no data set. Raises ConfigError where the file cannot be read.
    """
    entries, _ = _entries(read_text(path), shown(path, 200), overrides)
    known = {key: entry for key, entry in entries.items() if key in DATA_KEYS}
    values = values_of({key: each for key, each in known.items() if not each.problem}, "any")
    for error in errors_of(values):
        values.pop(str(error["loc"][0]), None)
    _locate(values, entries, path.parent)
    spec = {key: value for key, value in values.items() if key in DATA_KEYS}
    return DataSpec(**spec) if "dataset" in spec else None


def _leave_out_other(entries: dict[str, Entry], key: str) -> None:
    """Leave out what a file says of the length where an option says it in the other way.

    Also how many rows test where an option gives folds; a file that tests stays, and is refused.
    """
    other = {"steps": "epochs", "epochs": "steps", "folds": "test"}.get(key, "")
    file_tests = other == "test" and other in entries and isinstance(entries[other].value, str)
    if other in entries and entries[other].place.line and not file_tests:
        del entries[other]


def _locate(values: dict[str, Any], entries: dict[str, Entry], folder: Path) -> None:
    """Make paths absolute: those of a file are beside it, those of an option where it is typed."""
    for key in ("dataset", "validation", "test"):
        if isinstance(values.get(key), str):
            values[key] = located(values[key], folder if entries[key].place.line else Path())


def _resolved(values: Mapping[str, Any], places: dict[str, Place], source: str) -> Config:
    """Return the config with what its data say. Raises ConfigError where a key is at fault."""
    try:
        known = with_steps(values)
        if values.get("epochs") is not None:
            key, problem = problem_of_steps(known, {*places} - {"epochs"})
            if problem:
                place = places.get(key, places["epochs"])
                raise ConfigError([Problem(place, key, problem)], HINT)
            places["steps"] = places["epochs"]
        return with_data(Config(**known))
    except DataError as error:
        if not error.key:
            raise
        place = places.get(error.key, Place(source))
        raise ConfigError([Problem(place, error.key, str(error))], error.hint) from error


def load_configs(paths: Iterable[Path], overrides: tuple[str, ...] = ()) -> list[Loaded]:
    """Read several config files; raise one ConfigError with the problems of all of them."""
    configs, problems, hints = [], [], []
    for path in paths:
        try:
            configs.append(load_file(path, overrides))
        except ConfigError as error:
            problems += [problem for problem in error.problems if problem not in problems]
            hints.append(error.hint)
    if problems:
        raise ConfigError(problems, "\n".join(filter(None, dict.fromkeys(hints))))
    return configs


def _default_name(path: Path) -> str:
    """Return the file's stem made a name: dashes for other characters, and none at its start."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", path.stem).lstrip(".-")[:64] or "run"


def _option(override: str) -> Place:
    return Place(f"-s {shown(override)}")


def _position(problem: Problem, places: list[str]) -> tuple[float, int]:
    """Return what to sort by: lines first, then options in the order given."""
    source, line = problem.place.source, problem.place.line
    return (line, 0) if line else (math.inf, places.index(source))


def _error(problems: list[Problem]) -> ConfigError:
    if len(problems) > MAX_PROBLEMS:
        rest = f"and {len(problems) - MAX_PROBLEMS:,} problems more"
        problems = [*problems[:MAX_PROBLEMS], Problem(problems[-1].place, "", rest)]
    return ConfigError(problems, HINT)
