"""Which runs are meant: comparisons of a run's config and results, joined by and, or and not.

    expression := term ("or" term)*
    term       := factor ("and" factor)*
    factor     := "not" factor | "(" expression ")" | comparison
    comparison := KEY OP VALUE
    OP         := = == != < <= > >= ~
    KEY        := letters, digits, _ . and -
    VALUE      := a number, true, false, null or a word, as a config has them; 'text'; [a, list]

Keywords are so in any case, and spaces around operators are free. = holds for equals of a kind:
numbers whether whole or not, texts, true and false, null (also for what is missing), and lists of
as many equals; != is its negation. < <= > >= hold between two numbers or two texts, and ~ where a
text contains VALUE, in any case. Where a run has a list, a single VALUE is compared with each
item and has to hold for all: width=500 means [500, 500] as well as 500. For `run`, `started`,
`name`, `data` and `path`, which are texts, VALUE is one too: run>=20260102, started<2026, name=7.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn
from unicodedata import east_asian_width

from mlpcli.config import parse_entry
from mlpcli.errors import MlpcliError, Place, shown

MAX_LENGTH = 2_000  # characters; YAML's parser takes a tenth of a second for as many
MAX_DEPTH = 50  # parentheses and nots; each takes a few of Python's thousand frames
AROUND = 40  # characters shown on each side of a mistake

EXAMPLE = "for example: --where 'learning_rate>=0.1 and layers=3'"
QUOTE = "quote a text with spaces or signs: --where \"name='low rate' or width=[300,100]\""
SIGNS = "= == != < <= > >= ~"
ALLOWED_VALUES = "a number, true, false, null, a word, 'text' or [a, list]"

_KEY = re.compile(r"(?!(?:and|or|not)(?![\w.-]))[\w.-]+", re.IGNORECASE)
_OP = re.compile("[=!<>]=|[=<>~]")
_QUOTED = r"""'(?:[^']|'')*+'|"(?:[^"\\]|\\.)*+\""""  # possessive: no backtracking into a quote
_LIST = rf"""\[(?:{_QUOTED}|[^\]'"])*+\]"""
_WORD = r"""(?!(?:and|or|not)(?![^\s()]))[^\s()\[\],'"=!<>~&|]+"""
_VALUE = re.compile(f"{_QUOTED}|{_LIST}|{_WORD}", re.IGNORECASE | re.DOTALL)
_AND, _OR, _NOT = (re.compile(rf"{word}(?![\w.-])", re.IGNORECASE) for word in ("and", "or", "not"))
_OPEN, _CLOSE = re.compile(r"\("), re.compile(r"\)")

_TEXTS = ("run", "started", "name", "data", "path")  # keys whose values may look like numbers
_ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_KINDS = {int: "number", float: "number", str: "text", bool: "truth", type(None): "null"}

Get = Callable[[str], Any]
Test = Callable[[Get], bool]
Holds = Callable[[Any], bool]


class WhereError(MlpcliError):
    """A text that is no expression, with the place in it."""

    exit_code = 2


@dataclass(frozen=True)
class Condition:
    """One comparison of an expression: a key, an operator, and the value as it was written."""

    key: str
    sign: str
    value: Any
    written: str
    test: Test

    def __str__(self) -> str:
        return shown(f"{self.key}{self.sign}{self.written}")


@dataclass(frozen=True)
class Where:
    """An expression, the keys that it asks for, its comparisons, and its test of a run."""

    text: str
    keys: frozenset[str]
    conditions: tuple[Condition, ...] = field(repr=False, compare=False)
    test: Test = field(repr=False, compare=False)

    def matches(self, get: Get) -> bool:
        """Say whether it holds for a run; `get` gives a key's value, None if there is none."""
        return self.test(get)


def parse_where(text: str) -> Where:
    """Read an expression of this module's grammar. Raises WhereError."""
    parser = _Parser(text)
    if len(text) > MAX_LENGTH:
        parser.refuse(f"{len(text):,} characters, allowed {MAX_LENGTH:,}", at=MAX_LENGTH)
    test = parser.expression()
    parser.require_end()
    conditions = tuple(parser.conditions)
    return Where(text, frozenset(each.key for each in conditions), conditions, test)


class _Parser:
    """A function for each rule; `at` is where the next sign stands."""

    def __init__(self, text: str) -> None:
        self.text, self.depth, self.conditions = text, 0, list[Condition]()
        self.at = len(text) - len(text.lstrip())

    def expression(self) -> Test:
        tests = [self._term()]
        while self._take(_OR):
            tests.append(self._term())
        return tests[0] if len(tests) == 1 else lambda get: any(test(get) for test in tests)

    def require_end(self, end: str = "") -> None:
        if not (self._take(_CLOSE) if end else self.at == len(self.text)):
            self.refuse(f"a comparison ends here, allowed and, or, or {end or 'the end'}", QUOTE)

    def _term(self) -> Test:
        tests = [self._factor()]
        while self._take(_AND):
            tests.append(self._factor())
        return tests[0] if len(tests) == 1 else lambda get: all(test(get) for test in tests)

    def _factor(self) -> Test:
        start = self.at
        sign = self._take(_NOT) or self._take(_OPEN)
        if not sign:
            return self._comparison()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(f"not and ( within each other, allowed {MAX_DEPTH} deep", at=start)
        inner = self.expression() if sign == "(" else self._factor()
        if sign == "(":
            self.require_end(")")
        self.depth -= 1
        return inner if sign == "(" else lambda get: not inner(get)

    def _comparison(self) -> Test:
        key = self._take(_KEY) or self.refuse("no comparison, allowed KEY OP VALUE, not, or (")
        sign = self._take(_OP) or self.refuse(f"no operator after {shown(key)}, allowed {SIGNS}")
        start = self.at
        written = self._take(_VALUE) or self._refuse_value(sign)
        value = _read(written)
        if value is Ellipsis:
            self.refuse(f"not a value in YAML, allowed {ALLOWED_VALUES}", QUOTE, start)
        text = sign == "~" or (key in _TEXTS and value is not None)
        if text and not isinstance(value, str | list):
            value = written
        if sign in (*_ORDERS, "~") and _KINDS.get(type(value)) not in ("number", "text"):
            allowed = "a text" if sign == "~" else "a number or a text"
            self.refuse(f"{sign} with {shown(written)}, allowed {allowed}", at=start)
        holds = _holds(sign, value)
        self.conditions.append(Condition(key, sign, value, written, lambda get: holds(get(key))))
        return self.conditions[-1].test

    def _refuse_value(self, sign: str) -> NoReturn:
        opened = self.text[self.at : self.at + 1]
        if opened == "[":
            self.refuse("a list that is not closed, allowed [a, list]", QUOTE)
        if opened in ("'", '"'):
            self.refuse(f"a quote that is not closed, allowed {opened}text{opened}", QUOTE)
        self.refuse(
            f"no value after {sign}, allowed {ALLOWED_VALUES}", QUOTE if opened else EXAMPLE
        )

    def _take(self, pattern: re.Pattern[str]) -> str:
        """Return what matches here, "" if nothing does; go on behind it and spaces."""
        found = pattern.match(self.text, self.at)
        if found:
            self.at = len(self.text) - len(self.text[found.end() :].lstrip())
        return found[0] if found else ""

    def refuse(self, what: str, hint: str = EXAMPLE, at: int | None = None) -> NoReturn:
        """Raise the error that shows the text around a place with a caret under it."""
        at = self.at if at is None else at
        before = shown(self.text[max(0, at - AROUND - 1) : at], 10 * AROUND + 10)  # 10: an escape
        if len(before) > AROUND:
            before = "…" + before[1 - AROUND :]
        columns = sum(2 if east_asian_width(c) in "WF" else 1 for c in before)
        line = f"  {before}{shown(self.text[at:], AROUND)}".rstrip()
        raise WhereError(f"--where: {what}\n{line}\n  {' ' * columns}^", hint)


def _read(written: str) -> Any:
    """Return a value as a config has it, or ... where a config could not."""
    entry = parse_entry(written, Place("--where"))
    value, plain = entry.value, written[0] not in "'\"["
    # YAML takes some signs for comments, blocks, lists and ends of documents
    misread = value != written if isinstance(value, str) else isinstance(value, list)
    misread |= value is None and written.lower() != "null"
    return ... if entry.problem or (plain and misread) else value


def _holds(sign: str, value: Any) -> Holds:
    """Return the test of a run's value against VALUE."""
    if sign == "!=":
        equal = _holds("=", value)
        return lambda actual: not equal(actual)
    if isinstance(value, list):
        items = [_single("=", item) for item in value]
        return lambda actual: (
            isinstance(actual, list | tuple)
            and len(actual) == len(items)
            and all(holds(item) for holds, item in zip(items, actual, strict=True))
        )
    single = _single(sign, value)
    return lambda actual: (
        len(actual) > 0 and all(map(single, actual))
        if isinstance(actual, list | tuple)
        else single(actual)
    )


def _single(sign: str, value: Any) -> Holds:
    if sign == "~":
        part = value.casefold()
        return lambda actual: isinstance(actual, str) and part in actual.casefold()
    kind, compare = _KINDS[type(value)], _ORDERS.get(sign, operator.eq)
    return lambda actual: _KINDS.get(type(actual)) == kind and bool(compare(actual, value))
