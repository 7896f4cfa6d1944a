"""The one JSON parser: bytes from strangers in, plain values out, or a refusal that says why.

RFC 8259 leaves duplicate members, huge numbers and lone surrogates to the reader; two readers that
choose differently see two documents under one signature. This one refuses all of them, and
anything large or deep enough to be an attack on what follows.

orjson reads first. Where its value proves that nothing of the kind was in the text, that is all;
otherwise Python's own reader takes the text member by member, and says what is wrong, if anything.
"""

import json
import math
import re
from collections import Counter
from typing import Any, NoReturn

import orjson

from app.errors import MalformedInput

JsonObject = dict[str, Any]

MAX_BYTES = 256 * 1024
MAX_DEPTH = 24
MAX_VALUES = 4000
MAX_SAFE_INTEGER = 2**53 - 1

# Possessive, and content with a string that never ends: each character is looked at once.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_json(data: bytes, *, max_bytes: int = MAX_BYTES, max_values: int = MAX_VALUES) -> Any:
    """Parse UTF-8 JSON without duplicates, surprises or excess.

    Raises `MalformedInput` with one of the codes too_large, not_utf8, too_deep, too_many_nodes,
    duplicate_key, bad_number, bad_string, not_json.
    """
    if len(data) > max_bytes:
        raise MalformedInput("too_large", f"the document may have at most {max_bytes} bytes")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return _read_with_care(data, max_values)
    if _is_beyond_doubt(value, data, max_values):
        return value
    return _read_with_care(data, max_values)


# A value one level too deep, on a line of its own as orjson lays it out, and what follows it.
_TOO_DEEP = b"\n" + b"  " * MAX_DEPTH
# Each digit a zero, all that may stand before a number a blank, everything else neither: so looks a
# long integer, or what seems to be one in a text.
_DIGITS_ALIKE = bytes(
    ord("0" if n in b"0123456789" else " " if n in b":[,- \t\n\r" else "x") for n in range(256)
)
_LONG_INTEGER = b" " + b"0" * len(str(MAX_SAFE_INTEGER))


def _is_beyond_doubt(value: Any, data: bytes, max_values: int) -> bool:
    """Whether what orjson read of some bytes is all that they say, and within the limits.

    Whatever is asked of every value is asked of bytes as a whole, because that costs a tenth. It
    may doubt without a reason, for what stands inside a text.
    """
    # Each value but the first has a comma or the beginning of an array or object before it.
    if len(data) >= 2 * max_values and (
        data.count(b",") + data.count(b"[") + data.count(b"{") >= max_values
    ):
        return False
    try:
        laid_out = orjson.dumps(value, option=orjson.OPT_INDENT_2)
        if _TOO_DEEP in laid_out:
            return False
        # Programs write without blanks. What would be written so, byte by byte, has no double
        # members and no numbers but those that were read; and none is too long.
        if orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER) == data:
            return True
    except TypeError:  # nested deeper than orjson writes, or an integer beyond 53 bits
        return False
    # orjson takes integers up to 64 bits as such, and makes larger ones floats.
    if _LONG_INTEGER in b" " + data.translate(_DIGITS_ALIKE):
        return False
    # orjson keeps the last of several members of one name. Each has a colon behind its name, and
    # only a colon in a text can be written with an escape, to make up for one that was dropped.
    return laid_out.count(b":") == data.count(b":") and b"\\u003" not in data


def _read_with_care(data: bytes, max_values: int) -> Any:
    text = _decode(data)
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object_without_duplicates,
            parse_int=_safe_integer,
            parse_float=_finite_number,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise MalformedInput(
            "not_json", f"not JSON: {error.msg} at line {error.lineno} column {error.colno}"
        ) from None
    _check_values(value, max_values)
    return value


def check_limits(value: JsonObject, data: bytes, *, beside: object) -> None:
    """Refuse what would be too large to be parsed again with a small object more in it.

    `data` is the value as `dump_json` writes it; the object holds sixteen texts of ours and
    `beside`. Raises `MalformedInput` too_large, too_many_nodes or too_deep.
    """
    length = len(data) + len(dump_json(beside))
    if length + _SPARE_BYTES > MAX_BYTES:
        raise MalformedInput(
            "too_large", f"with its proof the document would have more than {MAX_BYTES} bytes"
        )
    most = MAX_VALUES - _SPARE_VALUES
    if length >= 2 * most:
        _check_values([value, beside], most)
    if _TOO_DEEP[:-2] in orjson.dumps(value, option=orjson.OPT_INDENT_2):
        _check_depth(data.decode("utf-8"), MAX_DEPTH - 1)


_SPARE_BYTES = 4096
_SPARE_VALUES = 16


def parse_object(
    data: bytes, *, max_bytes: int = MAX_BYTES, max_values: int = MAX_VALUES
) -> JsonObject:
    """Parse as `parse_json` does, and require a JSON object."""
    value = parse_json(data, max_bytes=max_bytes, max_values=max_values)
    if not isinstance(value, dict):
        raise MalformedInput("not_json", "a JSON object is needed here")
    return value


def dump_json(value: Any) -> bytes:
    """Serialise compactly to UTF-8: the one way in which documents of ours become bytes."""
    return orjson.dumps(value)


def show_json(value: Any) -> str:
    """The value laid out for a person to read; never for signing."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode("utf-8")


def _decode(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise MalformedInput("not_utf8", "the text starts with a byte order mark; remove it")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedInput("not_utf8", f"byte {error.start} is not UTF-8") from None


def _check_depth(text: str, max_depth: int = MAX_DEPTH) -> None:
    """Refuse deep nesting before the recursive parser sees it."""
    depth = 0
    for character in _STRING.sub("", text):
        if character in "[{":
            depth += 1
            if depth > max_depth:
                raise MalformedInput("too_deep", f"nested more than {max_depth} levels deep")
        elif character in "]}":
            depth -= 1


def _check_values(value: Any, max_values: int) -> None:
    """Count every value and look at every text, without recursion."""
    waiting = [value]
    count = 0
    while waiting:
        item = waiting.pop()
        count += 1
        if count > max_values:
            raise MalformedInput("too_many_nodes", f"more than {max_values} values")
        if isinstance(item, dict):
            for key in item:
                _check_text(key)
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, str):
            _check_text(item)


def _check_text(text: str) -> None:
    if _LONE_SURROGATE.search(text):
        raise MalformedInput("bad_string", "a text holds half of a surrogate pair")


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> JsonObject:
    result = dict(pairs)
    if len(result) < len(pairs):
        ((double, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise MalformedInput("duplicate_key", f"the member {double[:80]!r} stands twice")
    return result


def _safe_integer(digits: str) -> int:
    # The length is looked at first: int() of thousands of digits is slow, and refused by Python.
    if len(digits) > 17 or abs(int(digits)) > MAX_SAFE_INTEGER:
        raise MalformedInput("bad_number", "an integer is beyond ±(2^53 − 1)")
    return int(digits)


def _finite_number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise MalformedInput("bad_number", "a number is too large to be represented")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedInput("bad_number", f"{name} is not a JSON number")
