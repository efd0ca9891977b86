"""A config and its data: what the config leaves to be inferred from them."""

from mlpcli.config.conflicts import batch_problem
from mlpcli.config.schema import Config
from mlpcli.config.stopping import metric_problem
from mlpcli.data import DATA_KEYS
from mlpcli.errors import DataError


def with_data(config: Config) -> Config:
    """Return a config that leaves nothing to be inferred from its data.

    Reads them, unless their name tells all. Raises DataError where they cannot be used, or the
    config does not fit them.
    """
    data = config.data
    if problem := batch_problem(config.batch_size, data.train_examples):
        raise DataError(problem, key="batch_size")
    if problem := metric_problem(config.metric, data.task.kind):
        raise DataError(problem, key="metric")
    spec = data.spec
    if spec == config.data_spec:
        return config
    return config.model_copy(update={key: getattr(spec, key) for key in DATA_KEYS})
