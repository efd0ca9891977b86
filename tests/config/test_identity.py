"""What two configs must share, key by key, for each purpose."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from mlpcli.config.identity import (
    LATER,
    checkpoint_digests,
    compiled_once,
    differences,
    done_before,
    setting,
    step_time,
    structure,
)
from mlpcli.config.schema import Config

BASE: dict[str, Any] = {
    "name": "a", "layers": 3, "width": 64, "init": "normal", "learning_rate": 0.1, "momentum": 0.5,
    "steps": 100, "batch_size": 32,
}  # fmt: skip
VERSIONS = {"mlpcli": "0.1.0"}


def config(**changes: Any) -> Config:
    return Config(**{**BASE, **changes})


PURPOSES: dict[str, Callable[[Config, Config], bool]] = {
    "compile": lambda a, b: compiled_once(a) == compiled_once(b),
    "stack": lambda a, b: structure(a) == structure(b),
    "resume": lambda a, b: not list(differences(a.resolved(), b)),
    "checkpoint": lambda a, b: checkpoint_digests(a)[0] in checkpoint_digests(b),
    "setting": lambda a, b: setting(a.resolved(), "") == setting(b.resolved(), ""),
    "done": lambda a, b: (
        done_before(a.resolved(), "", VERSIONS) == done_before(b.resolved(), "", VERSIONS)
    ),
    "time": lambda a, b: step_time(a.resolved()) == step_time(b.resolved()),
}
RUN = {"resume", "checkpoint", "setting", "done"}  # what makes a run's bits
STRUCTURE = {"compile", "stack", "time"}
# of each key: another value, and for which purposes it makes another config
KEYS: dict[str, tuple[Any, set[str]]] = {
    "name": ("b", {"resume"}),
    "layers": (4, RUN | STRUCTURE),
    "width": (65, RUN | STRUCTURE),
    "activation": ("tanh", RUN | STRUCTURE),
    "init": ("zeros", RUN),
    "init_stddev": (2.0, RUN),
    "learning_rate": (0.2, RUN),
    "momentum": (0.9, RUN),  # a number is an argument, and whether there is one is not
    "weight_decay": (0.1, RUN | {"compile", "time"}),
    "nesterov": (True, RUN | STRUCTURE),
    "decay": ("cosine", RUN),
    "warmup_steps": (1, RUN),
    "steps": (200, {"setting", "done"}),
    "batch_size": (33, RUN | STRUCTURE),
    "order": ("sequential", RUN),
    "seed": (1, RUN - {"setting"}),
    "init_seed": (1, RUN - {"setting"}),
    "order_seed": (1, RUN - {"setting"}),
    "log_every": (1, RUN),
    "eval_every": (1, RUN),
    "checkpoint_every": (1, RUN),
    "metric": ("loss", RUN),
    "patience": (5, RUN),
    "min_delta": (0.01, RUN),
    "keep": ("best", RUN),
}
# the same of the keys that say what the examples are
OF_DATA: dict[str, tuple[Any, set[str]]] = {
    "dataset": ("wine", RUN | STRUCTURE),
    "target": ("petal_width_cm", RUN | STRUCTURE),  # which is no class
    "task": ("classification", RUN | {"time"}),  # as inferred: configs are resolved before
    "inputs": (("petal_width_cm",), RUN | STRUCTURE),
    "ignore": (("petal_width_cm",), RUN | STRUCTURE),
    "categorical": (("petal_width_cm",), RUN | STRUCTURE),
    "numeric": (("petal_width_cm",), RUN | {"time"}),
    "validation": (0.3, RUN),
    "test": (0.3, RUN),
    "split": ("random", RUN),
    "split_by": ("petal_width_cm", RUN),
    "split_seed": (1, RUN),
    "folds": (6, RUN),
    "fold": (2, RUN - {"setting"}),
    "train_examples": (60, RUN),
    "scaling": ("robust", RUN),
    "missing": ("refuse", RUN),
    "class_weights": ("balanced", RUN | {"compile", "stack"}),
    "samples": (400, RUN),
    "noise": (0.1, RUN),
}
# keys that have to be there, too
BESIDE: dict[str, dict[str, Any]] = {
    "metric": {"keep": "best"},
    "min_delta": {"patience": 3},
    "folds": {"folds": 5, "fold": 1},
    "fold": {"folds": 5, "fold": 1},
    "split_by": {"split": "group", "split_by": "sepal_width_cm"},
    "samples": {"dataset": "spiral"},
    "noise": {"dataset": "spiral"},
}
EVERY = {"eval_every": 10, "checkpoint_every": 10}  # or they would change with the steps


def test_every_key_is_held_against_every_purpose() -> None:
    assert {*KEYS, *OF_DATA} == set(Config.model_fields) - {"epochs"}  # which are steps


@pytest.mark.parametrize("key", OF_DATA)
def test_a_key_of_the_data_makes_another_config_for_these_purposes_alone(key: str) -> None:
    value, different = OF_DATA[key]
    beside = {**EVERY, "dataset": "iris", **BESIDE.get(key, {})}
    one, other = config(**beside), config(**{**beside, key: value})
    assert {name for name, same in PURPOSES.items() if not same(one, other)} == different


@pytest.mark.parametrize("key", KEYS)
def test_a_key_makes_another_config_for_these_purposes_alone(key: str) -> None:
    value, different = KEYS[key]
    beside = {**EVERY, **BESIDE.get(key, {})}
    one, other = config(**beside), config(**{**beside, key: value})
    assert {name for name, same in PURPOSES.items() if not same(one, other)} == different


@pytest.mark.parametrize(
    ("layers", "one", "other"),
    [(2, 64, (64,)), (3, 64, (64, 64)), (100, 5, (5,) * 99), (1, (), 64)],
)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_width_for_all_is_as_one_for_each(
    purpose: str, layers: int, one: Any, other: Any
) -> None:
    spellings = config(layers=layers, width=one), config(layers=layers, width=other)
    assert PURPOSES[purpose](*spellings)
    assert PURPOSES[purpose](*reversed(spellings))


@pytest.mark.parametrize("purpose", PURPOSES)
def test_widths_that_are_not_all_the_same_are_others(purpose: str) -> None:
    assert not PURPOSES[purpose](config(width=64), config(width=(64, 65)))


def test_the_activation_of_one_layer_has_no_meaning() -> None:
    one, other = (config(layers=1, activation=each) for each in ("relu", "tanh"))
    assert structure(one) == structure(other)


def test_what_uses_momentum_takes_other_time_whatever_its_value() -> None:
    assert step_time(config(momentum=0.0).resolved()) != step_time(config().resolved())


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({}, []),
        ({"steps": 101}, []),
        ({"steps": 99}, ["steps is 99, was 100: there can only be more"]),
        ({"seed": 1, "width": 65}, ["width is 65, was 64", "seed is 1, was 0"]),
        ({"width": (64, 65)}, ["width is [64, 65], was 64"]),
    ],
)
def test_what_differs_on_resume_is_told_in_words(changes: dict[str, Any], lines: list[str]) -> None:
    assert list(differences(config(**EVERY).resolved(), config(**EVERY, **changes))) == lines


def test_a_schedule_cannot_be_made_longer() -> None:
    cosine = config(decay="cosine", **EVERY)
    longer = config(decay="cosine", steps=101, **EVERY)
    line = "steps is 101, was 100: only with decay: constant"
    assert list(differences(cosine.resolved(), longer)) == [line]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"layers": "many", "width": [1]},
        {"layers": 2, "width": []},
        {"layers": True, "width": [True]},
        {"layers": 3, "width": [True, True], "momentum": [1]},
        {"layers": 10**400, "width": None, "name": "\ud800"},
        {"layers": 0, "width": [[1]]},
    ],
)
def test_a_mapping_that_anyone_may_have_written_is_only_like_itself(
    values: dict[str, Any],
) -> None:
    assert setting(values, "") == setting(dict(values), "") != setting({**values, "x": 1}, "")
    assert done_before(values, "", None) != done_before({**values, "x": 1}, "", None)
    assert step_time(values) != step_time({**values, "batch_size": 1})
    assert list(differences({**values, "steps": 1}, config()))


@pytest.mark.parametrize("width", [64, (64, 64), (64, 65)])
def test_a_config_of_before_nesterov_is_one_without_it(width: Any) -> None:
    now, nesterov = config(width=width), config(width=width, nesterov=True)
    before = {k: v for k, v in now.resolved().items() if k not in LATER}
    assert setting(before, "data") == setting(now.resolved(), "data")
    assert done_before(before, "", None) == done_before(now.resolved(), "", None)
    assert step_time(before) == step_time(now.resolved())
    assert not list(differences(before, now))
    assert list(differences(before, nesterov)) == ["nesterov is True, was False"]
    # the SHA-256s that mlpcli 0.1.0 wrote
    digest = _sha256({k: v for k, v in before.items() if k not in ("name", "steps")})
    assert digest in checkpoint_digests(now)
    assert digest not in checkpoint_digests(nesterov)
    if width != (64, 64):  # which was another setting than 64
        shared = {k: v for k, v in before.items() if k not in ("seed", "name")}
        assert setting(before, "data") == _sha256(shared, "data")


def _sha256(values: dict[str, Any], more: str = "") -> str:
    return hashlib.sha256((json.dumps(values, sort_keys=True) + more).encode()).hexdigest()


def test_a_file_of_known_content_may_lie_elsewhere() -> None:
    here = {**BASE, "dataset": "/a/birds.csv", "test": "/a/new.csv", "validation": 0.15}
    there = {**here, "dataset": "/b/copy.csv", "test": "/b/new.csv"}
    assert setting(here, "1f") == setting(there, "1f") != setting(there, "2f")
    assert done_before(here, "1f", None) == done_before(there, "1f", None)
    assert setting(here, "") != setting(there, "")  # of unknown content, the name is all there is
    assert done_before(here, "", None) != done_before(there, "", None)
    for other in ({"test": 0.2}, {"dataset": "iris"}, {"validation": "/a/seen.csv"}):
        assert setting({**here, **other}, "1f") != setting(here, "1f")
