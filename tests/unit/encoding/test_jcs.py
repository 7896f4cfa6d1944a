"""RFC 8785: its own examples, and its reference implementation for Python beside us."""

from typing import Any

import pytest
import rfc8785

from app.encoding.jcs import canonicalize_json
from tests.generated import documents

EXAMPLES: list[tuple[object, str]] = [
    ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
    # Names sort by UTF-16 code units: a surrogate pair comes before U+FB33 (section 3.2.3).
    ({"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3, "1": 4}, '{"1":4,"€":3,"😀":2,"\ufb33":1}'),
    (-0.0, "0"),
    (1e21, "1e+21"),
    (1e-7, "1e-7"),
    (5e-324, "5e-324"),
    (333333333.33333329, "333333333.3333333"),
    (9007199254740991, "9007199254740991"),
    ('\u000f\n"\\é€', '"\\u000f\\n\\"\\\\é€"'),
]


@pytest.mark.parametrize(("value", "text"), EXAMPLES)
def test_values_get_their_one_form(value: object, text: str) -> None:
    assert canonicalize_json(value) == text.encode()


ODD: list[Any] = [
    1.0,
    [0.1, 1e21, -0.0, 333333333.33333329],
    {"é": 1, "z": 2},
    {"\ue000": 1, "\U0001f600": 2},
    {"b": None, "a": [True, False, {}], "": [], "A": {"y": '\x00\x1f\x7f\b\f\n\r\t"\\/', "x": -1}},
    "\u2028 é 😀 \ufffe",
    2**53 - 1,
    -(2**53) + 1,
    [[[["x"], 5], {"a": {"a": "a"}}]],
    {"1": 1, "10": 1, "2": 1, "a-b": 1, "a": 1, "a b": 1},
    None,
]


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_every_value_is_written_as_the_reference_writes_it(value: Any) -> None:
    assert canonicalize_json(value) == rfc8785.dumps(value)


def test_generated_credentials_are_written_as_the_reference_writes_them() -> None:
    for document in documents(200):
        assert canonicalize_json(document) == rfc8785.dumps(document)


@pytest.mark.parametrize("value", [2**53, [-(2**60)], "\ud800", {"a": ["\udc00"]}, {1}], ids=ascii)
def test_what_the_reference_refuses_is_refused(value: Any) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonicalize_json(value)
