"""The training examples that untrained networks are imagined on: a few, as all of them are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mlpcli.data import Dataset, Examples

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.theory.gaussian import Floats

MOST = 100  # examples
OF_A_CLASS = 4  # at least, however rare it is
OUTPUTS = 10_000  # of all examples together at most, unless a data set has thousands of classes
LEAST = 20  # examples, whatever the number of classes
KEPT = 8  # data sets in this process


@dataclass(frozen=True)
class Rows:
    """Some training examples; arrays are [n, inputs], [n] or [n, targets], [n] and [n]."""

    features: Floats  # as a network sees them
    targets: NDArray[Any]  # classes int32 [n], or standardized values float32 [n, targets]
    odds: Floats  # that an example of a batch is this one, or like it: they sum to 1
    weights: Floats  # what it counts in the loss that is trained

    def thinned(self, most: int) -> Rows:
        """Return fewer of them, in the same shares."""
        import numpy as np

        if len(self.odds) <= most:
            return self
        if self.targets.dtype.kind == "f":
            chosen = np.random.default_rng(0).permutation(len(self.odds))[:most]
            odds = np.full(most, 1 / most)
        else:
            chosen, odds = _of_each_class(self.targets, self.odds, self.weights, most)
        parts = self.features[chosen], self.targets[chosen], odds, self.weights[chosen]
        return Rows(*parts)

    def of_norm(self, norm: float) -> Rows:
        """Return them longer or shorter, so that their norms have that mean: that of all."""
        import numpy as np

        own = float(self.odds @ np.sqrt(np.square(self.features).sum(axis=1)))
        return replace(self, features=self.features * (norm / own)) if own else self

    def batches(self, seeds: int, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return which of them are in an imagined batch of each seed, [seeds, size]."""
        import numpy as np

        ends = np.cumsum(self.odds)
        found = np.searchsorted(ends, rng.random((seeds, size)) * ends[-1], side="right")
        among: NDArray[np.int64] = np.minimum(found, len(ends) - 1)
        return among


_known: dict[tuple[str, str], Rows] = {}  # in this process, by the data's digest and class weights


def rows_of(data: Dataset) -> Rows:
    """Return training examples by lot, of every class some. Raises DataError."""
    key = data.facts.digest, data.spec.class_weights
    if key not in _known:
        while len(_known) >= KEPT:
            del _known[next(iter(_known))]
        _known[key] = _chosen(data.some_training(), data.outputs)
    return _known[key]


def _chosen(train: Examples, outputs: int) -> Rows:
    import numpy as np

    most = min(MOST, max(LEAST, OUTPUTS // outputs))
    weights = np.ones(len(train))
    if train.class_weights:
        weights = np.array(train.class_weights)[train.targets]
    if train.targets.dtype.kind == "f":
        chosen = np.random.default_rng(0).permutation(len(train))[:most]
        odds = np.full(len(chosen), 1 / len(chosen))
    else:
        even = np.full(len(train), 1 / len(train))
        chosen, odds = _of_each_class(train.targets, even, weights, most)
    some = train[chosen]
    features = some.features[:].astype(np.float64) * some.scale
    return Rows(features, some.targets, odds, weights[chosen])


def _of_each_class(
    targets: NDArray[Any], odds: Floats, weights: Floats, most: int
) -> tuple[NDArray[np.int64], Floats]:
    """Return which examples to take, of a class as many as its share of the loss, and their odds.

    Of a rare class OF_A_CLASS, so that it is not for one example to say what its loss is; they
    share the class's odds.
    """
    import numpy as np

    rng, counts = np.random.default_rng(0), np.bincount(targets)
    shares = np.bincount(targets, weights=odds)
    of_loss = np.bincount(targets, weights=odds * weights)
    wanted = np.maximum(np.rint(of_loss / of_loss.sum() * most).astype(int), OF_A_CLASS)
    if wanted[counts > 0].sum() > 2 * most:  # more classes than examples
        chosen = rng.permutation(len(targets))[:most]
        return chosen, np.full(len(chosen), 1 / len(chosen))
    order = rng.permutation(len(targets))
    order = order[np.argsort(targets[order], kind="stable")]
    place = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    chosen = order[place < np.repeat(wanted, counts)]
    taken = np.bincount(targets[chosen], minlength=len(counts))
    return chosen, shares[targets[chosen]] / taken[targets[chosen]]
