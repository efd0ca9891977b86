"""The folds of a cross-validation that a config is trained with: `5`, which is 1 to 5 of 5."""

from collections.abc import Sequence
from pathlib import Path

from mlpcli.config.load import Loaded, load_configs
from mlpcli.errors import MlpcliError, shown

MOST_FOLDS = 1_000  # as the key allows
OWN = ("folds", "fold", "test")  # keys that say of a config which rows test


class FoldsError(MlpcliError):
    """Folds that are not to be understood, or that an override contradicts."""

    exit_code = 2


def load_folds(
    paths: Sequence[Path], overrides: tuple[str, ...], folds: str | None
) -> list[Loaded]:
    """Read config files, each once for each fold; once where none are asked for.

    What a file says of its own folds, or of a share that tests, gives way. Raises FoldsError, and
    ConfigError as `load_configs` does.
    """
    if folds is None:
        return load_configs(paths, overrides)
    count = _parsed(folds)
    for override in overrides:
        if override.partition("=")[0] in OWN:
            raise FoldsError(
                f"--folds {shown(folds)} and -s {shown(override)}", "leave one of them out"
            )
    return [
        loaded
        for path in paths
        for fold in range(1, count + 1)
        for loaded in load_configs([path], (*overrides, f"folds={count}", f"fold={fold}"))
    ]


def _parsed(text: str) -> int:
    if text.strip().isdecimal() and len(text) < 10 and 2 <= int(text) <= MOST_FOLDS:
        return int(text)
    raise FoldsError(
        f"--folds {shown(text) or repr(text)}: not a number of folds",
        f"allowed 2 to {MOST_FOLDS:,}; one fold alone is -s folds=5 -s fold=1",
    )
