"""An explanation: what came out, each cause with its advice, and the numbers behind them."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mlpcli.errors import shell_word, shown
from mlpcli.stats import Accuracy, RSquared
from mlpcli.terminal import Section, Text, count, number, percent, table_of
from mlpcli.theory import advice_text

if TYPE_CHECKING:
    from mlpcli.explain.cause import Cause
    from mlpcli.explain.evidence import Evidence
    from mlpcli.explain.measure import Explanation
    from mlpcli.theory import Snapshot

WIDTH, LINES = 80, 19  # columns and lines of what is shown by default
MEANING = (
    "gains are products over the layers, dead units by layer, the noise scale is in examples, and "
    "sharpness is that of two samples"
)


def brief_sections(found: Explanation) -> Iterator[Section]:
    """Yield what fits a screen: the headline with its advice, further causes, the scores."""
    yield _title(found)
    first, *others = found.causes
    yield _headline(found.evidence, first)
    scores = [Text(each) for each in _scores(found.evidence)]
    e, head = found.evidence, [f"{first.sentence}.", *_nothing(found.evidence)]
    head += [_try(found.evidence, first)] if first.advice else []
    room = LINES - 4 - sum(map(_lines, (*head, *(each.text for each in scores))))
    texts = list(_fitting([_in_a_text(e, first, each) for each in others], room))
    if texts:
        yield Section("", texts)
    yield Section("", scores)


def full_sections(found: Explanation) -> Iterator[Section]:
    """Yield all that was found and measured."""
    yield _title(found)
    first, *others = found.causes
    yield _headline(found.evidence, first)
    for each in others:
        yield Section("", [Text(_in_a_text(found.evidence, first, each))])
    yield _numbers(found.evidence)
    yield Section("", [Text(each) for each in (*_scores(found.evidence), *_facts(found.evidence))])


def _title(found: Explanation) -> Section:
    name, e = shown(found.path.resolve().name, 200), found.evidence
    if e.patience_spent:
        why = e.config.stopping.why_stopped(e.config.data.task.kind)
        far = f"stopped after step {e.course.last.step:,} of {e.config.steps:,}: {why}"
        return Section("", [Text(f"{name}: {e.status}, {far}")])
    if e.finished:
        return Section("", [Text(f"{name}: {e.status}", "error" if e.diverged else "")])
    far = f"step {e.course.last.step:,} of {e.config.steps:,}; as far as it came:"
    return Section("", [Text(f"{name}: {e.status}, {far}")])


def _headline(e: Evidence, cause: Cause) -> Section:
    texts = [Text(each, "warning") for each in _nothing(e)]
    texts.append(Text(f"{cause.sentence}.", "strong"))
    if cause.advice:
        texts.append(Text(_try(e, cause), "best"))
    return Section("", texts)


def _nothing(e: Evidence) -> Iterator[str]:
    """Say that a run learned nothing, where its score is one that who knows nothing has, too."""
    if not e.learned_nothing or e.diverged:
        return
    if e.of_values:
        yield "It learned nothing: always to answer the mean has an R squared of 0."
        return
    share = percent(e.config.data.facts.largest_class)
    yield f"It learned nothing: always to answer the largest class scores {share} %."


def _in_a_text(e: Evidence, first: Cause, cause: Cause) -> str:
    """Write a further cause; after a healthy headline it is what would still bring most."""
    also = "Also" if first.advice else "What would still bring most"
    advice = f" {_try(e, cause)}" if cause.advice else ""  # else that of the first mends it, too
    return f"{also}: {cause.sentence}.{advice}"


def _try(e: Evidence, cause: Cause) -> str:
    """Write advice, and what it is expected to bring."""
    text = f"Try {advice_text(cause.advice)}"
    if cause.gain is None:
        return f"{text}."
    if e.of_values:
        return f"{text}: about {cause.gain:+.2f} of validation R squared."
    gain = 100 * cause.gain
    size = f"{gain:+.0f} points" if abs(gain) >= 1 else f"{gain:+.1f} points"
    return f"{text}: about {size} of validation accuracy."


def _fitting(texts: Sequence[str], room: int) -> Iterator[Text]:
    """Yield the texts that there is room for, and how many more there are."""
    for nth, text in enumerate(texts):
        left = len(texts) - nth
        if _lines(text) > room - (left > 1):
            yield Text(f"and {count(left, 'further cause')}: --full")
            return
        room -= _lines(text)
        yield Text(text)


def _lines(text: str) -> int:
    return len(textwrap.wrap(text, WIDTH))


def _scores(e: Evidence) -> Iterator[str]:
    """Yield the initial loss and the accuracies: of which weights, on which examples."""
    batch = e.course.first_batch_loss
    of_batch = f", {number(batch)} on its first batch" if batch is not None else ""
    yield (
        f"initial loss: {_loss(e.prediction.initial_loss)} expected in the mean over seeds; "
        f"this run's is {_loss(e.first_loss)} on {e.examples:,} training examples{of_batch}"
    )
    if e.train and e.validation:
        train, validation = map(_score, (e.train, e.validation))
        yield (
            f"{'R squared' if e.of_values else 'accuracy'} after step {e.end_step:,}: {train} on "
            f"{e.train.examples:,} training examples, {validation} in validation"
        )
    if e.kept_step is not None:
        yield f"the run keeps the weights after step {e.kept_step:,}, of its best validation"


def _score(found: Accuracy | RSquared) -> str:
    return number(found.r2) if isinstance(found, RSquared) else f"{percent(found.accuracy)} %"


def _loss(value: float) -> str:
    return number(value) if math.isfinite(value) else "none that float32 holds"


def _numbers(e: Evidence) -> Section:
    shots = [shot for shot in (e.start, e.end) if shot]
    rows = ([name, *(write(shot) for shot in shots)] for name, write in SHOWN.items())
    after = f"after step {e.end_step:,}" if e.end_step is not None else ""
    table = table_of(("", "before step 1", after)[: 1 + len(shots)], rows)
    return Section(f"Measured on {e.examples:,} training examples", [table, Text(MEANING, "faint")])


def _facts(e: Evidence) -> Iterator[str]:
    if e.movement is not None:
        far = "from zero" if math.isinf(e.movement) else f"by {number(e.movement, 3)} of their size"
        yield f"the weights moved {far} up to step {e.end_step:,}"


def _sharp(shot: Snapshot) -> str:
    values = " and ".join(number(each, 3) for each in shot.sharpness)
    return values if shot.agreed_sharpness else f"{values} (no guide)"


def _dead(shot: Snapshot) -> str:
    """Write the share of dead units of each hidden layer, or of many the least and the most."""
    shares = shot.dead[:-1]
    if len(shares) > MANY_LAYERS:
        return f"{percent(min(shares))} to {percent(max(shares))}"
    return " ".join(map(percent, shares)) or "-"


MANY_LAYERS = 5
SHOWN: dict[str, Callable[[Snapshot], str]] = {
    "loss": lambda s: number(s.loss),
    "logit scale": lambda s: number(s.logit_scale),
    "signal gain": lambda s: number(s.signal_gain, 3),
    "gradient gain": lambda s: number(s.gradient_gain, 3),
    "dead units %": _dead,
    "noise scale": lambda s: number(s.noise_scale, 3) if math.isfinite(s.noise_scale) else "-",
    "sharpness": _sharp,
}


def next_command(found: Explanation) -> str:
    """Say which command is of use after an explanation."""
    run = shell_word(found.path)
    return f"mlpcli explain {run} --prove" if found.causes[0].advice else f"mlpcli show {run}"


def explanation_json(found: Explanation) -> dict[str, Any]:
    """Return an explanation for JSON."""
    e = found.evidence
    return {
        "run": found.path.resolve().name,
        "path": str(found.path),
        "status": e.status,
        "causes": [asdict(each) for each in found.causes],
        "expected_initial_loss": e.prediction.initial_loss,
        "first_batch_loss": e.course.first_batch_loss,
        "examples": e.examples,
        "end_step": e.end_step,
        "stability_ratio": {"start": e.stability_ratio, "end": e.end_ratio},
        "start": asdict(e.start),
        "end": asdict(e.end) if e.end else None,
        "movement": e.movement,
        "train": asdict(e.train) if e.train else None,
        "validation": asdict(e.validation) if e.validation else None,
    }
