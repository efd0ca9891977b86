"""A first config for a data set, as text: each key with the reason for its value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from mlpcli.config import spelled
from mlpcli.data import BUILT_IN, ColumnFacts, Description
from mlpcli.errors import shell_word, shown
from mlpcli.guide.starting_values import EPOCHS, StartingValues, starting_values
from mlpcli.terminal import count, percent

NAMED = 20  # columns at most that a line names, for a config is read by people
CODES, LISTED = 12, 5  # whole numbers at most that may be codes; columns of them at most
LINE = 24  # where comments begin


def config_text(found: Description, dataset: str, path: Path) -> str:
    """Return the text of a config for a data set, with comments.

    `dataset` is its name, or the file's path from the folder of the config, `path`.
    """
    word = shell_word(path)
    lines = [
        f"# {shown(path.name)}: {what_is_learned(found)}",
        f"# Train it: mlpcli train {word}",
        f"# What will happen, before: mlpcli check {word}; what the data are: mlpcli data {word}",
        "# Every key and what it allows: mlpcli guide config; files of one's own: "
        "mlpcli guide your-own-data",
        "",
        *_data_lines(found, dataset),
        "",
        *_network_lines(found, starting_values(found)),
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def what_is_learned(found: Description) -> str:
    """Say in a line what is learned from what."""
    assert found.data
    what = ", ".join(shown(each, 40) for each in found.targets[:3]) or "the target"
    kind = f"{len(found.classes):,} classes" if found.classes else "numbers"
    learned = f"{what} ({kind})"
    sources = sum(each.columns for each in found.of_role("numeric", "categorical"))
    return f"{learned} from {count(sources, 'column')} of {count(found.rows, 'row')}"


def odd_columns(found: Description) -> tuple[ColumnFacts, ...]:
    """Return the columns that a first config leaves out: constant ones, and identifiers.

    None where they are all that there is, or too many to name.
    """
    used = found.of_role("numeric", "categorical")
    odd = tuple(each for each in used if each.odd)
    return odd if len(odd) < len(used) and len(odd) <= NAMED else ()


def _data_lines(found: Description, dataset: str) -> Iterator[str]:
    yield _line(
        "dataset", dataset, "built in" if dataset in BUILT_IN else "from this file's folder"
    )
    if len(found.targets) == 1:
        yield _line("target", found.targets[0], _target_reason(found))
    elif found.targets:
        yield _line("target", [*found.targets], "several numbers at once")
    if found.spec.task:
        yield _line("task", found.spec.task, "as it was asked for")
    odd = odd_columns(found)
    if odd:
        reasons = {
            "constant": "the same in all rows",
            "identifier": "different in every row, as an identifier is",
        }
        said = "; ".join(
            f"{names}: {reasons[kind]}"
            for kind in reasons
            if (names := ", ".join(shown(each.name, 30) for each in odd if each.odd == kind))
        )
        yield f"# {said}"
        yield _line("ignore", [each.name for each in odd], "nothing to learn from them")
    yield from _kind_lines(found.of_role("numeric"), {each.name for each in odd})
    scaling = starting_values(found).scaling
    if scaling:
        yield _line("scaling", scaling, "holds odd values back, which could make training diverge")


def _kind_lines(numbers: Iterable[ColumnFacts], ignored: set[str]) -> Iterator[str]:
    """Yield a line on the columns of few whole numbers, which may be codes of categories."""
    few = [
        each
        for each in numbers
        if each.holds == "whole numbers"
        and 2 < (each.different or 0) <= CODES
        and each.name not in ignored
    ]
    if 0 < len(few) <= LISTED:
        names = [each.name for each in few]
        yield _line("numeric", names, "few whole numbers: if they are codes, write categorical:")


def _target_reason(found: Description) -> str:
    if found.values:
        only = found.values[0]
        return f"numbers from {only.low:.6g} to {only.high:.6g}: a regression"
    name, rows = found.classes[0]
    share = percent(rows / found.rows)
    return f"{len(found.classes):,} classes; the largest, {shown(name, 30)}, has {share} % of rows"


def _network_lines(found: Description, values: StartingValues) -> Iterator[str]:
    assert found.data
    rows = found.data.train_examples
    epochs = values.steps * values.batch_size / rows
    why_steps = (
        f"{EPOCHS} epochs of {rows:,} training rows"
        if round(epochs) == EPOCHS
        else f"{epochs:,.3g} epochs of {rows:,} training rows"
    )
    yield _line("layers", 2, "weight layers: one hidden, which is enough for most tables")
    yield _line("width", values.width, "units of the hidden layer; more rows may want more")
    yield _line("learning_rate", values.learning_rate, "measure which is best: mlpcli lr")
    yield _line("momentum", values.momentum, "ten steps' gradients together, which is steadier")
    yield _line("decay", "cosine", "of the learning rate, to zero at the end: no last jitter")
    yield _line(
        "weight_decay", values.weight_decay, "against overfitting: the fewer rows, the more"
    )
    yield _line("steps", values.steps, why_steps)
    yield _line("batch_size", values.batch_size, "rows a step")
    yield _line("seed", 0, "of the weights and the order; several runs: --seeds 5")


def _line(key: str, value: object, reason: str) -> str:
    """Return a line of a config, with the reason behind it where there is room."""
    line = f"{key}: {spelled(value)}"
    if len(line) >= 60:
        return f"# {reason}\n{line}"
    return f"{line:<{LINE}}  # {reason}"
