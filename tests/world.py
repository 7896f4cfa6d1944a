"""A small world to verify in: parties with real keys, their documents, their status lists.

Everything is handed over; nothing is fetched. The keys are made from names, so that two runs see
the same signatures.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from app.encoding.dates import format_datetime
from app.encoding.multibase import encode_base58btc, encode_base64url
from app.encoding.strict_json import JsonObject, dump_json
from app.errors import CheckUndecided
from app.fetch.documents import fetch_from_documents
from app.jsonld.contexts import ContextBundle, load_contexts
from app.jsonld.safe_mode import canonicalize
from app.keys.did_web import did_web_urls
from app.keys.file_store import FileSigner
from app.keys.resolution import make_resolver
from app.keys.signer import Signer
from app.proofs.checked import UnsecuredDocument, check_document, read_unsecured
from app.proofs.data_integrity import CRYPTOSUITES, add_proof
from app.proofs.profiles import OPEN_BADGE, VC, Profile
from app.proofs.vc_jose import sign_jwt
from app.status.bitstring import build_status_list_credential, empty_bits, set_bit
from app.verification.authenticity import World
from app.verification.result import Outcome, VerificationResult
from tests.builders import ISSUER_DID, NOW, a_credential, a_plain_credential, a_status_entry

CONTEXTS: ContextBundle = load_contexts(Path(__file__).parents[1] / "contexts")
LIST_URL = str(a_status_entry()["statusListCredential"])
LIST_INDEX = int(a_status_entry()["statusListIndex"])
LATER = NOW + timedelta(days=30)
"""A time at which the builders' credential is valid."""


@dataclass(frozen=True)
class Party:
    """Somebody with a DID, an Ed25519 key for proofs and a P-256 key for tokens."""

    did: str
    signer: Signer
    token_signer: Signer
    kid: str
    documents: Mapping[str, JsonObject]

    @property
    def did_document(self) -> JsonObject:
        """The one document of a did:web party."""
        (document,) = self.documents.values()
        return document


def _ed25519(name: str) -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def _p256(name: str) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(hashlib.sha256(name.encode()).digest(), "big") >> 1
    return ec.derive_private_key(number, ec.SECP256R1())


def a_web_party(did: str = ISSUER_DID) -> Party:
    """A party whose DID document stands at a web address, in the form that we publish."""
    ed_key = FileSigner(_ed25519(did), "").public_key.to_multikey()
    ec_key = FileSigner(_p256(did), "").public_key
    ed_method, ec_method = f"{did}#{ed_key}", f"{did}#{ec_key.to_multikey()}"
    kid = did_web_urls(did)[0].replace("did.json", f"keys/{ec_key.to_multikey()}")
    document = {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/jwk/v1",
        ],
        "id": did,
        "verificationMethod": [
            {
                "id": ed_method,
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": ed_key,
            },
            {
                "id": ec_method,
                "type": "JsonWebKey",
                "controller": did,
                "publicKeyJwk": {**ec_key.to_jwk(), "kid": kid},
            },
        ],
        "assertionMethod": [ed_method, ec_method],
        "authentication": [ed_method, ec_method],
    }
    return Party(
        did,
        FileSigner(_ed25519(did), ed_method),
        FileSigner(_p256(did), ec_method),
        kid,
        {did_web_urls(did)[0]: document},
    )


def a_key_party(name: str = "somebody") -> Party:
    """A party that is its Ed25519 key."""
    multikey = FileSigner(_ed25519(name), "").public_key.to_multikey()
    did = f"did:key:{multikey}"
    method = f"{did}#{multikey}"
    signer = FileSigner(_ed25519(name), method)
    return Party(did, signer, signer, method, {})


def secured(
    document: JsonObject,
    signer: Signer,
    *,
    profile: Profile = OPEN_BADGE,
    cryptosuite: str = "eddsa-rdfc-2022",
    created: datetime = NOW,
) -> JsonObject:
    """A document, checked by a profile and signed."""
    checked = check_document(document, profile=profile, contexts=CONTEXTS)
    return add_proof(checked, signer, cryptosuite=cryptosuite, created=created)


def a_token(document: JsonObject, party: Party, *, profile: Profile = OPEN_BADGE) -> str:
    """A document as a VC-JWT."""
    checked = check_document(document, profile=profile, contexts=CONTEXTS)
    return sign_jwt(checked, party.token_signer, kid=party.kid)


def a_badge(party: Party, **members: Any) -> JsonObject:
    """The builders' credential in a party's name, not yet signed; None leaves a member out."""
    issuer = {**a_credential()["issuer"], "id": party.did}
    return a_credential(**{"issuer": issuer, **members})


def an_endorsement(badge: JsonObject, endorser: Party) -> JsonObject:
    """A good word for the badge's achievement, not yet signed."""
    return {
        "@context": badge["@context"],
        "id": "https://endorser.example/endorsements/1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": endorser.did, "type": ["Profile"], "name": "Endorser"},
        "name": "A good word",
        "validFrom": "2026-03-01T12:00:00Z",
        "credentialSubject": {
            "id": badge["credentialSubject"]["achievement"]["id"],
            "type": ["EndorsementSubject"],
            "endorsementComment": "Well made.",
        },
    }


def a_plain(party: Party, **members: Any) -> JsonObject:
    """A small credential that is no badge, in a party's name, not yet signed."""
    return a_plain_credential(**{"issuer": party.did, **members})


def a_status_list(
    party: Party,
    *,
    url: str = LIST_URL,
    revoked: Iterable[int] = (),
    purpose: str = "revocation",
    valid_from: datetime = NOW,
    **members: Any,
) -> JsonObject:
    """A party's signed status list; `members` replace some before it is signed."""
    bits = empty_bits()
    for index in revoked:
        bits = set_bit(bits, index)
    document = build_status_list_credential(
        list_url=url,
        issuer_id=party.did,
        status_purpose=purpose,
        bits=bits,
        valid_from=valid_from,
        valid_until=LATER + timedelta(days=1),
    )
    return secured({**document, **members}, party.signer, profile=VC)


def a_world(
    *parties: Party,
    documents: Mapping[str, Any] | None = None,
    status: Mapping[str, JsonObject | bytes] | None = None,
    contexts: ContextBundle = CONTEXTS,
    known_issuer: Callable[[str], bool] = lambda _: False,
    now: datetime = LATER,
) -> World:
    """What a verification is given: the documents of these parties, and these status lists."""
    found = {url: document for party in parties for url, document in party.documents.items()}
    lists = {LIST_URL: a_status_list(parties[0])} if status is None and parties else status or {}

    def fetch_status(url: str) -> bytes:
        if url not in lists:
            raise CheckUndecided("not_found", f"{url} is not there")
        content = lists[url]
        return content if isinstance(content, bytes) else dump_json(content)

    return World(
        contexts=contexts,
        resolve=make_resolver(fetch_from_documents({**found, **(documents or {})})),
        fetch_status=fetch_status,
        known_issuer=known_issuer,
        now=now,
    )


def outcomes(result: VerificationResult) -> dict[str, str]:
    """What became of each check: `passed`, or the code of its problem."""
    return {
        check.name: check.problem.code if check.problem is not None else str(Outcome.PASSED)
        for check in result.checks
    }


def with_proof(
    document: JsonObject,
    signer: Signer,
    *,
    profile: Profile = VC,
    cryptosuite: str = "eddsa-rdfc-2022",
    **members: Any,
) -> JsonObject:
    """A document with one more proof whose `members` are free; None leaves one out.

    For a chain (`previousProof`), the proof also signs the earlier proofs that it names.
    """
    previous = members.get("previousProof", [])
    names = previous if isinstance(previous, list) else [previous]
    listed = document.get("proof", [])
    proofs = listed if isinstance(listed, list) else [listed]
    configuration: JsonObject = {
        "type": "DataIntegrityProof",
        "cryptosuite": cryptosuite,
        "created": format_datetime(NOW),
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
        **members,
    }
    configuration = {name: value for name, value in configuration.items() if value is not None}
    unsecured = read_unsecured(document, profile, CONTEXTS)
    if names:
        earlier = [proof for proof in proofs if proof.get("id") in names]
        chained = {**unsecured.document, "proof": earlier}
        unsecured = UnsecuredDocument(chained, CONTEXTS, canonicalize(chained, CONTEXTS))
    data = CRYPTOSUITES[cryptosuite].hash_data(unsecured, configuration)
    proof = {**configuration, "proofValue": "z" + encode_base58btc(signer.sign(data))}
    return {**document, "proof": [*proofs, proof] if proofs else proof}


def signed_token(payload: JsonObject, signer: Signer, **header: Any) -> str:
    """A compact JWS of any payload; nothing of it is checked."""
    members = {"alg": signer.algorithm, **header}
    signing_input = ".".join(encode_base64url(dump_json(part)) for part in (members, payload))
    return f"{signing_input}.{encode_base64url(signer.sign(signing_input.encode()))}"
