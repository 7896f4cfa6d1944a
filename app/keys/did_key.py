"""did:key: the identifier is the key (did:key method, W3C CCG report, section 3)."""

from functools import lru_cache

from app.errors import CheckFailed
from app.keys.controlled_identifier import ControlledIdentifierDocument
from app.keys.public_key import PublicKey

_MAX_LENGTH = 128


def did_key_of(public_key: PublicKey) -> str:
    """The did:key of a public key."""
    return f"did:key:{public_key.to_multikey()}"


@lru_cache(maxsize=1024)
def resolve_did_key(did: str) -> ControlledIdentifierDocument:
    """The document that a did:key stands for; raises `CheckFailed` did_syntax or weak_key."""
    multikey = did.removeprefix("did:key:")
    if len(did) > _MAX_LENGTH:
        raise CheckFailed("did_syntax", "the did:key is too long")
    try:
        PublicKey.from_multikey(multikey)  # which has one spelling per key
    except CheckFailed as error:
        code = error.code if error.code == "weak_key" else "did_syntax"
        raise CheckFailed(code, f"the did:key cannot be used: {error.detail}") from None
    method = f"{did}#{multikey}"
    return ControlledIdentifierDocument.parse(
        {
            "id": did,
            "verificationMethod": [
                {
                    "id": method,
                    "type": "Multikey",
                    "controller": did,
                    "publicKeyMultibase": multikey,
                }
            ],
            "assertionMethod": [method],
            "authentication": [method],
        },
        did,
    )
