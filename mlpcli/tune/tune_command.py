"""The story of `tune`: a space from data and time, a search, questions, and a config."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mlpcli.check import measured, start_test
from mlpcli.config import Config, load_file, require_seed_matters, write_new
from mlpcli.errors import RunError, shell_word, shown, shown_path
from mlpcli.runs import DiskError, require_memory, require_place
from mlpcli.search import data_configs
from mlpcli.sweep import (
    Folder,
    Progress,
    Trainer,
    at_work,
    outcome_of,
    pool_of,
    sweep_in,
    to_resume,
)
from mlpcli.system import read_bounded, write_whole
from mlpcli.terminal import Talk, print_json, print_sections
from mlpcli.training import Network, Session, memory_errors
from mlpcli.tune.answers import TuneResult, tune_sections
from mlpcli.tune.questions import Answers, ask
from mlpcli.tune.space import Measured, keys_to_tune, of_depth, tuning_spec
from mlpcli.tune.tune_records import tune_json
from mlpcli.tune.tuned import Reached, reached, tuned_path, tuned_text

if TYPE_CHECKING:
    from mlpcli.cluster import Pool, Where

TUNE = "tune.json"  # in a sweep's folder, where it is that of a tuning
MOST_BYTES = 100_000


class Asked(msgspec.Struct):
    """What was asked of `tune`, and the config that it has written, as its folder keeps it."""

    config: str
    minutes: float
    written: str | None = None


def tune_config(
    path: Path,
    overrides: tuple[str, ...],
    minutes: float,
    over: str | None,
    root: Path,
    talk: Talk,
    full: bool,
    where: Where | None = None,
) -> int:
    """Choose a config's hyper-parameters in so many minutes; return the exit code."""
    clock, test = time.monotonic(), start_test()
    loaded = load_file(path, overrides)
    asked_for = keys_to_tune(over, (word.partition("=")[0] for word in overrides))
    keys = of_depth(asked_for, loaded.config)
    require_seed_matters(loaded.config, "the fresh seeds of tune")
    require_memory([loaded], saving=True)
    require_place(root, [loaded.config])
    with pool_of(where, talk) as pool, at_work([loaded.config], talk, pool) as trainer:
        known = Measured(measured(test), _noise_scale(loaded.config, trainer.session))
        folder = Folder.create(root, tuning_spec(path, overrides, keys, minutes, known))
        asked = Asked(str(path.absolute()), minutes)
        _write(folder, asked)
        talk.print_path(folder.path)
        return _finish(folder, asked, trainer, clock, full)


def resume_tunes(paths: Iterable[Path], talk: Talk, pool: Pool | None = None) -> int:
    """Go on with each tuning; return the exit code of the worst."""
    codes = [0]
    for path in paths:
        clock, folder, asked = time.monotonic(), Folder.open(path), _read(path)
        with at_work(data_configs(folder.spec), talk, pool) as trainer:
            codes.append(_finish(folder, asked, trainer, clock, full=False))
    return max(codes)


def is_tuning(path: Path) -> bool:
    """Say whether a sweep's folder is that of a tuning."""
    return (path / TUNE).is_file()


def _noise_scale(config: Config, session: Session) -> float:
    """Return the noise scale of the gradient of the untrained network, in examples."""
    with memory_errors():
        network = Network(config, session.data[config.data_spec], session.stop.check)
        return network.noise_scale(network.initial)


def _finish(folder: Folder, asked: Asked, trainer: Trainer, clock: float, full: bool) -> int:
    """Search, ask, write the config, and tell; return the exit code."""
    talk = trainer.session.talk
    with folder.held(), to_resume(folder):
        progress = sweep_in(folder, trainer, clock)
        found = outcome_of(progress)
        best = reached(found)
        answers = _answers(progress, best, folder, asked, trainer)
    if best and asked.written is None:
        to = tuned_path(Path(asked.config))
        write_new(to, tuned_text(found, best, Path(asked.config), to))
        asked.written = str(to)
        _write(folder, asked)
    result = TuneResult(found, best, answers, Path(asked.written) if asked.written else None)
    record = tune_json(result)
    folder.write_summary(record)
    if talk.stdout == "json":
        print_json(record)
    if not talk.quiet:
        print_sections(tune_sections(result, full), talk.console)
        if result.written:
            path = shown_path(result.written)
            talk.say(f"wrote {path}")
            talk.say(f"next: mlpcli train {shell_word(path)} --seeds 3")
    return 0 if best else 1


def _answers(
    progress: Progress, best: Reached | None, folder: Folder, asked: Asked, trainer: Trainer
) -> Answers | None:
    """Ask what the end makes worth asking, in the time that is left."""
    if best is None:
        return None
    until = time.monotonic() + 60 * asked.minutes - progress.seconds
    trainer.session.talk.say("asking what one more layer and more time would give", "dim")
    return ask(best.finalist, progress.spec, folder, trainer, until)


def _write(folder: Folder, asked: Asked) -> None:
    try:
        write_whole(folder.path / TUNE, msgspec.json.encode(asked))
    except OSError as error:
        raise DiskError(error, folder.path) from error


def _read(path: Path) -> Asked:
    try:
        return msgspec.json.decode(read_bounded(path / TUNE, MOST_BYTES), type=Asked)
    except (OSError, msgspec.MsgspecError) as error:
        raise RunError(f"{shown(path, 200)}: {TUNE} is damaged") from error
