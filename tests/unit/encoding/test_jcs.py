"""RFC 8785, its own examples."""

import pytest

from app.encoding.jcs import canonicalize_json

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
