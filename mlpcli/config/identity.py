"""What two configs must share, a function for each purpose.

To be compiled once, to be stacked, to be resumed, to be one setting, to be done before, to be timed
alike. Configs read from run.json, which anyone may have written, are mappings here; their values
are plain: numbers, texts, and lists of these.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from mlpcli.config.optimizer import SGD, arithmetic, covering

if TYPE_CHECKING:
    from mlpcli.config.schema import Config  # pydantic takes 60 ms, which compare does without

# keys in which the runs of a setting may differ
SEED_KEYS = ("seed", "init_seed", "order_seed")
OF_A_RUN_ALONE = (*SEED_KEYS, "fold", "name")

OF_FILES, FILE = ("dataset", "validation", "test"), "a file"  # keys that may be paths

# keys that a step's time depends on; those of the data by how wide they make the network
OF_TIME = (
    *("dataset", "target", "task", "inputs", "ignore", "categorical", "numeric"),
    *("layers", "width", "batch_size", "activation"),
)

# keys that came later: the one each stands behind, and the value that means what was before
LATER: dict[str, tuple[str, Any]] = {
    "nesterov": ("momentum", False),
    "keep": ("checkpoint_every", "last"),
    "class_weights": ("missing", "none"),
}


class Structure(NamedTuple):
    """What networks share that are stacked; all else may differ."""

    inputs: int
    hidden_widths: tuple[int, ...]
    outputs: int
    loss: str  # by the task
    scale: float  # of the examples' bytes
    activation: str
    batch_size: int
    nesterov: bool
    class_weights: bool  # whether there are any; which is an argument


def structure(config: Config) -> Structure:
    """Return what a config has to share with those it is stacked with.

    Their weights, batches, learning rates and optimizers' numbers are arguments, one a member.
    """
    return Structure(
        inputs=config.data.inputs,
        hidden_widths=config.hidden_widths,
        outputs=config.data.outputs,
        loss=config.data.task.kind,
        scale=config.data.scale,
        activation=config.activation if config.layers > 1 else "linear",  # it has no meaning there
        batch_size=config.batch_size,
        nesterov=config.nesterov,
        class_weights=config.class_weights != "none",
    )


def compiled_once(config: Config) -> tuple[Structure, SGD]:
    """Return what a compiled training of one network depends on.

    Weights, batches, learning rates and the optimizer's numbers are arguments; which of these it
    uses is not.
    """
    return structure(config), covering([config.optimizer])


def step_time(config: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what a step's time depends on: runs that share it tell each other's speed."""
    plain = spelled_once(config)
    return *(str(plain.get(key)) for key in OF_TIME), *arithmetic(config)


def differences(started: Mapping[str, Any], now: Config) -> Iterator[str]:
    """Yield in words why a run that was started so cannot go on as the config says.

    All keys have to be as they were, but for `steps`, of which there can be more where that leaves
    the steps that were taken as they are. The steps it was started with are a whole number.
    """
    from mlpcli.errors import shown

    then, new = spelled_once(started), spelled_once(now.resolved())
    for key in [key for key in {**then, **new} if key != "steps"]:
        if new.get(key) != then.get(key):
            yield f"{shown(key)} is {shown(new.get(key))}, was {shown(then.get(key))}"
    if now.steps < then["steps"]:
        yield f"steps is {now.steps}, was {then['steps']}: there can only be more"
    if now.steps > then["steps"] and now.decay != "constant":
        yield f"steps is {now.steps}, was {then['steps']}: only with decay: constant"


def checkpoint_digests(config: Config) -> tuple[str, ...]:
    """Return the SHA-256 of what the steps up to a checkpoint depend on, as its head may say it.

    All but the name and how far the run goes. The first is to be written; the others are of the
    same config with its widths spelled otherwise, as checkpoints of before have them.
    """
    values = {
        k: v for k, v in spelled_once(config.resolved()).items() if k not in ("name", "steps")
    }
    spellings = [values]
    if isinstance(values.get("width"), int):
        spellings.append({**values, "width": list(config.hidden_widths)})
    return tuple(_digest(_text(each, "name", "steps")) for each in spellings)


def setting(config: Mapping[str, Any], data: str) -> str:
    """Return the SHA-256 of what the runs of a setting share: the data, and most of the config.

    `data` is the SHA-256 of the data that the run was trained on.
    """
    try:
        known = _as_json({**config, **_NO_RUN}) + data.encode()
    except ValueError:  # a lone surrogate
        return _setting_digest(config, data)
    if b"null" in known:  # so a number is written that is not finite
        return _setting_digest(config, data)
    if known not in _settings:  # most of many runs are another seed: 8 us a run less
        _settings[known] = _setting_digest(config, data)
    return _settings[known]


_settings: dict[bytes, str] = {}
_NO_RUN = dict.fromkeys(OF_A_RUN_ALONE, 0)  # 0 for a fold, too, where there are none
_as_json = msgspec.json.Encoder().encode  # 1, 1.0 and true are three values


def _setting_digest(config: Mapping[str, Any], data: str) -> str:
    return _digest(_text(_placeless(spelled_once(config), data), *OF_A_RUN_ALONE) + data)


def done_before(config: Mapping[str, Any], data: str, versions: object) -> tuple[str, str, str]:
    """Return what makes a run needless where a completed one shares it: all but the name.

    `data` is the data's SHA-256, and `versions` those of the packages, as in run.json.
    """
    return (
        _text(_placeless(spelled_once(config), data), "name"),
        data,
        json.dumps(versions, sort_keys=True),
    )


def _placeless(values: dict[str, Any], data: str) -> dict[str, Any]:
    """Return values without the paths of files whose content the data's SHA-256 says.

    A file may be moved, or lie elsewhere on another machine.
    """
    if not data:
        return values
    return {k: FILE if k in OF_FILES and _is_path(v) else v for k, v in values.items()}


def _is_path(value: object) -> bool:
    return isinstance(value, str) and "/" in value  # a run's paths are absolute


def spelled_once(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a config with its widths as `width: 64` has them where all are 64.

    One layer has no width. What fits no number of layers is left as it is. Keys that came after
    the config was written have the value that means what was then. A metric that is the task's own
    is as if left out.
    """
    values = {k: v + 0.0 if isinstance(v, float) else v for k, v in config.items()}  # no -0.0
    for key, (at, was) in LATER.items():
        if at in values and key not in values:
            values = _inserted(values, at, key, was)
    if values.get("metric") in ("accuracy", "r2"):
        del values["metric"]
    layers, width = values.get("layers"), values.get("width")
    if layers == 1 and type(layers) is int:
        values.pop("width", None)
    elif isinstance(width, list | tuple) and type(layers) is int and len(width) == layers - 1:
        first = width[0]
        same = type(first) is int and all(type(w) is int and w == first for w in width)
        values["width"] = first if same else list(width)
    return values


def _inserted(values: Mapping[str, Any], at: str, key: str, value: Any) -> dict[str, Any]:
    """Return values with one more key, which stands behind the key `at`."""
    inserted = {}
    for each, its in values.items():
        inserted[each] = its
        if each == at:
            inserted[key] = value
    return inserted


_encode = json.JSONEncoder(sort_keys=True).encode  # json.dumps makes one each time: 2 us a run


def _text(values: Mapping[str, Any], *but: str) -> str:
    """Return a text that is the same for values that differ in nothing `but` in those keys.

    A later key is in it only where it matters: the texts of configs of before are as they were.
    """
    later = {key for key, (_, was) in LATER.items() if _is_same(values.get(key), was)}
    return _encode({k: v for k, v in values.items() if k not in later | {*but}})


def _is_same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other  # 0 is not false


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
