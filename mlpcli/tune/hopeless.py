"""Why a network learns nothing, by what `check` finds of it before it is trained."""

import math
from collections.abc import Sequence
from pathlib import Path

from mlpcli.check import find
from mlpcli.config import Loaded
from mlpcli.errors import RunError, shell_word
from mlpcli.theory import advice_text, predict, repair
from mlpcli.tune.records import RateResult

CAUSES = ("symmetric", "saturated", "depth")  # the rules of `check` on what may keep from learning


def require_hope(loaded: Loaded, path: Path, overrides: Sequence[str]) -> None:
    """Raise RunError where it is certain, before any training, that nothing can be learned.

    Weights that are all zero stay so behind activations that are 0 at 0, and logits too large for
    float32 diverge at step 1.
    """
    config = loaded.config
    stuck = config.init == "zeros" and config.layers > 1 and config.activation != "sigmoid"
    if stuck or math.isinf(predict(config).logit_scale):
        cause, advice = _cause(loaded)
        raise RunError(f"no learning rate can be found: {cause}", _hint(advice, path, overrides))


def dead(loaded: Loaded, path: Path, overrides: Sequence[str]) -> RunError:
    """Return the error for a network whose units are dead before it is trained."""
    config = loaded.config
    keys = repair(config)
    advice = f"try {advice_text(keys)}" if keys else "try more units in the narrowest layer"
    text = (
        f"with seed {config.weights_seed} the untrained network puts out the same for all examples"
    )
    return RunError(
        f"no learning rate can be found: {text}: a layer of it is dead",
        _hint(f"{advice}, or another seed", path, overrides),
    )


def nothing_found(
    loaded: Loaded, path: Path, overrides: Sequence[str], result: RateResult
) -> RunError:
    """Return the error where no rate lets a network learn, why that may be, and what to try."""
    candidates = result.choice.candidates
    text = (
        f"no learning rate was found: nothing was learned at any of the {len(candidates)} that "
        f"were tried, in {candidates[0].steps:,} steps"
    )
    cause, advice = _cause(loaded)
    return RunError(f"{text}: {cause}" if cause else text, _hint(advice, path, overrides))


def _cause(loaded: Loaded) -> tuple[str, str]:
    """Return what `check` finds that keeps a network from learning, and its advice."""
    config = loaded.config
    for each in find(config, predict(config), loaded.places, loaded.source):
        if each.rule in CAUSES:
            value = str(getattr(config, each.key))
            text = each.text if value in each.text else f"{value} {each.text}"
            return f"{each.key}: {text}", each.advice
    return "", ""


def _hint(advice: str, path: Path, overrides: Sequence[str]) -> str:
    words = " ".join([shell_word(path), *(f"-s {shell_word(each)}" for each in overrides)])
    see = f"see what the network begins with: mlpcli check {words}"
    return f"{advice}; {see}" if advice else see
