"""Where our JSON parser accepts, it says what Python's own says; it accepts nothing else."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.encoding.strict_json import dump_json, parse_json
from app.errors import MalformedInput

_PIECES = st.sampled_from(
    [
        "{", "}", "[", "]", ":", ",", '"', '"a"', '"a":', "1", "-0", "1.5", "1e400", "01", "1e3",
        "9007199254740993", "NaN", "Infinity", "null", "true", "\\", "\\u0061", "\\ud800", "\\u",
        " ", "\n", "\0", "é", "\ufeff", "𝄞", "//", "'a'", ",]", "\\udc00",
    ]
)  # fmt: skip
_ALMOST_JSON = st.one_of(
    st.lists(_PIECES, max_size=14).map("".join),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
        max_leaves=12,
    ).map(json.dumps),
)


_UTF8 = st.text(st.characters(codec="utf-8"), max_size=8)


def by_python(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return MalformedInput


@settings(max_examples=1000)
@given(text=_ALMOST_JSON)
def test_what_is_accepted_is_what_python_reads(text: str) -> None:
    try:
        value = parse_json(text.encode("utf-8"))
    except MalformedInput:
        return

    assert repr(value) == repr(by_python(text))


@settings(max_examples=300)
@given(
    value=st.recursive(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(-(2**53) + 1, 2**53 - 1),
            st.floats(allow_nan=False, allow_infinity=False),
            _UTF8,
        ),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(_UTF8, inner, max_size=3),
        ),
        max_leaves=12,
    )
)
def test_what_we_write_we_read(value: Any) -> None:
    assert parse_json(dump_json(value)) == value
