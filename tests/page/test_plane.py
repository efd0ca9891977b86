"""The plane of a network on a page: what has none costs nothing."""

from types import SimpleNamespace
from typing import Any

import pytest

from mlpcli.data import DataSpec, dataset_of
from mlpcli.page.plane import plane_figures


@pytest.mark.parametrize("name", ["mnist", "iris", "breast_cancer"])
def test_of_what_is_no_plane_neither_data_nor_weights_are_read(name: str) -> None:
    facts = dataset_of(DataSpec(name)).facts
    classes: Any = getattr(facts.task, "classes", ())
    # it has no test examples, no network and no answers: to ask for them is an error
    assert plane_figures(SimpleNamespace(facts=facts, classes=classes)) == []  # type: ignore[arg-type]
