"""The commands that show what there is: one run, two, or all."""

from pathlib import Path

import click

from mlpcli.cli import candidates
from mlpcli.cli.options import FULL, JSON, RUNS_DIR, TARGET, TASK, PathWord


@click.command()
@click.argument("run", default="latest", shell_complete=candidates.runs)
@RUNS_DIR
@FULL
@JSON
def show(run: str, runs_dir: Path, full: bool, form: str | None) -> int:
    """Show one RUN: what came out, its curve, where it errs.

    RUN, by default the latest, is a directory, any part of its name that no other run has, or
    latest; of a sweep it shows how that came out. --full adds all classes and confusions, the
    metrics, the whole config and where it came from; of a sweep all finalists.

    Example: mlpcli show deep3 --full
    """
    from mlpcli.report import show_run
    from mlpcli.runs import find_run, sweep_named

    if path := sweep_named(run, runs_dir):
        from mlpcli.sweep import show_sweep

        return show_sweep(path, form or "table", full)
    return show_run(find_run(run, runs_dir), form or "table", full)


@click.command()
@click.argument("source", metavar="FILE|CONFIG", shell_complete=candidates.data_sets)
@TARGET
@TASK
@FULL
@JSON
def data(
    source: str, targets: tuple[str, ...], task: str | None, full: bool, form: str | None
) -> int:
    """Show what a data set is: columns, classes, splits, what is odd.

    It is a FILE with a table or arrays, a built-in one such as penguins, or that of a CONFIG.
    --full shows all columns, classes and warnings. The exit code is 2 where it can be read but not
    be learned from; the reason is said.

    Example: mlpcli data penguins.csv --target species
    """
    from mlpcli.report import show_data

    return show_data(source, targets, task, form or "table", full)


@click.command()
@click.argument("a", shell_complete=candidates.runs)
@click.argument("b", shell_complete=candidates.runs)
@RUNS_DIR
@FULL
@JSON
def diff(a: str, b: str, runs_dir: Path, full: bool, form: str | None) -> int:
    """Show how runs A and B differ, and whether beyond chance.

    A and B are directories, any parts of their names that no other run has, or latest. --full adds
    the whole environment, all classes, and which was the first to reach an accuracy.

    Example: mlpcli diff deep3_tuned latest
    """
    from mlpcli.compare import show_diff
    from mlpcli.runs import find_run, open_run

    found = find_run(a, runs_dir), find_run(b, runs_dir)
    return show_diff(open_run(found[0]), open_run(found[1]), form or "table", full)


@click.command()
@click.argument("runs", nargs=-1, shell_complete=candidates.runs)
@click.option(
    "--where",
    metavar="CONDITION",
    shell_complete=candidates.conditions,
    help="Only runs of which it holds, as compare has it.",
)
@click.option(
    "--all", "every", is_flag=True, help="List all, not only the newest that fit a screen."
)
@RUNS_DIR
@JSON
def ls(
    runs: tuple[str, ...], runs_dir: Path, form: str | None, where: str | None, every: bool
) -> int:
    """List RUNS, a line each, the newest last.

    RUNS are named as for compare, by default all in the runs directory. Columns are called as
    --where takes them.

    Example: mlpcli ls --where 'status=running or val_accuracy>0.95'
    """
    from mlpcli.compare import show_listing

    return show_listing(runs, runs_dir, form or "table", where, every)


@click.command()
@click.argument("runs", nargs=-1, shell_complete=candidates.runs)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    metavar="N",
    help="Serve on this port, 0 for one that is free; by default 6006, or the next that is free.",
)
@click.option("--open", "browser", is_flag=True, help="Open it in a browser, too.")
@click.option("--write-only", is_flag=True, help="Write the event files, and end.")
@RUNS_DIR
def tensorboard(
    runs: tuple[str, ...], port: int | None, browser: bool, write_only: bool, runs_dir: Path
) -> int:
    """Show RUNS in TensorBoard: curves, layers, graph, weights, scores.

    RUNS are named as for compare, by default all in the runs directory. Their events are written
    into a folder beside them, .tensorboard, and only what is new. TensorBoard serves this machine
    alone, until Ctrl-C; it follows runs that are under way, and new ones. It needs the package of
    pip install 'mlpcli[tensorboard]'.

    Example: mlpcli tensorboard --open
    """
    if write_only and (browser or port is not None):
        raise click.UsageError("--write-only: nothing is served, so no --port and no --open")
    from mlpcli.board import show_board

    return show_board(runs, runs_dir, port, write_only, browser)


@click.command()
@click.argument("runs", nargs=-1, metavar="[RUN|SWEEP|FOLDER]...", shell_complete=candidates.runs)
@click.option(
    "-o",
    "--output",
    type=PathWord(),
    metavar="OUT",
    shell_complete=candidates.pages_to_write,
    help="The file, by default report.html; one that is there is written over if it is a report.",
)
@click.option("--open", "opens", is_flag=True, help="Show it in the browser.")
@click.option(
    "--no-explain",
    "explains",
    flag_value=False,
    default=True,
    help="Leave out why a run came out so, which takes seconds.",
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="PATH",
    help="Write each figure into this folder, too, as SVG.",
)
@click.option("--no-card", "card", flag_value=False, default=True, help="Write no model card.")
@click.option(
    "--serve",
    is_flag=True,
    help="Serve the pages of a folder's runs on this machine alone, live, until Ctrl-C.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help="Where --serve listens; by default 8017, or a free one.",
)
@RUNS_DIR
def report(
    runs: tuple[str, ...],
    runs_dir: Path,
    output: Path | None,
    opens: bool,
    explains: bool,
    card: bool,
    figures: Path | None,
    serve: bool,
    port: int | None,
) -> int:
    """Write RUNS as one HTML page, with figures.

    Of one run all that show and explain say, curves, layers, confusions, the test examples that it
    is most sure of and wrong, its weights, its decision boundary; and model_card.md beside the
    page. Of several what compare says, of a sweep what show says. RUNS are named as for compare, by
    default all in the runs directory. The page loads nothing, and can be sent. --figures writes its
    figures as files, too.

    Example: mlpcli report deep3_tuned -o deep3.html --open
    """
    if serve:
        if len(runs) > 1:
            raise click.UsageError("--serve: one folder at most")
        if output is not None or figures is not None:
            named = "--output" if output is not None else "--figures"
            raise click.UsageError(f"--serve: no page is written, so no {named}")
        from mlpcli.page import serve_folder

        return serve_folder(Path(runs[0]) if runs else runs_dir, port, opens)
    if port is not None:
        raise click.UsageError("--port: for --serve alone")
    from mlpcli.page import ReportOptions, write_report

    options = ReportOptions(output or Path("report.html"), opens, explains, card, figures)
    return write_report(runs, runs_dir, options)
