"""Which values trials get: the same whatever ended first, and whether or not it was killed."""

import math
import warnings
from pathlib import Path

import pytest
from running import TINY

from mlpcli.check import step_flops
from mlpcli.search.asker import TOGETHER, Asker, Told
from mlpcli.search.space import Values
from mlpcli.search.spec import Spec
from mlpcli.search.spec_file import Asked, load_sweep
from mlpcli.sweep.halving import is_among_best, no_rungs, rungs

SEARCHES = ("random", "qmc", "tpe", "cmaes")


@pytest.fixture
def spec_file(tmp_path: Path) -> Path:
    path = tmp_path / "s.yaml"
    path.write_text(
        f"base: {TINY}\nover:\n  layers: [1, 2, 3]\n"
        "  width: {values: [8, 32, 16], when: {layers: [2]}}\n"
        "  learning_rate: {from: 0.003, to: 1.0, log: true}\ntrials: 40\n"
    )
    return path


def score(values: Values) -> float:
    return -abs(math.log(values["learning_rate"] / 0.1)) - 0.1 * values["layers"]


def asked(spec: Spec, count: int, found: list[Values], newest_first: bool = False) -> list[Values]:
    """Ask for trials as a pool does: a new one once an old one is over."""
    asker, results, given = Asker(spec), dict[int, Told](), list[Values]()
    left: list[int] = []
    while len(given) < count:
        over = min(left, default=len(given))
        if asker.is_ready(over) and len(left) < 5:
            number = len(given)
            values = asker.ask(results, found[number] if number < len(found) else None)
            assert values is not None
            given.append(values)
            left.append(number)
            continue
        number = left.pop(-1 if newest_first and len(left) > 1 else 0)
        step = 5 if number % 3 == 0 else None  # stopped at a rung
        results[number] = Told(given[number], score(given[number]), step)
    return given


@pytest.mark.parametrize("search", SEARCHES)
def test_a_sweep_asks_for_the_same_trials_whatever_ends_first_or_was_there(
    search: str, spec_file: Path
) -> None:
    spec = load_sweep(spec_file, asked=Asked(search=search))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        whole = asked(spec, 30, [])
        assert asked(spec, 30, [], newest_first=True) == whole
        for known in (1, TOGETHER, 23):
            assert asked(spec, 30, whole[:known]) == whole
    assert asked(load_sweep(spec_file, asked=Asked(search=search, seed=1)), 30, []) != whole
    names = [tuple(sorted(values.items())) for values in whole]
    assert len({*names}) == len(names)
    assert all(("width" in values) == (values["layers"] == 2) for values in whole)


@pytest.mark.parametrize("search", [*SEARCHES, "grid"])
def test_a_sweep_begins_with_what_is_known_and_tries_nothing_too_large(
    search: str, spec_file: Path
) -> None:
    known = {"layers": 2, "width": 16, "learning_rate": 0.1}
    other = {"layers": 3, "learning_rate": 0.2}
    most = 500 * 6 * 32 * 784 * 32  # FLOP of all steps, of tiny.yaml's network of two layers
    first = f"first:\n  - {known}\n  - {known}\n  - {other}\nlargest_run: {most}\n"
    spec_file.write_text(spec_file.read_text() + first)
    if search == "grid":
        text = spec_file.read_text().replace("{from: 0.003, to: 1.0, log: true}", "[0.1, 0.2, 0.4]")
        spec_file.write_text(text)
    spec = load_sweep(spec_file, asked=Asked(search=search))
    given = asked(spec, 14 if search == "grid" else 25, [])
    assert given[0] == known
    assert given[1] not in (known, other)  # the same is not tried twice
    assert given[2] == other
    assert len({tuple(values.items()) for values in given}) == len(given)
    for values in given:
        config = spec.config(values)
        assert step_flops(config) * config.steps <= most
    if search != "grid":
        assert asked(spec, 25, given[:7]) == given


@pytest.mark.parametrize("search", ["tpe", "cmaes"])
def test_a_search_that_learns_does_better_than_chance(search: str, spec_file: Path) -> None:
    def median(search: str) -> float:
        best = []
        for seed in range(7):
            spec = load_sweep(spec_file, asked=Asked(search=search, seed=seed))
            best.append(max(map(score, asked(spec, 32, [])[16:])))
        return sorted(best)[3]

    assert median(search) > median("random")


@pytest.mark.parametrize("search", ["grid", *SEARCHES])
def test_a_small_space_is_searched_once_and_no_more(search: str) -> None:
    words = ["layers=1,2", "width=16,32", "momentum=0.0,0.9"]
    spec = load_sweep(Path(TINY), words, Asked(search=search, trials=50))
    asker, given = Asker(spec), list[Values]()
    results: dict[int, Told] = {}
    while (values := asker.ask(results)) is not None:
        results[len(given)] = Told(values, float(len(given)))
        given.append(values)
    # one layer has no width: 2 networks of one layer, 4 of two
    networks = {(v["layers"], v["width"] if v["layers"] == 2 else 0, v["momentum"]) for v in given}
    assert len(given) == len(networks) == 6


def test_a_grid_goes_through_its_values_in_order() -> None:
    spec = load_sweep(Path(TINY), ["learning_rate=0.1,0.2", "width=8,16"])
    asker = Asker(spec)
    given = [asker.ask({}) for _ in range(4)]
    assert [(v["learning_rate"], v["width"]) for v in given if v] == [
        (0.1, 8), (0.1, 16), (0.2, 8), (0.2, 16)]  # fmt: skip


def test_rungs_stand_at_validations_and_leave_out_the_end() -> None:
    spec = load_sweep(Path(TINY), ["width=8,16", "steps=5000"])
    config = spec.config({})
    assert rungs(config, 1) == ()
    assert rungs(config, 3) == (1000, 2000)
    dense = config.model_copy(update={"eval_every": 50})
    assert rungs(dense, 3) == (100, 200, 600, 1700)
    assert rungs(config.model_copy(update={"eval_every": 5000}), 3) == ()


def test_halving_without_a_rung_says_how_many_validations_have_one() -> None:
    config = load_sweep(Path(TINY), ["width=8,16", "steps=100"]).config({})
    rare = config.model_copy(update={"eval_every": 50})
    assert no_rungs([rare], 1) is None
    assert no_rungs([config, rare], 3) is None
    text = no_rungs([rare], 3)
    assert text
    assert text.endswith("set validations: 4")
    assert no_rungs([config.model_copy(update={"eval_every": 25})], 3) is None


def test_about_one_in_eta_goes_on_and_the_best_so_far_always() -> None:
    import random

    draw = random.Random(1)
    went, best = 0, -1.0
    scores: list[float] = []
    for _ in range(600):
        new = draw.random()
        on = is_among_best(new, scores, 3)
        went += on
        assert on or new <= best
        best = max(best, new)
        scores.append(new)
    assert 180 < went < 240


def test_corners_have_every_pair_of_values_and_are_few(spec_file: Path) -> None:
    spec = load_sweep(spec_file)
    corners = [*spec.space.corners(10_000)]
    rates = {(each["layers"], each["learning_rate"]) for each in corners}
    assert rates == {(layers, rate) for layers in (1, 2, 3) for rate in (0.003, 1.0)}
    assert {each["width"] for each in corners if each["layers"] == 2} == {8, 32, 16}
    assert all(("width" in each) == (each["layers"] == 2) for each in corners)
    assert len(corners) < 20
    assert len([*spec.space.corners(3)]) == 3
