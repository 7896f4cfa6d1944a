"""did:jwk: the identifier is a base64url JWK (did:jwk method specification)."""

from app.encoding.multibase import decode_base64url
from app.encoding.strict_json import parse_object
from app.errors import CheckFailed, MalformedInput
from app.keys.controlled_identifier import ControlledIdentifierDocument
from app.keys.public_key import PublicKey

_MAX_LENGTH = 2048  # an RSA key of 4096 bits needs some 1100


def resolve_did_jwk(did: str) -> ControlledIdentifierDocument:
    """The document that a did:jwk stands for.

    Raises `CheckFailed` did_syntax, bad_key or weak_key.
    """
    if len(did) > _MAX_LENGTH:
        raise CheckFailed("did_syntax", "the did:jwk is too long")
    try:
        jwk = parse_object(decode_base64url(did.removeprefix("did:jwk:")))
    except (CheckFailed, MalformedInput) as error:
        raise CheckFailed("did_syntax", f"the did:jwk cannot be read: {error.detail}") from None
    PublicKey.from_jwk(jwk)
    method = f"{did}#0"
    return ControlledIdentifierDocument.parse(
        {
            "id": did,
            "verificationMethod": [
                {"id": method, "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk}
            ],
            "assertionMethod": [method],
            "authentication": [method],
        },
        did,
    )
