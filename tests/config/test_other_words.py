"""Keys that other tools have are answered with what they are here, or that there is none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mlpcli.config.load import load_config
from mlpcli.config.other_words import _KEYS, _NONE, _NOTES, other_word
from mlpcli.config.schema import Config
from mlpcli.errors import ConfigError

Refusal = Callable[[str], str]
SOUND = "layers: 2\nwidth: 8\nlearning_rate: 0.1\nsteps: 9\nbatch_size: 4\n"


@pytest.fixture
def refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Refusal:
    """Give a function that returns how a config of that text is refused."""
    monkeypatch.chdir(tmp_path)

    def refusal(text: str) -> str:
        Path("a.yaml").write_text(text)
        with pytest.raises(ConfigError) as error:
            load_config("a.yaml")
        return str(error.value)

    return refusal


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("lr", "did you mean learning_rate?"),
        ("learningRate", "did you mean learning_rate?"),
        ("batchsize", "did you mean batch_size?"),
        ("units", "did you mean width?"),
        ("hidden_layers", "here layers, which counts the output layer too: one more; and width"),
        ("hidden_layer_sizes", "here width; [100, 50] is two hidden layers, with layers: 3"),
        ("num-epochs", "did you mean epochs?"),
        ("max_iter", "here epochs, passes over the training rows; or steps, single updates"),
        ("alpha", "here weight_decay, of SGD, and not a term of the loss"),
        ("val_split", "did you mean validation?"),
        ("test_size", "did you mean test?"),
        ("random_state", "did you mean seed?"),
        ("features", "did you mean inputs?"),
        ("y", "did you mean target?"),
        ("optimizer", "none yet: training is by SGD, with momentum, nesterov, weight_decay"),
        ("solver", "none yet: training is by SGD, with momentum, nesterov, weight_decay"),
        (
            "early_stopping",
            "here patience: 5 stops after five validations without a better one",
        ),
        ("dropout", "none yet: weight_decay regularizes"),
        (
            "loss",
            "none yet: the task has one: cross-entropy of classes, mean squared error of values",
        ),
    ],
)
def test_another_tools_key_is_answered_with_the_one_here_or_with_what_there_is(
    refusal: Refusal, word: str, said: str
) -> None:
    assert refusal(f"{SOUND}{word}: 1\n") == f"a.yaml:6: {word}: unknown key, {said}"


def test_a_missing_key_that_stands_there_by_another_name_is_not_asked_for_again(
    refusal: Refusal,
) -> None:
    text = "hidden_layers: 1\nunits: 8\nlr: 0.1\nmax_steps: 9\nbatch: 4\ndropout: 0.5\n"
    lines = refusal(text).splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "hidden_layers", "units", "lr", "max_steps", "batch", "dropout",
    ]  # fmt: skip


def test_a_key_that_there_is_once_is_named_from_then_on() -> None:
    assert other_word("solver", ["optimizer"]) == ("optimizer", "did you mean optimizer?")


def test_no_word_stands_in_two_places_or_is_a_key_itself() -> None:
    words = [word for each in _KEYS.values() for word in each.split()]
    words += [word for _, each, _ in _NONE for word in each.split()]
    assert len(words) == len(set(words))
    assert not set(words) & {*Config.model_fields, *(key for key, _, _ in _NONE)}
    assert set(_KEYS) <= set(Config.model_fields)
    assert set(_NOTES) <= set(words)
