"""What is seen of runs under way side by side: one table of all, or lines with their names."""

import io

import pytest
from msgspec.structs import replace
from rich.live import Live

from mlpcli.config.schema import Config
from mlpcli.runs.records import MetricsRow
from mlpcli.terminal.console import Console
from mlpcli.terminal.many_progress import ManyLive, ManyPlainLines

CONFIG = Config(name="a", layers=1, learning_rate=0.1, steps=5_000, batch_size=100)
ROW = MetricsRow(
    step=2_500, loss=0.41234, accuracy=0.875, learning_rate=0.1, seconds=75.0,
    examples_per_second=1_000.0, val_loss=0.39876, val_accuracy=0.9216,
)  # fmt: skip
LATER = replace(ROW, step=3_750, val_loss=None, val_accuracy=None)


def table_of(total: int | None, seconds: float = 30.0) -> ManyLive:
    """Two of four runs of one name: one is over, one has taken half of its steps."""
    console = Console(stderr=True)
    console.file = io.StringIO()
    now = iter([0.0])
    table = ManyLive(Live(console=console, auto_refresh=False), total, lambda: next(now, seconds))
    for key in (1, 2):
        table.begun(key, "a, seed 0", CONFIG)
    table.row(1, ROW, False)
    table.over(1)
    table.row(2, ROW, False)
    return table


def lines_of(table: ManyLive, width: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    console = Console()
    console.file = io.StringIO()
    console.print(table.render())
    return console.file.getvalue().splitlines()


def test_the_runs_under_way_are_shown_with_what_is_done_and_left_of_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One and a half of four are done in 30 s, so two and a half take 50 s."""
    _, head, run, bar = lines_of(table_of(total=4), 80, monkeypatch)
    assert head.split() == ["run", "step", "val", "acc.", "%", "loss", "examples/s"]
    assert " ".join(run.split()) == "a, seed 0 2,500 of 5,000 92.16 0.4123 1,000"
    assert bar.endswith(" 38 % 1 of 4 runs done 50.0 s left")


def test_a_validation_stays_until_there_is_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    table = table_of(total=4)
    table.row(2, LATER, False)
    assert "3,750 of 5,000       92.16" in lines_of(table, 80, monkeypatch)[2]


def test_where_nobody_knows_how_many_come_it_says_how_many_are_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert lines_of(table_of(total=None), 80, monkeypatch)[-1].strip() == "1 done in 30.0 s"


@pytest.mark.parametrize("width", [1, 20, 40, 80])
def test_it_fits_any_screen(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert max(map(len, lines_of(table_of(total=4), width, monkeypatch))) <= width


def test_lines_off_a_terminal_begin_with_the_name_of_their_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = ManyPlainLines(Console(stderr=True))
    lines.begun(1, "a, seed 0", CONFIG)
    lines.begun(2, "a, seed 1", CONFIG)
    lines.row(2, ROW, False)
    lines.row(1, ROW, False)
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("a, seed 1: step 2500/5000  loss 0.4123")
    assert second.startswith("a, seed 0: step 2500/5000  loss 0.4123")
