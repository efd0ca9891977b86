"""An explanation: what came out, each cause with its advice, and the numbers behind them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mlpcli.errors import shown
from mlpcli.stats import Answer
from mlpcli.terminal import Emphasis, Section, Text, number, percent, shell_word, table_of
from mlpcli.theory import advice_text

if TYPE_CHECKING:
    from mlpcli.explain.evidence import Evidence
    from mlpcli.explain.measure import Explanation
    from mlpcli.explain.proof import Proof
    from mlpcli.theory import Snapshot

MEANING = (
    "gains are products over the layers, dead units by layer, the noise scale is in examples, and "
    "sharpness is that of two samples"
)


def explanation_sections(found: Explanation) -> Iterator[Section]:
    """Yield the sections of an explanation, the first cause emphasized."""
    evidence = found.evidence
    name = shown(found.path.resolve().name, 200)
    yield Section("", [Text(f"{name}: {_status(evidence)}")])
    for nth, cause in enumerate(found.causes):
        emphasis: Emphasis = "" if nth else "strong"
        texts = [f"{cause.sentence}."]
        if cause.advice:
            texts.append(f"Try {advice_text(cause.advice)}.")
        yield Section("", [Text(text, emphasis) for text in texts])
    yield _numbers(evidence)
    yield Section("", [Text("; ".join(_facts(evidence)))])


def _status(e: Evidence) -> str:
    if e.finished:
        return e.status
    return f"{e.status}, step {e.rows[-1].step:,} of {e.config.steps:,}; as far as it came:"


def _numbers(e: Evidence) -> Section:
    shots = [shot for shot in (e.start, e.end) if shot]
    rows = ([name, *(write(shot) for shot in shots)] for name, write in SHOWN.items())
    table = table_of(("", "at the start", "at the end")[: 1 + len(shots)], rows)
    return Section("Measured on training examples", [table, Text(MEANING, "faint")])


def _facts(e: Evidence) -> Iterator[str]:
    yield f"initial loss expected {number(e.prediction.initial_loss)}"
    if e.movement is not None:
        far = "from zero" if math.isinf(e.movement) else f"by {number(e.movement, 3)} of their size"
        yield f"the weights moved {far}"
    if e.train and e.validation:
        training, validation = (percent(each.accuracy) for each in (e.train, e.validation))
        yield f"accuracy {training} % in training, {validation} % in validation"


def _sharp(shot: Snapshot) -> str:
    values = " and ".join(number(each, 3) for each in shot.sharpness)
    return values if shot.agreed_sharpness else f"{values} (no guide)"


SHOWN: dict[str, Callable[[Snapshot], str]] = {
    "loss": lambda s: number(s.loss),
    "logit scale": lambda s: number(s.logit_scale),
    "signal gain": lambda s: number(s.signal_gain, 3),
    "gradient gain": lambda s: number(s.gradient_gain, 3),
    "dead units %": lambda s: " ".join(percent(each) for each in s.dead[:-1]) or "-",
    "noise scale": lambda s: number(s.noise_scale, 3) if math.isfinite(s.noise_scale) else "-",
    "sharpness": _sharp,
}


def next_command(found: Explanation) -> str:
    """Say which command is of use after an explanation."""
    if found.causes[0].advice:
        words = f"mlpcli explain {shell_word(found.path)} --prove"
        return f"next: {words}   (trains with and without the first advice)"
    return f"next: mlpcli show {shell_word(found.path)}"


def proof_sections(proof: Proof) -> Iterator[Section]:
    """Yield what came of the first advice."""
    colors: dict[Answer, Emphasis] = {Answer.BETTER: "best", Answer.WORSE: "error"}
    yield Section("", [Text(str(proof), colors.get(proof.answer, "warning"))])


def proof_json(proof: Proof) -> dict[str, Any]:
    """Return a proof for JSON; differences are of validation accuracy, as a share."""
    apart = proof.standing.difference if proof.standing else None
    return {
        "path": str(proof.place),
        "answer": str(proof.answer),
        "difference": apart.mean if apart else None,
        "difference_low": apart.low if apart else None,
        "difference_high": apart.high if apart else None,
        "seeds": apart.n if apart else None,
    }


def explanation_json(found: Explanation) -> dict[str, Any]:
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
