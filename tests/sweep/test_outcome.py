"""The end of a sweep: no luck is sold as skill, and what there is to find is found."""

import json
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest
from running import TINY

from mlpcli.search.asker import Asker, Told
from mlpcli.search.space import Values
from mlpcli.search.spec import Spec
from mlpcli.search.spec_file import Asked, load_sweep
from mlpcli.stats import Answer
from mlpcli.sweep.answer import answer
from mlpcli.sweep.finals import Finalist, finalists
from mlpcli.sweep.outcome import Outcome, outcome
from mlpcli.sweep.records import summary_record, sweep_schema
from mlpcli.sweep.trial import Trial

WORDS = ["layers=1,2,3,4", "batch_size=16,32,64", "momentum=0.0,0.5,0.9"]
NOISE = 0.006  # sd over seeds


def spec_of(*words: str, **asked: object) -> Spec:
    return load_sweep(Path(TINY), words, Asked(**asked))  # type: ignore[arg-type]


def simulated(
    spec: Spec, truth: Callable[[Values], float], seed: int, noise: float = NOISE
) -> Outcome:
    """Return how a sweep comes out whose runs score the truth and normal noise."""
    draw = random.Random(seed)
    asker, results, trials = Asker(spec), dict[int, Told](), list[Trial]()
    while len(trials) < spec.most and (values := asker.ask(results)) is not None:
        number = len(trials)
        score = truth(values) + draw.gauss(0, noise)
        trials.append(
            Trial(number, values, spec.config(values, number), status="completed", score=score)
        )
        results[number] = Told(values, score)
    chosen, more = finalists(trials, spec)
    for finalist in chosen:
        for fresh in range(1, spec.seeds + 1):
            finalist.scores[fresh] = truth(finalist.trial.values) + draw.gauss(0, noise)
            finalist.seconds[fresh] = 2.0
    return outcome(spec, trials, chosen, more)


@pytest.fixture(scope="module")
def null_sweeps() -> list[Outcome]:
    """Twenty sweeps over keys that change nothing, half of them by chance, half by search."""
    specs = [spec_of(*WORDS, search=search, trials=30) for search in ("random", "tpe")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "mlpcli.sweep.importance.RESAMPLES", 1
        )  # of intervals not looked at: 1 s each
        return [simulated(specs[seed % 2], lambda _: 0.9, seed) for seed in range(20)]


def test_of_equal_trials_hardly_a_key_is_called_important(null_sweeps: list[Outcome]) -> None:
    called = [any(each.matters for each in found.importances) for found in null_sweeps]
    assert sum(called) <= 1


def test_of_equal_trials_hardly_one_is_called_better(null_sweeps: list[Outcome]) -> None:
    assert sum(bool(found.better) for found in null_sweeps) <= 1
    # that the best of 30 was lucky is seen: by 2.04 standard deviations in the mean, give or take
    # 0.17 over 20 sweeps
    luck = [(found.luck or 0.0) / NOISE for found in null_sweeps]
    assert 2.04 - 3 * 0.17 < sum(luck) / len(luck) < 2.04 + 3 * 0.17


def test_the_fresh_interval_holds_the_true_score() -> None:
    spec = spec_of(*WORDS, search="random", trials=10)  # too few for importances, which take time

    def truth(values: Values) -> float:
        return 0.9 + 0.01 * values["layers"]

    held = []
    for seed in range(200):
        found = simulated(spec, truth, seed)
        assert found.best
        assert found.winner
        fresh = found.winner.fresh
        assert fresh
        assert fresh.low is not None
        assert fresh.high is not None
        held.append(fresh.low <= truth(found.best.values) <= fresh.high)
    assert abs(sum(held) / len(held) - 0.95) < 3 * 0.0154  # three standard errors of 200


def test_a_key_that_matters_is_found_and_its_edge(null_sweeps: list[Outcome]) -> None:
    spec = spec_of(*WORDS, "weight_decay=0.0,0.0001", search="random", trials=36)
    found = simulated(spec, lambda values: 0.8 + 0.03 * values["layers"], 3)
    first = found.importances[0]
    assert (first.key, first.matters) == ("layers", True)
    assert first.part is not None
    assert first.part > 0.5
    assert not any(each.matters for each in found.importances[1:])
    assert [(edge.key, edge.value, edge.widen_to) for edge in found.edges] == [("layers", 4, 5)]
    assert found.best
    assert found.best.values["layers"] == 4


def test_ties_are_told_with_the_cheapest_and_the_price_to_settle_them() -> None:
    spec = spec_of("width=8,16,32,64", "learning_rate=0.1,0.2", seeds=5)

    def truth(values: Values) -> float:
        return 0.9 if values["width"] > 8 else 0.7

    found = simulated(spec, truth, 5, noise=0.003)
    widths = {each.finalist.trial.values["width"] for each in found.tied}
    assert widths == {16, 32, 64}
    assert found.cheapest
    assert found.cheapest.values["width"] == 16
    assert not any(edge.key == "width" for edge in found.edges)  # 64 is the end, and 16 as good
    text = "\n".join(answer(found))
    assert "settings tie" in text
    assert "the cheapest is trial" in text
    assert f"about {found.seeds_to_settle} seeds of each" in text
    assert found.settle_seconds > 0


def test_a_worse_finalist_is_called_worse() -> None:
    spec = spec_of("width=8,16", seeds=8)
    trials = [
        Trial(
            n, {"width": w}, spec.config({"width": w}, n), status="completed", score=0.9 - n / 1e3
        )
        for n, w in enumerate((8, 16))
    ]
    fresh = [(0.900, 0.901, 0.899, 0.902), (0.871, 0.873, 0.870, 0.874)]
    chosen = [
        Finalist(trial, dict(enumerate(scores, 1)), seconds=dict.fromkeys(range(1, 5), 1.0))
        for trial, scores in zip(trials, fresh, strict=True)
    ]
    found = outcome(spec, trials, chosen)
    assert [each.answer for each in found.standings] == [None, Answer.WORSE]
    assert found.seeds_to_settle is None
    assert "no other finalist ties" in "\n".join(answer(found))
    assert "learned nothing" not in "\n".join(answer(found))
    trials[0].learned = False
    assert "even the best has learned nothing: a guess does as well" in "\n".join(answer(found))


def failing() -> Iterator[list[Trial]]:
    spec = spec_of("width=8,16")
    yield []
    yield [Trial(0, {"width": 8}, spec.config({"width": 8}), status="failed")]
    yield [Trial(0, {"width": 8}, spec.config({"width": 8}), status="diverged", score=0.1)]


@pytest.mark.parametrize("trials", [*failing()])
def test_a_sweep_without_a_result_has_an_end(trials: list[Trial]) -> None:
    found = outcome(spec_of("width=8,16"), trials, [])
    assert "\n".join(answer(found)) == "no trial came to its end"
    assert found.edges == ()
    assert math.isfinite(found.settle_seconds)
    jsonschema.validate(summary_record(found), sweep_schema())


def test_the_summary_has_the_shape_of_its_schema_and_scores_in_the_metrics_unit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mlpcli.sweep.importance.RESAMPLES", 2)  # of intervals not looked at
    spec = spec_of(*WORDS, search="random", trials=14, seeds=3, metric="val_loss")
    found = simulated(spec, lambda values: values["layers"] / 100 - 0.5, 3)
    record = json.loads(json.dumps(summary_record(found, "2 side by side"), allow_nan=False))
    jsonschema.validate(record, sweep_schema())
    assert record["side_by_side"] == "2 side by side"
    assert len(record["trials"]) == 14
    assert {each["key"] for each in record["importances"]} == {"layers", "batch_size", "momentum"}
    assert record["edges"][0] == {"key": "layers", "value": 4, "end": "high", "widen_to": 5}
    first = record["finalists"][0]
    assert first["answer"] is None
    assert 0 < first["fresh"]["low"] < first["fresh"]["mean"] < first["fresh"]["high"] < 1
    for wrong in ({"best": "first"}, {"trials": [1]}, {"finalists": [{**first, "answer": "good"}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**record, **wrong}, sweep_schema())
