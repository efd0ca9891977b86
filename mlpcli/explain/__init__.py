"""Why a run came out as it did, and the proof of it: `mlpcli explain`.

measure.py gathers the evidence. Rules go through it: of the initial network (initial_rules.py), of
how fast the weights move (rate_rules.py), of what the network can say (size_rules.py) and of how
the run went (course_rules.py). rules.py puts those that fire in order, by what following each
brought to thousands of runs (gains.yaml). A new rule is a few functions and a line there, and a
tree in the table.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.explain.command import explained, show_explanation
    from mlpcli.explain.proof import proofs_folder
    from mlpcli.explain.view import full_sections as explanation_sections
else:
    __getattr__, __dir__ = lazy_exports(__name__)
