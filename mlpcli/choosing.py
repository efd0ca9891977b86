"""The story of choosing a learning rate: the config, the measurement, the copy, the next step."""

from functools import partial
from pathlib import Path

from mlpcli.config import Config
from mlpcli.configcopy import copy_path, with_values, write_new
from mlpcli.configfile import load_config
from mlpcli.display import say, talk_console
from mlpcli.errors import RunError
from mlpcli.ladder import Finding
from mlpcli.launch import started
from mlpcli.rate_tables import say_next, show_finding
from mlpcli.yamlfile import read_text


def choose_rate(path: Path, overrides: tuple[str, ...], form: str, write: bool) -> int:
    """Find a config's learning rate and show it, and write it into a copy if that is asked for."""
    config, text = load_config(path, overrides), read_text(path)
    copy = copy_path(path) if write else None
    finding = _found(config)
    learns, best = finding.choice.learns, f"{finding.choice.best:g}"
    if copy and learns:  # before anything is shown, for the reader of stdout may leave
        values = dict(override.split("=", 1) for override in overrides)
        write_new(copy, with_values(text, {**values, "learning_rate": best}))
    show_finding(config, finding, form)
    if copy and not learns:
        raise RunError("nothing to write: no learning rate was found")
    say_next(path, copy, finding)
    return 0


def _found(config: Config) -> Finding:
    with started([config], dict) as bench:
        from mlpcli.backend import memory_errors
        from mlpcli.trials import find_rate

        with memory_errors():
            tell = partial(say, talk_console(), style="dim")
            return find_rate(config, bench.data[config.dataset].train, bench.heed.check, tell)
