"""Advice with what has to go with it: initial weights that suit, and a rate that is not far off."""

import math

from mlpcli.explain.evidence import Evidence
from mlpcli.theory import Advice, rate_to_try, repair

FAR = 4.0  # times: a rate that is further from the one to try is changed with the network


def with_company(e: Evidence, keys: Advice) -> Advice:
    """Return keys that change the network, with the init and the learning rate that go with it.

    A rate within FAR times of the one to try is left as it is: it may be the better one, and one
    change is easier to understand than two.
    """
    keys = {**keys, **repair(e.config.model_copy(update=keys))}
    config = e.config.model_copy(update=keys)
    rate = rate_to_try(config, e.mended if keys == e.mended.keys else e.measured(keys))
    near = abs(math.log(config.learning_rate / rate)) <= math.log(FAR)
    return keys if near else {**keys, "learning_rate": rate}
