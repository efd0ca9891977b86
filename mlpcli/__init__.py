"""Experiments with multilayer perceptrons: YAML in, a trained network and its numbers out.

What the command does, a notebook can do:

    from mlpcli import compare, load_config, load_run, train

    run = train(load_config("configs/tiny.yaml", ["learning_rate=0.1"]))
    print(run.summary.test_accuracy)
    for each in compare("runs").runs:
        print(each.run, each.results["val_accuracy"].value)

TensorFlow is imported when something is trained, and not before.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

__version__ = "0.1.0"

if TYPE_CHECKING:
    from mlpcli.compare import compare_runs as compare
    from mlpcli.config import Config, load_config
    from mlpcli.errors import MlpcliError
    from mlpcli.runs import Run
    from mlpcli.runs import open_run as load_run
    from mlpcli.training import train
else:
    __getattr__, __dir__ = lazy_exports(__name__)
