"""The values that a config for a data set begins with, worked by hand."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as with_sizes

from mlpcli.data import DataSpec, Description, describe
from mlpcli.guide.starting_values import starting_values


def described(name: str, rows: int | None = None, inputs: int | None = None) -> Description:
    """Describe a built-in data set, as if it had so many training rows and features."""
    found = describe(DataSpec(dataset=name))
    assert found.data
    facts = found.data.facts
    sizes = {"train_examples": rows or facts.train_examples, "inputs": inputs or facts.inputs}
    return replace(found, data=replace(found.data, facts=with_sizes(facts, **sizes)))


def test_of_classes_the_rate_is_005_and_sixty_epochs_are_taken() -> None:
    values = starting_values(described("penguins"))  # 223 rows train
    assert values.learning_rate == 0.05
    assert values.steps == 419  # 60 * 223 / 32 = 418.1
    assert values.weight_decay == 0.13  # 30 / 223
    assert (values.batch_size, values.scaling) == (32, None)


def test_of_values_the_rate_is_lower_and_the_decay_stronger() -> None:
    values = starting_values(described("diabetes"))  # 288 rows train
    assert (values.learning_rate, values.weight_decay) == (0.01, 0.69)  # 200 / 288
    assert values.scaling == "robust"


@pytest.mark.parametrize(
    ("rows", "batch", "steps"),
    [(10, 10, 300), (97, 32, 300), (4_999, 32, 9_374), (5_000, 128, 2_344), (10**6, 128, 20_000)],
)
def test_steps_have_bounds_and_many_rows_are_taken_in_larger_batches(
    rows: int, batch: int, steps: int
) -> None:
    values = starting_values(described("iris", rows))
    assert (values.batch_size, values.steps) == (batch, steps)


def test_few_rows_are_held_together_no_stronger_than_by_one() -> None:
    assert starting_values(described("iris", 20)).weight_decay == 1.0


def test_many_features_want_a_smaller_rate_but_not_pixels() -> None:
    assert starting_values(described("iris", inputs=1_000)).learning_rate == 0.005
    assert starting_values(described("mnist")).learning_rate == 0.05
    assert starting_values(described("mnist")).scaling is None
