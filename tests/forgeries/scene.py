"""The scene of every forgery: a university, its keys, its papers on the web, and a forger.

Each `Scene` is made afresh, so that a forgery may tear at it. What stands on the web is a plain
mapping from URL to document, as `signet verify --documents` takes it.
"""

import copy
import gzip
import zlib
from datetime import UTC, datetime
from typing import Any

from tests.forgeries.signing import Json, Key, add_proof, base64url, jws

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

UNIVERSITY = "did:web:university.example"
UNIVERSITY_URL = "https://university.example/.well-known/did.json"
FORGER = "did:web:forger.example"
FORGER_URL = "https://forger.example/.well-known/did.json"

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"

BADGE = "https://university.example/credentials/6AeLqTgIBE2nVb0cDq1u3w"
LIST = "https://university.example/status/Yt5bQ2nVx8LcR0aWk7ZsHg"
SUSPENSIONS = "https://university.example/status/m3KdPq7xTn0vB2cYw9RzLA"
INDEX = 94567
LEARNER = "urn:uuid:6a4f6a0e-6c3b-4a55-9d0e-0f6c0a1f4b11"
ACCREDITED = "did:web:accreditation.example"
ACCREDITED_URL = "https://accreditation.example/.well-known/did.json"

# The university's keys. One signs credentials, one status lists; one was retired, one stolen.
KEY = Key("university")
STATUS_KEY = Key("university, status")
RETIRED_KEY = Key("university, retired on 2026-02-01")
STOLEN_KEY = Key("university, stolen and revoked on 2026-02-01")
LOGIN_KEY = Key("university, for authentication only")
P256_KEY = Key("university", "P-256")
P384_KEY = Key("university", "P-384")
RSA_KEY = Key("university", "RSA")
FORGERS_KEY = Key("forger")
AGENCY_KEY = Key("accreditation agency")


def method(did: str, key: Key) -> str:
    """The DID URL of a key: its fragment is its multibase, as it is with ours."""
    return f"{did}#{key.multibase}"


METHOD = method(UNIVERSITY, KEY)
JWK_URL = "https://university.example/keys/p256"
RSA_URL = "https://university.example/keys/rsa"


def multikey_method(did: str, key: Key, **members: Any) -> Json:
    return {
        "id": method(did, key),
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": key.multibase,
        **members,
    }


def _jwk_method(key: Key, fragment: str, kid: str) -> Json:
    return {
        "id": f"{UNIVERSITY}#{fragment}",
        "type": "JsonWebKey",
        "controller": UNIVERSITY,
        "publicKeyJwk": {**key.jwk, "kid": kid},
    }


def did_document(did: str, *methods: Json, assertion: list[Any] | None = None) -> Json:
    ids = [entry["id"] for entry in methods]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": list(methods),
        "assertionMethod": ids if assertion is None else assertion,
    }


def _university_document() -> Json:
    retired = multikey_method(UNIVERSITY, RETIRED_KEY, expires="2026-02-01T00:00:00Z")
    stolen = multikey_method(UNIVERSITY, STOLEN_KEY, revoked="2026-02-01T00:00:00Z")
    login = multikey_method(UNIVERSITY, LOGIN_KEY)
    asserting = [
        multikey_method(UNIVERSITY, KEY),
        multikey_method(UNIVERSITY, STATUS_KEY),
        _jwk_method(P256_KEY, "p256", JWK_URL),
        _jwk_method(P384_KEY, "p384", "https://university.example/keys/p384"),
        _jwk_method(RSA_KEY, "rsa", RSA_URL),
        retired,
        stolen,
    ]
    document = did_document(UNIVERSITY, *asserting, login)
    document["assertionMethod"] = [entry["id"] for entry in asserting]
    document["authentication"] = [login["id"]]
    return document


def badge(**members: Any) -> Json:
    """The unsecured badge; None leaves a member out."""
    document: Json = {
        "@context": [V2, OB],
        "id": BADGE,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Data Ethics in Practice",
        "issuer": {
            "id": UNIVERSITY,
            "type": ["Profile"],
            "name": "University of Inverbrae",
            "url": "https://university.example",
        },
        "validFrom": "2026-02-27T09:00:00Z",
        "validUntil": "2031-02-27T09:00:00Z",
        "credentialSubject": {
            "id": LEARNER,
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://university.example/achievements/kX2b9QmT0aLr5VnYc7Wd3g",
                "type": ["Achievement"],
                "name": "Data Ethics in Practice",
                "description": "Recognises ethical risks in the use of data, and acts on them.",
                "criteria": {"narrative": "Passes a **written examination**."},
                "alignment": [
                    {
                        "type": ["Alignment"],
                        "targetName": "SCQF level 9",
                        "targetUrl": "https://scqf.example/levels/9",
                    },
                    {
                        "type": ["Alignment"],
                        "targetName": "process data ethically",
                        "targetUrl": "https://skills.example/skill/9f8e2c1a",
                    },
                ],
                "creditsAvailable": 10.5,
                "resultDescription": [
                    {
                        "id": "urn:uuid:0b8d0f3c-7a35-4b9e-8c57-1f1f5a3d9e01",
                        "type": ["ResultDescription"],
                        "name": "Written examination",
                        "resultType": "Status",
                    }
                ],
                "tag": ["ethics", "data protection"],
            },
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": "sha256$" + "5f" * 32,
                    "identityType": "emailAddress",
                    "salt": "Zq3mJ8vXw0tRkP5uLs7YbA",
                }
            ],
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": "urn:uuid:0b8d0f3c-7a35-4b9e-8c57-1f1f5a3d9e01",
                    "status": "Failed",
                }
            ],
        },
        "credentialStatus": status_entry(),
    }
    return changed(document, **members)


def changed(document: Json, **members: Any) -> Json:
    merged = {**document, **members}
    return {name: member for name, member in merged.items() if member is not None}


def status_entry(url: str = LIST, purpose: str = "revocation", **members: Any) -> Json:
    entry = {
        "id": f"{url}#{INDEX}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(INDEX),
        "statusListCredential": url,
    }
    return changed(entry, **members)


def encoded_list(*revoked: int, length: int = 131_072) -> str:
    bits = bytearray(length // 8)
    for index in revoked:
        bits[index // 8] |= 0x80 >> index % 8
    return "u" + base64url(gzip.compress(bytes(bits), mtime=0))


def status_list(
    url: str = LIST, purpose: Any = "revocation", *, encoded: str | None = None, **members: Any
) -> Json:
    """The unsecured status list credential, nothing revoked."""
    document: Json = {
        "@context": [V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": UNIVERSITY,
        "validFrom": "2026-02-28T00:00:00Z",
        "validUntil": "2026-03-08T00:00:00Z",
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded_list() if encoded is None else encoded,
        },
    }
    return changed(document, **members)


def signed_list(document: Json) -> Json:
    return add_proof(document, STATUS_KEY, method(UNIVERSITY, STATUS_KEY))


def claims_of(document: Json) -> Json:
    """The JWT claims that repeat a credential (OB 3.0 section 9.2)."""
    issued = datetime.fromisoformat(document.get("validFrom") or document["issuanceDate"])
    claims: Json = {
        "iss": document["issuer"]["id"],
        "jti": document["id"],
        "nbf": int(issued.timestamp()),
        "sub": document["credentialSubject"]["id"],
    }
    if "validUntil" in document:
        claims["exp"] = int(datetime.fromisoformat(document["validUntil"]).timestamp())
    return claims


HEADER: Json = {"alg": "ES256", "typ": "JWT", "kid": JWK_URL}


def token(document: Json | None = None, *, header: Json | None = None, **claims: Any) -> str:
    """A VC-JWT signed by the university's P-256 key; None leaves a claim out."""
    document = badge() if document is None else document
    payload = {**document, **changed(claims_of(document), **claims)}
    return jws(HEADER if header is None else header, payload, P256_KEY)


class Scene:
    """The web as it is, and the genuine badge; both may be tampered with."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {
            UNIVERSITY_URL: _university_document(),
            FORGER_URL: did_document(FORGER, multikey_method(FORGER, FORGERS_KEY)),
            ACCREDITED_URL: did_document(ACCREDITED, multikey_method(ACCREDITED, AGENCY_KEY)),
            **_PUBLISHED_LISTS,
        }
        self.documents = copy.deepcopy(self.documents)

    @property
    def university(self) -> Json:
        """The university's DID document."""
        document: Json = self.documents[UNIVERSITY_URL]
        return document

    def revoke(self) -> None:
        """The university revokes the badge."""
        self.documents[LIST] = _REVOKED_LIST


def genuine(**members: Any) -> Json:
    """The badge as the university signs it."""
    return add_proof(badge(**members), KEY, METHOD)


def deflated_zeros(length: int) -> bytes:
    """Many zeros in few bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(bytes(length)) + packer.flush()


_PUBLISHED_LISTS = {
    LIST: signed_list(status_list()),
    SUSPENSIONS: signed_list(status_list(SUSPENSIONS, "suspension")),
}
_REVOKED_LIST = signed_list(status_list(encoded=encoded_list(INDEX)))
