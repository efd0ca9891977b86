"""Folds that are asked for on the command line: a config for each, and what contradicts them."""

from pathlib import Path

import pytest

from mlpcli.config.folds import FoldsError, load_folds
from mlpcli.config.identity import done_before, setting
from mlpcli.config.load import load_config
from mlpcli.data import raw
from mlpcli.errors import ConfigError

TEXT = "dataset: iris\nlayers: 1\nlearning_rate: 0.1\nsteps: 10\nbatch_size: 10\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.yaml"
    path.write_text(TEXT)
    return path


def test_each_fold_has_a_config_and_all_of_them_are_one_setting(path: Path) -> None:
    configs = [each.config for each in load_folds([path], (), "5")]
    assert [(each.folds, each.fold, each.test) for each in configs] == [
        (5, fold, None) for fold in range(1, 6)
    ]
    assert len({setting(each.resolved(), each.data.sha256) for each in configs}) == 1
    assert len({done_before(each.resolved(), each.data.sha256, {}) for each in configs}) == 5
    other = load_folds([path], ("split_seed=1",), "5")[0].config
    assert setting(other.resolved(), "") != setting(configs[0].resolved(), "")


def test_each_row_tests_in_one_fold(path: Path) -> None:
    loaded = [each.config.data.load() for each in load_folds([path], (), "5")]
    assert [len(each.test) for each in loaded] == [30] * 5
    assert sum(len(each.test) for each in loaded) == 150


def test_the_file_is_read_once_for_all_folds(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"{n},{n % 7},{'yes' if n % 3 else 'no'}\n" for n in range(60))
    (tmp_path / "rows.csv").write_text(f"a,b,y\n{rows}")
    path.write_text(TEXT.replace("iris", "rows.csv"))
    calls, read = [], raw.read_source

    def counted(*words: object, **more: object) -> object:
        calls.append(words)
        return read(*words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(raw, "read_source", counted)
    assert [each.config.data.load() for each in load_folds([path], (), "6")]
    assert len(calls) == 1


def test_a_share_that_tests_gives_way_and_a_file_does_not(path: Path) -> None:
    path.write_text(f"{TEXT}test: 0.3\nfolds: 3\nfold: 2\n".replace("folds: 3\nfold: 2\n", ""))
    assert load_folds([path], (), "4")[0].config.test is None
    path.write_text(f"{TEXT}test: other.csv\n")
    with pytest.raises(ConfigError, match="test: the fold is the test set where there are folds"):
        load_folds([path], (), "4")


def test_a_config_of_a_fold_is_trained_on_all_of_them(path: Path) -> None:
    path.write_text(f"{TEXT}folds: 3\nfold: 2\n")
    configs = [each.config for each in load_folds([path], (), "4")]
    assert [(each.folds, each.fold) for each in configs] == [(4, n) for n in range(1, 5)]


@pytest.mark.parametrize("text", ["1", "0", "-3", "x", "", "2.5", "1001", "9" * 30])
def test_what_is_no_number_of_folds_is_refused(text: str, path: Path) -> None:
    with pytest.raises(FoldsError, match="not a number of folds"):
        load_folds([path], (), text)


@pytest.mark.parametrize("override", ["folds=3", "fold=1", "test=0.3"])
def test_an_override_that_says_which_rows_test_is_refused(override: str, path: Path) -> None:
    with pytest.raises(FoldsError) as caught:
        load_folds([path], (override,), "5")
    assert (str(caught.value), caught.value.hint) == (
        f"--folds 5 and -s {override}",
        "leave one of them out",
    )


def test_more_folds_than_rows_are_refused_at_their_option(path: Path) -> None:
    with pytest.raises(ConfigError, match="folds=200"):
        load_folds([path], (), "200")


def test_a_fold_beyond_the_folds_is_named_with_all_else(path: Path) -> None:
    path.write_text(f"{TEXT}folds: 5\nfold: 6\ntest: 0.2\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    lines = [line.partition(".yaml:")[2] for line in str(caught.value).splitlines()]
    assert lines == [
        "7: fold: not one of the folds, got 6, allowed 1 to 5",
        "8: test: the fold is the test set where there are folds; leave one of them out",
    ]
