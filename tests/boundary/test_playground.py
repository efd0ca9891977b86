"""The Playground's spiral: what its three configs claim, and how `show` draws their runs."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from once import Once
from running import ROOT, in_process, mlpcli

from mlpcli.boundary import Plane, ground_of, network_outputs
from mlpcli.config import load_config
from mlpcli.data import make_points, point_inputs
from mlpcli.runs import Run, open_run, trained_weights

pytestmark = pytest.mark.process

CONFIGS = sorted((ROOT / "configs" / "playground").glob("*.yaml"))
SUCCESS, FAILURE = 0.97, 0.70  # shares of the points without noise: at least, and at most
SEEDS = 5


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, once: Once) -> Path:
    """Train the three configs with five seeds each."""
    place = tmp_path_factory.mktemp("playground")
    done = once.mlpcli(["train", *map(str, CONFIGS), "--seeds", str(SEEDS), "-q"], place)
    assert done.returncode == 0, done.stderr
    return place / "runs"


@pytest.fixture
def copy(trained: Path, tmp_path: Path) -> Path:
    """Give a copy of a run that may be damaged."""
    run = next(each for each in sorted(trained.iterdir()) if "deep" in each.name)
    return Path(shutil.copytree(run, tmp_path / "20260101-000000-copy-0000"))


def right(run: Run) -> float:
    """Return the share of the points of its data set, all of them, that a run has right."""
    facts, config = run.facts, load_config(run.path / "config.yaml")
    assert facts
    points, blue = make_points("spiral", config.samples or 0, 0.0, config.split_seed)
    columns, numeric = point_inputs(points), facts.preparation.numeric
    features, _ = numeric.transform(np.stack([columns[each] for each in numeric.names], axis=1))
    outputs = network_outputs(features, trained_weights(run.path, config.sizes), config.activation)
    names = np.array(facts.task.classes)[outputs.argmax(axis=1)]  # type: ignore[union-attr]
    return float((names == np.where(blue, "blue", "orange")).mean())


def test_shallow_fails_and_features_and_depth_succeed_with_every_seed(trained: Path) -> None:
    shares: dict[str, list[float]] = {}
    for path in trained.iterdir():
        run = open_run(path)
        shares.setdefault(str(run.config["name"]), []).append(right(run))
    assert {name: len(each) for name, each in shares.items()} == {c.stem: SEEDS for c in CONFIGS}
    assert max(shares["spiral_shallow"]) <= FAILURE
    assert min(shares["spiral_features"]) >= SUCCESS
    assert min(shares["spiral_deep"]) >= SUCCESS


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_opens_with_its_claim_and_its_commands(path: Path) -> None:
    head = path.read_text()
    assert head.startswith("# yaml-language-server: $schema=../schema.json\n# The Playground's")
    assert f"mlpcli train configs/playground/{path.name}\n" in head
    claim = "At most 70 %" if "shallow" in path.stem else "At least 97 %"
    assert f"# {claim} of the points are right, with every seed tried" in head


def test_explain_says_why_the_shallow_one_failed(trained: Path) -> None:
    run = next(each for each in sorted(trained.iterdir()) if "shallow" in each.name)
    said = mlpcli(["explain", str(run), "--json"], trained.parent).stdout
    first = json.loads(said)["causes"][0]
    assert "the one hidden layer parts the plane along 3 lines" in first["sentence"]
    assert "or more layers, which find such features themselves" in first["sentence"]
    assert (first["advice"]["layers"], first["advice"]["width"]) == (4, 16)


def test_numpy_computes_what_the_run_predicted(trained: Path) -> None:
    for path in sorted(trained.iterdir())[::4]:
        run = open_run(path)
        assert run.summary
        assert run.summary.test_accuracy is not None
        assert right(run) == pytest.approx(run.summary.test_accuracy, abs=0.1)


def drawn(run: Path, **environment: str) -> list[str]:
    done = in_process("show", run, COLUMNS="80", **environment)
    assert done.exit_code == 0
    return done.stdout.splitlines()


def test_show_draws_letters_off_a_terminal_and_the_answer_below(copy: Path) -> None:
    lines = drawn(copy)
    assert lines[0] == "Decision boundary"
    assert {len(line) for line in lines[1:31]} == {60}
    assert {*"".join(lines[1:31])} <= {*"obOB."}
    assert lines[31:34] == [
        "b blue, o orange; capitals: examples; dots: undecided",
        "x and y from -6 to 6",
        "",
    ]
    assert lines[34] == f"{copy.name}: completed"


def test_show_draws_half_blocks_in_colours_on_a_terminal(copy: Path) -> None:
    said = in_process("show", copy, FORCE_COLOR="1", COLUMNS="80", COLORTERM="truecolor").stdout
    plain = re.sub(r"\x1b\[[0-9;]*m", "", said).splitlines()
    assert plain[1] == "▀" * 60
    assert "\x1b[38;2;" in said
    assert "dark: examples" in said
    letters = drawn(copy, FORCE_COLOR="1", NO_COLOR="1")
    assert "▀" not in letters[1]


def test_a_narrow_terminal_gets_a_smaller_field(copy: Path) -> None:
    lines = in_process(
        "show", copy, FORCE_COLOR="1", NO_COLOR="1", COLUMNS="40"
    ).stdout.splitlines()
    widths = [len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines[1:21]]
    assert widths == [40] * 20


@pytest.mark.parametrize("damage", ["cut", "gone", "other"])
def test_a_damaged_network_is_told_of_and_all_else_is_shown(copy: Path, damage: str) -> None:
    model = copy / "model.keras"
    if damage == "cut":
        model.write_bytes(model.read_bytes()[:-400])
    elif damage == "gone":
        model.unlink()
    else:
        model.write_bytes(b"PK\x03\x04" + b"\0" * 100)
    done = in_process("show", copy)
    assert done.exit_code == 0
    assert done.stdout.startswith(f"{copy.name}: completed")
    assert "the decision boundary is not drawn: " in done.stderr


def unfinished(run: Path) -> None:
    """Make a completed run one that was interrupted."""
    (run / "summary.json").unlink()
    (run / "model.keras").unlink()
    about = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**about, "status": "interrupted"}))


def test_a_run_that_is_not_completed_is_drawn_by_its_checkpoint(copy: Path) -> None:
    finished = drawn(copy)[1:31]
    unfinished(copy)
    lines = drawn(copy)
    assert lines[1:31] == finished  # the last step's weights are in both
    for each in copy.glob("checkpoint-*.bin"):
        each.write_bytes(each.read_bytes()[:-1])
    assert drawn(copy)[0].startswith(f"{copy.name}: interrupted")
    for each in copy.glob("checkpoint-*.bin"):
        each.unlink()
    assert drawn(copy)[0].startswith(f"{copy.name}: interrupted")


@pytest.mark.parametrize(
    "config",
    [
        "name: [",
        "layers: 2\n",
        "dataset: [spiral]\n",
        "activation: softplus\nlayers: 4\nwidth: 16\n",
    ],
)
def test_a_strangers_config_harms_nothing(copy: Path, config: str) -> None:
    unfinished(copy)
    about = json.loads((copy / "run.json").read_text())
    about["config"] = {"dataset": ["spiral"], "layers": 4, "width": 16, "activation": []}
    (copy / "run.json").write_text(json.dumps(about))
    (copy / "config.yaml").write_text(config)
    done = in_process("show", copy)
    assert "Traceback" not in done.stdout + done.stderr


def test_the_boundary_of_a_table_with_two_columns(tmp_path: Path, once: Once) -> None:
    words = ["train", str(ROOT / "configs" / "tiny.yaml"), "dataset=iris", "batch_size=20"]
    words += ["inputs=[petal_length_cm, petal_width_cm]", "steps=300"]
    done = once.mlpcli(words, tmp_path)
    assert done.returncode == 0, done.stderr
    run = open_run(tmp_path / done.stdout.strip())
    ground = ground_of(run.facts, run.config)
    assert ground
    plane: Plane = ground.plane(trained_weights(run.path, (2, 32, 3)))
    assert plane.classes == ("setosa", "versicolor", "virginica")
    assert plane.classes[plane.likeliest[59, 0]] == "setosa"  # small petals
    assert plane.classes[plane.likeliest[0, 59]] == "virginica"
    lines = drawn(run.path)
    assert "a setosa, b versicolor, c virginica; dots: undecided" in lines
    assert re.search(r"petal_length_cm -?[0-9.]+ to 8\.[0-9]+, petal_width_cm", " ".join(lines))
