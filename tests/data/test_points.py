"""The Playground's points against its formulas."""

from typing import Any

import numpy as np
import pytest

from mlpcli.data.points import INPUTS, POINT_SETS, make_points, point_inputs, points_table
from mlpcli.errors import DataError


@pytest.mark.parametrize("name", POINT_SETS)
def test_a_seed_gives_the_same_points_and_another_seed_others(name: str) -> None:
    one, again, other = (make_points(name, 60, 0.2, seed)[0] for seed in (1, 1, 2))
    assert one.tolist() == again.tolist() != other.tolist()


@pytest.mark.parametrize("name", POINT_SETS)
@pytest.mark.parametrize("samples", [2, 3, 501])
def test_there_are_as_many_points_as_asked_for(name: str, samples: int) -> None:
    points, blue = make_points(name, samples, 0.1, 0)
    assert points.shape == (samples, 2)
    assert blue.shape == (samples,)
    assert np.isfinite(points).all()


def test_the_spirals_arms_are_those_of_the_playground() -> None:
    points, blue = make_points("spiral", 400, 0, 0)
    radius = np.hypot(*points.T)
    for arm, start in ((blue, 0), (~blue, np.pi)):
        order = np.argsort(radius[arm])
        i = np.arange(200)
        turn = 1.75 * i / 200 * 2 * np.pi + start
        wanted = (i / 200 * 5)[:, None] * np.stack([np.sin(turn), np.cos(turn)], axis=1)
        assert np.abs(points[arm][order] - wanted).max() < 1e-12


def test_noise_moves_the_spirals_points_by_less_than_itself() -> None:
    # drawn alike: the same points without noise, in the same order
    still, moved = (make_points("spiral", 400, noise, 0)[0] for noise in (0.0, 0.3))
    assert 0.25 < np.abs(moved - still).max() < 0.3


def test_the_circles_are_a_disk_and_a_ring() -> None:
    points, blue = make_points("circles", 2_000, 0, 0)
    radius = np.hypot(*points.T)
    assert np.count_nonzero(blue) == 1_000
    assert radius[blue].max() < 2.5
    assert 3.5 < radius[~blue].min() < radius[~blue].max() < 5
    assert radius[blue].mean() == pytest.approx(1.25, abs=0.06)  # drawn by radius, not by area


def test_xor_is_blue_where_the_signs_agree_and_keeps_off_the_axes() -> None:
    points, blue = make_points("xor", 2_000, 0, 0)
    assert (blue == (points[:, 0] * points[:, 1] > 0)).all()
    assert 0.3 < np.abs(points).min() < np.abs(points).max() < 5.3


@pytest.mark.parametrize("name", ["circles", "xor"])
def test_noise_changes_colors_near_the_border(name: str) -> None:
    still, moved = (make_points(name, 2_000, noise, 0)[1] for noise in (0.0, 0.5))
    assert 0.05 < np.mean(still != moved) < 0.5


@pytest.mark.parametrize(("noise", "variance"), [(0.0, 0.5), (0.25, 2.25), (0.5, 4.0)])
def test_the_gaussians_have_the_variance_of_the_playground(noise: float, variance: float) -> None:
    points, blue = make_points("gaussians", 20_000, noise, 0)
    assert points[blue].mean(axis=0) == pytest.approx([2, 2], abs=0.1)
    assert points[~blue].mean(axis=0) == pytest.approx([-2, -2], abs=0.1)
    assert points[blue].var() == pytest.approx(variance, rel=0.05)


def test_the_inputs_are_the_playgrounds_seven() -> None:
    found = point_inputs(np.array([[2.0, -3.0]]))
    assert tuple(found) == INPUTS
    values = [float(each[0]) for each in found.values()]
    assert values == [2, -3, 4, 9, -6, np.sin(2), np.sin(-3)]


def test_a_table_has_the_inputs_that_are_named_and_the_color() -> None:
    table = points_table("spiral", 10, 0.1, 0, ("sin(x)", "xy"))
    assert table.columns == ("sin(x)", "xy", "color")
    assert set(table.frame["color"]) == {"blue", "orange"}
    assert points_table("xor", 10, 0, 0).columns == ("x", "y", "color")
    assert table.place(2, "xy") == "spiral: point 3"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "spirals"}, 'no set of points is called "spirals"; did you mean spiral?'),
        ({"samples": 1}, "samples: 1, allowed 2 to 10,000,000"),
        ({"noise": 25}, "noise: 25, allowed 0 to 0.5"),
        ({"noise": float("nan")}, "noise: nan, allowed 0 to 0.5"),
        ({"inputs": ("x", "y2")}, 'spiral has no input "y2"; did you mean y^2?'),
    ],
)
def test_what_cannot_be_made_is_refused(change: dict[str, Any], message: str) -> None:
    asked = {"name": "spiral", "samples": 10, "noise": 0.1, "seed": 0, **change}
    with pytest.raises(DataError) as caught:
        points_table(**asked)
    assert str(caught.value) == message
    assert caught.value.hint
