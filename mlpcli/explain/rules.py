"""Why a run came out as it did: the causes that hold, by what mending each is expected to bring.

A rule fires where its number is beyond its limit. How much its advice brings is learned from runs
that were trained with and without it (gains.py); the cause whose mending brings most is the
headline. A sentence names the number, the limit, the config key and the value to try, so that it
can be proved: change those keys and train again.
"""

from collections.abc import Iterator, Mapping, Sequence
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
MUCH = 0.05  # of a perfect score that is missing: with a grave fault besides no run is healthy
# of what is missing: how far a grave fault comes before others, and a symptom after them
GRAVE, SYMPTOM = 0.2, -0.2
# of a run that learned nearly all, in so many steps: what costs no more comes before longer runs
DEAR, NEARLY, LONG = -0.5, 0.9, 500


def explain(evidence: Evidence, most: int = 3) -> tuple[Cause, ...]:
    """Return the causes, the headline first; at least one, at most `most`.

    Where no advice is expected to bring more than is small, the headline says that the run is
    healthy, and the next what would still bring most. What is expected to bring nothing is left
    out, and so is a cause that advises on nothing new, or on a key of one before it. A headline
    that is grave mends all grave faults at once: one alone may bring nothing while another holds
    the run down.
    """
    known = features(evidence)
    missing = 1 - max(0.0, score_of(evidence.validation) or 0.0)
    rules = {rule: expected_share(rule.name, known) for rule in fired(evidence)}
    ordered = sorted(rules, key=lambda rule: -rules[rule] - _weight(rule, evidence))
    gains = {rule: missing * share for rule, share in rules.items()}
    if _is_healthy(evidence, gains, missing):
        ordered.sort(key=lambda rule: -gains[rule])
        healthy = Cause(HEALTHY, _healthy(evidence), {})
        return healthy, *islice(_causes(evidence, ordered, gains), 1)
    together = [rule for rule in ordered if rule.grave(evidence)]
    if together[:1] != ordered[:1]:
        together = []
    found = islice(_causes(evidence, ordered, gains, together), most)
    return tuple(found) or (Cause(HEALTHY, _healthy(evidence), {}),)


def _is_healthy(evidence: Evidence, gains: Mapping[Rule, float], missing: float) -> bool:
    if evidence.learned_nothing:
        return False
    if missing > MUCH and any(rule.grave(evidence) for rule in gains):
        return False
    return max(gains.values(), default=0.0) < (SMALL_R2 if evidence.of_values else SMALL)


def _weight(rule: Rule, evidence: Evidence) -> float:
    if rule.grave(evidence):
        return GRAVE
    if rule.dear and evidence.fit_share > NEARLY and evidence.config.steps >= LONG:
        return DEAR
    return SYMPTOM if rule.symptom else 0.0


def _causes(
    evidence: Evidence,
    ordered: Sequence[Rule],
    gains: Mapping[Rule, float],
    together: Sequence[Rule] = (),
) -> Iterator[Cause]:
    """Yield the causes, each with advice on keys that none before it has.

    The advice of those that are mended together stands with the first of them.
    """
    taken: set[str] = set()
    for rule in ordered:
        grave = rule.grave(evidence)
        if taken and together and evidence.learned_nothing and not grave:
            continue  # what it would bring to a network that learns nobody knows yet
        advice = {}
        if rule in together[:1] and len(together) > 1:
            advice = new(_at_once(evidence, together), evidence)
        elif rule not in together[1:] and (gains[rule] > 0 or grave):
            advice = new(rule.advice(evidence), evidence)
        fresh = bool(advice) and not taken & set(advice)
        if fresh or rule in together[1:]:
            taken |= set(advice)
            gain = max(gains[each] for each in together) if rule in together[:1] else gains[rule]
            yield Cause(rule.name, rule.sentence(evidence), advice, gain, grave)


def _at_once(evidence: Evidence, rules: Sequence[Rule]) -> Advice:
    """Return what mends all of these, the first before the others, with the rate that suits."""
    keys: Advice = {}
    for rule in reversed(rules):
        keys |= rule.advice(evidence)
    rated = keys.pop("learning_rate", None) is not None
    return with_company(evidence, keys, fitted=rated)


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
