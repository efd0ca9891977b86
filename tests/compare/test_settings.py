"""Settings over seeds: how runs are grouped, ranked and judged, and how that is shown."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from running import ROOT, in_process, mlpcli

from mlpcli.compare.baseline import BaselineError
from mlpcli.compare.columns import ColumnError
from mlpcli.compare.comparison import compare
from mlpcli.compare.query import OptionError, Query
from mlpcli.compare.ranking import Ranking
from mlpcli.compare.settings import Setting
from mlpcli.compare.where import parse_where
from mlpcli.errors import DivergedError
from mlpcli.runs.find import runs_in

Finished = Callable[..., Path]
Unfinished = Callable[..., Path]

LOW, HIGH = (0.95, 0.951, 0.952, 0.95), (0.97, 0.971, 0.973, 0.971)


@pytest.fixture
def trained(finished: Finished) -> Callable[..., Path]:
    """Give a function that makes a completed run of each seed from 0 on."""

    def trained(
        name: str, learning_rate: float, accuracies: Sequence[float], first: int = 0
    ) -> Path:
        for seed, accuracy in enumerate(accuracies, start=first):
            config = f"dataset: mnist\nlearning_rate: {learning_rate}\nseed: {seed}\n"
            path = finished(name, config, val_accuracy=accuracy, test_accuracy=accuracy - 0.01)
        return path.parent

    return trained


def ranked(folder: Path, baseline: str | None = None, **query: Any) -> Ranking:
    return compare(runs_in(folder)[0], Query("setting", baseline, **query)).ranking


def mean(setting: Setting, key: str) -> float:
    found = setting.mean(key)
    assert found
    return found.mean


def verdicts(folder: Path, *words: str) -> dict[str, str]:
    settings = json.loads(shown(folder, "--json", *words))["settings"]
    return {each["setting"]: each["verdict"] for each in settings}


def complaints(folder: Path, *words: str) -> str:
    return in_process("compare", folder, *words).stderr


def shown(folder: Path, *words: str, **environment: str) -> str:
    return in_process("compare", folder, *words, **environment).stdout


def test_runs_that_differ_in_seed_and_name_alone_are_one_setting(trained: Any) -> None:
    trained("a", 0.1, (0.9, 0.92))
    folder = trained("other", 0.1, (0.94,), first=2)
    (setting,) = ranked(folder).settings
    assert (setting.label, setting.seeds) == ("a", {0: 0.9, 1: 0.92, 2: 0.94})
    assert mean(setting, "val_accuracy") == pytest.approx(0.92)


def test_a_seed_run_twice_counts_once(trained: Any) -> None:
    trained("a", 0.1, (0.9, 0.92))
    folder = trained("a", 0.1, (0.9,))
    assert len(ranked(folder).settings[0].seeds) == 2


def test_of_runs_of_a_seed_with_different_results_the_newest_is_taken(trained: Any) -> None:
    trained("a", 0.1, LOW)
    folder = trained("z", 0.1, (0.9,))
    trained("a", 0.1, LOW[1:2], first=1)  # a repeat of the same result is nothing to tell
    for path in folder.iterdir():
        said = json.loads((path / "run.json").read_text())
        old = said | ({"started": "2020-01-01T00:00:00+00:00"} if "-z-" in path.name else {})
        (path / "run.json").write_text(json.dumps(old))
    assert ranked(folder).settings[0].seeds[0] == LOW[0]
    assert complaints(folder, "--json") == (
        "a: runs of seed 0 came to different results; the newest of each is taken\n"
    )


def test_settings_on_other_data_are_not_compared(trained: Any) -> None:
    trained("a", 0.1, LOW)
    trained("b", 0.3, LOW)
    folder = trained("c", 0.2, HIGH)
    trained("d", 0.2, HIGH)
    for path in folder.iterdir():
        said = json.loads((path / "run.json").read_text())
        data = {"sha256": ("f" if "-c-" in path.name else "0") * 64}
        (path / "run.json").write_text(json.dumps({**said, "data": data}))
    assert verdicts(folder) == {
        "c": "other data: not comparable",
        "d": "best of 3, beyond chance",
        "a": "worse",
        "b": "worse",
    }
    assert verdicts(folder, "--baseline", "c") == {
        "c": "baseline",
        **dict.fromkeys("dab", "other data: not comparable"),
    }
    assert "data" in ranked(folder).differing()[0]
    assert set(verdicts(folder, "--where", f"data={'f' * 12}")) == {"c"}


def test_settings_of_one_name_are_told_apart_by_digits(trained: Any) -> None:
    trained("a", 0.1, (0.9,))
    folder = trained("a", 0.2, (0.91,))
    ranking = ranked(folder)
    labels = [each.label for each in ranking.settings]
    assert all(re.fullmatch("a#[0-9a-f]{6}", label) for label in labels)
    assert len(set(labels)) == 2
    assert ranking.differing() == (("learning_rate",), {"dataset": "mnist"})


def test_a_settings_digits_stay_whatever_is_left_out(trained: Any) -> None:
    for learning_rate in (0.1, 0.2, 0.3):
        folder = trained("a", learning_rate, LOW)

    def labels(*words: str) -> dict[float, str]:
        settings = json.loads(shown(folder, "--json", *words))["settings"]
        return {each["config"]["learning_rate"]: each["setting"] for each in settings}

    every = labels()
    assert labels("--where", "learning_rate>0.1") == {k: every[k] for k in (0.2, 0.3)}
    alone = ranked(folder, baseline=every[0.2], where=parse_where("learning_rate=0.2"))
    assert alone.reference
    assert alone.reference.label == "a"


def test_a_setting_has_the_shortest_of_its_runs_names_and_the_first_of_those(trained: Any) -> None:
    for name in ("bb", "aa", "aaa"):
        folder = trained(name, 0.1, (0.9,))
    assert ranked(folder).settings[0].label == "aa"


def test_a_baseline_that_several_have_for_a_name_is_refused_with_what_differs(
    trained: Any,
) -> None:
    trained("a", 0.1, LOW)
    folder = trained("a", 0.2, HIGH)
    marks = [each.mark for each in ranked(folder).settings]
    with pytest.raises(BaselineError) as caught:
        ranked(folder, baseline="a")
    assert str(caught.value) == "--baseline a: 2 settings have that name"
    assert caught.value.hint == (
        f"choose from {marks[0]} (learning_rate 0.2), {marks[1]} (learning_rate 0.1)"
    )


def test_settings_are_shown_where_one_has_two_different_seeds(trained: Any) -> None:
    trained("a", 0.1, (0.9,))
    trained("b", 0.2, (0.9,))
    folder = trained("b", 0.2, (0.9,))  # the same seed again: still runs
    assert shown(folder).startswith("3 runs;")
    assert shown(folder, "--by", "setting").startswith("2 settings, of 3 runs;")
    trained("b", 0.2, (0.9,), first=1)
    assert shown(folder).startswith("2 settings, of 4 runs;")
    assert shown(folder, "--by", "run").startswith("4 runs;")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["--columns", "seed"], "4 runs"),
        (["--columns", "run,val_accuracy"], "4 runs"),
        (["--sort", "started"], "4 runs"),
        (["--columns", "val_accuracy,learning_rate"], "2 settings"),
        (["--columns", "verdict"], "2 settings"),
        (["--sort", "difference"], "2 settings"),
        (["--spread", "sd"], "2 settings"),
    ],
)
def test_names_of_runs_or_settings_alone_say_which_are_shown(
    trained: Any, words: list[str], what: str
) -> None:
    trained("a", 0.1, (0.9, 0.91))
    folder = trained("b", 0.2, (0.9, 0.91))
    assert shown(folder, *words).startswith(what)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--by", "run", "--columns", "verdict"], "--columns verdict: of settings, and --by run "),
        (["--by", "setting", "--sort", "started"], "--sort started: of single runs, and --by set"),
        (["--columns", "run,verdict"], "--columns verdict: of settings, and --columns run asks"),
        (["--baseline", "a", "--columns", "seed"], "--columns seed: of single runs, and --basel"),
        (["--spread", "sd", "--columns", "seed"], "--columns seed: of single runs, and --spread s"),
        (["--where", "seeds>3"], "--where seeds: of settings, and a condition is asked of single"),
    ],
)
def test_a_column_that_another_option_contradicts_is_refused(
    trained: Any, words: list[str], message: str
) -> None:
    folder = trained("a", 0.1, LOW)
    with pytest.raises(ColumnError) as caught:
        shown(folder, *words)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_spread_is_of_tables_alone(trained: Any, form: str) -> None:
    folder = trained("a", 0.1, LOW)
    with pytest.raises(OptionError, match=f"{form} has sd and interval"):
        shown(folder, "--format", form, "--spread", "sd")


def test_a_setting_that_is_better_beyond_chance_is_called_so(trained: Any) -> None:
    trained("low", 0.1, LOW)
    folder = trained("high", 0.2, HIGH)
    assert verdicts(folder) == {"high": "best of 2, beyond chance", "low": "worse"}
    (_, low) = (each.standing for each in ranked(folder).ranked)
    assert low is not None
    assert low.difference.paired
    assert low.difference.mean == pytest.approx(-0.0205)
    assert low.difference.p_better == 0


def test_settings_that_are_not_told_apart_are_a_tie(trained: Any) -> None:
    trained("a", 0.1, (0.95, 0.96, 0.955))
    folder = trained("b", 0.2, (0.952, 0.957, 0.957))
    said = verdicts(folder)
    assert said["b"] == "best of 2, tied with 1"
    assert re.fullmatch(r"undecided; \d+ to \d+ more seeds", said["a"])


def test_seeds_that_all_differ_alike_are_no_proof_until_they_are_six(trained: Any) -> None:
    scores = (0.95, 0.96, 0.955, 0.951, 0.953)
    trained("a", 0.1, scores)
    folder = trained("b", 0.2, [each + 0.002 for each in scores])
    assert verdicts(folder)["a"] == "undecided; 1 more seed"
    (_, a) = json.loads(shown(folder, "--json"))["settings"]
    assert (a["p_adjusted"], a["difference_low"], a["difference_high"]) == (2 / 32, None, None)
    trained("a", 0.1, (0.96,), first=5)
    trained("b", 0.2, (0.962,), first=5)
    assert verdicts(folder) == {"b": "best of 2, beyond chance", "a": "worse"}


def test_seeds_that_came_to_the_same_ask_for_no_more_of_them(trained: Any) -> None:
    trained("a", 0.1, HIGH)
    folder = trained("b", 0.2, HIGH)
    assert verdicts(folder) == {"a": "best of 2, tied with 1", "b": "equivalent: the same results"}
    assert records(folder)["b"]["seeds_needed_high"] is None


def test_two_seeds_are_too_few(trained: Any) -> None:
    trained("a", 0.1, (0.95, 0.95))
    folder = trained("b", 0.2, (0.97, 0.97))
    assert verdicts(folder) == {
        "b": "best of 2, maybe by luck",
        "a": "too few seeds: 3 at least",
    }


def test_the_only_one_of_enough_seeds_may_be_the_best_by_luck(trained: Any) -> None:
    trained("few", 0.1, LOW[:2])
    folder = trained("high", 0.2, HIGH)
    assert verdicts(folder)["high"] == "best of 2, maybe by luck"
    assert "high has the best mean of 2, which may be luck" in " ".join(shown(folder).split())


def test_a_baseline_takes_the_place_of_the_best(trained: Any) -> None:
    trained("low", 0.1, LOW)
    folder = trained("high", 0.2, HIGH)
    assert verdicts(folder, "--baseline", "low") == {"high": "better", "low": "baseline"}


def test_a_baseline_that_is_no_setting_is_refused(trained: Any) -> None:
    folder = trained("low", 0.1, LOW)
    with pytest.raises(BaselineError) as caught:
        ranked(folder, baseline="lo\x1b")
    assert str(caught.value) == "--baseline lo\\x1b: no such setting with a result"
    assert caught.value.hint == "choose from low"


def test_a_baseline_is_of_settings_alone(trained: Any) -> None:
    folder = trained("low", 0.1, LOW)
    with pytest.raises(OptionError, match="--by run shows runs, --baseline settings"):
        shown(folder, "--by", "run", "--baseline", "low")


def test_a_diverged_seed_counts_as_chance(trained: Any, unfinished: Unfinished) -> None:
    folder = trained("a", 0.1, LOW)
    config = "dataset: mnist\nlearning_rate: 0.1\nseed: 4\n"
    unfinished("a", DivergedError(5, "loss"), config=config)
    (setting,) = ranked(folder).settings
    assert setting.seeds[4] == 0.1
    assert setting.diverged == 1
    expected = {"val_accuracy": (sum(LOW) + 0.1) / 5, "test_accuracy": (sum(LOW) - 0.04 + 0.1) / 5}
    assert {key: setting.get(key) for key in expected} == pytest.approx(expected)
    assert mean(setting, "test_accuracy") == pytest.approx(expected["test_accuracy"])
    assert setting.mean("test_loss") is None  # of a network that diverged it is no number
    assert mean(setting, "seconds") == pytest.approx(1.5)
    assert "5, 1 diverged" in shown(folder)


def test_unfinished_seeds_are_told_and_do_not_count(trained: Any, unfinished: Unfinished) -> None:
    folder = trained("a", 0.1, LOW)
    unfinished("a", ValueError(), config="dataset: mnist\nlearning_rate: 0.1\nseed: 4\n")
    (setting,) = ranked(folder).settings
    assert set(setting.seeds) == {0, 1, 2, 3}
    assert "4 of 5 finished" in shown(folder)


def test_a_setting_without_a_result_stands_last(trained: Any, unfinished: Unfinished) -> None:
    folder = trained("a", 0.1, LOW)
    unfinished("b", ValueError(), config="learning_rate: 0.2\nseed: 0\n")
    assert verdicts(folder) == {"a": "alone", "b": "no result"}


def test_the_best_is_said_to_be_so_of_those_with_enough_seeds(trained: Any) -> None:
    trained("short", 0.3, (0.99, 0.99))
    folder = trained("low", 0.1, LOW)
    assert verdicts(folder)["low"] == "alone with 3 seeds or more"
    said = "low alone has 3 seeds, and another a better mean: a verdict takes 3 seeds of each."
    assert said in " ".join(shown(folder).split())
    trained("high", 0.2, HIGH)
    assert verdicts(folder)["high"] == "best of 2, beyond chance"
    trained("even", 0.4, (0.969, 0.972, 0.972, 0.97))
    assert verdicts(folder)["high"] == "best of 3, tied with 1"


def test_a_difference_says_which_seeds_it_is_of(trained: Any) -> None:
    trained("best", 0.2, HIGH)
    trained("part", 0.1, LOW[:3])
    folder = trained("other", 0.3, (0.96, 0.951, 0.949), first=10)
    table = [line for line in shown(folder, "--md").splitlines() if line.startswith("|")]
    heads, *lines = [re.split(r"(?<!\\)\|", line.replace("\\_", "_"))[1:-1] for line in table]
    cells = {line[0].strip(): dict(zip(map(str.strip, heads), line, strict=True)) for line in lines}
    assert cells["part"]["difference"].endswith(", 3 shared seeds ")
    assert cells["other"]["difference"].endswith(", unpaired ")
    assert cells["part"]["p_better"] == " 0 of 3 "
    assert cells["other"]["p_better"] == " 0.00 "


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ("status=completed", "status"),
        ("seconds<9 and seed<9", "seconds"),
        ("seed<9", ""),
    ],
)
def test_a_condition_on_results_is_told_to_choose_among_seeds(
    trained: Any, condition: str, named: str
) -> None:
    folder = trained("a", 0.1, LOW)
    said = complaints(folder, "--where", condition)
    assert said.startswith(f"--where {named}: a condition on results chooses") is bool(named)
    assert "chooses" not in complaints(folder, "--by", "run", "--where", condition)


def test_the_top_are_judged_among_all(trained: Any) -> None:
    trained("low", 0.1, LOW)
    trained("even", 0.3, HIGH)
    folder = trained("high", 0.2, [each + 0.0001 for each in HIGH])
    ranking = ranked(folder, top=1)
    assert [each.label for each in ranking.settings] == ["high"]
    assert (ranking.best_of, ranking.tied) == (3, 1)  # four seeds, all alike: p = 2 / 16


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ({}, ["high", "low"]),
        ({"reverse": True}, ["low", "high"]),
        ({"sort": "learning_rate"}, ["low", "high"]),
        ({"sort": "learning_rate", "reverse": True}, ["high", "low"]),
        ({"sort": "test_accuracy"}, ["high", "low"]),
        ({"sort": "name"}, ["high", "low"]),
        ({"sort": "name", "reverse": True}, ["low", "high"]),
    ],
)
def test_settings_are_in_the_order_asked_for(
    trained: Any, query: Mapping[str, Any], order: list[str]
) -> None:
    trained("low", 0.1, LOW)
    folder = trained("high", 0.2, HIGH)
    assert [each.label for each in ranked(folder, **query).settings] == order


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("sort", ["val_accuracy", "learning_rate", "test_accuracy"])
def test_settings_of_which_no_run_was_completed_are_last(
    trained: Any, unfinished: Unfinished, sort: str, reverse: bool
) -> None:
    trained("low", 0.3, LOW)
    folder = trained("high", 0.2, HIGH)
    ends = {"diverged": DivergedError(5, "loss"), "failed": ValueError()}
    for rate, (name, error) in zip((0.1, 0.4), ends.items(), strict=True):
        for seed in range(3):
            config = f"dataset: mnist\nlearning_rate: {rate}\nseed: {seed}\n"
            unfinished(name, error, config=config)
    labels = [each.label for each in ranked(folder, sort=sort, reverse=reverse).settings]
    assert set(labels[2:]) == set(ends)


def on_terminal(folder: Path, columns: int) -> list[str]:
    text = shown(folder, FORCE_COLOR="1", COLUMNS=str(columns), TERM="xterm")
    return re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()


def test_at_80_columns_the_verdict_stands_beside_the_accuracy(trained: Any) -> None:
    trained("a", 0.1, (0.95, 0.96, 0.955))
    folder = trained("b", 0.2, (0.952, 0.957, 0.957))
    _, heads, best, other, _, *others, note, equal, conclusion, more = on_terminal(folder, 80)
    assert heads.split() == ["setting", "seeds", "val_accuracy", "difference", "verdict"]
    # sd 0.289 of 0.952, 0.957, 0.957: 4.303 sd / sqrt(3) = 0.717 points
    assert re.match(r"b +3 +95\.53 ±0\.72 % +best of 2, tied with 1$", best)
    assert re.match(r"a +3 +95\.5 ±1\.2 % +-0\.03 ±0\.72 +undecided; \d+ to [\d,]+ more", other)
    assert others[0].split()[:3] == ["setting", "learning_rate", "test_accuracy"]
    assert f"{note} {equal}" == (
        "± and brackets: the 95 % interval of the mean over 3 seeds. Equivalent: less than 0.16 "
        "points apart."
    )
    assert f"{conclusion} {more}" == (
        "b has the best mean of 2; of 1 other it is undecided. Differences are to it, in points."
    )


@pytest.mark.parametrize("columns", [40, 60, 80, 132])
def test_no_line_is_longer_than_the_terminal_is_wide(trained: Any, columns: int) -> None:
    trained("low-" * 15, 0.1, LOW)
    folder = trained("high", 0.2, HIGH)
    lines = on_terminal(folder, columns)
    assert max(map(len, lines)) <= columns
    assert any("verdict" in line for line in lines)


def test_csv_and_markdown_have_a_line_a_setting(trained: Any) -> None:
    trained("low", 0.1, LOW)
    folder = trained("high", 0.2, HIGH)
    heads, *lines = csv.reader(io.StringIO(shown(folder, "--csv")))
    assert heads[:4] == ["setting", "dataset", "learning_rate", "seeds"]
    assert [line[2:4] for line in lines] == [["0.2", "4"], ["0.1", "4"]]
    assert shown(folder, "--csv", "--top", "1") == "".join(
        shown(folder, "--csv").splitlines(keepends=True)[:2]
    )
    assert len([line for line in shown(folder, "--md").splitlines() if line[:1] == "|"]) == 4


def records(folder: Path, *words: str) -> dict[str, dict[str, Any]]:
    return {e["setting"]: e for e in json.loads(shown(folder, "--json", *words))["settings"]}


def test_json_has_a_word_for_each_verdict(trained: Any, unfinished: Unfinished) -> None:
    trained("low", 0.1, LOW)
    folder = trained("high", 0.2, HIGH)

    def words(*options: str) -> dict[str, str]:
        return {label: each["answer"] for label, each in records(folder, *options).items()}

    assert words() == {"high": "best", "low": "worse"}
    assert words("--baseline", "low") == {"high": "better", "low": "baseline"}
    assert words("--where", "learning_rate=0.1") == {"low": "alone"}
    trained("even", 0.3, (0.969, 0.972, 0.972, 0.97))
    assert words() == {"high": "tied", "even": "undecided", "low": "worse"}
    trained("short", 0.4, (0.9, 0.9))
    unfinished("none", ValueError(), config="learning_rate: 0.5\nseed: 0\n")
    assert words() == {
        "high": "tied", "even": "undecided", "low": "worse", "short": "too_few_seeds",
        "none": "no_result",
    }  # fmt: skip


def test_json_says_what_was_asked_and_what_was_tested(trained: Any) -> None:
    trained("low", 0.1, LOW)
    trained("short", 0.3, (0.9, 0.9))
    folder = trained("high", 0.2, HIGH)
    value = json.loads(shown(folder, "--json", "--where", "seed<9", "--baseline", "low"))
    assert value["query"] == {
        "by": "setting", "baseline": "low", "where": "seed<9", "sort": "val_accuracy",
        "reverse": False, "top": None, "columns": [], "margin": None,
    }  # fmt: skip
    assert (value["reference"], value["best_of"], value["too_few"]) == ("low", 3, 1)
    high, low, short = (records(folder, "--baseline", "low")[k] for k in ("high", "low", "short"))
    assert (high["paired"], short["paired"], low["paired"]) == (4, 2, None)
    assert high["p_adjusted"] < 0.05
    assert (short["p_adjusted"], low["p_adjusted"]) == (None, None)


def test_json_says_what_the_seeds_needed_would_detect(trained: Any) -> None:
    trained("a", 0.1, (0.95, 0.96, 0.955))
    folder = trained("b", 0.2, (0.952, 0.957, 0.957))
    a = records(folder)["a"]
    assert a["detects"] == pytest.approx(0.0016)  # |0.955 - 0.95533| is below the margin
    assert 3 < a["seeds_needed_low"] < a["seeds_needed_high"]


# d = 0.1, 0.2, 0.3, 0.4 points: mean 0.25, error 0.0645; t = (0.5 - 0.25) / 0.0645 = 3.87 of 3
# degrees of freedom, p = 0.015 on one side; against no difference p = 0.030
def test_a_difference_beyond_chance_is_equivalent_where_it_is_within_the_margin(
    trained: Any,
) -> None:
    trained("a", 0.1, (0.95, 0.96, 0.955, 0.951))
    folder = trained("b", 0.2, (0.951, 0.962, 0.958, 0.955))
    assert records(folder)["a"]["answer"] == "worse"
    value = json.loads(shown(folder, "--json", "--margin", "0.5"))
    (_, a) = value["settings"]
    assert (a["answer"], a["verdict"]) == ("equivalent", "equivalent")
    assert a["p_equivalent"] == pytest.approx(0.0153, abs=1e-4)
    assert a["p_adjusted"] == pytest.approx(0.0305, abs=1e-4)
    assert (value["margin"], value["query"]["margin"]) == (0.005, 0.5)
    assert (value["tied"], value["equivalent"], value["winner"]) == (1, 1, None)
    assert "b has the best mean of 2; 1 other is equivalent. " in shown(folder, "--margin", "0.5")


def test_a_margin_is_an_amount(trained: Any) -> None:
    folder = trained("a", 0.1, LOW)
    with pytest.raises(OptionError, match="--margin inf: not an amount"):
        in_process("compare", folder, "--margin", "inf")


# means 0.95, 0.96, 0.97, their variance 1e-4; each setting has the variance 1e-4 of its three
# seeds, 1e-4 / 3 of its mean: kept 2 / 3 of the 0.01 above the mean of all
def test_the_best_of_several_stands_without_its_luck_unless_a_baseline_is_named(
    trained: Any,
) -> None:
    for name, rate, mean in (("a", 0.1, 0.95), ("b", 0.2, 0.96), ("c", 0.3, 0.97)):
        folder = trained(name, rate, (mean - 0.01, mean, mean + 0.01))
    winner = json.loads(shown(folder, "--json"))["winner"]
    assert winner["estimate"] == pytest.approx(0.96 + 0.01 * 2 / 3)
    assert (winner["raw"], winner["settings"]) == (pytest.approx(0.97), 3)
    said = " ".join(shown(folder).split())
    assert "Its mean, 97.00 %, is the largest of 3: without that luck 96.67 %." in said
    assert json.loads(shown(folder, "--json", "--baseline", "a"))["winner"] is None


def test_the_interval_of_an_accuracy_ends_at_1_in_every_form(trained: Any) -> None:
    folder = trained("a", 0.1, (0.98, 1.0, 1.0))
    assert records(folder)["a"]["results"]["val_accuracy"]["high"] == 1.0
    assert " 99.3 (96.5 to 100.0) % " in " ".join(shown(folder).split())
    heads, line = csv.reader(io.StringIO(shown(folder, "--csv")))
    assert line[heads.index("val_accuracy_high")] == "1.0"


def test_a_condition_that_nothing_meets_says_so(trained: Any) -> None:
    folder = trained("a", 0.1, LOW)
    result = in_process("compare", folder, "--where", "seed>9")
    assert result.return_value == 1
    assert result.stderr == (
        "no run is left by --where seed>9\nseed>9 holds of no run: seed is 0, 1, 2 or 3\n"
    )


@pytest.mark.process
@pytest.mark.timeout(1800)
def test_real_settings_are_called_better_only_where_they_are(long: bool, tmp_path: Path) -> None:
    if not long:
        pytest.skip("fifteen real runs, two minutes: asked for by --long")
    tuned = str(ROOT / "configs" / "deep3_tuned.yaml")
    for words in (
        ["--seeds", "5", "-s", "name=first"],
        # where rows end changes no bit, and makes it another setting
        ["--seeds", "5,6,7,8,9", "-s", "name=again", "-s", "log_every=50"],
        ["--seeds", "5", "-s", "name=slow", "-s", "learning_rate=0.05"],
    ):
        assert mlpcli(["train", tuned, *words], tmp_path, timeout=600).returncode == 0
    said = verdicts(tmp_path / "runs", "--baseline", "slow")
    assert said == {"first": "better", "again": "better", "slow": "baseline"}
    said = verdicts(tmp_path / "runs", "--where", "learning_rate=0.2")
    assert sorted(said.values())[0] == "best of 2, tied with 1"
    assert sorted(said.values())[1].startswith(("undecided; ", "equivalent"))
