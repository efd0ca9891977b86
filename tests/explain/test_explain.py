"""Why a run came out as it did: each rule on a real small run that makes it fire, or just not."""

import contextlib
import dataclasses
import functools
import io
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import pytest
from running import TINY, mlpcli

from mlpcli.config.load import load_config
from mlpcli.explain.cause import Cause
from mlpcli.explain.command import explained
from mlpcli.explain.measure import Explanation
from mlpcli.explain.rules import explain
from mlpcli.explain.view import brief_sections, full_sections
from mlpcli.stats.intervals import Accuracy
from mlpcli.terminal.render import print_sections
from mlpcli.terminal.sections import Section, Text
from mlpcli.terminal.table import wrapped
from mlpcli.theory.advice import advice_text, repair
from mlpcli.training.launch import train_all

pytestmark = pytest.mark.tf

Explain = Callable[[str], Explanation]


@pytest.fixture(scope="module")
def why(tmp_path_factory: pytest.TempPathFactory) -> Explain:
    """Give a function that trains the tiny config with overrides, once, and explains the run."""

    @functools.cache
    def why(overrides: str) -> Explanation:
        place = tmp_path_factory.mktemp("run") / "runs"
        config = load_config(Path(TINY), tuple(overrides.split()))
        with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):
            train_all([config], place)
        return explained(next(place.iterdir()))

    return why


RULES = [
    (
        "vanishing weights",
        "weight_decay=0.1 learning_rate=0.1",
        "weight_decay=0.09 learning_rate=0.1",
    ),
    ("past the edge", "learning_rate=2", "learning_rate=1"),
    ("saturated logits", "init=normal init_stddev=0.4", "init=normal init_stddev=0.35"),
    ("lost with depth", "layers=3 activation=sigmoid", "layers=2 activation=sigmoid"),
    ("timid learning rate", "learning_rate=0.02", "learning_rate=0.03"),
    ("noisy steps", "learning_rate=1", "learning_rate=0.7"),
    ("dead units", "learning_rate=0.7", "learning_rate=0.2"),
    (
        "at the limit of stability",
        "learning_rate=1 layers=1 log_every=10",
        "learning_rate=1 layers=1 log_every=10 batch_size=256",
    ),
    ("still falling", "learning_rate=0.01", "steps=4000"),
    ("too small or too short", "layers=1 learning_rate=0.5", "width=64 steps=6000"),
    (
        "overfitting",
        "layers=3 width=128 steps=10000 batch_size=128 learning_rate=0.5",
        "layers=3 width=128 steps=1000 batch_size=128 learning_rate=0.5",
    ),
    ("batch size", "batch_size=2 learning_rate=0.05", "batch_size=8 learning_rate=0.05"),
]


@pytest.mark.parametrize(("rule", "fires", "just_not"), RULES, ids=[rule for rule, *_ in RULES])
def test_a_rule_fires_and_just_does_not(rule: str, fires: str, just_not: str, why: Explain) -> None:
    every = [explain(why(each).evidence, most=99) for each in (fires, just_not)]
    assert rule in [cause.rule for cause in every[0]]
    assert rule not in [cause.rule for cause in every[1]]


def test_a_run_with_nothing_wrong_is_told_so_with_its_numbers(why: Explain) -> None:
    found = why("layers=3 width=128 steps=3000 learning_rate=0.3 batch_size=128")
    assert [cause.rule for cause in found.causes] == ["healthy"]
    assert found.advised is None
    assert "of the limit of stability at the start" in found.causes[0].sentence


def test_a_diverged_run_is_explained_without_a_last_network(why: Explain) -> None:
    found = why("learning_rate=1e30")
    assert found.evidence.status == "diverged"
    assert found.causes[0].rule == "past the edge"
    assert "diverged at step 2" in found.causes[0].sentence
    assert found.advised is not None
    assert 0.05 < found.advised.learning_rate < 0.3


def test_where_logits_are_saturated_sharpness_is_no_guide(why: Explain) -> None:
    found = why("init=normal")
    assert found.causes[0].rule == "saturated logits"
    assert found.causes[0].advice["init"] == "he_normal"
    assert found.evidence.stability_ratio is None
    evidence = found.evidence
    expected, first = evidence.prediction.initial_loss, evidence.rows[0].loss
    assert f"the loss at {evidence.first_loss:.1f}" in found.causes[0].sentence
    (scores,) = (section for section in [*brief_sections(found)][-1:])
    assert isinstance(scores.blocks[0], Text)
    assert scores.blocks[0].text == (
        f"initial loss: {expected:.2f} expected in the mean over seeds; this run's is "
        f"{evidence.first_loss:.2f} on 1,000 training examples, {first:.2f} on its first batch"
    )


def test_a_network_without_any_finite_gradient_is_explained(why: Explain) -> None:
    found = why("init=normal init_stddev=1e20")
    assert found.evidence.diverged
    assert [cause.rule for cause in found.causes] == ["past the edge"]
    assert found.causes[0].advice["init"] == "he_normal"


def test_a_run_that_diverged_of_its_rate_is_told_a_lower_one_whatever_sharpness_says(
    why: Explain,
) -> None:
    evidence = dataclasses.replace(why("learning_rate=0.1").evidence, status="diverged")
    (edge, *_) = explain(evidence)
    assert edge.rule == "past the edge"
    assert edge.advice["learning_rate"] <= 0.034


def test_what_a_ruined_network_ended_as_is_no_cause_of_its_own(why: Explain) -> None:
    found = why("init=zeros")
    assert [cause.rule for cause in found.causes] == ["lost with depth"]


def test_a_network_is_ruined_where_train_and_compare_say_that_it_learned_nothing(
    why: Explain,
) -> None:
    evidence = why("init=zeros").evidence
    # as of validation examples: the Wilson intervals begin at 0.174676 and at 0.174871, and an
    # untrained network may have 0.174718
    for correct, ruined in ((926, True), (927, False)):
        trained = Accuracy.of(correct, 5_000)
        assert dataclasses.replace(evidence, train=trained).ruined is ruined


def test_a_run_that_is_not_over_is_told_nothing_of_its_end(why: Explain) -> None:
    falling = why("learning_rate=0.01").evidence
    assert "still falling" in [cause.rule for cause in explain(falling, most=99)]
    for status in ("running", "interrupted"):
        causes = explain(dataclasses.replace(falling, status=status), most=99)
        assert not {"still falling", "too small or too short"} & {each.rule for each in causes}


def test_advice_is_never_what_the_config_has(why: Explain) -> None:
    causes = explain(why("layers=2 width=16 decay=cosine").evidence, most=99)
    assert {"too small or too short"} <= {each.rule for each in causes}
    assert all("decay" not in each.advice for each in causes)


@pytest.mark.parametrize(
    ("overrides", "advice"),
    [
        ("layers=3 activation=linear learning_rate=0.1 batch_size=128", "activation: relu"),
        ("width=8", "width: 64"),
        ("layers=3 width=[32,8] learning_rate=0.1 batch_size=64", "width: [64, 64]"),
    ],
)
def test_what_is_too_small_is_told_what_holds_it_up(
    overrides: str, advice: str, why: Explain
) -> None:
    causes = explain(why(overrides).evidence, most=99)
    (small,) = (each for each in causes if each.rule == "too small or too short")
    assert advice_text(small.advice) == advice


def test_advised_steps_keep_no_interval_of_the_old_ones(why: Explain) -> None:
    found = why("steps=20 learning_rate=0.1")
    assert set(found.causes[0].advice) == {"steps", "decay"}
    advised = found.advised
    assert advised is not None
    assert advised.steps == 1719
    assert (advised.eval_every, advised.checkpoint_every) == (172, 172)


def test_losses_of_zero_are_no_reason_to_fail(why: Explain) -> None:
    evidence = why("width=64").evidence
    rows = [msgspec.structs.replace(row, loss=0.0, val_loss=0.0) for row in evidence.rows]
    zero = dataclasses.replace(evidence, rows=rows)
    assert zero.late_fall is None
    assert zero.oscillation == 0
    assert explain(zero)


LONG = "x" * 500


def screen_lines(sections: Iterable[Section]) -> int:
    """Count the lines that sections take on a terminal of 80 columns."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        print_sections(sections)
    return sum(len(wrapped(line, 80)) for line in out.getvalue().splitlines())


def test_an_explanation_fits_a_screen_of_24_lines(why: Explain) -> None:
    found = why("init=normal learning_rate=0.001 batch_size=2 steps=100")
    long = [Cause(f"rule {n}", LONG, {"steps": 9}) for n in range(3)]
    # three lines of talk, the command itself, and two for what comes next
    for causes in (found.causes, long, long[:1]):
        each = dataclasses.replace(found, causes=tuple(causes))
        assert screen_lines(brief_sections(each)) <= 24 - 5
    many = dataclasses.replace(found, causes=tuple(long))
    with contextlib.redirect_stdout(io.StringIO()) as out:
        print_sections(brief_sections(many))
    assert "and 2 further causes: --full\n" in out.getvalue()
    assert screen_lines(full_sections(many)) > screen_lines(brief_sections(many))


def test_what_mends_a_network_makes_it_sound() -> None:
    for overrides, advice in (
        ("init=normal", "init: he_normal"),
        ("layers=6 activation=sigmoid", "activation: relu"),
        ("layers=6 activation=sigmoid init=he_uniform", "activation: relu"),
        ("init=normal init_stddev=2", "init: he_normal (without init_stddev)"),
        ("layers=3 init=zeros activation=sigmoid", "init: he_normal and activation: relu"),
        ("layers=6", ""),
    ):
        config = load_config(Path(TINY), tuple(overrides.split()))
        assert advice_text(repair(config)) == advice
        assert repair(config.model_copy(update=repair(config))) == {}
    sound = load_config(Path(TINY), ("init=normal", "init_stddev=0.3"))
    assert repair(sound) == {}
    assert repair(sound, 8.0)["init"] == "he_normal"


def test_the_command_explains_and_proves(tmp_path: Path) -> None:
    assert mlpcli(["train", TINY, "-s", "init=normal"], tmp_path).returncode == 0
    told = mlpcli(["explain", "latest", "--prove"], tmp_path)
    assert told.returncode == 0, told.stderr
    assert "times as large as He's (init: normal with init_stddev 1)" in told.stdout
    assert "Try init: he_normal and learning_rate: " in told.stdout
    assert re.fullmatch(
        r"the advice holds: \+\d+\.\d\d points of validation accuracy, \+\d+\.\d\d to \+\d+\.\d\d, "
        r"over 3 fresh seeds each: better",
        told.stdout.splitlines()[-1],
    )
    assert "--prove" not in told.stdout + told.stderr
    proof = list((tmp_path / "runs-proofs").glob("*/*"))
    assert sorted(load_config(each / "config.yaml").seed for each in proof) == [1, 1, 2, 2, 3, 3]
    again = mlpcli(["explain", "latest", "--prove", "--json"], tmp_path)
    assert json.loads(again.stdout)["proof"]["answer"] == "better"
    (run,) = (tmp_path / "runs").iterdir()
    here = mlpcli(["explain", "."], run)
    assert here.stdout.startswith(f"{run.name}: completed")
    as_json = mlpcli(["explain", "tiny", "--json"], tmp_path)
    found = json.loads(as_json.stdout)
    assert found["causes"][0]["rule"] == "saturated logits"
    assert found["start"]["loss"] > 10


def test_a_folder_that_can_hold_no_proof_is_named_before_anything_is_measured(
    tmp_path: Path,
) -> None:
    assert mlpcli(["train", TINY, "-s", "init=normal", "-s", "steps=20"], tmp_path).returncode == 0
    (tmp_path / "runs-proofs").write_text("")
    done = mlpcli(["explain", "latest", "--prove"], tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "runs-proofs: the proof's runs cannot be written there: is a file, not a directory\n"
        "make it writable, or copy the run into a folder whose parent is\n"
    )


def test_what_cannot_be_explained_is_a_line(tmp_path: Path) -> None:
    nowhere = mlpcli(["explain", "nowhere"], tmp_path)
    assert nowhere.returncode == 2
    assert mlpcli(["train", TINY, "-s", "steps=3000", "-s", "width=64"], tmp_path).returncode == 0
    (run,) = (tmp_path / "runs").iterdir()
    (run / "metrics.jsonl").write_text("")
    empty = mlpcli(["explain", "latest"], tmp_path)
    assert (empty.returncode, empty.stdout) == (1, "")
    assert "no metrics row that can be read" in empty.stderr


def test_a_run_that_patience_stopped_is_advised_more_of_it_and_not_more_steps(
    why: Explain,
) -> None:
    evidence = why("learning_rate=0.01").evidence
    last = evidence.rows[-1].step
    config = evidence.config.model_copy(update={"steps": 2 * last, "patience": 3})
    stopped = dataclasses.replace(evidence, config=config)
    assert (stopped.patience_spent, evidence.patience_spent) == (True, False)
    (falling,) = (c for c in explain(stopped, most=99) if c.rule == "still falling")
    assert falling.advice == {"patience": 6}
