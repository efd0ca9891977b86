"""The story of choosing a learning rate: the config, the measurement, the copy, the next step."""

from functools import partial
from pathlib import Path

from mlpcli.config import Config, Loaded, copy_path, load_file, read_text, text_of, write_new
from mlpcli.errors import MlpcliError, RunError
from mlpcli.runs import memory_shortage, require_limits, require_memory
from mlpcli.terminal import print_line, print_result, stderr_console
from mlpcli.training import started
from mlpcli.tune.hopeless import dead, nothing_found, require_hope
from mlpcli.tune.plan import TOGETHER
from mlpcli.tune.records import RateResult
from mlpcli.tune.view import (
    brief_sections,
    full_sections,
    head_of_copy,
    print_cost,
    print_next_command,
    rate_json,
)


def choose_rate(
    path: Path, overrides: tuple[str, ...], form: str, write: bool, full: bool = False
) -> int:
    """Find a config's learning rate and show it, and write it into a copy if that is asked for."""
    loaded, text = load_file(path, overrides), read_text(path)
    config, whole = loaded.config, full or form == "json"
    require_memory([loaded])
    _require_memory(config)
    copy = copy_path(path) if write else None
    given = [override.partition("=")[0] for override in overrides]
    if copy:  # a layout without a place for a value is refused before anything is done
        text_of(config, text, path, given)
    require_hope(loaded, path, overrides)
    result = _found(loaded, path, overrides, curvature=whole)
    chosen = config.model_copy(update={"learning_rate": result.choice.best})
    failure = None
    if copy and result.choice.learns:
        try:  # before anything is shown, for the reader of stdout may leave
            write_new(copy, text_of(chosen, text, path, given, head_of_copy(path, result)))
        except MlpcliError as error:
            failure = error
    sections = partial(full_sections if full else brief_sections, config)
    print_result(result, form, sections, partial(rate_json, config))
    if failure:
        raise failure
    if not result.choice.learns:
        raise nothing_found(loaded, path, overrides, result)
    print_cost(result)
    print_next_command(path, overrides, copy, result.choice.best, whole)
    return 0


def _require_memory(config: Config) -> None:
    """Raise RunError where the networks of a stack cannot all be held at once."""
    if lacks := memory_shortage(config, TOGETHER):
        raise RunError(
            f"{TOGETHER} networks side by side would take about {lacks.need / 1e9:,.0f} GB, of "
            f"this machine's {lacks.memory / 1e9:,.0f} GB",
            "find the rate of a narrower network, or with a smaller batch_size",
        )
    require_limits(config, TOGETHER)


def _found(loaded: Loaded, path: Path, overrides: tuple[str, ...], curvature: bool) -> RateResult:
    config = loaded.config
    with started([config], dict) as session:
        from mlpcli.training import memory_errors
        from mlpcli.tune.measurements import find_rate, is_dead

        with memory_errors():
            data, report = (
                session.data[config.data_spec],
                partial(print_line, stderr_console(), style="dim"),
            )
            if is_dead(config, data.train):
                raise dead(loaded, path, overrides)
            return find_rate(config, data, session.stop.check, report, curvature)
