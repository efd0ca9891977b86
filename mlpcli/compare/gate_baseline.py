"""Runs of one setting beside a baseline's, over seeds: worse, not worse, or too few to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from msgspec.structs import replace

from mlpcli.compare.cells import in_score, is_share, score_apart
from mlpcli.compare.gate_records import Beside, Passed
from mlpcli.compare.settings import Setting
from mlpcli.runs import Run
from mlpcli.stats import MIN_SEEDS, Answer, Standing, standings
from mlpcli.terminal import count, p_text

Given = tuple[Setting, Sequence[Run]]
Baseline = tuple[Setting | None, Sequence[Run]]


def beside_baseline(given: Given, baseline: Baseline, margin: float) -> Beside:
    """Return how runs stand beside a baseline's, whose setting is None where none could be read.

    By validation accuracy, or R squared, paired by seed where three seeds are shared, else by
    Welch's test: they are worse where p < 0.05 for no difference but the margin, in points or in
    R squared, and the mean is the lower one. Where a margin is asked for, it is met only where
    the same test shows that they are within it; without one, where they are not worse.
    """
    (own, runs), (other, theirs) = given, baseline
    beside = Beside(
        setting=other.label if other else None,
        runs=tuple(str(each.path) for each in theirs),
        seeds=len(other.seeds) if other else 0,
        margin=margin,
        result=Passed.UNDECIDED,
        reason="",
    )
    if other is None or not other.seeds:
        return replace(beside, reason="no run of the baseline has a result")
    if own.scored_on != other.scored_on:
        return replace(beside, reason="the baseline is of other data: not comparable")
    margin = in_score(own.score_key, margin)
    beside = replace(beside, margin=margin)
    shifted = {seed: value + margin for seed, value in own.seeds.items()}
    overlap = own.overlap(own.score_key)
    standing = standings([shifted, other.seeds], reference=1, overlap=overlap).rows[0]
    own_standing = cast(Standing, standing)  # None is that of the reference alone
    tested = _tested(beside, own_standing, own)
    if len(own.rows) == len(other.rows) == 1:
        tested = replace(tested, reason=f"{tested.reason}{_of_networks(runs[0], theirs[0])}")
    return tested


def _tested(beside: Beside, standing: Standing, own: Setting) -> Beside:
    apart, margin = standing.difference, beside.margin
    few = standing.verdict.answer is Answer.TOO_FEW_SEEDS
    unshifted = replace(
        beside,
        paired=apart.paired,
        pairs=apart.n,
        difference=apart.mean - margin,
        difference_low=None if apart.low is None else apart.low - margin,
        difference_high=None if apart.high is None else apart.high - margin,
        p=None if few else standing.p_adjusted,
    )
    result, reason = _judged(standing, unshifted, own)
    return replace(unshifted, result=result, reason=reason)


def _judged(standing: Standing, beside: Beside, own: Setting) -> tuple[Passed, str]:
    """Return the answer, and why in words."""
    apart, verdict, key = standing.difference, standing.verdict, own.score_key
    seeds = count(apart.n, f"shared {own.unit}" if apart.paired else own.unit)
    far = _far(beside, key)
    if verdict.answer is Answer.TOO_FEW_SEEDS:
        return Passed.UNDECIDED, f"{far}, with {seeds}: it takes {MIN_SEEDS} to tell"
    if apart.sd == 0 and apart.mean < 0 and (verdict.seeds_low or 0) > apart.n:
        # all seeds differ alike: no spread to measure the noise by, until they are so many
        takes = f"it takes {verdict.seeds_low} to tell"
        return Passed.UNDECIDED, f"{far}, with each of {seeds}: {takes}"
    if beside.margin and verdict.answer not in (Answer.BETTER, Answer.WORSE):
        amount = _amount(beside.margin, key)
        said = f"neither within the margin of {amount} nor worse by more, beyond the noise of"
        return Passed.UNDECIDED, f"{far}: {said} {seeds} ({p_text(standing.p_adjusted, 'p')})"
    worse = verdict.answer is Answer.WORSE
    how = f"{_word(verdict.answer, beside.margin, key)} beyond the noise of {seeds}"
    p = p_text(standing.p_adjusted, "p")
    return Passed.NOT_MET if worse else Passed.MET, f"{far}: {how} ({p})"


def _word(answer: Answer, margin: float, key: str) -> str:
    """Return what follows from a test that has moved the results up by the margin."""
    amount = _amount(margin, key)
    if answer is Answer.BETTER:
        return f"within the margin of {amount}" if margin else "better"
    much = f" by more than the margin of {amount}" if margin else ""
    return f"worse{much}" if answer is Answer.WORSE else "not worse"


def _amount(margin: float, key: str) -> str:
    return f"{score_apart(key, margin).removeprefix('+')}{' points' if is_share(key) else ''}"


def _far(beside: Beside, key: str) -> str:
    low, high = beside.difference_low, beside.difference_high
    apart = score_apart(key, beside.difference or 0.0)
    interval = ""
    if low is not None and high is not None:
        interval = f" ({score_apart(key, low)} to {score_apart(key, high)})"
    return f"{key} {apart}{' points' if is_share(key) else ''} from the baseline's{interval}"


def _of_networks(run: Run, other: Run) -> str:
    """Say what the test predictions tell of two runs: of their networks, not of their settings."""
    from mlpcli.compare.diff import diff_runs  # reads predictions: numpy, 0.1 s

    found = diff_runs(other, run)
    tested, test = found.test or found.errors, "McNemar's" if found.test else "the bootstrap's"
    if not tested:
        return ""
    p = p_text(tested.p, "p")
    return f"; {test} {p} is of two trained networks, and tells nothing of another seed"
