"""Learn explain's table of gains from counterfactuals: python calibrate.py FILE... [--write PATH].

A regression tree for each rule, of a few questions, on the share of what was missing to a perfect
score that its advice brought. It needs scikit-learn (the extra `bench`). Prints how well the order
that follows does on configs that the trees were not grown on, five folds.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np
from sklearn.tree import DecisionTreeRegressor

DEPTH, LEAST = 3, 8  # questions one after another, and cases of a leaf
PRIOR = 4.0  # cases that the mean of all counts as, where a leaf has few
FOLDS = 5
NEGLIGIBLE = 0.02  # of the missing share: a tree that tells no more apart is a number
Record = dict[str, Any]

HEAD = """\
# What following each rule's advice is expected to bring, as a share of what is missing to a perfect
# validation score, by questions on the run (features.py has their numbers). Behind each number
# stand the cases that it is the mean of, shrunk a little to the mean of the rule. Learned from
# {count:,} runs of random configs, of good ones, and of good ones with one key made bad, each
# trained with and without each advice, by tests/benchmarks/counterfactuals.py and calibrate.py, on
# {sets}.
"""


def read(paths: Sequence[Path]) -> list[Record]:
    """Return the records of files."""
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


def share(record: Record, rule: str) -> float:
    """Return the share of what was missing that a rule's advice brought."""
    before, after = mean(record["before"]), mean(record["after"][rule])
    return max(-1.0, min(1.0, (after - before) / (1 - before + 0.01)))


def grown(records: Sequence[Record]) -> dict[str, Any]:
    """Return a tree for each rule: nested (question, yes, no), or leaves (gain, cases)."""
    rules = sorted({rule for record in records for rule in record["after"]})
    return {rule: _tree(rule, [r for r in records if rule in r["after"]]) for rule in rules}


def _tree(rule: str, records: Sequence[Record]) -> Any:
    names = sorted(records[0]["features"])
    x = np.array([[record["features"][name] for name in names] for record in records])
    y = np.array([share(record, rule) for record in records])
    least = max(LEAST, len(records) // 15)
    tree = DecisionTreeRegressor(max_depth=DEPTH, min_samples_leaf=least, ccp_alpha=2e-4)
    tree.fit(x, y)
    return _node(tree.tree_, 0, names, (x, y, float(y.mean())))


def _node(tree: Any, at: int, names: Sequence[str], data: Any) -> Any:
    x, y, prior = data
    if tree.children_left[at] < 0 or not len(y):
        gain = (y.sum() + PRIOR * prior) / (len(y) + PRIOR)
        return round(float(gain), 2) + 0.0, len(y)
    feature, limit = tree.feature[at], _short(tree.threshold[at], x[:, tree.feature[at]])
    low = x[:, feature] < limit
    children = tree.children_left[at], tree.children_right[at]
    parts = [
        _node(tree, child, names, (x[side], y[side], prior))
        for child, side in zip(children, (low, ~low), strict=True)
    ]
    leaves = [each[0] for each in parts if len(each) == 2]
    if len(leaves) == 2 and abs(leaves[0] - leaves[1]) < NEGLIGIBLE:
        gain = (y.sum() + PRIOR * prior) / (len(y) + PRIOR)
        return round(float(gain), 2) + 0.0, len(y)
    return f"{names[feature]} < {limit:g}", *parts


def _short(limit: float, values: Any) -> float:
    """Return a limit of as few digits as part the values alike."""
    for digits in range(1, 12):
        short = float(f"{limit:.{digits}g}")
        if ((values < short) == (values <= limit)).all():
            return short
    return limit


def predicted(tree: Any, features: dict[str, float]) -> float:
    """Return what a tree says of features."""
    while len(tree) == 3:
        question, yes, no = tree
        name, _, limit = question.rpartition(" < ")
        tree = yes if features[name] < float(limit) else no
    return float(tree[0])


def to_yaml(trees: dict[str, Any], records: Sequence[Record]) -> str:
    """Return trees as the table is written."""
    sets = ", ".join(sorted({record["config"]["dataset"] for record in records}))
    lines = [HEAD.format(count=len(records), sets=sets)]
    for rule, tree in trees.items():
        if len(tree) == 2:
            lines.append(f"{rule}: {tree[0]:g}  # {tree[1]} cases\n")
        else:
            lines.append(f"{rule}:\n" + "".join(_lines(tree, 1)))
    return "".join(lines)


def _lines(tree: Any, depth: int) -> Iterator[str]:
    question, yes, no = tree
    for key, part in ((question, yes), ("else", no)):
        head = f"{'  ' * depth}{key}:"
        if len(part) == 2:
            yield f"{head} {part[0]:g}  # {part[1]}\n"
        else:
            yield f"{head}\n"
            yield from _lines(part, depth + 1)


def main() -> None:
    """Grow the table, say how well it does, and write it."""
    parser = argparse.ArgumentParser(description="Learn explain's table of gains.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    records = read(given.files)
    for line in assessed(records):
        print(line)
    if given.write:
        given.write.write_text(to_yaml(grown(records), records), encoding="utf-8")


def assessed(records: Sequence[Record]) -> Iterator[str]:
    """Yield what the order comes to, for configs of other folds than the trees'."""
    outcomes: list[tuple[Record, list[tuple[float, str]]]] = []
    for fold in range(FOLDS):
        trees = grown([r for i, r in enumerate(records) if i % FOLDS != fold])
        for record in records[fold::FOLDS]:
            missing = 1 - max(0.0, record_score(record))
            ranked = [
                (missing * predicted(trees.get(rule, (0.0, 0)), record["features"]), rule)
                for rule in record["after"]
            ]
            outcomes.append((record, sorted(ranked, reverse=True)))
    for kind in ("any", "planted", "good"):
        of_kind = [(r, ranked) for r, ranked in outcomes if r["kind"] == kind]
        yield from _of_kind(kind, of_kind)


def record_score(record: Record) -> float:
    """Return the validation score that explain sees: of the first seed."""
    return float(record["before"][0])


def _of_kind(
    kind: str, outcomes: Sequence[tuple[Record, list[tuple[float, str]]]]
) -> Iterator[str]:
    if kind == "good":
        for small in (0.005, 0.01, 0.015, 0.02, 0.03):
            calm = [not ranked or ranked[0][0] < small for _, ranked in outcomes]
            yield f"good: {sum(calm)} of {len(calm)} healthy at {small:g}"
        return
    regrets, harmed, first, third = [], 0, 0, 0
    for record, ranked in outcomes:
        if not ranked:
            continue
        gains = {rule: mean(record["after"][rule]) for rule in record["after"]}
        regrets.append(max(gains.values()) - gains[ranked[0][1]])
        harmed += gains[ranked[0][1]] < mean(record["before"]) - 0.005
        keys = [set(record["advice"][rule]) for _, rule in ranked]
        first += record["planted"] in keys[0]
        third += any(record["planted"] in each for each in keys[:3])
    n = max(1, len(regrets))
    yield (
        f"{kind}: {n} cases, regret to the best of the rules {median(regrets or [0]):.4f} in the "
        f"median, {mean(regrets or [0]):.4f} in the mean; harmed {harmed}; planted key first "
        f"{100 * first / n:.0f} %, among three {100 * third / n:.0f} %"
    )


if __name__ == "__main__":
    main()
