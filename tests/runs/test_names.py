"""How a run is named on the command line."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlpcli.runs.names import RunNameError, SeveralRunsError, find_run, sweep_named


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "runs"
    for name in ("20260101-000000-b-1111", "20260102-000000-a-2222", "20260103-000000-a-3333"):
        (root / name).mkdir(parents=True)
        (root / name / "run.json").write_text("{}")
    (root / "20270101-000000-no-run-0000").mkdir()
    (root / ".20270101-000000-a-4444.new").mkdir()
    (root / ".20270101-000000-a-4444.new" / "run.json").write_text("{}")
    (root / "zz-latest").symlink_to("20260101-000000-b-1111")
    return root


@pytest.fixture
def refused(root: Path) -> Callable[[str], tuple[str, str]]:
    def refused(name: str) -> tuple[str, str]:
        with pytest.raises(RunNameError) as caught:
            find_run(name, root)
        assert caught.value.exit_code == 2
        return str(caught.value).replace(str(root), "ROOT"), caught.value.hint.replace(
            str(root), "ROOT"
        )

    return refused


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("b", "20260101-000000-b-1111"),
        ("2222", "20260102-000000-a-2222"),
        ("20260103", "20260103-000000-a-3333"),
        ("latest", "20260103-000000-a-3333"),
    ],
)
def test_a_run_is_named_by_what_only_it_has(root: Path, name: str, found: str) -> None:
    assert find_run(name, root) == root / found


def test_a_path_is_itself(root: Path) -> None:
    path = root / "20260101-000000-b-1111"
    assert find_run(str(path), Path("nowhere")) == path


def test_a_path_that_is_no_run_is_refused(
    root: Path, refused: Callable[..., tuple[str, str]]
) -> None:
    message, hint = refused(str(root))
    assert message == "ROOT: no run directory"
    assert hint == "see what there is: mlpcli ls ROOT"


def test_what_several_have_is_refused_with_their_names(
    refused: Callable[..., tuple[str, str]],
) -> None:
    assert refused("-a-") == (
        "-a-: 2 runs have that in their names",
        "name one of 20260102-000000-a-2222, 20260103-000000-a-3333",
    )


@pytest.mark.parametrize(("name", "said"), [("", "''"), ("4444", "4444"), ("\x1b", "\\x1b")])
def test_what_none_has_is_refused(
    refused: Callable[..., tuple[str, str]], name: str, said: str
) -> None:
    assert refused(name) == (
        f"{said}: no such file or directory, nor run in ROOT",
        "see what there is: mlpcli ls ROOT",
    )


def test_a_mistyped_name_is_answered_with_the_nearest(
    refused: Callable[..., tuple[str, str]],
) -> None:
    message, hint = refused("20260103-000000-b-3333")
    assert message.endswith("no such file or directory, nor run in ROOT")
    assert hint.startswith("did you mean 20260103-000000-a-3333")


def test_a_mistyped_config_is_answered_with_the_one_that_a_run_has(tmp_path: Path) -> None:
    for name in ("20260103-000000-deep3-3333", "20260104-000000-deep3-4444"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text("{}")
    with pytest.raises(RunNameError) as caught:
        find_run("dep3", tmp_path)
    assert caught.value.hint.startswith("did you mean deep3? ")


def test_without_a_folder_there_is_no_latest(tmp_path: Path) -> None:
    with pytest.raises(
        RunNameError, match="latest: no such file or directory, nor run in"
    ) as caught:
        find_run("latest", tmp_path / "nowhere")
    nowhere = f"there is no run in {tmp_path}/nowhere yet"
    assert caught.value.hint == f"{nowhere}; make one: mlpcli train configs/deep3.yaml"


def made(root: Path, name: str, started: object) -> None:
    (root / name).mkdir(parents=True)
    (root / name / "run.json").write_text(json.dumps({"started": started}))


@pytest.mark.parametrize(
    ("runs", "latest"),
    [
        # another name takes nothing from the time in run.json, nor adds to it
        ({"zz": "2026-01-01T00:00:00Z", "20260102-000000-a-1111": None}, "20260102-000000-a-1111"),
        ({"aa": "2026-01-03T00:00:00Z", "20260102-000000-a-1111": None}, "aa"),
        ({"a": "2026-01-01T12:00:00+02:00", "b": "2026-01-01T11:00:00+00:00"}, "b"),
        ({"a": "2026-01-01T12:00:00", "b": "2026-01-01T11:00:00+00:00"}, "a"),
        # the same second
        (
            {
                "20260102-000000-a-2222": "2026-01-02T00:00:00.100+00:00",
                "20260102-000000-a-1111": "2026-01-02T00:00:00.900+00:00",
            },
            "20260102-000000-a-1111",
        ),
        # what is no time
        ({"a": "2026-01-01T00:00:00Z", "b": "soon", "c": 10**30, "d": [], "e": None}, "a"),
        ({"20261399-000000-a-1111": "2026-01-01", "20250101-000000-b-1111": None}, "2026"),
    ],
)
def test_latest_is_the_run_started_last(tmp_path: Path, runs: dict[str, Any], latest: str) -> None:
    for name, started in runs.items():
        made(tmp_path, name, started)
    assert find_run("latest", tmp_path).name.startswith(latest)


def test_a_hostile_run_is_latest_by_its_name_alone(tmp_path: Path) -> None:
    made(tmp_path, "fine", "2026-01-01T00:00:00Z")
    for name in ("fifo", "link", "endless", "damaged", "huge", "early", "late"):
        (tmp_path / name).mkdir()
    os.mkfifo(tmp_path / "fifo" / "run.json")
    made(tmp_path / "away", "run", "2027-01-01T00:00:00Z")
    (tmp_path / "link" / "run.json").symlink_to(tmp_path / "away" / "run" / "run.json")
    (tmp_path / "endless" / "run.json").symlink_to("/dev/zero")
    (tmp_path / "damaged" / "run.json").write_text("[" * 100_000)
    (tmp_path / "huge" / "run.json").write_text('{"started": "' + "2027-01-01" * 500_000 + '"}')
    for name, time in (("early", "0001-01-01T00:00+23:59"), ("late", "1969-01-01T00:00-23:59")):
        (tmp_path / name / "run.json").write_text(json.dumps({"started": time}))
    assert find_run("latest", tmp_path).name == "fine"


def test_a_name_that_a_trial_shares_with_its_fresh_seeds_is_the_trials(
    finished: Callable[..., Path], tmp_path: Path
) -> None:
    sweep = tmp_path / "20261127-000000-tiny-0001"
    sweep.mkdir()
    (sweep / "sweep.yaml").write_text("base: base.yaml\n")
    runs = []
    for seed in (0, 1):
        made = finished("tiny-005", f"dataset: mnist\nlearning_rate: 0.1\nseed: {seed}\n")
        runs.append(made.rename(sweep / f"2026112{seed}-000000-tiny-005-000{seed}"))
    with pytest.raises(SeveralRunsError):
        find_run("tiny-005", tmp_path)
    file = runs[1] / "run.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "sweep": {"trial": 5}}))
    assert find_run("tiny-005", tmp_path) == runs[1]
    (tmp_path / "20261127-000000-tiny-0002").mkdir()
    (tmp_path / "20261127-000000-tiny-0002" / "sweep.yaml").write_text("base: base.yaml\n")
    with pytest.raises(SeveralRunsError, match="2 sweeps have that in their names"):
        sweep_named("tiny", tmp_path)
