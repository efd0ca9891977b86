"""The story of choosing a learning rate: the config, the measurement, the copy, the next step."""

from functools import partial
from pathlib import Path

from mlpcli.config import Config, copy_path, load_file, read_text, text_of, write_new
from mlpcli.errors import MlpcliError, RunError
from mlpcli.runs import memory_shortage, require_limits, require_memory
from mlpcli.terminal import print_line, print_result, stderr_console
from mlpcli.training import started
from mlpcli.tune.rate_search import NETWORKS, RateResult
from mlpcli.tune.view import (
    brief_sections,
    full_sections,
    head_of_copy,
    nothing_found,
    print_next_command,
    rate_json,
)


def choose_rate(
    path: Path, overrides: tuple[str, ...], form: str, write: bool, full: bool = False
) -> int:
    """Find a config's learning rate and show it, and write it into a copy if that is asked for."""
    loaded, text = load_file(path, overrides), read_text(path)
    config = loaded.config
    require_memory([loaded])
    _require_memory(config)
    copy = copy_path(path) if write else None
    given = [override.partition("=")[0] for override in overrides]
    if copy:  # a layout without a place for a value is refused before anything is done
        text_of(config, text, path, given)
    result = _found(config)
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
        raise RunError(*nothing_found(path, overrides, config, result))
    whole = full or form == "json"
    print_next_command(path, overrides, copy, result.choice.best, whole)
    return 0


def _require_memory(config: Config) -> None:
    """Raise RunError where a round's networks cannot all be held at once."""
    if lacks := memory_shortage(config, NETWORKS):
        raise RunError(
            f"{NETWORKS} networks side by side would take about {lacks.need / 1e9:,.0f} GB, of "
            f"this machine's {lacks.memory / 1e9:,.0f} GB",
            "find the rate of a narrower network, or with a smaller batch_size",
        )
    require_limits(config, NETWORKS)


def _found(config: Config) -> RateResult:
    with started([config], dict) as session:
        from mlpcli.training import memory_errors
        from mlpcli.tune.measurements import find_rate

        with memory_errors():
            report = partial(print_line, stderr_console(), style="dim")
            return find_rate(
                config, session.data[config.data_spec].train, session.stop.check, report
            )
