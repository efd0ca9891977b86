"""Sweep files and words: what is read, and how each mistake is told."""

from pathlib import Path

import click
import pytest
from running import TINY

from mlpcli.cli.clusters import MOST_WORKERS
from mlpcli.cli.options import LONGEST_MINUTES
from mlpcli.cli.sweeping import sweep
from mlpcli.errors import ConfigError
from mlpcli.search.domain import Choices, Range
from mlpcli.search.file_keys import LONGEST
from mlpcli.search.spec import METRICS, MOST_ETA, MOST_SEEDS, MOST_STACKED, MOST_TRIALS, SEARCHES
from mlpcli.search.spec_file import Asked, is_sweep_file, load_sweep

WORDS = {"search": SEARCHES, "metric": METRICS}

FULL = f"""\
name: wide
base: {TINY}
over:
  layers: [1, 2, 3]
  width: {{values: [8, 32], when: {{layers: [2, 3]}}}}
  learning_rate: {{from: 0.003, to: 1.0, log: true}}
  batch_size: {{from: 16, to: 64, step: 16}}
search: tpe
trials: 12
seeds: 2
halving: 3
metric: val_loss
budget: {{minutes: 10}}
seed: 7
"""
FIRST = """\
first:
  - {layers: 1, learning_rate: 0.1, batch_size: 32}
  - {layers: 2, width: 8, learning_rate: 0.5, batch_size: 64}
largest_run: 1.0e+12
"""


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "s.yaml").write_text(text)
    return tmp_path / "s.yaml"


def problem(path: Path, *words: str, **asked: object) -> str:
    with pytest.raises(ConfigError) as caught:
        load_sweep(path, words, Asked(**asked))  # type: ignore[arg-type]
    return str(caught.value).replace(str(path.parent), "")


def test_a_file_has_all_that_a_sweep_is(tmp_path: Path) -> None:
    spec = load_sweep(written(tmp_path, FULL + FIRST))
    assert (spec.name, spec.search, spec.trials, spec.seeds) == ("wide", "tpe", 12, 2)
    assert (spec.halving, spec.metric, spec.minutes, spec.seed) == (3, "val_loss", 10, 7)
    assert [key.name for key in spec.space.keys] == [
        "layers", "width", "learning_rate", "batch_size"]  # fmt: skip
    assert spec.space["width"].domain == Choices((8, 32))
    assert spec.space["learning_rate"].domain == Range(0.003, 1.0, log=True)
    assert spec.space["batch_size"].domain.count == 4
    assert spec.largest_run == 1e12
    assert spec.first[0] == {"layers": 1, "learning_rate": 0.1, "batch_size": 32}
    assert spec.first[1]["width"] == 8
    config = spec.config({"layers": 3, "width": 8, "learning_rate": 0.1}, 5)
    assert (config.name, config.layers, config.eval_every) == ("wide-005", 3, 50)


def test_what_the_folder_keeps_is_the_same_sweep(tmp_path: Path) -> None:
    spec = load_sweep(written(tmp_path, FULL + FIRST))
    (tmp_path / "base.yaml").write_text(spec.base.text)
    again = load_sweep(written(tmp_path, spec.to_yaml()))
    assert again == spec
    assert again.config({"steps": 100}).eval_every == 10  # which still follows from the steps


def test_words_vary_keys_and_set_them() -> None:
    spec = load_sweep(Path(TINY), ["learning_rate=0.01,0.1", "width=[32],[16]", "steps=90"])
    assert spec.space["learning_rate"].domain == Choices((0.01, 0.1))
    assert spec.space["width"].domain == Choices(((32,), (16,)))
    assert (spec.search, spec.most, spec.trials, spec.metric) == ("grid", 4, None, "val_accuracy")
    assert spec.config({}).steps == 90
    assert not is_sweep_file(Path(TINY))


def test_options_go_before_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, FULL)
    spec = load_sweep(path, ["batch_size=16", "momentum=0,0.9"], Asked(search="random", trials=3))
    assert (spec.search, spec.trials, spec.seeds) == ("random", 3, 2)
    names = [key.name for key in spec.space.keys]
    assert "momentum" in names
    assert "batch_size" not in names


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("{layers: 1}", "s.yaml:15: first: not a list, allowed 1 to 100 of {layers: 2,"),
        ("[]", "first: not a list"),
        ("[{layers: 1, learning_rate: 0.1}]", "not of the space, got layers=1 learning_rate=0.1"),
        ("[{layers: 4, width: 8, learning_rate: 0.1, batch_size: 16}]", "not of the space"),
        ("[{layers: 1, width: 8, learning_rate: 0.1, batch_size: 16}]", "not of the space"),
        ("[{layres: 1}]", "first: layres: unknown key, did you mean layers?"),
        ("[{layers: [1, 2]}]", "s.yaml:15: layers:"),
        ("[{layers: 1, learning_rate: 2, batch_size: 16}]", "not of the space"),
        ("[3]", "first: not a mapping, allowed {key: value}"),
    ],
)
def test_wrong_settings_to_begin_with_are_told(tmp_path: Path, first: str, said: str) -> None:
    assert said in problem(written(tmp_path, f"{FULL}first: {first}\n"))


@pytest.mark.parametrize("most", ["0", "-1", ".inf", "many", "[1e9]"])
def test_a_largest_run_is_a_number_above_0(tmp_path: Path, most: str) -> None:
    assert "largest_run: not allowed" in problem(written(tmp_path, f"{FULL}largest_run: {most}\n"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["width=8,8"], "8 is given twice"),
        (["width="], "no value"),
        (["width=8,"], "not values with commas between"),
        (["width=8,9", "width=10"], "a key is given twice"),
        (["name=a,b"], "is not searched"),
        (["seed=1,2"], "is not searched: finalists get fresh seeds"),
        (["fold=1,2"], "is not searched"),
        (["witdh=3,4"], "did you mean width?"),
        (["width=0,4"], "width: too small, got 0, allowed"),
        (["learning_rate=a,0.1"], "not a number, got a"),
        (["steps=10"], "no key to vary"),
        (["warmup_steps=0,600"], "warmup_steps: more than steps"),
        (["dataset=mnist,digits"], "would be scored on other data"),
        (["nesterov=true,false"], "nesterov"),
    ],
)
def test_wrong_words_are_told(words: list[str], said: str) -> None:
    assert said in problem(Path(TINY), *words)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: wide", "nmae: wide", "/s.yaml:1: nmae: unknown key, did you mean name?"),
        ("name: wide", "name: ../x", "/s.yaml:1: name: not allowed, got ../x, allowed 1 to 56"),
        ("[1, 2, 3]", "[]", "/s.yaml:4: layers: no value, allowed 1 to 1,000"),
        ("[1, 2, 3]", "[1, 2, 500]", "/s.yaml:4: layers: too large, got 500"),
        ("[1, 2, 3]", "3", "/s.yaml:4: layers: not a list of values nor a range, got 3"),
        ("[1, 2, 3]", "{from: 1}", "/s.yaml:4: layers: no to, allowed {from: 1"),
        ("[1, 2, 3]", "{from: 3, to: 3}", "/s.yaml:4: layers: from 3 to 3: to has to be"),
        ("[1, 2, 3]", "{from: 1, to: 3, step: 0.5}", "layers: step 0.5, allowed a whole"),
        ("from: 0.003", "from: 0", "/s.yaml:6: learning_rate: too small, got 0"),
        ("log: true", "log: maybe", "/s.yaml:6: learning_rate: log: not allowed, got maybe"),
        ("log: true", "lgo: true", "/s.yaml:6: learning_rate: lgo: unknown key, did you mean log?"),
        ("log: true", "log: true, step: 1", "of a logarithmic range from is above 0, without step"),
        ("{layers: [2, 3]}", "{[a]: 1}", "/s.yaml:5: key: not a plain name"),
        ("{layers: [2, 3]}", "{layers: 7}", "width: when: layers is never 7"),
        ("{layers: [2, 3]}", "{order: shuffle}", "width: when: order does not vary"),
        ("{layers: [2, 3]}", "{width: 8}", "width: when: keys wait for each other"),
        ("{layers: [2, 3]}", "5", "/s.yaml:5: width: when: not a mapping"),
        ("search: tpe", "search: tpa", "/s.yaml:8: search: not allowed, got tpa, allowed grid"),
        ("search: tpe", "search: grid", "a grid has no ranges without a step"),
        ("trials: 12", "trials: 0", "/s.yaml:9: trials: not allowed, got 0"),
        ("trials: 12", "trials: [1]", "/s.yaml:9: trials: not allowed, got [1]"),
        ("metric: val_loss", "metric: val_r2", "classes have none, allowed val_accuracy, val_loss"),
        ("{minutes: 10}", "{minutes: -1}", "budget: minutes: not allowed, got -1"),
        ("{minutes: 10}", "{[a]: 1}", "/s.yaml:13: key: not a plain name"),
        ("{minutes: 10}", "10", "/s.yaml:13: budget: not a mapping"),
        ("batch_size: {from: 16, to: 64, step: 16}", "steps: [10, 20]", "where halving compares"),
        ("batch_size: {from: 16, to: 64, step: 16}", "activation: {from: 1, to: 2}", "no number"),
        ("base: ", "base: x", "no such file"),
    ],
)  # fmt: skip
def test_each_mistake_in_a_file_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in FULL
    assert said in problem(written(tmp_path, FULL.replace(old, new, 1)))


def test_a_sweep_over_nothing_is_none(tmp_path: Path) -> None:
    assert "s.yaml:2: over: no key to vary" in problem(
        written(tmp_path, f"base: {TINY}\nover: {{}}\n")
    )
    assert "over: no key to vary" in problem(written(tmp_path, f"base: {TINY}\n"))


def test_all_mistakes_are_told_at_once_in_line_order(tmp_path: Path) -> None:
    text = FULL.replace("trials: 12", "trials: many").replace("[1, 2, 3]", "[0]")
    lines = problem(written(tmp_path, text.replace("name", "nmae"))).splitlines()
    assert [line.split(":")[1] for line in lines] == ["1", "4", "9"]


def test_values_drawn_from_a_narrow_range_stay_in_it() -> None:
    narrow = Range(0.12345, 0.12349)
    drawn = {narrow.at(unit / 100) for unit in range(100)}
    assert all(0.12345 <= each <= 0.12349 for each in drawn)
    assert len(drawn) > 30
    assert tuple(Range(0.1, 0.1005, step=0.0001).values()) == (
        0.1,
        0.1001,
        0.1002,
        0.1003,
        0.1004,
        0.1005,
    )
    assert Range(0.01, 1, log=True).at(0.12345) == 0.0177
    assert tuple(Range(1, 5, whole=True).values()) == (1, 2, 3, 4, 5)
    assert {Range(4, 900, log=True, whole=True).at(u / 9) for u in range(9)} <= {*range(4, 901)}


def test_options_have_the_bounds_and_the_words_of_the_file() -> None:
    options = {each.name: each.type for each in sweep.params}
    bounds = {name: (each.min, each.max) for name, each in options.items()
              if isinstance(each, click.IntRange)}  # fmt: skip
    assert bounds == {
        "trials": (1, MOST_TRIALS),
        "seeds": (1, MOST_SEEDS),
        "halving": (1, MOST_ETA),
        "seed": (0, 2**32 - 1),
        "stack": (1, MOST_STACKED),
        "workers": (1, MOST_WORKERS),  # no key of the file: it says nothing of machines
    }
    words = {name: tuple(each.choices) for name, each in options.items() if name in WORDS}  # type: ignore[attr-defined]
    assert words == WORDS
    assert LONGEST_MINUTES == LONGEST
