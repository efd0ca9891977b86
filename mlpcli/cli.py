"""The command line: parse, call one thing, show it; where errors become exit codes."""

import signal
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from mlpcli import __version__
from mlpcli.errors import MlpcliError
from mlpcli.group import Commands
from mlpcli.guide import PAGES
from mlpcli.limits import within_limits
from mlpcli.options import FORM, FULL, JSON, QUERY, RUNS_DIR, SET
from mlpcli.terminal import escape_unencodable, open_closed_streams

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
# of a config, and of what commands print with --json: the package, and its function
SCHEMAS = {
    "config": ("mlpcli.config", "json_schema"),
    "compare": ("mlpcli.compare", "compared_schema"),
    "diff": ("mlpcli.compare", "diff_schema"),
    "gate": ("mlpcli.compare", "gate_schema"),
    "ls": ("mlpcli.compare", "listing_schema"),
    "show": ("mlpcli.report", "show_schema"),
}


@click.group(cls=Commands, context_settings=CONTEXT)
@click.version_option(__version__, "--version", message="mlpcli %(version)s")
def commands() -> None:
    """Experiments with multilayer perceptrons, from YAML to a comparison you can trust."""


@commands.command()
@click.argument("configs", nargs=-1, required=True, type=click.Path(path_type=Path))
@SET
@click.option(
    "--seeds", metavar="N", help="Train each config with seeds 0 to N-1, or with a list: 0,3,7."
)
@click.option(
    "--needed", is_flag=True, help="Skip runs completed with the same config, data and versions."
)
@RUNS_DIR
def train(
    configs: tuple[Path, ...],
    overrides: tuple[str, ...],
    seeds: str | None,
    needed: bool,
    runs_dir: Path,
) -> int:
    """Train each CONFIG into a run directory of its own.

    Prints each directory's path on stdout, and nothing else there.

    Example: mlpcli train configs/deep3.yaml --seeds 5 -s learning_rate=0.01 -s width=[300,100]
    """
    from mlpcli.training import train_files

    return train_files(configs, overrides, seeds, runs_dir, needed)


@commands.command()
@click.argument("runs", nargs=-1)
@RUNS_DIR
@QUERY
@FORM
def compare(runs: tuple[str, ...], runs_dir: Path, form: str | None, **asked: Any) -> int:
    """Put runs, or settings of several seeds, side by side.

    The best validation accuracy comes first. RUNS are run directories, folders of them, patterns
    in quotes, unique parts of a run's name, or latest; by default all in the runs directory.

    Example: mlpcli compare runs/* --where 'learning_rate>=0.1 and layers=3' --top 10
    """
    from mlpcli.compare import Options, show_compared

    return show_compared(runs, runs_dir, form, Options(**asked))


@commands.command()
@click.argument("run", default="latest")
@RUNS_DIR
@FULL
@JSON
def show(run: str, runs_dir: Path, full: bool, form: str | None) -> int:
    """Show one RUN, by default the latest: what came out, its curve, where it errs.

    RUN is a directory, any part of its name that no other run has, or latest. --full adds all
    classes and confusions, the metrics, the whole config and where it came from.

    Example: mlpcli show deep3 --full
    """
    from mlpcli.report import show_run
    from mlpcli.runs import find_run

    return show_run(find_run(run, runs_dir), form or "table", full)


@commands.command()
@click.argument("run")
@RUNS_DIR
@click.option(
    "--prove", is_flag=True, help="Train with and without the first advice, 3 seeds each."
)
@FULL
@JSON
def explain(run: str, runs_dir: Path, prove: bool, full: bool, form: str | None) -> int:
    """Say why a RUN came out as it did: the number, its limit, the key and the value to try.

    RUN is a directory, any part of its name that no other run has, or latest. What --prove trains
    goes into a folder beside the run's own, runs-proofs, and is trained only once. --full adds all
    that was measured.

    Example: mlpcli explain deep3 --prove
    """
    from mlpcli.explain import show_explanation
    from mlpcli.runs import find_run

    return show_explanation(find_run(run, runs_dir), form or "table", prove, full)


@commands.command()
@click.argument("runs", nargs=-1)
@click.option(
    "--where", metavar="CONDITION", help="Only runs of which it holds, as compare has it."
)
@click.option(
    "--all", "every", is_flag=True, help="List all, not only the newest that fit a screen."
)
@RUNS_DIR
@JSON
def ls(
    runs: tuple[str, ...], runs_dir: Path, form: str | None, where: str | None, every: bool
) -> int:
    """List RUNS, by default those of the runs directory, a line each, the newest last.

    RUNS are named as for compare. Columns are called as --where takes them.

    Example: mlpcli ls --where 'status=running or val_accuracy>0.95'
    """
    from mlpcli.compare import show_listing

    return show_listing(runs, runs_dir, form or "table", where, every)


@commands.command()
@click.argument("a")
@click.argument("b")
@RUNS_DIR
@FULL
@JSON
def diff(a: str, b: str, runs_dir: Path, full: bool, form: str | None) -> int:
    """Show what differs between runs A and B, and whether their networks do, beyond chance.

    A and B are directories, any parts of their names that no other run has, or latest. --full adds
    the whole environment, all classes, and which was the first to reach an accuracy.

    Example: mlpcli diff deep3_tuned latest
    """
    from mlpcli.compare import show_diff
    from mlpcli.runs import find_run, open_run

    found = find_run(a, runs_dir), find_run(b, runs_dir)
    return show_diff(open_run(found[0]), open_run(found[1]), form or "table", full)


@commands.command()
@click.argument("runs", nargs=-1, required=True)
@click.option(
    "--min", "least", multiple=True, metavar="KEY=VALUE", help="A result's least; repeatable."
)
@click.option(
    "--max", "most", multiple=True, metavar="KEY=VALUE", help="A result's most; repeatable."
)
@click.option(
    "--baseline", multiple=True, metavar="RUNS", help="Runs of a setting to be no worse than."
)
@click.option(
    "--margin",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="SHARE",
    help="How much lower than the baseline's val_accuracy is taken for as good.",
)
@RUNS_DIR
@JSON
def gate(runs: tuple[str, ...], runs_dir: Path, form: str | None, **asked: Any) -> int:
    """Say whether RUNS are as good as asked, for CI: exit 0, 1, or 3 where that is undecided.

    RUNS are of one setting, named as for compare. --min and --max hold for results as compare has
    them, or their mean over seeds; a run that did not complete, or learned nothing, fails. Beside
    --baseline they fail where they are worse beyond the noise; below three seeds it is undecided.

    Example: mlpcli gate latest --min test_accuracy=0.9 --max seconds=60
    """
    from mlpcli.compare import GateOptions, show_gate

    return show_gate(runs, runs_dir, form or "table", GateOptions(**asked))


@commands.command()
@click.argument("runs", nargs=-1, required=True)
@click.option(
    "-s",
    "--set",
    "overrides",
    multiple=True,
    metavar="steps=N",
    help="Take the run further, where decay is constant.",
)
@RUNS_DIR
def resume(runs: tuple[str, ...], overrides: tuple[str, ...], runs_dir: Path) -> int:
    """Go on with each run that was interrupted, to the same bits as if it had not been.

    RUNS are run directories, unique parts of their names, or latest. A run that is finished is
    left as it is, unless there are more steps to take.

    Example: mlpcli resume latest -s steps=10000
    """
    from mlpcli.training import resume_all

    return resume_all(runs, runs_dir, overrides)


@commands.command()
@click.argument("config", type=click.Path(path_type=Path))
@SET
@RUNS_DIR
@FULL
@JSON
def check(
    config: Path, overrides: tuple[str, ...], runs_dir: Path, full: bool, form: str | None
) -> int:
    """Predict what will happen, before any training: initial loss, gains, time, memory, warnings.

    From theory and a short test of this machine's speed; runs of the same structure in the runs
    directory are a better source of the time. --full adds the layers, what it takes in parts, and
    all warnings.

    Example: mlpcli check configs/deep3.yaml -s init=he_normal
    """
    from mlpcli.check import show_check

    return show_check(config, overrides, runs_dir, form or "table", full)


@commands.command()
@click.argument("config", type=click.Path(path_type=Path))
@SET
@click.option("--write", is_flag=True, help="Write the best value into a copy of CONFIG.")
@FULL
@JSON
def lr(config: Path, overrides: tuple[str, ...], write: bool, full: bool, form: str | None) -> int:
    """Find the learning rate for a CONFIG: the best value, and the interval around it.

    Trains its network for a few steps at many rates, eight at once: some seconds. --full adds the
    rates that are far from the best, and the sharpness.

    Example: mlpcli lr configs/deep3.yaml --write
    """
    from mlpcli.tune import choose_rate

    return choose_rate(config, overrides, form or "table", write, full)


@commands.command()
@click.argument("page", required=False, type=click.Choice(PAGES), metavar="[PAGE]")
def guide(page: str | None) -> int:
    """Show a PAGE of the guide, or the list of its pages.

    Example: mlpcli guide comparing
    """
    from mlpcli.guide import show_guide

    return show_guide(page)


@commands.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
def init(file: Path | None) -> int:
    """Write the shipped configs into configs/, or a first config of your own: FILE.

    Nothing that is there is overwritten. FILE with the name of a shipped config, such as
    deep3.yaml, is a copy of that.

    Example: mlpcli init my.yaml
    """
    from mlpcli.starting import write_starters

    return write_starters(file)


@commands.command()
@click.argument("name", type=click.Choice([*SCHEMAS]), default="config", metavar="[NAME]")
def schema(name: str) -> int:
    """Print the JSON Schema of a config, for editors, or of what a command prints with --json.

    Example: mlpcli schema compare
    """
    from mlpcli.terminal import print_json

    package, function = SCHEMAS[name]
    print_json(getattr(import_module(package), function)())
    return 0


def main() -> NoReturn:
    """Run the command line and leave with the exit code that the outcome has."""
    open_closed_streams()
    escape_unencodable()
    try:
        with within_limits():
            code = commands.main(standalone_mode=False)
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        code = error.exit_code
    except MlpcliError as error:
        from mlpcli.terminal import print_error

        print_error(error)
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        code = 128 + signal.SIGINT
    sys.exit(code)
