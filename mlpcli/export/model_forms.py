"""The forms that a trained network is exported in: how each is made, tried, and written."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.errors import MlpcliError, RunError, shell_word, shown
from mlpcli.system import reason, require_writable, sync_folder, write_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpcli.training import Portable

    Columns = Mapping[str, NDArray[Any]]
    Answers = dict[str, NDArray[Any]]


class ExportError(MlpcliError):
    """A file that a model cannot be exported to, or a form that cannot be."""

    exit_code = 2


@dataclass(frozen=True)
class Form:
    """A form of file: its extension, "" of a folder, and the packages beside mlpcli's own."""

    ending: str
    packages: tuple[str, ...] = ()


FORMS = {
    "keras": Form(".keras"),
    "onnx": Form(".onnx", ("onnx", "onnxruntime")),
    "litert": Form(".tflite"),
    "savedmodel": Form(""),
}


def form_of(output: Path, form: str | None) -> str:
    """Return the form that is asked for, or that a file's extension says. Raises ExportError."""
    ending = output.suffix.lower()
    meant = next(
        (name for name, each in FORMS.items() if each.ending and each.ending == ending), ""
    )
    where = f"-o {shown(output, 200)}"
    if form and meant and meant != form:
        other = output.with_suffix(FORMS[form].ending)
        raise ExportError(
            f"{where}: the name is of a file of {meant}, and --format {form} was given",
            f"-o {shell_word(other)}, or --format {meant}",
        )
    if not form and not meant:
        endings = ", ".join(each.ending for each in FORMS.values() if each.ending)
        raise ExportError(
            f"{where}: {shown(output.suffix) or 'no extension'} says no form, which {endings} do",
            f"--format {'|'.join(FORMS)}",
        )
    return form or meant


def require_new(output: Path) -> None:
    """Raise an error where a file or folder of that name is there, or cannot be written."""
    where = f"-o {shown(output, 200)}"
    if os.path.lexists(output):
        raise ExportError(f"{where}: is there, and nothing is overwritten", "give another name")
    if not output.parent.is_dir():
        raise ExportError(
            f"{where}: no such folder", f"mkdir -p {shell_word(output.parent)}, then the same again"
        )
    try:
        require_writable(output.parent)
    except OSError as error:
        raise RunError(f"{where}: {reason(error)}") from error


def require_packages(form: str) -> None:
    """Raise an error where what a form needs is not installed, which says what to type."""
    lacking = [each for each in FORMS[form].packages if importlib.util.find_spec(each) is None]
    if lacking:
        raise RunError(
            f"--format {form} needs {' and '.join(lacking)}, not installed here: nothing is "
            "written that was not tried",
            f"install it: {sys.executable} -m pip install 'mlpcli[export]'",
        )


@contextmanager
def made(form: str, portable: Portable, output: Path) -> Iterator[Made]:
    """Make a model of a form, beside where it will be; what is not kept is removed."""
    if form != "savedmodel":
        yield _in_memory(form, portable)
        return
    from mlpcli.training import saved_model_answers, write_saved_model

    with tempfile.TemporaryDirectory(prefix=f".{output.name}.", dir=output.parent) as folder:
        saved = Path(folder) / "model"
        write_saved_model(portable, saved)
        yield Made(
            lambda columns: saved_model_answers(saved, columns, portable),
            lambda path: _kept(saved, path),
        )


def _kept(folder: Path, output: Path) -> None:
    """Give a folder its name, once what is in it is on the disk."""
    for place, _, names in os.walk(folder):
        for name in names:
            with (Path(place) / name).open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(Path(place))
    folder.rename(output)
    sync_folder(output.parent)


@dataclass(frozen=True)
class Made:
    """A model that was made: what it answers, and how it is written."""

    answers: Callable[[Columns], Answers]
    write: Callable[[Path], None]


def _in_memory(form: str, portable: Portable) -> Made:
    if form == "onnx":
        from mlpcli.export.onnx_model import onnx_answers, onnx_model

        content = onnx_model(portable)
        return Made(lambda columns: onnx_answers(content, columns), _writes(content))
    from mlpcli.training import keras_answers, keras_model, litert_answers, litert_model

    if form == "litert":
        content = litert_model(portable)
        return Made(lambda columns: litert_answers(content, columns, portable), _writes(content))
    content = keras_model(portable)
    return Made(lambda columns: keras_answers(content, columns, portable), _writes(content))


def _writes(content: bytes) -> Callable[[Path], None]:
    return lambda path: write_whole(path, content)
