"""What a page about a run goes by: its answers, and where they are there its network and its data.

Each that is missing is said, with why, and takes only the parts with it that need it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mlpcli.config import load_of_run
from mlpcli.data import Classification, DataFacts, Examples
from mlpcli.errors import MlpcliError, shown
from mlpcli.page.network import Network, network_of
from mlpcli.runs import CONFIG, Answers, Run, data_digest, load_answers
from mlpcli.stats import log_probabilities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_BYTES = 2_000_000_000  # of a data set that is loaded for a page
MOST_WORK = 1e12  # multiplications of its test set: half a minute
MOST_OUTPUTS = 3e7  # of its test set: their probabilities take 240 MB


@dataclass(frozen=True)
class Examined:
    """A run as a page sees it."""

    run: Run

    @property
    def facts(self) -> DataFacts | None:
        """What is known of the data."""
        return self.run.facts

    @property
    def scale(self) -> float:
        """What the network sees features times."""
        return self.facts.preparation.scale if self.facts else 1.0

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes' names; of a regression none."""
        task = self.facts.task if self.facts else None
        return task.classes if isinstance(task, Classification) else ()

    @cached_property
    def _answers(self) -> tuple[Answers | None, str]:
        found, problems = load_answers(self.run)
        return found, "; ".join(problems)

    @property
    def answers(self) -> Answers | None:
        """Predictions of the test set, beside the truth."""
        return self._answers[0]

    @cached_property
    def _network(self) -> tuple[Network | None, str]:
        if self.run.summary is None:
            return None, "only a completed run keeps its network"
        try:
            return network_of(self.run), ""
        except MlpcliError as error:
            return None, str(error)

    @property
    def network(self) -> Network | None:
        """The network that it left."""
        return self._network[0]

    @property
    def no_network(self) -> str:
        """Why it has none; empty where it has."""
        return self._network[1]

    @cached_property
    def _test(self) -> tuple[Examples | None, str]:
        try:
            return self._load(), ""
        except MlpcliError as error:
            return None, str(error)

    def _load(self) -> Examples:
        """Return the test examples. Raises MlpcliErrors where they are not those of the run."""
        data = load_of_run(self.run.path / CONFIG).config.data
        if data_digest(self.run.info) not in ("", data.sha256):
            raise MlpcliError(f"{shown(data.name)} is not as it was: trained on other content")
        facts = self.facts
        if facts is None or data.facts.scored_on != facts.scored_on:
            raise MlpcliError(f"{shown(data.name)} has other test examples now")
        if data.memory > MOST_BYTES:
            raise MlpcliError(f"{shown(data.name)} is too large to be loaded for a page")
        return data.load().test

    @property
    def test(self) -> Examples | None:
        """The test examples as they go into the network."""
        return self._test[0]

    @property
    def no_test(self) -> str:
        """Why they are not there; empty where they are."""
        return self._test[1]

    @cached_property
    def shares(self) -> NDArray[np.float64] | None:
        """The probability of each class for each test example, by the network; None without it."""
        import numpy as np

        outputs = self._outputs()
        return np.exp(log_probabilities(outputs)) if outputs is not None else None

    def _outputs(self) -> NDArray[Any] | None:
        import numpy as np

        network, test = self.network, self.test
        if network is None or test is None or not self.classes:
            return None
        if network.parameters * len(test) > MOST_WORK:
            return None
        if len(self.classes) * len(test) > MOST_OUTPUTS:
            return None
        outputs = network.outputs(test.features, test.scale)
        return outputs if np.isfinite(outputs).all() else None
