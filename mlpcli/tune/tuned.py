"""The config that `tune` gives back: which one, what it reached, and the file with it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mlpcli.config import parse_mapping, yaml_line
from mlpcli.data import BUILT_IN, DATA_KEYS
from mlpcli.errors import shell_word, shown, shown_path
from mlpcli.search import settings
from mlpcli.stats import Mean
from mlpcli.sweep import Finalist, Outcome, mean_text, score_text, tested
from mlpcli.terminal import count

FILES = ("dataset", "validation", "test")


@dataclass(frozen=True)
class Reached:
    """The setting that is taken, and what fresh seeds of it reached."""

    finalist: Finalist
    validation: Mean | None
    test: Mean | None


def reached(found: Outcome) -> Reached | None:
    """Return the finalist of the best mean on fresh seeds; None where no trial came to its end.

    The test set has chosen nothing: its mean is that of a setting named beforehand. Where there was
    no time for fresh seeds it is the best of the search.
    """
    scored = [each for each in found.standings if each.fresh]
    if not scored:
        return Reached(Finalist(found.best), None, None) if found.best else None
    best = max(scored, key=lambda each: each.fresh.mean if each.fresh else 0.0)
    return Reached(best.finalist, best.fresh, best.test)


def tuned_path(path: Path) -> Path:
    """Return where a tuned config goes: penguins.tuned.yaml for penguins.yaml, or the next free.

    >>> tuned_path(Path("nowhere/penguins.yaml"))
    PosixPath('nowhere/penguins.tuned.yaml')
    """
    number = 1
    while True:
        end = "tuned" if number == 1 else f"tuned{number}"
        free = path.with_name(f"{path.stem}.{end}.yaml")
        if not os.path.lexists(free):
            return free
        number += 1


def tuned_text(found: Outcome, best: Reached, path: Path, to: Path) -> str:
    """Return the text of the tuned config: what it reached, how to prove it, and its keys."""
    metric, seeds = found.spec.metric, len(best.finalist.scores)
    trial = best.finalist.trial
    lines = [
        f"{shown(path.name)} as mlpcli tune left it: {settings(trial.shown)}.",
        f"Reached {reached_text(best, metric)}.",
        f"To prove it: mlpcli train {shell_word(shown_path(to))} --seeds {max(3, seeds)}",
    ]
    given, _ = parse_mapping(found.spec.base.text, "base")
    changed = {**trial.shown, **_follows(found, best)}
    names = ["steps" if key == "epochs" else key for key in given if key != "name"]
    names += [key for key in changed if key not in names]
    values = {key: getattr(trial.config, key) for key in names}
    if trial.config.layers == 1:
        values.pop("width", None)
    values |= {key: _beside(values[key], to) for key in FILES if isinstance(values.get(key), str)}
    body = "".join(yaml_line(key, value) for key, value in values.items() if _is_said(key, value))
    return "".join(f"# {line}\n" for line in lines) + body


def reached_text(best: Reached, metric: str) -> str:
    """Say what a setting reached, and on how many seeds that the search did not see."""
    trial, seeds = best.finalist.trial, len(best.finalist.scores)
    if best.validation is None:
        score = score_text(trial.score, metric)
        return f"{metric} {score} in the search; there was no time for fresh seeds"
    test = f"{tested(trial, best.test)}, " if best.test else ""
    return f"{test}{metric} {mean_text(best.validation, metric)} on {count(seeds, 'fresh seed')}"


def _follows(found: Outcome, best: Reached) -> dict[str, object]:
    """Return what else differs from the base: the init of the activation, and the validations.

    Of these the best is kept, and patience counts them: at other steps it is another setting.
    """
    spec, config = found.spec, best.finalist.trial.config
    init = {"init": config.init} if spec.fit_init else {}
    return init | ({"eval_every": config.eval_every} if spec.validations is not None else {})


def _is_said(key: str, value: object) -> bool:
    return value is not None and (value != () or key not in DATA_KEYS)


def _beside(word: str, to: Path) -> str:
    """Return a file's path from where the config is."""
    if word in BUILT_IN or not Path(word).is_absolute():
        return word
    return os.path.relpath(word, to.parent.resolve())
