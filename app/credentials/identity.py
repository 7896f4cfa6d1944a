"""Who a credential is about, when they have no identifier of their own: OB 3.0 IdentityObject.

The salted hash is a pseudonym, not a secret: whoever knows the credential can try addresses.
E-mail addresses are trimmed and lower-cased before they are hashed: OB 3.0 leaves letter case open,
and people do not know how theirs was written down. When matching, the address as given is tried
too.
"""

import hashlib
import hmac
from typing import Any

from app.credentials.rules import objects
from app.encoding.strict_json import JsonObject

_SHORTEST_SALT = 16  # bytes

# The algorithms of OB 3.0 IdentityHash. MD5 is only ever read, from credentials of others.
_ALGORITHMS = ("sha256", "md5")


def normalise_identifier(identifier: str, identity_type: str) -> str:
    """The spelling that is hashed: trimmed, and an e-mail address in lower case."""
    trimmed = identifier.strip()
    return trimmed.lower() if identity_type == "emailAddress" else trimmed


def hash_identity(identifier: str, identity_type: str, salt: str) -> JsonObject:
    """An IdentityObject that hides `identifier`: SHA-256 over identifier and salt, appended.

    `salt` is random text of at least 16 bytes, fresh for each credential; OB 3.0 section B.6.
    """
    if len(salt.encode()) < _SHORTEST_SALT:
        raise ValueError("a salt needs at least 16 random bytes")
    spelled = normalise_identifier(identifier, identity_type)
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": "sha256$" + _hex_digest("sha256", spelled, salt),
        "identityType": identity_type,
        "salt": salt,
    }


def plain_identity(identifier: str, identity_type: str) -> JsonObject:
    """An IdentityObject in the clear, such as the recipient's name."""
    return {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": normalise_identifier(identifier, identity_type),
        "identityType": identity_type,
    }


def recipient_matches(subject: JsonObject, identity_type: str, identifier: str) -> bool:
    """Whether `subject` was identified by `identifier` (OB 3.0 section 9, recipient check).

    Compares in constant time; an IdentityObject that cannot be read does not match.
    """
    spellings = {identifier.strip(), normalise_identifier(identifier, identity_type)}
    matched = False
    for identity in objects(subject.get("identifier")):
        if identity.get("identityType") == identity_type:
            for spelled in spellings:
                matched |= _same_identity(identity, spelled)
    return matched


def _same_identity(identity: JsonObject, spelled: str) -> bool:
    expected: Any = identity.get("identityHash")
    if not isinstance(expected, str):
        return False
    if identity.get("hashed") is not True:
        return hmac.compare_digest(expected.encode(), spelled.encode())
    algorithm, _, digest = expected.partition("$")
    salt = identity.get("salt", "")
    if algorithm not in _ALGORITHMS or not isinstance(salt, str):
        return False
    computed = _hex_digest(algorithm, spelled, salt)
    return hmac.compare_digest(digest.lower().encode(), computed.encode())


def _hex_digest(algorithm: str, spelled: str, salt: str) -> str:
    return hashlib.new(algorithm, (spelled + salt).encode(), usedforsecurity=False).hexdigest()
