"""How a run is named on the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mlpcli.naming import RunNameError, find_run


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
    assert hint == "see what there is: mlpcli compare ROOT"


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
        "see what there is: mlpcli compare ROOT",
    )


def test_without_a_folder_there_is_no_latest(tmp_path: Path) -> None:
    with pytest.raises(
        RunNameError, match="latest: no such file or directory, nor run in"
    ) as caught:
        find_run("latest", tmp_path / "nowhere")
    assert caught.value.hint == f"there is no run in {tmp_path}/nowhere"
