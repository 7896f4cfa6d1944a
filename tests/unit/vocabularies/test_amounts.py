from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vocabularies.amounts import amount_in, amount_text


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (20, Fraction(20)),
        (0, Fraction(0)),
        (3.125, Fraction(25, 8)),
        (10.0, Fraction(10)),
        (0.1, Fraction(1, 10)),
        (" 7.5 ", Fraction(15, 2)),
        ("1/64", Fraction(1, 64)),
    ],
)
def test_amounts_are_exact(value: Any, amount: Fraction) -> None:
    assert amount_in(value) == amount


@pytest.mark.parametrize(
    "value",
    [None, True, -1, "-1", "1e999999999", 1e300, "1/0", "ten", "", [], {}, "٣", "9" * 20, 10**30],
)
def test_what_is_no_amount_or_would_cost_too_much_is_none(value: Any) -> None:
    assert amount_in(value) is None


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Fraction(20), "20"),
        (Fraction(0), "0"),
        (Fraction(25, 8), "3.125"),
        (Fraction(1, 64), "0.015625"),
        (Fraction(1, 25), "0.04"),
        (Fraction(10, 3), "10/3"),
    ],
)
def test_amounts_are_written_as_decimals_where_they_have_one(amount: Fraction, text: str) -> None:
    assert amount_text(amount) == text


@given(st.fractions(min_value=0, max_value=10**5, max_denominator=4000))
def test_what_is_written_is_read_back(amount: Fraction) -> None:
    assert amount_in(amount_text(amount)) == amount
