"""Why a run came out as it did: each rule on a real small run that makes it fire, or just not."""

import contextlib
import dataclasses
import functools
import io
import json
import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from running import TINY, mlpcli

from mlpcli.config.load import load_config
from mlpcli.explain import gains, rules
from mlpcli.explain.cause import Cause
from mlpcli.explain.command import explained
from mlpcli.explain.course import Course
from mlpcli.explain.evidence import Evidence
from mlpcli.explain.features import features
from mlpcli.explain.follow import climb, follow
from mlpcli.explain.measure import Explanation
from mlpcli.explain.proof_view import followed_json, followed_sections
from mlpcli.explain.rules import explain, fired
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


def changed(evidence: Evidence, _config: dict[str, Any] | None = None, **fields: Any) -> Evidence:
    """Return what would be known of a run with other config keys, or with other measurements."""
    config = evidence.config.model_copy(update=_config or {})
    return dataclasses.replace(evidence, config=config, **fields)


def with_rows(evidence: Evidence, **of_last: Any) -> Evidence:
    """Return the evidence with other values in the last metrics row."""
    *before, last = evidence.course.rows
    rows = [*before, msgspec.structs.replace(last, **of_last)]
    return dataclasses.replace(evidence, course=Course(rows))


def right(evidence: Evidence, share: float) -> Evidence:
    """Return the evidence with so many training examples right, and validation as it was."""
    return dataclasses.replace(evidence, train=Accuracy.of(round(5_000 * share), 5_000))


def dead(evidence: Evidence, share: float) -> Evidence:
    """Return the evidence with so many units of the hidden layer dead at the end."""
    assert evidence.end
    return dataclasses.replace(evidence, end=dataclasses.replace(evidence.end, dead=(share, 0.0)))


def noise(evidence: Evidence, scale: float) -> Evidence:
    """Return the evidence with another noise scale, before step 1 and at the end."""
    assert evidence.end
    start, end = (dataclasses.replace(e, noise_scale=scale) for e in (evidence.start, evidence.end))
    return dataclasses.replace(evidence, start=start, end=end)


Change = Callable[[Evidence], Evidence]


def config(**keys: Any) -> Change:
    """Return a change of config keys."""
    return lambda evidence: changed(evidence, keys)


def rate(times: float) -> Change:
    """Return a change of the learning rate, to so many times the one that suits."""
    return lambda e: changed(e, {"learning_rate": times * e.rate_to_try})


def last(**of_last: Callable[[Course], float]) -> Change:
    """Return a change of the last metrics row, from what the rows are."""
    return lambda e: with_rows(e, **{key: value(e.course) for key, value in of_last.items()})


def best_loss(course: Course) -> float:
    """Return the least validation loss of all rows but the last."""
    return min(row.val_loss or 0.0 for row in course.validated[:-1])


def best_score(course: Course) -> float:
    """Return the best validation accuracy of all rows but the last."""
    return max(row.val_accuracy or 0.0 for row in course.validated[:-1])


# what makes each rule fire on a run that is 500 steps at learning_rate 0.05 of 784-64-10 in batches
# of 32, and what just does not
RULES: list[tuple[str, Change, Change]] = [
    ("bottleneck", config(width=15), config(width=16)),
    ("linear", config(activation="linear"), config(activation="tanh")),
    ("slow activation", config(activation="sigmoid"), config(activation="sigmoid", layers=1)),
    ("too deep", config(layers=7), config(layers=6)),
    ("no hidden layer", config(layers=1), config(layers=2)),
    (
        "few bends",
        lambda e: right(config(dataset="spiral")(e), 0.96),
        lambda e: right(config(dataset="spiral", inputs=("x", "y", "xy"))(e), 0.96),
    ),
    ("too small", lambda e: right(e, 0.969), lambda e: right(e, 0.971)),
    ("dead units", lambda e: dead(e, 0.21), lambda e: dead(e, 0.2)),
    (
        "saturated logits",
        config(init="normal", init_stddev=0.4),
        config(init="normal", init_stddev=0.1),
    ),
    ("lost with depth", config(activation="sigmoid", layers=3), config(activation="sigmoid")),
    ("weight decay", config(weight_decay=0.0041), config(weight_decay=0.0039)),
    ("past the edge", rate(1.6), rate(1.4)),
    ("momentum", config(momentum=0.91), config(momentum=0.9)),
    ("timid learning rate", rate(1 / 1.6), rate(1 / 1.4)),
    ("long warm-up", config(warmup_steps=51), config(warmup_steps=50)),
    ("no decay", lambda e: noise(rate(2.1)(e), 33), lambda e: noise(rate(1.9)(e), 33)),
    ("early decay", config(decay="linear"), config(decay="constant")),
    ("still falling", lambda e: e, last(val_loss=best_loss)),
    ("too short", config(steps=199), config(batch_size=128)),
    ("few updates", config(batch_size=65), config(batch_size=64)),
    ("noisy batches", lambda e: noise(e, 257), lambda e: noise(e, 256)),
    (
        "overfitting",
        lambda e: right(last(val_loss=lambda course: 1.06 * best_loss(course))(e), 0.99),
        lambda e: right(last(val_loss=lambda course: 1.04 * best_loss(course))(e), 0.99),
    ),
    (
        "past its best",
        last(val_accuracy=lambda course: best_score(course) - 0.006),
        last(val_accuracy=lambda course: best_score(course) - 0.004),
    ),
]


@pytest.fixture(scope="module")
def plain(why: Explain) -> Evidence:
    """Give what is known of a run with nothing special."""
    evidence = why("width=64 learning_rate=0.05").evidence
    return dataclasses.replace(evidence, mended=dataclasses.replace(evidence.mended, keys={}))


@pytest.mark.parametrize(("rule", "fires", "just_not"), RULES, ids=[rule for rule, *_ in RULES])
def test_a_rule_fires_and_just_does_not(
    rule: str, fires: Change, just_not: Change, plain: Evidence
) -> None:
    every = [change(plain) for change in (fires, just_not)]
    names = [{each.name for each in fired(evidence)} for evidence in every]
    assert rule in names[0]
    assert rule not in names[1]
    sentence = next(each for each in fired(every[0]) if each.name == rule).sentence(every[0])
    assert re.search(r"\d", sentence)
    assert "limit" in sentence or rule in SAID_WITHOUT_LIMIT


SAID_WITHOUT_LIMIT = ("linear", "slow activation", "no hidden layer", "few bends", "no decay",
                      "early decay", "past its best")  # fmt: skip


def test_every_rule_has_its_gains_and_a_test() -> None:
    names = [rule.name for rule in rules.RULES]
    assert len(names) == len({*names})
    assert {*names} == {rule for rule, *_ in RULES}
    assert {*gains.table()} == {*names}


def test_the_table_asks_for_what_is_known_and_has_shares_as_its_leaves(plain: Evidence) -> None:
    known = features(plain)

    def check(tree: Any) -> None:
        if not isinstance(tree, dict):
            assert -1 <= tree <= 1
            return
        (question, _), (other, _) = tree.items()
        assert re.fullmatch(r"(.+) < (-?[\d.e-]+)", question)
        assert question.rpartition(" < ")[0] in known
        assert other == "else"
        for part in tree.values():
            check(part)

    for tree in gains.table().values():
        check(tree)
    assert all(map(math.isfinite, known.values()))


def test_a_tree_is_walked_down_by_its_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = {"layers < 3": 0.5, "else": {"fit < 0.9": -0.25, "else": 0.125}}
    monkeypatch.setattr(gains, "table", lambda: {"a rule": tree})
    shares = [
        gains.expected_share("a rule", {"layers": layers, "fit": fit})
        for layers, fit in ((2, 1), (3, 0.89), (4, 0.9))
    ]
    assert shares == [0.5, -0.25, 0.125]
    assert gains.expected_share("another", {}) == 0


def shares_of(monkeypatch: pytest.MonkeyPatch, **shares: float) -> None:
    """Have each rule's advice bring such a share of what is missing, and others nothing."""
    named = {name.replace("_", " "): share for name, share in shares.items()}
    monkeypatch.setattr(rules, "expected_share", lambda rule, _: named.get(rule, 0.0))


def test_the_cause_whose_mending_brings_most_is_the_headline(
    plain: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares_of(monkeypatch, still_falling=0.3, too_short=0.2, past_the_edge=0.4)
    causes = explain(plain, most=99)
    # too short advises steps, too, which still falling has already
    assert [each.rule for each in causes] == ["still falling"]
    shares_of(monkeypatch, still_falling=0.2, too_short=0.3)
    first, *_ = explain(plain)
    assert first.rule == "too short"
    assert first.gain == pytest.approx(0.3 * (1 - plain.validation.accuracy))


def test_a_grave_fault_comes_before_and_a_symptom_after(
    plain: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares_of(monkeypatch, still_falling=0.3, momentum=0.15, past_its_best=0.4)
    lost = with_rows(plain, val_accuracy=best_score(plain.course) - 0.01)
    faulty = changed(lost, {"momentum": 0.96})
    assert [each.rule for each in explain(faulty)][:2] == ["momentum", "still falling"]


def test_grave_faults_are_mended_at_once(plain: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    shares_of(monkeypatch, bottleneck=0.3, momentum=0.2, still_falling=0.1)
    faulty = changed(plain, {"width": 2, "momentum": 0.96}, measured=lambda _: plain.mended)
    first, second, third = explain(faulty)
    assert (first.rule, second.rule, third.rule) == ("bottleneck", "momentum", "still falling")
    assert {**first.advice, "learning_rate": 0} == {
        "width": 128, "momentum": 0.9, "learning_rate": 0,
    }  # fmt: skip
    assert second.advice == {}
    assert third.advice == {"steps": 1_719, "decay": "cosine"} or third.advice == {"steps": 1_000}


def test_grave_faults_that_each_need_another_rate_are_mended_with_one_for_all(
    plain: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares_of(monkeypatch, timid_learning_rate=0.3, bottleneck=0.2)
    # so sharp that the config's rate is half of what suits: near, for a change of one key alone
    suits = dataclasses.replace(plain.mended, sharpness=37 * plain.mended.sharpness)
    low = plain.rate_to_try / 30
    faulty = changed(plain, {"width": 2, "learning_rate": low}, measured=lambda _: suits)
    first, second = explain(faulty)[:2]
    assert (first.rule, second.rule) == ("timid learning rate", "bottleneck")
    rate = dataclasses.replace(faulty, mended=suits).rate_to_try
    assert first.advice == {"width": 128, "learning_rate": rate}
    assert 1.5 * low < rate < 2.5 * low
    assert second.advice == {}


def test_a_network_that_is_far_down_is_not_saved_by_a_rate_alone(
    plain: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares_of(monkeypatch, timid_learning_rate=0.3)
    deep = {"layers": 8, "width": 14, "learning_rate": 1e-5}
    faulty = changed(right(plain, 0.3), deep, measured=lambda _: plain.mended)
    assert explain(faulty)[0].advice.keys() == {"layers", "width", "learning_rate"}
    assert explain(right(faulty, 0.8))[0].advice.keys() == {"learning_rate"}


def test_what_costs_no_more_comes_before_longer_runs_where_nearly_all_is_learned(
    plain: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares_of(monkeypatch, too_short=0.3, no_decay=0.1)
    fast = noise(rate(2.1)(plain), 33)
    near = right(fast, 0.95)
    assert explain(near)[0].rule == "no decay"
    assert explain(right(fast, 0.8))[0].rule == "too short"
    assert explain(changed(near, {"steps": 499}))[0].rule == "too short"


def test_of_a_run_that_learned_nothing_only_grave_faults_are_told(
    plain: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares_of(monkeypatch, momentum=0.3, still_falling=0.2)
    faulty = changed(plain, {"momentum": 0.96})
    assert [each.rule for each in explain(faulty)] == ["momentum", "still falling"]
    nothing = right(faulty, 0.1)
    assert [each.rule for each in explain(nothing)] == ["momentum"]
    monkeypatch.setattr(rules, "new", lambda advice, _: {} if "momentum" in advice else advice)
    assert [each.rule for each in explain(nothing)] == ["still falling"]  # else it would be healthy


def test_a_run_with_a_grave_fault_is_not_healthy_while_much_is_missing(
    plain: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares_of(monkeypatch, momentum=0.001)
    faulty = changed(plain, {"momentum": 0.96})
    few, many = (
        dataclasses.replace(faulty, validation=Accuracy.of(each, 5_000)) for each in (4_740, 4_760)
    )
    assert explain(few)[0].rule == "momentum"
    assert explain(many)[0].rule == "healthy"


def test_a_healthy_run_is_told_so_with_what_would_still_bring_most(
    plain: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = 1 - plain.validation.accuracy
    shares_of(monkeypatch, still_falling=0.009 / missing, past_the_edge=-0.5)
    healthy, more = explain(plain)
    assert (healthy.rule, healthy.advice) == ("healthy", {})
    assert more.rule == "still falling"
    found = Explanation(Path("run"), plain, (healthy, more))
    (text,) = (each for each in texts(full_sections(found)) if each.startswith("What would"))
    assert text.endswith("about +0.9 points of validation accuracy.")
    assert found.advised is None
    assert found.all_advised() == []


def texts(sections: Iterable[Section]) -> list[str]:
    """Return the texts of sections."""
    return [each.text for part in sections for each in part.blocks if isinstance(each, Text)]


def test_a_run_that_learned_nothing_is_told_so(plain: Evidence) -> None:
    lost = right(plain, 0.11)
    found = Explanation(Path("run"), lost, explain(lost))
    (said,) = (each for each in texts(brief_sections(found)) if "It learned nothing" in each)
    assert said == ("It learned nothing: always to answer the largest class scores 11.26 %.")
    assert found.causes[0].rule != "healthy"


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
    expected, first = evidence.prediction.initial_loss, evidence.course.rows[0].loss
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
    assert found.causes[0].rule == "saturated logits"
    assert found.causes[0].advice["init"] == "he_normal"


def test_a_run_that_diverged_of_its_rate_is_told_a_lower_one_whatever_sharpness_says(
    plain: Evidence,
) -> None:
    (edge, *_) = explain(dataclasses.replace(plain, status="diverged"))
    assert edge.rule == "past the edge"
    assert edge.advice["learning_rate"] <= 0.017


def test_a_network_learned_nothing_where_train_and_compare_say_so(plain: Evidence) -> None:
    # as of validation examples: the Wilson intervals begin at 0.174676 and at 0.174871, and an
    # untrained network may have 0.174718
    for correct, nothing in ((926, True), (927, False)):
        trained = Accuracy.of(correct, 5_000)
        assert dataclasses.replace(plain, train=trained).learned_nothing is nothing


def test_a_run_that_is_not_over_is_told_nothing_of_its_end(plain: Evidence) -> None:
    assert {"still falling", "too short"} <= {rule.name for rule in fired(plain)}
    for status in ("running", "interrupted"):
        names = {rule.name for rule in fired(dataclasses.replace(plain, status=status))}
        assert not {"still falling", "too short", "too small", "early decay"} & names


def test_advice_is_never_what_the_config_has(plain: Evidence) -> None:
    for decay in ("constant", "cosine"):
        for cause in explain(changed(plain, {"decay": decay}), most=99):
            assert cause.advice.get("decay") != decay


@pytest.mark.parametrize(
    ("keys", "rule", "advice"),
    [
        ({"layers": 3, "activation": "linear"}, "linear", "activation: relu"),
        ({"width": 8}, "bottleneck", "width: 128"),
        ({"layers": 3, "width": (32, 8)}, "bottleneck", "width: [32, 128]"),
        ({"layers": 12, "width": 3}, "too deep", "layers: 3 and width: 128"),
        ({"momentum": 0.99}, "momentum", "momentum: 0.9"),
        ({"warmup_steps": 400}, "long warm-up", "warmup_steps: 25"),
        ({"weight_decay": 0.02}, "weight decay", "weight_decay: 0.0005"),
        ({"weight_decay": 30.0}, "weight decay", "weight_decay: 0.0005"),
        ({"batch_size": 4_096, "steps": 80}, "few updates", "batch_size: 164 and steps: 1998"),
    ],
)
def test_what_a_rule_advises(keys: Any, rule: str, advice: str, plain: Evidence) -> None:
    evidence = changed(plain, keys, measured=lambda _: plain.mended)
    (fault,) = (each for each in fired(evidence) if each.name == rule)
    told = {k: v for k, v in fault.advice(evidence).items() if k != "learning_rate"}
    assert advice_text(told) == advice


def test_advised_steps_keep_no_interval_of_the_old_ones(why: Explain) -> None:
    found = why("steps=20 learning_rate=0.1")
    assert found.causes[0].rule == "too short"
    advised = found.advised
    assert advised is not None
    assert advised.steps == 1719
    assert (advised.eval_every, advised.checkpoint_every) == (172, 172)


def test_losses_of_zero_are_no_reason_to_fail(plain: Evidence) -> None:
    rows = [msgspec.structs.replace(row, loss=0.0, val_loss=0.0) for row in plain.course.rows]
    zero = dataclasses.replace(plain, course=Course(rows))
    assert zero.course.late_fall is None
    assert zero.course.oscillation == 0
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
    assert re.search(r"Try init: he_normal: about \+\d\d points of validation\s", told.stdout)
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


@dataclasses.dataclass(frozen=True)
class Attempt:
    """An advice that was tried, for `climb`."""

    config: Any
    helps: bool


def test_advice_is_followed_from_what_helped_and_given_up_where_it_did_not() -> None:
    after = {"start": ["a", "b"], "b": ["c", "d"], "d": ["e"], "e": []}
    asked: list[tuple[str, str]] = []

    def attempt(best: Any, _: Any, config: Any, nth: int) -> Attempt:
        asked.append((best, config))
        assert nth == 1 + (len(asked) - 1) % 5
        return Attempt(config, config in ("b", "d", "e"))

    def advised(config: Any) -> list[Any]:
        return [({}, each) for each in after[config]]

    start: Any = "start"
    tried, best, healthy = climb(start, advised(start), attempt, advised)
    assert asked == [("start", "a"), ("start", "b"), ("b", "c"), ("b", "d"), ("d", "e")]
    assert ([each.config for each in tried], best, healthy) == ([*"abcde"], "e", True)
    after["e"] = ["f"]
    assert climb(start, advised(start), attempt, advised)[2] is False


def test_following_trains_each_advice_beside_the_best_so_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlpcli.explain.follow.MOST_TRIED", 1)
    trained = mlpcli(["train", TINY, "-s", "width=2", "-s", "steps=150"], tmp_path)
    with contextlib.chdir(tmp_path):
        found = explained(Path(trained.stdout.strip()))
        followed = follow(found, Path("proofs"), explained)
    assert found.causes[0].rule == "bottleneck"
    (tried,) = followed.tried
    assert tried.helps
    assert followed.config.width == 128
    assert followed.proof.answer == "better"
    lines = texts(followed_sections(followed))
    assert lines[0].startswith("1. width: 128: the advice holds: +")
    record = followed_json(followed)
    assert record["tried"][0]["advice"]["width"] == 128
    assert record["followed_config"]["name"] == "tiny-advised1"


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
    plain: Evidence,
) -> None:
    evidence, last = plain, plain.course.last.step
    config = evidence.config.model_copy(update={"steps": 2 * last, "patience": 3})
    stopped = dataclasses.replace(evidence, config=config)
    assert (stopped.patience_spent, evidence.patience_spent) == (True, False)
    (falling,) = (each for each in fired(stopped) if each.name == "still falling")
    assert falling.advice(stopped) == {"patience": 6}
