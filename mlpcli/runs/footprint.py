"""What a run takes and leaves, from its config: memory, disk, rows, epochs.

A config is valid whatever machine reads it; what trains asks here first whether there is room.
"""

from __future__ import annotations

import resource
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlpcli.config import Config, Loaded, count_checkpoints, count_rows, count_validations
from mlpcli.data import BUILT_IN
from mlpcli.errors import ConfigError, Problem, shown
from mlpcli.runs.layout import KEPT_CHECKPOINTS
from mlpcli.runs.metrics import typical_bytes
from mlpcli.system import ADDRESSES, DATA, limit_of, physical_memory, require_limit

ALONE = 765_000_000  # bytes of Python and TensorFlow without data or network
FLOAT32_BYTES = 4  # bytes
# Fitted to 68 trainings of 1 to 40 layers of 1 to 2,000 units, batches of 1 to 4,096
WEIGHT_COPIES = 8  # the model's, the loop's in and out, gradients, and what checkpoints are made of
SLOT_COPIES = 6  # of the optimizer's state
BEST_COPIES = 3  # of the best weights, where they are kept: they, and two for checkpoints
WIDEST_COPIES = 5  # of the widest layer's outputs: what a step makes of them before the next layer
SMOOTH = ("gelu", "elu")  # activations whose outputs are held twice, and that compile to more
LAYER, SMOOTH_LAYER = 2_000_000, 1_500_000  # bytes of a layer, compiled; and more if it is smooth
FILE = 15_000_000  # bytes: what reads a file, beside its rows
EVALUATED = 1_000  # examples at once
TOLERATED = 1.1  # times the memory: an estimate beyond it is no error of the estimate
REST = 15_000  # bytes: predictions, config, run.json, summary.json, the heads of binary files
HEAD = 200  # bytes before a checkpoint's arrays, at least
SAVED = 20_000  # bytes of a .keras file beside the weights


@dataclass(frozen=True)
class Footprint:
    """The memory that a run takes, and what it leaves on the disk."""

    epochs: float
    rows: int
    validations: int
    checkpoints: int  # saved; the two newest are kept
    memory: int  # bytes at most while it trains, all in all
    weights_memory: int  # of these: weights, their gradients and copies, optimizer state
    layers_memory: int  # of these: what the layers put out for a batch
    disk: int  # bytes that the run directory takes in the end


def estimate_footprint(config: Config) -> Footprint:
    """Return what a run takes and leaves.

    Of each layer the outputs are held until the gradients are known, for a batch or for as many
    examples as are measured at once, and of the widest some copies more.
    """
    weights = FLOAT32_BYTES * config.parameters
    slots = config.optimizer.slots
    best = BEST_COPIES * config.stopping.keeps_best
    held = weights * (WEIGHT_COPIES + SLOT_COPIES * slots + best)
    layers = _layers_memory(config)
    rows = count_rows(config)
    saved = weights * (1 + slots + config.stopping.keeps_best)
    checkpoints, validations = count_checkpoints(config), count_validations(config)
    metrics = (rows - validations) * typical_bytes(False, config.layers)
    metrics += validations * typical_bytes(True, config.layers)
    return Footprint(
        epochs=config.steps * config.batch_size / config.data.train_examples,
        rows=rows,
        validations=validations,
        checkpoints=checkpoints,
        memory=ALONE + _beside(config) + held + layers,
        weights_memory=held,
        layers_memory=layers,
        disk=weights + SAVED + saved * min(checkpoints, KEPT_CHECKPOINTS) + metrics + REST,
    )


def _layers_memory(config: Config) -> int:
    """Return the bytes of what the layers put out, and of the batch that goes in."""
    units = config.sizes[1:]
    held = sum(units) * (1 + (config.activation in SMOOTH)) + WIDEST_COPIES * max(units)
    examples = max(config.batch_size, EVALUATED)
    return FLOAT32_BYTES * (examples * held + config.batch_size * config.data.inputs)


def _beside(config: Config) -> int:
    """Return the bytes of data, and of compiled layers."""
    layer = LAYER + SMOOTH_LAYER * (config.activation in SMOOTH)
    file = FILE * (config.dataset not in BUILT_IN)
    return config.data.memory + file + layer * config.layers


@dataclass(frozen=True)
class Shortage:
    """Networks that do not fit this machine's memory."""

    key: str  # of the config, the one that most of it follows from
    need: int  # bytes
    memory: int  # bytes that there are


def memory_shortage(config: Config, networks: int = 1) -> Shortage | None:
    """Return what is lacking to train so many networks of a config at once; None if they fit."""
    takes, memory = estimate_footprint(config), physical_memory()
    need = _memory(config, networks)
    if need <= memory:
        return None
    narrower_helps = config.layers > 1
    weights_alone = ALONE + config.data.memory + takes.weights_memory > memory  # whatever the batch
    wide = narrower_helps and (weights_alone or takes.weights_memory >= takes.layers_memory)
    return Shortage("width" if wide else "batch_size", need, memory)


def require_memory(configs: Iterable[Loaded], saving: bool = False) -> None:
    """Raise one ConfigError with each of the configs that this machine cannot train.

    The estimate was up to 6 % too high, so what exceeds the memory by no more than TOLERATED is
    tried. Raises
    RunError where it is a limit of this process that one exceeds; where it is saved, its files too.
    """
    wanted = list(configs)
    problems = dict.fromkeys(
        Problem(each.place(lacks.key), lacks.key, _shortage_text(each.config, lacks))
        for each in wanted
        if (lacks := memory_shortage(each.config)) and lacks.need > TOLERATED * lacks.memory
    )
    if problems:
        raise ConfigError(
            list(problems), "see what it takes, and which value would fit: mlpcli check CONFIG"
        )
    for each in wanted:
        require_limits(each.config)
        if saving:
            _require_file_size(each.config)


def require_limits(config: Config, networks: int = 1) -> None:
    """Raise RunError where a limit of this process (ulimit) leaves too little to train a config."""
    what = f"training {shown(config.name)}"
    need = _memory(config, networks)
    require_limit(resource.RLIMIT_AS, need + ADDRESSES, what)
    require_limit(resource.RLIMIT_DATA, int(DATA * need), what)


def fit_together(configs: Sequence[Config], memory: int | None = None) -> bool:
    """Say whether configs can be trained at once: by this machine's memory, and by any limit.

    Or by another machine's memory, in bytes. Of data that several share there is one copy.
    """
    need = _memory_together(configs)
    if memory is not None:
        return need <= memory
    limited = ((resource.RLIMIT_AS, need + ADDRESSES), (resource.RLIMIT_DATA, DATA * need))
    within = all((limit_of(kind) or bytes_) >= bytes_ for kind, bytes_ in limited)
    return within and need <= physical_memory()


def _memory_together(configs: Sequence[Config]) -> int:
    """Return the bytes that configs take at once."""
    of_data = {config.data_spec: config.data.memory for config in configs}
    takes = [estimate_footprint(config).memory - config.data.memory - ALONE for config in configs]
    return ALONE + sum(of_data.values()) + sum(takes)


def largest_file(config: Config) -> int:
    """Return the bytes of the largest file that a run saves: a checkpoint, or the model."""
    weights = FLOAT32_BYTES * config.parameters
    kept = 1 + config.optimizer.slots + config.stopping.keeps_best
    return max(weights * kept + HEAD, weights + SAVED)


def _require_file_size(config: Config) -> None:
    """Raise RunError where the files that a run saves may not be so large."""
    what = f"a checkpoint or the model of {shown(config.name)}"
    require_limit(resource.RLIMIT_FSIZE, largest_file(config), what)


def _memory(config: Config, networks: int) -> int:
    """Return the bytes that so many networks of a config take at once."""
    takes = estimate_footprint(config)
    return takes.memory + (networks - 1) * (takes.weights_memory + takes.layers_memory)


def _shortage_text(config: Config, lacks: Shortage) -> str:
    return (
        f"{config.parameters:,} parameters in batches of {config.batch_size:,}, "
        f"which take about {lacks.need / 1e9:,.1f} GB to train, "
        f"allowed {lacks.memory / 1e9:,.1f} GB, this machine's memory"
    )
