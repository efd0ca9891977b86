"""What is odd about a data set is said once, on stderr, before it is trained on."""

from pathlib import Path

import pytest
from running import in_process, mlpcli

pytestmark = pytest.mark.process
CONFIG = """\
dataset: a.csv
layers: 1
learning_rate: 0.1
steps: 2
batch_size: 4
"""
SAID = "a.csv: id is different in every row, as an identifier is; to leave it out: ignore: [id]\n"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a file of 40 rows, one of whose columns is an identifier."""
    monkeypatch.chdir(tmp_path)
    rows = [f"{i},{i * 7 % 11 / 10},{'yes' if i % 2 else 'no'}" for i in range(40)]
    Path("a.csv").write_text("\n".join(["id,x,y", *rows, ""]))
    Path("a.yaml").write_text(CONFIG)
    return tmp_path


def test_check_says_what_is_odd_about_the_data_and_prints_the_same_on_stdout() -> None:
    done = in_process("check", "a.yaml", "--json")
    assert done.stderr == SAID
    assert done.exit_code == 0
    assert in_process("check", "a.yaml", "-s", "ignore=[id]", "--json").stderr == ""


def test_train_says_it_once_for_several_runs_and_not_at_all_where_it_is_to_be_quiet(
    place: Path,
) -> None:
    done = mlpcli(["train", "a.yaml", "--seeds", "2", "--progress", "none"], place)
    assert done.returncode == 0
    assert done.stderr.count(SAID) == 1
    assert done.stderr.startswith(SAID)
    assert mlpcli(["train", "a.yaml", "--quiet"], place).stderr == ""
