"""Configs or runs among words, and overrides of their keys: KEY=VALUE, with --set or without."""

import os
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from mlpcli.cli import candidates
from mlpcli.cli.options import Command, PathWord
from mlpcli.errors import shown

Override = tuple[str, str, candidates.Offer]
CONFIG_KEY: Override = ("KEY=VALUE", "Override a config key; repeatable.", candidates.settings)
MORE_STEPS: Override = (
    "steps=N",
    "Take the run further, where decay is constant.",
    candidates.more_steps,
)


def OVERRIDDEN(  # noqa: N802  # used like an option
    name: str, metavar: str, override: Override = CONFIG_KEY
) -> Callable[[Command], Command]:
    """Add the argument `name`, of configs or runs, and `overrides`, among its words or options.

    A metavar that ends in dots stands for several words; without them the command gets one.
    """
    pair, meaning, offer = override
    several = metavar.endswith("...")

    def add(command: Command) -> Command:
        @wraps(command)
        def parted(overrides: tuple[str, ...], **named: Any) -> int:
            places = [Path(), named["runs_dir"]] if name == "runs" else [Path()]
            words, given = _parted(named.pop(name), places)
            _require_words(words, given, metavar)
            _require_one_way(overrides, given)
            found = words if several else words[0]
            return command(**{**named, name: found, "overrides": (*overrides, *given)})

        kind = str if name == "runs" else PathWord()
        option = click.option(
            "-s",
            "--set",
            "overrides",
            multiple=True,
            metavar=pair,
            help=meaning,
            shell_complete=offer,
        )
        argument = click.argument(
            name,
            nargs=-1,
            type=kind,
            metavar=f"{metavar} [{pair}]...",
            shell_complete=candidates.beside(
                candidates.runs if name == "runs" else candidates.configs, offer, several
            ),
        )
        return argument(option(parted))

    return add


def _parted(
    words: Iterable[Any], places: Iterable[Path]
) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """Return the words that name something, and the overrides among them.

    What is there is no override, whatever its name; nor is a path, for a key has no slash.
    """
    names, overrides = list[Any](), list[str]()
    for word in words:
        key, equals, _ = str(word).partition("=")
        if not equals or os.sep in key or any(os.path.lexists(place / word) for place in places):
            names.append(word)
        else:
            overrides.append(str(word))
    return tuple(names), tuple(overrides)


def _require_words(words: tuple[Any, ...], overrides: tuple[str, ...], metavar: str) -> None:
    """Raise UsageError unless there is a word that names something, and no more than are taken."""
    if not words:
        said = f"; {shown(overrides[0])} overrides a key of it" if overrides else ""
        raise click.UsageError(f"Missing argument '{metavar}'{said}.")
    if len(words) > 1 and not metavar.endswith("..."):
        rest = " ".join(shown(word, 200) for word in words[1:])
        raise click.UsageError(f"Got unexpected extra argument ({rest})")


def _require_one_way(options: tuple[str, ...], words: tuple[str, ...]) -> None:
    """Raise UsageError for a key given in both ways: which of them came last is not known here."""
    keys = {word.partition("=")[0]: word for word in words}
    for option in options:
        other = keys.get(option.partition("=")[0], option)
        if other != option:
            raise click.UsageError(
                f"-s {shown(option)} and {shown(other)}: a key is given twice; leave one out"
            )
