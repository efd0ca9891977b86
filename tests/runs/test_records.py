"""The declaration of what a row and a summary tell."""

import msgspec
import pytest

from mlpcli.runs.metrics import to_line, typical_bytes
from mlpcli.runs.records import METRICS, SUMMARY_METRICS, LayerState, MetricsRow, metrics_in
from mlpcli.runs.results import LARGEST_FIRST, RESULTS

ROW = MetricsRow(
    100, 0.1021356901234567, 0.9654321012345678, 0.1, 12.345678901234567, 98765.43210987654
)
STATE = LayerState(3.963, 0.7891, 0.01991, 0.0, 0.8765, 1.0123)


def test_all_numbers_of_a_row_are_declared() -> None:
    assert {*METRICS, "layers", "unknown"} == {*MetricsRow.__struct_fields__}


@pytest.mark.parametrize("metric", [*METRICS.values(), *SUMMARY_METRICS.values()])
def test_a_share_is_a_percentage_and_says_so(metric: object) -> None:
    percent = metric.form == "percent"  # type: ignore[attr-defined]
    assert percent == metric.heading.endswith("%")  # type: ignore[attr-defined]


def test_the_live_table_fits_80_columns() -> None:
    assert sum(max(10, len(metric.heading)) + 2 for metric in metrics_in("live").values()) <= 80


def test_what_the_network_does_stands_before_how_fast() -> None:
    assert [*metrics_in("show")][-3:] == ["learning_rate", "seconds", "examples_per_second"]
    assert [*metrics_in("show")][:3] == ["step", "loss", "accuracy"]


def test_accuracies_and_speeds_are_sorted_the_largest_first() -> None:
    assert {"val_accuracy", "test_accuracy", "examples_per_second"} <= LARGEST_FIRST
    assert not LARGEST_FIRST & {"val_loss", "test_loss", "seconds", "steps_taken"}
    assert RESULTS[:3] == ("val_accuracy", "val_low", "val_high")


@pytest.mark.parametrize("layers", [1, 3, 100])
def test_a_row_takes_about_the_bytes_that_are_reckoned(layers: int) -> None:
    measured = dict.fromkeys(
        (name for name, metric in METRICS.items() if metric.where_validated), 0.91234567891234
    )
    full = msgspec.structs.replace(ROW, layers=(STATE,) * layers, **measured)
    assert typical_bytes(True, layers) == pytest.approx(len(to_line(full)), rel=0.1)
    assert typical_bytes(False, layers) == pytest.approx(len(to_line(ROW)), rel=0.1)
