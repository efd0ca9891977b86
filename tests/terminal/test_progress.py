"""What is seen of a run under way: a table that fits any screen, or plain lines."""

import io
from pathlib import Path

import pytest
from rich.live import Live
from running import begun, mlpcli

from mlpcli.config.schema import Config
from mlpcli.runs.records import MetricsRow
from mlpcli.terminal.console import Console
from mlpcli.terminal.progress import LiveTable

CONFIG = Config(name="a", layers=1, learning_rate=0.1, steps=5_000, batch_size=100)
ROW = MetricsRow(
    step=2_500, loss=0.41234, accuracy=0.875, learning_rate=0.1, seconds=75.0,
    examples_per_second=1_000.0, val_loss=0.39876, val_accuracy=0.9216,
)  # fmt: skip


def drawn(width: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines of the live table on a screen of that width."""
    monkeypatch.setenv("COLUMNS", str(width))
    console = Console()
    console.file = io.StringIO()
    table = LiveTable(CONFIG, Live(console=console, auto_refresh=False))
    table.update(ROW)
    console.file = io.StringIO()
    console.print(table.render())
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize(
    ("width", "heads"),
    [
        (80, ["step", "loss", "accuracy", "%", "val", "loss", "val", "acc.", "%", "examples/s"]),
        (60, ["step", "loss", "accuracy", "%", "val", "loss", "val", "acc.", "%"]),
        (50, ["step", "loss", "accuracy", "%", "val", "acc.", "%"]),
        (24, ["step", "val", "acc.", "%"]),
    ],
)
def test_a_narrow_screen_keeps_the_step_and_the_validation_accuracy(
    width: int, heads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = drawn(width, monkeypatch)
    assert lines[1].split() == heads
    assert "92.16" in lines[2]
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("width", range(1, 200, 7))
def test_no_width_of_a_screen_is_too_small_or_too_large(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert drawn(width, monkeypatch)


@pytest.mark.process
@pytest.mark.parametrize("forced", ["FORCE_COLOR", "TTY_COMPATIBLE"])
def test_a_file_gets_plain_lines_whatever_colours_are_asked_for(
    forced: str, tmp_path: Path
) -> None:
    done = mlpcli(["train", "a.yaml"], begun(tmp_path), **{forced: "1"})
    assert "step 40/40  loss" in done.stderr
    assert "\x1b[?25l" not in done.stderr  # which hides the cursor
    assert "\x1b[1A" not in done.stderr  # which moves it
