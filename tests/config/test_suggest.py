"""What is named where a config is missing: always something that is there, or how to make it."""

from pathlib import Path

import pytest

from mlpcli.config.load import load_config, load_configs
from mlpcli.config.suggest import first_run, shipped
from mlpcli.errors import ConfigError, nearest

GOOD = "layers: 1\nlearning_rate: 0.1\nsteps: 5\nbatch_size: 5\n"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hint(path: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return caught.value.hint


def test_a_missing_config_names_the_nearest_in_its_folder() -> None:
    Path("sub dir").mkdir()
    Path("sub dir/deep.yaml").write_text(GOOD)
    Path("sub dir/other.yml").write_text(GOOD)
    assert hint("sub dir/dep.yaml") == "did you mean 'sub dir/deep.yaml'?"
    assert hint("sub dir/deep") == "did you mean 'sub dir/deep.yaml'?"
    assert hint("sub dir/x.yaml") == "there: 'sub dir/deep.yaml', 'sub dir/other.yml'"


def test_a_missing_config_that_is_in_configs_is_named_there() -> None:
    Path("configs").mkdir()
    Path("configs/deep3.yaml").write_text(GOOD)
    assert hint("deep3.yaml") == hint("Deep3") == "did you mean configs/deep3.yaml?"


def test_where_no_config_is_there_init_is_named() -> None:
    assert hint("mine.yaml") == "write a first config: mlpcli init mine.yaml"
    assert hint("configs/tiny.yaml") == "write the shipped configs: mlpcli init"
    assert first_run() == "mlpcli init, then mlpcli train configs/deep3.yaml"
    Path("configs").mkdir()
    Path("configs/deep3.yaml").write_text(GOOD)
    assert first_run() == "mlpcli train configs/deep3.yaml"


def test_a_folder_named_as_a_config_lists_the_configs_in_it() -> None:
    Path("many").mkdir()
    assert hint("many") == "there is no .yaml file in it"
    for n in range(7):
        Path(f"many/{n}.yaml").write_text(GOOD)
    listed = ", ".join(f"many/{n}.yaml" for n in range(5))
    assert hint("many") == f"name one in it: {listed} and 2 more"


def test_only_what_is_wrong_within_a_config_is_answered_by_its_schema() -> None:
    Path("bad.yaml").write_text("layers: 0\n")
    with pytest.raises(ConfigError) as caught:
        load_configs([Path("bad.yaml"), Path("bed.yaml")])
    assert caught.value.hint == (
        "see every key and what it allows: mlpcli schema\ndid you mean bad.yaml?"
    )


@pytest.mark.parametrize(
    ("word", "choices", "meant"),
    [
        ("Relu", ["elu", "relu"], ["relu"]),
        ("HE_NORMAL", ["he_uniform", "he_normal"], ["he_normal"]),
        ("batch-size", ["batch_size", "steps"], ["batch_size"]),
        ("wd", ["width", "weight_decay"], ["weight_decay"]),
        ("mom", ["name", "momentum"], ["momentum"]),
        ("quiet", ["set", "seeds"], []),
        ("", ["set", "seeds"], []),
        ("x" * 1_000_000, ["set"], []),
    ],
)
def test_the_nearest_is_the_same_but_for_case_or_begins_so_or_is_spelled_alike(
    word: str, choices: list[str], meant: list[str]
) -> None:
    assert nearest(word, choices) == meant


def test_the_shipped_configs_are_those_of_the_repository() -> None:
    configs = Path(__file__).parents[2] / "configs"
    files = [path for path in configs.rglob("*") if path.is_file()]
    assert shipped() == {str(path.relative_to(configs)): path.read_bytes() for path in files}
