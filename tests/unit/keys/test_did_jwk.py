"""did:jwk: the identifier is a JWK."""

from datetime import UTC, datetime

import pytest

from app.encoding.multibase import encode_base64url
from app.errors import CheckFailed
from app.keys.did_jwk import resolve_did_jwk

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
# The P-256 example of the method's specification.
PUBLISHED = (
    "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6"
    "OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
)


@pytest.mark.parametrize("purpose", ["assertionMethod", "authentication"])
def test_the_published_example_has_one_method_called_0(purpose: str) -> None:
    method = resolve_did_jwk(PUBLISHED).method_for(f"{PUBLISHED}#0", at=NOW, purpose=purpose)

    assert method.public_key().key_type == "P-256"
    assert method.controller == PUBLISHED


def _did(jwk: bytes) -> str:
    return "did:jwk:" + encode_base64url(jwk)


REFUSED = [
    ("nothing", "did:jwk:", "did_syntax"),
    ("not base64url", "did:jwk:{}", "did_syntax"),
    ("with its fragment", PUBLISHED + "#0", "did_syntax"),
    ("not JSON", _did(b"abc"), "did_syntax"),
    ("not an object", _did(b"[]"), "did_syntax"),
    ("a member twice", _did(b'{"kty":"OKP","kty":"OKP"}'), "did_syntax"),
    ("no key", _did(b"{}"), "bad_key"),
    ("a private key", _did(b'{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}'), "bad_key"),
    ("small order", _did(b'{"kty":"OKP","crv":"Ed25519","x":"%s"}' % (b"A" * 43)), "weak_key"),
    ("too long", "did:jwk:" + "A" * 2048, "did_syntax"),
]


@pytest.mark.parametrize(("did", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_what_is_no_public_jwk_is_refused(did: str, code: str) -> None:
    with pytest.raises(CheckFailed) as refusal:
        resolve_did_jwk(did)

    assert refusal.value.code == code
