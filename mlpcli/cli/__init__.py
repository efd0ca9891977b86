"""The command line: parse, call one thing, show it.

A module for each thing people want to do, with its commands; entry.py puts them together. A new
command is a function in one of them and a word in entry.py.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.cli.entry import commands, main
else:
    __getattr__, __dir__ = lazy_exports(__name__)
