"""The command line as a whole: its commands by what people want, and the exit codes of errors."""

import signal
import sys
from typing import NoReturn

import click

from mlpcli import __version__
from mlpcli.cli.choose import compare, gate, lr
from mlpcli.cli.completion import VARIABLE
from mlpcli.cli.exchange import evaluate, export, predict
from mlpcli.cli.group import Commands
from mlpcli.cli.look import data, diff, ls, report, show, tensorboard
from mlpcli.cli.run import resume, train, watch
from mlpcli.cli.set_up import completion, guide, init, schema
from mlpcli.cli.sweeping import sweep, tune, work
from mlpcli.cli.understand import check, explain, papers, why
from mlpcli.errors import MlpcliError
from mlpcli.system import LEAST, as_error, keep_variables, load_in_small_limits, memory_is_below
from mlpcli.terminal import StreamError, guarded_stdout, open_streams

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=Commands, context_settings=CONTEXT)
@click.version_option(__version__, "--version", message="mlpcli %(version)s")
def commands() -> None:
    """Experiments with multilayer perceptrons, from YAML to a comparison you can trust."""


commands.add_section("Run", train, watch, resume)
commands.add_section("Understand", check, explain, why, papers)
commands.add_section("Choose", lr, sweep, tune, work, compare, gate)
commands.add_section("Look", show, report, diff, ls, data, tensorboard)
commands.add_section("Exchange", predict, evaluate, export)
commands.add_section("Set up", init, guide, schema, completion)


def main() -> NoReturn:
    """Run the command line and leave with the exit code that the outcome has."""
    open_streams()
    code, error = _outcome()
    for each in filter(None, (_unwritten(), error)):
        _report(each)
        code = max(code, each.exit_code)
    sys.exit(code)


def _outcome() -> tuple[int, MlpcliError | None]:
    """Run the command; return its exit code, and the error that ended it."""
    try:
        keep_variables()
        load_in_small_limits()
        return commands.main(standalone_mode=False, complete_var=VARIABLE), None
    except click.ClickException as error:
        error.show()
        return error.exit_code, None
    except (KeyboardInterrupt, click.Abort):
        return 128 + signal.SIGINT, None
    except Exception as error:
        known = as_error(error)
        if known is None and memory_is_below(LEAST):
            known = as_error(MemoryError())  # whatever it was that Python met without memory
        if known is None:
            raise
        return 0, known


def _report(error: MlpcliError) -> None:
    try:
        from mlpcli.terminal import print_error
    except Exception:  # no memory or files are left to load rich: whatever it comes to
        sys.stderr.write("".join(f"{line}\n" for line in (error, error.hint) if str(line)))
    else:
        print_error(error)


def _unwritten() -> StreamError | None:
    """Write out what stdout still holds, as of a command that failed; return what hinders it."""
    try:
        with guarded_stdout():
            return None
    except StreamError as error:
        return error
