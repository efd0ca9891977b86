"""What a run comes to as events: its numbers, its graph, its weights, its config."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from event_files import hyperparameters, scalars
from tensorboard.compat.proto.event_pb2 import Event

from mlpcli.board import run_events
from mlpcli.board.graph import network_graph
from mlpcli.board.histograms import buckets, weight_histograms
from mlpcli.board.hyperparameters import keys_of
from mlpcli.board.run_events import Written, first_events, more_events
from mlpcli.data import Classification
from mlpcli.data.task import Regression
from mlpcli.data.value_targets import ValueScale
from mlpcli.errors import DivergedError
from mlpcli.runs import LayerState, MetricsRow, load_run

DIGITS = Classification(tuple("0123456789"))
CONFIG = "dataset: mnist\nlayers: 3\nwidth: [6, 4]\nsteps: 10\nlog_every: 1\neval_every: 5\n"


def read(run: Path) -> list[Event]:
    """Return all events of a run, and hold that asked again there are none."""
    found = load_run(run)
    more, written = more_events(found, Written(""))
    assert more_events(found, written) == ([], written)
    return [Event.FromString(each) for each in (*first_events(found), *more)]


def test_rows_and_scores_are_numbers_under_their_own_names(finished: Callable[..., Path]) -> None:
    run = load_run(finished("a", CONFIG))
    found = scalars(read(run.path))
    for row in run.rows:
        for name in ("loss", "accuracy", "learning_rate", "val_loss", "val_accuracy", "seconds"):
            assert found[name][row.step] == np.float32(getattr(row, name)), name
    assert found["summary/test_accuracy"] == {10: np.float32(0.8)}
    assert found["summary/best_val_step"] == {10: 5}
    assert "summary/test_r2" not in found


def test_a_rows_time_is_the_start_and_its_seconds(finished: Callable[..., Path]) -> None:
    run = load_run(finished("a", CONFIG))
    begin = run_events.started(run)
    assert begin > 1.7e9
    (last,) = {
        event.wall_time
        for event in read(run.path)
        if event.step == 10 and any(each.tag == "loss" for each in event.summary.value)
    }
    assert last == pytest.approx(begin + 1.5, abs=1e-6)


def test_layers_have_numbers_and_a_loss_that_is_not_finite_is_marked(
    unfinished: Callable[..., Path],
) -> None:
    states = (LayerState(1.5, 0.25, None, 0.0), LayerState(2.0, None, 0.1, 0.5))
    row = MetricsRow(1, 2.0, 0.1, 0.1, 0.5, 10.0, layers=states)
    diverged = MetricsRow(2, math.inf, 0.1, 0.1, 0.6, 10.0)
    run = unfinished("a", DivergedError(2, "loss"), row, diverged, config=CONFIG)
    events = read(run)
    found = scalars(events)
    assert found["weight_norm/hidden_1"] == {1: 1.5}
    assert found["dead/output"] == {1: 0.5}
    assert "update_to_weight/hidden_1" not in found
    assert math.isnan(found["loss"][2])
    ended = hyperparameters(events)["_hparams_/session_end_info"].session_end_info
    assert ended.status == 2  # STATUS_FAILURE


def test_of_many_rows_some_are_taken_evenly_and_the_last(
    unfinished: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_events, "MOST_ROWS", 5)
    config = CONFIG.replace("steps: 10", "steps: 16").replace("eval_every: 5", "eval_every: 8")
    rows = [MetricsRow(n, 1.0, 0.1, 0.1, n / 10, 10.0) for n in range(1, 17)]
    run = load_run(unfinished("a", KeyError(), *rows, config=config))
    more, _ = more_events(run, Written(""))
    found = scalars([Event.FromString(each) for each in more])["loss"]
    assert [*found] == [1, 6, 11, 16]


def test_the_config_is_in_the_table_of_hyperparameters(finished: Callable[..., Path]) -> None:
    run = finished("a", CONFIG)
    start = hyperparameters(read(run))["_hparams_/session_start_info"].session_start_info
    assert start.hparams["width"].string_value == "6, 4"
    assert start.hparams["steps"].number_value == 10
    assert start.hparams["name"].string_value == "a"


def test_values_that_no_protocol_buffer_holds_are_texts() -> None:
    values = {"a": 10**400, "b\n": "\ud800", "c": None, "d": True, "e": -0.5}
    assert keys_of(values) == {
        "a": "1" + "0" * 400,
        "b\\n": "\\ud800",
        "d": True,
        "e": -0.5,
    }
    assert all(str(each).encode() for each in keys_of(values).values())


def shapes(graph: object) -> dict[str, list[int]]:
    return {
        node.name: [each.size for each in node.attr["_output_shapes"].list.shape[0].dim]
        for node in graph.node  # type: ignore[attr-defined]
    }


def test_the_graph_has_the_names_and_shapes_of_the_layers() -> None:
    graph = network_graph((784, 500, 300, 10), "relu", DIGITS)
    assert shapes(graph) == {
        "features": [-1, 784],
        "hidden_1/kernel": [784, 500],
        "hidden_1/bias": [500],
        "hidden_1/MatMul": [-1, 500],
        "hidden_1/BiasAdd": [-1, 500],
        "hidden_1/Relu": [-1, 500],
        "hidden_2/kernel": [500, 300],
        "hidden_2/bias": [300],
        "hidden_2/MatMul": [-1, 300],
        "hidden_2/BiasAdd": [-1, 300],
        "hidden_2/Relu": [-1, 300],
        "output/kernel": [300, 10],
        "output/bias": [10],
        "output/MatMul": [-1, 10],
        "output/BiasAdd": [-1, 10],
        "target": [-1],
        "loss/SparseSoftmaxCrossEntropyWithLogits": [-1],
        "loss/Mean": [],
    }
    inputs = {node.name: [*node.input] for node in graph.node}
    assert inputs["hidden_2/MatMul"] == ["hidden_1/Relu", "hidden_2/kernel"]
    assert inputs["loss/SparseSoftmaxCrossEntropyWithLogits"] == ["output/BiasAdd", "target"]


def test_one_layer_values_and_a_linear_activation_have_their_graphs() -> None:
    values = Regression(ValueScale(("a", "b"), (0.0, 0.0), (1.0, 1.0)))
    alone = shapes(network_graph((3, 2), "relu", values))
    assert "output/Relu" not in alone
    assert alone["target"] == alone["loss/SquaredDifference"] == [-1, 2]
    linear = network_graph((3, 5, 2), "linear", values)
    assert {node.op for node in linear.node if node.name.startswith("hidden_1")} == {
        "VariableV2",
        "MatMul",
        "BiasAdd",
    }


def test_a_histogram_counts_what_is_finite() -> None:
    values = np.array([0, 0, 0.5, 3, np.nan, np.inf, -np.inf], np.float32)
    found = buckets(values)
    assert found.shape == (30, 3)
    assert found[0].tolist() == [0, pytest.approx(0.1), 2]
    assert found[5, 2] == 1  # 0.5 to 0.6
    assert found[-1].tolist() == [pytest.approx(2.9), 3, 1]
    assert found[:, 2].sum() == 4


def test_weights_that_are_alike_have_one_bucket_and_none_have_none() -> None:
    assert buckets(np.full(7, 2, np.float32)).tolist() == [[1.5, 2.5, 7]]
    assert buckets(np.full(7, np.nan, np.float32)).shape == (0, 3)
    arrays = [np.zeros(2, np.float32)] * 4
    assert [*weight_histograms(arrays)] == [
        "hidden_1/kernel",
        "hidden_1/bias",
        "output/kernel",
        "output/bias",
    ]
