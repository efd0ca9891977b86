"""A check: what will happen, why, layer by layer, what it takes, and what to change."""

import math
from collections.abc import Iterator

from mlpcli.check.result import Check
from mlpcli.check.speed import FACTOR
from mlpcli.errors import shown
from mlpcli.terminal import (
    Emphasis,
    Section,
    Text,
    count,
    duration,
    factor,
    number,
    size,
    table_of,
)
from mlpcli.theory import SATURATED, Layer, gains, he_ratio_range

LAYERS = 12  # shown of a deep network: the first and the last six
NO_OPINION, HEALTHY_EXCESS = 0.001, 0.3  # of a loss beyond ln C; He initialization gives 0.1


def check_sections(check: Check) -> Iterator[Section]:
    """Yield the sections of a check."""
    every = check.config.sizes
    sizes = "-".join(map(str, every)) if len(every) <= LAYERS else f"{every[0]}-…"
    name = (
        f"{shown(check.config.name)}: {sizes}, {check.config.activation}, init {check.config.init}"
    )
    yield Section(name, [Text(text) for text in _initial_loss(check)])
    yield _layers(check)
    yield _takes(check)
    yield _diagnostics(check)


def _initial_loss(check: Check) -> Iterator[str]:
    """Yield what the initial loss will be, why, and what it means."""
    predicted = check.prediction
    if math.isinf(predicted.initial_loss):
        yield "initial loss: none; the logits are too large for float32, and it diverges at step 1"
        return
    loss, wide = number(predicted.initial_loss), number(predicted.infinite_width_loss)
    low, high = number(predicted.initial_loss_low), number(predicted.initial_loss_high)
    limit = f"; {wide} if the layers were very wide" if wide != loss else ""
    spread = f"{low} to {high} for 95 of 100 seeds" if low != high else "whatever the seed"
    yield f"initial loss: about {loss} ({spread}{limit})"
    scale, ratio = number(predicted.logit_scale), he_ratio_range(predicted.layers)
    yield (
        f"why: the initial weights are {ratio} times those of He initialization, which makes the "
        f"logits differ by {scale} (their standard deviation over the classes)"
    )
    yield f"what it means: {_meaning(check)}"


def _meaning(check: Check) -> str:
    task = check.config.data.task
    chance = task.chance_loss
    beyond = check.prediction.initial_loss - chance
    none = f"ln {task.outputs} = {number(chance)}, the loss of a uniform guess"
    if beyond < NO_OPINION:
        return f"{none}: all classes seem alike to it"
    if beyond < HEALTHY_EXCESS:
        return f"close to {none}: a healthy initial loss"
    sure = "sure" if check.prediction.logit_scale > SATURATED else "somewhat sure"
    healthy = f"{none}, to about {number(chance + 0.1, 2)}"
    return (
        f"the network begins {sure} of wrong answers, and unlearns them first; "
        f"healthy is from {healthy}"
    )


def _layers(check: Check) -> Section:
    layers = check.prediction.layers
    half = LAYERS // 2
    rows = [(str(i), *_layer_cells(each)) for i, each in enumerate(layers, start=1)]
    if len(rows) > LAYERS:
        rows = [*rows[:half], ("…", "", "", "", "", ""), *rows[-half:]]
    emphasis: list[Emphasis] = [""] * len(rows)
    if len(layers) > 2:
        signal, gradient = (factor(each) for each in gains(layers))
        rows.append(("all", "", "", "", signal, gradient))
        emphasis.append("faint")
    heads = ("layer", "inputs x units", "stddev", "ratio to He", "signal gain", "gradient gain")
    return Section("Layers", [table_of(heads, rows, 1, emphasis)])


def _layer_cells(layer: Layer) -> tuple[str, ...]:
    numbers = (layer.weight_stddev, layer.he_ratio, layer.signal_gain, layer.gradient_gain)
    texts = ("-" if each is None else factor(each) for each in numbers)
    return f"{layer.fan_in:,} x {layer.units:,}", *texts


def _takes(check: Check) -> Section:
    takes, time, config = check.footprint, check.time, check.config
    examples = config.data.train_examples
    rows = (
        ("parameters", f"{config.parameters:,}"),
        ("steps", f"{config.steps:,} of {count(config.batch_size, 'example')}"),
        ("data", f"{takes.epochs:,.3g} epochs of {examples:,} training examples"),
        ("time", f"about {duration(time.seconds)} ({duration(time.low)} to {_end(check)})"),
        ("", f"{duration(time.start)} to start, then {_pace(time.steps_per_second)} steps/s"),
        ("", f"by {time.source}"),
        ("memory", f"about {size(takes.memory)}"),
        ("", f"weights, gradients and copies {size(takes.weights_memory)}"),
        ("", f"layers' outputs {size(takes.layers_memory)}, the rest TensorFlow and data"),
        ("leaves", f"{size(takes.disk)} on disk"),
        (
            "",
            f"{count(takes.rows, 'metrics row')}, {count(takes.validations, 'validation')}, "
            f"{count(takes.checkpoints, 'checkpoint')}",
        ),
    )
    return Section("What it takes", [table_of(("", ""), rows, 2)])


def _end(check: Check) -> str:
    busy = check.time.high > FACTOR * check.time.seconds
    text = duration(check.time.high)
    return f"{text}, as busy as this machine is" if busy else text


def _pace(speed: float) -> str:
    return f"{speed:,.0f}" if speed >= 10 else number(speed, 2)


def _diagnostics(check: Check) -> Section:
    warnings = sum(each.level == "warning" for each in check.diagnostics)
    texts = [
        Text(str(each), "warning") if each.level == "warning" else Text(f"{each} (a note)", "faint")
        for each in check.diagnostics
    ]
    return Section(count(warnings, "warning") if warnings else "no warnings", texts)
