"""Text forms of bytes: one spelling per value, and no work for texts that are too long."""

import base64
import os
import time

import pytest

from app.encoding.multibase import (
    decode_base58btc,
    decode_base64url,
    decode_multibase,
    encode_base58btc,
    encode_base64url,
)
from app.errors import CheckFailed

# The examples of draft-msporny-base58 section 5, and leading zeros.
BASE58 = [
    (b"", ""),
    (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
    (
        b"The quick brown fox jumps over the lazy dog.",
        "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
    ),
    (bytes.fromhex("0000287fb4cd"), "11233QC4"),
    (b"\0", "1"),
    (b"\0\0\0", "111"),
]


@pytest.mark.parametrize(("data", "text"), BASE58)
def test_base58btc_agrees_with_its_specification(data: bytes, text: str) -> None:
    assert encode_base58btc(data) == text
    assert decode_base58btc(text) == data


@pytest.mark.parametrize("length", [1, 31, 32, 33, 64])
def test_base58btc_comes_back(length: int) -> None:
    for data in [os.urandom(length), b"\0" * length, b"\xff" * length, b"\0" + os.urandom(length)]:
        assert decode_base58btc(encode_base58btc(data)) == data


@pytest.mark.parametrize("text", ["0", "O", "I", "l", "z ", " z", "a\n", "é", "１", "_", "="])
def test_a_character_outside_of_base58btc_is_refused(text: str) -> None:
    with pytest.raises(CheckFailed) as refusal:
        decode_base58btc(text)

    assert refusal.value.code == "bad_value"


def test_a_base58_text_is_measured_before_it_is_decoded() -> None:
    started = time.perf_counter()

    with pytest.raises(CheckFailed, match="at most 128"):
        decode_base58btc("z" * 5_000_000)

    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("length", range(8))
def test_base64url_comes_back_without_padding(length: int) -> None:
    data = os.urandom(length)
    text = encode_base64url(data)

    assert "=" not in text
    assert decode_base64url(text) == data
    assert base64.urlsafe_b64decode(text + "==") == data


BASE64URL_REFUSED = [
    ("padding", "YQ=="),
    ("standard alphabet plus", "+_8"),
    ("standard alphabet slash", "/_8"),
    ("space", "YW Jj"),
    ("line break", "YWJj\n"),
    ("impossible length", "Y"),
    ("impossible length", "YWJjZ"),
    ("stray bits", "YR"),
    ("stray bits", "YWJ"[:2] + "R"),
    ("full-width letter", "Ｙ"),
]


@pytest.mark.parametrize("text", [row[1] for row in BASE64URL_REFUSED])
def test_another_spelling_of_base64url_is_refused(text: str) -> None:
    with pytest.raises(CheckFailed) as refusal:
        decode_base64url(text)

    assert refusal.value.code == "bad_value"


def test_multibase_reads_both_headers() -> None:
    assert decode_multibase("z2NEpo7TZRRrLZSi2U") == b"Hello World!"
    assert decode_multibase("uSGVsbG8") == b"Hello"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "start with z or u"),
        ("f00", "start with z or u"),
        ("Z2", "start with z or u"),
        ("z0", "not of its own"),
        ("u=", "not of its own"),
        ("u" + "A" * 128, "at most 128"),
    ],
)
def test_another_multibase_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CheckFailed, match=reason):
        decode_multibase(text)


def test_a_caller_may_allow_longer_multibase_texts() -> None:
    assert decode_multibase("u" + "A" * 200, max_length=201) == bytes(150)
