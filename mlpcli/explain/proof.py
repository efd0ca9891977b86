"""Advice put to the proof: the run's config and the advised one, with the same seeds."""

import hashlib
from pathlib import Path

from mlpcli.compare import Options, show_compared
from mlpcli.config import LARGEST_SEED, Config
from mlpcli.errors import MlpcliError
from mlpcli.training import train_all

PROOF_SEEDS = 3  # the least that a verdict takes
ADVISED = "-advised"


class NothingToProveError(MlpcliError):
    """A run whose explanation advises nothing."""


def prove(run: Path, config: Config, advised: Config | None) -> int:
    """Train a run's config and the advised one with the same seeds, and print a comparison.

    Raises NothingToProveError where nothing is advised.
    """
    if not advised:
        raise NothingToProveError(
            "nothing is advised, so there is nothing to prove",
            "see which setting is better with: mlpcli compare",
        )
    name = config.name[: 64 - len(ADVISED)]
    pair = [config.model_copy(update={"name": name}),
            advised.model_copy(update={"name": name + ADVISED})]  # fmt: skip
    place = _place(run.resolve(), pair)
    code = train_all([_seeded(each, n) for each in pair for n in range(PROOF_SEEDS)], place, True)
    asked = Options(by="setting", baseline=name)
    compared = show_compared([str(place)], place, None, asked)
    return max(code, compared)


def _place(run: Path, pair: list[Config]) -> Path:
    """Return where the proof of a run goes: no run among its like, nor with another proof.

    A run that was taken further since is another, and so is one that is advised otherwise.
    """
    digest = hashlib.sha256(repr(pair).encode()).hexdigest()[:6]
    folder = run.parent.parent / f"{run.parent.name}-proofs"
    here = Path.cwd()
    folder = folder.relative_to(here) if folder.is_relative_to(here) else folder
    return folder / f"{run.name}-{digest}"


def _seeded(config: Config, nth: int) -> Config:
    return config.model_copy(update={"seed": (config.seed + nth) % (LARGEST_SEED + 1)})
