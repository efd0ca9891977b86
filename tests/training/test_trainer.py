"""The network and its training, against numpy and against Keras's own SGD."""

from collections.abc import Iterable
from typing import Any

import msgspec
import numpy as np
import pytest

from mlpcli.config.schedule import learning_rates
from mlpcli.config.schema import Config
from mlpcli.data.batches import batch_indices
from mlpcli.data.examples import Examples, Splits
from mlpcli.data.mnist import MNIST
from mlpcli.errors import DivergedError, RunError
from mlpcli.runs.checkpoint import Checkpoint
from mlpcli.runs.continuation import ResumePoint
from mlpcli.runs.metrics import Rows
from mlpcli.runs.records import MetricsRow
from mlpcli.training.backend import keras, memory_errors, tensorflow
from mlpcli.training.compiled import program
from mlpcli.training.model import build_mlp
from mlpcli.training.trainer import Training

pytestmark = pytest.mark.tf


def config(**changes: Any) -> Config:
    values = {
        "name": "test",
        "layers": 2,
        "width": 8,
        "learning_rate": 0.1,
        "steps": 10,
        "batch_size": 16,
    }
    return Config(**{**values, **changes})


@pytest.fixture(scope="module")
def mnist() -> Splits:
    return MNIST.load()


@pytest.fixture(scope="module")
def small(mnist: Splits) -> Splits:
    def first(examples: Examples, count: int) -> Examples:
        return examples[:count]

    return Splits(first(mnist.train, 400), first(mnist.validation, 150), first(mnist.test, 150))


def training(config: Config, data: Splits) -> Training:
    return Training(config, build_mlp(config), data)


def point_of(checkpoint: Checkpoint) -> ResumePoint:
    return ResumePoint(checkpoint, 0.0, Rows())


def rows_of(run: Training) -> list[MetricsRow]:
    return [row for row in run.stops() if row]


def trained(config: Config, data: Splits) -> tuple[list[MetricsRow], Training]:
    run = training(config, data)
    return rows_of(run), run


def test_configs_that_differ_in_steps_or_intervals_compile_once() -> None:
    one = config()
    model = build_mlp(one)
    for same in (
        {"steps": 20},
        {"eval_every": 3},
        {"log_every": 7},
        {"seed": 5},
        {"init": "zeros"},
    ):
        assert program(config(**same), model) is program(one, model)
    for other in ({"width": 9}, {"momentum": 0.9}, {"weight_decay": 0.1}):
        assert program(config(**other), model) is not program(one, model)


def bits(run: Training) -> list[bytes]:
    state = run.checkpoint()
    return [w.tobytes() for w in (*state.weights, *state.state)]


@pytest.mark.parametrize(
    ("layers", "width", "parameters"),
    [
        (1, (), 784 * 10 + 10),
        (2, 32, 785 * 32 + 33 * 10),
        (3, 500, 785 * 500 + 501 * 500 + 501 * 10),
        (4, (20, 30, 7), 785 * 20 + 21 * 30 + 31 * 7 + 8 * 10),
    ],
)
def test_the_network_has_as_many_parameters_as_the_formula(
    layers: int, width: int | tuple[int, ...], parameters: int
) -> None:
    settings = config(layers=layers, width=width)
    assert settings.parameters == parameters
    assert build_mlp(settings).count_params() == parameters


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "gelu", "elu", "linear"])
def test_hidden_layers_have_the_activation_and_the_output_layer_gives_logits(
    activation: str,
) -> None:
    layers = build_mlp(config(layers=3, activation=activation)).layers
    assert [keras.activations.serialize(layer.activation) for layer in layers] == [
        activation,
        activation,
        "linear",
    ]


@pytest.mark.parametrize(
    ("init", "stddev"),
    [
        ("he_normal", (2 / 784) ** 0.5),
        ("he_uniform", (2 / 784) ** 0.5),
        ("glorot_normal", (2 / (784 + 500)) ** 0.5),
        ("glorot_uniform", (2 / (784 + 500)) ** 0.5),
        ("lecun_normal", (1 / 784) ** 0.5),
        ("normal", 0.3),
        ("zeros", 0.0),
    ],
)
def test_initial_weights_have_the_spread_of_their_init_and_biases_are_zero(
    init: str, stddev: float
) -> None:
    extra = {"init_stddev": 0.3} if init == "normal" else {}
    kernel, bias = build_mlp(config(width=500, init=init, **extra)).layers[0].weights
    assert kernel.numpy().std() == pytest.approx(stddev, rel=0.01)
    assert not bias.numpy().any()


def test_initial_weights_come_from_the_seed_and_the_layer() -> None:
    def kernels(seed: int) -> list[Any]:
        built = build_mlp(config(layers=4, width=10, seed=seed))
        return [layer.weights[0].numpy() for layer in built.layers]

    first, again, other = kernels(3), kernels(3), kernels(4)
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert not any((a == b).any() for a, b in zip(first, other, strict=True))
    assert not (first[1] == first[2]).any()  # two layers of one shape


def test_one_step_of_one_layer_is_the_gradient_step_worked_in_numpy(small: Splits) -> None:
    settings = config(layers=1, width=(), steps=1, batch_size=50, order="sequential")
    rows, state = trained(settings, small)
    kernel, _ = (w.numpy() for w in build_mlp(settings).weights)
    x = small.train.features[:50].astype(np.float64) / 255
    y = small.train.targets[:50]
    z = x @ kernel
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    delta = (p - np.eye(10)[y]) / 50  # gradient of the mean cross-entropy by the logits
    np.testing.assert_allclose(state.weights[0], kernel - 0.1 * x.T @ delta, rtol=0, atol=1e-6)
    np.testing.assert_allclose(state.weights[1], -0.1 * delta.sum(0), rtol=0, atol=1e-6)
    assert rows[0].loss == pytest.approx(-np.log(p[np.arange(50), y]).mean(), rel=1e-5)
    assert rows[0].accuracy == (z.argmax(1) == y).mean()


def keras_weights(settings: Config, data: Splits, learning_rate: Any) -> list[Any]:
    """Train with keras.optimizers.SGD on the batches that the config names."""
    model = build_mlp(settings)
    model.compile(
        keras.optimizers.SGD(
            learning_rate,
            momentum=settings.momentum,
            nesterov=settings.nesterov,
            weight_decay=settings.weight_decay or None,
        ),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    n = len(data.train)
    batches = batch_indices(
        settings.order, n, settings.batch_size, settings.seed, 1, settings.steps
    )
    for batch in batches:
        images = data.train.features[batch].astype(np.float32) / 255
        model.train_on_batch(images, data.train.targets[batch])
    return [w.numpy() for w in model.trainable_variables]


SCHEDULES = keras.optimizers.schedules
KERAS_CASES: list[tuple[dict[str, Any], Any]] = [
    ({}, 0.1),
    ({"momentum": 0.9}, 0.1),
    ({"weight_decay": 0.01}, 0.1),
    ({"momentum": 0.9, "weight_decay": 0.01}, 0.1),
    ({"momentum": 0.9, "nesterov": True, "steps": 50}, 0.05),
    ({"momentum": 0.5, "nesterov": True, "weight_decay": 0.01}, 0.1),
    # to zero at the last of ten steps: nine after the first
    ({"decay": "linear"}, SCHEDULES.PolynomialDecay(0.1, 9, end_learning_rate=0.0)),
    ({"decay": "cosine", "momentum": 0.5}, SCHEDULES.CosineDecay(0.1, 9)),
    # 0.1 * t / 3 for t = 1, 2, 3, then linear to zero over the seven steps left
    (
        {"decay": "linear", "warmup_steps": 3, "momentum": 0.9, "weight_decay": 0.01},
        SCHEDULES.PiecewiseConstantDecay(
            list(range(9)), [0.1 / 3, 0.2 / 3, 0.1, *(0.1 * k / 7 for k in (6, 5, 4, 3, 2, 1, 0))]
        ),
    ),
]


@pytest.mark.parametrize(("changes", "learning_rate"), KERAS_CASES)
def test_steps_equal_those_of_keras_sgd(
    changes: dict[str, Any], learning_rate: Any, small: Splits
) -> None:
    rate = learning_rate if isinstance(learning_rate, float) else 0.1
    settings = config(layers=3, width=12, seed=5, learning_rate=rate, **changes)
    _, state = trained(settings, small)
    expected = keras_weights(settings, small, learning_rate)
    for ours, theirs in zip(state.weights, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_rows_state_the_learning_rate_of_their_step(small: Splits) -> None:
    settings = config(decay="cosine", warmup_steps=4, log_every=1)
    rows, _ = trained(settings, small)
    assert [row.learning_rate for row in rows] == list(learning_rates(settings, 1, 10))


@pytest.mark.parametrize(
    ("changes", "row_steps", "validated"),
    [
        ({"steps": 1}, [1], [1]),
        ({"steps": 2, "log_every": 50, "eval_every": 50}, [1, 2], [2]),
        ({"steps": 17, "log_every": 5, "eval_every": 7}, [1, 5, 7, 10, 14, 15, 17], [7, 14, 17]),
        ({"steps": 10, "log_every": 100}, list(range(1, 11)), list(range(1, 11))),
        ({"steps": 10, "log_every": 100, "eval_every": 100}, [1, 10], [10]),
        ({"steps": 9, "log_every": 3, "eval_every": 9}, [1, 3, 6, 9], [9]),
    ],
)
def test_rows_end_where_they_are_due(
    changes: dict[str, Any], row_steps: list[int], validated: list[int], small: Splits
) -> None:
    rows, state = trained(config(**changes), small)
    assert [row.step for row in rows] == row_steps
    assert [row.step for row in rows if row.val_accuracy is not None] == validated
    assert state.step == row_steps[-1]


def test_where_rows_end_changes_no_bit_of_the_weights(small: Splits) -> None:
    rows = [{"log_every": 1}, {"log_every": 7, "eval_every": 3}, {"checkpoint_every": 11}]
    states = [trained(config(steps=40, momentum=0.9, **each), small)[1] for each in rows]
    assert bits(states[0]) == bits(states[1]) == bits(states[2])


def test_a_row_holds_the_mean_over_the_steps_since_the_row_before(small: Splits) -> None:
    single, _ = trained(config(log_every=1, eval_every=10), small)
    fours, _ = trained(config(log_every=4, eval_every=10), small)
    losses = np.array([row.loss for row in single])
    correct = np.array([row.accuracy for row in single])
    spans = [(0, 1), (1, 4), (4, 8), (8, 10)]
    assert [row.loss for row in fours] == pytest.approx([losses[a:b].mean() for a, b in spans])
    assert [row.accuracy for row in fours] == pytest.approx([correct[a:b].mean() for a, b in spans])


def test_the_same_config_gives_the_same_bits_twice_in_a_process(mnist: Splits) -> None:
    settings = config(layers=3, width=64, steps=60, batch_size=100)
    (rows, state), (rows_again, state_again) = (trained(settings, mnist) for _ in range(2))
    assert bits(state) == bits(state_again)

    def timeless(rows: Iterable[MetricsRow]) -> list[MetricsRow]:
        return [msgspec.structs.replace(row, seconds=0, examples_per_second=0) for row in rows]

    assert timeless(rows) == timeless(rows_again)


def test_a_batch_may_be_the_whole_training_set(small: Splits) -> None:
    for order in ("sequential", "shuffle"):
        rows, _ = trained(config(batch_size=400, steps=3, order=order), small)
        assert rows[-1].step == 3


def test_a_loss_that_is_not_finite_ends_the_training_with_the_row_that_shows_it(
    small: Splits,
) -> None:
    run = training(config(learning_rate=1e30, eval_every=10), small)
    rows: list[MetricsRow] = []
    with pytest.raises(DivergedError) as raised:  # noqa: PT012  # the rows before it count
        for row in run.stops():
            rows += [row] if row else []
    assert raised.value.step == rows[-1].step
    assert not np.isfinite(rows[-1].loss)
    assert str(raised.value) == (
        f"diverged at step {raised.value.step}: the loss is not a finite number"
    )


def test_validation_that_is_not_finite_is_told_as_such(small: Splits) -> None:
    run = training(config(learning_rate=1e38, steps=1), small)
    with pytest.raises(DivergedError, match="step 1: the validation loss is not a finite number"):
        rows_of(run)


def test_training_learns(mnist: Splits) -> None:
    rows, _ = trained(config(width=32, steps=300, batch_size=32), mnist)
    assert rows[0].loss > 2.2  # near ln 10 = 2.303 before it has learned anything
    assert rows[-1].val_accuracy is not None
    assert rows[-1].val_accuracy > 0.85


def test_evaluation_scores_every_example_whatever_their_number(mnist: Splits) -> None:
    run = training(config(), mnist)
    part = mnist.test[:2_345]
    score, predictions = run.evaluate(run.weights, part)
    model = build_mlp(config())
    logits = model.predict(part.features.astype(np.float32) / 255, verbose=0)
    assert (predictions == logits.argmax(1)).all()
    assert score.correct == (logits.argmax(1) == part.targets).sum()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(part.targets, logits)
    assert score.loss == pytest.approx(float(loss), rel=1e-5)


def test_a_training_taken_up_at_any_stop_ends_with_the_same_rows_and_bits(small: Splits) -> None:
    settings = config(steps=20, momentum=0.9, log_every=6, eval_every=8, checkpoint_every=5)
    reference_rows, reference = trained(settings, small)
    model = build_mlp(settings)
    first = Training(settings, model, small)
    points = [first.checkpoint() for _ in first.stops()]
    assert [(point.step, point.row) for point in points] == [
        *((1, 1), (5, 1), (6, 6), (8, 8), (10, 8), (12, 12), (15, 12), (16, 16), (18, 18)),
        (20, 18),
    ]
    for point in points:
        again = Training(settings, build_mlp(settings), small, before=point_of(point))
        rows = rows_of(again)
        assert bits(again) == bits(reference)
        assert [without_times(row) for row in rows] == [
            without_times(row) for row in reference_rows if row.step > point.row
        ]


def without_times(row: MetricsRow) -> MetricsRow:
    return msgspec.structs.replace(row, seconds=0, examples_per_second=0)


def test_too_little_memory_for_an_array_is_told() -> None:
    with pytest.raises(RunError, match="out of memory"), memory_errors():
        np.empty(1 << 60, np.uint8)


def test_too_little_memory_for_a_tensor_is_told() -> None:
    with pytest.raises(RunError, match="out of memory"), memory_errors():
        # raised here, for the allocator tries for ten seconds
        raise tensorflow.errors.ResourceExhaustedError(None, None, "out of memory")


def test_a_run_stopped_after_step_1_and_before_its_row_keeps_that_rows_layers(
    small: Splits,
) -> None:
    settings = config()
    whole, _ = trained(settings, small)

    def stop() -> None:
        raise KeyboardInterrupt

    run = Training(settings, build_mlp(settings), small)
    run._check = stop  # between chunks alone: the first is step 1
    with pytest.raises(KeyboardInterrupt):
        next(run.stops())
    state = run.checkpoint()
    assert (state.step, state.row) == (1, 0)
    again = rows_of(Training(settings, build_mlp(settings), small, before=point_of(state)))
    assert [row.layers for row in again] == [row.layers for row in whole]
    assert len(again[0].layers) == 2


def test_a_run_stopped_at_a_rung_and_before_its_row_has_that_row_when_it_goes_on(
    small: Splits,
) -> None:
    settings = config(steps=20, log_every=6, eval_every=8)
    whole, _ = trained(settings, small)
    run = Training(settings, build_mlp(settings), small)

    def stop() -> None:
        if run.step == 8:
            raise KeyboardInterrupt

    run._check = stop
    with pytest.raises(KeyboardInterrupt):
        list(run.stops(8))
    state = run.checkpoint()
    assert (state.step, state.row) == (8, 6)
    again = Training(settings, build_mlp(settings), small, before=point_of(state))
    rows = [row for row in again.stops(8) if row]
    assert [without_times(row) for row in rows] == [without_times(r) for r in whole if r.step == 8]
