"""Each config with several seeds, and only what is needed."""

from pathlib import Path

import pytest
from once import Once
from running import begun, info, mlpcli, outcome, rows, runs

from mlpcli.config.schema import Config
from mlpcli.config.seeds import SeedsError, parse_seeds, with_seeds


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("1", (0,)),
        ("3", (0, 1, 2)),
        ("0,3,7", (0, 3, 7)),
        (" 4, 2", (4, 2)),
        ("4294967295,0", (4_294_967_295, 0)),
    ],
)
def test_seeds_are_a_number_or_a_list(text: str, seeds: tuple[int, ...]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "1.5", "a", "1,", ",", "1,a", "4294967296,1", "10001", "9" * 99]
)
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(SeedsError) as caught:
        parse_seeds(text)
    assert caught.value.exit_code == 2
    assert str(caught.value).endswith(": not a number of seeds, nor a list of them")
    assert "0,3,7" in caught.value.hint


@pytest.mark.parametrize(("text", "seed"), [("1,1", 1), ("0,7, 07", 7)])
def test_a_seed_that_is_said_twice_is_refused(text: str, seed: int) -> None:
    with pytest.raises(SeedsError) as caught:
        parse_seeds(text)
    assert str(caught.value) == f"--seeds {text}: seed {seed} is given twice"
    assert caught.value.exit_code == 2


def test_each_config_has_each_seed_in_turn() -> None:
    values = {"layers": 1, "learning_rate": 0.1, "steps": 1, "batch_size": 1}
    configs = [Config(name=name, **values) for name in "ab"]
    made = [(each.name, each.seed) for each in with_seeds(configs, "3,5")]
    assert made == [("a", 3), ("a", 5), ("b", 3), ("b", 5)]
    assert with_seeds(configs, None) == configs


def test_seeds_are_said_once() -> None:
    with pytest.raises(SeedsError, match="--seeds 3 and -s seed=7"):
        with_seeds([], "3", ("steps=2", "seed=7"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, once: Once) -> Path:
    place = begun(tmp_path_factory.mktemp("place"))
    (place / "b.yaml").write_text((place / "a.yaml").read_text().replace("0.1", "0.05"))
    done = once.mlpcli(["train", "a.yaml", "b.yaml", "--seeds", "2"], place)
    assert done.returncode == 0, done.stderr
    asked = [("a", 0), ("a", 1), ("b", 0), ("b", 1)]
    assert [which(place / path) for path in done.stdout.splitlines()] == asked
    for name, seed in asked:
        assert f"\n{name}, seed {seed}: step 40/40  loss " in done.stderr
        assert f"\n{name}, seed {seed}: test accuracy " in done.stderr
    return place


def which(run: Path) -> tuple[str, int]:
    config = info(run)["config"]
    return config["name"], config["seed"]


@pytest.mark.process
def test_one_seed_gives_two_settings_the_same_untrained_network_and_first_batch(
    place: Path,
) -> None:
    first = {which(run): rows(run)[0]["loss"] for run in runs(place)}
    assert first["a", 0] == first["b", 0] != first["a", 1] == first["b", 1]


@pytest.mark.process
def test_a_run_among_others_has_the_bits_of_a_run_alone(place: Path, tmp_path: Path) -> None:
    run = next(run for run in runs(place) if which(run) == ("b", 1))
    done = mlpcli(["train", str(run / "config.yaml")], tmp_path)
    assert outcome(tmp_path / done.stdout.strip()) == outcome(run)


@pytest.mark.process
def test_what_was_completed_is_not_needed_again(place: Path) -> None:
    before = runs(place)
    done = mlpcli(["train", "b.yaml", "--seeds", "0,1,5", "--needed"], place)
    assert done.returncode == 0
    paths = done.stdout.splitlines()
    assert {place / path for path in paths[:2]} < set(before)
    assert "b, seed 1: done before" in done.stderr
    assert set(runs(place)) - set(before) == {place / paths[2]}


@pytest.mark.process
def test_one_that_is_said_twice_is_needed_once(place: Path) -> None:
    before = runs(place)
    words = ["a.yaml", "a.yaml", "b.yaml", "-s", "learning_rate=0.3", "--needed"]
    assert mlpcli(["train", *words], place).returncode == 0
    assert len(runs(place)) == len(before) + 1  # a and b differ in nothing but their names


@pytest.mark.process
@pytest.mark.parametrize("stray", ["config.yaml", "metrics.jsonl"])
def test_a_stray_file_does_not_hide_what_was_completed(stray: str, place: Path) -> None:
    (place / "runs" / stray).write_text("layers: 1\n")
    damaged = place / "runs" / "20200101-000000-damaged-0000"
    damaged.mkdir()
    (damaged / "run.json").write_text("[]")
    words = ["train", "a.yaml", "--seeds", "2", "--needed"]
    done = mlpcli(words, place)
    compared = mlpcli(["compare", "runs"], place)
    (damaged / "run.json").unlink()
    damaged.rmdir()
    (place / "runs" / stray).unlink()
    assert done.stderr.splitlines()[:3] == [
        f"runs/{damaged.name}: run.json is damaged: not an object",
        "a, seed 0: done before",
        "a, seed 1: done before",
    ]
    assert "importing TensorFlow" not in done.stderr
    assert compared.returncode == 0
    assert " settings" in compared.stdout


@pytest.mark.process
def test_nothing_needed_is_no_error_and_takes_no_tensorflow(place: Path) -> None:
    done = mlpcli(["train", "a.yaml", "-s", "name=other", "--seeds", "2", "--needed"], place)
    assert done.returncode == 0
    assert "importing TensorFlow" not in done.stderr
    assert len(done.stdout.splitlines()) == 2


@pytest.mark.process
def test_a_seed_that_diverges_does_not_stop_the_others(tmp_path: Path) -> None:
    (begun(tmp_path) / "b.yaml").write_text((tmp_path / "a.yaml").read_text())
    words = ["a.yaml", "b.yaml", "--seeds", "2", "-s", "learning_rate=1e30"]
    done = mlpcli(["train", *words], tmp_path)
    assert done.returncode == 1
    assert [info(run)["status"] for run in runs(tmp_path)] == ["diverged"] * 4
