"""The data sets that a config can name; a new one is a module like mnist.py, and a line here."""

from mlpcli.data.dataset import Dataset
from mlpcli.data.mnist import MNIST

DATASETS: dict[str, Dataset] = {each.name: each for each in (MNIST,)}
