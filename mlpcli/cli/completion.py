"""Completion in the shell: the script for each, and the answers that it asks for at every TAB.

The scripts give the line as it was typed, and words are told apart here: bash by itself would split
KEY=VALUE at the sign. An answer is a line a word, a tab and what is said of it.
"""

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from click import Command, Group, UsageError
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class

from mlpcli.cli.shell_scripts import BASH, FISH, ZSH

VARIABLE = "_MLPCLI_COMPLETE"  # in the environment of a program that is asked
SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}
_ATTACHED = re.compile(r"(--[\w-]+)=|(-\w)(?=.)")  # an option whose value is in the same word
_END = "\0"  # which no line has
_SPECIAL = re.compile(r"([^\w./=:,@%+~-])")
_UNSAFE = {"'": "'", '"': '"$`\\!'}  # within quotes


@dataclass(frozen=True)
class Typed:
    """A line as far as the cursor: the words before, the one being typed, and its open quote."""

    words: list[str]
    last: str
    quote: str

    def quoted(self, word: str) -> str | None:
        """Return a word as it can be typed there, None where it cannot."""
        if self.quote:
            return None if set(word) & set(_UNSAFE[self.quote]) else word
        return _SPECIAL.sub(r"\\\1", word)


def read_typed(line: str) -> Typed:
    r"""Read a line's words as a shell does; quotes at its end may be open.

    >>> read_typed("mlpcli train a\\ b.yaml -s 'activation=re")
    Typed(words=['mlpcli', 'train', 'a b.yaml', '-s'], last='activation=re', quote="'")
    >>> read_typed("mlpcli ").last
    ''
    """
    lexer = shlex.shlex(line.replace(_END, "") + _END, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    words, quote = [], ""
    try:
        for word in lexer:
            words.append(word)  # what stands before the error is kept
    except ValueError:  # a quote that is open
        words.append(lexer.token)
        quote = "'" if lexer.state == "'" else '"'  # type: ignore[attr-defined]
    return Typed(words[:-1], words[-1].removesuffix(_END), quote)


class _Shell(ShellComplete):
    """What a shell is told, from COMP_LINE: the line as far as the cursor."""

    def source(self) -> str:
        """Return the script."""
        return SCRIPTS[self.name]

    def complete(self) -> str:
        """Return the answer."""
        typed = read_typed(os.environ.get("COMP_LINE", ""))
        args = typed.words[1:]
        return "\n".join(self.answers(typed, self.get_completions(args, typed.last)))

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Return the words that the last may become; an option and its value may be one."""
        self.ctx_args["obj"] = args
        name = next((word for word in args if not word.startswith("-")), None)
        command = self.commands.get(name) if name else self.cli
        if not command:
            return []
        attached = None if "--" in args else _ATTACHED.match(incomplete)
        if not attached:
            return super().get_completions(args, incomplete)
        option = attached[1] or attached[2]
        if not any(option in each.opts for each in command.params):
            return []
        found = super().get_completions([*args, option], incomplete[attached.end() :])
        return [CompletionItem(attached[0] + each.value, help=each.help) for each in found]

    @property
    def commands(self) -> Mapping[str, Command]:
        """The commands by name."""
        return self.cli.commands if isinstance(self.cli, Group) else {}

    def answers(self, typed: Typed, items: list[CompletionItem]) -> Iterator[str]:
        """Yield the lines of an answer, without what must not reach a terminal."""
        for each in items:
            said = " ".join((each.help or "").split())
            word = self.spelled(typed, each.value)
            if word is not None and word.isprintable():
                yield f"{word}\t{said}" if said else word

    def spelled(self, typed: Typed, word: str) -> str | None:
        """Return a word as the shell wants it."""
        return typed.quoted(word)


@add_completion_class
class Bash(_Shell):
    """Bash, which replaces the part of a word behind its last sign, and shows nothing beside it."""

    name = "bash"

    def answers(self, typed: Typed, items: list[CompletionItem]) -> Iterator[str]:
        """Yield the parts of words that bash puts in the place of one."""
        word = os.environ.get("COMP_WORD", "")  # that bash replaces
        head = read_typed(os.environ.get("COMP_LINE", "").removesuffix(word)).last
        found = [
            CompletionItem(each.value.removeprefix(head))
            for each in items
            if each.value.startswith(head)
        ]
        if len(found) > 1 and not any(each.value.startswith(typed.last) for each in items):
            yield " "  # so that what is typed stays: bash puts in what all begin with
        yield from super().answers(typed, found)


@add_completion_class
class Zsh(_Shell):
    """Zsh."""

    name = "zsh"


@add_completion_class
class Fish(_Shell):
    """Fish, which quotes by itself."""

    name = "fish"

    def spelled(self, typed: Typed, word: str) -> str:
        """Return a word as it is."""
        return word


def script_for(shell: str | None) -> str:
    """Return the script for a shell, by default the user's. Raises UsageError for another one."""
    name = shell or Path(os.environ.get("SHELL", "")).name
    if name not in SCRIPTS:
        known = ", ".join(f"mlpcli completion {each}" for each in SCRIPTS)
        raise UsageError(f"Name the shell, one of: {known}")
    return SCRIPTS[name]
