"""Advice with what has to go with it: initial weights that suit, and a rate that is not far off."""

from mlpcli.explain.evidence import Evidence
from mlpcli.theory import Advice, rate_to_try, repair, with_rate


def with_company(e: Evidence, keys: Advice, fitted: bool = False) -> Advice:
    """Return keys that change the network, with the init and the rate that go with them.

    A rate that is not far off is left as it is; if `fitted` it is the one that suits, however near.
    """
    keys = {**keys, **repair(e.config.model_copy(update=keys))}
    mended = e.mended if keys == e.mended.keys else e.measured(keys)
    if fitted:
        return {**keys, "learning_rate": rate_to_try(e.config.model_copy(update=keys), mended)}
    return with_rate(e.config, keys, mended)
