"""Class weights: in the loss that is trained, and in nothing else."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from running import begun, in_process, info, mlpcli, only_run, outcome, rows, runs

from mlpcli.config.load import load_config
from mlpcli.config.schema import Config
from mlpcli.data.class_weights import balanced_weights
from mlpcli.data.examples import Examples
from mlpcli.errors import ConfigError
from mlpcli.tune.choosing import learned_score

TABLE = "layers: 1\ndataset: a.csv\nlearning_rate: 0.5\nsteps: 200\nbatch_size: 16\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a table of 190 rows of one class and 30 of another, which overlap."""
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(0, 1, 190), rng.normal(1.5, 1, 30)])
    lines = [f"{x:.3f},{'ill' if i >= 190 else 'well'}" for i, x in enumerate(values)]
    (tmp_path / "a.csv").write_text("\n".join(["x,state", *lines]) + "\n")
    (tmp_path / "a.yaml").write_text(TABLE)
    return tmp_path


def test_all_classes_together_count_alike() -> None:
    weights = balanced_weights(np.array([0, 0, 0, 0, 0, 0, 1, 1, 2]), 4)
    assert weights == (0.5, 1.5, 3.0, 0.0)  # 9 / (3 * 6), 9 / (3 * 2), 9 / 3, and no example


def test_a_part_of_the_examples_has_the_weights_of_all() -> None:
    some = Examples(np.zeros((3, 1)), np.array([0, 0, 1]), class_weights=(0.75, 1.5))[:1]
    assert (len(some), some.class_weights) == (1, (0.75, 1.5))


@pytest.mark.parametrize("more", ["", "task: regression\n"])
def test_a_regression_has_no_classes_to_weigh(place: Path, more: str) -> None:
    (place / "a.csv").write_text("x,y\n" + "\n".join(f"{i},{i * 0.37}" for i in range(40)) + "\n")
    (place / "a.yaml").write_text(f"{TABLE}class_weights: balanced\n{more}")
    with pytest.raises(ConfigError) as caught:
        load_config(place / "a.yaml")
    (problem,) = caught.value.problems
    assert (problem.key, problem.place.line) == ("class_weights", 6)
    assert problem.text == "of classes alone: a regression has none; remove it"


def test_weights_change_neither_the_examples_nor_what_a_run_says_of_them(place: Path) -> None:
    plain, weighted = (
        load_config(place / "a.yaml", (f"class_weights={each}",)) for each in ("none", "balanced")
    )
    assert plain.data.facts == weighted.data.facts
    assert weighted.data.load().train.features is plain.data.load().train.features
    counts = np.bincount(plain.data.load().train.targets)
    expected = counts.sum() / (2 * counts)
    np.testing.assert_allclose(weighted.data.load().train.class_weights, expected)
    assert plain.data.load().train.class_weights == ()
    assert weighted.data.load().validation.class_weights == ()


def test_a_built_in_data_set_takes_weights_and_stays_the_same_data() -> None:
    values = {"name": "a", "layers": 1, "learning_rate": 0.1, "steps": 1, "batch_size": 1}
    config = Config(**values, class_weights="balanced")
    assert "missing" not in config.resolved()
    assert config.resolved()["class_weights"] == "balanced"
    assert "class_weights" not in Config(**values).resolved()
    assert config.data.facts == Config(**values).data.facts


@pytest.mark.tf
def test_the_batchs_loss_is_the_weighted_sum_over_its_examples_by_their_number() -> None:
    from mlpcli.training.backend import keras
    from mlpcli.training.backend import tensorflow as tf
    from mlpcli.training.losses import trained_losses

    targets = tf.constant([0, 1, 1], tf.int32)
    outputs = tf.constant([[0.0, 0.0], [np.log(3.0), 0.0], [0.0, 0.0]])
    found = trained_losses(targets, outputs, (tf.constant([0.5, 2.0]),)).numpy()
    # of probabilities 1/2, 1/4, 1/2
    np.testing.assert_allclose(found, [0.5 * np.log(2), 2 * np.log(4), 2 * np.log(2)], rtol=1e-6)
    keras_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    theirs = float(keras_loss(targets, outputs, sample_weight=tf.constant([0.5, 2.0, 2.0])))
    assert found.mean() == pytest.approx(theirs, rel=1e-6)


def settings(**changes: Any) -> Config:
    values = {"name": "a", "layers": 3, "width": 12, "learning_rate": 0.1, "steps": 60}
    values |= {"batch_size": 20, "dataset": "breast_cancer", "class_weights": "balanced"}
    return Config(**{**values, **changes})


def alone(config: Config) -> Any:
    from mlpcli.training.model import build_mlp
    from mlpcli.training.trainer import Training

    training = Training(config, build_mlp(config), config.data.load())
    return training, [row for row in training.stops() if row]


@pytest.mark.tf
def test_a_member_of_a_stack_equals_its_solo_run() -> None:
    from mlpcli.training.stack import Stack

    configs = [settings(seed=seed, learning_rate=rate) for seed, rate in ((0, 0.1), (1, 0.02))]
    stack = Stack(configs, configs[0].data.load().train)
    stack.take(60)
    for k, config in enumerate(configs):
        for ours, own in zip(stack.weights(k), alone(config)[0].weights, strict=True):
            assert np.linalg.norm(ours - own) <= 1e-5 * np.linalg.norm(own)


@pytest.mark.tf
def test_another_data_set_of_the_same_structure_has_its_own_weights() -> None:
    even = alone(settings(class_weights="none"))[1]
    weighted = alone(settings())[1]
    again = alone(settings(split_seed=3))[1]  # compiled once with the other
    assert len({rows[-1].loss for rows in (even, weighted, again)}) == 3


@pytest.mark.tf
def test_sharpness_and_gradients_are_of_the_loss_that_is_trained() -> None:
    from mlpcli.training.model import build_mlp, initial_weights
    from mlpcli.training.probe import Probe
    from mlpcli.training.sharpness import measure_sharpness

    config = settings(layers=1, init="zeros")
    model, weights = build_mlp(config), tuple(initial_weights(config))
    train = config.data.load().train
    x = np.hstack([train.features, np.ones((len(train), 1))])
    w = np.array(train.class_weights)[train.targets]
    # of two classes alike likely: the Hessian is the mean of w x x^T, times diag(p) - p p^T
    expected = 0.5 * np.linalg.eigvalsh((x * w[:, None]).T @ x / len(x))[-1]
    assert measure_sharpness(model, weights, train, tolerance=1e-5) == pytest.approx(expected, 1e-3)
    found = Probe("relu")(weights, train)
    errors = w[:, None] * (0.5 - np.eye(2)[train.targets])
    assert found.gradient_square == pytest.approx(np.square(x.T @ errors / len(x)).sum(), rel=1e-4)
    assert found.loss == pytest.approx(np.log(2), rel=1e-5)  # as check predicts: their mean is 1


@pytest.mark.process
def test_the_rare_class_is_found_more_often_and_other_losses_stay_plain(place: Path) -> None:
    for weights in ("none", "balanced"):
        done = mlpcli(["train", "a.yaml", f"class_weights={weights}", f"name={weights}"], place)
        assert done.returncode == 0, done.stderr
        assert "learned nothing" not in done.stderr or weights == "none"
    none, balanced = (
        next(run for run in runs(place) if info(run)["config"]["name"] == name)
        for name in ("none", "balanced")
    )
    predicted = {run: np.load(run / "test_predictions.npy") for run in (none, balanced)}
    targets = np.load(balanced / "test_targets.npy")
    ill = targets == info(balanced)["data"]["task"]["classes"].index("ill")
    recall = [float((predicted[run][ill] == targets[ill]).mean()) for run in (none, balanced)]
    assert recall[1] > recall[0]
    assert rows(none)[0]["accuracy"] == rows(balanced)[0]["accuracy"]
    assert rows(none)[0]["loss"] != rows(balanced)[0]["loss"]
    shown = in_process("compare", place / "runs", "--json").output
    assert '"differing": [\n    "class_weights"\n  ]' in shown


@pytest.mark.process
def test_a_weighted_run_goes_on_to_the_same_bits(place: Path) -> None:
    words = ["train", "a.yaml", "class_weights=balanced"]
    assert (
        mlpcli([*words, "steps=40", "eval_every=10", "checkpoint_every=10"], place).returncode == 0
    )
    short = only_run(place)
    assert mlpcli(["resume", str(short), "steps=80"], place).returncode == 0
    whole = begun(place / "whole")
    for name in ("a.csv", "a.yaml"):
        (whole / name).write_bytes((place / name).read_bytes())
    more = ["steps=80", "eval_every=10", "checkpoint_every=10"]
    assert mlpcli([*words, *more], whole).returncode == 0
    ours, theirs = outcome(short), outcome(only_run(whole))
    for each in (ours, theirs):
        del each["config"]  # which has the path
    assert ours == theirs


@pytest.mark.process
def test_lr_finds_a_rate_where_rare_classes_weigh_as_much_as_others(tmp_path: Path) -> None:
    """The largest class is 93 % of the rows: trained on weights, no network is right that often."""
    rng = np.random.default_rng(3)
    rare = rng.random(1_500) < 0.07
    values = rng.normal(size=(1_500, 2)) + rare[:, None]
    rows = [
        f"{a:.4f},{b:.4f},{c}" for (a, b), c in zip(values, np.where(rare, "y", "n"), strict=True)
    ]
    (tmp_path / "rare.csv").write_text("\n".join(["a,b,left", *rows, ""]))
    (tmp_path / "a.yaml").write_text(
        "dataset: rare.csv\nlayers: 1\nlearning_rate: 0.1\nsteps: 100\nbatch_size: 32\n"
    )
    done = mlpcli(["lr", "a.yaml", "class_weights=balanced"], tmp_path)
    assert done.returncode == 0, done.stderr
    facts = load_config(tmp_path / "a.yaml").data.facts
    # 0.93 of the rows are of one class; half and 7 % of the way to 1 is what no skill may reach
    assert learned_score(facts) > 0.92
    assert learned_score(facts, "balanced") == pytest.approx(0.535)
