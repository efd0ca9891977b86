"""What a rule on a config reads, and what it finds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mlpcli.config import Config
from mlpcli.errors import Place
from mlpcli.theory import Prediction


@dataclass(frozen=True)
class Subject:
    """A config, what is predicted of it, and where its keys stand."""

    config: Config
    prediction: Prediction
    given: Mapping[str, Place]  # the keys that the config file or an option sets
    file: str


Finding = tuple[str, str, str]  # key, text, advice
ConfigRule = Callable[[Subject], Iterator[Finding]]
ConfigRules = tuple[tuple[str, str, ConfigRule], ...]  # name, level, and the rule
