"""`train_examples`: a part of the training rows, drawn by the run's seed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlpcli.config import Config, load_config
from mlpcli.data.subset import subset_places
from mlpcli.errors import ConfigError, DataError
from mlpcli.runs.origin import data_facts

SMALL = "layers: 1\nlearning_rate: 0.1\nsteps: 10\nbatch_size: 5\n"


def settings(**values: Any) -> Config:
    given = {"name": "a", "layers": 1, "learning_rate": 0.1, "steps": 10, "batch_size": 5}
    return Config(**{**given, "dataset": "iris", **values})


def test_a_larger_subset_of_one_seed_holds_the_smaller_and_another_seed_draws_others() -> None:
    classes = np.repeat([0, 1, 2], [50, 30, 20])
    small, large = (set(subset_places(n, 100, classes, 7)) for n in (20, 60))
    assert small < large
    assert small != set(subset_places(20, 100, classes, 8))
    assert set(subset_places(20, 100, None, 7)) < set(subset_places(60, 100, None, 7))


def test_classes_keep_their_shares_and_none_is_left_out() -> None:
    classes = np.repeat([0, 1, 2], [600, 390, 10])
    counts = np.bincount(classes[subset_places(100, 1_000, classes, 0)])
    assert counts.sum() == 100
    assert abs(counts - [60, 39, 1]).max() <= 1
    assert sorted(classes[subset_places(3, 1_000, classes, 0)]) == [0, 1, 2]


def test_all_rows_are_all_rows_in_their_order() -> None:
    assert list(subset_places(6, 6, np.array([1, 0, 0, 1, 0, 1]), 3)) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (101, "more than the training set, got 101, allowed 2 to 100"),
        (1, "fewer than the classes, got 1, allowed 2 to 100"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_can(count: int, said: str) -> None:
    with pytest.raises(DataError) as caught:
        subset_places(count, 100, np.arange(100) % 2, 0)
    assert (str(caught.value), caught.value.key) == (said, "train_examples")


def test_what_scores_stays_whole_and_the_preparation_is_that_of_the_few() -> None:
    whole, few = settings().data, settings(train_examples=30, seed=1).data
    assert (whole.train_examples, few.train_examples) == (97, 30)
    assert few.facts.scored_on == whole.facts.scored_on
    assert few.facts.digest != whole.facts.digest
    assert few.facts.columns != whole.facts.columns
    train = few.load().train
    np.testing.assert_allclose(train.features.mean(axis=0), 0, atol=1e-5)
    assert np.bincount(train.targets).tolist() == [10, 10, 10]
    assert len(few.load().validation) == len(whole.load().validation)


def test_values_keep_their_unit_so_that_scores_can_be_compared() -> None:
    whole = settings(dataset="diabetes").data
    few = settings(dataset="diabetes", train_examples=40).data
    assert few.facts.task == whole.facts.task
    assert few.facts.scored_on == whole.facts.scored_on
    np.testing.assert_array_equal(few.load().test.targets, whole.load().test.targets)


def test_seeds_vary_the_subset_and_class_weights_are_of_it() -> None:
    one, other = (settings(dataset="wine", train_examples=40, seed=seed) for seed in (0, 1))
    assert one.data.facts.subset_sha256 != other.data.facts.subset_sha256
    weighted = settings(dataset="wine", train_examples=40, class_weights="balanced").data
    train = weighted.load().train
    counts = np.bincount(train.targets)
    np.testing.assert_allclose(train.class_weights, 40 / 3 / counts)


def test_mnist_gives_some_of_its_images_and_keeps_its_other_parts() -> None:
    config = settings(dataset="mnist", train_examples=1_000, seed=4)
    assert config.resolved()["train_examples"] == 1_000
    assert "split" not in config.resolved()
    found = config.data.load()
    assert (len(found.train), len(found.validation), len(found.test)) == (1_000, 5_000, 10_000)
    assert found.train.features.shape == (1_000, 784)
    assert config.data.facts.scored_on == settings(dataset="mnist").data.facts.scored_on
    # shares of the 55,000 labels that train: 1,000 * 5,444 / 55,000 = 98.98 zeros
    assert abs(np.bincount(found.train.targets)[0] - 98.98) <= 1.5


def test_epochs_are_of_the_subset_and_a_batch_cannot_be_larger(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("dataset: iris\n" + SMALL.replace("steps: 10", "epochs: 2"))
    assert load_config(path, ("train_examples=30",)).steps == 12
    with pytest.raises(ConfigError) as caught:
        load_config(path, ("train_examples=4",))
    said = "batch_size: more than the training set, got 5, allowed 1 to 4"
    assert said in str(caught.value)


@pytest.mark.parametrize(("dataset", "allowed"), [("mnist", "10 to 55,000"), ("iris", "3 to 97")])
def test_the_error_stands_at_the_key(tmp_path: Path, dataset: str, allowed: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"dataset: {dataset}\n{SMALL}train_examples: 2\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    said = f"a.yaml:6: train_examples: fewer than the classes, got 2, allowed {allowed}"
    assert said in str(caught.value)


def test_a_run_says_how_many_of_mnist_it_was_trained_on() -> None:
    facts = data_facts({}, {"dataset": "mnist", "train_examples": 1_000})
    assert facts
    assert facts.train_examples == 1_000
    whole = data_facts({}, {"dataset": "mnist"})
    assert whole
    assert (whole.train_examples, whole.scored_on) == (55_000, facts.scored_on)
