"""The command that chooses all: the space by data and time, the questions, and the config."""

import functools
import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from nested_yaml import values_in
from running import TINY, mlpcli

from mlpcli.config import Config
from mlpcli.config.load import load_config
from mlpcli.errors import ConfigError
from mlpcli.search.domain import Choices, Range
from mlpcli.search.file_schema import sweep_file_schema
from mlpcli.search.spec import Spec
from mlpcli.sweep.finals import Finalist
from mlpcli.sweep.outcome import outcome
from mlpcli.sweep.trial import Trial
from mlpcli.tune.answers import TuneResult
from mlpcli.tune.questions import Answers, _curve, _deeper, _standings
from mlpcli.tune.space import (
    Measured,
    NotTunedError,
    keys_to_tune,
    of_depth,
    tuning_spec,
)
from mlpcli.tune.tune_records import tune_json, tune_schema
from mlpcli.tune.tuned import reached, tuned_path

FAST, SLOW = 200e9, 2e9  # FLOP/s of all cores


@functools.cache  # it reads a hundred combinations of values as configs: half a second
def spec_of(
    minutes: float = 5,
    noise: float = 50.0,
    speed: float = FAST,
    *words: str,
    over: str | None = None,
) -> Spec:
    keys = keys_to_tune(over, [word.partition("=")[0] for word in words])
    return tuning_spec(Path(TINY), words, keys, minutes, Measured(speed, noise))


def values(spec: Spec, key: str) -> tuple[object, ...]:
    domain = spec.space[key].domain
    assert isinstance(domain, Choices)
    return domain.values


def test_the_space_has_every_key_that_declares_its_range() -> None:
    spec = spec_of()
    names = [key.name for key in spec.space.keys]
    assert names == ["layers", "width", "activation", "learning_rate", "momentum",
                     "weight_decay", "decay", "batch_size", "patience"]  # fmt: skip
    assert values(spec, "layers") == (1, 2, 3, 4, 5, 6)
    rate = spec.space["learning_rate"].domain
    assert isinstance(rate, Range)
    assert rate.measured
    one = spec.config({"layers": 1, "learning_rate": 2.0}, 0, lambda _: 0.05)
    assert one.learning_rate == 0.1
    assert one.keep == "best"
    assert math.ceil(one.steps / one.eval_every) == 18


def test_time_and_noise_bound_the_widths_and_the_batches() -> None:
    assert len(values(spec_of(minutes=60), "width")) > len(values(spec_of(minutes=1), "width"))
    assert len(values(spec_of(speed=SLOW), "width")) < len(values(spec_of(), "width"))
    assert values(spec_of(noise=50.0), "batch_size") == (32, 64)
    assert values(spec_of(noise=2.0), "batch_size") == (8, 16)
    few = spec_of(5, 50.0, FAST, "dataset=penguins")
    assert max(map(int, values(few, "width"))) <= 512  # type: ignore[call-overload]
    assert max(map(int, values(few, "batch_size"))) <= 32  # type: ignore[call-overload]
    assert few.metric == "val_loss"  # of few examples; of many the accuracy
    assert spec_of().metric == "val_accuracy"
    assert spec_of(5, 50.0, FAST, "dataset=diabetes").metric == "val_r2"


def test_longer_budgets_train_longer() -> None:
    steps = [spec_of(minutes=m).base.config.steps for m in (1, 5, 60)]
    assert steps[0] <= steps[1] <= steps[2]
    assert steps[0] < steps[2]
    batches = [spec_of().config({"batch_size": size}).steps for size in (32, 64)]
    assert batches[0] == pytest.approx(2 * batches[1], rel=0.01)  # as many epochs
    assert spec_of(5, 50.0, FAST, "steps=77").base.config.steps == 77


def test_only_what_is_asked_for_is_chosen() -> None:
    assert keys_to_tune("width, layers", []) == ["layers", "width"]
    assert "momentum" not in keys_to_tune(None, ["momentum"])
    with pytest.raises(NotTunedError, match="is not a key that tune chooses") as caught:
        keys_to_tune("layres", [])
    assert caught.value.hint == "did you mean layers?"
    with pytest.raises(NotTunedError, match="and width is given"):
        keys_to_tune("width", ["width"])
    with pytest.raises(NotTunedError, match="no key"):
        keys_to_tune(" ,", [])


def test_a_key_that_a_network_does_not_have_is_not_chosen() -> None:
    softmax = load_config(Path(TINY), ("layers=1",))
    assert of_depth(["width", "momentum", "activation"], softmax) == ["momentum"]
    assert of_depth(["layers", "width"], softmax) == ["layers", "width"]
    deep = load_config(Path(TINY), ("layers=9",))
    assert of_depth(["width"], deep) == ["width"]
    with pytest.raises(NotTunedError, match="1 layer have none of these"):
        of_depth(["width"], softmax)
    with pytest.raises(ConfigError, match="width"):  # a list of one goes with two layers alone
        spec_of(5, 50.0, FAST, "width=[8]", over="layers")


def winner_of(spec: Spec, **values: Any) -> Finalist:
    config = spec.config(values, 0, rate_of)
    trial = Trial(0, values, config, status="completed", score=0.9)
    return Finalist(trial, {1: 0.90, 2: 0.91, 3: 0.90, 4: 0.92})


def test_one_more_layer_is_held_against_the_winner_in_three_ways() -> None:
    spec = spec_of()
    winner = winner_of(spec, layers=3, width=64)
    own = winner.trial.config
    same, thin, soon = (config for _, config in _deeper(winner.trial, spec, rate_of))
    assert (same.layers, same.width, same.steps) == (4, 64, own.steps)
    assert abs(thin.parameters - own.parameters) < 0.02 * own.parameters
    assert thin.layers == 4
    assert soon.steps == round(own.steps * own.parameters / same.parameters)
    assert same.learning_rate == thin.learning_rate == own.learning_rate  # it was given
    softmax = winner_of(spec, layers=1).trial
    assert [config.layers for _, config in _deeper(softmax, spec, rate_of)] == [2, 2, 2]
    deeper = _deeper(winner.trial, spec, rate_of)
    assert not [each for each in _standings(winner, deeper, {}, spec) if each.standing]
    chosen = winner_of(spec, layers=3, width=64, learning_rate=2.0).trial
    same, thin, _ = (config for _, config in _deeper(chosen, spec, rate_of))
    assert (same.learning_rate, thin.learning_rate) == pytest.approx(
        (2 / 64, 2 / thin.hidden_widths[0]), rel=0.01
    )


def rate_of(config: Config) -> float:
    """Return a rate that each network has of its own."""
    return 1 / config.hidden_widths[0]


def test_more_time_is_foreseen_by_a_power_law_over_shorter_runs() -> None:
    spec = spec_of()
    winner = winner_of(spec, steps=2700)
    winner.scores = {seed: 1 - 0.5 * 2700**-0.5 + 1e-4 * seed for seed in (1, 2, 3)}
    shorter = [winner.trial.config.model_copy(update={"steps": n, "name": f"s{n}"})
               for n in (100, 300, 900)]  # fmt: skip
    found = {
        (each.name, seed): run_with(1 - 0.5 * each.steps**-0.5 + 1e-4 * seed)
        for each in shorter
        for seed in (1, 2, 3)
    }
    curve, less = _curve(winner, shorter, found, spec)  # type: ignore[arg-type]
    assert curve
    assert less
    assert curve.forecast.value == pytest.approx(0.5 * 27_000**-0.5, abs=0.002)
    assert less.value == pytest.approx(0.5 * 270**-0.5, abs=0.002)
    deeper = _deeper(winner.trial, spec, rate_of)
    runs = {(each.name, seed): run_with(0.9) for _, each in deeper[:1] for seed in (1, 2, 3)}
    more = tuple(_standings(winner, deeper, runs, spec))  # type: ignore[arg-type]
    ended = outcome(spec, [winner.trial], [winner])
    result = TuneResult(ended, reached(ended), Answers(more, 0.0, curve, less), Path("a.yaml"))
    record = json.loads(json.dumps(tune_json(result), allow_nan=False))
    jsonschema.validate(record, tune_schema())
    assert record["tenfold"]["value"] == curve.forecast.value
    assert [each["answer"] for each in record["one_more_layer"]] == ["worse", None, None]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**record, "tenth": 0.1}, tune_schema())


class run_with:  # noqa: N801  # a run as far as scores go
    def __init__(self, accuracy: float) -> None:
        self.summary = type("Summary", (), {"val_accuracy": accuracy})()


def test_what_found_nothing_has_the_shape_of_the_schema_too() -> None:
    ended = outcome(spec_of(), [], [])
    record = tune_json(TuneResult(ended, reached(ended), None, None))
    jsonschema.validate(record, tune_schema())
    assert (record["taken"], record["config"], record["written"]) == (None, None, None)


def test_the_sweep_of_a_tuning_is_valid_by_the_schema_of_sweep_files() -> None:
    for words in ((), ("dataset=penguins",), ("dataset=diabetes",)):
        text = spec_of(5, 50.0, FAST, *words).to_yaml()
        jsonschema.validate(values_in(text), sweep_file_schema())


def test_a_tuned_config_takes_no_others_place(tmp_path: Path) -> None:
    (tmp_path / "a.tuned.yaml").write_text("mine")
    assert tuned_path(tmp_path / "a.yaml").name == "a.tuned2.yaml"


@pytest.mark.process
def test_the_command_gives_back_a_config_that_trains(tmp_path: Path) -> None:
    base = "dataset: spiral\nlayers: 2\nwidth: 8\nlearning_rate: 0.1\nbatch_size: 16\nsteps: 60\n"
    (tmp_path / "a.yaml").write_text(base)
    words = ["tune", "a.yaml", "--budget", "10s", "activation=tanh", "epochs=4", "--json"]
    wrong = mlpcli([*words, "--over", "lr"], tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert not (tmp_path / "runs").exists()
    done = mlpcli(words, tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    jsonschema.validate(record, tune_schema())
    assert record["config"]["activation"] == "tanh"
    assert record["trials"]
    written = tmp_path / "a.tuned.yaml"
    text = written.read_text()
    assert text.startswith("# a.yaml as mlpcli tune left it: layers=")
    assert "# To prove it: mlpcli train a.tuned.yaml --seeds 3\n" in text
    tuned, taken = load_config(written), record["trials"][record["taken"]]
    assert {key: getattr(tuned, key) for key in taken["values"]} == taken["values"]
    (tried,) = (tmp_path / "runs").glob(f"*-tune-*/{taken['run']}/config.yaml")
    for key in ("keep", "steps", "eval_every", "init"):  # validated as often: the best is kept
        assert getattr(tuned, key) == getattr(load_config(tried), key)
    assert mlpcli(["train", "a.tuned.yaml", "-q"], tmp_path).returncode == 0
    (path,) = [each for each in (tmp_path / "runs").iterdir() if "-tune-" in each.name]
    assert "next: mlpcli" in mlpcli(["show", path], tmp_path).stderr
    again = mlpcli(["resume", path], tmp_path)  # which is finished, and writes no second config
    assert again.returncode == 0
    assert not (tmp_path / "a.tuned2.yaml").exists()
