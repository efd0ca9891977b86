"""The plane of a network: its numbers against the definitions, and what a terminal draws of it."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import pytest

from mlpcli.boundary import boundary_section, ground_of, layer_outputs, network_outputs
from mlpcli.data import DataFacts, DataSpec, dataset_of
from mlpcli.terminal.field import PALETTE, class_colors, class_letters, drawn_field
from mlpcli.terminal.sections import Field

SPIRAL = {"dataset": "spiral", "samples": 100, "noise": 0.0, "split_seed": 0, "activation": "tanh"}


def facts(config: Mapping[str, Any] = SPIRAL, inputs: tuple[str, ...] = ()) -> DataFacts:
    return dataset_of(DataSpec(config["dataset"], samples=100, noise=0.0, inputs=inputs)).facts


def right_is_blue(task: Any, inputs: int = 2) -> list[Any]:
    """Weights of one layer that takes for blue what lies right of the middle."""
    kernel = np.zeros((inputs, 2))
    kernel[0, task.classes.index("blue")] = 10.0
    return [kernel, np.zeros(2)]


@pytest.mark.parametrize(
    ("activation", "of_minus_1", "of_1"),
    [
        ("relu", 0.0, 1.0),
        ("tanh", -0.7615942, 0.7615942),
        ("sigmoid", 0.2689414, 0.7310586),
        ("gelu", -0.1586553, 0.8413447),
        ("elu", -0.6321206, 1.0),
        ("linear", -1.0, 1.0),
    ],
)
def test_the_hidden_layers_have_their_activation_and_the_last_has_none(
    activation: str, of_minus_1: float, of_1: float
) -> None:
    one = np.array([[1.0]])
    weights = [one, np.zeros(1), -2 * one, np.ones(1)]
    hidden, out = layer_outputs(np.array([[-1.0], [1.0]]), weights, activation)
    assert hidden.ravel() == pytest.approx([of_minus_1, of_1], abs=1e-6)
    assert out.ravel() == pytest.approx([1 - 2 * of_minus_1, 1 - 2 * of_1], abs=1e-6)


def test_what_is_too_large_warns_of_nothing() -> None:
    huge = np.full((1, 1), 1e200)
    found = network_outputs(np.array([[1e200]]), [huge, np.zeros(1)], "relu")
    assert np.isinf(found).all()


def test_the_top_row_comes_first_and_the_left_place_of_it() -> None:
    known = facts()
    ground = ground_of(known, SPIRAL)
    assert ground
    plane = ground.plane(right_is_blue(known.task))
    blue, orange = (known.task.classes.index(each) for each in ("blue", "orange"))
    assert (plane.likeliest[:, :28] == orange).all()
    assert (plane.likeliest[:, 32:] == blue).all()  # the points' mean is 0, nearly
    assert 0.5 < plane.probability[0, 32] < plane.probability[0, 59] <= 1
    upwards = [np.array([[0.0, 0.0], [0.0, 9.0]]), np.zeros(2)]  # the second class, for large y
    assert (ground.plane(upwards).likeliest[0] == 1).all()
    assert (ground.plane(upwards).likeliest[59] == 0).all()


def test_examples_stand_at_their_places_with_their_classes() -> None:
    known = facts()
    ground = ground_of(known, SPIRAL)
    assert ground
    examples = ground.examples
    assert len(examples) == 100
    # the first of both arms stands in the middle, and all within 5 of 6
    assert {(29, 30), (30, 30), (29, 29), (30, 29)} & {each[:2] for each in examples}
    assert all(4 <= row < 56 and 4 <= column < 56 for row, column, _ in examples)


def test_what_is_computed_of_x_and_y_spans_their_plane() -> None:
    names = ("x^2", "sin(y)")
    ground = ground_of(facts(inputs=names), {**SPIRAL, "inputs": [*names]})
    assert ground
    assert ground.names == ("x", "y")
    features = ground.features
    assert features.shape == (3600, 2)
    assert features[0] == pytest.approx(features[59])  # x^2 is even


@pytest.mark.parametrize(
    "change",
    [
        {"activation": "softplus"},
        {"activation": ["relu"]},
    ],
)
def test_no_plane_of_a_network_that_is_not_known(change: dict[str, Any]) -> None:
    assert ground_of(facts(), {**SPIRAL, **change}) is None


def test_no_plane_of_other_data() -> None:
    assert ground_of(None, SPIRAL) is None
    for name in ("iris", "mnist", "diabetes", "penguins"):
        assert ground_of(dataset_of(DataSpec(name)).facts, {"dataset": name}) is None


def test_two_columns_of_a_table_span_one_as_wide_as_they_spread() -> None:
    spec = DataSpec("iris", inputs=("petal_length_cm", "petal_width_cm"))
    known = dataset_of(spec).facts
    ground = ground_of(known, {"dataset": "iris"})
    assert ground
    assert ground.names == known.preparation.numeric.names
    assert ground.features.min(axis=0) == pytest.approx([-2.5, -2.5], abs=0.1)
    assert ground.features.max(axis=0) == pytest.approx([2.5, 2.5], abs=0.1)
    assert ground.examples == ()


@pytest.mark.parametrize(
    "change",
    [
        {"samples": "100"},
        {"samples": True},
        {"samples": 10**12},
        {"samples": 0},
        {"noise": "0"},
        {"noise": float("nan")},
        {"split_seed": -1},
        {"split_seed": None},
    ],
)
def test_a_strangers_config_gives_no_examples(change: dict[str, Any]) -> None:
    ground = ground_of(facts(), {**SPIRAL, **change})
    assert ground
    assert ground.examples == ()


def test_a_strangers_preparation_gives_no_plane() -> None:
    wrong = msgspec.structs.replace(facts(), columns={"numeric": 1})
    assert ground_of(wrong, SPIRAL) is None


def test_weights_that_are_no_numbers_are_drawn_as_undecided() -> None:
    known = facts()
    ground = ground_of(known, SPIRAL)
    assert ground
    plane = ground.plane([np.full((2, 2), np.nan), np.zeros(2)])
    assert plane.probability == pytest.approx(np.full((60, 60), 0.5))


def field(**change: Any) -> Field:
    cells = [[0, 1], [0, 1]]
    shares = [[0.9, 0.9], [0.9, 0.5]]
    given: dict[str, Any] = {"names": ["orange", "blue"], "cells": cells, "shares": shares}
    return Field(**{**given, "marks": {}, "axes": "axes", "columns": 60, **change})


def test_letters_are_the_classes_and_capitals_examples() -> None:
    assert [*drawn_field(field(), 80, False)] == [
        "ob",
        "o orange, b blue; dots:",
        "undecided",
        "axes",
    ]
    marked = [*drawn_field(field(marks={(1, 0): 1}), 80, False)]
    assert marked[0] == "Bb"
    assert marked[1:3] == ["o orange, b blue; capitals:", "examples; dots: undecided"]
    assert next(iter(drawn_field(field(shares=[[0.5, 0.9]] * 2), 80, False))) == ".b"


def test_a_narrow_place_has_fewer_columns_and_lines() -> None:
    wide = field(cells=[[0] * 60] * 60, shares=[[1.0] * 60] * 60)
    for width in (60, 41, 20, 3, 1):
        lines = [*drawn_field(wide, width, False)][: max(1, round(width / 2))]
        assert {*map(str, lines)} == {"o" * width}


def test_colors_are_half_blocks_of_the_class_and_are_what_the_class_is_called() -> None:
    line, legend, axes = drawn_field(field(marks={(0, 0): 1}), 80, True)
    assert str(line) == "▀▀"
    assert [span.style for span in line.spans]  # type: ignore[union-attr]
    assert "dark: examples, pale: undecided" in str(legend)
    assert axes == "axes"
    assert class_colors(["blue", "orange"]) == [PALETTE["blue"], PALETTE["orange"]]
    assert len({*class_colors([*"abcdefgh"])}) == 8


def test_letters_are_first_ones_where_these_differ() -> None:
    assert class_letters(["blue", "orange"]) == ["b", "o"]
    assert class_letters(["a", "apple", "B", "c"]) == ["a", "d", "b", "c"]
    for names in (["a", "A"], ["a1", "a2"], ["", "é"]):
        assert class_letters(names) == ["a", "b"]


def test_a_section_names_the_axes() -> None:
    known = facts()
    ground = ground_of(known, SPIRAL)
    assert ground
    (block,) = boundary_section(ground.plane(right_is_blue(known.task))).blocks
    assert isinstance(block, Field)
    assert block.axes == "x and y from -6 to 6"
