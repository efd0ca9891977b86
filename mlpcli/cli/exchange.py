"""The commands that take a trained network to other data."""

from pathlib import Path

import click

from mlpcli.cli import candidates
from mlpcli.cli.options import FULL, JSON, RUNS_DIR, OneOf, PathWord


@click.command()
@click.argument("run", shell_complete=candidates.runs)
@click.argument("file", shell_complete=candidates.data_files)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="OUT",
    shell_complete=candidates.data_files,
    help="Write to a file instead: .csv, .parquet or .json.",
)
@click.option("--keep", is_flag=True, help="Keep the columns of FILE, before the predictions.")
@RUNS_DIR
@JSON
def predict(
    run: str, file: str, output: Path | None, keep: bool, runs_dir: Path, form: str | None
) -> int:
    """Predict the rows of a FILE with the network of a RUN.

    Prints CSV, a line for each row in the file's order: the class and the probability of each, or
    the value in its unit. FILE is raw, as the data were that RUN was trained on, with the same
    columns in any order; - is CSV on standard input.

    Example: mlpcli predict latest new.csv -o predicted.csv
    """
    if output and form:
        raise click.UsageError("--json and --output: two forms; -o out.json writes JSON")
    from mlpcli.export import predict_file
    from mlpcli.runs import find_run

    return predict_file(find_run(run, runs_dir), file, output, form or "csv", keep)


@click.command()
@click.argument("run", shell_complete=candidates.runs)
@click.argument("file", required=False, shell_complete=candidates.data_files)
@RUNS_DIR
@FULL
@JSON
def evaluate(run: str, file: str | None, runs_dir: Path, full: bool, form: str | None) -> int:
    """Score a RUN on a FILE that has the answers, or its test set.

    Accuracy with its interval, scores that many of one class do not flatter, and what was taken for
    what; or R squared and errors in the unit. Without FILE it is the run's own test set, from what
    was predicted of it at its end. --full adds all classes and confusions.

    Example: mlpcli evaluate latest new.csv
    """
    from mlpcli.export import show_evaluation
    from mlpcli.runs import find_run

    return show_evaluation(find_run(run, runs_dir), file, form or "table", full)


FORMS = ("keras", "onnx", "litert", "savedmodel")


@click.command()
@click.argument("run", shell_complete=candidates.runs)
@click.option(
    "--format", "form", type=OneOf(FORMS),
    help="What to write; by default what the name of OUT says: .keras, .onnx or .tflite.",
)  # fmt: skip
@click.option(
    "-o",
    "--output",
    type=PathWord(),
    metavar="OUT",
    required=True,
    shell_complete=candidates.model_files,
    help="The file, or the folder of a savedmodel; nothing is overwritten.",
)
@RUNS_DIR
def export(run: str, form: str | None, output: Path, runs_dir: Path) -> int:
    """Write the network of a RUN as a file for other programs.

    It takes raw rows, as predict does: the preparation is in it. Before it is written its answers
    are held against those of predict, on rows of the run's data with missing and unseen values.
    onnx needs the packages of pip install 'mlpcli[export]'.

    Example: mlpcli export latest -o penguins.onnx
    """
    from mlpcli.export import export_model
    from mlpcli.runs import find_run

    return export_model(find_run(run, runs_dir), output, form)
