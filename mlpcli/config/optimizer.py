"""The optimizer: its update, the state that it keeps, and how large its steps may be.

All that depends on which optimizer there is stands here, without TensorFlow: who compiles, stacks,
saves, estimates or explains a training asks the record.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

Arrays = tuple[Any, ...]  # of the weights' shapes: NumPy's or TensorFlow's

NUMBERS = ("momentum", "weight_decay")  # that the members of a stack have each their own of


@dataclass(frozen=True)
class SGD:
    """Stochastic gradient descent; a field has the name of its config key.

    In a stack the numbers are tensors, one for each member. The float 0.0 of momentum or weight
    decay leaves its arithmetic out.
    """

    momentum: Any = 0.0
    weight_decay: Any = 0.0
    nesterov: bool = False  # shared by the members of a stack

    @property
    def slots(self) -> int:
        """How many arrays of state each weight has; all begin at zero."""
        return int(_is_used(self.momentum))

    def update(
        self, weights: Arrays, state: Arrays, gradients: Arrays, rate: Any
    ) -> tuple[Arrays, Arrays]:
        """Return weights and state after one update, by `*` and `+` alone.

        With w the weights, g the gradients, r the learning rate, m the momentum and d the weight
        decay, as keras.optimizers.SGD has it:

            v <- m v - r g,  w <- (1 - r d) w + v, or with Nesterov's momentum
            v <- m v - r g,  w <- (1 - r d) w + m v - r g

        `state` is v, shaped as the weights; without momentum there is none.
        """
        moves = tuple(-rate * g for g in gradients)
        if _is_used(self.momentum):
            state = tuple(self.momentum * v + u for v, u in zip(state, moves, strict=True))
            ahead = (self.momentum * v + u for v, u in zip(state, moves, strict=True))
            moves = tuple(ahead) if self.nesterov else state
        if _is_used(self.weight_decay):
            weights = tuple(w - w * self.weight_decay * rate for w in weights)
        return tuple(w + u for w, u in zip(weights, moves, strict=True)), state

    @property
    def stability_bound(self) -> float:
        """The product of learning rate and sharpness up to which a quadratic's descent is stable.

        2 + 2 m for heavy ball with momentum m, so 2 for plain gradient descent, and for Nesterov's
        momentum (2 + 2 m) / (1 + 2 m) (Polyak 1964; Cohen et al. 2021).
        """
        bound = 2 + 2 * float(self.momentum)
        return bound / (1 + 2 * float(self.momentum)) if self.nesterov else bound

    def stability_limit(self, sharpness: float) -> float:
        """Return the largest stable learning rate; infinite where no direction curves upward."""
        return self.stability_bound / sharpness if sharpness > 0 else float("inf")

    def effective_rate(self, rate: float) -> float:
        """Return the learning rate that a rate comes to over many steps: lr / (1 - m)."""
        return rate / (1 - float(self.momentum))

    def rate_for(self, effective_rate: float) -> float:
        """Return the learning rate that has this effective rate."""
        return effective_rate * (1 - float(self.momentum))

    @property
    def effective_rate_formula(self) -> str:
        """The effective rate in the words of a config."""
        return "learning_rate / (1 - momentum)" if self.momentum else "learning_rate"

    @property
    def numbers(self) -> tuple[Any, ...]:
        """What a compiled update may take as arguments, in the order that `at` takes them."""
        return tuple(getattr(self, name) for name in NUMBERS)

    def at(self, numbers: Iterable[Any]) -> "SGD":
        """Return this update with other numbers; where one is 0.0 it stays left out."""
        pairs = zip(NUMBERS, self.numbers, numbers, strict=True)
        return replace(self, **{name: new for name, old, new in pairs if _is_used(old)})


def covering(optimizers: Iterable[SGD]) -> SGD:
    """Return an update with the arithmetic and the state that any of them needs.

    Its numbers are 1.0 where one of them has one, else 0.0; all else they share.
    """
    members = list(optimizers)
    numbers = zip(*(each.numbers for each in members), strict=True)
    used: list[Any] = [float(any(each)) for each in numbers]
    return replace(members[0], **dict(zip(NUMBERS, used, strict=True)))


def conflicts(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (key, what is wrong) where a config's values that are fine alone do not go together."""
    if values.get("nesterov") and not values.get("momentum"):
        yield "nesterov", "for momentum above 0 alone; remove it, or set momentum: 0.9"


def arithmetic(config: Mapping[str, Any]) -> tuple[bool, ...]:
    """Return for each of the optimizer's keys whether a config uses it, as run.json has it."""
    return tuple(bool(config.get(key)) for key in OPTIMIZER_KEYS)


OPTIMIZER_KEYS = tuple(field.name for field in fields(SGD))  # of a config


def _is_used(value: Any) -> bool:
    """Return whether a number takes part: a tensor's value is not known when compiling."""
    return not isinstance(value, float) or value != 0.0
