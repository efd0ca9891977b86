"""What a config asks for that will not go well, found before it is trained, and what to try."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mlpcli.check.advice import (
    ALIKE,
    EXPLODED,
    MAX_DECAY_PER_STEP,
    SATURATED,
    VANISHED,
    advice_text,
    decay_to_try,
    gains,
    he_ratio_range,
    repair,
)
from mlpcli.check.prediction import Prediction
from mlpcli.config import Config
from mlpcli.errors import Place
from mlpcli.runs import memory_shortage
from mlpcli.terminal import factor

RATES = 1e-7, 20.0  # rules of thumb: networks have learned at 0.0001 (saturated) and 6.9 (sigmoid)
FEW_STEPS = 100  # updates
SHORT = 0.1  # passes: below this a run is warned of, below one pass noted
BATCHES = 1_000  # steps that the batch size to try comes to


@dataclass(frozen=True)
class Diagnostic:
    """One thing to change, or to know: where it stands, what it does, and what to try."""

    rule: str
    level: str  # warning, or note
    place: Place  # of the key; without a line where the config leaves it at its default
    key: str
    text: str
    advice: str

    def __str__(self) -> str:
        return f"{self.place}: {self.key}: {self.text}; {self.advice}"


@dataclass(frozen=True)
class _Seen:
    """What a rule sees."""

    config: Config
    prediction: Prediction
    given: Mapping[str, Place]  # the keys that the config file or an option says
    file: str


_Said = tuple[str, str, str]  # key, text, advice
_Check = Callable[[_Seen], Iterator[_Said]]


Diagnostics = tuple[Diagnostic, ...]


def find(
    config: Config, prediction: Prediction, given: Mapping[str, Place], file: str
) -> Diagnostics:
    """Return what there is to say of a config, the gravest first.

    `given` has the place of each key that `file` or an option says.
    """
    seen = _Seen(config, prediction, given, file)
    return tuple(
        Diagnostic(
            name, level, given.get(key, Place(file)), key, _default(key, given) + text, advice
        )
        for name, level, rule in _CHECKS
        for key, text, advice in rule(seen)
    )


def _default(key: str, given: Mapping[str, Place]) -> str:
    return "" if key in given else "(the default) "


def _is_symmetric(config: Config) -> bool:
    return config.init == "zeros" and config.layers > 1


def _zeros(seen: _Seen) -> Iterator[_Said]:
    if _is_symmetric(seen.config):
        text = "makes all units of a hidden layer alike, and no training tells them apart"
        yield "init", text, _repaired(seen.config)


def _saturated(seen: _Seen) -> Iterator[_Said]:
    scale = seen.prediction.logit_scale
    if scale <= SATURATED:
        return
    config, layers = seen.config, seen.prediction.layers
    stddev = f" with init_stddev {config.init_stddev}" if config.init == "normal" else ""
    if max(each.he_ratio for each in layers) > 2:
        what = f"makes the initial weights {he_ratio_range(layers)} times those of He"
    else:
        grown = factor(gains(layers)[0])
        what = f"and {config.activation} let the signal's mean square grow {grown} times"
    if math.isinf(scale):
        what += ", and the logits too large for float32: it diverges at step 1"
    yield "init", f"{config.init}{stddev} {what}", _repaired(config)


def _depth(seen: _Seen) -> Iterator[_Said]:
    """Say where a signal or a gradient fades or explodes, if the logits do not say it already."""
    config, layers = seen.config, seen.prediction.layers
    if _is_symmetric(config):
        return
    for what, gain, way in zip(
        ("signal's mean square", "gradient's norm"),
        gains(layers),
        ("the last layer is {} times the first's", "the first layer is {} times the last's"),
        strict=True,
    ):
        if gain < VANISHED or (gain > EXPLODED and seen.prediction.logit_scale <= SATURATED):
            text = f"{config.init} with {config.activation}: the {what} in {way}"
            yield "init", text.format(factor(gain)), _repaired(config)
            return
    cosine = seen.prediction.logit_cosine
    if cosine > ALIKE and config.layers > 1 and seen.prediction.logit_scale <= SATURATED:
        text = f"{config.activation} over {config.layers} layers hardly tells examples apart: the "
        text += f"first logits of any two have a cosine of {cosine:.4f}"
        yield "activation", text, _repaired(config)


def _repaired(config: Config) -> str:
    return f"try {advice_text(repair(config))}"


def _linear(seen: _Seen) -> Iterator[_Said]:
    if seen.config.activation == "linear" and seen.config.layers > 1:
        text = f"linear makes {seen.config.layers} layers no more than one layer can be"
        deep = seen.config.model_copy(update={"activation": "relu"})
        relu = advice_text({"activation": "relu", **repair(deep)})
        yield "activation", text, f"try {relu}, or layers: 1"


def _decaying(seen: _Seen) -> Iterator[_Said]:
    pull = seen.config.learning_rate * seen.config.weight_decay
    if pull >= MAX_DECAY_PER_STEP:
        text = f"times the learning rate it is {factor(pull)}: every step takes "
        text += f"{100 * min(pull, 1.0):.3g} % of the weights"
        yield "weight_decay", text, f"try weight_decay: {decay_to_try(seen.config):g}"


def _rate(seen: _Seen) -> Iterator[_Said]:
    low, high = RATES
    rate = seen.config.learning_rate
    if not low <= rate <= high:
        far, limit = ("smaller", low) if rate < low else ("larger", high)
        text = f"{rate:g} is far {far} than usual, limit {limit:g}"
        yield "learning_rate", text, f"measure it: mlpcli lr {seen.file}"


def _memory(seen: _Seen) -> Iterator[_Said]:
    if lacks := memory_shortage(seen.config):
        need, memory = lacks.need / 1e9, lacks.memory / 1e9
        text = f"about {need:,.1f} GB to train, of this machine's {memory:,.1f} GB"
        yield lacks.key, text, _smaller(seen.config, lacks.key)


def _smaller(config: Config, key: str) -> str:
    """Advise on the value, halved as often as it takes; a list of widths has no one value."""
    value = getattr(config, key)
    while isinstance(value, int) and value > 1:
        value //= 2
        if not memory_shortage(config.model_copy(update={key: value})):
            return f"try {key}: {value}"
    return f"try a smaller {key}"


def _warmup(seen: _Seen) -> Iterator[_Said]:
    config = seen.config
    if config.warmup_steps <= config.steps / 2:
        return
    text = f"{config.warmup_steps:,} of {config.steps:,} steps"
    if config.decay != "constant" and config.warmup_steps == config.steps:
        text += f" leave decay: {config.decay} none"
    else:
        text += " are at less than the learning rate"
    yield "warmup_steps", text, f"try warmup_steps: {config.steps // 20}"


def _passes(seen: _Seen, low: float, high: float) -> Iterator[_Said]:
    config, n = seen.config, seen.config.data.train_examples
    passes = config.steps * config.batch_size / n
    if low <= passes < high:
        used = config.steps * config.batch_size
        text = f"all steps see {used:,} of the {n:,} training examples"
        yield "steps", text, f"a pass is steps: {math.ceil(n / config.batch_size)}"


def _few_steps(seen: _Seen) -> Iterator[_Said]:
    config = seen.config
    examples = config.steps * config.batch_size
    if config.steps < FEW_STEPS and examples >= config.data.train_examples:
        size = max(1, min(examples // BATCHES, 128))
        text = f"{config.batch_size:,} examples a step leave {config.steps:,} updates"
        advice = f"try batch_size: {size} with steps: {examples // size}"
        yield "batch_size", text, advice


def _intervals(seen: _Seen) -> Iterator[_Said]:
    for key, what in (
        ("log_every", "metrics rows are the first, the last and validations'"),
        ("eval_every", "validation is at the last step alone"),
        ("checkpoint_every", "the checkpoint is the last step's alone"),
    ):
        every, steps = getattr(seen.config, key), seen.config.steps
        if key in seen.given and every > steps:
            text = f"{every:,} is more than the {steps:,} steps: {what}"
            yield key, text, f"try {key}: {max(1, steps // 10)}"


def _sequence(seen: _Seen) -> Iterator[_Said]:
    config, n = seen.config, seen.config.data.train_examples
    if config.order != "sequential" or config.batch_size == n:
        return
    stride = math.gcd(config.batch_size, n - config.batch_size)
    batches = (n - config.batch_size) // stride
    if config.steps > batches:
        same = f"{batches:,} batches" if batches > 1 else "batch"
        last = f"{stride:,} examples" if stride > 1 else "example"
        text = f"the same {same} over and over, without the last {last}"
        yield "order", text, "try order: shuffle"


_CHECKS: tuple[tuple[str, str, _Check], ...] = (
    ("symmetric", "warning", _zeros),
    ("saturated", "warning", _saturated),
    ("depth", "warning", _depth),
    ("linear", "warning", _linear),
    ("weight_decay", "warning", _decaying),
    ("learning_rate", "warning", _rate),
    ("memory", "warning", _memory),
    ("warmup", "warning", _warmup),
    ("few_steps", "warning", _few_steps),
    ("short", "warning", lambda seen: _passes(seen, 0.0, SHORT)),
    ("intervals", "warning", _intervals),
    ("short", "note", lambda seen: _passes(seen, SHORT, 1.0)),
    ("sequential", "note", _sequence),
)
