"""What a value that is refused may have been meant to be: numbers and words in other spellings."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from mlpcli.config.bounds import is_fine
from mlpcli.config.yamlfile import Value

LONGEST = 60  # characters of a number that are looked at
FARTHEST = "99999"  # an exponent that is beyond any float
FACTORS = {"%": "0.01", "k": "1e3", "K": "1e3", "M": "1e6"}
TRUE, FALSE = ("yes", "y", "on", "t", "1"), ("no", "n", "off", "f", "0")

_THOUSANDS = re.compile(r"[0-9]{1,3}([,_ ]000)+")  # 1,000, and not 300,100: two widths
_DECIMAL_COMMA = re.compile(r"0,[0-9]+")
_FRACTION = re.compile(r"([0-9]+) ?/ ?([1-9][0-9]*)")
_EXPONENT = re.compile(r"([eE][-+]?)0*[1-9][0-9]{5,}$")  # which no Decimal may have
_SCALED = re.compile(r"([0-9.]+) ?([%kKM])")


def number_meant(text: str) -> Decimal | None:
    """Return the number that a text is in some language's spelling, or None.

    >>> [str(number_meant(text)) for text in ("0x10", "1_000", "010", "0,5", "10%", "1/4", "2k")]
    ['16', '1000', '10', '0.5', '0.10', '0.25', '2E+3']
    """
    if len(text) > LONGEST:
        return Decimal(text) if text.isascii() and text.lstrip("+-").isdecimal() else None
    if _THOUSANDS.fullmatch(text):
        return Decimal(re.sub("[,_ ]", "", text))
    if _DECIMAL_COMMA.fullmatch(text):
        return Decimal(text.replace(",", "."))
    text = _EXPONENT.sub(lambda found: found[1] + FARTHEST, text)
    try:
        if match := _FRACTION.fullmatch(text):
            return Decimal(match[1]) / Decimal(match[2])
        if match := _SCALED.fullmatch(text):
            return Decimal(match[1]) * Decimal(FACTORS[match[2]])
        if text[:2].lower() in ("0x", "0b", "0o"):
            return Decimal(int(text, 0))
        number = Decimal(text)  # it reads 1_000 and 010 too
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() and text.isascii() else None


def written_right(value: Value, schema: Mapping[str, Any]) -> str:
    """Return how to write, for a key of that schema, what a value was meant to be, or "".

    >>> whole = {"type": "integer", "minimum": 1}
    >>> written_right("0x10", whole), written_right(1e4, whole), written_right(1.5, whole)
    ('16', '10000', '')
    >>> written_right("yes", {"type": "boolean"})
    'true'
    """
    kind = schema.get("type")
    if kind == "boolean":
        word = str(value).lower()
        return "true" if word in TRUE else "false" if word in FALSE else ""
    numeric = isinstance(value, str | int | float) and not isinstance(value, bool)
    if kind not in ("integer", "number") or not numeric:
        return ""
    number = number_meant(str(value))
    if number is None or abs(number) > 10**15 or not is_fine(number, schema):
        return ""
    if number == int(number):
        return str(int(number))
    right = f"{float(number):g}" if kind == "number" else ""
    return "" if right == "0" else right  # too small for a float
