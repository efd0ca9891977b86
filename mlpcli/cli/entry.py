"""The command line as a whole: its commands by what people want, and the exit codes of errors."""

import signal
import sys
from contextlib import suppress
from typing import NoReturn

import click

from mlpcli import __version__
from mlpcli.cli.choose import compare, gate, lr
from mlpcli.cli.completion import VARIABLE
from mlpcli.cli.group import Commands
from mlpcli.cli.look import diff, ls, show
from mlpcli.cli.run import resume, train
from mlpcli.cli.set_up import completion, guide, init, schema
from mlpcli.cli.understand import check, explain
from mlpcli.errors import MlpcliError
from mlpcli.limits import within_limits
from mlpcli.terminal import escape_unencodable, open_closed_streams

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=Commands, context_settings=CONTEXT)
@click.version_option(__version__, "--version", message="mlpcli %(version)s")
def commands() -> None:
    """Experiments with multilayer perceptrons, from YAML to a comparison you can trust."""


commands.add_section("Run", train, resume)
commands.add_section("Understand", check, explain)
commands.add_section("Choose", lr, compare, gate)
commands.add_section("Look", show, diff, ls)
commands.add_section("Set up", init, guide, schema, completion)


def main() -> NoReturn:
    """Run the command line and leave with the exit code that the outcome has."""
    open_closed_streams()
    escape_unencodable()
    try:
        with within_limits():
            code = commands.main(standalone_mode=False, complete_var=VARIABLE)
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
