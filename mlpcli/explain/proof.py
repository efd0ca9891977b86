"""Advice put to the proof: the run's config and the advised one, with the same fresh seeds."""

import hashlib
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mlpcli.compare import Options, is_share, rank_runs, score_apart, show_compared
from mlpcli.config import Config, reseeded
from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.runs import SCORES
from mlpcli.stats import Answer, Standing
from mlpcli.system import reason, require_writable
from mlpcli.training import train_all

PROOF_SEEDS = 3  # the least that a verdict takes
ADVISED = "-advised"
NOTHING = (
    "nothing is advised, so there is nothing to prove",
    "see which setting is better with: mlpcli compare",
)


class NothingToProveError(MlpcliError):
    """A run whose explanation advises nothing."""


@dataclass(frozen=True)
class Proof:
    """What came of the advice: the folder with the runs, and the advised ones beside the others."""

    place: Path
    baseline: str  # the name of the config's own runs
    standing: Standing | None  # None where too few of the runs came to a result
    exit_code: int
    score: str  # the column of compare that is compared

    @property
    def answer(self) -> Answer:
        """Whether the advice makes the run better."""
        return self.standing.verdict.answer if self.standing else Answer.TOO_FEW_SEEDS

    def __str__(self) -> str:
        """Say whether the advice holds."""
        says = {
            Answer.BETTER: "the advice holds",
            Answer.WORSE: "the advice harms",
            Answer.EQUIVALENT: "the advice changes nothing that counts",
            Answer.UNDECIDED: "the advice is not proved",
            Answer.TOO_FEW_SEEDS: "the advice is not proved: too few runs came to a result",
        }
        if not self.standing:
            return says[self.answer]
        apart = self.standing.difference
        known = apart.low is not None and apart.high is not None
        write = partial(score_apart, self.score)
        interval = f", {write(apart.low or 0)} to {write(apart.high or 0)}" if known else ""
        what = (
            "points of validation accuracy" if is_share(self.score) else "of validation R squared"
        )
        return (
            f"{says[self.answer]}: {write(apart.mean)} {what}{interval}, over {apart.n} fresh "
            f"seeds each: {self.answer}"
        )


def proofs_folder(run: Path) -> Path:
    """Return the folder of the proofs of a run's like, beside theirs.

    Raises RunError where it cannot be written.
    """
    runs = run.resolve().parent
    folder = runs.parent / f"{runs.name}-proofs"
    here = Path.cwd()
    folder = folder.relative_to(here) if folder.is_relative_to(here) else folder
    try:
        require_writable(folder)
    except OSError as error:
        raise RunError(
            f"{shown(folder, 200)}: the proof's runs cannot be written there: {reason(error)}",
            "make it writable, or copy the run into a folder whose parent is",
        ) from error
    return folder


def prove(run: Path, folder: Path, config: Config, advised: Config | None) -> Proof:
    """Train a run's config and the advised one with the same seeds, none of them the run's own.

    The run's own seed led to the advice, so it can prove nothing. Raises NothingToProveError where
    nothing is advised.
    """
    if not advised:
        raise NothingToProveError(*NOTHING)
    name = short_name(config)
    config = config.model_copy(update={"name": name})
    advised = advised.model_copy(update={"name": name + ADVISED})
    configs = [*fresh(config), *fresh(advised)]
    place = folder / f"{run.resolve().name}-{_digest(configs)}"
    return proof_of(place, config, advised, train_into(place, configs))


def short_name(config: Config) -> str:
    """Return a config's name, shortened so that there is room behind it."""
    return config.name[: 64 - len(ADVISED) - 1]


def fresh(config: Config) -> list[Config]:
    """Return a config with PROOF_SEEDS seeds that are none of its own."""
    return [_seeded(config, nth) for nth in range(1, PROOF_SEEDS + 1)]


def train_into(place: Path, configs: Sequence[Config]) -> int:
    """Train configs into a folder, but for those that were before; return the exit code."""
    with redirect_stdout(sys.stderr):  # the paths are talk here: stdout is for the comparison
        return train_all(configs, place, needed=True)


def proof_of(place: Path, config: Config, advised: Config, code: int) -> Proof:
    """Return how the runs of an advised config in a folder stand beside the config's."""
    standing = _standing(place, config.name, advised.name)
    return Proof(place, config.name, standing, code, SCORES[config.data.task.kind])


def show_proof_runs(proof: Proof) -> int:
    """Print the runs of a proof as settings side by side; return the exit code."""
    if not proof.standing:
        return 1
    asked = Options(by="setting", baseline=proof.baseline)
    return show_compared([str(proof.place)], proof.place, None, asked)


def _standing(place: Path, baseline: str, name: str) -> Standing | None:
    try:
        ranking = rank_runs(place, baseline)
    except MlpcliError:  # no run came to anything: what was wrong has been said
        return None
    named = (each for each in ranking.ranked if each.setting.name == name)
    return next((each.standing for each in named), None)


def _digest(configs: Sequence[Config]) -> str:
    """Return what names a proof: of a run that was taken further since there is another."""
    return hashlib.sha256(repr(configs).encode()).hexdigest()[:6]


def _seeded(config: Config, nth: int) -> Config:
    return reseeded(config, nth)
