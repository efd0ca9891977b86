"""A Keras MLP from a config."""

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np

from mlpcli.config import Config
from mlpcli.training.backend import keras


def build_mlp(config: Config) -> Any:
    """Return a keras.Model from float32 [n, inputs] to logits float32 [n, outputs].

    Layer l's initial weights come from (init_seed, l) alone, so two configs with one seed begin
    alike wherever their shapes and init agree. Biases begin at zero.
    """
    initializers = [_initializer(config, number + 1) for number in range(config.layers)]
    return network(config.sizes, config.activation, initializers)


def network(sizes: Sequence[int], activation: str, initializers: Sequence[Any]) -> Any:
    """Return a keras.Model of dense layers between those sizes, from the inputs to the outputs."""
    inputs, *widths = sizes
    layers = [
        keras.layers.Dense(
            width,
            activation=activation if number < len(widths) else None,
            kernel_initializer=initializer,
            name=f"dense_{number}",
        )
        for number, (width, initializer) in enumerate(zip(widths, initializers, strict=True), 1)
    ]
    return keras.Sequential([keras.Input((inputs,)), *layers], name="mlp")


def initial_weights(config: Config) -> list[Any]:
    """Return the weights that build_mlp's network begins with, to the bit, without the network.

    Kernels float32 [inputs, units] and biases [units], layer by layer: tensors. Keras takes 50 ms
    to build a network, which adds up where many are begun.
    """
    weights = []
    for number, shape in enumerate(pairwise(config.sizes), start=1):
        zeros = keras.initializers.Zeros()(shape[1:])
        weights += [_initializer(config, number)(shape), zeros]
    return weights


def _initializer(config: Config, number: int) -> Any:
    if config.init == "zeros":
        return keras.initializers.Zeros()
    seed = int(np.random.SeedSequence([config.weights_seed, number]).generate_state(1)[0])
    if config.init == "normal":
        return keras.initializers.RandomNormal(stddev=config.init_stddev, seed=seed)
    return keras.initializers.get({"class_name": config.init, "config": {"seed": seed}})


def to_bytes(model: Any) -> bytes:
    """Return the content of a .keras file.

    By way of memory, since HDF5 crashes the process where a disk is full; keras.saving.save_model
    takes paths alone, and what it calls takes files as well. Its members have no time of their own,
    so that a clock that is wrong costs no run its end.
    """
    from keras.src.saving import saving_lib

    file = io.BytesIO()
    with (
        warnings.catch_warnings(),
        _undated(saving_lib),
    ):  # Keras's own, of numpy 2; an error where a user asks for it
        warnings.simplefilter("ignore", DeprecationWarning)
        saving_lib.save_model(model, file)
    return file.getvalue()


@contextmanager
def _undated(saving_lib: Any) -> Iterator[None]:
    """Have Keras write ZIP files without the time of day, which ZIP has from 1980 to 2107 alone."""
    original = saving_lib.zipfile
    saving_lib.zipfile = SimpleNamespace(ZipFile=_UndatedZipFile)
    try:
        yield
    finally:
        saving_lib.zipfile = original


class _UndatedZipFile(zipfile.ZipFile):
    def writestr(
        self, zinfo_or_arcname: str | zipfile.ZipInfo, data: Any, *rest: Any, **named: Any
    ) -> None:
        """Write a member as of ZIP's first day, as `open` does."""
        member = zipfile.ZipInfo(str(zinfo_or_arcname))
        member.compress_type, member.external_attr = self.compression, 0o600 << 16
        super().writestr(member, data, *rest, **named)
