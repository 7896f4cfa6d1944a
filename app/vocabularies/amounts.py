"""Amounts of credit and hours, exact: a credit of 3.125 points is 25/8 and stays it."""

import re
from fractions import Fraction
from typing import Any

# What a stranger may write; bounded, so that no text stands for a number of a million digits.
_TEXT = re.compile(r"\d{1,12}(\.\d{1,12})?|\d{1,9}/[1-9]\d{0,8}", re.ASCII)
_TOO_MUCH = 10**12


def amount_in(value: Any) -> Fraction | None:
    """The amount that a JSON number or a text such as `3.125` or `1/64` stands for, if any.

    Negative amounts are none. A float means the decimal that JSON showed, not its binary neighbour.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if not isinstance(value, str) and not 0 <= value < _TOO_MUCH:
        return None
    text = value.strip() if isinstance(value, str) else _plain(value)
    return Fraction(text) if _TEXT.fullmatch(text) else None


def _plain(number: float) -> str:
    text = repr(number)
    return text.removesuffix(".0")


def amount_text(amount: Fraction) -> str:
    """The amount as a decimal where it has one, else as `10/3`."""
    twos, fives, rest = 0, 0, amount.denominator
    while rest % 2 == 0:
        twos, rest = twos + 1, rest // 2
    while rest % 5 == 0:
        fives, rest = fives + 1, rest // 5
    if rest != 1:
        return f"{amount.numerator}/{amount.denominator}"
    places = max(twos, fives)
    digits = str(amount.numerator * 10**places // amount.denominator).rjust(places + 1, "0")
    return digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}"
