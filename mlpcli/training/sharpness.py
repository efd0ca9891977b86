"""Sharpness: the largest eigenvalue of the Hessian of the loss, which bounds the learning rate."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.data import Examples
from mlpcli.training.backend import tensorflow as tf
from mlpcli.training.compiled import Weights
from mlpcli.training.evaluate import scaled
from mlpcli.training.losses import class_weights_of, trained_losses

TOLERANCE = 1e-2  # relative; it takes 7 to 30 products
KRYLOV = 8  # vectors kept; scipy's 20 makes 20 products where 7 to 10 do
KEPT_PRODUCTS = 4  # networks whose compiled product is kept


def measure_sharpness(
    model: Any,
    weights: Weights,
    examples: Examples,
    tolerance: float = TOLERANCE,
    check: Callable[[], None] = lambda: None,
) -> float:
    """Return the largest algebraic eigenvalue of the Hessian of the mean loss as it is trained.

    `weights` are the model's, kernels [inputs, units] and biases [units], layer by layer.
    By Lanczos on products with the full Hessian, each about two gradient passes over the n
    examples. The largest algebraic value and not that of largest magnitude: with saturated logits
    the spectrum is two-sided, and its negative end says nothing of stability. 0 where no direction
    curves, and not a number where the curvature is not finite or Lanczos fails. `check` is called
    before each product, and may raise.
    """
    product = _multiplication(model, weights, examples)
    size = sum(int(np.prod(w.shape)) for w in weights)

    def multiply(vector: NDArray[np.float32]) -> NDArray[np.float32]:
        check()
        return product(vector)

    return _largest_eigenvalue(multiply, size, tolerance)


Multiply = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def _multiplication(model: Any, weights: Weights, examples: Examples) -> Multiply:
    """Return the product of the Hessian with a vector [parameters], as a function of the vector.

    It raises FloatingPointError where a number of the product is not finite.
    """
    shapes = [tuple(w.shape) for w in weights]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    features = scaled(examples.features, examples.scale)
    product, targets = _hessian_product(model), tf.constant(examples.targets)
    data = features, targets, class_weights_of(examples)

    def multiply(vector: NDArray[np.float32]) -> NDArray[np.float32]:
        parts = np.split(np.asarray(vector, np.float32).ravel(), ends[:-1])
        tangents = tuple(
            tf.constant(part.reshape(shape)) for part, shape in zip(parts, shapes, strict=True)
        )
        flat: NDArray[np.float32] = product(tuple(weights), tangents, *data).numpy()
        if not np.isfinite(flat).all():
            raise FloatingPointError
        return flat

    return multiply


def _largest_eigenvalue(multiply: Multiply, size: int, tolerance: float) -> float:
    """Return the largest algebraic eigenvalue of a symmetric matrix [size, size], by Lanczos."""
    from scipy.sparse.linalg import ArpackError, ArpackNoConvergence, LinearOperator, eigsh

    start = np.random.default_rng(0).standard_normal(size).astype(np.float32)
    operator = LinearOperator((size, size), matvec=multiply, dtype=np.float32)
    try:
        values = eigsh(
            operator,
            k=1,
            which="LA",
            v0=start,
            ncv=KRYLOV,
            tol=tolerance,
            return_eigenvectors=False,
        )
    except FloatingPointError:
        return float("nan")
    except ArpackNoConvergence as error:
        values = error.eigenvalues if len(error.eigenvalues) else [float("nan")]
    except ArpackError:
        # no direction curves: every unit is saturated, or every weight zero
        return float("nan") if multiply(start).any() else 0.0
    return float(values[0])


@lru_cache(maxsize=KEPT_PRODUCTS)
def _hessian_product(model: Any) -> Any:
    """Return a function of weights, a direction and examples: the Hessian times the direction.

    Forward over reverse: the derivative, along the direction, of the gradient (Pearlmutter 1994).
    It gives float32 [parameters].
    """

    @tf.function(autograph=False, reduce_retracing=True)  # type: ignore[untyped-decorator]
    def product(
        weights: Any, direction: Any, features: Any, targets: Any, class_weights: Any
    ) -> Any:
        with tf.autodiff.ForwardAccumulator(weights, direction) as along:
            with tf.GradientTape() as tape:
                tape.watch(weights)
                outputs, _ = model.stateless_call(weights, [], features)
                loss = tf.reduce_mean(trained_losses(targets, outputs, class_weights))
            gradients = tape.gradient(loss, weights)
        products = along.jvp(gradients, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return tf.concat([tf.reshape(each, [-1]) for each in products], axis=0)

    return product
