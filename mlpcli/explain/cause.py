"""What a rule is that explains a run, and what it comes to where it holds."""

from collections.abc import Callable
from dataclasses import dataclass

from mlpcli.explain.evidence import Evidence
from mlpcli.theory import Advice


@dataclass(frozen=True)
class Cause:
    """A rule that fired: what it says of the run, and the config keys to change."""

    rule: str
    sentence: str
    advice: Advice


@dataclass(frozen=True)
class Rule:
    """When it fires, what it then says, and what to change."""

    name: str
    fires: Callable[[Evidence], bool]
    sentence: Callable[[Evidence], str]
    advice: Callable[[Evidence], Advice]
