"""What a config asks for that will not go well, found before it is trained, and what to try."""

from collections.abc import Mapping
from dataclasses import dataclass

from mlpcli.check.network_rules import NETWORK_RULES
from mlpcli.check.subject import Subject
from mlpcli.check.training_rules import TRAINING_RULES
from mlpcli.config import Config
from mlpcli.errors import Place
from mlpcli.theory import Prediction


@dataclass(frozen=True)
class Diagnostic:
    """One thing to change, or to know: where it stands, what it does, and what to try."""

    rule: str
    level: str  # warning, or note
    place: Place  # of the key; without a line where the config leaves it at its default
    key: str
    text: str
    advice: str

    def __str__(self) -> str:
        return f"{self.place}: {self.key}: {self.text}; {self.advice}"


Diagnostics = tuple[Diagnostic, ...]


def find(
    config: Config, prediction: Prediction, given: Mapping[str, Place], file: str
) -> Diagnostics:
    """Return what is wrong with a config or worth knowing, the gravest first.

    `given` has the place of each key that `file` or an option sets.
    """
    subject = Subject(config, prediction, given, file)
    return tuple(
        Diagnostic(
            name, level, given.get(key, Place(file)), key, _default(key, given) + text, advice
        )
        for name, level, rule in (*NETWORK_RULES, *TRAINING_RULES)
        for key, text, advice in rule(subject)
    )


def _default(key: str, given: Mapping[str, Place]) -> str:
    return "" if key in given else "(the default) "
