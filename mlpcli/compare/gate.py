"""Whether runs of one setting are as good as limits and a baseline ask: what `mlpcli gate` says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mlpcli.compare.columns import step_key
from mlpcli.compare.differing import split
from mlpcli.compare.gate_baseline import beside_baseline
from mlpcli.compare.gate_limits import Limit
from mlpcli.compare.gate_records import EXIT_CODES, Beside, Checked, Failure, Gate, Passed
from mlpcli.compare.grouping import group
from mlpcli.compare.rows import to_row
from mlpcli.compare.settings import Setting
from mlpcli.config import SEED_KEYS, pairing_key
from mlpcli.errors import MlpcliError, shown
from mlpcli.runs import Run
from mlpcli.terminal import count

# of probabilities, of which a run keeps none, and of its start
OF_SUMMARY_ALONE = ("test_auc", "test_calibration_error", "test_loss", "compile_seconds")
NAMED = 3  # runs that fail, or keys that differ, at most in a sentence


class GateError(MlpcliError):
    """A gate that cannot be asked for so."""

    exit_code = 2


@dataclass(frozen=True)
class Asked:
    """What is asked of runs: limits, and how much worse than a baseline they may be."""

    limits: tuple[Limit, ...]
    margin: float = 0.0  # points of accuracy, or R squared


def pass_gate(
    runs: Sequence[Run], damaged: Sequence[str], asked: Asked, baseline: Sequence[Run] | None
) -> Gate:
    """Say whether the runs, which differ in nothing but the seed, are as good as was asked.

    A run that is damaged, unfinished, diverged, or that learned nothing lets the gate fail. Limits
    hold for a run's result, or for the mean over seeds. Beside the baseline's they are worse where
    the verdicts of `compare` would say so. Raises GateError for runs of several settings.
    """
    own = _only_setting(runs, "the runs") if runs else None
    other = _only_setting(baseline, "--baseline") if baseline else None
    failures = [Failure(each.name, _why(each)) for each in runs if not _sound(each)]
    failures += [Failure(*_parts(each)) for each in damaged]
    checked: tuple[Checked, ...] = ()
    beside = None
    if own and not failures:
        checked = tuple(_checked(each, own) for each in asked.limits)
        if baseline is not None:
            beside = beside_baseline((own, runs), (other, baseline), asked.margin)
    result, reasons = _decided(failures, checked, beside)
    return Gate(
        result=result,
        exit_code=EXIT_CODES[result],
        reason="; ".join(reasons),
        setting=own.label if own else None,
        runs=tuple(str(each.path) for each in runs),
        seeds=len(own.rows) if own else 0,
        failures=tuple(failures),
        limits=checked,
        baseline=beside,
        warnings=tuple(each.disagreement for each in (own, other) if each and each.disagreement),
    )


def _only_setting(runs: Sequence[Run], what: str) -> Setting:
    settings = group([to_row(run) for run in runs])
    if len(settings) == 1:
        return settings[0]
    differing = [*split([each.config for each in settings])[0]]
    keys = [key for key in differing if key not in SEED_KEYS][:NAMED] or ["the data"]
    labels = ", ".join(shown(each.label, 80) for each in settings[:NAMED])
    more = ", …" if len(settings) > NAMED else ""
    raise GateError(
        f"{what}: {count(len(settings), 'setting')}, allowed one: they differ in "
        f"{', '.join(map(shown, keys))}",
        f"name the runs of one: {labels}{more}",
    )


def _sound(run: Run) -> bool:
    trusted = not run.contradictions and not run.unproven
    return run.status == "completed" and run.learned is not False and trusted


def _why(run: Run) -> str:
    for problem in (*run.contradictions, *run.unproven):
        return shown(problem, 200)
    return f"{run.standing}: {shown(run.error, 200)}" if run.error else run.standing


def _parts(warning: str) -> tuple[str, str]:
    """Return the path and the message of a warning of a run that cannot be read."""
    path, _, message = warning.partition(": ")
    return path, message


def _checked(limit: Limit, setting: Setting) -> Checked:
    values = [row.results[limit.key] for row in setting.rows]
    there = [value for value in values if value is not None]
    seeds = len(values)
    mean = math.fsum(there) / seeds if len(there) == seeds else None
    met = mean is not None and limit.met_by(mean)
    return Checked(
        option=limit.option,
        key=limit.key,
        limit=limit.limit,
        value=mean,
        seeds=seeds,
        met=met,
        reason=_of_limit(limit, mean, _runs(setting), met)
        + ("" if mean is None else _of_what(limit, setting)),
    )


def _of_what(limit: Limit, setting: Setting) -> str:
    """Say that a score is of the best validation's weights, or that nothing else of a run tells it.

    Of the training set and of probabilities a run keeps nothing that its summary is held against.
    """
    if limit.key.startswith("train_") or limit.key in OF_SUMMARY_ALONE:
        return ", which its summary alone says"
    best = setting.config.get("keep") == "best" and step_key(limit.key) in ("val_step", "kept_step")
    return ", of the weights of the best validation" if best else ""


def _runs(setting: Setting) -> str:
    """Say what a mean is over; "" of a single run."""
    seeds = len({pairing_key(row.config) for row in setting.rows})
    if not setting.folds:
        return f"{seeds} seeds" if seeds > 1 else ""
    folds = f"{len(setting.seeds)} of {setting.folds} folds"
    return f"{folds} x {seeds} seeds" if seeds > 1 else folds


def _of_limit(limit: Limit, value: float | None, over: str, met: bool) -> str:
    if value is None:
        return f"{limit.key} is not known"
    words = {"min": ("at least", "below"), "max": ("at most", "above")}[limit.option]
    text, asked = _told_apart(value, limit.limit)
    mean = f" (mean of {over})" if over else ""
    return f"{limit.key} {text}{mean} is {words[0] if met else words[1]} {asked}"


def _told_apart(a: float, b: float) -> tuple[str, str]:
    """Write two numbers with as few digits, from four on, as tell them apart."""
    for digits in range(4, 17):
        texts = f"{a:.{digits}g}", f"{b:.{digits}g}"
        if a == b or texts[0] != texts[1]:
            return texts
    return repr(a), repr(b)


def _decided(
    failures: Sequence[Failure], checked: Sequence[Checked], beside: Beside | None
) -> tuple[Passed, list[str]]:
    """Return the answer and its reasons: what is not met decides, then what is undecided."""
    if failures:
        more = len(failures) - NAMED
        named = [f"{shown(each.run, 200)}: {each.reason}" for each in failures[:NAMED]]
        return Passed.NOT_MET, named + ([f"and {count(more, 'more run')}"] if more > 0 else [])
    parts = [(Passed.MET if each.met else Passed.NOT_MET, each.reason) for each in checked]
    parts += [(beside.result, beside.reason)] if beside else []
    for answer in (Passed.NOT_MET, Passed.UNDECIDED, Passed.MET):
        if reasons := [reason for result, reason in parts if result is answer]:
            return answer, reasons
    return Passed.NOT_MET, ["no run"]
