"""What a trained network is good for elsewhere: predictions of new rows, scores, other programs.

predict_command.py is the story of `predict`, evaluate_command.py that of `evaluate`,
export_command.py that of `export`; trained_run.py is a run as they need it. TensorFlow is loaded
only once a file is known to be right.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.export.evaluate_command import show_evaluation
    from mlpcli.export.evaluation import evaluation_schema
    from mlpcli.export.export_command import export_model
    from mlpcli.export.model_forms import FORMS
    from mlpcli.export.predict_command import predict_file
    from mlpcli.export.prediction_files import predictions_schema
else:
    __getattr__, __dir__ = lazy_exports(__name__)
