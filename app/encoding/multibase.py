"""Text forms of bytes: base58btc, base64url without padding, and Multibase headers.

Controlled Identifiers 1.0 section 2.4. Decoding is strict: one text per value, lengths capped
*before* any work, because base58 costs the square of its length.
"""

import base64
import binascii
import re

from app.errors import CheckFailed

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# Two digits at a time: numbers of this length are long, and each step goes through all of them.
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]
_PAIR_VALUES = {pair: value for value, pair in enumerate(_PAIRS)}
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)

MAX_LENGTH = 128


def encode_base58btc(data: bytes) -> str:
    """The base58btc text of some bytes, without a Multibase header."""
    number = int.from_bytes(data, "big")
    pairs = []
    while number:
        number, value = divmod(number, 58 * 58)
        pairs.append(_PAIRS[value])
    digits = "".join(reversed(pairs)).lstrip("1")
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + digits


def decode_base58btc(text: str, *, max_length: int = MAX_LENGTH) -> bytes:
    """The bytes of a base58btc text without header; raises `CheckFailed` bad_value."""
    if len(text) > max_length:
        raise CheckFailed("bad_value", f"a base58 text may have at most {max_length} characters")
    digits = text if len(text) % 2 == 0 else "1" + text
    number = 0
    try:
        for n in range(0, len(digits), 2):
            number = number * (58 * 58) + _PAIR_VALUES[digits[n : n + 2]]
    except KeyError:
        raise CheckFailed(
            "bad_value", "a base58 text has a character that is not of its own"
        ) from None
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode_base64url(data: bytes) -> str:
    """The unpadded base64url text of some bytes (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def decode_base64url(text: str) -> bytes:
    """The bytes of an unpadded base64url text; only its one canonical spelling is accepted.

    Raises `CheckFailed` bad_value.
    """
    if not _BASE64URL.fullmatch(text):
        raise CheckFailed("bad_value", "a base64url text has a character that is not of its own")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise CheckFailed("bad_value", "a base64url text has an impossible length") from None
    if encode_base64url(data) != text:
        raise CheckFailed("bad_value", "a base64url text has stray bits at its end")
    return data


def decode_multibase(text: str, *, max_length: int = MAX_LENGTH) -> bytes:
    """The bytes of a Multibase text with header `z` (base58btc) or `u` (base64url).

    Raises `CheckFailed` bad_value.
    """
    if len(text) > max_length:
        raise CheckFailed("bad_value", f"a Multibase text may have at most {max_length} characters")
    header, rest = text[:1], text[1:]
    if header == "z":
        return decode_base58btc(rest, max_length=max_length)
    if header == "u":
        return decode_base64url(rest)
    raise CheckFailed("bad_value", "a Multibase text must start with z or u")
