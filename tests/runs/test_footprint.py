"""Memory: a config is valid whatever machine reads it, and what trains asks first for room."""

from collections.abc import Callable
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path

import pytest
from msgspec.structs import replace
from running import mlpcli

from mlpcli.config.load import Loaded, load_config, load_configs
from mlpcli.config.schema import Config
from mlpcli.errors import ConfigError
from mlpcli.runs.directory import RunDirectory
from mlpcli.runs.footprint import estimate_footprint, memory_shortage, require_memory
from mlpcli.runs.provenance import package_versions
from mlpcli.runs.records import Summary

GIANT = "layers: 100\nwidth: 16384\nlearning_rate: 0.1\nsteps: 10\nbatch_size: 32\n"
# 785 * 16,384 + 98 * 16,385 * 16,384 + 16,385 * 10 parameters
PARAMETERS = 26_321_305_610


@pytest.fixture
def small_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give this machine 64 GB."""
    monkeypatch.setattr("mlpcli.runs.footprint.physical_memory", lambda: 64 * 10**9)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Loaded]]:
    """Give a function that writes config files and loads them."""
    monkeypatch.chdir(tmp_path)

    def written(*overrides: str, **files: str) -> list[Loaded]:
        for name, content in files.items():
            Path(f"{name}.yaml").write_text(content)
        return load_configs([Path(f"{name}.yaml") for name in files], overrides)

    return written


# weights of 4 bytes, held 8 times, and with momentum 6 times more; what 1,000 examples (more than a
# batch) make 99 * 16,384 + 10 units put out, and 16,384 of them 5 times more: 6.8 GB; and 0.8 GB
# for the program, 0.1 GB for MNIST, and 0.2 GB for a hundred compiled layers
@pytest.mark.parametrize(
    ("momentum", "need"), [(0.0, 4 * PARAMETERS * 8 + 7.9e9), (0.9, 4 * PARAMETERS * 14 + 7.9e9)]
)
@pytest.mark.usefixtures("small_machine")
def test_a_network_beyond_the_machines_memory_is_refused_where_its_width_stands(
    written: Callable[..., list[Loaded]], momentum: float, need: float
) -> None:
    loaded = written(f"momentum={momentum}", giant=GIANT)
    with pytest.raises(ConfigError) as caught:
        require_memory(loaded)
    assert str(caught.value) == (
        "giant.yaml:2: width: 26,321,305,610 parameters in batches of 32, which take about "
        f"{need / 1e9:,.1f} GB to train, allowed 64.0 GB, this machine's memory"
    )
    assert caught.value.hint == "see what it takes, and which value would fit: mlpcli check CONFIG"


@pytest.mark.usefixtures("small_machine")
def test_the_width_is_named_where_no_batch_size_would_help(
    written: Callable[..., list[Loaded]],
) -> None:
    # in batches of 55,000 the layers' outputs take more than the weights, which do not fit either
    loaded = written(giant=GIANT.replace("32", "55000"))
    with pytest.raises(ConfigError, match=r"^giant.yaml:2: width: "):
        require_memory(loaded)


def test_what_the_estimate_may_have_too_high_is_tried(
    monkeypatch: pytest.MonkeyPatch, written: Callable[..., list[Loaded]]
) -> None:
    loaded = written(giant=GIANT)
    need = estimate_footprint(loaded[0].config).memory
    monkeypatch.setattr("mlpcli.runs.footprint.physical_memory", lambda: int(need / 1.09))
    require_memory(loaded)
    monkeypatch.setattr("mlpcli.runs.footprint.physical_memory", lambda: int(need / 1.11))
    with pytest.raises(ConfigError, match="width"):
        require_memory(loaded)


@pytest.mark.usefixtures("small_machine")
def test_every_config_that_does_not_fit_is_named_once(
    written: Callable[..., list[Loaded]],
) -> None:
    # 55,000 examples make 99 * 3,500 + 10 units put out 4 bytes each, and 3,500 5 times more: 80 GB
    batch = GIANT.replace("16384", "3500").replace("32", "55000")
    fits = GIANT.replace("16384", "32")
    loaded = written(giant=GIANT, fits=fits, batch=batch)
    with pytest.raises(ConfigError) as caught:
        require_memory([*loaded, loaded[0]])
    places = [line.partition(" ")[0] for line in str(caught.value).splitlines()]
    assert places == ["giant.yaml:2:", "batch.yaml:5:"]
    assert "batch.yaml:5: batch_size: 1,203,625,510 parameters in batches of 55,000" in str(
        caught.value
    )
    require_memory([loaded[1]])


@pytest.mark.usefixtures("small_machine")
def test_an_override_that_asks_for_too_much_is_named_itself(
    written: Callable[..., list[Loaded]],
) -> None:
    loaded = written("width=16384", giant=GIANT.replace("16384", "32"))
    with pytest.raises(ConfigError, match=r"^-s width=16384: width: 26,321,305,610 parameters"):
        require_memory(loaded)


def test_memory_that_is_just_enough_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(name="a", layers=2, width=1_000, learning_rate=0.1, steps=1, batch_size=1_000)
    # 795,010 weights of 4 bytes held 8 times; 1,000 examples of 784 numbers, of 1,010 outputs, and
    # of 1,000 of them 5 times more; and 765 MB for the program, 102 MB for MNIST and 4 MB for two
    # layers: once for all networks
    each = 4 * (795_010 * 8 + 1_000 * (784 + 1_010 + 5 * 1_000))
    for networks in (1, 8):
        need = 871_000_000 + networks * each
        for memory in (need, need - 1):
            monkeypatch.setattr("mlpcli.runs.footprint.physical_memory", lambda m=memory: m)
            lacks = memory_shortage(config, networks)
            assert (lacks and lacks.need) == (None if memory == need else need)


@pytest.fixture
def elsewhere(tmp_path: Path, summary: Summary) -> Path:
    """Make a run that a machine of a terabyte completed, and one that it did not."""
    (tmp_path / "giant.yaml").write_text(GIANT)
    config = load_config(tmp_path / "giant.yaml")
    info = {
        "config": config.resolved(),
        "data": {"name": "mnist", "sha256": config.data.sha256},
        "versions": package_versions(),
    }
    with RunDirectory.create(tmp_path / "runs", "done", config.to_yaml(), info) as run:
        run.complete(replace(summary, parameters=config.parameters), {})
    with (
        suppress(KeyboardInterrupt),
        RunDirectory.create(tmp_path / "runs", "begun", config.to_yaml(), info),
    ):
        raise KeyboardInterrupt
    return tmp_path


@pytest.mark.process
@pytest.mark.parametrize(
    "words", [["compare", "runs"], ["show", "done"], ["show", "begun"], ["diff", "done", "begun"]]
)
def test_a_larger_machines_runs_are_read_like_any(elsewhere: Path, words: list[str]) -> None:
    done = mlpcli(words, elsewhere)
    assert done.returncode == 0, done.stderr
    assert "config" not in done.stderr


@pytest.mark.process
@pytest.mark.parametrize(
    ("words", "place"),
    [
        (["train", "giant.yaml"], "giant.yaml:2"),
        (["train", "giant.yaml", "--seeds", "2", "-s", "width=16000"], "-s width=16000"),
        (["resume", "begun"], "runs/*-begun-*/config.yaml:[0-9]"),
        (["lr", "giant.yaml"], "giant.yaml:2"),
    ],
)
def test_what_this_machine_cannot_train_is_said_before_work_begins(
    elsewhere: Path, words: list[str], place: str
) -> None:
    done = mlpcli(words, elsewhere)
    assert done.returncode == 2
    first, hint = done.stderr.splitlines()
    assert fnmatch(first, f"{place}: width: 2* GB, this machine's memory")
    assert hint.endswith("mlpcli check CONFIG")
    assert len(list((elsewhere / "runs").iterdir())) == 2


@pytest.mark.process
def test_what_a_larger_machine_has_done_needs_no_memory_here(elsewhere: Path) -> None:
    (completed,) = elsewhere.glob("runs/*-done-*")
    done = mlpcli(["train", "giant.yaml", "--needed"], elsewhere)
    assert (done.returncode, done.stdout) == (0, f"{completed.relative_to(elsewhere)}\n")
