"""What a shell is offered at a TAB: words that are there, and nothing that harms a prompt."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mlpcli.cli import commands
from mlpcli.cli.completion import VARIABLE, Bash, Fish, Zsh, read_typed

Offered = Callable[..., list[str]]


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Offered:
    """Give a function of a line that returns the words zsh is offered, without their help."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))

    def offered(line: str) -> list[str]:
        return [each.partition("\t")[0] for each in answer(line)]

    def answer(line: str) -> list[str]:
        monkeypatch.setenv("COMP_LINE", f"mlpcli {line}")
        return Zsh(commands, {}, "mlpcli", VARIABLE).complete().splitlines()

    return offered


@pytest.fixture
def parts(offered: Offered, monkeypatch: pytest.MonkeyPatch) -> Offered:
    """Give a function of a line, and the word of it that bash replaces, that returns the parts."""

    def parts(line: str, word: str) -> list[str]:
        monkeypatch.setenv("COMP_LINE", f"mlpcli {line}")
        monkeypatch.setenv("COMP_WORD", word)
        return Bash(commands, {}, "mlpcli", VARIABLE).complete().splitlines()

    return parts


def make_runs(*names: str) -> None:
    for name in names:
        Path("runs", name).mkdir(parents=True)
        Path("runs", name, "run.json").touch()


def test_commands_options_and_choices_are_offered(offered: Offered) -> None:
    assert offered("") == sorted(commands.commands)
    assert offered("ex") == ["explain", "export"]
    assert offered("train a.yaml --se") == ["--set", "--seeds"]
    assert offered("compare --format l") == ["latex"]
    assert offered("compare --format=l") == ["--format=latex"]
    assert offered("guide con") == ["concepts", "config"]
    assert offered("schema di") == ["diff"]
    assert offered("completion ") == ["bash", "zsh", "fish"]


def test_files_of_rows_are_offered_to_predict_and_evaluate(offered: Offered) -> None:
    for name in ("new.csv", "old.csv.gz", "new.parquet", "notes.md"):
        Path(name).touch()
    make_runs("20260101-000000-new-1a2b")
    assert offered("predict latest ") == ["new.csv", "new.parquet", "old.csv.gz", "runs/"]
    assert offered("evaluate latest new") == ["new.csv", "new.parquet"]
    assert offered("predict latest new.csv --out") == ["--output"]
    assert offered("predict n") == ["20260101-000000-new-1a2b"]


def test_runs_are_offered_to_tensorboard_each_once(offered: Offered) -> None:
    make_runs("20260101-000000-new-1a2b", "20260101-000000-old-1a2b")
    assert offered("tensorboard n") == ["20260101-000000-new-1a2b"]
    assert offered("tensorboard 20260101-000000-old-1a2b n") == ["20260101-000000-new-1a2b"]
    assert offered("tensorboard --w") == ["--write-only"]


def test_a_model_is_offered_its_forms_and_a_name_with_their_extensions(offered: Offered) -> None:
    make_runs("20260101-000000-new-1a2b")
    assert offered("export n") == ["20260101-000000-new-1a2b"]
    assert offered("export latest --format ") == ["keras", "onnx", "litert", "savedmodel"]
    assert offered("export latest -o ") == ["runs/"]
    assert offered("export latest -o new") == ["new.keras", "new.onnx", "new.tflite"]
    assert offered("export latest -o new.o") == ["new.onnx"]
    assert offered("export latest -o runs/a") == ["runs/a.keras", "runs/a.onnx", "runs/a.tflite"]


@pytest.mark.parametrize("line", ["nonsense ", "show --nonsense=", "--nonsense=", "train --seeds "])
def test_where_nothing_is_known_nothing_is_offered(offered: Offered, line: str) -> None:
    make_runs("20261126-101112-a-0001")
    assert offered(line) == []


@pytest.mark.parametrize(
    "before", ["train a.yaml -s ", "lr a.yaml --set=", "check a.yaml ", "train -s"]
)
def test_keys_of_a_config_and_their_values_are_offered(offered: Offered, before: str) -> None:
    word = before.rpartition(" ")[2]
    assert offered(f"{before}learn") == [f"{word}learning_rate="]
    assert offered(f"{before}order=") == [f"{word}order=shuffle", f"{word}order=sequential"]
    assert offered(f"{before}nesterov=t") == [f"{word}nesterov=true"]
    assert offered(f"{before}dataset=") == [f"{word}dataset=mnist"]
    assert offered(f"{before}log_every=") == [f"{word}log_every=100"]
    assert offered(f"{before}learning_rate=") == offered(f"{before}nonsense=") == []


def test_a_key_is_offered_once(offered: Offered) -> None:
    assert offered("train a.yaml seed=1 -s steps=5 -s see") == []
    assert "width=" in offered("train a.yaml seed=1 ")


def test_yaml_files_and_folders_are_offered_as_configs(offered: Offered) -> None:
    Path("configs").mkdir()
    for name in ("a.yaml", "b.yml", "c.txt", ".hidden.yaml", "-s.yaml", "configs/d.yaml"):
        Path(name).touch()
    assert offered("train ") == ["a.yaml", "b.yml", "configs/"]
    assert offered("check con") == ["configs/"]
    assert offered("lr configs/") == ["configs/d.yaml"]
    assert offered("lr ~/configs/") == ["~/configs/d.yaml"]
    assert offered("train ./.h") == ["./.hidden.yaml"]
    assert offered("train a.yaml b.yml conf") == ["configs/"]
    assert offered("train a.yaml a") == ["activation="]  # each config once
    assert offered("lr a.yaml con") == []  # which takes one
    assert offered("train $HOME/") == offered("train nowhere/") == []


def test_paper_rows_are_offered_each_once_and_where_one_is_begun_files(offered: Offered) -> None:
    Path("mine.yaml").touch()
    assert offered("papers niel") == ["nielsen_100"]
    assert "mine.yaml" not in offered("papers ")
    assert offered("papers mi") == ["mine.yaml"]
    assert offered("papers nielsen_100 niel") == []
    assert offered("watch mi") == ["mine.yaml"]


def test_data_sets_are_offered_by_name_and_by_file(offered: Offered) -> None:
    for name in ("a.csv", "b.yaml", "c.py", "pens.parquet"):
        Path(name).touch()
    assert offered("data pen") == ["penguins", "pens.parquet"]
    assert {"iris", "a.csv", "b.yaml"} < set(offered("data "))
    assert "c.py" not in offered("data ")
    assert offered("init a") == ["a.csv"]
    assert offered("init spiral_d") == ["spiral_deep.yaml"]
    assert offered("init b") == []  # which is there
    assert offered("init x.csv --t") == ["--target", "--task"]


def test_runs_are_offered_by_name_the_newest_first(offered: Offered) -> None:
    make_runs("20261126-101112-a-0001", "20261127-101112-deep3-0002", "20261128-101112-deep3-0003")
    Path("runs/no-run").mkdir()
    newest, older, oldest = (
        "20261128-101112-deep3-0003", "20261127-101112-deep3-0002", "20261126-101112-a-0001",
    )  # fmt: skip
    assert offered("show ") == ["latest", newest, older, oldest]
    assert offered("explain 20261127") == [older]
    assert offered("resume deep3") == [newest, older]  # which hold it
    assert offered("diff latest a-0") == [oldest]
    assert offered(f"compare {newest} latest ") == [older, oldest]
    assert offered("gate a --baseline l") == ["latest"]
    assert offered("ls runs/2026112") == [f"runs/{each}" for each in (oldest, older, newest)]
    assert offered("show ru") == ["runs/"]
    assert offered("compare --baseline ") == ["deep3", "a"]


def test_runs_are_looked_for_where_runs_dir_says(offered: Offered) -> None:
    make_runs("20261126-101112-a-0001")
    Path("runs").rename("trials")
    assert offered("show ") == offered("show --runs-dir nowhere ") == []
    assert offered("show --runs-dir trials l") == ["latest"]
    assert offered("show --runs-dir=~/trials l") == ["latest"]
    assert offered("show --runs-dir=tri") == ["--runs-dir=trials/"]


def test_of_many_runs_the_newest_are_offered_and_one_that_keeps_their_beginning(
    offered: Offered,
) -> None:
    names = [f"202611{day:02}-101112-a-{number:04}" for day in (2, 3) for number in range(100)]
    make_runs(*names)
    found = offered("show 2026")
    assert found == [*names[:-98:-1], names[0]]
    assert len(found) == 98


def test_what_would_harm_a_terminal_is_not_offered(offered: Offered) -> None:
    make_runs("20261126-101112-\x1b[31m-0001", "20261126-101112-a\nb-0002", "20261126-101112-a-3")
    Path("\x1b]0;title\x07.yaml").touch()
    assert offered("show ") == ["latest", "20261126-101112-a-3"]
    assert offered("train ") == ["runs/"]


def test_folders_that_lead_nowhere_are_no_obstacle(offered: Offered) -> None:
    Path("a.yaml").touch()
    Path("b.yaml").symlink_to("b.yaml")
    assert offered("train ") == ["a.yaml", "b.yaml"]
    assert offered("train ~nobody-at-all/") == []
    assert offered("show --runs-dir ~nobody-at-all ") == offered("show --runs-dir a.yaml ") == []


def test_columns_conditions_limits_and_points_are_offered(offered: Offered) -> None:
    assert offered("compare --columns val_accuracy,test_ac") == ["val_accuracy,test_accuracy"]
    assert offered("compare --columns seeds,se") == [
        "seeds,seed",
        "seeds,seconds",
        "seeds,setting",
        "seeds,seeds_needed_low",
        "seeds,seeds_needed_high",
    ]
    assert offered("compare --by run --sort se") == ["seed", "seconds"]
    assert offered("compare --sort val_accuracy_") == [
        f"val_accuracy_{each}" for each in ("sd", "low", "high")
    ]
    assert offered("compare --at se") == ["seconds="]
    assert offered("gate latest --min test_") == [
        *("test_accuracy=", "test_low=", "test_high="),
        *("test_r2=", "test_rmse=", "test_mae=", "test_loss=", "test_balanced_accuracy="),
        *("test_macro_f1=", "test_auc=", "test_calibration_error="),
    ]  # fmt: skip
    assert offered("ls --where status=r") == ["status=running"]
    assert offered("ls --where learned=") == ["learned=true", "learned=false"]
    assert offered("ls --where 'layers=2 and decay=co") == [
        "layers=2 and decay=constant",
        "layers=2 and decay=cosine",
    ]
    assert offered("ls --where 'not (lay") == [
        f"not (layers{sign}" for sign in ["=", "!=", "<", "<=", ">", ">=", "~"]
    ]
    assert offered("ls --where 'layers=2 ") == ["layers=2 and", "layers=2 or"]
    assert "verdict" not in offered("ls --where ")


def test_a_word_is_quoted_as_the_shell_needs_it(
    offered: Offered, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("my config.yaml", "it's.yaml", "a$b.yaml"):
        Path(name).touch()
    assert offered("train ") == ["a\\$b.yaml", "it\\'s.yaml", "my\\ config.yaml"]
    assert offered("train my\\ ") == offered("train m") == ["my\\ config.yaml"]
    assert offered("train 'my c") == offered('train "my c') == ["my config.yaml"]
    assert offered('train "') == ["it's.yaml", "my config.yaml"]  # $ has a meaning there
    monkeypatch.setenv("COMP_LINE", "mlpcli train m")
    assert Fish(commands, {}, "mlpcli", VARIABLE).complete() == "my config.yaml"


def test_bash_gets_the_part_of_a_word_behind_its_sign(parts: Offered) -> None:
    assert parts("train a.yaml -s order=s", "s") == ["shuffle", "sequential"]
    assert parts("train a.yaml --set=order=", "") == ["shuffle", "sequential"]
    assert parts("train a.yaml -s decay=li", "decay=li") == [
        "decay=linear"
    ]  # without = among breaks
    assert parts("ls --where 'layers=2 and dec", "layers=2 and dec")[0] == "layers=2 and decay="


def test_bash_keeps_a_part_of_a_name_that_several_runs_have(parts: Offered) -> None:
    make_runs("20261127-101112-deep3-0002", "20261128-101112-deep3-0003")
    both = ["20261128-101112-deep3-0003", "20261127-101112-deep3-0002"]
    assert parts("show deep3", "deep3") == [" ", *both]
    assert parts("show 2026", "2026") == both


@pytest.mark.parametrize(
    ("line", "words", "last", "quote"),
    [
        ("mlpcli", [], "mlpcli", ""),
        ("mlpcli train ", ["mlpcli", "train"], "", ""),
        ("mlpcli 'a b' c\\ ", ["mlpcli", "a b"], "c ", ""),
        ("mlpcli \"a 'b", ["mlpcli"], "a 'b", '"'),
        ("mlpcli x#y \\", ["mlpcli", "x#y"], "", ""),
        ('mlpcli "a\\', ["mlpcli"], "a\\", '"'),
        ("", [], "", ""),
    ],
)
def test_a_line_is_read_as_far_as_the_cursor(
    line: str, words: list[str], last: str, quote: str
) -> None:
    typed = read_typed(line)
    assert (typed.words, typed.last, typed.quote) == (words, last, quote)
