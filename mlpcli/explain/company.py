"""Advice with what has to go with it: initial weights that suit, and a rate that is not far off."""

from mlpcli.explain.evidence import Evidence
from mlpcli.theory import Advice, rate_to_try, repair, with_rate


def with_company(e: Evidence, keys: Advice) -> Advice:
    """Return keys that change the network, with the init and the rate that go with them."""
    keys = {**keys, **repair(e.config.model_copy(update=keys))}
    return with_rate(e.config, keys, e.mended if keys == e.mended.keys else e.measured(keys))


def with_fitting_rate(e: Evidence, keys: Advice) -> Advice:
    """Return keys with the learning rate that suits the network which they make, however near."""
    mended = e.mended if keys == e.mended.keys else e.measured(keys)
    return {**keys, "learning_rate": rate_to_try(e.config.model_copy(update=keys), mended)}
