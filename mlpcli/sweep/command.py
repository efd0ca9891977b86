"""What `sweep` does, and `resume` and `show` of a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mlpcli.config import Loaded, require_seed_matters
from mlpcli.errors import shell_word, shown
from mlpcli.runs import require_memory, require_place
from mlpcli.search import MOST_CHECKED, Asked, Spec, load_sweep, require_a_trial
from mlpcli.sweep.answer import contest
from mlpcli.sweep.folder import Folder
from mlpcli.sweep.outcome import Outcome, outcome_of
from mlpcli.sweep.plan import plan, plan_json, plan_sections
from mlpcli.sweep.records import summary_record
from mlpcli.sweep.story import SOME, begun, run_sweep
from mlpcli.sweep.trainer import here, pool_of, require_unstacked
from mlpcli.sweep.view import outcome_sections
from mlpcli.terminal import Talk, print_json, print_next, print_result, print_sections

if TYPE_CHECKING:
    from mlpcli.cluster import Pool, Where


def train_sweep(
    path: Path,
    words: Sequence[str],
    root: Path,
    asked: Asked,
    talk: Talk,
    dry: bool,
    full: bool,
    where: Where | None = None,
) -> int:
    """Train a sweep into a folder of its own in `root`; return the exit code.

    Raises ConfigError with all that is wrong with it, before anything is written.
    """
    spec = load_sweep(path, words, asked)
    require_a_trial(spec)
    if dry:
        form = "json" if talk.stdout == "json" else "table"
        print_result(plan(spec), form, partial(plan_sections, full=full), plan_json)
        return 0
    _require(spec, path, root, where)
    with pool_of(where, talk) as pool:
        folder = Folder.create(root, spec)
        talk.print_path(folder.path)
        return _run(folder, talk, full, pool)


def resume_sweeps(paths: Iterable[Path], talk: Talk, pool: Pool | None = None) -> int:
    """Go on with each sweep; return the exit code of the worst. A finished one is told again."""
    codes = [0]
    for path in paths:
        folder = Folder.open(path)
        codes.append(_run(folder, talk, full=False, pool=pool))
    return max(codes)


def work_on(path: Path, talk: Talk, full: bool = False) -> int:
    """Train what other processes leave of a sweep in a folder that they share; return the code.

    Raises RunError where the runs there were trained with other versions, or on other data.
    """
    return _run(Folder.open(path), talk, full, None, joining=True)


def show_sweep(path: Path, form: str, full: bool) -> int:
    """Print how a sweep came out, by the runs in its folder; return the exit code."""
    folder = Folder.to_look_at(path)
    progress = begun(folder)
    finished = progress.look()
    found = outcome_of(progress)
    print_result(found, form, partial(outcome_sections, full=full), summary_record)
    if form != "json" and not folder.is_held:
        print_next(_next(found, path) if finished else f"mlpcli resume {shell_word(path)}")
    return 0


def sweep_outcome(path: Path) -> Outcome:
    """Return how the sweep in a folder came out, or stands by now. Raises MlpcliErrors."""
    progress = begun(Folder.to_look_at(path))
    progress.look()
    return outcome_of(progress)


def _require(spec: Spec, path: Path, root: Path, where: Where | None) -> None:
    """Raise an error where trials do not fit this machine, or seeds change nothing."""
    if spec.seeds > 1:
        require_seed_matters(spec.base.config, f"seeds: {spec.seeds}")
    source = shown(path, 200)
    configs = [*spec.some_configs(MOST_CHECKED)]
    if where is not None:
        require_unstacked(spec.stack)
    if where is None or where.address is None:  # other machines have other memories
        require_memory([Loaded(config, source) for config in configs], saving=True)
    require_place(root, configs[:1])


def _run(folder: Folder, talk: Talk, full: bool, pool: Pool | None, joining: bool = False) -> int:
    """Train what is left of a sweep, and tell how it came out; return the exit code.

    Raises RunError where another process trains it, and this one is not joining.
    """
    with nullcontext() if joining else folder.held():
        progress = begun(folder)
        trains = not progress.is_finished()
        if trains:
            progress = run_sweep(folder, talk, pool, joining)
            folder.clear_claims()
        found = outcome_of(progress)
        record = summary_record(found, progress.pool or _here(folder.spec))
        if not joining or (trains and not folder.is_held):  # who began it may have more to say
            folder.write_summary(record)
    if talk.stdout == "json":
        print_json(record)
    if not talk.quiet:
        print_sections(outcome_sections(found, full), talk.console)
        talk.say(f"next: {_next(found, folder.path)}")
    return 0 if found.best and "failed" not in record["counts"] else 1


def _here(spec: Spec) -> str:
    """Say how many trials train side by side on this machine, of a sweep that is finished."""
    return here([*spec.some_configs(SOME)])


def _next(found: Outcome, path: Path) -> str:
    """Return what to type next: what settles the ties, what explains the best, or the list."""
    if found.seeds_to_settle and len(found.tied) > 1:
        return contest(found)
    if found.best and found.best.path:
        return f"mlpcli explain {shell_word(found.best.path)}"
    return f"mlpcli ls {shell_word(path)}"
