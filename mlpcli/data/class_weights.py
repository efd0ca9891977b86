"""Class weights: how much an example of each class counts in the loss that is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

OF_VALUES = "of classes alone: a regression has none; remove it"


def balanced_weights(targets: NDArray[Any], classes: int) -> tuple[float, ...]:
    """Return the weight of each class: all classes together count alike.

    n / (k n_c) of the n training examples, n_c of them of class c and k the classes that any of
    them is of, as scikit-learn's class_weight="balanced" has it (King and Zeng 2001). Their mean
    over the training examples is 1, so that a network without an opinion has the same loss with
    and without them. A class that no example trains has 0, which nothing takes.

    >>> import numpy as np
    >>> balanced_weights(np.array([0, 0, 0, 1]), 3)
    (0.6666666666666666, 2.0, 0.0)
    """
    import numpy as np

    counts = np.bincount(targets, minlength=classes)
    each = len(targets) / int(np.count_nonzero(counts))
    return tuple(each / int(count) if count else 0.0 for count in counts)
