"""The learning rate: which rates are tried, which is chosen, and what the command says."""

import json
import math
import re
import resource
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from running import mlpcli

from mlpcli.config.edit import CopyError, text_of, write_new
from mlpcli.config.load import load_config, parse_config
from mlpcli.config.schema import Config
from mlpcli.errors import RunError
from mlpcli.runs.quantities import Score
from mlpcli.terminal.table import wrapped
from mlpcli.tune.choosing import Judge, choose
from mlpcli.tune.command import choose_rate
from mlpcli.tune.plan import Plan
from mlpcli.tune.records import Candidate, Choice, Curvature
from mlpcli.tune.view import about_curvature, lines, where_it_stands

TINY = """\
# a network for a test
layers: 2   # one hidden

width: 16
learning_rate: 1e-4  # far too small
steps: 200
batch_size: 32
"""


def chosen() -> Choice:
    fine = [Candidate(0.05 * 2**i, (v,), 80) for i, v in enumerate((0.86, 0.88, 0.90, 0.88))]
    coarse = [Candidate(0.01, (0.5,), 40), Candidate(10.0, (None,), 40)]
    return choose(Plan(80, 40, 80, 2), Judge(0.2, 10_000), coarse, fine)


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
    said = about_curvature(chosen(), curvature)
    assert ("it is no guide here" in said) != guides


def test_the_configs_rate_stands_in_the_table_and_is_told_by_how_much_it_is_off(
    load: Callable[..., Config],
) -> None:
    choice = chosen()
    small, fine, large = (load(TINY, f"learning_rate={rate}") for rate in (0.02, 0.2, 2.0))
    assert where_it_stands(small, choice) == "the config's 0.02 is 10 times too small"
    assert where_it_stands(fine, choice) == "the config's 0.2 is within the interval"
    assert where_it_stands(large, choice) == "the config's 2 is 10 times too large"
    shown = [cells[:2] for cells, _ in lines(small, choice, choice.candidates)]
    assert shown[:2] == [("config", "0.02"), ("", "0.05")]
    assert ("best", "0.2") in shown


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
    assert {each["steps"] for each in found["candidates"]} == {200}  # all are whole runs
    assert max(each["seeds"] for each in found["candidates"]) >= 2
    assert found["shift"] == 1
    assert len(found["sharpness"]["sharpness"]) == 4
    head, *rest = (place / "a.lr.yaml").read_text().splitlines(keepends=True)
    assert head == (
        "# a.yaml with the learning_rate that mlpcli lr measured over "
        f"200 steps: {found['low']:g} to {found['high']:g} are about as good.\n"
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
def test_what_learns_nothing_is_told_with_why_and_not_written(place: Path) -> None:
    (place / "z.yaml").write_text(TINY)
    keys = "layers=9 width=4 init=normal init_stddev=0.001 steps=20"
    overrides = [word for key in keys.split() for word in ("-s", key)]
    done = mlpcli(["lr", "z.yaml", "--write", *overrides], place)
    assert done.returncode == 1
    assert done.stdout.startswith("at no learning rate from ")
    said, advice = done.stderr.splitlines()[-2:]
    assert re.match(
        "no learning rate was found: nothing was learned at any of the (16|24|32) that were tried, "
        "in 20 steps: init: normal with relu: the signal's mean square in ",
        said,
    )
    assert advice.startswith("try init: ")
    assert not (place / "z.lr.yaml").exists()


@pytest.mark.parametrize(
    ("keys", "why", "advice"),
    [
        (
            "init=zeros width=2",
            "init: zeros makes all units of a hidden layer alike, and no training makes them "
            "differ",
            "try init: he_normal; see what the network begins with: mlpcli check z.yaml "
            "-s init=zeros -s width=2",
        ),
        ("init=normal init_stddev=1e30", "it diverges at step 1", "try init: "),
    ],
)
def test_what_can_learn_nothing_is_told_before_anything_is_trained(
    keys: str, why: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("z.yaml").write_text(TINY)
    monkeypatch.setattr("mlpcli.tune.command._found", None)  # what would train
    with pytest.raises(RunError, match=r"^no learning rate can be found: init: ") as raised:
        choose_rate(Path("z.yaml"), tuple(keys.split()), "table", False)
    assert str(raised.value).endswith(why)
    assert raised.value.hint.startswith(advice)


@pytest.mark.tf
def test_rates_are_judged_by_accuracy_or_its_mean_over_classes_or_r_squared(
    load: Callable[..., Config],
) -> None:
    from mlpcli.tune.measurements import score_of

    predicted, targets = np.array([0, 0, 0, 0]), np.array([0, 0, 0, 1])
    plain, balanced = load(TINY), load(TINY, "class_weights=balanced")
    found = Score(0.5, 4, correct=3)
    assert score_of(plain, found, predicted, targets) == 0.75
    assert score_of(balanced, found, predicted, targets) == 0.5  # of the classes, 1 and 0
    assert score_of(plain, Score(0.5, 4, r2=0.3), predicted, targets) == 0.3
    assert score_of(plain, Score(3.0, 4, r2=-2.0), predicted, targets) == 0
    assert score_of(plain, Score(math.inf, 4, correct=3), predicted, targets) is None


@pytest.mark.tf
def test_a_network_with_a_dead_layer_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("z.yaml").write_text(TINY)
    with pytest.raises(RunError, match="puts out the same for all examples: a layer of it is dead"):
        choose_rate(Path("z.yaml"), ("layers=8", "width=1"), "table", False)


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
    with pytest.raises(RunError, match="4 networks side by side would take about 1 GB"):
        choose_rate(place / "a.yaml", (), "table", False)
