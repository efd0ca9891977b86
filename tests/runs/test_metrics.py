"""The rows of a run: what is kept of them, however they end."""

import tracemalloc
from pathlib import Path

import pytest

from mlpcli.runs.metrics import Rows, better, kept_rows, last_row, to_line
from mlpcli.runs.records import MetricsRow


def row(step: int, val_accuracy: float | None = None) -> MetricsRow:
    val_loss = None if val_accuracy is None else 0.4
    return MetricsRow(step, 0.5, 0.9, 0.1, float(step), 64.0, val_loss, val_accuracy)


def kept(tmp_path: Path, content: bytes) -> Rows:
    (tmp_path / "metrics.jsonl").write_bytes(content)
    return kept_rows(tmp_path / "metrics.jsonl", lambda step, row: row.step == step + 1)


WHOLE = b"".join(to_line(row(step, accuracy)) for step, accuracy in ((1, None), (2, 0.8), (3, 0.7)))


def test_whole_rows_come_to_the_last_the_best_and_their_bytes(tmp_path: Path) -> None:
    assert kept(tmp_path, WHOLE) == Rows(row(3, 0.7), (0.8, 2), len(WHOLE), False, 3 / 64)


def test_no_rows_come_to_nothing(tmp_path: Path) -> None:
    assert kept(tmp_path, b"") == Rows()


@pytest.mark.parametrize(
    "tail", [b'{"step": 4, "lo', b"\x00" * 50, b"{}\n", b"[4]\n", b"x" * 10_000, b"\n"]
)
def test_what_is_no_row_ends_them_as_torn(tmp_path: Path, tail: bytes) -> None:
    assert kept(tmp_path, WHOLE + tail) == Rows(row(3, 0.7), (0.8, 2), len(WHOLE), True, 3 / 64)


@pytest.mark.parametrize("step", [1, 3, 5])
def test_a_row_that_is_not_due_ends_them(tmp_path: Path, step: int) -> None:
    rest = to_line(row(step)) + to_line(row(4))
    assert kept(tmp_path, WHOLE + rest) == Rows(row(3, 0.7), (0.8, 2), len(WHOLE), False, 3 / 64)


def test_of_equal_accuracies_the_first_is_the_best() -> None:
    assert better((0.8, 2), row(3, 0.8)) == (0.8, 2)


@pytest.mark.parametrize("content", [b"x" * 50_000_000, b"[" * 50_000_000, WHOLE * 50_000])
def test_a_giant_file_is_read_in_little_memory(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "metrics.jsonl").write_bytes(content)
    tracemalloc.start()
    kept_rows(tmp_path / "metrics.jsonl", lambda step, row: row.step == step % 3 + 1)
    last_row(tmp_path / "metrics.jsonl")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
