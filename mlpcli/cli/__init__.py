"""The command line: parse, call one thing, show it.

A module for each thing people want to do, with its commands; entry.py puts them together. A new
command is a function in one of them and a word in entry.py.
"""

from mlpcli.cli.entry import commands, main
