"""Seeds one after another until it is decided: what is trained and said, and what is refused."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from running import SHORT, TINY, in_process, mlpcli

from mlpcli.config.load import load_config
from mlpcli.config.seeds import SeedsError
from mlpcli.training import until_decided as module
from mlpcli.training.until_decided import Contest, require_contest, until_decided

CONFIGS = [load_config(Path(TINY), (f"name={name}",)) for name in "abc"]


class Heard:
    """Talk that is kept."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str, style: str = "") -> None:
        """Keep a line."""
        self.lines.append(text)

    tell = say


def contest_of(
    monkeypatch: pytest.MonkeyPatch, scores: dict[str, Sequence[float]], margin: float | None = 0
) -> tuple[Contest, Heard, list[tuple[int, str]]]:
    """Let configs of these scores by seed compete; return what was said, and what was trained."""
    trained: list[tuple[int, str]] = []

    def load(path: Any) -> Any:
        return SimpleNamespace(counted={"val_accuracy": path}.get)

    def train(configs: Sequence[Any]) -> list[Any]:
        trained.extend((config.seed, config.name) for config in configs)
        return [
            SimpleNamespace(path=scores[each.name][each.seed], status="completed")
            for each in configs
        ]

    monkeypatch.setattr(module, "load_run", load)
    contest = Contest([each for each in CONFIGS if each.name in scores], margin)
    talk: Any = Heard()
    until_decided(contest, len(scores["a"]), talk, train)
    talk.lines += contest.ends()
    return contest, talk, trained


def test_a_clear_difference_ends_it_at_the_fifth_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    first = [0.90, 0.91, 0.92, 0.90, 0.91, 0.9, 0.9]
    lead = [0.030, 0.031, 0.029, 0.032, 0.028, 0, 0]
    scores = {"a": first, "b": [x + d for x, d in zip(first, lead, strict=True)]}
    contest, talk, trained = contest_of(monkeypatch, scores)
    assert contest.looks[1].answer == "better"
    assert trained == [(seed, name) for seed in range(5) for name in "ab"]
    assert (
        talk.lines[0]
        == "after 3 seeds: b +3.00 points beside a: undecided; an interval takes 5 seeds"
    )
    assert re.fullmatch(
        r"after 5 seeds: b \+3\.00 points \(\+2\.\d\d to \+3\.\d\d\) beside a: better than a",
        talk.lines[2],
    )
    assert "too narrow" in talk.lines[-1]


def test_what_is_decided_is_trained_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    first = [0.90, 0.91, 0.92, 0.90, 0.91, 0.9, 0.9, 0.9]
    wave = [0.02, -0.02, 0.02, -0.02, 0.02, -0.02, 0.02, -0.02]
    drop = [0.050, 0.0501, 0.0502, 0.0501, 0.05, 0.0502, 0.05, 0.05]
    scores = {
        "a": first,
        "b": [x + d for x, d in zip(first, wave, strict=True)],
        "c": [x - d for x, d in zip(first, drop, strict=True)],
    }
    contest, talk, trained = contest_of(monkeypatch, scores)
    assert contest.looks[2].answer == "worse"
    assert contest.looks[1].answer == "undecided"
    assert max(seed for seed, name in trained if name == "c") == 5  # of two beside a: six seeds
    assert max(seed for seed, name in trained if name == "b") == 7
    assert talk.lines[-4].endswith("beside a: undecided")
    assert talk.lines[-3].endswith("worse than a")
    assert talk.lines[-2] == "go on with the same command and --needed, and a larger --max-seeds"


def test_within_the_margin_is_equivalent(monkeypatch: pytest.MonkeyPatch) -> None:
    first = [0.90, 0.91, 0.92, 0.90, 0.91, 0.9, 0.9, 0.9]
    near = [0.001, -0.001, 0.001, -0.001, 0.001, -0.001, 0.001, -0.001]
    scores = {"a": first, "b": [x + d for x, d in zip(first, near, strict=True)]}
    contest, talk, _ = contest_of(monkeypatch, scores, margin=1.0)
    assert contest.looks[1].answer == "equivalent"
    assert talk.lines[-2].endswith("beside a: equivalent to a")


def test_what_cannot_be_held_against_another_is_refused() -> None:
    with pytest.raises(SeedsError, match="one config, and it takes two or more"):
        require_contest(CONFIGS[:1], (), 30)
    with pytest.raises(SeedsError, match="--seeds until-decided and -s seed=3"):
        require_contest(CONFIGS, ("seed=3",), 30)
    with pytest.raises(SeedsError, match="a is the name of two configs"):
        require_contest([CONFIGS[0], CONFIGS[0]], (), 30)
    with pytest.raises(SeedsError, match="two of a, b are the same config"):
        require_contest(CONFIGS[:2], (), 30)
    other = load_config(Path(TINY), ("dataset=digits",))
    with pytest.raises(SeedsError, match="scored on other data"):
        require_contest([CONFIGS[0], other], (), 30)
    with pytest.raises(SeedsError, match="--max-seeds 5: nothing is decided of 3 configs before 6"):
        require_contest(
            [CONFIGS[0].model_copy(update={"width": 20 + i, "name": f"{i}"}) for i in range(3)],
            (),
            5,
        )
    for words, said in (
        (["--margin", "1"], "--margin: for --seeds until-decided alone"),
        (["--seeds", "until-decided", "--folds", "3"], "--seeds until-decided and --folds"),
        (["--seeds", "until_decided"], "until_decided: not a number of seeds"),
    ):
        with pytest.raises(SeedsError, match=said):
            in_process("train", TINY, TINY, *words)


@pytest.mark.tf
def test_the_command_trains_until_it_is_decided_and_goes_on_where_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SHORT)
    (tmp_path / "b.yaml").write_text(SHORT.replace("learning_rate: 0.1", "learning_rate: 1e-5"))
    words = ["train", "a.yaml", "b.yaml", "--seeds", "until-decided", "--max-seeds", "9"]
    done = mlpcli(words, tmp_path)
    assert done.returncode == 0, done.stderr
    runs = [json.loads((run / "run.json").read_text()) for run in (tmp_path / "runs").iterdir()]
    assert len(runs) == len(done.stdout.splitlines())
    assert 10 <= len(runs) < 18
    assert "worse than a" in done.stderr
    again = mlpcli([*words, "--needed", "--json"], tmp_path)
    assert "importing TensorFlow" not in again.stderr
    (verdict,) = json.loads(again.stdout)["verdicts"]
    assert (verdict["name"], verdict["beside"], verdict["answer"]) == ("b", "a", "worse")
    assert verdict["low"] < verdict["mean"] < verdict["high"] < 0
    assert verdict["seeds"] == len(runs) / 2
    assert len(list((tmp_path / "runs").iterdir())) == len(runs)
    assert "worse than a" in again.stderr
