"""What configs share and in which keys they differ, in as much time as they are long."""

import time
from collections.abc import Callable
from pathlib import Path

from running import in_process

from mlpcli.compare.differing import MOST_COLUMNS, MOST_SHARED, shared_text, split

Finished = Callable[..., Path]


def test_a_key_that_is_null_is_as_one_that_is_missing() -> None:
    assert split([{"a": None, "b": 1, "c": 1}, {"b": 1, "c": 2, "d": None}]) == (
        ("c",),
        {"a": None, "b": 1, "d": None},
    )
    assert split([{"a": None}, {"a": 2}]) == (("a",), {})
    assert split([]) == ((), {})


def test_a_thousand_configs_of_a_thousand_keys_each_of_its_own_are_split_in_little_time() -> None:
    configs = [{f"key_{nth}_{key}": key for key in range(1_000)} for nth in range(1_000)]
    began = time.process_time()
    differing, shared = split(configs)
    assert time.process_time() - began < 10  # 0.6 s; each key beside each config took an hour
    assert (len(differing), shared) == (1_000_000, {})


def test_of_many_keys_that_differ_the_known_ones_and_the_first_are_columns(
    finished: Finished,
) -> None:
    odd = "".join(f"odd_{nth}: {{0}}{nth}\n" for nth in range(40))
    paths = [finished("a", f"{odd.format(n)}layers: {n}\nseed: {n}\n") for n in (1, 2)]
    heads = in_process("compare", *paths).stdout.splitlines()[1].split()
    keys = [f"odd_{nth}" for nth in range(MOST_COLUMNS - 2)]
    assert heads[: 2 + MOST_COLUMNS] == ["run", "status", "layers", "seed", *keys]
    assert heads[2 + MOST_COLUMNS] == "val_accuracy"
    assert (
        "30 more keys differ: ask for some with --columns, or for all with --format json\n"
        in in_process("compare", *paths).stdout
    )
    asked = in_process("compare", *paths, "--columns", "odd_39").stdout
    assert asked.splitlines()[1].split() == ["run", "odd_39"]
    assert "more keys" not in asked
    assert "odd_39" in in_process("compare", *paths, "--csv").stdout.splitlines()[0]


def test_the_line_of_what_is_shared_is_bounded() -> None:
    config = {f"odd_{nth}": nth for nth in range(MOST_SHARED + 7)}
    text = shared_text(config, [config])
    assert text.endswith(f"odd_{MOST_SHARED - 1} {MOST_SHARED - 1}, 7 keys more")


def test_what_is_the_default_of_each_though_it_differs_is_no_column(finished: Finished) -> None:
    config = "steps: {}\neval_every: {}\ncheckpoint_every: {}\n"
    paths = [finished("a", config.format(n, n // 10, n // 10), steps=n) for n in (50, 90)]
    heads = in_process("compare", *paths).stdout.splitlines()[1].split()
    assert heads[:4] == ["run", "status", "steps", "val_accuracy"]
    paths.append(finished("a", config.format(90, 9, 30), steps=90))
    heads = in_process("compare", *paths).stdout.splitlines()[1].split()
    assert heads[:5] == ["run", "status", "steps", "checkpoint_every", "val_accuracy"]


INFERRED = """\
dataset: penguins
target: species
task: {task}
categorical: [island, sex]
numeric: [year]
validation: {validation}
test: 0.2
split: {split}
scaling: standard
missing: impute
"""


def test_what_all_infer_from_their_data_alike_is_not_told(finished: Finished) -> None:
    usual = {"task": "classification", "split": "stratified", "validation": 0.15}
    told = "2 runs; dataset penguins, target species{}; all else default"
    for values, more in (
        (usual, ""),
        ({**usual, "task": "regression", "split": "random"}, ""),
        ({**usual, "split": "random"}, ", split random"),
        ({**usual, "validation": 0.1}, ", validation 0.1"),
    ):
        paths = [finished("a", INFERRED.format(**values) + f"seed: {n}\n") for n in (0, 1)]
        heading = in_process("compare", "--by", "run", *paths).stdout.splitlines()[0]
        assert heading == told.format(more)
    kinds = INFERRED.format(**usual), INFERRED.format(**usual).replace("[year]", "[year, mass]")
    heads = in_process("compare", *(finished("a", each) for each in kinds)).stdout.splitlines()[1]
    assert heads.split()[2] == "numeric"  # what differs is told, whatever it comes from
