"""`mlpcli report`: the page of a run, of several, of a sweep; of strangers' and damaged ones."""

import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
import yaml
from once import Once
from page.parsed import Parsed, require_harmless
from page.payloads import PAYLOADS
from running import TINY, in_process, mlpcli, only_run
from small_sweep import WORDS, made, only_sweep

from mlpcli.errors import DivergedError, MlpcliError, shown
from mlpcli.runs import MetricsRow

pytestmark = pytest.mark.process
Finished = Callable[..., Path]

SVG = "{http://www.w3.org/2000/svg}"
SPIRAL = """\
dataset: spiral
layers: 3
width: 8
activation: tanh
learning_rate: 0.1
steps: 200
batch_size: 10
"""
VALUES = "dataset: diabetes\nlayers: 2\nwidth: 8\nlearning_rate: 0.01\nsteps: 60\nbatch_size: 10\n"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, once: Once) -> Path:
    """Train a tiny network."""
    place = tmp_path_factory.mktemp("tiny")
    assert once.mlpcli(["train", TINY, "-s", "log_every=10"], place).returncode == 0
    return only_run(place)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory, once: Once) -> Path:
    """Train on points, and on values."""
    place = tmp_path_factory.mktemp("others")
    for name, config in (("spiral", SPIRAL), ("values", VALUES)):
        (place / f"{name}.yaml").write_text(config)
        assert once.mlpcli(["train", f"{name}.yaml"], place).returncode == 0
    return place


@pytest.fixture
def copy(tiny: Path, tmp_path: Path) -> Path:
    """Give a copy of the tiny run that may be damaged."""
    return Path(shutil.copytree(tiny, tmp_path / "20260101-000000-copy-0000"))


def page_of(*words: object, out: Path, explains: bool = False) -> Parsed:
    """Write a report, and return its page parsed, which is harmless."""
    more = [] if explains else ["--no-explain"]
    done = in_process("report", *words, "-o", out, *more)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"{out}\n"
    page = Parsed(out.read_text())
    require_harmless(page)
    return page


def forge(run: Path, **changes: Any) -> None:
    info = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**info, **changes}))


def titles(page: Parsed) -> set[str]:
    return {str(each["id"]).removesuffix("-h") for each in page.names("h2")}


# one run


def test_the_numbers_of_a_page_are_those_of_show(tiny: Path, tmp_path: Path) -> None:
    page = page_of(tiny, out=tmp_path / "a.html")
    shown = json.loads(in_process("show", tiny, "--json").stdout)
    for each in shown["classes"]:
        assert {100 * each["accuracy"], 100 * each["low"], 100 * each["high"]} <= page.values
    assert {float(each["count"]) for each in shown["confusions"]} <= page.values
    for row in shown["metrics"]["rows"]:
        if row["val_loss"] is not None:
            assert {row["val_loss"], 100 * row["val_accuracy"]} <= page.values
    test = next(each for each in shown["scores"] if each["of"] == "test")
    assert f"{100 * test['accuracy']:.2f}" in page.text
    assert f"{test['correct']:,}" in page.text


def test_the_words_of_a_page_are_those_of_show(tiny: Path, tmp_path: Path) -> None:
    text = " ".join(page_of(tiny, out=tmp_path / "a.html").text.split())
    said = in_process("show", tiny, COLUMNS="500").stdout.splitlines()
    assert said[0] == f"{tiny.name}: completed"
    for line in ("completed", said[-1], said[-2]):
        assert " ".join(line.split()) in text


def test_a_page_of_images_shows_those_that_are_wrong(tiny: Path, tmp_path: Path) -> None:
    page = page_of(tiny, out=tmp_path / "a.html")
    assert {"curves", "classes", "most-confidently-wrong", "layers", "config"} <= titles(page)
    wrong = re.findall(r"is (\d) *for (\d)", page.text)
    assert len(page.names("image")) == 32 + 32  # and as many units have weights
    assert all(true != taken for true, taken in wrong)
    assert (tmp_path / "a.html").stat().st_size < 200_000


@pytest.mark.parametrize(
    ("name", "parts"), [("spiral", {"decisions", "classes"}), ("values", {"values"})]
)
def test_a_page_has_what_its_task_has(
    others: Path, tmp_path: Path, name: str, parts: set[str]
) -> None:
    (run,) = (others / "runs").glob(f"*-{name}-*")
    page = page_of(run, out=tmp_path / "a.html")
    assert parts <= titles(page)
    assert ("classes" in titles(page)) == (name == "spiral")


def test_the_networks_answers_are_those_that_were_stored(others: Path, tiny: Path) -> None:
    from mlpcli.page.examined import Examined
    from mlpcli.runs import open_run

    for run in (tiny, *(others / "runs").glob("*-spiral-*")):
        seen = Examined(open_run(run))
        assert seen.shares is not None
        assert seen.answers
        assert (seen.shares.argmax(axis=1) == seen.answers.predicted).mean() > 0.999


def test_a_page_says_why(tiny: Path, tmp_path: Path) -> None:
    done = mlpcli(["report", tiny, "-o", "a.html"], tmp_path)
    assert done.returncode == 0, done.stderr
    page = Parsed((tmp_path / "a.html").read_text())
    causes = json.loads(mlpcli(["explain", tiny, "--json"], tmp_path).stdout)["causes"]
    assert f"{causes[0]['sentence']}." in page.text


def test_a_run_that_ended_badly_has_a_page(unfinished: Finished, tmp_path: Path) -> None:
    rows = [MetricsRow(n, 2.0, 0.1, 0.1, n / 10, 100.0, 2.1, 0.2) for n in (1, 2, 3)]
    run = unfinished("bad", DivergedError(3, "loss"), *rows)
    page = page_of(run, out=tmp_path / "a.html")
    assert "diverged" in page.text
    assert "curves" in titles(page)
    assert not (tmp_path / "model_card.md").exists()


def test_a_run_without_a_row_has_a_page(unfinished: Finished, tmp_path: Path) -> None:
    page = page_of(unfinished("new", MlpcliError("no disk")), out=tmp_path / "a.html")
    assert "no disk" in page.text


@pytest.mark.parametrize(
    ("file", "said"),
    [("test_predictions.npy", "test_predictions.npy"), ("model.keras", "No calibration")],
)
@pytest.mark.parametrize("content", [None, b"", b"nonsense"])
def test_what_is_damaged_takes_only_its_part(
    copy: Path, tmp_path: Path, file: str, said: str, content: bytes | None
) -> None:
    (copy / file).unlink()
    if content is not None:
        (copy / file).write_bytes(content)
    page = page_of(copy, out=tmp_path / "a.html")
    assert said in page.text
    assert {"curves", "config"} <= titles(page)


def test_examples_whose_files_are_gone_are_said(tmp_path: Path) -> None:
    shutil.copy(Path("mlpcli/data/files/iris.csv").resolve(), tmp_path / "own.csv")
    (tmp_path / "own.yaml").write_text(
        "dataset: own.csv\ntarget: species\nlayers: 1\nlearning_rate: 0.01\nsteps: 5\n"
        "batch_size: 10\n"
    )
    assert mlpcli(["train", "own.yaml"], tmp_path).returncode == 0
    (run,) = (tmp_path / "runs").iterdir()
    assert "sure" in page_of(run, out=tmp_path / "a.html").text
    (tmp_path / "own.csv").unlink()
    page = page_of(run, out=tmp_path / "a.html")
    assert "The examples are not shown: " in page.text
    assert "classes" in titles(page)


def test_a_strangers_run_brings_no_markup(copy: Path, tmp_path: Path) -> None:
    config = yaml.safe_load((copy / "config.yaml").read_text())
    for nth, word in enumerate(PAYLOADS):
        name = word.replace("/", "").encode("utf-8", "replace").decode()[:100]
        run = copy.rename(copy.with_name(name))
        copy = run
        text = word.encode("utf-8", "replace").decode()
        forge(
            run, command=text, started=text, host=text, cpu=text, gpus=[text], error=text,
            versions={text: text}, git={"commit": text, "dirty": True}, config=None,
        )  # fmt: skip
        (run / "config.yaml").write_text(json.dumps({**config, text: text}))
        if nth % 10 == 0:
            page_of(run, out=tmp_path / "a.html")
            card = (tmp_path / "model_card.md").read_text()
            assert "<script" not in card.replace("\\<script", "").split("---")[2]


@pytest.mark.parametrize(
    "change",
    [{"activation": ["relu"]}, {"activation": "softplus"}, {"width": 10**30}, {"layers": "3"}],
)
def test_a_config_that_says_no_network_takes_only_what_needs_it(
    copy: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    config = yaml.safe_load((copy / "config.yaml").read_text())
    (copy / "config.yaml").write_text(json.dumps({**config, **change}))
    forge(copy, config=None)  # which is what the file was
    page = page_of(copy, out=tmp_path / "a.html")
    assert "No calibration" in page.text
    assert {"classes", "curves", "config"} <= titles(page)


def test_a_table_of_pixels_is_images_and_a_plane_of_three_classes_is_drawn(
    tmp_path: Path, once: Once
) -> None:
    rest = "layers: 2\nwidth: 8\nlearning_rate: 0.05\nsteps: 60\nbatch_size: 10\n"
    (tmp_path / "flowers.yaml").write_text(
        f"dataset: iris\ninputs: [petal_length_cm, petal_width_cm]\n{rest}"
    )
    (tmp_path / "digits.yaml").write_text(f"dataset: digits\n{rest}")
    assert once.mlpcli(["train", "flowers.yaml", "digits.yaml"], tmp_path).returncode == 0
    (flowers,) = tmp_path.glob("runs/*-flowers-*")
    (digits,) = tmp_path.glob("runs/*-digits-*")
    page = page_of(flowers, out=tmp_path / "a.html")
    assert "decisions" in titles(page)
    assert "The likeliest class" in page.text
    assert len(page.names("image")) == 1 + 8
    page = page_of(digits, out=tmp_path / "b.html")
    wrong = re.findall(r"is (\d) *for (\d)", page.text)
    assert len(page.names("image")) == min(32, len(wrong)) + 8


def test_runs_that_decide_on_a_plane_are_drawn_side_by_side(others: Path, tmp_path: Path) -> None:
    page = page_of(others / "runs", out=tmp_path / "a.html")
    (run,) = (others / "runs").glob("*-spiral-*")
    assert "decisions" in titles(page)
    assert f"Decisions of spiral-{run.name[-4:]}" in page.text


def test_figures_are_files_as_they_are_on_the_page(others: Path, tmp_path: Path) -> None:
    out, figures = tmp_path / "a.html", tmp_path / "figures"
    words = [
        "report",
        others / "runs",
        "-o",
        out,
        "--no-card",
        "--no-explain",
        "--figures",
        figures,
    ]
    for _ in range(2):  # over its own files, too
        assert mlpcli(words, tmp_path).returncode == 0
    drawn = {fromstring(each.read_bytes()).findtext(f"{SVG}title") for each in figures.iterdir()}
    assert drawn == set(re.findall(r"<figcaption><strong>([^<]*)", out.read_text()))
    theirs = sorted(figures.iterdir())[0]
    theirs.write_text("mine")
    out.unlink()
    done = mlpcli(words, tmp_path)
    assert (done.returncode, out.exists(), theirs.read_text()) == (2, False, "mine")
    assert mlpcli([*words[:-1], tmp_path / "no" / "where"], tmp_path).returncode == 2


def test_a_folder_with_one_run_is_that_run(finished: Finished, tmp_path: Path) -> None:
    run = finished("a", "layers: 1")
    page = page_of("--runs-dir", run.parent, out=tmp_path / "a.html")
    assert run.name in page.text
    assert "where-it-came-from" in titles(page)


# the file


def test_no_file_is_written_over_but_a_report(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.html"
    out.write_text("mine")
    done = mlpcli(["report", tiny, "-o", out, "--no-explain"], tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{out} is there, and not of a report\nremove it, or name another place\n"
    assert out.read_text() == "mine"
    out.unlink()
    for _ in range(2):
        page_of(tiny, out=out)


def test_a_model_card_of_somebody_is_left_as_it_is(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "model_card.md").write_text("mine")
    done = in_process("report", tiny, "-o", tmp_path / "a.html", "--no-explain")
    assert done.exit_code == 0
    assert "no model card: " in done.stderr
    assert (tmp_path / "model_card.md").read_text() == "mine"


@pytest.mark.parametrize(
    "words",
    [
        ["nowhere"],
        ["RUN", "-o", "no/such/a.html"],
        ["RUN", "-o", "-"],
        ["RUN", "--port", "1"],
        ["--serve", "a", "b"],
        ["--serve", "-o", "a.html"],
        ["--serve", "--figures", "a"],
    ],
)
def test_what_is_asked_wrongly_writes_nothing(words: list[str], tiny: Path, tmp_path: Path) -> None:
    done = mlpcli(["report", *(str(tiny) if word == "RUN" else word for word in words)], tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert not [*tmp_path.iterdir()]


def test_a_model_card_has_a_head_that_hubs_read(tiny: Path, tmp_path: Path) -> None:
    page_of(tiny, out=tmp_path / "a.html")
    _, head, body = (tmp_path / "model_card.md").read_text().split("---\n", 2)
    said = yaml.safe_load(head)
    summary = json.loads((tiny / "summary.json").read_text())
    (result,) = said["model-index"][0]["results"]
    values = {each["type"]: each["value"] for each in result["metrics"]}
    assert values["accuracy"] == summary["test_accuracy"]
    assert result["task"]["type"] == "image-classification"
    assert said["library_name"] == "keras"
    assert f"mlpcli train {tiny}/config.yaml" in body


@pytest.mark.parametrize("name", ["a`;touch x;`b", "a'b", "$(touch x)", "a\n```\ntouch x"])
def test_a_card_has_a_command_that_runs_nothing_else(copy: Path, tmp_path: Path, name: str) -> None:
    run = copy.rename(tmp_path / name)
    page_of(run, out=tmp_path / "a.html")
    card = (tmp_path / "model_card.md").read_text()
    (line,) = re.findall(r"```sh\n(.*)\n```\n", card)
    assert shlex.split(line) == ["mlpcli", "train", shown(run / "config.yaml", 1_000)]


# several runs


def test_settings_are_ranked_as_compare_ranks_them(finished: Finished, tmp_path: Path) -> None:
    for name, best in (("good", 0.95), ("bad", 0.85)):
        for seed in range(4):
            config = f"layers: 2\nwidth: {len(name)}\nseed: {seed}"
            finished(f"{name}{seed}", config, val_accuracy=best + seed / 1_000)
    folder = tmp_path / "runs"
    page = page_of(folder, out=tmp_path / "a.html")
    compared = json.loads(in_process("compare", folder, "--json").stdout)
    for each in compared["settings"]:
        mean = each["results"]["val_accuracy"]
        assert {100 * mean["mean"], 100 * mean["low"], 100 * mean["high"]} <= page.values
    assert 100 * compared["settings"][1]["difference"] in page.values
    assert compared["settings"][0]["verdict"] in page.text
    assert {"ranking", "curves"} <= titles(page)


def test_runs_are_ranked_and_what_is_damaged_is_said(finished: Finished, tmp_path: Path) -> None:
    runs = [finished(f"run{n}", f"layers: {n}", val_accuracy=0.8 + n / 100) for n in (1, 2, 3)]
    (runs[0] / "run.json").write_text("nonsense")
    page = page_of(tmp_path / "runs", out=tmp_path / "a.html")
    assert {81.99999999999999, 82.0, 83.0} & page.values
    assert "run.json" in page.text


def test_no_run_is_no_page(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    done = mlpcli(["report"], tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no run could be read\nthere is no run in runs yet; make one: " in done.stderr
    assert not (tmp_path / "report.html").exists()


# a sweep


def test_a_sweep_has_its_trials_and_what_mattered(
    tmp_path_factory: pytest.TempPathFactory, once: Once, tmp_path: Path
) -> None:
    place = made(tmp_path_factory.mktemp("swept"))
    assert once.mlpcli([*WORDS, "-q"], place).returncode == 0
    sweep = only_sweep(place)
    page = page_of(sweep, out=tmp_path / "a.html")
    said = json.loads(in_process("show", sweep, "--json").stdout)
    scores = {each["score"] for each in said["trials"]} - {None}
    assert {100 * each for each in scores} <= page.values
    assert {100 * each["part"] for each in said["importances"] if each["part"]} <= page.values
    for each in said["finalists"]:
        if each["fresh"]:
            assert 100 * each["fresh"]["mean"] in page.values
    assert "trials" in titles(page)
