"""Multikey text: three kinds of key, each in exactly one form."""

import pytest

from app.encoding.multibase import encode_base58btc
from app.encoding.multikey import KeyType, decode_multikey, encode_multikey
from app.errors import CheckFailed

# From Controlled Identifiers 1.0, the did:key report and vc-di-ecdsa.
PUBLISHED: list[tuple[KeyType, int, str]] = [
    ("Ed25519", 32, "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"),
    ("P-256", 33, "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP"),
    (
        "P-384",
        49,
        "z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ",
    ),
]


@pytest.mark.parametrize(("key_type", "length", "text"), PUBLISHED)
def test_a_published_multikey_comes_back(key_type: KeyType, length: int, text: str) -> None:
    read_type, raw = decode_multikey(text)

    assert (read_type, len(raw)) == (key_type, length)
    assert encode_multikey(key_type, raw) == text


def _z(header: str, length: int) -> str:
    return "z" + encode_base58btc(bytes.fromhex(header) + b"\x02" * length)


REFUSED: list[tuple[str, object]] = [
    ("no text", None),
    ("a number", 6),
    ("empty", ""),
    ("no header letter", "6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"),
    ("base64url", "u7QHr"),
    ("trailing space", "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK "),
    ("header alone", _z("ed01", 0)),
    ("header cut off", _z("ed", 32)),
    ("header reversed", _z("01ed", 32)),
    ("overlong varint", _z("ed8100", 32)),
    ("31 bytes", _z("ed01", 31)),
    ("33 bytes", _z("ed01", 33)),
    ("P-256 of 32 bytes", _z("8024", 32)),
    ("P-256 uncompressed", _z("8024", 65)),
    ("P-256 private", _z("8626", 32)),
    ("Ed25519 private", _z("8026", 32)),
    ("X25519", _z("ec01", 32)),
    ("secp256k1", _z("e701", 33)),
    ("leading zero", "z1" + encode_base58btc(b"\xed\x01" + b"\x02" * 32)),
    ("a hundred thousand characters", "z" * 100_000),
]


@pytest.mark.parametrize("text", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_another_form_of_key_is_refused(text: object) -> None:
    with pytest.raises(CheckFailed) as refusal:
        decode_multikey(text)

    assert refusal.value.code == "bad_key"
