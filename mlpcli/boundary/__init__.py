"""What a network makes of a plane: which class is likeliest at each place, and how sure it is.

ground.py says whether the inputs of a run span a plane, and prepares its places as the run does its
rows; forward.py computes a network of any weights with numpy alone, so that nothing waits for
TensorFlow; of_run.py takes the weights that a run left; view.py makes of it what a terminal draws.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.boundary.forward import (
        ACTIVATIONS,
        layer_outputs,
        network_outputs,
        stated_activation,
    )
    from mlpcli.boundary.ground import Ground, ground_of
    from mlpcli.boundary.of_run import plane_of_run
    from mlpcli.boundary.plane import Plane
    from mlpcli.boundary.view import boundary_section
else:
    __getattr__, __dir__ = lazy_exports(__name__)
