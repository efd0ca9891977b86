"""Why a run came out as it did, and the proof of it: `mlpcli explain`.

measure.py gathers the evidence, and rules go through it in their order: those of the start in
start_rules.py, those of the end in end_rules.py. A new rule is a few functions and a line there.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.explain.command import show_explanation
else:
    __getattr__, __dir__ = lazy_exports(__name__)
