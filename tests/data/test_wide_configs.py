"""A table of many columns with long names has a resolved config that can be read again."""

from pathlib import Path

import pytest

from mlpcli.config.load import load_config

KEYS = "dataset: a.csv\nlayers: 1\nlearning_rate: 0.1\nsteps: 9\nbatch_size: 4\n"


@pytest.mark.parametrize("value", ["1.5", "word"])
def test_columns_beyond_what_a_config_holds_are_not_listed_in_it(
    value: str, tmp_path: Path
) -> None:
    names = [f"a_name_of_forty_characters_{i:014}" for i in range(500)]
    row = ",".join([value] * 499)
    rows = "".join(f"{row},{'ab'[i % 2]}\n" for i in range(30))
    (tmp_path / "a.csv").write_text(f"{','.join(names)}\n{rows}")
    (tmp_path / "a.yaml").write_text(KEYS)
    config = load_config(tmp_path / "a.yaml")
    assert config.categorical == config.numeric == ()
    (tmp_path / "b.yaml").write_text(config.to_yaml())
    again = load_config(tmp_path / "b.yaml", ["name=a"])
    assert again == config
    assert again.data.facts == config.data.facts
