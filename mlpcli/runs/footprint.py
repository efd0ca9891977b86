"""What a run takes and leaves, from its config: memory, disk, rows, passes over the data."""

from __future__ import annotations

from dataclasses import dataclass

from mlpcli.config import Config, count_checkpoints, count_rows, count_validations

FLOAT32_BYTES = 4  # bytes
PROGRAM = 830_000_000  # bytes: Python, TensorFlow, and MNIST in the memory of both
WEIGHT_COPIES = 8  # the model's, the loop's in and out, gradients, and what checkpoints are made of
VELOCITY_COPIES = 4
LAYER_COPIES = 3  # of each layer's outputs: before and after the activation, and their gradient
EVALUATED = 1_000  # examples at once
ROW = 190  # bytes of a metrics row
KEPT = 2  # checkpoints
REST = 15_000  # bytes: predictions, config, run.json, summary.json, the heads of binary files
SAVED = 20_000  # bytes of a .keras file beside the weights


@dataclass(frozen=True)
class Footprint:
    """What a run takes and leaves."""

    passes: float  # over the training set
    rows: int
    validations: int
    checkpoints: int  # saved; the two newest are kept
    memory: int  # bytes at most while it trains, all in all
    weights_memory: int  # of these: weights, their gradients and copies, velocities
    layers_memory: int  # of these: what the layers put out for a batch
    disk: int  # bytes that the run directory takes in the end


def estimate_footprint(config: Config) -> Footprint:
    """Return what a run takes and leaves.

    Peak memory within 5 % of what was measured for four networks of 25,000 to 6 million weights.
    """
    weights = FLOAT32_BYTES * config.parameters
    velocities = VELOCITY_COPIES if config.momentum else 0
    units = sum(config.hidden_widths) + config.data.classes
    inputs = config.batch_size * config.data.features
    layers = FLOAT32_BYTES * (LAYER_COPIES * max(config.batch_size, EVALUATED) * units + inputs)
    held = weights * (WEIGHT_COPIES + velocities)
    rows = count_rows(config)
    saved = weights * (2 if config.momentum else 1)
    checkpoints = count_checkpoints(config)
    return Footprint(
        passes=config.steps * config.batch_size / config.data.train_examples,
        rows=rows,
        validations=count_validations(config),
        checkpoints=checkpoints,
        memory=PROGRAM + held + layers,
        weights_memory=held,
        layers_memory=layers,
        disk=weights + SAVED + saved * min(checkpoints, KEPT) + ROW * rows + REST,
    )
