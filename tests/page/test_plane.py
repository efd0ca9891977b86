"""The plane of a network on a page: what has none costs nothing."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from once import Once
from running import only_run

from mlpcli.data import DataSpec, dataset_of
from mlpcli.page.examined import Examined
from mlpcli.page.plane import plane_figures
from mlpcli.runs import load_run


@pytest.mark.parametrize("name", ["mnist", "iris", "breast_cancer"])
def test_of_what_is_no_plane_neither_data_nor_weights_are_read(name: str) -> None:
    facts = dataset_of(DataSpec(name)).facts
    classes: Any = getattr(facts.task, "classes", ())
    run = SimpleNamespace(config={"dataset": name, "activation": "relu"})
    # it has no test examples, no network and no answers: to ask for them is an error
    seen: Any = SimpleNamespace(facts=facts, classes=classes, run=run)
    assert plane_figures(seen) == []


@pytest.mark.process
def test_a_plane_that_its_inputs_do_not_show_is_drawn_without_examples(
    tmp_path: Path, once: Once
) -> None:
    (tmp_path / "a.yaml").write_text(
        "dataset: spiral\ninputs: [x^2, sin(y)]\nlayers: 2\nwidth: 4\nlearning_rate: 0.1\n"
        "steps: 20\nbatch_size: 10\n"
    )
    assert once.mlpcli(["train", "a.yaml"], tmp_path).returncode == 0
    boundary, units = plane_figures(Examined(load_run(only_run(tmp_path))))
    assert (boundary.title, units.title) == ("Decision boundary", "Hidden units")
    assert "examples" not in boundary.description
