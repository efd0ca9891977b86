"""Why a run came out as it did: rules in their order, each with its evidence and its advice.

The first that fires is the headline. A sentence names the number, the limit, the config key and
the value to try, so that it can be proved: change those keys and train again.

The rules' limits are rules of thumb. They were tried by the first advice they lead to, on 96 random
bad configs trained with and without it (tests/benchmarks/uplift.py, generators 0, 1 and 3, three
seeds of 500 steps), and moved where that failed: a network at 88 % was advised to slow down until
LEARNED fell from 0.9 to 0.8; deep ones in batches of ten were thrown off until the rate to try
and NOISY knew of noise; what had seen a tenth of the data was not helped by twice the steps, until
BARELY; and a gap of 2 points beside 67 % wrong hid that a run was too short, until it was a quarter
of what is wrong. MAX_DECAY_PER_STEP is from two runs that 0.02 and 0.1 of the weights a step held
down. Of jumps at the limit, overfitting and batches none of these configs was the case: their
limits are as proposed, and tried on single runs alone.
"""

from mlpcli.explain.cause import Advice, Cause
from mlpcli.explain.end_rules import END_RULES
from mlpcli.explain.evidence import Evidence
from mlpcli.explain.start_rules import START_RULES
from mlpcli.terminal import number, percent

HEALTHY = "healthy"
RULES = (*START_RULES, *END_RULES)


def explain(evidence: Evidence, most: int = 3) -> tuple[Cause, ...]:
    """Return the causes, the headline first; at least one, at most `most`.

    One that advises on a key of a cause before it, or on none, is left out.
    """
    fired: list[Cause] = []
    for rule in RULES:
        if len(fired) == most or (fired and evidence.ruined and rule in END_RULES):
            break  # what a ruined network ended as has the same cause
        if rule.fires(evidence):
            advice = _new(rule.advice(evidence), evidence)
            taken = {key for each in fired for key in each.advice}
            if not fired or (advice and not taken & set(advice)):
                fired.append(Cause(rule.name, rule.sentence(evidence), advice))
    return tuple(fired) or (Cause(HEALTHY, _healthy(evidence), {}),)


def _new(advice: Advice, evidence: Evidence) -> Advice:
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
