"""Bytes from strangers: what is read, what is refused, and with which reason."""

import json

import pytest

from app.encoding.strict_json import (
    MAX_DEPTH,
    MAX_VALUES,
    JsonObject,
    check_limits,
    dump_json,
    parse_json,
    parse_object,
    show_json,
)
from app.errors import MalformedInput

ACCEPTED: list[tuple[bytes, object]] = [
    (b"{}", {}),
    (b' [1, "a", true, null] ', [1, "a", True, None]),
    (b"9007199254740991", 2**53 - 1),
    (b"-9007199254740991", -(2**53 - 1)),
    (b"1.5e3", 1500.0),
    (b"-0", 0),
    ('"é😀"'.encode(), "é😀"),
    (rb'"\ud83d\ude00"', "😀"),
    (rb'"a \"quoted\" [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ text"', 'a "quoted" ' + "[" * 30 + " text"),
    (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, None),
    (b'{"a":{"x":1},"b":{"x":1}}', {"a": {"x": 1}, "b": {"x": 1}}),
]


@pytest.mark.parametrize(("data", "value"), ACCEPTED, ids=[repr(d[:24]) for d, _ in ACCEPTED])
def test_plain_json_is_read(data: bytes, value: object) -> None:
    parsed = parse_json(data)

    assert parsed == (json.loads(data) if value is None else value)


REFUSED: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "not_json"),
    ("text behind it", b"{} x", "not_json"),
    ("cut off", b'{"a":', "not_json"),
    ("trailing comma", b'{"a":1,}', "not_json"),
    ("single quotes", b"{'a':1}", "not_json"),
    ("leading zero", b"012", "not_json"),
    ("raw line break in a text", b'"a\nb"', "not_json"),
    ("open text", b'"abc', "not_json"),
    ("byte order mark", b"\xef\xbb\xbf{}", "not_utf8"),
    ("UTF-16", '{"a":1}'.encode("utf-16-le"), "not_json"),
    ("UTF-16 with mark", '{"a":1}'.encode("utf-16"), "not_utf8"),
    ("overlong UTF-8", b'"\xc0\xaf"', "not_utf8"),
    ("encoded surrogate", b'"\xed\xa0\x80"', "not_utf8"),
    ("Latin-1", '"é"'.encode("latin-1"), "not_utf8"),
    ("duplicate member", b'{"a":1,"a":1}', "duplicate_key"),
    ("duplicate member deep inside", b'[{"b":{"a":1,"c":2,"a":3}}]', "duplicate_key"),
    ("duplicate member in another spelling", rb'{"a":1,"\u0061":2}', "duplicate_key"),
    ("too deep", b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "too_deep"),
    ("too deep and never closed", b'{"a":' * 100_000, "too_large"),
    ("deep without an end", b"[" * 200_000, "too_deep"),
    ("too many values", b"[" + b"0," * MAX_VALUES + b"0]", "too_many_nodes"),
    ("NaN", b"[NaN]", "bad_number"),
    ("Infinity", b"Infinity", "bad_number"),
    ("minus infinity", b'{"a":-Infinity}', "bad_number"),
    ("a float beyond the largest", b"1e400", "bad_number"),
    ("an integer beyond 2^53", b"9007199254740992", "bad_number"),
    ("a negative integer beyond 2^53", b"-9007199254740992", "bad_number"),
    ("an integer of 5000 digits", b"1" * 5000, "bad_number"),
    ("half a surrogate pair", rb'"\ud800"', "bad_string"),
    ("half a surrogate pair as a name", rb'{"\udc00":1}', "bad_string"),
    ("too large", b'"' + b"a" * 256 * 1024 + b'"', "too_large"),
]


@pytest.mark.parametrize(("data", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_surprising_json_is_refused_with_its_reason(data: bytes, code: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        parse_json(data)

    assert refusal.value.code == code


def test_a_caller_may_allow_fewer_bytes() -> None:
    with pytest.raises(MalformedInput, match="at most 4 bytes"):
        parse_json(b"[1,2]", max_bytes=4)


def test_a_long_duplicate_name_is_not_echoed_in_full() -> None:
    with pytest.raises(MalformedInput) as refusal:
        parse_json(b'{"%b":1,"%b":2}' % (b"x" * 9000, b"x" * 9000))

    assert len(refusal.value.detail) < 200


@pytest.mark.parametrize("data", [b"[]", b'"text"', b"1", b"null", b"true"])
def test_only_an_object_is_an_object(data: bytes) -> None:
    with pytest.raises(MalformedInput) as refusal:
        parse_object(data)

    assert refusal.value.code == "not_json"


def test_an_object_is_read_and_written_compactly_in_its_own_order() -> None:
    assert dump_json(parse_object(b'{ "b": 1, "a": ["\xc3\xa9", 1.0] }')) == (
        '{"b":1,"a":["é",1.0]}'.encode()
    )


def test_an_object_is_laid_out_for_people() -> None:
    assert show_json({"b": 1, "a": ["é"]}) == '{\n  "b": 1,\n  "a": [\n    "é"\n  ]\n}'


DOUBTFUL: list[tuple[bytes, object]] = [
    (rb'{"a":"\u003a","b":1}', {"a": ":", "b": 1}),
    (rb'{"\u003A":"::"}', {":": "::"}),
    (b"1e16", 1e16),
    (b"[1e300,-1e300]", [1e300, -1e300]),
    (b"9007199254740993.0", 9007199254740992.0),
    (b'["1234567890123456 [{,:"]', ["1234567890123456 [{,:"]),
    (b'["' + b"," * MAX_VALUES + b'"]', ["," * MAX_VALUES]),
    (b"[" * MAX_DEPTH + b"1" + b"]" * MAX_DEPTH, json.loads("[" * 24 + "1" + "]" * 24)),
]


@pytest.mark.parametrize(("data", "value"), DOUBTFUL, ids=[repr(d[:24]) for d, _ in DOUBTFUL])
def test_what_looks_doubtful_is_read_with_care(data: bytes, value: object) -> None:
    assert repr(parse_json(data)) == repr(value)


HIDING: list[tuple[bytes, str]] = [
    # As many colons as without the duplicate, one of them written with an escape.
    (rb'{"a":1,"a":"\u003a"}', "duplicate_key"),
    (rb'{"a":":","a":"\u003A\u003a"}', "duplicate_key"),
    (b'{":":1,":":2}', "duplicate_key"),
    (b'{"a":[{"b":1}],"a":[{"b":1}]}', "duplicate_key"),
    (b"123456789012345678901234567890", "bad_number"),
    (b"[18446744073709551616]", "bad_number"),
    (b'{"a":9007199254740993}', "bad_number"),
    (b"[1,-9007199254740993]", "bad_number"),
    (b"[1,\t9007199254740993]", "bad_number"),
    (b"[1,\n9007199254740993]", "bad_number"),
    (b"[1,\r9007199254740993]", "bad_number"),
    (b" 9007199254740993", "bad_number"),
    (b"[" * 40 + b"]" * 40, "too_deep"),
    (b"[" * 400 + b"]" * 400, "too_deep"),
    (b'{"a":' * 25 + b"{}" + b"}" * 25, "too_deep"),
]


@pytest.mark.parametrize(("data", "code"), HIDING, ids=[repr(d[:30]) for d, _ in HIDING])
def test_nothing_hides_from_the_quick_look(data: bytes, code: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        parse_json(data)

    assert refusal.value.code == code


@pytest.mark.parametrize("leaf", [{}, 1])
def test_what_gets_one_more_object_leaves_a_level_for_it(leaf: object) -> None:
    def nested(levels: int) -> JsonObject:
        value = leaf
        for _ in range(levels):
            value = {"a": value}
        return {"a": value}

    deepest = MAX_DEPTH - (2 if leaf == 1 else 3)
    check_limits(nested(deepest), dump_json(nested(deepest)), beside=["one", {"two": 2}])
    with pytest.raises(MalformedInput, match="too_deep"):
        check_limits(nested(deepest + 1), dump_json(nested(deepest + 1)), beside=[])
