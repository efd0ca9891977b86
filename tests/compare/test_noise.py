"""Which noise: seeds of the weights crossed with seeds of the order, trained and told apart."""

import json
from pathlib import Path

import pytest
from running import SHORT, TINY, in_process, mlpcli

from mlpcli.compare.noise_view import meaning
from mlpcli.compare.query import OptionError
from mlpcli.config.load import load_config
from mlpcli.config.seeds import (
    SeedsError,
    noise_of,
    pairing_key,
    reseeded,
    seeds_of_key,
    with_noise,
)
from mlpcli.errors import RunError
from mlpcli.stats import NoiseParts, Part

pytestmark = pytest.mark.tf


@pytest.fixture(scope="module")
def crossed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a crossed design of 2 x 3, and give the folder of its runs."""
    place = tmp_path_factory.mktemp("crossed")
    (place / "short.yaml").write_text(SHORT)
    words = ["train", "short.yaml", "--init-seeds", "2", "--order-seeds", "0,1,5"]
    done = mlpcli(words, place)
    assert done.returncode == 0, done.stderr
    assert "short, init seed 1, order seed 5" in done.stderr
    return place


def test_each_pair_of_seeds_is_a_run_of_one_setting(crossed: Path) -> None:
    told = in_process("compare", crossed / "runs", "--json")
    (setting,) = json.loads(told.stdout)["settings"]
    assert (setting["seeds"], len(setting["runs"])) == (6, 6)
    scores = {run["results"]["val_loss"]["value"] for run in json.loads(told.stdout)["runs"]}
    assert len(scores) == 6


def test_seeds_that_are_both_the_seed_give_the_runs_of_that_seed(crossed: Path) -> None:
    done = mlpcli(["train", "short.yaml", "seed=1", "--runs-dir", "plain"], crossed)
    (plain,) = (crossed / "plain").iterdir()
    assert done.returncode == 0
    same = [
        run
        for run in (crossed / "runs").iterdir()
        if noise_of(load_config(run / "config.yaml").model_dump()) == (1, 1)
    ]
    losses = {json.loads((run / "summary.json").read_text())["val_loss"] for run in (plain, *same)}
    assert (len(same), len(losses)) == (1, 1)


def test_the_noise_is_told_apart(crossed: Path) -> None:
    told = in_process("compare", crossed / "runs", "--by", "noise")
    assert told.stdout.startswith(
        "short: the noise of val_accuracy, in points, over 2 seeds of the initial weights x 3 of "
    )
    sources = ("initial weights", "order", "both together, and rest", "all")
    assert all(source in told.stdout for source in sources)
    table = [line for line in told.stdout.splitlines() if line.startswith(sources)]
    assert len(table) == 4
    assert max(map(len, table)) <= 80
    record = json.loads(in_process("compare", crossed / "runs", "--by", "noise", "--json").stdout)
    (noise,) = record["noise"]
    assert (noise["init_seeds"], noise["order_seeds"]) == (2, 3)
    shares = [noise[part]["share"] for part in ("init", "order", "rest")]
    assert sum(shares) == pytest.approx(1)
    rows = in_process("compare", crossed / "runs", "--by", "noise", "--csv").stdout.splitlines()
    assert rows[0] == "setting,source,sd,low,high,share"
    assert [row.split(",")[1] for row in rows[1:]] == ["init", "order", "rest"]


def test_runs_that_vary_both_at_once_are_told_what_to_train(crossed: Path) -> None:
    with pytest.raises(RunError) as error:
        in_process("compare", crossed / "runs", "--by", "noise", "--where", "order_seed=0")
    assert "two seeds or more of the initial weights crossed with two of the order" in str(error)
    assert "--init-seeds 4 --order-seeds 4" in (error.value.hint or "")


def test_a_source_is_called_the_largest_only_where_it_is_surely_not_nothing() -> None:
    def said(init: float, low: float) -> str:
        parts = [Part(init, low, 9.0, init, False), *(Part(0.1, 0, 1.0, 0.1, False),) * 2]
        return meaning(NoiseParts(3, 3, 0.5, *parts))

    assert said(0.8, 0.2).startswith("Most of the noise is of the initial weights: seeds of it")
    assert "may bring most of the noise, or none" in said(0.8, 0.0)
    assert said(0.4, 0.2).startswith("No source has most of the noise")


def test_runs_that_share_seeds_are_said_to_be_less_than_they_look(crossed: Path) -> None:
    note = "runs share seeds of the weights or of the order, so intervals and verdicts are too sure"
    shown = " ".join(in_process("compare", crossed / "runs").stdout.split())
    assert note in shown
    one = ["--by", "setting", "--where", "order_seed=5 and init_seed=1"]
    alone = in_process("compare", crossed / "runs", *one).stdout
    assert "val_accuracy" in alone
    assert "share seeds" not in alone


def test_a_seed_that_changes_nothing_makes_no_further_run(crossed: Path) -> None:
    both = {"seed": 4, "init_seed": 5, "order_seed": 6}
    assert pairing_key(both) == pairing_key({**both, "seed": 7})
    drawn = {**both, "train_examples": 100}  # the seed draws which
    assert pairing_key(drawn) != pairing_key({**drawn, "seed": 7})
    assert seeds_of_key(pairing_key(both) or 0) == "init 5, order 6"
    words = ["--seeds", "2", "--init-seeds", "2", "--order-seeds", "2"]
    with pytest.raises(SeedsError, match="short has init_seed and order_seed, so that every seed"):
        in_process("train", crossed / "short.yaml", *words)


def test_the_mean_that_train_shows_is_of_all_pairs(crossed: Path) -> None:
    words = ["train", "short.yaml", "--init-seeds", "2", "--order-seeds", "0,1,5"]
    told = in_process(*words[:1], crossed / "short.yaml", *words[2:], "--needed", "--json",
                      "--runs-dir", crossed / "runs")  # fmt: skip
    record = json.loads(told.stdout)
    (setting,) = record["settings"]
    scores = [run["summary"]["val_accuracy"] for run in record["runs"]]
    assert setting["seeds"] == len(scores) == 6
    assert setting["results"]["val_accuracy"]["mean"] == pytest.approx(sum(scores) / 6)


def test_options_that_contradict_are_refused(crossed: Path) -> None:
    for words, said in (
        (["--init-seeds", "2", "-s", "init_seed=3"], "--init-seeds 2 and -s init_seed=3"),
        (["--order-seeds", "0,0"], "--order-seeds 0,0: seed 0 is given twice"),
        (["--init-seeds", "x"], "one seed alone is -s init_seed=3"),
    ):
        with pytest.raises(SeedsError) as error:
            in_process("train", crossed / "short.yaml", *words)
        assert said in f"{error.value} {error.value.hint}"
    with pytest.raises(OptionError, match="--by noise has an order"):
        in_process("compare", crossed / "runs", "--by", "noise", "--at", "steps=5")


def test_other_seeds_of_all_sources_and_runs_that_may_be_paired() -> None:
    config = load_config(Path(TINY), ("init_seed=7",))
    assert (config.weights_seed, config.batches_seed) == (7, 0)
    other = reseeded(config, 2)
    assert (other.seed, other.init_seed, other.order_seed) == (2, 9, None)
    assert reseeded(config.model_copy(update={"seed": 2**32 - 1}), 1).seed == 0
    assert [each.order_seed for each in with_noise([config], None, "3")] == [0, 1, 2]
    assert pairing_key({"seed": 4}) == pairing_key({"seed": 4, "init_seed": 4}) == 4
    assert pairing_key({"seed": 4, "init_seed": 5}) != pairing_key({"seed": 4, "order_seed": 5})
    assert pairing_key({"seed": True}) is None
