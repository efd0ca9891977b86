"""Paper rows: what is read of them, which run is theirs, and what is said of it."""

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from once import Once
from running import ROOT, in_process, mlpcli

from mlpcli.errors import MlpcliError
from mlpcli.papers.outcome import held_against
from mlpcli.papers.record import papers_schema
from mlpcli.papers.row import PaperError, read_row, read_rows
from mlpcli.stats import Accuracy

SHIPPED = sorted((ROOT / "configs" / "papers").glob("*.yaml"))
OWN = """\
# Mine.
# Published: 91.5 % (whatever)
# Source: {source}
layers: 2
width: 8
learning_rate: 0.1
steps: 20
batch_size: 16
"""


def own(place: Path, source: str = "nowhere", name: str = "mine.yaml") -> Path:
    path = place / name
    path.write_text(OWN.format(source=source))
    return path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_row_opens_with_what_was_published_and_where(path: Path) -> None:
    row = read_row(path)
    assert {"Published", "Source", "Here", "Takes"} <= {*row.said}
    assert "http" in row.said["Source"]
    assert 0.5 < row.published < 1
    page = (ROOT / "mlpcli" / "guide" / "papers.md").read_text()
    cells = [row.name, row.network, row.said["Published"].partition(" ")[0]]
    assert f"| {cells[0]} | {cells[1]} | {cells[2]} |" in page


def test_without_names_all_rows_are_read_and_a_name_twice_once() -> None:
    assert [row.name for row in read_rows(())] == [path.stem for path in SHIPPED]
    assert [row.name for row in read_rows(("simard_800", "simard_800"))] == ["simard_800"]
    (row,) = read_rows(["nielsen_100"])
    assert (row.network, row.config.steps) == ("784-100-10", 300_000)
    assert (row.published, row.rounding) == (0.978, pytest.approx(0.00005))


@pytest.mark.parametrize(
    ("word", "message", "hint"),
    [
        ("nielsen", "nielsen: no paper row", "did you mean nielsen_100?"),
        ("", "'': no paper row", "there are hinton_500_300, "),
        ("../nielsen_100", "../nielsen_100: no paper row", "did you mean nielsen_100?"),
        ("\x1b[31m", "\\x1b[31m: no paper row", "or name a file"),
    ],
)
def test_a_name_of_no_row_is_answered_with_the_nearest(word: str, message: str, hint: str) -> None:
    with pytest.raises(PaperError) as caught:
        read_rows([word])
    assert str(caught.value) == message
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "published", ["", "# Published: much", "# Published: 0 %", "# Published: 100.1 %"]
)
def test_a_config_without_a_published_share_is_refused(published: str, tmp_path: Path) -> None:
    path = own(tmp_path)
    path.write_text(path.read_text().replace("# Published: 91.5 % (whatever)", published))
    with pytest.raises(PaperError, match="no published accuracy"):
        read_row(path)


def test_a_regression_is_refused_and_a_wrong_config_as_everywhere(tmp_path: Path) -> None:
    path = own(tmp_path)
    path.write_text(f"{path.read_text()}dataset: diabetes\n")
    with pytest.raises(PaperError, match="no classes, and so no accuracy"):
        read_row(path)
    path.write_text("# Published: 90 %\nlayers: 0\n")
    with pytest.raises(MlpcliError, match="layers"):
        read_row(path)
    with pytest.raises(MlpcliError, match="no such file"):
        read_rows([str(tmp_path / "nowhere.yaml")])


@pytest.mark.parametrize(
    ("published", "rounding", "verdict"),
    [
        # 9,800 of 10,000: 97.71 to 98.26 %
        (0.9826, 0.00005, "reproduced"),
        (0.9827, 0.00005, "not reproduced"),
        (0.983, 0.0005, "reproduced"),  # may have been 98.25
        (0.9771, 0.00005, "reproduced"),
        (0.9770, 0.00005, "better"),
        (0.97, 0.005, "better"),
        (0.98, 0.005, "reproduced"),
    ],
)
def test_the_verdict_is_by_the_interval_and_the_digits(
    published: float, rounding: float, verdict: str
) -> None:
    assert held_against(Accuracy.of(9_800, 10_000), published, rounding) == verdict


def test_a_dry_run_lists_the_rows_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = in_process("papers", "--dry-run")
    for path in SHIPPED:
        assert f"\n{path.stem} " in done.stdout or done.stdout.startswith(f"{path.stem}:")
    assert "on two cores" in done.stdout
    assert done.stderr == "next: mlpcli papers\n"
    assert not [*tmp_path.iterdir()]


def test_a_hostile_source_is_shown_and_not_obeyed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own(tmp_path, "[red]no markup[/red] " + "x" * 5_000)
    printed = in_process("papers", "mine.yaml", "--dry-run").stdout
    assert "[red]no markup[/red]" in printed
    assert max(map(len, printed.splitlines())) < 300


def test_a_damaged_run_beside_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, finished: Callable[..., Path]
) -> None:
    monkeypatch.chdir(tmp_path)
    finished("other")
    (tmp_path / "runs" / "20260101-000000-broken-0000").mkdir()
    (tmp_path / "runs" / "20260101-000000-broken-0000" / "run.json").write_text("{")
    done = in_process("papers", "tutorial_shallow", "--dry-run", "--json")
    (row,) = json.loads(done.stdout)["papers"]
    assert (row["verdict"], row["run"], row["ours"]) == ("not trained", None, None)
    assert "broken" in done.stderr


@pytest.mark.process
def test_rows_are_trained_once_and_told_beside_what_was_published(
    tmp_path: Path, once: Once
) -> None:
    own(tmp_path)
    done = once.mlpcli(["papers", "mine.yaml", "--runs-dir", "a b"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "mine" in done.stdout
    assert "not reproduced" in done.stdout  # 20 steps
    assert done.stderr.splitlines()[-1].startswith("next: mlpcli explain 'a b/")
    (run,) = (tmp_path / "a b").iterdir()
    again = mlpcli(["papers", "mine.yaml", "--runs-dir", "a b", "--json"], tmp_path)
    assert [run] == [*(tmp_path / "a b").iterdir()]
    record = json.loads(again.stdout)
    jsonschema.validate(record, papers_schema())
    (row,) = record["papers"]
    assert row["run"] == f"a b/{run.name}"
    assert (row["published"], row["verdict"]) == (0.915, "not reproduced")
    summary = json.loads((run / "summary.json").read_text())
    assert row["ours"]["accuracy"] == summary["test_accuracy"]
    full = mlpcli(["papers", "mine.yaml", "--runs-dir", "a b", "--full"], tmp_path)
    assert "source: nowhere" in full.stdout


@pytest.mark.process
def test_a_row_that_fails_is_not_trained_and_the_exit_code_says_so(tmp_path: Path) -> None:
    path = own(tmp_path)
    path.write_text(path.read_text().replace("learning_rate: 0.1", "learning_rate: 1e30"))
    done = mlpcli(["papers", "mine.yaml"], tmp_path)
    assert done.returncode == 1
    assert "not trained" in done.stdout
    assert "diverged" in done.stderr or "finite" in done.stderr
