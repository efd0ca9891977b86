"""What a word of the command line may become, where it is still being typed.

Each function is a `shell_complete` of click: it is given the words before, and what was typed.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from click import Context, Parameter
from click.shell_completion import CompletionItem

from mlpcli.cli.paths import LISTED, at_home, paths

Items = list[CompletionItem]
Offer = Callable[[Context, Parameter, str], Items]
YAML = (".yaml", ".yml")
DATA = (
    *(".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".parquet", ".arrow", ".feather", ".arff"),
    *(".npz", ".npy", ".libsvm", "-ubyte", "-ubyte.gz"),
)
MODELS = (".keras", ".onnx", ".tflite")
HTML = ".html"
SIGNS = ("=", "!=", "<", "<=", ">", ">=", "~")
# what stands before the key that is being typed, the key, and maybe the sign and a value
_CONDITION = re.compile(r"(.*[\s(]|)([\w.-]*)(?:(==?|!=|<=?|>=?|~)([\w.-]*))?", re.DOTALL)
_BETWEEN = re.compile(r"(?:^|\(|\b(?:and|or|not))\s*$", re.IGNORECASE)  # where a key may stand


def settings(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer KEY=VALUE: the keys of a config that no word before has, or the values of one."""
    from mlpcli.config import described_keys, likely_values

    key, sign, _ = typed.partition("=")
    if sign:
        return _begun(typed, {f"{key}={each}": said for each, said in likely_values(key).items()})
    given = {word.partition("=")[0] for word in _words(context)}
    keys = {f"{key}=": said for key, said in described_keys().items() if key not in given}
    return _begun(typed, keys)


def more_steps(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer the one key that a run may go on with."""
    return [each for each in settings(context, parameter, typed) if each.value == "steps="]


def configs(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer YAML files."""
    given = _words(context)
    return _begun(typed, (each for each in paths(typed, YAML) if each not in given))


def data_files(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer files of the kinds that rows are read from."""
    return _begun(typed, paths(typed, DATA))


def model_files(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer a name that is begun with the extension of each form, and directories."""
    begun = typed and not typed.endswith("/")
    stem = typed.rpartition(".")[0] or typed
    new = [f"{stem}{each}" for each in MODELS] if begun else []
    return _begun(typed, [*new, *paths(typed)])


def pages_to_write(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer a name that is begun with its extension, and files and directories of that kind."""
    begun = typed and not typed.endswith(("/", HTML))
    return _begun(typed, [*([f"{typed}{HTML}"] if begun else []), *paths(typed, (HTML,))])


def beside(names: Offer, overrides: Offer, several: bool) -> Offer:
    """Return what offers a name, and where there is one before, overrides, too."""

    def offer(context: Context, parameter: Parameter, typed: str) -> Items:
        words = context.params.get(str(parameter.name)) or ()
        given = any("=" not in str(word) for word in words)
        found = names(context, parameter, typed) if several or not given else []
        return [*found, *(overrides(context, parameter, typed) if given else ())]

    return offer


def runs(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer the runs that may be meant by name, and where a path is typed, directories."""
    from mlpcli.runs import is_run, matching_runs

    found = [] if "/" in typed else matching_runs(_runs_dir(context), typed, LISTED)
    begun = [each for each in found if each.startswith(typed)]
    for place in paths(typed) if typed else ():
        begun.append(place[:-1] if is_run(at_home(place)) else place)
    given = _words(context)
    return [CompletionItem(each) for each in begun or found if each not in given]


def setting_names(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer what settings are called, as their configs are."""
    from mlpcli.runs import config_names

    return _begun(typed, config_names(_runs_dir(context), LISTED))


def folders(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer directories."""
    return _begun(typed, paths(typed))


def data_sets(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer the built-in data sets, files of data and of configs, and directories."""
    from mlpcli.data import BUILT_IN

    return _begun(typed, [*BUILT_IN, *paths(typed, (*DATA, *YAML))])


def starters(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer the names of the configs that are shipped, and where one is begun, files of data."""
    from mlpcli.config import starter_names

    return _begun(typed, [*starter_names(), *(paths(typed, DATA) if typed else ())])


def paper_rows(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer the shipped paper rows, and where one is begun, YAML files."""
    from mlpcli.config import paper_names

    given = _words(context)
    found = [*paper_names(), *(paths(typed, YAML) if typed else ())]
    return _begun(typed, [each for each in found if each not in given])


def column(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer a column of `compare`, or a key of a config."""
    return _begun(typed, _columns(typed, context.params.get("by")))


def columns(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer columns with commas between them, each once."""
    before, comma, last = typed.rpartition(",")
    found = _columns(last, context.params.get("by"))
    chosen = before.split(",")
    return _begun(typed, (f"{before}{comma}{each}" for each in found if each not in chosen))


def conditions(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer the next word of a condition: a key, its signs where no other begins so, a value."""
    match = _CONDITION.fullmatch(typed)
    if not match:
        return []
    before, key, sign, _ = match.groups()
    if not _BETWEEN.search(before):
        return _begun(typed, (f"{before}{each}" for each in ("and", "or")))
    if sign:
        return _begun(typed, (f"{before}{key}{sign}{each}" for each in _values(key)))
    keys = [each for each in _columns(key, "run") if each.startswith(key)]
    if len(keys) == 1:  # so that it is not taken for the whole condition
        return [CompletionItem(f"{before}{keys[0]}{each}") for each in SIGNS]
    return [CompletionItem(f"{before}{each}") for each in keys]


def limits(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer KEY= of a result that a gate asks for."""
    from mlpcli.runs import NO_RESULTS

    return _begun(typed, (f"{each}=" for each in NO_RESULTS))


def points(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer UNIT= of a point of the runs."""
    from mlpcli.compare import UNITS

    return _begun(typed, (f"{each}=" for each in UNITS))


def targets(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer KEY= of what validations are to reach."""
    return _begun(typed, ("val_accuracy=", "val_loss=", "val_r2="))


def pages(context: Context, parameter: Parameter, typed: str) -> Items:
    """Offer the pages of the guide, with what they say."""
    from mlpcli.guide import PAGES, read_page

    return _begun(typed, {each: read_page(each).summary for each in PAGES})


def _columns(typed: str, by: Any) -> list[str]:
    from mlpcli.compare import names_of_columns
    from mlpcli.config import described_keys

    return names_of_columns(described_keys(), typed, by)


def _values(key: str) -> Iterable[str]:
    from mlpcli.compare import STATUSES
    from mlpcli.config import likely_values

    return {"status": STATUSES, "learned": ("true", "false")}.get(key) or likely_values(key)


def _begun(typed: str, found: Iterable[str]) -> Items:
    """Return the words that begin with what was typed; a mapping has what is said of each."""
    said = found if isinstance(found, dict) else {}
    return [CompletionItem(each, help=said.get(each)) for each in found if each.startswith(typed)]


def _runs_dir(context: Context) -> Path:
    return Path(at_home(str(context.params["runs_dir"])))


def _words(context: Context) -> set[str]:
    """Return the words before, as completion has them; click loses some where one is missing."""
    return set(context.find_object(list) or ())
