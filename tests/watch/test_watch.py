"""A run that is watched: an ordinary one, and a picture that fits the screen."""

import io
from pathlib import Path
from typing import Any

import pexpect
import pytest
from once import Once
from rich.live import Live
from running import MLPCLI, ROOT, in_process, info, mlpcli, only_run, outcome

from mlpcli.boundary import ground_of
from mlpcli.config import Config, load_config
from mlpcli.runs.records import LayerState, MetricsRow
from mlpcli.terminal import LiveSections, Size
from mlpcli.terminal.console import Console
from mlpcli.watch.picture import Picture
from mlpcli.watch.view import plane_columns

DEEP = ROOT / "configs" / "playground" / "spiral_deep.yaml"
WORDS = [str(DEEP), "steps=60", "log_every=10", "samples=100"]


def row(step: int, layers: int = 4, validated: bool = True) -> MetricsRow:
    score = {"val_loss": 0.4, "val_accuracy": 0.75} if validated else {}
    states = tuple(LayerState(9.9, 0.1, 0.001, 0.25) for _ in range(layers))
    return MetricsRow(step, 0.5, 0.7, 0.1, step / 100, 1e5, layers=states, **score)


def picture(columns: int, lines: int, config: Config, rows: int = 9) -> list[str]:
    """Return the lines of the last picture of a run on a screen of that size."""
    import numpy as np

    console = Console()
    console.file, console._width, console._height = io.StringIO(), columns, lines + 1
    console._force_terminal, console._color_system = True, None
    shown: list[str] = []
    live = Live(console=console, auto_refresh=False)
    live.update = lambda text, refresh: shown.__setitem__(  # type: ignore[assignment]
        slice(None), str(text).split("\n")
    )
    sections = LiveSections(live, clock=lambda: 0.0)
    ground = ground_of(config.data.facts, config.resolved())
    watcher = Picture(config, ground, sections)
    shapes = [*zip(config.sizes, config.sizes[1:], strict=False)]
    weights: list[Any] = [each for a, b in shapes for each in (np.ones((a, b)), np.zeros(b))]
    for nth in range(1, rows + 1):
        watcher.see(weights)
        watcher.update(row(config.steps * nth // rows, config.layers))
    return shown


@pytest.mark.parametrize(
    "size", [(80, 24), (120, 50), (60, 20), (40, 24), (30, 10), (200, 60), (10, 5)]
)
def test_a_picture_fits_its_screen(size: tuple[int, int]) -> None:
    lines = picture(*size, load_config(DEEP))
    assert len(lines) <= size[1]
    assert any("step 5,000" in line for line in lines)
    assert size[0] < 60 or max(map(len, lines)) <= size[0]
    has_plane = any(line.startswith("Decision boundary") for line in lines)
    assert has_plane == bool(plane_columns(Size(*size)))


def test_a_picture_has_boundary_curve_and_layers() -> None:
    text = "\n".join(picture(80, 24, load_config(DEEP)))
    assert "spiral_deep: at its end" in text
    assert "acc. 70.00 %, val. 75.00 %" in text
    assert "accuracy, %" in text
    assert "    4    9.900  0.0010   25.00" in text


def test_of_other_data_there_is_no_boundary_and_of_deep_networks_some_layers() -> None:
    config = load_config(ROOT / "configs" / "tiny.yaml", ["layers=30", "width=8"])
    text = "\n".join(picture(80, 40, config))
    assert "Decision boundary" not in text
    assert "   30 " in text
    assert "   15 " not in text


@pytest.mark.process
def test_a_run_that_is_watched_is_an_ordinary_one_to_the_bit(tmp_path: Path, once: Once) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    done = once.mlpcli(["watch", *WORDS], one)
    assert done.returncode == 0, done.stderr
    run = only_run(one)
    assert done.stdout == f"runs/{run.name}\n"
    assert "step 60/60" in done.stderr  # no screen: lines
    assert "\x1b" not in done.stderr
    assert mlpcli(["train", *WORDS], other).returncode == 0
    assert outcome(run) == outcome(only_run(other))
    shown = in_process("show", run).stdout
    assert shown.startswith("Decision boundary\n")
    assert "b blue, o orange; capitals: examples; dots: undecided" in shown


@pytest.mark.process
def test_on_a_screen_the_picture_is_drawn_in_place_and_ctrl_c_leaves_a_run_to_resume(
    tmp_path: Path,
) -> None:
    words = ["watch", str(DEEP), "steps=2000000"]
    child = pexpect.spawn(
        MLPCLI,
        words,
        cwd=tmp_path,
        dimensions=(24, 80),
        timeout=120,
        encoding="utf-8",
        codec_errors="replace",  # the ^C that a terminal echoes may part a character
    )
    child.expect("Decision boundary")
    child.expect("▀")
    child.sendintr()
    child.expect("go on with: mlpcli resume")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert info(only_run(tmp_path))["status"] == "interrupted"
    shown = in_process("show", only_run(tmp_path)).stdout  # by the checkpoint
    assert shown.startswith("Decision boundary\n")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["nowhere.yaml"], "nowhere.yaml: no such file or directory"),
        ([str(DEEP), "layers=0"], "layers"),
        ([str(DEEP), str(DEEP)], "Got unexpected extra argument"),
        (["steps=5"], "Missing argument"),
    ],
)
@pytest.mark.process
def test_what_cannot_be_watched_is_refused_and_nothing_is_written(
    words: list[str], problem: str, tmp_path: Path
) -> None:
    done = mlpcli(["watch", *words], tmp_path)
    assert done.returncode == 2
    assert problem in done.stderr
    assert not [*tmp_path.iterdir()]
