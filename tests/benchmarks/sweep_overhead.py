"""Time a search whose training costs nothing: python sweep_overhead.py TRIALS.

It trains a few runs side by side, then has a sweep (TPE) whose trials are copies of these, each
that with the nearest learning rate. It prints the seconds of a trial that is trained, and those
that the sweep took beside the copying, in all.
"""

import io
import math
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext, redirect_stderr
from itertools import count
from pathlib import Path
from typing import Any

from children import ROOT

from mlpcli.config import Config
from mlpcli.runs import describe_environment, load_run
from mlpcli.search import Asked
from mlpcli.search.asker import Asker
from mlpcli.search.spec_file import load_sweep
from mlpcli.sweep import command, trainer
from mlpcli.sweep.folder import Folder
from mlpcli.terminal import Talk
from mlpcli.training import Job, Session, started, train_many

TRAINED, WARM_UP = 27, 2  # runs that are timed, and those before, for which the step is compiled
SWEEP = f"""\
base: {ROOT}/configs/tiny.yaml
over:
  learning_rate: {{from: 0.003, to: 1.0, log: true}}
  momentum: [0.0, 0.5, 0.9]
  weight_decay: {{from: 1.0e-6, to: 0.01, log: true}}
seeds: 1
"""


class Nothing:
    """A view that shows nothing."""

    begun = row = tick = staticmethod(lambda *_: None)


class Copies:
    """Stands for the training of jobs: each is a copy of a run that was trained."""

    def __init__(self, runs: Iterable[Path]) -> None:
        self._rates = {path: _log_rate(load_run(path).config) for path in runs}
        self._numbers, self.seconds = count(), 0.0

    def train_many(
        self, jobs: Iterable[Job | None], root: Path, session: Session, view: Any, stack: None
    ) -> Iterator[Job]:
        for job in jobs:
            assert job
            view.begun(job)
            began = time.perf_counter()
            wanted = _log_rate(job.config.resolved())
            nearest = min(self._rates, key=lambda path: abs(self._rates[path] - wanted))
            job.path = root / f"20261123-184512-{job.config.name}-{next(self._numbers):04x}"
            shutil.copytree(nearest, job.path)
            job.status = "completed"
            self.seconds += time.perf_counter() - began
            yield job


def _log_rate(config: Any) -> float:
    return math.log(config["learning_rate"])


def trained(configs: list[Config], place: Path, session: Session) -> float:
    """Train runs side by side, once what they share is compiled; return the seconds of each."""
    _train(configs[:WARM_UP], place / "warm", session)
    began = time.perf_counter()
    _train(configs, place / "runs", session)
    return (time.perf_counter() - began) / len(configs)


def _train(configs: list[Config], root: Path, session: Session) -> None:
    ended = list(train_many((Job.part(each) for each in configs), root, session, Nothing()))
    assert all(job.status == "completed" for job in ended)


def overhead(place: Path, trials: int, session: Session) -> float:
    """Return the seconds that a sweep takes whose trials are there at once, without its start."""
    copies = Copies((place / "runs").iterdir())
    trainer.train_many = copies.train_many
    trainer.started = lambda *_: nullcontext(session)
    spec = load_sweep(place / "sweep.yaml", (), Asked(search="tpe", trials=trials))
    folder = Folder.create(place / "sweeps", spec)
    with redirect_stderr(io.StringIO()):
        began = time.perf_counter()
        code = command._run(folder, Talk(), full=False, pool=None)
        seconds = time.perf_counter() - began
    assert code == 0
    return seconds - copies.seconds


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "sweep.yaml").write_text(SWEEP)
        spec = load_sweep(place / "sweep.yaml", (), Asked(search="random", trials=TRAINED))
        asker = Asker(spec)
        configs = [spec.config(values, n) for n in range(TRAINED) if (values := asker.ask({}))]
        with started(configs, describe_environment, Talk(quiet=True)) as session:
            each = trained(configs, place, session)
            print(each, overhead(place, int(sys.argv[1]), session))


if __name__ == "__main__":
    main()
