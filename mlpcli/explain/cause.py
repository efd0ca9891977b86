"""What a rule is that explains a run, and what it comes to where it holds."""

from collections.abc import Callable
from dataclasses import dataclass

from mlpcli.explain.evidence import Evidence
from mlpcli.theory import Advice


@dataclass(frozen=True)
class Cause:
    """A rule that fired: what it says of the run, and the config keys to change.

    `gain` is what following the advice is expected to bring, in accuracy or R squared.
    """

    rule: str
    sentence: str
    advice: Advice
    gain: float | None = None
    grave: bool = False  # a value that hardly anyone would choose


@dataclass(frozen=True)
class Rule:
    """When it fires, what it then says, and what to change.

    A grave fault is a value that hardly anyone would choose: it comes before what covers it up, and
    is mended together with others of its kind. A symptom is what other faults lead to. Dear advice
    trains longer.
    """

    name: str
    fires: Callable[[Evidence], bool]
    sentence: Callable[[Evidence], str]
    advice: Callable[[Evidence], Advice]
    grave: Callable[[Evidence], bool] = lambda _: False
    symptom: bool = False
    dear: bool = False
