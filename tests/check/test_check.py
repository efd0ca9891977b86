"""What `check` says of a config before it is trained, and that it says no more than is true."""

import json
import math
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from running import ROOT, TINY, begun, in_process, mlpcli, only_run

from mlpcli.check.rules import Diagnostic, find
from mlpcli.check.speed import CORE, estimate, step_flops, step_seconds
from mlpcli.config.load import load_with_places
from mlpcli.config.schedule import count_rows, next_row
from mlpcli.config.schema import Config
from mlpcli.runs.footprint import estimate_footprint
from mlpcli.runs.read import Run
from mlpcli.runs.records import Summary
from mlpcli.terminal.table import wrapped
from mlpcli.theory.prediction import predict

CORES = len(os.sched_getaffinity(0))
SOUND = {"layers": 3, "width": 32, "learning_rate": 0.1, "steps": 5000, "batch_size": 32}


@pytest.fixture
def findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Diagnostic]]:
    """Give a function of a config's keys that returns what is found, of a file with them alone."""
    monkeypatch.chdir(tmp_path)

    def findings(**keys: Any) -> list[Diagnostic]:
        lines = [f"{key}: {value}" for key, value in {**SOUND, **keys}.items()]
        Path("a.yaml").write_text("\n".join(lines))
        config, given = load_with_places(Path("a.yaml"))
        return list(find(config, predict(config), given, "a.yaml"))

    return findings


def run(*words: str | Path) -> Result:
    return in_process("check", *words)


def test_deep3_is_told_its_initial_loss_the_reason_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(ROOT)
    said = run("configs/deep3.yaml", "--runs-dir", tmp_path, "--full").stdout
    assert "initial loss: about 3,536 in the mean over seeds (95 of 100 seeds: 2," in said
    assert " on the first batch; 3,545 if the layers were very wide)" in said
    assert "the initial weights are 15.8 to 19.8 times as large as those of He init" in said
    assert "a healthy loss begins at 2.3 to 2.4\n" in said
    assert "\n1 warning, 1 note\n" in said
    assert "648,010" in said
    assert "9.09 epochs of 55,000 training examples" in said
    assert (
        "configs/deep3.yaml:7: init: normal with init_stddev 1.0 makes the initial weights 15.8 "
        "to 19.8 times those of He; try init: he_normal\n"
    ) in said
    assert "51 metrics rows, 10 validations, 10 checkpoints" in said


@pytest.mark.parametrize("name", ["deep3_tuned", "tiny"])
def test_shipped_configs_that_are_sound_are_not_warned_of(name: str, tmp_path: Path) -> None:
    done = run(ROOT / "configs" / f"{name}.yaml", "--runs-dir", tmp_path)
    assert "warning" not in done.stdout.replace("no warnings", "")
    assert "a healthy initial loss" in done.stdout


def test_a_warning_names_the_option_that_it_is_of(tmp_path: Path) -> None:
    words = (ROOT / "configs" / "tiny.yaml", "-s", "init=zeros", "--runs-dir", tmp_path)
    done = run(*words)
    assert "-s init=zeros: init: makes all units of a hidden layer alike" in done.stdout
    assert done.return_value == 0


def test_what_was_warned_of_is_not_typed_again() -> None:
    talk = in_process("check", TINY, "steps=300", "weight_decay=20").stderr
    assert f"next: mlpcli train {TINY} -s steps=300   (all of it: --full)" in talk
    assert "-s weight_decay=20" not in talk


def test_json_has_it_all(tmp_path: Path) -> None:
    words = (ROOT / "configs" / "deep3.yaml", "--json", "--runs-dir", tmp_path)
    said = json.loads(run(*words).stdout)
    assert said["prediction"]["infinite_width_loss"] == pytest.approx(3545, abs=1)
    assert [each["rule"] for each in said["diagnostics"]] == ["saturated", "sequential"]
    assert said["diagnostics"][0]["place"]["line"] == 7
    assert said["parameters"] == 648_010
    assert said["time"]["low"] < said["time"]["seconds"] < said["time"]["high"]


def test_json_of_logits_beyond_float32_has_no_number(tmp_path: Path) -> None:
    words = ["-s", "init=normal", "-s", "layers=100", "--json", "--runs-dir", str(tmp_path)]
    done = run(ROOT / "configs" / "tiny.yaml", *words)
    assert json.loads(done.stdout)["prediction"]["initial_loss"] is None
    told = run(ROOT / "configs" / "tiny.yaml", *words[:4], "--runs-dir", tmp_path).stdout
    assert "it diverges at step 1" in told


RULES = [
    ("symmetric", {"init": "zeros"}, {"init": "zeros", "layers": 1}),
    ("saturated", {"init": "normal"}, {"init": "normal", "init_stddev": 0.2}),
    ("saturated", {"activation": "linear", "layers": 9}, {"activation": "linear", "layers": 6}),
    ("depth", {"init": "lecun_normal", "layers": 9}, {"init": "lecun_normal", "layers": 7}),
    ("depth", {"activation": "sigmoid", "layers": 3}, {"activation": "sigmoid", "layers": 2}),
    ("depth", {"init": "normal", "init_stddev": 0.01}, {"init": "normal", "init_stddev": 0.1}),
    ("constant", {"width": 2, "layers": 4}, {"width": 4, "layers": 4}),
    ("linear", {"activation": "linear"}, {"activation": "linear", "layers": 1}),
    ("weight_decay", {"weight_decay": 0.1}, {"weight_decay": 0.099}),
    ("learning_rate", {"learning_rate": 21}, {"learning_rate": 20}),
    ("learning_rate", {"learning_rate": 9e-8}, {"learning_rate": 1e-7}),
    ("warmup", {"warmup_steps": 2501}, {"warmup_steps": 2500}),
    ("warmup", {"warmup_steps": 2, "steps": 2}, {"warmup_steps": 1, "steps": 1}),
    ("few_steps", {"steps": 99, "batch_size": 600}, {"steps": 100, "batch_size": 600}),
    ("short", {"steps": 1718}, {"steps": 1719}),
    ("intervals", {"log_every": 5001}, {"log_every": 5000}),
    ("intervals", {"eval_every": 5001}, {"eval_every": 5000}),
    ("intervals", {"checkpoint_every": 5001}, {"checkpoint_every": 5000}),
    ("sequential", {"order": "sequential", "steps": 6872}, {"order": "sequential", "steps": 6871}),
]


@pytest.mark.parametrize(("rule", "fires", "just_not"), RULES)
def test_each_rule_fires_and_just_does_not(
    findings: Callable[..., list[Diagnostic]], rule: str, fires: Any, just_not: Any
) -> None:
    assert rule in [each.rule for each in findings(**fires)]
    assert rule not in [each.rule for each in findings(**just_not)]


@pytest.mark.parametrize(
    ("weight_decay", "text"),
    [
        (0.2, "takes 2 % of the weights"),
        (10, "takes 100 % of the weights"),
        (15, "takes 150 % of the weights: it flips their sign and leaves 50 % of them"),
        (40, "takes 400 % of the weights: it flips their sign and makes them 3.00 times as large"),
        (1e30, "takes 1e+31 % of the weights: it flips their sign and makes them 1e+29 times as "
               "large"),
    ],
)  # fmt: skip
def test_weight_decay_says_what_it_does_to_the_weights_in_a_step(
    findings: Callable[..., list[Diagnostic]], weight_decay: float, text: str
) -> None:
    (found,) = findings(weight_decay=weight_decay)  # learning_rate 0.1
    assert found.text == f"every step at learning_rate 0.1 {text}"
    w = 1.0
    w = w - w * weight_decay * 0.1  # as the optimizer has it
    assert (w < 0) == ("flips" in text)
    assert (abs(w) > 1) == ("times as large" in text)


@pytest.mark.parametrize("rate", [0.1, 3.0, 20, 21, 1e10, 3e38])
def test_the_advised_weight_decay_is_not_warned_of(
    findings: Callable[..., list[Diagnostic]], rate: float
) -> None:
    advice = findings(learning_rate=rate, weight_decay=1)[0].advice
    advised = advice.removeprefix("try weight_decay: ")
    rules = [each.rule for each in findings(learning_rate=rate, weight_decay=advised)]
    assert "weight_decay" not in rules


def test_the_last_step_of_a_warm_up_has_the_whole_rate(
    findings: Callable[..., list[Diagnostic]],
) -> None:
    (found,) = findings(warmup_steps=5000, decay="cosine")
    assert found.text == (
        "4,999 of 5,000 steps are at less than the learning rate, and decay: cosine never begins"
    )


EVERYTHING = (
    "weight_decay=1e30 learning_rate=1e30 activation=linear init=zeros layers=81 decay=cosine "
    "batch_size=54999 steps=90 warmup_steps=90 log_every=100 eval_every=100 checkpoint_every=100"
)


@pytest.mark.parametrize(
    ("config", "keys"),
    [
        ("deep3", ""),
        ("deep3", "order=shuffle init=he_normal"),
        ("tiny", ""),
        ("tiny", "layers=40 activation=sigmoid"),
        ("tiny", "layers=100 init=normal"),
        ("deep3", EVERYTHING),
        ("deep3", f"{EVERYTHING} name={'n' * 64}"),
    ],
)
def test_a_check_fits_a_screen_of_24_lines_and_ends_with_what_was_found(
    config: str, keys: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    words = [word for key in keys.split() for word in ("-s", key)]
    done = run(f"configs/{config}.yaml", *words, "--runs-dir", tmp_path)
    shown = [line for line in done.stdout.splitlines() for line in wrapped(line, 80)]
    talk = [line for line in done.stderr.splitlines() for line in wrapped(line, 80)]
    assert len(shown) + min(len(talk), 2) + 1 <= 24  # the command itself is a line
    if keys.startswith("weight_decay"):
        assert re.fullmatch(r"and \d+ more: --full", shown[-1])
    full = run(f"configs/{config}.yaml", *words, "--runs-dir", tmp_path, "--full")
    assert len(full.stdout.splitlines()) > len(done.stdout.splitlines())


def test_a_default_is_said_to_be_one(findings: Callable[..., list[Diagnostic]]) -> None:
    (found,) = findings(activation="sigmoid", layers=6)
    assert str(found) == (
        "a.yaml: init: (the default) he_normal with sigmoid: the gradient's norm in the first "
        "layer is 0.00345 times the last's; try activation: relu"
    )


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu", "elu"])
@pytest.mark.parametrize("init", ["normal", "zeros"])
def test_the_advised_init_is_not_warned_of(
    findings: Callable[..., list[Diagnostic]], activation: str, init: str
) -> None:
    (found,) = findings(activation=activation, init=init, layers=4)
    assert found.advice.startswith("try init: ")
    advised = found.advice.removeprefix("try init: ")
    assert findings(activation=activation, init=advised, layers=4) == []


def test_advice_is_never_the_value_that_is_there(findings: Callable[..., list[Diagnostic]]) -> None:
    (pull, rate) = findings(learning_rate=10_000, weight_decay=0.0005)
    assert pull.advice == "try weight_decay: 1e-09"
    assert rate.advice == "measure it: mlpcli lr a.yaml"
    (deep,) = findings(activation="sigmoid", layers=5, init="he_uniform")
    assert deep.advice == "try activation: relu"
    (linear,) = findings(activation="linear", layers=8, init="lecun_normal")
    assert linear.advice == "try activation: relu and init: he_normal, or layers: 1"
    assert findings(layers=8) == []
    (deep,) = findings(layers=100)
    assert deep.advice == "try layers: 50"
    (bent,) = findings(layers=100, activation="elu")
    assert bent.advice == "try activation: relu and layers: 50"
    (pair,) = findings(layers=81, width=[32] * 80)
    assert pair.advice == "try layers: 40 and width: 32"


def test_a_width_at_which_a_layer_may_begin_dead_is_advised_to_be_wider(
    findings: Callable[..., list[Diagnostic]],
) -> None:
    # of two single units behind another each is dead where its weight is negative: three of four
    # seeds; of 2,000 networks or more the share is within 2 points of it, two standard errors
    (found,) = findings(width=1, layers=4)
    assert re.fullmatch(
        r"7[3-7] % of all seeds begin with a layer of dead units: the logits are then the same "
        r"for all examples",
        found.text,
    )
    assert found.advice == "try width: 4"
    (found,) = findings(width="[64, 1, 1, 64]", layers=5)
    assert found.advice == "try width: [64, 4, 4, 64]"


def test_a_config_that_no_longer_takes_init_stddev_is_told_to_drop_it(
    findings: Callable[..., list[Diagnostic]],
) -> None:
    (found,) = findings(init="normal", init_stddev=5)
    assert found.advice == "try init: he_normal (without init_stddev)"


def test_more_memory_than_there_is_is_warned_of(
    findings: Callable[..., list[Diagnostic]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlpcli.runs.footprint.physical_memory", lambda: 10**9)
    (found,) = findings(width=2000)
    assert str(found) == (
        "a.yaml:2: width: about 1.1 GB to train, of this machine's 1.0 GB; try width: 1000"
    )
    (found,) = findings(batch_size=50_000, width=1000)
    # 31 kB an example beside 873 MB of programs and data and 57 MB of weights leave room for 2,200
    assert found.advice == "try batch_size: 1562"
    (found,) = findings(width=[2000, 2000])
    assert found.advice == "try a smaller width"


def test_the_last_examples_of_a_sequence_are_the_ones_never_seen(
    findings: Callable[..., list[Diagnostic]],
) -> None:
    (found,) = findings(order="sequential", batch_size=100)
    assert found.text == "the same 549 batches over and over, without the last 100 examples"
    from mlpcli.data.batches import batch_indices

    seen = set(batch_indices("sequential", 55_000, 100, 0, 1, 5000).ravel().tolist())
    assert seen == set(range(54_900))


@pytest.mark.process
def test_what_is_wrong_with_a_config_is_told_as_train_does(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("layers: none\n")
    done = mlpcli(["check", "a.yaml"], tmp_path)
    assert done.returncode == 2
    assert "a.yaml:1: layers: not a whole number, got none" in done.stderr


@pytest.mark.parametrize("log", [1, 3, 100])
@pytest.mark.parametrize("evals", [1, 2, 4, 50])
@pytest.mark.parametrize("steps", [1, 2, 12, 13])
def test_rows_are_counted_as_they_are_made(log: int, evals: int, steps: int) -> None:
    config = Config(name="a", **{**SOUND, "steps": steps, "log_every": log, "eval_every": evals})
    step = rows = 0
    while step < steps:
        step = next_row(config, step)
        rows += 1
    assert count_rows(config) == rows


@pytest.mark.process
def test_a_run_leaves_what_was_foretold(tmp_path: Path) -> None:
    place = begun(tmp_path)
    config, _ = load_with_places(place / "a.yaml")
    mlpcli(["train", "a.yaml"], place)
    path = only_run(place)
    takes = estimate_footprint(config)
    assert len((path / "metrics.jsonl").read_text().splitlines()) == takes.rows
    assert sum(each.stat().st_size for each in path.iterdir()) == pytest.approx(takes.disk, rel=0.1)
    assert takes.epochs == 40 * 16 / 55_000


def test_a_step_of_deep3_takes_310_million_operations() -> None:
    config = Config(name="a", **{**SOUND, "width": 500, "batch_size": 100})
    assert step_flops(config) == 2 * 100 * (3 * (784 * 500 + 500 * 500 + 500 * 10) - 784 * 500)
    assert step_flops(config) == pytest.approx(310e6, rel=0.01)


def finished_run(
    seconds_a_step: float, steps: int = 5000, side_by_side: int = 1, **keys: Any
) -> Run:
    config = {**Config(name="a", **SOUND).resolved(), **keys}
    import platform

    info = {"host": platform.node(), "threads": CORES, "side_by_side": side_by_side}
    speed = config["batch_size"] / seconds_a_step
    came_out = Summary(
        val_accuracy=0.9, val_examples=5_000, test_accuracy=0.9, test_examples=10_000,
        test_loss=0.3, steps=steps, seconds=1.0, examples_per_second=speed,
    )  # fmt: skip
    return Run(Path("20260101-000000-a-0000"), "completed", config, info, came_out)


def test_runs_of_the_same_shape_tell_the_speed_and_others_do_not() -> None:
    config = Config(name="a", **SOUND)
    same = finished_run(0.25, learning_rate=3.0, init="zeros", width=[32, 32])
    by_run = estimate(config, [same], CORE * CORES)
    assert by_run.steps_per_second == pytest.approx(4.0)
    assert by_run.source == "the speed of 1 run of this structure here"
    beside = finished_run(0.5, side_by_side=2)
    assert estimate(config, [same, beside], CORE * CORES).steps_per_second == pytest.approx(4.0)
    assert estimate(config, [beside], CORE * CORES).steps_per_second == pytest.approx(2.0)
    others: tuple[dict[str, Any], ...] = (
        {"width": 33}, {"activation": "tanh"}, {"momentum": 0.9}, {"batch_size": 8}, {"steps": 99}
    )  # fmt: skip
    for other in others:
        by_test = estimate(config, [finished_run(0.25, **other)], CORE * CORES)
        assert by_test.steps_per_second == pytest.approx(1 / step_seconds(config, CORE * CORES))


@pytest.mark.parametrize("seconds_a_step", [1e-308, 1e100, 1e300, 1e305])
def test_the_time_of_a_run_without_any_sense_is_printed_all_the_same(
    seconds_a_step: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlpcli.check.speed._step_times", lambda *_: [seconds_a_step])
    said = run(TINY, "--runs-dir", tmp_path).stdout
    assert re.search(r"\ntime    about (3\.\d s|\S+ years|endless) \(", said)
    assert json.loads(run(TINY, "--runs-dir", tmp_path, "--json").stdout)["time"]


def test_twice_the_speed_is_half_the_time_a_step() -> None:
    config = Config(name="a", **SOUND)
    assert step_seconds(config, 2e11) == pytest.approx(2 * step_seconds(config, 4e11))


@pytest.mark.process
def test_a_pipe_gets_whole_lines_and_no_codes(tmp_path: Path) -> None:
    done = mlpcli(
        ["check", ROOT / "configs" / "deep3.yaml"], tmp_path, FORCE_COLOR="", COLUMNS="40"
    )
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "; try init: he_normal\n" in done.stdout
    assert not (tmp_path / "runs").exists()


@pytest.mark.process
def test_check_loads_no_tensorflow(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom mlpcli.cli import main\n"
        "try:\n    main()\nexcept SystemExit as left:\n    assert not left.code, left.code\n"
        "assert not {'tensorflow', 'keras', 'h5py'} & set(sys.modules)\n"
        "assert 'mlpcli.training.backend' not in sys.modules\n"
    )
    words = ["check", str(ROOT / "configs" / "deep3.yaml"), "--runs-dir", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_cost_without_opinion_is_that_of_a_guess() -> None:
    assert predict(Config(name="a", init="zeros", **SOUND)).initial_loss == math.log(10)


def test_no_speed_that_a_run_may_say_makes_the_time_overflow(
    finished: Callable[..., Path], tmp_path: Path
) -> None:
    config, _ = load_with_places(ROOT / "configs" / "tiny.yaml")
    for speed in (1e-320, 1e-6, 1e15, 1e300):
        path = finished("a", steps=500, examples_per_second=speed)
        info = {"host": platform.node(), "threads": CORES, "config": config.resolved()}
        (path / "run.json").write_text(json.dumps(info))
        (path / "config.yaml").write_text(config.to_yaml())
    words = ("check", ROOT / "configs" / "tiny.yaml", "--runs-dir", tmp_path / "runs", "--json")
    time = json.loads(in_process(*words).stdout)["time"]
    # the others are damaged; 500 steps of 32 examples take 1.6e10 s by one and none by the other
    assert time["source"] == "the speed of 2 runs of this structure here"
    assert time["seconds"] == pytest.approx(8e9)


def test_a_run_with_patience_is_said_to_end_before_all_of_its_steps() -> None:
    waiting = " ".join(in_process("check", TINY, "patience=3", "min_delta=0.01").output.split())
    why = "3 validations without a better validation accuracy by more than 0.01"
    assert f"until {why}; what follows is of all 500 steps" in waiting
    full = " ".join(in_process("check", TINY, "patience=3", "--full").output.split())
    assert "until 3 validations without a better validation accuracy; what" in full
    assert "until" not in in_process("check", TINY).output


def test_patience_that_never_ends_the_run_is_warned_of() -> None:
    said = " ".join(in_process("check", TINY, "patience=10").output.split())
    assert "patience: 10 of 10 validations in all: it never ends the run" in said
    assert "try patience: 2, or a smaller eval_every" in said
    assert "never ends" not in in_process("check", TINY, "patience=9").output
