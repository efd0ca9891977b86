"""The story of choosing a learning rate: the config, the measurement, the copy, the next step."""

from functools import partial
from pathlib import Path

from mlpcli.config.edit import copy_path, text_of, write_new
from mlpcli.config.load import load_config
from mlpcli.config.schema import Config
from mlpcli.config.yamlfile import read_text
from mlpcli.errors import MlpcliError, RunError
from mlpcli.runs.footprint import footprint
from mlpcli.runs.provenance import physical_memory
from mlpcli.terminal.console import say, talk_console
from mlpcli.training.launch import started
from mlpcli.tune.ladder import NETWORKS, Finding
from mlpcli.tune.view import say_next, show_finding


def choose_rate(path: Path, overrides: tuple[str, ...], form: str, write: bool) -> int:
    """Find a config's learning rate and show it, and write it into a copy if that is asked for."""
    config, text = load_config(path, overrides), read_text(path)
    _require_memory(config)
    copy = copy_path(path) if write else None
    given = [override.partition("=")[0] for override in overrides]
    if copy:  # a layout without a place for a value is told before anything is done
        text_of(config, text, path, given)
    finding = _found(config)
    chosen = config.model_copy(update={"learning_rate": finding.choice.best})
    failure = None
    if copy and finding.choice.learns:
        try:  # before anything is shown, for the reader of stdout may leave
            write_new(copy, text_of(chosen, text, path, given))
        except MlpcliError as error:
            failure = error
    show_finding(config, finding, form)
    if failure:
        raise failure
    if copy and not finding.choice.learns:
        raise RunError("nothing to write: no learning rate was found")
    say_next(path, overrides, copy, finding)
    return 0


def _require_memory(config: Config) -> None:
    """Raise RunError where a round's networks cannot all be held at once."""
    takes, there = footprint(config), physical_memory()
    need = takes.memory + (NETWORKS - 1) * (takes.weights_memory + takes.layers_memory)
    if need > there:
        raise RunError(
            f"{NETWORKS} networks side by side would take about {need / 1e9:,.0f} GB, of this "
            f"machine's {there / 1e9:,.0f} GB",
            "find the rate of a narrower network, or with a smaller batch_size",
        )


def _found(config: Config) -> Finding:
    with started([config], dict) as bench:
        from mlpcli.training.backend import memory_errors
        from mlpcli.tune.measurements import find_rate

        with memory_errors():
            tell = partial(say, talk_console(), style="dim")
            return find_rate(config, bench.data[config.dataset].train, bench.heed.check, tell)
