"""The genuine inputs, of every kind that the verifier reads."""

import base64
import hashlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.forgeries.scene import (
    ACCREDITED,
    AGENCY_KEY,
    KEY,
    METHOD,
    OB,
    P256_KEY,
    RETIRED_KEY,
    RSA_KEY,
    RSA_URL,
    SUSPENSIONS,
    UNIVERSITY,
    V1,
    V2,
    Scene,
    badge,
    changed,
    claims_of,
    genuine,
    method,
    status_entry,
    token,
)
from tests.forgeries.signing import (
    Json,
    add_proof,
    base58,
    base64url,
    compact_json,
    jws,
    naive_canonical_form,
)


@dataclass(frozen=True)
class Control:
    """One genuine input."""

    name: str
    make: Callable[[Scene], bytes | str | Json]


CONTROLS: dict[str, Control] = {}


def control(make: Callable[[Scene], bytes | str | Json]) -> Callable[[Scene], Any]:
    CONTROLS[make.__name__] = Control(make.__name__, make)
    return make


@control
def data_integrity_rdfc(_: Scene) -> Json:
    return genuine()


@control
def data_integrity_jcs(_: Scene) -> Json:
    return add_proof(badge(), KEY, METHOD, cryptosuite="eddsa-jcs-2022")


@control
def jwt_es256_with_the_address_of_its_key(_: Scene) -> str:
    return token()


@control
def jwt_rs256(_: Scene) -> str:
    document = badge()
    header = {"alg": "RS256", "typ": "JWT", "kid": RSA_URL}
    return jws(header, {**document, **claims_of(document)}, RSA_KEY)


@control
def jwt_eddsa_with_a_did_url(_: Scene) -> str:
    document = badge()
    header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": METHOD}
    return jws(header, {**document, **claims_of(document)}, KEY)


@control
def jwt_with_the_issuers_own_key_in_its_header(_: Scene) -> str:
    return token(header={"alg": "ES256", "typ": "JWT", "jwk": P256_KEY.jwk})


@control
def png_with_json(_: Scene) -> bytes:
    return baked_png(text_chunk(compact_json(genuine())))


@control
def png_with_a_jwt(_: Scene) -> bytes:
    return baked_png(text_chunk(token().encode()))


@control
def svg_with_json(_: Scene) -> str:
    return baked_svg(
        f"<ob:credential><![CDATA[{compact_json(genuine()).decode()}]]></ob:credential>"
    )


@control
def svg_with_a_jwt(_: Scene) -> str:
    return baked_svg(f'<ob:credential verify="{token()}"></ob:credential>')


@control
def vcdm_1_1_twin(_: Scene) -> Json:
    return add_proof(vcdm_1_1_badge(), KEY, METHOD)


@control
def vcdm_1_1_jwt(_: Scene) -> str:
    document = vcdm_1_1_badge()
    header = {"alg": "EdDSA", "typ": "JWT", "kid": METHOD}
    return jws(header, {**claims_of(document), "vc": document}, KEY)


@control
def issuer_did_key(_: Scene) -> Json:
    did = KEY.did_key
    return add_proof(badge(issuer=issuer(did), credentialStatus=None), KEY, method(did, KEY))


@control
def issuer_did_jwk(_: Scene) -> Json:
    did = f"did:jwk:{base64url(compact_json(KEY.jwk))}"
    return add_proof(badge(issuer=issuer(did), credentialStatus=None), KEY, f"{did}#0")


@control
def issuer_with_an_https_identifier(scene: Scene) -> Json:
    identifier = "https://university.example/issuer"
    key = {
        "id": f"{identifier}#key",
        "type": "Multikey",
        "controller": identifier,
        "publicKeyMultibase": KEY.multibase,
    }
    scene.documents[identifier] = {
        "@context": "https://www.w3.org/ns/cid/v1",
        "id": identifier,
        "assertionMethod": [key],
    }
    document = badge(issuer=issuer(identifier), credentialStatus=None)
    return add_proof(document, KEY, f"{identifier}#key")


@control
def without_a_status(_: Scene) -> Json:
    return genuine(credentialStatus=None)


@control
def proof_without_a_date(_: Scene) -> Json:
    return add_proof(badge(), KEY, METHOD, created=None)


@control
def signed_before_the_key_was_retired(_: Scene) -> Json:
    retired = method(UNIVERSITY, RETIRED_KEY)
    return add_proof(badge(), RETIRED_KEY, retired, created="2026-01-31T23:59:59Z")


@control
def two_proofs_by_two_cryptosuites(_: Scene) -> Json:
    return add_proof(genuine(), KEY, METHOD, cryptosuite="eddsa-jcs-2022")


@control
def proof_chain(_: Scene) -> Json:
    return chained()


@control
def endorsed_by_two(_: Scene) -> Json:
    document = badge()
    document["endorsement"] = [
        endorsement(document["id"]),
        endorsement(document["id"], "We endorse it too.", id="urn:uuid:" + _UUID.format(8)),
    ]
    return add_proof(document, KEY, METHOD)


@control
def endorsed_by_a_token(_: Scene) -> Json:
    document = badge()
    document["issuer"]["endorsementJwt"] = [endorsement_token(UNIVERSITY)]
    return add_proof(document, KEY, METHOD)


# --- parts that forgeries use too ---------------------------------------------------------------


_UUID = "3c0e1d5e-37a4-4e0e-9b53-0d2c1f3a4b0{}"


def issuer(did: str, **members: Any) -> Json:
    return {"id": did, "type": ["Profile"], "name": "University of Inverbrae", **members}


def vcdm_1_1_badge() -> Json:
    document = badge(validFrom=None, validUntil=None)
    document["@context"] = [V1, OB, "https://w3id.org/security/data-integrity/v2"]
    document["issuanceDate"] = "2026-02-27T09:00:00Z"
    del document["credentialStatus"]
    return document


def chained(**second: Any) -> Json:
    """Two proofs, the second also over the first."""
    document = add_proof(badge(), KEY, METHOD, id="urn:uuid:" + _UUID.format(1))
    first = document["proof"]
    previous = {"previousProof": "urn:uuid:" + _UUID.format(1), **second}
    unsecured = {name: member for name, member in document.items() if name != "proof"}
    return {**unsecured, "proof": [first, _proof_over_proofs(unsecured, first, previous)]}


def _proof_over_proofs(unsecured: Json, first: Json, members: Json) -> Json:
    """Data Integrity 1.0 section 4.3: the earlier proofs belong to what is signed."""
    configuration = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-03-01T10:00:00Z",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
        **members,
    }
    parts = (
        {**configuration, "@context": unsecured["@context"]},
        {**unsecured, "proof": [first]},
    )
    data = b"".join(hashlib.sha256(naive_canonical_form(part)).digest() for part in parts)
    return {**configuration, "proofValue": "z" + base58(KEY.sign(data))}


def unsigned_endorsement(endorsed: str, comment: str = "We endorse it.", **members: Any) -> Json:
    document: Json = {
        "@context": [V2, OB],
        "id": "urn:uuid:" + _UUID.format(9),
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement",
        "issuer": {"id": ACCREDITED, "type": ["Profile"], "name": "Accreditation Agency"},
        "validFrom": "2026-02-01T00:00:00Z",
        "credentialSubject": {
            "id": endorsed,
            "type": ["EndorsementSubject"],
            "endorsementComment": comment,
        },
    }
    return changed(document, **members)


def endorsement(endorsed: str, comment: str = "We endorse it.", **members: Any) -> Json:
    document = unsigned_endorsement(endorsed, comment, **members)
    return add_proof(document, AGENCY_KEY, method(ACCREDITED, AGENCY_KEY))


def endorsement_token(endorsed: str, document: Json | None = None) -> str:
    document = unsigned_endorsement(endorsed) if document is None else document
    header = {"alg": "EdDSA", "typ": "JWT", "kid": method(ACCREDITED, AGENCY_KEY)}
    return jws(header, {**document, **claims_of(document)}, AGENCY_KEY)


def with_two_statuses() -> Json:
    """Two entries; OB 3.0 allows one only, VCDM several."""
    return badge(credentialStatus=[status_entry(), status_entry(SUSPENSIONS, "suspension")])


def chunk(kind: bytes, data: bytes, *, crc: int | None = None) -> bytes:
    checksum = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def text_chunk(text: bytes, keyword: bytes = b"openbadgecredential") -> bytes:
    return chunk(b"iTXt", keyword + b"\0\0\0\0\0" + text)


PNG_END = chunk(b"IEND", b"")


def png_start(width: int = 1, height: int = 1) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)


def baked_png(*chunks: bytes) -> bytes:
    return png_start() + chunk(b"IDAT", zlib.compress(b"\0\0")) + b"".join(chunks) + PNG_END


def baked_svg(inside: str, prolog: str = "") -> str:
    return (
        f'{prolog}<svg xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:ob="https://purl.imsglobal.org/ob/v3p0" width="9" height="9">{inside}</svg>'
    )


def data_url_of(text: str) -> str:
    return "data:application/vc+jwt," + text


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


VC_ENVELOPE: Json = {"@context": V2, "type": "EnvelopedVerifiableCredential"}
