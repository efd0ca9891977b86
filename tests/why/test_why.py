"""Why two settings differ: which keys lead from one to the other, and what each brings."""

import json
from pathlib import Path

import pytest
from running import SHORT, TINY, mlpcli

from mlpcli.config.load import load_config
from mlpcli.config.schema import Config
from mlpcli.stats.intervals import mean_interval
from mlpcli.why.players import NothingBetweenError, between
from mlpcli.why.split import split


def config(*overrides: str) -> Config:
    """Return the tiny config with overrides."""
    return load_config(Path(TINY), overrides)


def test_keys_that_have_no_meaning_without_each_other_are_one() -> None:
    a = config("init=normal", "init_stddev=0.5", "layers=3", "width=[8,4]", "log_every=7")
    b = config("momentum=0.9", "nesterov=true", "eval_every=9", "seed=4", "learning_rate=0.1")
    apart = between(a, b)
    assert apart.players == (
        ("layers", "width"), ("init", "init_stddev"), ("learning_rate",), ("momentum", "nesterov"),
    )  # fmt: skip
    assert len(apart.needed(0)) == 16
    assert apart.config(frozenset()).init == "normal"
    mixed = apart.config(frozenset({0, 3}))
    assert (mixed.layers, mixed.width, mixed.momentum, mixed.nesterov) == (2, 32, 0.9, True)
    assert (mixed.init_stddev, mixed.learning_rate) == (0.5, a.learning_rate)
    assert apart.config(frozenset(range(4))).learning_rate == 0.1


def test_keys_that_make_no_valid_config_apart_are_one() -> None:
    a, b = config("steps=1000", "warmup_steps=800"), config("steps=300", "decay=cosine")
    assert between(a, b).players == (("warmup_steps", "steps"), ("decay",)) or between(
        a, b
    ).players == (("decay",), ("warmup_steps", "steps"))


def test_where_there_is_nothing_to_split_it_is_said() -> None:
    with pytest.raises(NothingBetweenError, match="differ in no key"):
        between(config(), config("seed=3", "name=other", "log_every=3"))
    with pytest.raises(NothingBetweenError, match="scored on other data"):
        between(config(), config("dataset=digits"))


def test_shares_sum_to_the_difference_and_have_intervals_over_seeds() -> None:
    apart = between(config("learning_rate=0.1", "width=8"), config("learning_rate=0.2"))
    none, width, rate, both = (frozenset(s) for s in ((), {0}, {1}, {0, 1}))
    found = {}
    for seed, base in enumerate((0.80, 0.82, 0.81)):
        found |= {(none, seed): base, (width, seed): base + 0.04,
                  (rate, seed): base + 0.02, (both, seed): base + 0.10 + 0.01 * seed}  # fmt: skip
    found[both, 3] = 0.9  # a seed that not all have
    whole = split(apart, "val_accuracy", found)
    assert whole is not None
    assert whole.seeds == (0, 1, 2)
    first, second = whole.shares
    # of seed 0: the width brings 0.04 first and 0.08 second, the rate 0.02 and 0.06
    assert first.keys == ("layers", "width")
    assert first.brings == mean_interval([0.06, 0.065, 0.07])
    assert second.brings.mean == pytest.approx(0.045)
    assert first.brings.mean + second.brings.mean == pytest.approx(whole.difference.mean)
    assert whole.together is not None
    assert whole.together[2].mean == pytest.approx(0.05)
    assert split(apart, "val_accuracy", {(none, 0): 0.5}) is None


@pytest.mark.tf
def test_the_command_trains_what_lies_between_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SHORT)
    (tmp_path / "b.yaml").write_text(SHORT.replace("learning_rate: 0.1", "learning_rate: 0.001"))
    words = ["why", "a.yaml", "b.yaml", "--seeds", "2"]
    planned = mlpcli([*words, "--dry-run", "--json"], tmp_path)
    assert json.loads(planned.stdout)["networks"] == 4
    assert not (tmp_path / "runs-proofs").exists()
    told = mlpcli(words, tmp_path)
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    assert lines[0].startswith("a ")
    assert "learning_rate" in told.stdout
    assert "points from a to b, of which learning_rate brings" in lines[-1]
    runs = list((tmp_path / "runs-proofs").glob("why-*/*"))
    assert len(runs) == 4
    (tmp_path / "runs").mkdir()
    first, last = (next(r for r in runs if f"-{name}-" in r.name) for name in "ab")
    again = mlpcli(["why", str(first), str(last), "--seeds", "2", "--json"], tmp_path)
    record = json.loads(again.stdout)
    assert record["keys"][0]["keys"] == ["learning_rate"]
    assert record["keys"][0]["mean"] == pytest.approx(record["difference"]["mean"])
    assert len(list((tmp_path / "runs-proofs").glob("why-*/*"))) == 4
    same = mlpcli(["why", "a.yaml", "a.yaml"], tmp_path)
    assert (same.returncode, "differ in no key" in same.stderr) == (2, True)


def test_of_many_keys_each_setting_has_a_name_and_each_seed_orders_of_its_own() -> None:
    a = config("init_seed=3", "layers=3", "activation=tanh", "init=lecun_normal")
    b = config("learning_rate=0.1", "momentum=0.9", "weight_decay=0.001", "decay=cosine",
               "warmup_steps=5", "batch_size=16", "order=sequential")  # fmt: skip
    apart = between(a, b)
    assert len(apart.players) == 10
    every = [each for seed in range(3) for each in apart.needed(seed)]
    assert len({apart.config(each).name for each in every}) == len({*every})
    assert apart.taken(0) != apart.taken(1)
    assert apart.config(every[0]).init_seed is None


def test_how_often_is_validated_counts_where_it_ends_a_run() -> None:
    a, b = config("patience=5", "eval_every=1"), config("patience=5", "eval_every=20")
    assert between(a, b).players == (("metric", "patience", "min_delta", "keep", "eval_every"),)
    assert between(a, b).config(frozenset()).eval_every == 1
    assert between(a, b).config(frozenset({0})).eval_every == 20
