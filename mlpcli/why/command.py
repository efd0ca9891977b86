"""What `why` does: two settings read, what lies between them trained, the difference split."""

import hashlib
import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

from mlpcli.check import estimate, measured, start_test
from mlpcli.config import (
    OF_A_RUN_ALONE,
    Loaded,
    load_file,
    load_of_run,
    parse_seeds,
    spelled_once,
    structure,
)
from mlpcli.errors import RunError, shown
from mlpcli.explain import proofs_folder
from mlpcli.runs import CONFIG, SCORES, find_run, load_run, read_all, require_memory, runs_in
from mlpcli.stats import Coalition
from mlpcli.terminal import (
    count,
    print_line,
    print_next,
    print_result,
    print_warnings,
    stderr_console,
)
from mlpcli.why.players import Between, between
from mlpcli.why.split import Split, split
from mlpcli.why.view import Plan, next_command, plan_json, plan_sections, why_json, why_sections


def show_why(words: Sequence[str], root: Path, seeds: str, form: str, dry: bool) -> int:
    """Print how two settings' difference splits among their keys; return the exit code."""
    loaded = [_loaded(word, root) for word in words]
    apart = between(loaded[0].config, loaded[1].config)
    numbers = parse_seeds(seeds)
    if dry:
        print_result(_plan(apart, numbers), form, plan_sections, plan_json)
        return 0
    every = {each for seed in numbers for each in apart.needed(seed)}
    require_memory([Loaded(apart.config(each), "what lies between") for each in every], True)
    place = proofs_folder(root / "any run") / f"why-{_digest(apart)}"
    code = _train(apart, numbers, place)
    found = _split(apart, place, numbers)
    if found is None:
        raise RunError(
            f"{shown(place, 200)}: no seed has a result of each of the settings between them",
            "see what became of the runs: mlpcli ls " + str(place),
        )
    print_result(found, form, why_sections, why_json)
    if form != "json":
        print_next(next_command(place))
    return code


def _loaded(word: str, root: Path) -> Loaded:
    """Return the config of a file, or of a run."""
    path = Path(word)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return load_file(path)
    return load_of_run(find_run(word, root) / CONFIG)


def _train(apart: Between, seeds: Sequence[int], place: Path) -> int:
    """Train all that is needed and not there yet; return the exit code."""
    from mlpcli.training import train_all

    configs = [
        apart.config(each).model_copy(update={"seed": seed})
        for seed in seeds
        for each in apart.needed(seed)
    ]
    print_line(stderr_console(), f"{len(configs)} networks, those that are there left out", "dim")
    with redirect_stdout(sys.stderr):  # the paths are talk here
        return train_all(configs, place, needed=True)


def _split(apart: Between, place: Path, seeds: Sequence[int]) -> Split | None:
    """Split the difference by the runs of these seeds; diverged ones count as chance."""
    every = {each for seed in seeds for each in apart.needed(seed)}
    names: dict[str, Coalition] = {apart.config(each).name: each for each in every}
    found, diverged = {}, 0
    for run in read_all(load_run, runs_in(place)[0])[0]:
        coalition, seed = names.get(str(run.config.get("name"))), run.config.get("seed")
        score = run.counted(SCORES[apart.a.data.task.kind])
        if coalition is not None and score is not None and isinstance(seed, int) and seed in seeds:
            found[coalition, seed] = score
            diverged += run.status == "diverged"
    if diverged:
        print_warnings([f"{count(diverged, 'run')} diverged, and counts as a guess at random"])
    if left := [seed for seed in seeds if any((e, seed) not in found for e in apart.needed(seed))]:
        print_warnings([f"left out, for not all runs have a result: seeds {left}"])
    return split(apart, SCORES[apart.a.data.task.kind], found)


def _plan(apart: Between, seeds: Sequence[int]) -> Plan:
    """Return what is to be trained: how many networks of how many structures, and how long."""
    configs = [apart.config(each) for seed in seeds for each in apart.needed(seed)]
    speed = measured(start_test())
    times = [estimate(config, [], speed) for config in configs]
    structures = len({structure(config) for config in configs})
    compiling = max(time.start for time in times) * structures  # once of each structure
    training = sum(time.seconds - time.start for time in times)
    return Plan(apart, len(configs), structures, compiling + training)


def _digest(apart: Between) -> str:
    """Return what names the folder of what lies between two settings."""
    both = frozenset[int](), frozenset(range(len(apart.players)))
    ends = [spelled_once(apart.config(each).resolved()) for each in both]
    plain = [{k: v for k, v in each.items() if k not in OF_A_RUN_ALONE} for each in ends]
    text = json.dumps(plain, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
