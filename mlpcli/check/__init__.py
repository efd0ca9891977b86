"""What a config will do, before it is trained: `mlpcli check`.

The initial loss and the gains of the layers from theory, the time from earlier runs or a test of
the machine, and diagnostics by rules on the network and on its training.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.check.command import show_check
    from mlpcli.check.rules import find
    from mlpcli.check.speed import estimate, measured, start_test, step_flops
else:
    __getattr__, __dir__ = lazy_exports(__name__)
