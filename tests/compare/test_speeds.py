"""Times of runs that were trained in other circumstances are not taken for a comparison."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from running import in_process

from mlpcli.compare.speeds import circumstances, speed_note

ALONE = circumstances({"host": "a", "side_by_side": 1})
NAMES = ("val_accuracy", "seconds")


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ([{"host": "a", "side_by_side": 1}], ""),
        ([{}], ""),  # an earlier version did not say
        ([{"host": "a", "side_by_side": 2}], "alone and 2 side by side."),
        ([{"host": "b"}], "on 2 machines (a, b)."),
        ([{"host": "a", "side_by_side": 2}, {"host": "b", "side_by_side": 4}],
         "on 2 machines (a, b), alone and 2 side by side and 4 side by side."),
        ([{"host": "a", "side_by_side": 8, "stacked": 8}],
         "alone and 8 side by side, stacked and not."),
        ([{"host": 3, "side_by_side": "many"}], ""),
    ],
)  # fmt: skip
def test_what_differs_is_said_where_times_are_shown(
    others: list[Mapping[str, Any]], said: str
) -> None:
    found = [ALONE, *map(circumstances, others)]
    expected = f"Seconds do not compare: these runs were trained {said}" if said else ""
    assert speed_note(found, NAMES) == expected
    assert speed_note(found, ["val_accuracy"]) == ""


def test_compare_says_it_below_its_table(finished: Callable[..., Path]) -> None:
    for seed in (0, 1):
        run = finished(
            "a", f"dataset: mnist\nlearning_rate: 0.1\nseed: {seed}\n", seconds=1.0 + seed
        )
    folder = run.parent
    assert "Seconds do not compare" not in in_process("compare", folder, "--by", "run").stdout
    file = run / "run.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "side_by_side": 2}))
    for by in ("run", "setting"):
        text = " ".join(in_process("compare", folder, "--by", by).stdout.split())
        assert "trained alone and 2 side by side." in text
    assert "Seconds" not in in_process("compare", folder, "--columns", "val_accuracy").stdout
