"""Why a run came out as it did: the causes that hold, by what mending each is expected to bring.

A rule fires where its number is beyond its limit. How much its advice brings is learned from runs
that were trained with and without it (gains.py); the cause whose mending brings most is the
headline. A sentence names the number, the limit, the config key and the value to try, so that it
can be proved: change those keys and train again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from mlpcli.explain.cause import Advice, Cause, Rule
from mlpcli.explain.company import with_company
from mlpcli.explain.course_rules import COURSE_RULES
from mlpcli.explain.evidence import Evidence, score_of
from mlpcli.explain.features import features
from mlpcli.explain.gains import expected_share
from mlpcli.explain.initial_rules import INITIAL_RULES
from mlpcli.explain.rate_rules import RATE_RULES
from mlpcli.explain.size_rules import SIZE_RULES
from mlpcli.terminal import number, percent

HEALTHY = "healthy"
RULES = (*SIZE_RULES, *INITIAL_RULES, *RATE_RULES, *COURSE_RULES)
# of accuracy, and of R squared, whose noise nobody knows: what brings no more is no fault
SMALL, SMALL_R2 = 0.01, 0.08
# of what is missing: how far a grave fault comes before others, and a symptom after them
GRAVE, SYMPTOM = 0.2, -0.2


def explain(evidence: Evidence, most: int = 3) -> tuple[Cause, ...]:
    """Return the causes, the headline first; at least one, at most `most`.

    Where no advice is expected to bring more than is small, the headline says that the run is
    healthy, and the next what would still bring most. What is expected to bring nothing is left
    out, and so is a cause that advises on nothing new, or on a key of one before it. The headline's
    advice mends all grave faults at once: one alone may bring nothing while another holds the run
    down.
    """
    known = features(evidence)
    missing = 1 - max(0.0, score_of(evidence.validation) or 0.0)
    rules = {rule: expected_share(rule.name, known) for rule in fired(evidence)}
    ordered = sorted(rules, key=lambda rule: -rules[rule] - _weight(rule, evidence))
    gains = {rule: missing * share for rule, share in rules.items()}
    small = SMALL_R2 if evidence.of_values else SMALL
    if max(gains.values(), default=0.0) < small and not evidence.learned_nothing:
        ordered.sort(key=lambda rule: -gains[rule])
        healthy = Cause(HEALTHY, _healthy(evidence), {})
        return healthy, *islice(_causes(evidence, ordered, gains), 1)
    found = list(islice(_causes(evidence, ordered, gains), most))
    return tuple(_together(evidence, found)) or (Cause(HEALTHY, _healthy(evidence), {}),)


def _weight(rule: Rule, evidence: Evidence) -> float:
    return GRAVE if rule.grave(evidence) else SYMPTOM if rule.symptom else 0.0


def _causes(
    evidence: Evidence, ordered: Sequence[Rule], gains: Mapping[Rule, float]
) -> Iterator[Cause]:
    """Yield the causes, each with advice on keys that none before it has."""
    taken: set[str] = set()
    for rule in ordered:
        helps = gains[rule] > 0 or rule.grave(evidence)
        advice = new(rule.advice(evidence), evidence) if helps else {}
        if advice and not taken & set(advice):
            taken |= set(advice)
            grave = rule.grave(evidence)
            yield Cause(rule.name, rule.sentence(evidence), advice, gains[rule], grave)


def _together(evidence: Evidence, causes: Sequence[Cause]) -> Iterator[Cause]:
    """Yield the causes, with what mends grave faults among the advice of the first."""
    grave = [each for each in causes if each.grave]
    if len(grave) < 2 or not causes[0].grave:
        yield from causes
        return
    keys = {key: value for each in reversed(grave) for key, value in each.advice.items()}
    advice = new(with_company(evidence, keys), evidence)
    yield replace(causes[0], advice=advice, gain=max(each.gain or 0.0 for each in grave))
    yield from (replace(each, advice={}) if each.grave else each for each in causes[1:])


def fired(evidence: Evidence) -> list[Rule]:
    """Return the rules whose numbers are beyond their limits, and that advise on something."""
    return [rule for rule in RULES if rule.fires(evidence)]


def new(advice: Advice, evidence: Evidence) -> Advice:
    """Return the advice without the values that the config has already."""
    config = evidence.config
    return {key: value for key, value in advice.items() if value != getattr(config, key)}


def _healthy(e: Evidence) -> str:
    parts = [f"the loss began at {number(e.first_loss)}"]
    if e.stability_ratio is not None:
        ratio = number(e.stability_ratio, 2)
        parts.append(f"the learning rate was {ratio} of the limit of stability at the start")
    if e.end_ratio is not None:
        parts.append(f"{number(e.end_ratio, 2)} after step {e.end_step:,}")
    if e.dead:
        parts.append(f"at most {percent(max(e.dead))} % of a layer's units are dead")
    if e.gap is not None:
        score = "R squared" if e.of_values else "accuracy"
        parts.append(f"training {score} is {e.apart(e.gap)} from validation's")
    what = "with this run" if e.finished else "so far"
    return f"Nothing is wrong {what}: {', '.join(parts)}"
