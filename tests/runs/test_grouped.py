"""Rows of one group are not independent, and what is said of them says so."""

from pathlib import Path

import polars as pl
import pytest
from running import mlpcli

CONFIG = """\
dataset: rows.csv
target: {target}
layers: 1
learning_rate: 0.1
steps: 20
batch_size: 10
"""
SAID = "rows of one patient count as independent here: if their errors are alike, intervals are"


@pytest.mark.process
@pytest.mark.parametrize("target", ["kind", "value"])
def test_intervals_of_grouped_rows_are_said_to_be_too_narrow(tmp_path: Path, target: str) -> None:
    numbers = range(200)
    pl.DataFrame(
        {
            "patient": [i // 5 for i in numbers],
            "dose": [i % 7 for i in numbers],
            "kind": ["ab"[i % 7 > 3] for i in numbers],
            "value": [i % 7 + i % 5 / 10 for i in numbers],
        }
    ).write_csv(tmp_path / "rows.csv")
    config = CONFIG.format(target=target) + "inputs: [dose]\n"
    (tmp_path / "grouped.yaml").write_text(config + "split: group\nsplit_by: patient\n")
    (tmp_path / "plain.yaml").write_text(config)
    done = mlpcli(["train", "grouped.yaml", "plain.yaml", "-q", "--seeds", "2"], tmp_path)
    assert done.returncode == 0, done.stderr
    for name, there in (("grouped", True), ("plain", False)):
        first, second = sorted(map(str, (tmp_path / "runs").glob(f"*-{name}-*")))
        commands = [["show", first], ["diff", first, second]]
        commands += [["evaluate", first]] if target == "kind" else []
        for words in commands:
            done = mlpcli(words, tmp_path)
            assert done.returncode == 0, done.stderr
            assert (SAID in " ".join((done.stdout + done.stderr).split())) is there, words
