"""The story of `resume`: runs that can go on, each taken to its end."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from mlpcli.config import Config
from mlpcli.errors import shown
from mlpcli.runs import find_run, follows, locked, plan, require_memory
from mlpcli.terminal import print_line, print_warnings, stderr_console
from mlpcli.training.in_turn import in_turn, reported, run_to_end
from mlpcli.training.session import Session, started


def resume_all(names: Sequence[str], root: Path, overrides: tuple[str, ...]) -> int:
    """Take each run to its end; return the exit code of the worst.

    A run is named by its path, or by what only it has in its name in `root`. Nothing is changed
    in one that is finished, or that cannot go on as it was started.
    """
    planned: dict[Path, Config] = {}
    code = max(reported(partial(_plan, name, root, overrides, planned)) for name in names)
    if not planned:
        return code
    with started(list(planned.values()), dict) as session:
        works = [partial(_resume, path, overrides, session) for path in planned]
        return max(code, in_turn([shown(path, 200) for path in planned], works, session))


def _plan(name: str, root: Path, overrides: tuple[str, ...], planned: dict[Path, Config]) -> None:
    """Note the run and its config if it can go on."""
    path = find_run(name, root)
    found = plan(path, overrides)
    if found:
        require_memory([found.loaded], saving=True)
        locked(path).close()  # where it cannot be had or written, that is said before all else
        planned[path] = found.config
    else:
        _print_finished(path)


def _print_finished(path: Path) -> None:
    what = "finished; -s steps=N with a larger N takes it further"
    print_line(stderr_console(), f"{shown(path, 200)}: {what}")


def _resume(path: Path, overrides: tuple[str, ...], session: Session) -> None:
    from mlpcli.runs import ResumePoint, resume_point

    run = locked(path)
    try:
        planned = plan(path, overrides)  # again: another process may have changed it since
    except BaseException:
        run.close()
        raise
    if planned is None:
        run.close()
        _print_finished(path)
        return
    config, info = planned.config, {**planned.info, "config": planned.config.resolved()}

    def prepare_resume() -> ResumePoint:
        rows = run.prepare_resume(partial(follows, config), config.to_yaml(), info)
        if rows.torn:
            print_warnings(["the last metrics row was torn, and is cut"])
        return resume_point(run, config, rows, lambda text: print_warnings([text]))

    run_to_end(run, config, session, prepare_resume)
