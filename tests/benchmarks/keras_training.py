"""Train a config, momentum and schedules aside, by Keras fit: python keras_training.py CONFIG."""

import sys
from pathlib import Path

import numpy as np
from contenders import keras_mlp

from mlpcli.config.load import load_config

EPOCHS = 10


def train(path: Path) -> None:
    """Take the config's steps, over a part of the training examples that makes whole epochs."""
    config = load_config(path)
    examples = config.data.load().train
    used = slice(config.steps // EPOCHS * config.batch_size)
    images = np.multiply(examples.features[used], 1 / 255, dtype=np.float32)
    import keras

    init = keras.initializers.RandomNormal(stddev=config.init_stddev)
    sizes = config.data.inputs, *config.hidden_widths, config.data.outputs
    model = keras_mlp(sizes, init, config.learning_rate, steps_per_execution=1)
    model.fit(
        images,
        examples.targets[used],
        batch_size=config.batch_size,
        epochs=EPOCHS,
        shuffle=config.order == "shuffle",
        verbose=0,
    )


if __name__ == "__main__":
    train(Path(sys.argv[1]))
