"""Which learning rate: the rates that are tried, in which order, and the choice.

The search is coarse first: short trainings at rates far apart, which go on past an edge that is
best, and are longer where nothing is learned. Then it is fine: rates a factor of 2 apart around the
best, trained as long as the plan allows, and again with other seeds. All have the config's own
schedule, scaled to their length, and the judge is validation at their end: accuracy, its mean over
classes with class weights, or R squared. That predicts whole runs; the training accuracy in the
middle of a short training at a constant rate, which is what earlier versions went by, does not.
"""

from collections.abc import Callable, Sequence

from mlpcli.tune.choosing import Judge, choose, crossing, top
from mlpcli.tune.plan import COARSE_RATES, ROUNDS, TOGETHER, Plan
from mlpcli.tune.records import Candidate, Candidates, Choice, best_of, of_most_seeds

COARSE = 5.0  # times from one rate to the next: eight span 78,000 times
FINE = 2.0
LOWEST = 1e-4  # of the first coarse rates, which end at 7.8
HIGHEST = 1e3  # no rates begin beyond it
MOST_COARSE = 4  # times COARSE_RATES
LONGER = 4  # times as many steps where nothing was learned

Train = Callable[[Sequence[float], int, int], list[float | None]]  # rates, which seed, steps


def search(plan: Plan, judge: Judge, train: Train) -> Choice:
    """Choose the rate. `train` gives the score of each rate, None where it diverged."""
    coarse = coarse_search(plan, judge, train)
    if best_of(coarse).value < judge.learned:
        return Choice(0.0, 0.0, 0.0, "", False, coarse, coarse)
    start = top(coarse) * (coarse[0].steps / plan.fine) ** judge.drift
    return choose(plan, judge, coarse, fine_search(plan, start, train))


def coarse_search(plan: Plan, judge: Judge, train: Train) -> tuple[Candidate, ...]:
    """Return the coarse candidates: of rates that have worse on both sides, where there are."""
    found: list[Candidate] = []
    rates, steps = first_rates(), plan.coarse
    for _ in range(MOST_COARSE):
        scores = train(rates, 0, steps)
        found += [Candidate(r, (s,), steps) for r, s in zip(rates, scores, strict=True)]
        found.sort(key=lambda each: each.rate)
        if best_of(found).value < judge.learned and steps < plan.fine:
            steps, rates, found = min(LONGER * steps, plan.fine), first_rates(), []
        else:
            rates = further_rates(found, judge.learned)
        if not rates:
            break
    return tuple(found)


def first_rates() -> list[float]:
    """Return the first coarse rates, rising."""
    return [LOWEST * COARSE**i for i in range(COARSE_RATES)]


def further_rates(candidates: Candidates, learned: float) -> list[float]:
    """Return more coarse rates, or none where the best has worse on both sides.

    Where nothing learned, the rates go up unless the highest diverged.
    """
    best, lowest, highest = best_of(candidates), candidates[0], candidates[-1]
    nothing = best.value < learned
    if (best is highest or (nothing and not highest.diverged)) and highest.rate < HIGHEST:
        return [highest.rate * COARSE ** (i + 1) for i in range(COARSE_RATES)]
    if best is lowest or (nothing and highest.diverged):
        return [lowest.rate / COARSE ** (COARSE_RATES - i) for i in range(COARSE_RATES)]
    return []


def fine_search(plan: Plan, start: float, train: Train) -> tuple[Candidate, ...]:
    """Return the fine candidates around a rate; those around their best have the most seeds.

    Rates go on beyond an edge that is best, even if that takes more rounds than planned. In the
    rounds that are left the rates around the best have a second seed, then rates go on to where the
    interval ends, and then there are further seeds.
    """
    scores: dict[float, tuple[float | None, ...]] = {}
    rates = [start * FINE ** (i - (TOGETHER - 1) / 2) for i in range(TOGETHER)]
    seed, seeds = 0, 1
    for number in range(1, ROUNDS[1] + 1):
        for rate, score in zip(rates, train(rates, seed, plan.fine), strict=True):
            scores[rate] = (*scores.get(rate, ()), score)
        found = tuple(Candidate(rate, scores[rate], plan.fine) for rate in sorted(scores))
        beyond = beyond_edge(found) if seeds == 1 else beyond_interval(found)
        if number >= plan.rounds and not (beyond and seeds == 1):
            break
        if beyond:
            rates, seed = beyond, 0
        else:
            rates, seed, seeds = around_best(of_most_seeds(found)), seeds, seeds + 1
    return found


def beyond_edge(candidates: Candidates) -> list[float]:
    """Return rates beyond the lowest or the highest candidate where that is the best."""
    best = best_of(candidates)
    if best is candidates[0]:
        return _beyond(candidates, -1)
    return _beyond(candidates, 1) if best is candidates[-1] else []


def beyond_interval(candidates: Candidates) -> list[float]:
    """Return rates beyond the lowest or the highest candidate where that is in the interval."""
    ends = (outward for outward in (-1, 1) if crossing(candidates, outward)[1])
    return _beyond(candidates, next(ends, 0))


def _beyond(candidates: Candidates, outward: int) -> list[float]:
    """Return rates below all candidates (-1), or above (1) up to HIGHEST."""
    if outward < 0:
        return [candidates[0].rate / FINE ** (TOGETHER - i) for i in range(TOGETHER)]
    if outward > 0 and candidates[-1].rate < HIGHEST:
        return [candidates[-1].rate * FINE ** (i + 1) for i in range(TOGETHER)]
    return []


def around_best(candidates: Candidates) -> list[float]:
    """Return the rates of as many candidates as are trained together, the best in their middle."""
    at = candidates.index(best_of(candidates))
    left = candidates[at - 1].value if at else -1.0
    right = candidates[at + 1].value if at + 1 < len(candidates) else -1.0
    first = at - TOGETHER // 2 + (right > left)
    first = min(max(first, 0), len(candidates) - TOGETHER)
    return [each.rate for each in candidates[first : first + TOGETHER]]
