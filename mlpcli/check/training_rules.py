"""Rules on how the network is trained: rates, steps, batches, memory."""

import math
from collections.abc import Iterator

from mlpcli.check.subject import ConfigRules, Finding, Subject
from mlpcli.config import Config, count_validations
from mlpcli.runs import memory_shortage
from mlpcli.theory import advice_text, after_fast_decay, decay_text, decays_too_fast

RATES = 1e-7, 20.0  # rules of thumb: networks have learned at 0.0001 (saturated) and 6.9 (sigmoid)
FEW_STEPS = 100  # updates
SHORT = 0.1  # epochs: below this a warning, below one epoch a note
BATCHES = 1_000  # steps that the batch size to try comes to


def _decaying(subject: Subject) -> Iterator[Finding]:
    if decays_too_fast(subject.config):
        advice = f"try {advice_text(after_fast_decay(subject.config))}"
        yield "weight_decay", decay_text(subject.config), advice


def _rate(subject: Subject) -> Iterator[Finding]:
    low, high = RATES
    rate = subject.config.learning_rate
    if not low <= rate <= high:
        far, limit = ("smaller", low) if rate < low else ("larger", high)
        text = f"{rate:g} is far {far} than usual, limit {limit:g}"
        yield "learning_rate", text, f"measure it: mlpcli lr {subject.file}"


def _memory(subject: Subject) -> Iterator[Finding]:
    if lacks := memory_shortage(subject.config):
        need, memory = lacks.need / 1e9, lacks.memory / 1e9
        text = f"about {need:,.1f} GB to train, of this machine's {memory:,.1f} GB"
        yield lacks.key, text, _smaller(subject.config, lacks.key)


def _smaller(config: Config, key: str) -> str:
    """Advise on the value, halved as often as it takes; a list of widths has no one value."""
    value = getattr(config, key)
    while isinstance(value, int) and value > 1:
        value //= 2
        if not memory_shortage(config.model_copy(update={key: value})):
            return f"try {key}: {value}"
    return f"try a smaller {key}"


def _warmup(subject: Subject) -> Iterator[Finding]:
    config = subject.config
    below = config.warmup_steps - 1  # the last warm-up step has the whole learning rate
    if config.warmup_steps <= config.steps / 2 or not below:
        return
    text = f"{below:,} of {config.steps:,} steps are at less than the learning rate"
    if config.decay != "constant" and config.warmup_steps == config.steps:
        text += f", and decay: {config.decay} never begins"
    yield "warmup_steps", text, f"try warmup_steps: {config.steps // 20}"


def _epochs(subject: Subject, low: float, high: float) -> Iterator[Finding]:
    config, n = subject.config, subject.config.data.train_examples
    epochs = config.steps * config.batch_size / n
    if low <= epochs < high:
        used = config.steps * config.batch_size
        text = f"all steps see {used:,} of the {n:,} training examples"
        yield "steps", text, f"an epoch is steps: {math.ceil(n / config.batch_size)}"


def _few_steps(subject: Subject) -> Iterator[Finding]:
    config = subject.config
    examples = config.steps * config.batch_size
    if config.steps < FEW_STEPS and examples >= config.data.train_examples:
        size = max(1, min(examples // BATCHES, 128))
        text = f"{config.batch_size:,} examples a step leave {config.steps:,} updates"
        advice = f"try batch_size: {size} with steps: {examples // size}"
        yield "batch_size", text, advice


def _intervals(subject: Subject) -> Iterator[Finding]:
    for key, what in (
        ("log_every", "metrics rows are the first, the last and validations'"),
        ("eval_every", "validation is at the last step alone"),
        ("checkpoint_every", "the checkpoint is the last step's alone"),
    ):
        every, steps = getattr(subject.config, key), subject.config.steps
        if key in subject.given and every > steps:
            text = f"{every:,} is more than the {steps:,} steps: {what}"
            yield key, text, f"try {key}: {max(1, steps // 10)}"


def _patience(subject: Subject) -> Iterator[Finding]:
    config = subject.config
    validations = count_validations(config)
    if config.patience is not None and config.patience >= validations:
        text = f"{config.patience:,} of {validations:,} validations in all: it never ends the run"
        yield "patience", text, f"try patience: {max(1, validations // 5)}, or a smaller eval_every"


def _sequence(subject: Subject) -> Iterator[Finding]:
    config, n = subject.config, subject.config.data.train_examples
    if config.order != "sequential" or config.batch_size == n:
        return
    stride = math.gcd(config.batch_size, n - config.batch_size)
    batches = (n - config.batch_size) // stride
    if config.steps > batches:
        same = f"{batches:,} batches" if batches > 1 else "batch"
        last = f"{stride:,} examples" if stride > 1 else "example"
        text = f"the same {same} over and over, without the last {last}"
        yield "order", text, "try order: shuffle"


TRAINING_RULES: ConfigRules = (
    ("weight_decay", "warning", _decaying),
    ("learning_rate", "warning", _rate),
    ("memory", "warning", _memory),
    ("warmup", "warning", _warmup),
    ("few_steps", "warning", _few_steps),
    ("short", "warning", lambda subject: _epochs(subject, 0.0, SHORT)),
    ("intervals", "warning", _intervals),
    ("patience", "warning", _patience),
    ("short", "note", lambda subject: _epochs(subject, SHORT, 1.0)),
    ("sequential", "note", _sequence),
)
