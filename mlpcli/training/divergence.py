"""What to try after a run diverged: the first advice of `explain`, measured within seconds."""

import time
from collections.abc import Callable

from mlpcli.config import Config
from mlpcli.data import Splits
from mlpcli.errors import RunError
from mlpcli.terminal import plain
from mlpcli.theory import (
    Mended,
    Snapshot,
    advice_text,
    after_fast_decay,
    calmer,
    decay_text,
    decays_too_fast,
    repair,
    rounded,
    stability_ratio,
)

SECONDS = 5.0  # for the measurements; deep3's take 1.5 on two cores


class _TooSlowError(Exception):
    """The measurements of a very large network, which take longer than one should wait."""


def advice_after_divergence(config: Config, data: Splits, check: Callable[[], None]) -> str:
    """Say what to try, measured on the initial network, in a line; without it where that fails.

    `check` is called within the measurements, and may raise.
    """
    if decays_too_fast(config):
        return f"{decay_text(config)}; try {advice_text(after_fast_decay(config))}"
    until = time.monotonic() + SECONDS

    def check_time() -> None:
        check()
        if time.monotonic() > until:
            raise _TooSlowError

    try:
        start, mended = _measured(config, data, check_time)
    except (_TooSlowError, RunError):
        keys = repair(config) or {"learning_rate": rounded(config.learning_rate / 3)}
        return (
            f"try {advice_text(keys)}, which is a guess: to measure this network takes more than "
            f"{SECONDS:g} s, or more memory than there is"
        )
    advice = f"try {advice_text(calmer(config, mended))}"
    ratio = stability_ratio(config, start, start)
    if ratio is None:
        return advice
    limit = rounded(config.learning_rate / ratio)
    return (
        f"learning_rate {config.learning_rate:g} is {plain(ratio)} times the limit of stability of "
        f"the untrained network, {limit:g}: {advice}"
    )


def _measured(config: Config, data: Splits, check: Callable[[], None]) -> tuple[Snapshot, Mended]:
    from mlpcli.training.backend import memory_errors
    from mlpcli.training.network import Network, measure_mended

    with memory_errors():
        network = Network(config, data, check)
        start = network.snapshot(network.initial)
        return start, measure_mended(config, data, start, check)
