"""What `explain` does: a run read and measured, sentences, and advice that is put to the proof."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.check import advice_text
from mlpcli.compare import show_compared
from mlpcli.config import LARGEST, Config, Loaded, load_config
from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.runs import CONFIG, data_digest, load_run, read_rows, require_memory, to_json
from mlpcli.terminal import (
    Console,
    heading,
    number,
    percent,
    print_line,
    sentence,
    shell_word,
    stderr_console,
    table,
)
from mlpcli.training import started, train_all

if TYPE_CHECKING:
    from mlpcli.explain.evidence import Evidence, Snapshot
    from mlpcli.explain.measure import Explanation

PROOF_SEEDS = 3  # the least that a verdict takes
ADVISED = "-advised"
MEANING = (
    "gains are products over the layers, dead units by layer, the noise scale is in examples, and "
    "sharpness is that of two samples"
)


class NothingToProveError(MlpcliError):
    """A run whose explanation advises nothing."""


def show_explanation(path: Path, form: str, prove: bool) -> int:
    """Print why a run came out as it did; return the exit code."""
    found = explained(path)
    if form == "json":
        print(to_json(explanation_json(found), indent=2))
    else:
        _show(found)
    return _prove(found) if prove else 0


def explained(path: Path) -> "Explanation":
    """Read a run and measure its network.

    Raises RunError where it cannot be read, and ConfigError where it does not fit the memory.
    """
    config = _config(path)
    require_memory([Loaded(config, shown(path / CONFIG, 200))])
    with started([config], dict) as session:
        from mlpcli.explain.measure import explain_run
        from mlpcli.training import memory_errors

        print_line(stderr_console(), "measuring the network", "dim")
        with memory_errors():
            return explain_run(
                path, config, session.data[config.dataset], session.stop.check, _warn
            )


def _config(path: Path) -> Config:
    """Return a run's config. Raises RunError where it is missing or damaged, or has no rows yet."""
    run = load_run(path)
    config = load_config(path / CONFIG, follow=False)
    digest = data_digest(run.info)
    if digest not in ("", config.data.sha256):
        raise RunError(
            f"{shown(path, 200)}: trained on another {config.dataset} than there is here"
        )
    if next(read_rows(path, most=1), None) is None:
        raise RunError(
            f"{shown(path, 200)}: no metrics row that can be read",
            "explain it when it has taken a step",
        )
    return config


def _warn(text: str) -> None:
    print_line(stderr_console(), text, "yellow")


def _show(found: "Explanation") -> None:
    console = Console()
    sentence(console, f"{shown(found.path.resolve().name, 200)}: {_status(found.evidence)}")
    for nth, cause in enumerate(found.causes):
        console.print()
        sentence(console, f"{cause.sentence}.", "" if nth else "bold")
        if cause.advice:
            sentence(console, f"Try {advice_text(cause.advice)}.", "" if nth else "bold")
    _numbers(console, found.evidence)
    if found.causes[0].advice:
        print_line(
            stderr_console(),
            f"\nput it to the proof: mlpcli explain {shell_word(found.path)} --prove",
        )


def _status(e: "Evidence") -> str:
    if e.finished:
        return e.status
    return f"{e.status}, step {e.rows[-1].step:,} of {e.config.steps:,}; as far as it came:"


def _numbers(console: Console, e: "Evidence") -> None:
    heading(console, "Measured on training images")
    shots = [shot for shot in (e.start, e.end) if shot]
    lines = [([name, *(write(shot) for shot in shots)], "") for name, write in SHOWN.items()]
    table(console, ("", "at the start", "at the end")[: 1 + len(shots)], 1, lines)
    sentence(console, MEANING, "dim")
    console.print()
    facts = [f"first cost expected {number(e.prediction.initial_loss)}"]
    if e.movement is not None:
        moved = (
            "from zero" if math.isinf(e.movement) else f"by {number(e.movement, 3)} of their size"
        )
        facts.append(f"the weights moved {moved}")
    if e.train and e.validation:
        right = f"{percent(e.train.accuracy)} % in training, {percent(e.validation.accuracy)} %"
        facts.append(f"accuracy {right} in validation")
    sentence(console, "; ".join(facts))


def _sharp(shot: "Snapshot") -> str:
    values = " and ".join(number(each, 3) for each in shot.sharpness)
    return values if shot.agreed_sharpness else f"{values} (no guide)"


SHOWN: dict[str, Callable[["Snapshot"], str]] = {
    "loss": lambda s: number(s.loss),
    "logit scale": lambda s: number(s.logit_scale),
    "signal gain": lambda s: number(s.signal_gain, 3),
    "gradient gain": lambda s: number(s.gradient_gain, 3),
    "dead units %": lambda s: " ".join(percent(each) for each in s.dead[:-1]) or "-",
    "noise scale": lambda s: number(s.noise_scale, 3) if math.isfinite(s.noise_scale) else "-",
    "sharpness": _sharp,
}


def explanation_json(found: "Explanation") -> dict[str, Any]:
    """Return an explanation for JSON."""
    e = found.evidence
    return {
        "run": found.path.resolve().name,
        "path": str(found.path),
        "status": e.status,
        "causes": [asdict(each) for each in found.causes],
        "expected_initial_loss": e.prediction.initial_loss,
        "stability_ratio": {"start": e.stability_ratio, "end": e.end_ratio},
        "start": asdict(e.start),
        "end": asdict(e.end) if e.end else None,
        "movement": e.movement,
        "train": asdict(e.train) if e.train else None,
        "validation": asdict(e.validation) if e.validation else None,
    }


def _prove(found: "Explanation") -> int:
    """Train the run's config and the advised one with the same seeds, and compare them."""
    advised = found.advised
    if not advised:
        raise NothingToProveError(
            "nothing is advised, so there is nothing to prove",
            "see which setting is better with: mlpcli compare",
        )
    config = found.evidence.config
    name = config.name[: 64 - len(ADVISED)]
    pair = [config.model_copy(update={"name": name}),
            advised.model_copy(update={"name": name + ADVISED})]  # fmt: skip
    place = _place(found.path.resolve(), pair)
    code = train_all([_seeded(each, n) for each in pair for n in range(PROOF_SEEDS)], place, True)
    asked = dict.fromkeys(("where", "sort", "top", "columns", "at"))
    compared = show_compared(
        (str(place),), place, None, by="setting", baseline=name, reverse=False, **asked
    )
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
    return config.model_copy(update={"seed": (config.seed + nth) % (LARGEST + 1)})
