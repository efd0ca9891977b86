"""The data sets that a config can name; a new one is a module like mnist.py, and a line here."""

from mlpcli.data.dataset import Dataset
from mlpcli.data.mnist import MNIST

DATASETS: dict[str, Dataset] = {each.name: each for each in (MNIST,)}


def known_dataset(name: str | None, sha256: str | None) -> Dataset | None:
    """Return the data set that a run names, None where that is not the one that is here.

    A run that does not say the SHA-256 of its data is taken at its word.
    """
    dataset = DATASETS.get(name or "")
    return dataset if dataset and sha256 in (None, dataset.sha256) else None
