"""A check: what will happen, why, layer by layer, what it takes, and what to change."""

import math
from collections import Counter
from collections.abc import Iterator

from mlpcli.check.result import Check
from mlpcli.check.rules import Diagnostic
from mlpcli.check.speed import FACTOR
from mlpcli.config import Config
from mlpcli.data import Regression
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
from mlpcli.theory import SATURATED, Layer, gains, he_ratio_range, healthy_loss

LAYERS = 12  # shown of a deep network: the first and the last six
NO_OPINION, HEALTHY_EXCESS = 0.001, 0.3  # of a loss beyond ln C; He initialization gives 0.1
HEALTHY_VARIANCE = (
    3.0  # of outputs; He initialization gives 2, and more where inputs are not centred
)


def full_sections(check: Check) -> Iterator[Section]:
    """Yield the sections of all that is known."""
    yield Section(headline(check), [Text(text) for text in initial_loss_texts(check, full=True)])
    yield _layers(check)
    yield _takes(check)
    findings = check.diagnostics
    yield Section(findings_title(check), [finding_text(each) for each in findings])


def headline(check: Check) -> str:
    """Name the network in a line."""
    every = check.config.sizes
    sizes = "-".join(map(str, every)) if len(every) <= LAYERS else f"{every[0]}-…-{every[-1]}"
    layers = "" if len(every) <= LAYERS else f" ({check.config.layers} layers)"
    of_weights = f"{check.config.activation}, init {check.config.init}"
    return f"{shown(check.config.name)}: {sizes}{layers}, {of_weights}"


def initial_loss_texts(check: Check, full: bool) -> Iterator[str]:
    """Yield what the initial loss will be, why, and what it means."""
    predicted = check.prediction
    if math.isinf(predicted.initial_loss):
        what = "outputs" if isinstance(check.config.data.task, Regression) else "logits"
        yield f"initial loss: none; the {what} are too large for float32, and it diverges at step 1"
        return
    loss, wide = number(predicted.initial_loss), number(predicted.infinite_width_loss)
    low, high = number(predicted.initial_loss_low), number(predicted.initial_loss_high)
    limit = f"; {wide} if the layers were very wide" if full and wide != loss else ""
    if low == high:
        yield f"initial loss: {loss}, whatever the seed"
    else:
        seeds = f"95 of 100 seeds: {low} to {high} on the first batch"
        yield f"initial loss: about {loss} in the mean over seeds ({seeds}{limit})"
    scale, ratio = number(predicted.logit_scale), he_ratio_range(predicted.layers)
    times = "" if ratio == "1.00" else f"{ratio} times "
    outputs = f"the logits differ by {scale} from class to class (standard deviation)"
    if isinstance(check.config.data.task, Regression):
        outputs = f"the outputs have a standard deviation of {scale}, where the targets have 1"
    weights = f"the initial weights are {times}as large as those of He initialization"
    yield f"why: {weights}, and {outputs}"
    yield f"what it means: {_meaning(check)}"


def _meaning(check: Check) -> str:
    task = check.config.data.task
    beyond = check.prediction.initial_loss - task.chance_loss
    if isinstance(task, Regression):
        return _meaning_of_values(beyond, task)
    none = f"ln {task.outputs} = {number(task.chance_loss)}, the loss of a uniform guess"
    if beyond < NO_OPINION:
        return f"{none}: all classes seem alike to it"
    if beyond < HEALTHY_EXCESS:
        return f"close to {none}: a healthy initial loss"
    sure = "sure" if check.prediction.logit_scale > SATURATED else "somewhat sure"
    return (
        f"the network begins {sure} of wrong answers, and has to unlearn them first; a healthy "
        f"loss begins at {healthy_loss(task)}"
    )


def _meaning_of_values(beyond: float, task: Regression) -> str:
    none = "1, the mean squared error of always answering the mean"
    if beyond < NO_OPINION:
        return f"{none}: all examples seem alike to it"
    if beyond < HEALTHY_VARIANCE:
        return f"{none}, and {number(beyond)} for the outputs' variance: a healthy initial loss"
    return (
        f"{none}, and {number(beyond)} for the outputs' variance, which the network has to unlearn "
        f"first; a healthy loss begins at {healthy_loss(task)}"
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
        *([("", f"until {until_text(config)}")] if config.patience else []),
        ("data", f"{takes.epochs:,.3g} epochs of {examples:,} training examples"),
        ("time", f"about {duration(time.seconds)} ({duration(time.low)} to {end_text(check)})"),
        ("", f"{duration(time.start)} to start, then {pace(time.steps_per_second)} steps/s"),
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


def until_text(config: Config) -> str:
    """Say when a run with patience ends."""
    why = config.stopping.why_stopped(config.data.task.kind)
    return f"{why}; what follows is of all {config.steps:,} steps"


def end_text(check: Check) -> str:
    """Write the longest that the time may be, and why where the machine is busy."""
    busy = check.time.high > FACTOR * check.time.seconds
    text = duration(check.time.high)
    return f"{text}, for this machine is busy" if busy else text


def pace(speed: float) -> str:
    """Write steps a second."""
    return f"{speed:,.0f}" if speed >= 10 else number(speed, 2)


def findings_title(check: Check) -> str:
    """Count the warnings and the notes."""
    levels = Counter(each.level for each in check.diagnostics)
    counts = [count(levels[level], level) for level in ("warning", "note") if levels[level]]
    return ", ".join(counts) or "no warnings"


def finding_text(finding: Diagnostic) -> Text:
    """Write a warning, or a note, in its colour."""
    if finding.level == "warning":
        return Text(str(finding), "warning")
    return Text(f"note: {finding}", "faint")
