"""Epochs are another way to say steps."""

from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from mlpcli.config.described import json_schema
from mlpcli.config.epochs import steps_of
from mlpcli.config.load import load_config
from mlpcli.errors import ConfigError

KEYS = "layers: 2\nwidth: 8\nlearning_rate: 0.1\nbatch_size: 32\n"
Written = Callable[[str], Path]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    """Give a function that writes a config with some lines more."""
    monkeypatch.chdir(tmp_path)

    def written(lines: str) -> Path:
        Path("a.yaml").write_text(KEYS + lines)
        return Path("a.yaml")

    return written


def refused(path: Path, *overrides: str) -> str:
    with pytest.raises(ConfigError) as error:
        load_config(path, overrides)
    return str(error.value)


def test_epochs_become_steps_by_the_rows_that_train_rounded_up(written: Written) -> None:
    config = load_config(written("dataset: iris\nepochs: 5\n"))
    assert config.data.train_examples == 97
    assert config.steps == 16  # 5 * 97 / 32 = 15.2
    assert config.eval_every == 2  # a tenth of the steps, rounded up
    assert "epochs" not in config.to_yaml()
    Path("b.yaml").write_text(config.to_yaml())
    assert load_config("b.yaml") == config


def test_the_split_says_how_long_an_epoch_is(written: Written) -> None:
    assert load_config(written("dataset: iris\ntest: 30\nvalidation: 20\nepochs: 1\n")).steps == 4
    assert load_config(written("epochs: 0.5\n")).steps == 860  # 55,000 / 2 / 32 = 859.4


def test_a_number_of_epochs_is_taken_as_it_is_written() -> None:
    assert steps_of(0.1, 1_000, 10) == 10  # and not 11, which the next float would give
    assert steps_of(3, 100, 100) == 3
    assert steps_of(0.001, 100, 100) == 1


def test_both_in_one_file_are_refused_and_an_option_says_it_in_its_own_way(
    written: Written,
) -> None:
    said = "epochs: another way to say steps, and both are given; leave one of them out"
    assert refused(written("steps: 9\nepochs: 1\n")) == f"a.yaml:6: {said}"
    path = written("epochs: 1\n")
    assert load_config(path, ["steps=9"]).steps == 9
    assert load_config(written("steps: 9\n"), ["epochs=1"]).steps == 1_719
    assert refused(path, "steps=9", "epochs=1") == f"-s epochs=1: {said}"


def test_steps_that_came_of_epochs_are_held_against_the_other_keys(written: Written) -> None:
    assert refused(written("dataset: iris\nwarmup_steps: 20\nepochs: 5\n")) == (
        "a.yaml:6: warmup_steps: more than steps, got 20, allowed 0 to 16"
    )
    assert refused(written("epochs: 1e6\n")) == (
        "a.yaml:5: epochs: 1,718,750,000 steps, allowed 1 to 100,000,000"
    )


@pytest.mark.parametrize("value", ["0", "-1", "ten", ".inf"])
def test_what_is_no_number_of_epochs_is_refused(written: Written, value: str) -> None:
    assert refused(written(f"epochs: {value}\n")).startswith("a.yaml:5: epochs: ")


def test_more_epochs_than_any_run_has_are_refused_with_the_most(written: Written) -> None:
    said = "epochs: too large, got 1e9, allowed a number above 0 to 100,000,000"
    assert refused(written("epochs: 1e9\n")) == f"a.yaml:5: {said}"


def test_neither_is_a_missing_key(written: Written) -> None:
    lacking = "steps: missing, allowed a whole number from 1 to 100,000,000"
    assert refused(written("")) == f"a.yaml:4: {lacking}"
    assert refused(written("epochs:\n")) == f"a.yaml:5: {lacking}"


def test_an_editor_takes_one_of_the_two() -> None:
    keys = {"layers": 1, "learning_rate": 0.1, "batch_size": 32}
    validator = jsonschema.Draft202012Validator(json_schema())
    assert validator.is_valid({**keys, "steps": 5})
    assert validator.is_valid({**keys, "epochs": 5})
    assert not validator.is_valid(keys)
    assert not validator.is_valid({**keys, "steps": 5, "epochs": 5})
