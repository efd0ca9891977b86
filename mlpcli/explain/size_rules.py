"""Rules of what the network can say at all: width, layers, activation, dead units."""

from mlpcli.config import Config
from mlpcli.explain.cause import Rule
from mlpcli.explain.company import with_company
from mlpcli.explain.evidence import Evidence
from mlpcli.explain.rate_rules import USUAL_MOMENTUM
from mlpcli.terminal import count, percent
from mlpcli.theory import FAR, Advice, rounded

NARROW, VERY_DEEP = 4, 10  # units at most, and layers at least, that are faults of their own
BOTTLENECK, WIDER = 16, 128  # units of a layer that holds the others up, and to try
DEEP, SHALLOW = 6, 3  # layers beyond which depth is to be asked about, and to try
SMALL, LARGE = 64, 256  # units of the widest layer that may be too few, and to try
DEAD = 0.2  # of a layer's units
CLEAR = 0.1  # noise of the spiral, whose arms are 1.4 apart
IN_A_PLANE = {"layers": 4, "width": 16}  # to try where two spirals are to be told apart
UNFITTED = 0.03  # of the training score that is missing: below it there is nothing left to fit


def narrowest(config: Config) -> int:
    """Return the units of the narrowest hidden layer; of none as many as there could be."""
    return min(config.hidden_widths, default=10**6)


def _narrow(e: Evidence) -> bool:
    return narrowest(e.config) < BOTTLENECK


def _far_too_narrow(e: Evidence) -> bool:
    least = BOTTLENECK - 1 if e.far_down else NARROW
    return narrowest(e.config) <= least and not _far_too_deep(e)  # which widens as well


def _narrow_sentence(e: Evidence) -> str:
    units = narrowest(e.config)
    layer = e.config.hidden_widths.index(units) + 1
    return (
        f"Layer {layer} has {count(units, 'unit')}, limit {BOTTLENECK}: all that the layers behind "
        f"it learn of an example is {count(units, 'number')}; the run ends with {e.right}"
    )


def _wider(e: Evidence) -> Advice:
    wide = _widened(e.config.hidden_widths)
    return with_company(e, {"width": wide if isinstance(e.config.width, tuple) else WIDER})


def _widened(widths: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(WIDER if each < BOTTLENECK else each for each in widths)


def _wide(e: Evidence) -> bool:
    return narrowest(e.config) > NARROW


def _linear(e: Evidence) -> bool:
    return e.config.layers > 1 and e.config.activation == "linear"


def _linear_sentence(e: Evidence) -> str:
    return (
        f"activation: linear makes {e.config.layers} layers worth one: the network can draw "
        f"straight lines alone; the run ends with {e.right}"
    )


def _slow(e: Evidence) -> bool:
    return e.config.layers > 1 and e.config.activation == "sigmoid"


def _slow_sentence(e: Evidence) -> str:
    return (
        f"activation: sigmoid passes on at most a quarter of the gradient at each of "
        f"{count(e.config.layers - 1, 'hidden layer')}, and its outputs are all above 0: it learns "
        f"more slowly than relu; the run ends with {e.right}"
    )


def _relu(e: Evidence) -> Advice:
    return with_company(e, {"activation": "relu"})


def _deep(e: Evidence) -> bool:
    return e.config.layers > DEEP


def _far_too_deep(e: Evidence) -> bool:
    return e.config.layers > (DEEP if e.far_down else VERY_DEEP)


def _deep_sentence(e: Evidence) -> str:
    return (
        f"{e.config.layers} layers are more than this training can move, limit {DEEP}: the "
        f"untrained outputs of two examples have a cosine of {e.prediction.logit_cosine:.4f}, "
        f"and the run ends with {e.right}"
    )


def _shallow(e: Evidence) -> Advice:
    """Return fewer layers, of which none is a bottleneck."""
    widths = _widened(e.config.hidden_widths[: SHALLOW - 1])
    alone = not isinstance(e.config.width, tuple)
    return with_company(e, {"layers": SHALLOW, "width": widths[0] if alone else widths})


def _few_bends(e: Evidence) -> bool:
    config = e.config
    bare = config.dataset == "spiral" and {*config.inputs} <= {"x", "y"}
    clear = (config.noise or 0.0) <= CLEAR  # else nobody can tell all of its points apart
    return bare and clear and config.layers == 2 and _unfitted(e)


def _few_bends_sentence(e: Evidence) -> str:
    units = narrowest(e.config)
    return (
        f"layers: 2 with x and y alone: the one hidden layer parts the plane along "
        f"{count(units, 'line')}, one a unit, and has nothing to bend them with; the run ends with "
        f"{e.right}. Squares, products and sines as inputs would do, or more layers, which find "
        f"such features themselves"
    )


def _straight(e: Evidence) -> bool:
    return e.config.layers == 1 and _unfitted(e)


def _straight_sentence(e: Evidence) -> str:
    return (
        "layers: 1 can draw straight lines alone: it is not overfitting, for it ends with "
        f"{e.right}"
    )


def _small(e: Evidence) -> bool:
    widest = max(e.config.hidden_widths, default=0)
    # of a network that is unsound, or whose rate is far off, that comes first
    alone = not e.mended.keys and 1 / FAR < e.rate / e.rate_to_try < FAR
    return 0 < widest <= SMALL and alone and not _linear(e) and _unfitted(e)


def _unfitted(e: Evidence) -> bool:
    return e.finished and e.fit is not None and 1 - e.fit > UNFITTED


def _small_sentence(e: Evidence) -> str:
    widest = max(e.config.hidden_widths)
    return (
        f"The network may be too small: {e.right}, and its widest layer has "
        f"{count(widest, 'unit')}, limit {SMALL}"
    )


def _larger(e: Evidence) -> Advice:
    config = e.config
    wide = tuple(LARGE for _ in config.hidden_widths)
    return with_company(e, {"width": wide if isinstance(config.width, tuple) else LARGE})


def _deadest(e: Evidence) -> int:
    hidden = e.dead[: e.config.layers - 1]
    return max(range(len(hidden)), key=hidden.__getitem__, default=0)


def _dead(e: Evidence) -> bool:
    # else the initial weights or the momentum are at fault
    sound = not e.mended.keys and e.config.momentum <= USUAL_MOMENTUM
    return e.config.layers > 1 and sound and bool(e.dead) and e.dead[_deadest(e)] > DEAD


def _born_dead(e: Evidence) -> bool:
    return e.start.dead[_deadest(e)] > DEAD


def _dead_sentence(e: Evidence) -> str:
    layer = _deadest(e)
    since = e.course.dead_since(layer, DEAD)
    when = f" since step {since:,}" if since else ""
    cause = f"activation: {e.config.activation}" if _born_dead(e) else f"learning_rate {e.rate:g}"
    return (
        f"{percent(e.dead[layer])} % of the units of layer {layer + 1} are dead{when}, limit "
        f"{percent(DEAD)} %: none of {e.examples:,} training examples gives them a gradient, with "
        f"{cause}"
    )


def _dead_advice(e: Evidence) -> Advice:
    if _born_dead(e):
        return with_company(e, {"activation": "elu" if e.config.activation == "relu" else "relu"})
    return {"learning_rate": min(e.rate_to_try, rounded(e.rate / 3))}


SIZE_RULES = (
    Rule("too deep", _deep, _deep_sentence, _shallow, grave=_far_too_deep),
    Rule(
        "bottleneck",
        _narrow,
        _narrow_sentence,
        _wider,
        grave=_far_too_narrow,
    ),
    Rule("linear", _linear, _linear_sentence, _relu, grave=_wide),
    Rule("slow activation", _slow, _slow_sentence, _relu, grave=_wide),
    Rule(
        "no hidden layer",
        _straight,
        _straight_sentence,
        lambda e: with_company(e, {"layers": 2, "width": LARGE}),
    ),
    Rule(
        "few bends",
        _few_bends,
        _few_bends_sentence,
        lambda e: with_company(e, {**IN_A_PLANE}),
        grave=_few_bends,
    ),
    Rule("too small", _small, _small_sentence, _larger, symptom=True),
    Rule("dead units", _dead, _dead_sentence, _dead_advice, symptom=True),
)
