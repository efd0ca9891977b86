"""The keys of a config: what each allows, how wrong ones are told, and the way to YAML and back."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from running import ROOT

from mlpcli.config.described import json_schema
from mlpcli.config.load import load_config, load_configs
from mlpcli.config.schema import Config
from mlpcli.config.yamlfile import parse_mapping
from mlpcli.errors import ConfigError

Load = Callable[..., Config]
Refusal = Callable[..., str]

CONFIGS = ROOT / "configs"
REQUIRED = {"layers": "1", "learning_rate": "0.1", "steps": "10", "batch_size": "32"}
DEFAULTS = {
    "name": "deep",  # the stem of the file that `load` writes
    "dataset": "mnist",
    "width": (),
    "activation": "relu",
    "init": "he_normal",
    "init_stddev": 1.0,
    "momentum": 0.0,
    "nesterov": False,
    "weight_decay": 0.0,
    "decay": "constant",
    "warmup_steps": 0,
    "epochs": None,
    "order": "shuffle",
    "target": None,
    "task": None,
    "inputs": (),
    "ignore": (),
    "categorical": (),
    "numeric": (),
    "validation": None,
    "test": None,
    "split": None,
    "split_by": None,
    "split_seed": 0,
    "folds": None,
    "fold": None,
    "train_examples": None,
    "scaling": None,
    "missing": "impute",
    "class_weights": "none",
    "samples": None,
    "noise": None,
    "seed": 0,
    "init_seed": None,
    "order_seed": None,
    "log_every": 100,
    "eval_every": 1,  # a tenth of REQUIRED's steps
    "checkpoint_every": 1,  # the same
    "metric": None,
    "patience": None,
    "min_delta": 0.0,
    "keep": "last",
}
NAME_RULE = "allowed 1 to 64 letters, digits, '.', '_' or '-', no '.' or '-' first"
UNITS_RULE = "allowed a whole number from 1 to 16,384 or a list of them"
FLOAT32_RULE = "allowed 1.2e-38 to 3.4e+38"
OR_0_RULE = "allowed 0, or 1.2e-38 to 3.4e+38"
STEPS_RULE = "allowed a whole number from 1 to 100,000,000"
EVERY_KEY = (
    "allowed name, dataset, layers, width, activation, init, init_stddev, learning_rate, momentum, "
    "nesterov, weight_decay, decay, warmup_steps, steps, epochs, batch_size, order, target, task, "
    "inputs, ignore, categorical, numeric, validation, test, split, split_by, split_seed, folds, "
    "fold, train_examples, scaling, missing, class_weights, samples, noise, seed, init_seed, "
    "order_seed, log_every, eval_every, checkpoint_every, metric, patience, min_delta, keep"
)


def text(**written: str) -> str:
    """Spell a config of REQUIRED, lines 1 to 4, and of the keys given, as they are written."""
    return "".join(f"{key}: {value}\n" for key, value in {**REQUIRED, **written}.items())


def written_values(content: str) -> dict[str, Any]:
    """Read a config's values as mlpcli does: PyYAML alone takes 1e-4 for text."""
    entries, problems = parse_mapping(content, "a config")
    assert not problems
    return {key: entry.value for key, entry in entries.items()}


def test_every_key_is_required_or_has_its_default_here() -> None:
    assert {*REQUIRED, *DEFAULTS} == set(Config.model_fields)


@pytest.mark.parametrize(("key", "value"), DEFAULTS.items())
def test_a_key_left_out_has_its_default(load: Load, key: str, value: object) -> None:
    assert getattr(load(text()), key) == value


@pytest.mark.parametrize(("steps", "every"), [(1, 1), (10, 1), (11, 2), (95, 10), (5_000, 500)])
def test_validation_is_every_tenth_of_the_steps_rounded_up(
    load: Load, steps: int, every: int
) -> None:
    assert load(text(steps=str(steps))).eval_every == every


@pytest.mark.parametrize("key", REQUIRED)
def test_a_required_key_left_out_is_named_at_the_files_end(refusal: Refusal, key: str) -> None:
    rule = {
        "layers": "a whole number from 1 to 100",
        "learning_rate": "a number above 0",
        "steps": "a whole number from 1 to 100,000,000",
        "batch_size": "a whole number of at least 1",
    }[key]
    lines = text().splitlines(keepends=True)
    content = "".join(line for line in lines if not line.startswith(f"{key}:"))
    assert refusal(content) == f"deep.yaml:3: {key}: missing, allowed {rule}"


@pytest.mark.parametrize("content", ["", "# nothing\n", "\n"])
def test_an_empty_file_misses_every_required_key_in_the_tables_order(
    refusal: Refusal, content: str
) -> None:
    assert refusal(content) == (
        "deep.yaml:1: layers: missing, allowed a whole number from 1 to 100\n"
        "deep.yaml:1: learning_rate: missing, allowed a number above 0\n"
        f"deep.yaml:1: steps: missing, {STEPS_RULE}\n"
        "deep.yaml:1: batch_size: missing, allowed a whole number of at least 1"
    )


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("layers", "1", 1),
        ("width", "1", 1),
        ("width", "16384", 16_384),
        ("width", "[1]", (1,)),
        ("width", "[16384]", (16_384,)),
        ("init_stddev", "1.2e-38", 1.2e-38),  # about the least and the most of float32
        ("init_stddev", "3.4e38", 3.4e38),
        ("learning_rate", "1.2e-38", 1.2e-38),
        ("learning_rate", "3.4e38", 3.4e38),
        ("momentum", "0", 0.0),
        ("momentum", "0.9999999", 0.9999999),  # about the largest below 1 in float32
        ("weight_decay", "0", 0.0),
        ("weight_decay", "3.4e38", 3.4e38),
        ("warmup_steps", "0", 0),
        ("steps", "1", 1),
        ("batch_size", "1", 1),
        ("batch_size", "55000", 55_000),
        ("seed", "0", 0),
        ("seed", "4294967295", 2**32 - 1),
        ("log_every", "1", 1),
        ("log_every", "100000000", 100_000_000),
        ("eval_every", "1", 1),
        ("eval_every", "100000000", 100_000_000),
        ("checkpoint_every", "1", 1),
        ("checkpoint_every", "100000000", 100_000_000),
        ("name", "a", "a"),
        ("name", "x" * 64, "x" * 64),
        ("name", "Az09._-", "Az09._-"),
    ],
)
def test_the_least_and_the_most_that_a_key_allows_are_accepted(
    load: Load, key: str, written: str, value: object
) -> None:
    beside = {"width": {"layers": "2"}, "init_stddev": {"init": "normal"}}.get(key, {})
    assert getattr(load(text(**beside, **{key: written})), key) == value


def test_a_hundred_layers_are_accepted(load: Load) -> None:
    assert load(text(layers="100", width="1")).hidden_widths == (1,) * 99


def test_a_hundred_million_steps_all_of_them_warm_up_are_accepted(load: Load) -> None:
    config = load(text(steps="100000000", warmup_steps="100000000"))
    assert (config.steps, config.warmup_steps) == (100_000_000, 100_000_000)


@pytest.mark.parametrize(
    ("key", "written", "problem"),
    [
        ("layers", "0", "too small, got 0, allowed a whole number from 1 to 100"),
        ("layers", "101", "too large, got 101, allowed a whole number from 1 to 100"),
        ("width", "0", f"too small, got 0, {UNITS_RULE}"),
        ("width", "16385", f"too large, got 16385, {UNITS_RULE}"),
        ("width", "[0]", f"too small, got [0], {UNITS_RULE}"),
        ("width", "[16385]", f"too large, got [16385], {UNITS_RULE}"),
        ("init_stddev", "0", "too small, got 0, allowed a number above 0"),
        ("init_stddev", "1.8e308", f"beyond float32, got 1.8e308, {FLOAT32_RULE}"),
        ("learning_rate", "0", "too small, got 0, allowed a number above 0"),
        ("learning_rate", "1.8e308", f"beyond float32, got 1.8e308, {FLOAT32_RULE}"),
        ("learning_rate", "1e-400", f"beyond float32, got 1e-400, {FLOAT32_RULE}"),
        ("momentum", "-5e-324", "too small, got -5e-324, allowed a number from 0 to below 1"),
        ("momentum", "1", "too large, got 1, allowed a number from 0 to below 1"),
        ("weight_decay", "-5e-324", "too small, got -5e-324, allowed a number of at least 0"),
        ("momentum", "1e400", "too large, got 1e400, allowed a number from 0 to below 1"),
        ("weight_decay", "1.8e308", f"beyond float32, got 1.8e308, {OR_0_RULE}"),
        ("weight_decay", "-1e-400", "too small, got -1e-400, allowed a number of at least 0"),
        ("learning_rate", "-1e400", "too small, got -1e400, allowed a number above 0"),
        (
            "warmup_steps",
            "-1",
            "too small, got -1, allowed a whole number from 0 to 100,000,000",
        ),
        (
            "warmup_steps",
            "100000001",
            "too large, got 100000001, allowed a whole number from 0 to 100,000,000",
        ),
        ("steps", "0", f"too small, got 0, {STEPS_RULE}"),
        ("steps", "100000001", f"too large, got 100000001, {STEPS_RULE}"),
        ("batch_size", "0", "too small, got 0, allowed a whole number of at least 1"),
        (
            "batch_size",
            "55001",
            "more than the training set, got 55,001, allowed 1 to 55,000",
        ),
        ("seed", "-1", "too small, got -1, allowed a whole number from 0 to 4,294,967,295"),
        (
            "seed",
            "4294967296",
            "too large, got 4294967296, allowed a whole number from 0 to 4,294,967,295",
        ),
        ("log_every", "0", f"too small, got 0, {STEPS_RULE}"),
        ("log_every", "100000001", f"too large, got 100000001, {STEPS_RULE}"),
        ("eval_every", "0", f"too small, got 0, {STEPS_RULE}"),
        ("eval_every", "100000001", f"too large, got 100000001, {STEPS_RULE}"),
        ("checkpoint_every", "0", f"too small, got 0, {STEPS_RULE}"),
        ("checkpoint_every", "100000001", f"too large, got 100000001, {STEPS_RULE}"),
        ("name", '""', f'not a name, got "", {NAME_RULE}'),
        ("name", "x" * 65, f"not a name, got {'x' * 59}…, {NAME_RULE}"),
        ("name", "a b", f"not a name, got a b, {NAME_RULE}"),
        ("name", "..", f"not a name, got .., {NAME_RULE}"),
        ("name", ".", f"not a name, got ., {NAME_RULE}"),
        ("name", ".hidden", f"not a name, got .hidden, {NAME_RULE}"),
        ("name", "-rf", f"not a name, got -rf, {NAME_RULE}"),
        ("name", "../a", f"not a name, got ../a, {NAME_RULE}"),
        ("name", "é", f"not a name, got é, {NAME_RULE}"),
        ("name", '"a\\n"', f'not a name, got "a\\n", {NAME_RULE}'),
        ("name", "123", f'not text, got 123, {NAME_RULE}; write "123"'),
        ("name", "true", f'not text, got true, {NAME_RULE}; write "true"'),
        ("name", "", f"not text, got nothing, {NAME_RULE}"),
    ],
)
def test_what_is_beyond_what_a_key_allows_is_refused(
    refusal: Refusal, key: str, written: str, problem: str
) -> None:
    beside = {"width": {"layers": "2"}, "init_stddev": {"init": "normal"}}.get(key, {})
    content = text(**beside, **{key: written})
    line = [each.partition(":")[0] for each in content.splitlines()].index(key) + 1
    assert refusal(content) == f"deep.yaml:{line}: {key}: {problem}"


CHOICES = {
    "activation": ["relu", "tanh", "sigmoid", "gelu", "elu", "linear"],
    "init": [
        *("he_normal", "he_uniform", "glorot_uniform", "glorot_normal", "lecun_normal"),
        *("normal", "zeros"),
    ],
    "decay": ["constant", "linear", "cosine"],
    "order": ["shuffle", "sequential"],
}


@pytest.mark.parametrize(
    ("key", "choice"), [(key, choice) for key, choices in CHOICES.items() for choice in choices]
)
def test_each_choice_is_accepted(load: Load, key: str, choice: str) -> None:
    assert getattr(load(text(**{key: choice})), key) == choice


@pytest.mark.parametrize("key", CHOICES)
def test_what_is_not_a_choice_is_refused_with_all_of_them(refusal: Refusal, key: str) -> None:
    choices = ", ".join(CHOICES[key])
    message = refusal(text(**{key: "zzz"}))
    assert message == f"deep.yaml:5: {key}: not one of the choices, got zzz, allowed {choices}"


@pytest.mark.parametrize(
    ("key", "written", "near"),
    [
        ("activation", "rellu", "relu"),
        ("init", "he-normal", "he_normal"),
        ("decay", "cosin", "cosine"),
        ("order", "shuffled", "shuffle"),
        ("activation", "Relu", "relu"),
        ("activation", "SIGMOID", "sigmoid"),
        ("init", "glorot", "glorot_uniform"),
    ],
)
def test_a_choice_misspelled_is_refused_with_the_nearest(
    refusal: Refusal, key: str, written: str, near: str
) -> None:
    choices = ", ".join(CHOICES[key])
    assert refusal(text(**{key: written})) == (
        f"deep.yaml:5: {key}: not one of the choices, got {written}, allowed {choices}; "
        f"did you mean {near}?"
    )


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e-4", 0.0001),
        ("1E-4", 0.0001),
        ("0.0001", 0.0001),
        (".1", 0.1),
        ("1.", 1.0),
        ("+1e+1", 10.0),
        ("1", 1.0),
    ],
)
def test_a_number_is_read_as_anyone_writes_it(load: Load, written: str, value: float) -> None:
    assert load(text(learning_rate=written)).learning_rate == value


# what is written, and what it is said to be, as a number and as a whole one; "": that is not known
NO_NUMBERS = {
    **dict.fromkeys(["yes", "no", "on", "true", "null", "~", "1:30", ".nan", ".inf", "-.inf"], ""),
    **dict.fromkeys(["nan", "inf", "1e", "1e-", "--1", "0.1.2", "1 2", "[]", "2001-01-01"], ""),
    "\uff11": "",
    "010": "10",
    "0x10": "16",
    "0o10": "8",
    "1_000": "1000",
    "1,000": "1000",
    "2k": "2000",
    "4/2": "2",
    "[10]": "10",
    '"10"': "10",
    "'10'": "10",
}


FRACTIONS = {"50%": "0.5", "1/4": "0.25", "[0.1]": "0.1"}
NOT_WHOLE = {"1.0": "1", "1e3": "1000", ".5": ""}


@pytest.mark.parametrize(
    ("key", "line", "what", "rule", "spellings"),
    [
        ("learning_rate", 2, "a number", "allowed a number above 0", NO_NUMBERS | FRACTIONS),
        ("steps", 3, "a whole number", STEPS_RULE, NO_NUMBERS | NOT_WHOLE),
    ],
    ids=["number", "whole number"],
)
def test_what_is_not_plainly_a_number_is_refused_as_one(
    refusal: Refusal, key: str, line: int, what: str, rule: str, spellings: dict[str, str]
) -> None:
    for written, meant in spellings.items():
        got, advice = written.replace("'", '"'), f"; write {meant}" if meant else ""
        reason = "not one value" if "," in written else f"not {what}"
        message = refusal(text(**{key: written}))
        assert message == f"deep.yaml:{line}: {key}: {reason}, got {got}, {rule}{advice}"


def test_what_is_too_large_for_any_number_is_said_to_be(refusal: Refusal) -> None:
    endless = "9" * 41
    assert refusal(text(steps=endless)).endswith(f"too large, got {endless}, {STEPS_RULE}")
    assert refusal(text(steps=f"-{endless}")).endswith(f"too small, got -{endless}, {STEPS_RULE}")
    message = refusal(text(learning_rate=endless))
    assert message.endswith(f"beyond float32, got {endless}, {FLOAT32_RULE}")


@pytest.mark.parametrize("written", ["0.1,0.2", "[0.1, 0.2]"])
def test_several_values_are_no_value_and_it_is_said_how_to_try_each(
    refusal: Refusal, written: str
) -> None:
    assert refusal(text(), f"learning_rate={written}").endswith(
        f"learning_rate: not one value, got {written}, allowed a number above 0; "
        "a run has one; train it once with each"
    )
    assert refusal(text(), "seed=0,1").endswith("a run has one; several: train --seeds 0,1,2")


def test_a_list_without_brackets_is_named_with_them(refusal: Refusal) -> None:
    assert refusal(text(), "layers=3", "width=300,100").endswith("; write [300,100]")


def test_an_unknown_key_explains_the_one_that_is_missing(refusal: Refusal) -> None:
    assert refusal("layers: 2\nwidht: 5\nlr: 0.1\nstep: 10\nbatch_size: 5\n") == (
        "deep.yaml:2: widht: unknown key, did you mean width?\n"
        "deep.yaml:3: lr: unknown key, did you mean learning_rate?\n"
        "deep.yaml:4: step: unknown key, did you mean steps?"
    )


@pytest.mark.parametrize("written", ["", "# five", "''"])
def test_a_value_left_empty_is_no_number(refusal: Refusal, written: str) -> None:
    told = '""' if written == "''" else "nothing"
    message = refusal(text(steps=written))
    assert message == f"deep.yaml:3: steps: not a whole number, got {told}, {STEPS_RULE}"


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("lyers", "layers"),
        ("learning-rate", "learning_rate"),
        ("lr_decay", "decay"),
        ("Width", "width"),
        ("warmup", "warmup_steps"),
        ("batchsize", "batch_size"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest(refusal: Refusal, key: str, near: str) -> None:
    assert refusal(f"{text()}{key}: 1\n") == (
        f"deep.yaml:5: {key}: unknown key, did you mean {near}?"
    )


@pytest.mark.parametrize("key", ["zzz", "<<", "self", "42", "model_config", "résumé"])
def test_an_unknown_key_that_is_near_none_is_refused_with_all(refusal: Refusal, key: str) -> None:
    assert refusal(f"{text()}{key}: 1\n") == f"deep.yaml:5: {key}: unknown key, {EVERY_KEY}"


def test_all_that_is_wrong_is_told_at_once_in_line_order(refusal: Refusal) -> None:
    content = """\
# all wrong
width: [500, 0]
lyers: 3
activation: rellu
learning_rate: yes
"odd\\e[31m": 1
steps: 1e3
steps: 20
momentum: 1
init: {a: 1}
seed: &s 1
name: a/b
batch_size: 32
# the end
"""
    assert refusal(content) == (
        f"deep.yaml:2: width: too small, got [500, 0], {UNITS_RULE}\n"
        "deep.yaml:3: lyers: unknown key, did you mean layers?\n"
        "deep.yaml:4: activation: not one of the choices, got rellu, "
        "allowed relu, tanh, sigmoid, gelu, elu, linear; did you mean relu?\n"
        "deep.yaml:5: learning_rate: not a number, got yes, allowed a number above 0\n"
        f"deep.yaml:6: odd\\x1b[31m: unknown key, {EVERY_KEY}\n"
        f"deep.yaml:7: steps: not a whole number, got 1e3, {STEPS_RULE}; write 1000\n"
        "deep.yaml:8: steps: given twice, first on line 7\n"
        "deep.yaml:9: momentum: too large, got 1, allowed a number from 0 to below 1\n"
        "deep.yaml:10: init: nested, allowed a single value or a list of single values\n"
        "deep.yaml:11: seed: an anchor, &s, is not allowed\n"
        f"deep.yaml:12: name: not a name, got a/b, {NAME_RULE}"
    )


def test_a_width_for_each_hidden_layer_is_taken_in_order(load: Load) -> None:
    assert load(text(layers="3", width="[300, 100]")).hidden_widths == (300, 100)


def test_one_width_is_that_of_every_hidden_layer(load: Load) -> None:
    assert load(text(layers="4", width="30")).hidden_widths == (30, 30, 30)


@pytest.mark.parametrize(
    ("layers", "width", "got", "allowed"),
    [("2", "[30, 30]", 2, 1), ("4", "[30, 30]", 2, 3), ("2", "[]", 0, 1)],
)
def test_a_list_of_widths_has_one_for_each_hidden_layer(
    refusal: Refusal, layers: str, width: str, got: int, allowed: int
) -> None:
    assert refusal(text(layers=layers, width=width)) == (
        f"deep.yaml:5: width: not one number for each hidden layer, got {got}, allowed {allowed}"
    )


def test_two_layers_need_a_width(refusal: Refusal) -> None:
    assert refusal(text(layers="2")) == (
        f"deep.yaml:4: width: missing, required for two layers or more, {UNITS_RULE}"
    )


@pytest.mark.parametrize("width", ["500", "[1, 2, 3]"])
def test_one_layer_has_no_width_whatever_is_written(load: Load, width: str) -> None:
    assert load(text(width=width)) == load(text())


@pytest.mark.parametrize("value", ["1e39", "1e-39"])
@pytest.mark.parametrize("key", ["learning_rate", "init_stddev"])
def test_what_float32_cannot_hold_is_refused(refusal: Refusal, key: str, value: str) -> None:
    written = text(**{"learning_rate": "0.1", "init": "normal", key: value})
    assert refusal(written).endswith(
        f"{key}: beyond float32, got {float(value):g}, allowed 1.2e-38 to 3.4e+38"
    )


# a float has 0 for the first two, float32 for the third and the fourth; no Decimal has the fifth
@pytest.mark.parametrize(
    "written", ["1e-400", "0.00001e-323", "1e-60", "1e-45", f"1e-{'9' * 30}", f"0.{'0' * 45}1"]
)
@pytest.mark.parametrize(
    ("key", "rule"),
    [
        ("learning_rate", FLOAT32_RULE),
        ("init_stddev", FLOAT32_RULE),
        ("momentum", "allowed 0, or 1.2e-38 to 0.9999999"),
        ("weight_decay", OR_0_RULE),
    ],
)
def test_a_number_that_would_become_0_is_not_taken_for_it(
    refusal: Refusal, key: str, written: str, rule: str
) -> None:
    line = f"{key}: beyond float32, got {written}, {rule}"
    assert refusal(text(**{"init": "normal", key: written})).endswith(line)
    assert refusal(text(init="normal"), f"{key}={written}").endswith(line)


@pytest.mark.parametrize("written", ["0", "0.0", "0e-400", "-0.0"])
def test_what_is_written_as_0_is_0(load: Load, written: str) -> None:
    assert load(text(weight_decay=written)).weight_decay == 0


# the float32 below 1 is 1 - 2**-24, so that from half way, 1 - 2**-25, on a number becomes 1
@pytest.mark.parametrize("written", ["0.99999998", "0.9999999999999999", f"0.{'9' * 30}"])
def test_a_momentum_that_float32_makes_1_is_refused(refusal: Refusal, written: str) -> None:
    assert refusal(text(momentum=written)).endswith(
        f"momentum: beyond float32, got {written}, allowed 0, or 1.2e-38 to 0.9999999"
    )


def test_a_width_of_one_layer_is_still_checked(refusal: Refusal) -> None:
    assert refusal(text(width="wide")).endswith(
        f"width: not a whole number, got wide, {UNITS_RULE}"
    )


def test_the_resolved_config_of_one_layer_leaves_the_width_out(load: Load) -> None:
    assert load(text(width="500")).to_yaml() == (
        "name: deep\n"
        "dataset: mnist\n"
        "layers: 1\n"
        "activation: relu\n"
        "init: he_normal\n"
        "init_stddev: 1.0\n"
        "learning_rate: 0.1\n"
        "momentum: 0.0\n"
        "nesterov: false\n"
        "weight_decay: 0.0\n"
        "decay: constant\n"
        "warmup_steps: 0\n"
        "steps: 10\n"
        "batch_size: 32\n"
        "order: shuffle\n"
        "seed: 0\n"
        "log_every: 100\n"
        "eval_every: 1\n"
        "checkpoint_every: 1\n"
        "keep: last\n"
    )


def test_an_init_stddev_is_for_init_normal_alone(refusal: Refusal) -> None:
    assert refusal(text(init_stddev="0.5", init="he_normal")) == (
        "deep.yaml:5: init_stddev: for init: normal alone; remove it, or set init: normal"
    )


def test_the_init_stddev_that_is_the_default_may_stand_beside_any_init(load: Load) -> None:
    assert load(text(init_stddev="1.0", init="zeros")).init == "zeros"


def test_nesterov_is_for_momentum_alone(refusal: Refusal, load: Load) -> None:
    assert refusal(text(nesterov="true")) == (
        "deep.yaml:5: nesterov: for momentum above 0 alone; remove it, or set momentum: 0.9"
    )
    assert load(text(nesterov="true", momentum="0.9")).nesterov
    assert not load(text(nesterov="false")).nesterov


def test_what_is_neither_true_nor_false_is_refused(refusal: Refusal) -> None:
    assert refusal(text(nesterov="1", momentum="0.9")) == (
        "deep.yaml:5: nesterov: neither true nor false, got 1, allowed true or false; write true"
    )


def test_the_warm_up_may_not_be_longer_than_the_run(refusal: Refusal) -> None:
    assert refusal(text(steps="2000", warmup_steps="2001")) == (
        "deep.yaml:5: warmup_steps: more than steps, got 2,001, allowed 0 to 2,000"
    )


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("tiny.yaml", "tiny"),
        ("tiny.v2.yaml", "tiny.v2"),
        ("my run (2).yaml", "my-run--2-"),
        ("größe.yaml", "gr--e"),
        ("no_ending", "no_ending"),
        (f"{'x' * 80}.yaml", "x" * 64),
        ("123.yaml", "123"),
        ("\x1b[31m.yaml", "31m"),
        ("-s.yaml", "s"),
        (".draft.yaml", "draft"),
        ("...", "run"),
    ],
)
def test_the_name_left_out_is_the_files_stem_made_a_name(
    tmp_path: Path, file: str, name: str
) -> None:
    path = tmp_path / file
    path.write_text(text())
    assert load_config(path).name == name


def test_an_override_goes_over_the_files_value(load: Load) -> None:
    assert load(text(), "steps=20").steps == 20


def test_an_override_adds_a_key(load: Load) -> None:
    assert load(text(), "momentum=0.9").momentum == 0.9


def test_the_last_override_of_a_key_counts(load: Load) -> None:
    assert load(text(), "steps=20", "steps=30").steps == 30


def test_an_override_may_be_a_list(load: Load) -> None:
    assert load(text(), "layers=3", "width=[300,100]").width == (300, 100)


def test_what_is_left_out_follows_from_the_overrides(load: Load) -> None:
    assert load(text(), "steps=200").eval_every == 20


@pytest.mark.parametrize(
    "broken", ["0", "many", "{a: 1}", "[1, 2]", "&a 10", "*a", "!!int 10", "", "1e3"]
)
def test_an_override_mends_a_broken_value(load: Load, broken: str) -> None:
    assert load(text(steps=broken), "steps=10") == load(text())


@pytest.mark.parametrize("written", [{}, {"width": "[1, 2]"}])
def test_an_override_mends_what_does_not_go_together(load: Load, written: dict[str, str]) -> None:
    assert load(text(layers="2", **written), "width=5").hidden_widths == (5,)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("steps=0", f"steps: too small, got 0, {STEPS_RULE}"),
        ("steps=1_000", f"steps: not a whole number, got 1_000, {STEPS_RULE}; write 1000"),
        ("steps", "steps: not KEY=VALUE"),
        ("steps=", f"steps: not a whole number, got nothing, {STEPS_RULE}"),
        ("steps=[1", "steps: not a value in YAML"),
        ("steps=a: 1", "steps: nested, allowed a single value or a list of single values"),
        ("steps=&a 1", "steps: an anchor, &a, is not allowed"),
        ("steps=*a", "steps: an alias, *a, is not allowed"),
        ("steps=!!int 1", "steps: a tag, tag:yaml.org,2002:int, is not allowed"),
        ("widht=5", "widht: unknown key, did you mean width?"),
        ("lr=5", "lr: unknown key, did you mean learning_rate?"),
        ("bs=5", "bs: unknown key, did you mean batch_size?"),
        ("=5", "not KEY=VALUE"),
        ("name=a=b", f"name: not a name, got a=b, {NAME_RULE}"),
        ("batch_size=55001", "batch_size: more than the training set, got 55,001, "
         "allowed 1 to 55,000"),
    ],
)  # fmt: skip
def test_an_override_obeys_the_rules_of_a_file_and_is_named(
    refusal: Refusal, override: str, message: str
) -> None:
    assert refusal(text(), override) == f"-s {override}: {message}"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("steps=1\n--- 2", "-s steps=1\\n--- 2: steps: more than one value"),
        ("name=\x1b[31m", "-s name=\\x1b[31m: name: not a value in YAML"),
        ("\udcff=1", "-s \\udcff=1: \\udcff: not KEY=VALUE"),
        ("\x1b=1", f"-s \\x1b=1: \\x1b: unknown key, {EVERY_KEY}"),
        ("steps=\udcff", "-s steps=\\udcff: steps: not a value in YAML"),
    ],
)
def test_an_escape_in_an_override_is_never_raw_in_a_message(
    refusal: Refusal, override: str, message: str
) -> None:
    assert refusal(text(), override) == message


def test_the_files_problems_come_before_those_of_overrides(refusal: Refusal) -> None:
    assert refusal(text(steps="0", seed="-1"), "momentum=1") == (
        f"deep.yaml:3: steps: too small, got 0, {STEPS_RULE}\n"
        "deep.yaml:5: seed: too small, got -1, allowed a whole number from 0 to 4,294,967,295\n"
        "-s momentum=1: momentum: too large, got 1, allowed a number from 0 to below 1"
    )


@pytest.mark.parametrize("overrides", [["steps=0", "layers=0"], ["layers=0", "steps=0"]])
def test_the_problems_of_overrides_come_in_the_order_given(
    refusal: Refusal, overrides: list[str]
) -> None:
    lines = refusal(text(), *overrides).splitlines()
    assert [line.split(":")[0] for line in lines] == [f"-s {override}" for override in overrides]


def test_the_problems_of_several_files_are_told_together_and_an_overrides_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(text(layers="0"))
    Path("b.yaml").write_text(text(layers="101"))
    with pytest.raises(ConfigError) as caught:
        load_configs([Path("a.yaml"), Path("b.yaml")], ("steps=0",))
    assert str(caught.value) == (
        "a.yaml:1: layers: too small, got 0, allowed a whole number from 1 to 100\n"
        f"-s steps=0: steps: too small, got 0, {STEPS_RULE}\n"
        "b.yaml:1: layers: too large, got 101, allowed a whole number from 1 to 100"
    )


def test_a_refusal_says_where_to_see_the_keys(load: Load) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text(layers="0"))
    assert caught.value.hint == "see every key and what it allows: mlpcli schema"


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"layers": "3", "width": "[300, 100]"},
        {"layers": "3", "width": "300"},
        {"learning_rate": "1e-7", "weight_decay": "0.1234567890123456789"},
        {"learning_rate": "1e22", "init": "normal", "init_stddev": "1.25e-38"},
        {"learning_rate": "1", "momentum": "-0.0"},
        {"steps": "100000000", "warmup_steps": "100000000", "eval_every": "7", "log_every": "9"},
        {"activation": "gelu", "init": "zeros", "decay": "cosine", "order": "sequential"},
        *(
            {"name": f'"{name}"'}
            for name in (
                *("123", "1e5", "0.1", "null", "Null", "true", "FALSE", "yes", "no"),
                *("0x10", "010", "_", "a", "1_000"),
            )
        ),
    ],
)
def test_the_resolved_config_loads_as_the_same_config(
    load: Load, tmp_path: Path, written: dict[str, str]
) -> None:
    config = load(text(**written))
    path = tmp_path / "resolved.yaml"
    path.write_text(config.to_yaml())
    assert load_config(path) == config


def test_a_config_cannot_be_changed(load: Load) -> None:
    with pytest.raises(ValueError, match="Instance is frozen"):
        load(text()).steps = 3


@pytest.mark.parametrize(
    ("layers", "width", "parameters"),
    [
        ("1", "9", 7_850),  # 785 * 10
        ("3", "500", 648_010),  # 785 * 500 + 501 * 500 + 501 * 10
        ("3", "[300, 100]", 266_610),  # 785 * 300 + 301 * 100 + 101 * 10
    ],
)
def test_parameters_are_a_weight_for_each_input_and_a_bias_for_each_unit(
    load: Load, layers: str, width: str, parameters: int
) -> None:
    assert load(text(layers=layers, width=width)).parameters == parameters


def test_the_json_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_the_schema_file_for_editors_is_the_json_schema() -> None:
    assert json.loads((CONFIGS / "schema.json").read_text()) == json_schema()


PLACES = ("*.yaml", "papers/*.yaml", "playground/*.yaml")
SHIPPED = sorted(path for place in PLACES for path in CONFIGS.glob(place))


def test_four_configs_are_shipped() -> None:
    found = sorted(path.stem for path in CONFIGS.glob("*.yaml"))
    assert found == ["deep3", "deep3_tuned", "shallow1", "tiny"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_config_is_valid_by_the_json_schema(path: Path) -> None:
    jsonschema.validate(written_values(path.read_text()), json_schema())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_config_loads_with_its_files_name(path: Path) -> None:
    assert load_config(path).name == path.stem


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_resolved_config_is_valid_by_the_json_schema(path: Path) -> None:
    jsonschema.validate(written_values(load_config(path).to_yaml()), json_schema())


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"layers": "0"}, "0 is less than the minimum of 1"),
        ({"layers": "three"}, "'three' is not of type 'integer'"),
        ({"steps": "1.5"}, "1.5 is not of type 'integer'"),
        ({"learning_rate": "0"}, "0 is less than or equal to the minimum of 0"),
        ({"momentum": "1"}, "1 is greater than or equal to the maximum of 1"),
        ({"width": "[0]"}, "0 is less than the minimum of 1"),
        ({"decay": "cosin"}, "'cosin' is not one of ['constant', 'linear', 'cosine']"),
        ({"name": "a b"}, "'a b' does not match '^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$'"),
        ({"seed": "4294967296"}, "4294967296 is greater than the maximum of 4294967295"),
        (
            {"lyers": "1"},
            "Additional properties are not allowed ('lyers' was unexpected)",
        ),
    ],
)
def test_a_wrong_config_is_invalid_by_the_json_schema(
    written: dict[str, str], message: str
) -> None:
    with pytest.raises(jsonschema.ValidationError) as caught:
        jsonschema.validate(written_values(text(**written)), json_schema())
    assert caught.value.message == message


@pytest.mark.parametrize("key", sorted({*REQUIRED} - {"steps"}))  # or epochs
def test_a_config_without_a_required_key_is_invalid_by_the_json_schema(key: str) -> None:
    values = written_values(text())
    del values[key]
    with pytest.raises(jsonschema.ValidationError) as caught:
        jsonschema.validate(values, json_schema())
    assert caught.value.message == f"'{key}' is a required property"


@pytest.mark.process
def test_loading_a_config_loads_neither_tensorflow_nor_numpy() -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from mlpcli.config.load import load_config\n"
        "print(load_config(Path(sys.argv[1])).name)\n"
        "print({'tensorflow', 'keras', 'numpy', 'rich', 'click'} & set(sys.modules))\n"
    )
    words = [sys.executable, "-c", code, str(CONFIGS / "tiny.yaml")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == "tiny\nset()\n"
