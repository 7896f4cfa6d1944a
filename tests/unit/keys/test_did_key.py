"""did:key: the identifier is the key, in one spelling."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from app.encoding.multibase import encode_base58btc
from app.errors import CheckFailed
from app.keys.did_key import did_key_of, resolve_did_key
from app.keys.public_key import PublicKey

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ED25519 = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
P256 = "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP"


@pytest.mark.parametrize("multikey", [ED25519, P256])
@pytest.mark.parametrize("purpose", ["assertionMethod", "authentication"])
def test_a_did_key_has_one_method_for_both_purposes(multikey: str, purpose: str) -> None:
    did = f"did:key:{multikey}"

    method = resolve_did_key(did).method_for(f"{did}#{multikey}", at=NOW, purpose=purpose)

    assert method.controller == did
    assert did_key_of(method.public_key()) == did


def test_a_key_has_one_did() -> None:
    for _ in range(50):
        for key in (
            PublicKey("Ed25519", ed25519.Ed25519PrivateKey.generate().public_key()),
            PublicKey("P-256", ec.generate_private_key(ec.SECP256R1()).public_key()),
        ):
            did = did_key_of(key)
            multikey = did.removeprefix("did:key:")
            read = resolve_did_key(did).method_for(f"{did}#{multikey}", at=NOW).public_key()
            assert did_key_of(read) == did


def _z(header: str, raw: bytes) -> str:
    return "did:key:z" + encode_base58btc(bytes.fromhex(header) + raw)


REFUSED = [
    ("nothing", "did:key:", "did_syntax"),
    ("no z", f"did:key:{ED25519[1:]}", "did_syntax"),
    ("base64url", "did:key:u7QEuJ9uuVCGM7ktgRWCRlWn1KLVdzkeZ0q6eZ_wnZ_FcWg", "did_syntax"),
    ("trailing space", f"did:key:{ED25519} ", "did_syntax"),
    ("leading one", f"did:key:z1{ED25519[1:]}", "did_syntax"),
    ("with its fragment", f"did:key:{ED25519}#{ED25519}", "did_syntax"),
    ("version 1.1", f"did:key:1.1:{ED25519}", "did_syntax"),
    ("31 bytes", _z("ed01", b"\x07" * 31), "did_syntax"),
    ("overlong codec", _z("ed8100", b"\x07" * 32), "did_syntax"),
    ("X25519", _z("ec01", b"\x07" * 32), "did_syntax"),
    ("secp256k1", _z("e701", b"\x02" * 33), "did_syntax"),
    ("a private key", _z("8026", b"\x07" * 32), "did_syntax"),
    ("uncompressed", _z("8024", b"\x04" + b"\x07" * 32), "did_syntax"),
    ("small order", _z("ed01", b"\x01" + bytes(31)), "weak_key"),
    ("too long", "did:key:z" + "6" * 120, "did_syntax"),
    ("very long", "did:key:z" + "6" * 100_000, "did_syntax"),
]


@pytest.mark.parametrize(("did", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_another_spelling_or_kind_is_refused(did: str, code: str) -> None:
    with pytest.raises(CheckFailed) as refusal:
        resolve_did_key(did)

    assert refusal.value.code == code
