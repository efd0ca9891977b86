"""What following an advice is expected to bring: a table that was learned from counterfactuals.

gains.yaml has a small tree for each rule, which a person can read. Its leaves are the mean share of
what was missing to a perfect score that the advice brought to runs like this one; how it was made
stands at its head.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from mlpcli.explain.features import Features

TABLE = "gains.yaml"
ELSE = "else"
Tree = Mapping[str, Any] | float


def expected_share(rule: str, known: Features) -> float:
    """Return the share of what is missing to a perfect score that a rule's advice would bring.

    Below 0 where it did harm. 0 of a rule that the table does not have.
    """
    tree: Tree = table().get(rule, 0.0)
    while isinstance(tree, Mapping):
        (question, yes), (_, no) = tree.items()
        name, _, limit = question.rpartition(" < ")
        tree = yes if known[name] < float(limit) else no
    return float(tree)


@cache
def table() -> Mapping[str, Tree]:
    """Return the tree of each rule: nested (question, what if so, what else), or a share."""
    import yaml

    text = files("mlpcli.explain").joinpath(TABLE).read_text(encoding="utf-8")
    found: Mapping[str, Tree] = yaml.safe_load(text)
    return found
