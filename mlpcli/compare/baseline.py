"""The setting that others are compared with, by its label."""

from collections.abc import Iterable, Sequence

from mlpcli.compare.differing import split
from mlpcli.compare.settings import Setting
from mlpcli.config import OF_A_RUN_ALONE
from mlpcli.errors import MlpcliError, shown

CHOICES = 20  # settings at most in a message


class BaselineError(MlpcliError):
    """A baseline that is no setting's name."""

    exit_code = 2


def baseline_of(settings: Sequence[Setting], tested: Sequence[int], label: str) -> int:
    """Return the place of the setting with that label, or with that mark.

    Raises BaselineError where none of those at the places `tested` has it.
    """
    for i in tested:
        if label in (settings[i].label, settings[i].mark):
            return i
    there = [settings[i] for i in tested]
    alike = [each for each in there if each.name == label]
    what = f"{len(alike)} settings have that name" if alike else "no such setting with a result"
    choices = ", ".join(_distinguished(each, there) for each in (alike or there)[:CHOICES])
    raise BaselineError(
        f"--baseline {shown(label) or repr(label)}: {what}", f"choose from {choices}"
    )


def _distinguished(setting: Setting, settings: Iterable[Setting]) -> str:
    """Return a setting's label, with the keys in which others of its name differ from it."""
    if setting.label != setting.mark:
        return shown(setting.label)
    alike = [{**each.config, "data": each.data} for each in settings if each.name == setting.name]
    keys = [key for key in split(alike)[0] if key not in OF_A_RUN_ALONE]
    values = (f"{shown(key)} {shown(setting.get(key))}" for key in keys)
    return f"{shown(setting.label, 80)} ({', '.join(values)})"
