"""The learning rate: which rates are tried, which is chosen, and what the command says."""

import json
import math
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from running import mlpcli

from mlpcli.config.edit import CopyError, text_of, write_new
from mlpcli.config.load import load_config, parse_config
from mlpcli.config.schema import Config
from mlpcli.errors import RunError
from mlpcli.terminal.table import wrapped
from mlpcli.tune.command import choose_rate
from mlpcli.tune.rate_search import (
    COARSE,
    LOWEST,
    NETWORKS,
    SAFETY,
    SEEDS,
    Candidate,
    Choice,
    Curvature,
    choose,
    fine_rates,
    first_rates,
    further_rates,
    round_steps,
    top,
    two_digits,
)
from mlpcli.tune.view import about_curvature, about_schedule, headline, lines, where_it_stands

HIGHEST = LOWEST * COARSE ** (NETWORKS - 1)
TINY = """\
# a network for a test
layers: 2   # one hidden

width: 16
learning_rate: 1e-4  # far too small
steps: 200
batch_size: 32
"""


def candidates_of(*values: float | None) -> list[Candidate]:
    """Rungs from LOWEST on, with one seed each."""
    return [Candidate(LOWEST * COARSE**i, (value,)) for i, value in enumerate(values)]


def test_a_candidates_value_and_error_are_the_mean_and_its_standard_error() -> None:
    candidate = Candidate(0.1, (0.80, 0.86))
    assert candidate.value == pytest.approx(0.83)
    assert candidate.error == pytest.approx(0.03)  # sd 0.03 sqrt 2, over sqrt 2
    assert Candidate(0.1, (0.8,)).error is None


def test_a_seed_that_diverged_counts_as_nothing_right() -> None:
    assert Candidate(0.1, (0.8, None)).value == pytest.approx(0.4)
    assert Candidate(0.1, (None, None)).diverged == 2


@pytest.mark.parametrize(
    ("steps", "batch", "expected"),
    [
        (5_000, 100, 56),
        (5_000, 512, 56),
        (5_000, 50, 112),
        (5_000, 8, 400),
        (90, 8, 90),
        (1, 8, 20),
    ],
)
def test_a_round_has_more_steps_with_small_batches_and_no_more_than_the_run(
    steps: int, batch: int, expected: int
) -> None:
    assert round_steps(steps, batch) == expected


def test_all_rounds_have_the_same_number_of_networks() -> None:
    peak = candidates_of(0.1, 0.2, 0.5, 0.8, 0.9, 0.8, None, None)
    assert len(first_rates()) == len(fine_rates(peak)) * SEEDS == NETWORKS


def test_a_best_with_worse_on_both_sides_needs_no_further_rates() -> None:
    assert further_rates(candidates_of(0.1, 0.2, 0.5, 0.8, 0.9, 0.8, None, None), 0.2) == []


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [
        ((0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8), HIGHEST * 5, HIGHEST * 5**8),
        ((0.8, 0.7, 0.6, 0.1, None, None, None, None), LOWEST / 5**8, LOWEST / 5),
        ((None,) * 8, LOWEST / 5**8, LOWEST / 5),
        # nothing learned: up where even the highest is sound, down where it is not
        ((0.1, 0.1, 0.11, 0.12, 0.1, 0.1, 0.1, 0.1), HIGHEST * 5, HIGHEST * 5**8),
        ((0.1, 0.1, 0.11, 0.12, 0.1, 0.1, None, None), LOWEST / 5**8, LOWEST / 5),
    ],
)
def test_a_best_on_an_edge_extends_the_search_beyond_it(
    values: tuple[float | None, ...], first: float, last: float
) -> None:
    rates = further_rates(candidates_of(*values), 0.2)
    assert (rates[0], rates[-1]) == (pytest.approx(first), pytest.approx(last))
    assert rates == sorted(rates)
    assert len(rates) == NETWORKS


def test_the_fine_rates_surround_the_best_coarse_one() -> None:
    rates = fine_rates(candidates_of(0.1, 0.2, 0.5, 0.9, 0.8, None, None, None))
    assert math.prod(rates) ** 0.25 == pytest.approx(LOWEST * COARSE**3)
    assert rates[1] / rates[0] == pytest.approx(1.8)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((0.8, 0.9, 0.8), 1.0),
        # p = 0.1 and q = 0.3 below, h = k = ln 10: (0.1 - 0.3) / (2 (0.1 + 0.3)) = 1/4 to the left
        ((0.8, 0.9, 0.6), 10**-0.25),
        ((0.7, 0.8, 0.9), 10.0),  # the best has one neighbor alone
        ((0.9, 0.9, 0.9), 0.1),
    ],
)
def test_the_top_is_that_of_the_parabola_in_the_logarithm_of_the_rate(
    values: tuple[float, ...], expected: float
) -> None:
    candidates = [Candidate(rate, (v,)) for rate, v in zip((0.1, 1.0, 10.0), values, strict=True)]
    assert top(candidates) == pytest.approx(expected)


def chosen(*fine: float) -> Choice:
    coarse = [Candidate(r, (v,)) for r, v in ((0.01, 0.5), (0.1, 0.88), (1.0, 0.84), (10.0, None))]
    rates = (0.05, 0.1, 0.2, 0.4)
    return choose(coarse, [Candidate(r, (v, v)) for r, v in zip(rates, fine, strict=True)], 0.2)


def test_the_best_is_the_fine_rounds_top_made_a_little_smaller() -> None:
    assert chosen(0.86, 0.88, 0.90, 0.88).best == two_digits(0.2 * SAFETY)


def test_the_interval_ends_where_two_points_are_lost() -> None:
    choice = chosen(0.86, 0.88, 0.90, 0.88)
    # down: 0.88 is met at 0.1; up: at 0.4, beyond which 0.84 at 1.0 is below it
    assert (choice.low, choice.high) == (two_digits(0.1 * SAFETY), two_digits(0.4 * SAFETY))
    assert choice.edge == ""


def test_a_best_that_stays_on_the_edge_is_told() -> None:
    coarse = candidates_of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    choice = choose(coarse, [Candidate(HIGHEST * f, (0.8, 0.8)) for f in (0.5, 0.8, 1.2, 2.0)], 0.2)
    assert choice.edge == "highest"
    assert headline(choice, 80).endswith(
        "; it is the highest that was tried, so the best may be beyond it"
    )


@pytest.mark.parametrize(
    ("sharpness", "scale", "guides"),
    [
        ((10.0, 12.0, 15.0, 20.0), 0.5, True),
        ((10.0, 12.0, 15.0, 20.1), 0.5, False),
        ((10.0, 12.0, 15.0, 20.0), 5.1, False),
        ((10.0, 12.0, 15.0, math.nan), 0.5, False),
        ((0.0, 0.0, 0.0, 0.0), 0.0, False),
    ],
)
def test_sharpness_guides_where_it_agrees_and_logits_are_not_saturated(
    sharpness: tuple[float, ...], scale: float, guides: bool
) -> None:
    curvature = Curvature(sharpness, tuple(2 / s if s else math.inf for s in sharpness), scale)
    assert curvature.guides == guides
    said = about_curvature(chosen(0.86, 0.88, 0.90, 0.88), curvature)
    assert ("it is no guide here" in said) != guides


def test_the_configs_rate_stands_in_the_table_and_is_told_by_how_much_it_is_off(
    load: Callable[..., Config],
) -> None:
    choice = chosen(0.86, 0.88, 0.90, 0.88)
    small, fine, large = (load(TINY, f"learning_rate={rate}") for rate in (0.014, 0.2, 1.4))
    assert where_it_stands(small, choice) == "the config's 0.014 is 10 times too small"
    assert where_it_stands(fine, choice) == "the config's 0.2 is within the interval"
    assert where_it_stands(large, choice) == "the config's 1.4 is 10 times too large"
    shown = [cells[:2] for cells, _ in lines(small, choice, choice.candidates)]
    assert shown[:2] == [("", "0.01"), ("config", "0.014")]
    assert ("best", "0.14") in shown


def test_a_schedule_is_told_for_what_the_value_is(load: Callable[..., Config]) -> None:
    assert about_schedule(load(TINY)) == ""
    assert "with decay: cosine and warmup_steps: 20 take it as the highest rate" in about_schedule(
        load(TINY, "decay=cosine", "warmup_steps=20")
    )


REST = "steps: 9, batch_size: 8"
LINES = REST.replace(", ", "\n") + "\n"


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        (TINY, (), TINY.replace("1e-4  # far too small", "0.1")),
        (f"{{learning_rate: 1, layers: 1, {REST}}}", (),
         f"{{learning_rate: 0.1, layers: 1, {REST}}}"),
        (f"layers: 1\n{LINES}", (), f"layers: 1\n{LINES[:-1]}\nlearning_rate: 0.1\n"),
        (f"{LINES}layers: 1", (), f"{LINES}layers: 1\nlearning_rate: 0.1"),
        (f"---\n{LINES}layers: 1 # one\n...\n", (),
         f"---\n{LINES}layers: 1 # one\nlearning_rate: 0.1\n...\n"),
        (f"  {REST.replace(', ', chr(10) + '  ')}\n  layers: 1\n# end\n", (),
         f"  {REST.replace(', ', chr(10) + '  ')}\n  layers: 1\n  learning_rate: 0.1\n# end\n"),
        (f"{{layers: 1, {REST},}}\n", (), f"{{layers: 1, {REST}, learning_rate: 0.1,}}\n"),
        (f"{{layers: 1, {REST} # {{a}}\n}} # }}\n", (),
         f"{{layers: 1, {REST}, learning_rate: 0.1 # {{a}}\n}} # }}\n"),
        (f"layers: 3\nwidth: [8,\n  9] # two\n'learning_rate': 2\r\n{LINES}", (),
         f"layers: 3\nwidth: [8,\n  9] # two\n'learning_rate': 0.1\r\n{LINES}"),
        (f"layers: 3\nwidth:\n  - 8\n  - 9\n# rate\nlearning_rate: 2\n{LINES}", ("width=64",),
         f"layers: 3\nwidth:\n  64\n# rate\nlearning_rate: 0.1\n{LINES}"),
        (f"{{name: a, layers: 1, {REST}}}", ("name='b'",),
         f'{{name: b, layers: 1, {REST}, learning_rate: 0.1}}'),
        (f"? layers\n: 1\n{LINES}", (), f"? layers\n: 1\n{LINES[:-1]}\nlearning_rate: 0.1\n"),
    ],
)  # fmt: skip
def test_a_copy_keeps_comments_and_layout(text: str, given: tuple[str, ...], expected: str) -> None:
    path = Path("any.yaml")
    config = parse_config(text, path, (*given, "learning_rate=0.1"))[0]
    copied = text_of(config, text, path, [each.partition("=")[0] for each in given])
    assert copied == expected
    assert parse_config(copied, path)[0] == config


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"# Reaches 98 %.\n\n# Takes 3 s.\nlayers: 1 # one\n{LINES}",
         f"# new\n\nlayers: 1 # one\n{LINES}learning_rate: 0.1\n"),
        (f"# yaml-language-server: $schema=a\n# 98 %\nlayers: 1\n# 98 %\n{LINES}",
         "# yaml-language-server: $schema=a\n# new\nlayers: 1\n"
         f"# 98 %\n{LINES}learning_rate: 0.1\n"),
        (f"%YAML 1.2\n# 98 %\n---\nlayers: 1\n{LINES}",
         f"# new\n%YAML 1.2\n---\nlayers: 1\n{LINES}learning_rate: 0.1\n"),
        (f"{{layers: 1, {REST}}} # 98 %\n",
         f"# new\n{{layers: 1, {REST}, learning_rate: 0.1}} # 98 %\n"),
    ],
)  # fmt: skip
def test_a_copys_head_takes_the_place_of_claims_that_are_no_longer_true(
    text: str, expected: str
) -> None:
    path = Path("any.yaml")
    config = parse_config(text, path, ("learning_rate=0.1",))[0]
    copied = text_of(config, text, path, [], ["new"])
    assert copied == expected
    assert parse_config(copied, path)[0] == config


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}\n", "---\n{}\n"])
def test_a_config_without_a_key_has_no_place_for_a_value(text: str) -> None:
    given = ["layers", "steps", "batch_size"]
    path, overrides = Path("any.yaml"), [f"{key}=1" for key in [*given, "learning_rate"]]
    config = parse_config(text, path, tuple(overrides))[0]
    with pytest.raises(CopyError, match=r"^any\.yaml: no value can be written into its layout$"):
        text_of(config, text, path, given)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("lr")
    (place / "a.yaml").write_text(TINY)
    return place


@pytest.mark.process
def test_the_command_prints_json_and_writes_the_best_into_a_copy(place: Path) -> None:
    done = mlpcli(["lr", "a.yaml", "--json", "--write", "-s", "momentum=0.5"], place)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert 0.02 <= found["best"] <= 1
    assert found["low"] <= found["best"] <= found["high"]
    assert found["config_to_best"] == pytest.approx(1e-4 / found["best"])
    assert len(found["candidates"]) == 12
    assert len(found["sharpness"]["sharpness"]) == 4
    head, *rest = (place / "a.lr.yaml").read_text().splitlines(keepends=True)
    assert head == (
        "# a.yaml with the learning_rate that mlpcli lr measured over "
        f"{found['steps']} steps: {found['low']:g} to {found['high']:g} are about as good.\n"
    )
    assert rest[0] == "# The other comments are those of a.yaml, written for its own values.\n"
    own = TINY.partition("\n")[2].replace("1e-4  # far too small", f"{found['best']:g}")
    assert "".join(rest[1:]) == own + "momentum: 0.5\n"
    assert load_config(place / "a.lr.yaml").learning_rate == found["best"]
    assert done.stderr.splitlines()[-2:] == [
        "wrote a.lr.yaml",
        "next: mlpcli train a.lr.yaml",
    ]


@pytest.mark.process
def test_the_command_prints_a_table_for_people(place: Path) -> None:
    done = mlpcli(["lr", "a.yaml", "-s", "init=normal", "-s", "init_stddev=2"], place)
    assert done.returncode == 0, done.stderr
    first, second, *rest = done.stdout.splitlines()
    assert first.startswith("learning_rate ")
    assert second.startswith("the config's 0.0001 is ")
    assert any(line.startswith("best ") for line in rest)
    screen = *done.stderr.splitlines(), first, second, *rest
    assert sum(len(wrapped(line, 80)) for line in screen) + 1 <= 24  # the command itself is a line
    again = "next: mlpcli train a.yaml -s init=normal -s init_stddev=2 -s learning_rate="
    assert again in done.stderr


@pytest.mark.process
def test_a_copy_takes_the_place_of_nothing(place: Path) -> None:
    (place / "b.yaml").write_text(TINY)
    (place / "b.lr.yaml").write_text("mine")
    done = mlpcli(["lr", "b.yaml", "--write"], place)
    assert done.returncode == 2
    assert done.stderr == "b.lr.yaml: is there already\nmove it away, or remove it\n"
    assert (place / "b.lr.yaml").read_text() == "mine"


@pytest.mark.process
def test_what_cannot_learn_is_told_and_not_written(place: Path) -> None:
    words = ["lr", "a.yaml", "--write", "-s", "init=zeros", "-s", "width=2", "-s", "steps=20"]
    (place / "z.yaml").write_text(TINY)
    done = mlpcli([words[0], "z.yaml", *words[2:]], place)
    assert done.returncode == 1
    assert done.stdout.startswith("at no learning rate from ")
    assert done.stderr.splitlines()[-2:] == [
        "no learning rate was found: nothing was learned at any of the 20 that were tried",
        "try init: he_normal; see what the network begins with: "
        "mlpcli check z.yaml -s init=zeros -s width=2 -s steps=20",
    ]
    assert not (place / "z.lr.yaml").exists()


def test_a_copy_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(RunError, match="file too large"):
            write_new(tmp_path / "a.lr.yaml", "layers: 1 # and more than ten bytes\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.iterdir())


def test_networks_that_do_not_fit_the_memory_side_by_side_are_refused_at_once(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlpcli.runs.footprint.physical_memory", lambda: 800_000_000)
    with pytest.raises(RunError, match="8 networks side by side would take about 1 GB"):
        choose_rate(place / "a.yaml", (), "table", False)
