"""The training of a network, and what is measured on its weights: all that needs TensorFlow.

launch.py is the story of `train`, resume.py that of `resume`, experiment.py that of one run;
trainer.py takes the steps, compiled.py is what XLA compiles, probe.py measures the layers. Nothing
else imports TensorFlow or Keras, and launch.py only once there is something to train.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.training.all_jobs import JobsView
    from mlpcli.training.backend import memory_errors
    from mlpcli.training.compiled import to_tensors
    from mlpcli.training.evaluate import Evaluator, scaled
    from mlpcli.training.job import Job
    from mlpcli.training.launch import TrainOptions, train, train_all, train_files
    from mlpcli.training.many import train_many, train_part
    from mlpcli.training.model import build_mlp, initial_weights
    from mlpcli.training.network import Network, measure_mended
    from mlpcli.training.portable import Portable, category_places, identifiers
    from mlpcli.training.probe import movement
    from mlpcli.training.raw_model import input_names
    from mlpcli.training.results import trained_schema
    from mlpcli.training.resume import resume_all
    from mlpcli.training.room import Machine, Room, cores
    from mlpcli.training.serving import (
        keras_answers,
        keras_model,
        litert_answers,
        litert_model,
        saved_model_answers,
        write_saved_model,
    )
    from mlpcli.training.session import Session, Watcher, started
    from mlpcli.training.sharpness import measure_sharpness
    from mlpcli.training.side_by_side import View
    from mlpcli.training.stack import Stack
    from mlpcli.training.trained import load_trained
    from mlpcli.training.watched import train_watched
else:
    __getattr__, __dir__ = lazy_exports(__name__)
