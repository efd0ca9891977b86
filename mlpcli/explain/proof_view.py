"""What came of advice: of the first, or of all that was followed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mlpcli.stats import Answer
from mlpcli.terminal import Emphasis, Section, Text
from mlpcli.theory import advice_text

if TYPE_CHECKING:
    from mlpcli.explain.follow import Followed
    from mlpcli.explain.proof import Proof


def proof_sections(proof: Proof) -> Iterator[Section]:
    """Yield what came of the first advice."""
    colors: dict[Answer, Emphasis] = {Answer.BETTER: "best", Answer.WORSE: "error"}
    yield Section("", [Text(str(proof), colors.get(proof.answer, "warning"))])


def proof_json(proof: Proof) -> dict[str, Any]:
    """Return a proof for JSON; differences are of validation accuracy, as a share, or R squared."""
    apart = proof.standing.difference if proof.standing else None
    return {
        "path": str(proof.place),
        "answer": str(proof.answer),
        "difference": apart.mean if apart else None,
        "difference_low": apart.low if apart else None,
        "difference_high": apart.high if apart else None,
        "seeds": apart.n if apart else None,
    }


def followed_sections(followed: Followed) -> Iterator[Section]:
    """Yield what was tried, what is left, and what all that helped came to."""
    lines = [
        Text(f"{nth}. {advice_text(each.advice)}: {each.proof}", "" if each.helps else "faint")
        for nth, each in enumerate(followed.tried, start=1)
    ]
    yield Section("", lines)
    end = "nothing more is advised" if followed.healthy else "more is advised: explain that run"
    yield Section("", [Text(f"of {len(followed.tried)} tried, all that helped together; {end}:")])
    yield from proof_sections(followed.proof)


def followed_json(followed: Followed) -> dict[str, Any]:
    """Return for JSON what was tried, and the proof of all that helped together."""
    return {
        "tried": [
            {"advice": each.advice, "helps": each.helps, **proof_json(each.proof)}
            for each in followed.tried
        ],
        "healthy": followed.healthy,
        "followed_config": followed.config.resolved(),
        "proof": proof_json(followed.proof),
    }
