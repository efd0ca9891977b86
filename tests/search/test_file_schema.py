"""The JSON Schema of a sweep file marks what the reader refuses, and nothing that it takes."""

import json
from pathlib import Path

import jsonschema
import pytest
from nested_yaml import values_in
from running import ROOT

from mlpcli.errors import ConfigError
from mlpcli.search.file_keys import FILE, LONGEST, MOST_KEYS, MOST_VALUES
from mlpcli.search.file_schema import sweep_file_schema
from mlpcli.search.spec_file import load_sweep

CONFIGS = ROOT / "configs"
SHIPPED = sorted(
    path for path in (CONFIGS / "sweeps").glob("*.yaml") if not path.stem.endswith("_base")
)
HEAD = "# yaml-language-server: $schema=../sweep.schema.json\n"
BASE = "dataset: spiral\nlayers: 2\nwidth: 8\nlearning_rate: 0.1\nsteps: 100\nbatch_size: 16\n"
KEYS = """\
name: wide
base: base.yaml
over:
  layers: [1, 2, 3]
  width: {values: [8, 32, [16]], when: {layers: 2}}
  learning_rate: {from: 1e-3, to: 1, log: true, of: measured, when: {layers: [2, 3]}}
  batch_size: {from: 16, to: 64, step: 16}
  momentum: [0, 0.9]
  nesterov: [false]
  decay: [constant, cosine]
search: tpe
trials: 12
seeds: 2
halving: 3
metric: val_loss
budget: {minutes: 10}
seed: 7
validations: 20
fit_init: true
stack: 4
largest_run: 1e12
needed: true
"""
FULL = f"""\
{KEYS}first:
  - {{layers: 1, batch_size: 16, momentum: 0, nesterov: false, decay: cosine}}
"""


def accepts(text: str) -> bool:
    return jsonschema.Draft202012Validator(sweep_file_schema()).is_valid(values_in(text))


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "s.yaml").write_text(text)
    return tmp_path / "s.yaml"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(sweep_file_schema())


def test_the_schema_file_for_editors_is_the_schema() -> None:
    assert json.loads((CONFIGS / "sweep.schema.json").read_text()) == sweep_file_schema()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_sweep_names_the_schema_and_is_valid_by_it(path: Path) -> None:
    assert path.read_text().startswith(HEAD)
    assert (path.parent / HEAD.strip().partition("=")[2]).is_file()
    assert accepts(path.read_text())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_a_sweeps_folder_keeps_is_valid_by_the_schema(path: Path) -> None:
    assert accepts(load_sweep(path).to_yaml())


def test_the_schema_takes_every_key_that_the_reader_takes(tmp_path: Path) -> None:
    assert values_in(FULL).keys() == FILE.keys()
    assert accepts(FULL)
    assert accepts(load_sweep(written(tmp_path, FULL)).to_yaml())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: wide", "nmae: wide"),
        ("name: wide", "name: ../x"),
        ("name: wide", f"name: {'a' * 57}"),
        ("base: base.yaml", ""),
        ("base: base.yaml", "base: 5"),
        ("base: base.yaml", 'base: ""'),
        ("[1, 2, 3]", "[]"),
        ("[1, 2, 3]", "[1, 2, 500]"),
        ("[1, 2, 3]", "[1, 2, 2]"),
        ("[1, 2, 3]", "[1, two]"),
        ("[1, 2, 3]", "[1, 2.5]"),
        ("[1, 2, 3]", f"[{', '.join(map(str, range(1, MOST_VALUES + 2)))}]"),
        ("[1, 2, 3]", "3"),
        ("[1, 2, 3]", "{from: 1}"),
        ("[1, 2, 3]", "{to: 3}"),
        ("[1, 2, 3]", "{from: 0, to: 3}"),
        ("[1, 2, 3]", "{from: 1, to: 101}"),
        ("[1, 2, 3]", "{from: 1, to: 3, step: 0.5}"),
        ("[1, 2, 3]", "{from: 1, to: 3, step: 0}"),
        ("[1, 2, 3]", "{from: 1, to: 3, of: measured}"),
        ("[1, 2, 3]", "{from: 1, to: 3, values: [1]}"),
        ("[1, 2, 3]", "{when: {momentum: 0}}"),
        ("from: 1e-3", "from: 0"),
        ("from: 1e-3", "from: low"),
        ("log: true", "log: maybe"),
        ("log: true", "lgo: true"),
        ("log: true", "log: true, step: 1"),
        ("of: measured", "of: guessed"),
        ("momentum: [0, 0.9]", "momentum: {from: 0, to: 0.9, log: true}"),
        ("momentum: [0, 0.9]", "momentum: [0, 1]"),
        ("nesterov: [false]", "nesterov: [0]"),
        ("decay: [constant, cosine]", "decay: [constant, cosin]"),
        ("decay: [constant, cosine]", "decay: {from: 1, to: 2}"),
        ("decay: [constant, cosine]", "train_examples: {from: 10, to: 20}"),
        ("decay: [constant, cosine]", "seed: [1, 2]"),
        ("decay: [constant, cosine]", "name: [a, b]"),
        ("decay: [constant, cosine]", "fold: [1, 2]"),
        ("decay: [constant, cosine]", "log_every: [1, 2]"),
        ("decay: [constant, cosine]", "dacey: [constant]"),
        ("{layers: 2}", "{layers: []}"),
        ("{layers: 2}", "{layers: 0}"),
        ("{layers: 2}", "{layers: [2, 2]}"),
        ("{layers: 2}", "{seed: 7}"),
        ("{layers: 2}", "{lyers: 2}"),
        ("{layers: 2}", "5"),
        ("search: tpe", "search: tpa"),
        ("trials: 12", "trials: 0"),
        ("trials: 12", "trials: 1.5"),
        ("trials: 12", "trials: many"),
        ("trials: 12", "trials: [1]"),
        ("trials: 12", "trials: true"),
        ("trials: 12", "trials: 10001"),
        ("trials: 12", "trials:"),
        ("seeds: 2", "seeds: 101"),
        ("halving: 3", "halving: 11"),
        ("metric: val_loss", "metric: loss"),
        ("{minutes: 10}", "{minutes: 0}"),
        ("{minutes: 10}", f"{{minutes: {LONGEST + 1}}}"),
        ("{minutes: 10}", "{minutes: long}"),
        ("{minutes: 10}", "{hours: 1}"),
        ("{minutes: 10}", "{}"),
        ("{minutes: 10}", "10"),
        ("seed: 7", "seed: -1"),
        ("seed: 7", "seed: 4294967296"),
        ("validations: 20", "validations: 1001"),
        ("fit_init: true", "fit_init: 1"),
        ("stack: 4", "stack: 65"),
        ("largest_run: 1e12", "largest_run: 0"),
        ("largest_run: 1e12", "largest_run: true"),
        ("needed: true", "needed: sometimes"),
        ("- {layers: 1,", "- {lyers: 1,"),
        ("- {layers: 1,", "- {layers: 0,"),
        ("first:\n  -", "first:"),
    ],
)
def test_what_the_reader_refuses_of_a_key_is_marked_by_the_schema(
    tmp_path: Path, old: str, new: str
) -> None:
    whole = KEYS if old in KEYS else FULL  # of another space `first` alone would be wrong
    assert old in whole
    text = whole.replace(old, new, 1)
    with pytest.raises(ConfigError):
        load_sweep(written(tmp_path, text))
    assert not accepts(text)


def test_a_sweep_over_nothing_or_over_all_is_marked() -> None:
    assert not accepts("base: base.yaml\n")
    assert not accepts("base: base.yaml\nover: {}\n")
    names = list(sweep_file_schema()["properties"]["over"]["properties"])
    many = "".join(f"  {name}: [1]\n" for name in names[: MOST_KEYS + 1])
    errors = jsonschema.Draft202012Validator(sweep_file_schema()).iter_errors(
        values_in(f"base: base.yaml\nover:\n{many}")
    )
    assert "maxProperties" in {error.validator for error in errors}
