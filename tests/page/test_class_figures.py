"""Where a run of classes errs, as figures: of many classes those with most errors."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from mlpcli.page.class_figures import class_figures
from mlpcli.picture import Bars, Heat
from mlpcli.runs import Answers

CLASSES = 10_000


def seen(predicted: list[int], targets: list[int]) -> Any:
    answers = Answers(np.array(predicted, np.uint16), np.array(targets, np.int32))
    names = tuple(f"class {nth}" for nth in range(CLASSES))
    return SimpleNamespace(answers=answers, classes=names, shares=None)


def test_of_ten_thousand_classes_those_with_most_errors_are_shown() -> None:
    # class 7 is taken for 9,999 twice, and 3 for 7 once; all others are right
    right = [*range(CLASSES)]
    heat, bars = class_figures(seen([9_999, 9_999, 7, *right], [7, 7, 3, *right]))
    assert isinstance(heat, Heat)
    assert isinstance(bars, Bars)
    assert len(heat.rows) == len(bars.bars) == 30
    assert "Most often class 7 is taken for class 9999: 2 of 3." in heat.description
    assert heat.description.endswith("Of 10,000 classes the 30 with most errors.")
    places = {name: nth for nth, name in enumerate(heat.rows)}
    assert heat.values[places["class 7"]][places["class 9999"]] == 2
    assert heat.values[places["class 3"]][places["class 7"]] == 1
    assert {each.name: each.value for each in bars.bars}["class 3"] == 50.0
    assert bars.description.startswith("Lowest is class 7 with 33.33 %.")
