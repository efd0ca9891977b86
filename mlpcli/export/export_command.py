"""What `export` does: a run's network made into another form, tried against it, and written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlpcli.data import Classification
from mlpcli.errors import RunError, shown
from mlpcli.export.model_forms import form_of, made, require_new, require_packages
from mlpcli.export.predictions import headings
from mlpcli.export.sample_rows import SampleRows, raw_columns, sample_rows
from mlpcli.export.trained_run import TrainedRun, trained_run
from mlpcli.export.verification import TOLERANCE, difference
from mlpcli.runs import trained_weights
from mlpcli.terminal import print_line, print_next, print_warnings, stderr_console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpcli.training import Portable

SHOWN = 2  # inputs at most, and outputs, that are named


def export_model(path: Path, output: Path, form: str | None) -> int:
    """Write a run's network as a file that takes raw rows, once it was found to predict alike.

    Raises an error where the name is taken or a package is not there, before TensorFlow is
    imported, and RunError where the file would answer otherwise than `predict`: none is written.
    """
    chosen = form_of(output, form)
    require_new(output)
    require_packages(chosen)
    trained = trained_run(path)
    rows = sample_rows(trained)
    features = trained.preparation.features(rows.source)
    with trained.network() as network:
        from mlpcli.training import Portable

        weights = tuple(trained_weights(trained.run.path, trained.sizes))
        activation = trained.run.config.get("activation", "relu")
        portable = Portable(trained.facts, weights, activation, output_names(trained))
        with made(chosen, portable, output) as model:
            columns = raw_columns(rows.source, portable.array)
            apart = difference(network(features), model.answers(columns), trained.facts.task)
            if not apart <= TOLERANCE:
                raise _other_answers(chosen, apart)
            require_new(output)
            model.write(output)
    _say(output, chosen, rows, apart, portable)
    return 0


def output_names(trained: TrainedRun) -> tuple[str, ...]:
    """Return what the answers are called, none as a column is: predicted_species, probability."""
    named = headings(trained, trained.facts.input_columns)
    if not isinstance(trained.facts.task, Classification):
        return tuple(named)
    probability, taken = "probability", {named[0], *trained.facts.input_columns}
    while probability in taken:
        probability += "_"
    return named[0], probability


def _other_answers(form: str, apart: float) -> RunError:
    what = "another class, or no number," if apart == float("inf") else f"{apart:.1e} off"
    return RunError(
        f"--format {form}: its answers are {what} beside predict's, allowed {TOLERANCE:g}: "
        "nothing is written",
        "--format onnx computes as training did" if form == "litert" else "",
    )


def _say(output: Path, form: str, rows: SampleRows, apart: float, portable: Portable) -> None:
    """Say what was written, what it takes and gives, and how it was tried."""
    if not rows.own:
        print_warnings(["the rows that it was trained on are not there: tried on made-up ones"])
    inputs, answers = _names(form, portable)
    console = stderr_console()
    print_line(console, f"written: {shown(output, 200)}")
    print_line(console, f"takes {_listed(inputs)}; gives {_listed(answers)}")
    made = f"{len(rows) - rows.own:,} made-up rows" + " with gaps" * (not portable.is_bytes)
    own = f"{rows.own:,} of its rows and " if rows.own else ""
    print_line(console, f"tried on {own}{made}: at most {apart:.1g} from predict")
    print_next("mlpcli guide predict-and-export")


def _names(form: str, portable: Portable) -> tuple[list[str], list[str]]:
    """Return what the inputs and the answers of a form are called."""
    inputs, answers = [*(portable.facts.input_columns or (portable.array,))], [*portable.outputs]
    if form == "onnx":
        return inputs, answers
    from mlpcli.training import identifiers, input_names

    if form == "keras":
        is_class = isinstance(portable.facts.task, Classification)
        return [*input_names(inputs).values()], ["logits"] if is_class else answers
    return [*identifiers(inputs).values()], [*identifiers(answers).values()]


def _listed(names: Sequence[str]) -> str:
    more = ", ..." * (len(names) > SHOWN)
    return ", ".join(map(shown, names[:SHOWN])) + more
