"""An issuer's keys as the world sees them: DID document, JWK Set, bare JWK, and their addresses.

Controlled Identifiers 1.0 section 2.2 (verification methods, `expires`, `revoked`) and section 3.3
(JSON Web Key).
"""

from collections.abc import Iterable
from datetime import timedelta

from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject
from app.errors import NotFound
from app.keys.public_key import PublicKey
from app.registry.keys import REVOKED
from app.settings import Settings
from app.storage.tables import Issuer, Key

DID_DOCUMENT_CONTEXT = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
)

# A request that began just before a rotation may sign with the old key just after it, perhaps by
# the clock of another machine. The old key expires a little later, so that nothing is born dead.
RETIREMENT_GRACE = timedelta(minutes=5)


def verification_method_of(issuer: Issuer, key: Key) -> str:
    """The DID URL that proofs by this key carry."""
    return f"{issuer.did}#{key.fragment}"


def jwk_url(issuer_id: str, key: Key, settings: Settings) -> str:
    """Where the bare JWK of this key is served; the `kid` of VC-JWTs (open-badges-3.md 3.1)."""
    return _key_address(settings.public_url, issuer_id, key)


def did_document(issuer: Issuer, keys: Iterable[Key], public_url: str) -> JsonObject:
    """The issuer's DID document: every key ever used, the withdrawn ones marked.

    Retired keys carry `expires` and stay under `assertionMethod`, so that old signatures verify;
    revoked keys carry `revoked` and are left out of it. Relations are exact method ids.
    """
    listed = list(keys)
    return {
        "@context": list(DID_DOCUMENT_CONTEXT),
        "id": issuer.did,
        "verificationMethod": [_method(issuer, key, public_url) for key in listed],
        "assertionMethod": [
            verification_method_of(issuer, key) for key in listed if key.state != REVOKED
        ],
    }


def jwks(issuer: Issuer, keys: Iterable[Key], settings: Settings) -> JsonObject:
    """The issuer's keys as a JWK Set (RFC 7517 section 5); revoked ones are left out."""
    return {"keys": [bare_jwk(issuer, key, settings) for key in keys if key.state != REVOKED]}


def bare_jwk(issuer: Issuer, key: Key, settings: Settings) -> JsonObject:
    """One key as a plain JWK, `kid` being the address it is served at; raises NotFound if revoked.

    Verifiers of VC-JWT read the `kid` address and expect a bare JWK, not a set: a revoked key
    must not be found there.
    """
    if key.state == REVOKED:
        raise NotFound("not_found", "This key has been withdrawn as compromised.")
    public_key = PublicKey.from_multikey(key.public_key_multibase)
    return {**public_key.to_jwk(), "kid": jwk_url(issuer.id, key, settings)}


def _method(issuer: Issuer, key: Key, public_url: str) -> JsonObject:
    method: JsonObject = {
        "id": verification_method_of(issuer, key),
        "type": "Multikey" if key.key_type == "Ed25519" else "JsonWebKey",
        "controller": issuer.did,
    }
    if key.retired_at is not None:
        method["expires"] = format_datetime(key.retired_at + RETIREMENT_GRACE)
    if key.revoked_at is not None:
        method["revoked"] = format_datetime(key.revoked_at)
    if key.key_type == "Ed25519":
        method["publicKeyMultibase"] = key.public_key_multibase
    else:
        public_key = PublicKey.from_multikey(key.public_key_multibase)
        kid = _key_address(public_url, issuer.id, key)
        method["publicKeyJwk"] = {**public_key.to_jwk(), "kid": kid}
    return method


def _key_address(public_url: str, issuer_id: str, key: Key) -> str:
    return f"{public_url}/issuers/{issuer_id}/keys/{key.fragment}"
