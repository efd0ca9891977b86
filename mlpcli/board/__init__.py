"""Runs in TensorBoard: their rows as event files beside them, and TensorBoard started on those.

command.py is the story of `tensorboard`. What a run comes to as events is in run_events.py, of
which rows, graph.py, histograms.py and hyperparameters.py are the parts; folder.py keeps them in
`.tensorboard` beside the run, whole or appended to; boards.py follows runs that are under way;
server.py holds TensorBoard, a child process whose program is child.py. TensorFlow is never loaded.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.board.command import show_board
else:
    __getattr__, __dir__ = lazy_exports(__name__)
