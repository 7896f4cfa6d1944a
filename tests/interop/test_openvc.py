"""Credentials between us and `openvc-core`: what one signs, the other verifies."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from openvc import (
    Ed25519SigningKey,
    OpenvcError,
    VerificationPolicy,
    VerificationResult,
    verify_credential,
)
from openvc.did.base import DidResolverRegistry
from openvc.did.did_key import DidKeyResolver
from openvc.did.did_web import DidWebResolver
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_jcs import EddsaJcsProofSuite
from openvc.proof.errors import SignatureInvalid

from app.encoding.strict_json import JsonObject
from app.proofs.profiles import OPEN_BADGE, VC
from app.verification.result import Verdict
from app.verification.verify import verify_credential as our_verify_credential
from tests.builders import NOW
from tests.interop.tampering import tampered_copies
from tests.world import (
    CONTEXTS,
    LATER,
    LIST_INDEX,
    LIST_URL,
    Party,
    a_badge,
    a_key_party,
    a_plain,
    a_status_list,
    a_web_party,
    a_world,
    outcomes,
    secured,
)

PARTIES: dict[str, Callable[[], Party]] = {"did:web": a_web_party, "did:key": a_key_party}
SUITES: dict[str, type[DataIntegrityProofSuite] | type[EddsaJcsProofSuite]] = {
    "eddsa-rdfc-2022": DataIntegrityProofSuite,
    "eddsa-jcs-2022": EddsaJcsProofSuite,
}


def _their_result(
    credential: JsonObject, *parties: Party, status_list: JsonObject | None = None
) -> VerificationResult:
    """Their verdict, every document handed over; raises `OpenvcError` for a bad one."""
    documents: Mapping[str, Any] = {
        url: document for party in parties for url, document in party.documents.items()
    }
    resolver = DidResolverRegistry([DidKeyResolver(), DidWebResolver(documents.__getitem__)])
    lists = {LIST_URL: status_list or a_status_list(parties[0])}

    def verify(document: JsonObject, **options: Any) -> VerificationResult:
        policy = VerificationPolicy(now=LATER, require_status="resolve_status_list" in options)
        return verify_credential(
            document,
            policy=policy,
            resolver=resolver,
            extra_contexts=dict(CONTEXTS.documents),
            **options,
        )

    return verify(credential, resolve_status_list=lambda url: verify(lists[url]).credential)


@pytest.mark.parametrize("method", PARTIES)
@pytest.mark.parametrize("cryptosuite", SUITES)
def test_they_verify_a_badge_of_ours(method: str, cryptosuite: str) -> None:
    party = PARTIES[method]()
    badge = secured(a_badge(party), party.signer, cryptosuite=cryptosuite)

    result = _their_result(badge, party)

    assert result.issuer == party.did
    assert result.status is not None


@pytest.mark.parametrize("method", PARTIES)
def test_they_see_the_revocation_in_a_list_of_ours(method: str) -> None:
    party = PARTIES[method]()
    badge = secured(a_badge(party), party.signer)

    _their_result(badge, party, status_list=a_status_list(party, revoked=[LIST_INDEX + 1]))
    with pytest.raises(OpenvcError, match="revoked"):
        _their_result(badge, party, status_list=a_status_list(party, revoked=[LIST_INDEX]))


def test_both_refuse_every_tampered_copy() -> None:
    party = a_web_party()
    badge = secured(a_badge(party), party.signer)

    assert _their_result(badge, party).issuer == party.did
    for name, copied in tampered_copies(badge).items():
        with pytest.raises(OpenvcError):
            _their_result(copied, party)
        ours = our_verify_credential(copied, profile=OPEN_BADGE, world=a_world(party))
        assert ours.verdict is Verdict.NOT_VALID, name


def test_both_refuse_the_signature_of_another() -> None:
    party, other = a_web_party(), a_web_party("did:web:elsewhere.example")
    badge = secured(a_badge(party), party.signer)
    badge["proof"]["verificationMethod"] = other.signer.verification_method

    with pytest.raises(SignatureInvalid):
        _their_result(badge, party, other)
    ours = our_verify_credential(badge, profile=OPEN_BADGE, world=a_world(party, other))
    assert outcomes(ours)["proof"] == "proof_invalid"


def test_both_refuse_a_signer_who_is_not_the_issuer() -> None:
    party, other = a_web_party(), a_web_party("did:web:elsewhere.example")
    badge = secured(a_badge(party), other.signer)

    with pytest.raises(OpenvcError):
        _their_result(badge, party, other)
    ours = our_verify_credential(badge, profile=OPEN_BADGE, world=a_world(party, other))
    assert outcomes(ours)["issuer_binding"] == "issuer_mismatch"


# --- what they sign -----------------------------------------------------------------------------


def _their_signature(credential: JsonObject, party: Party, name: str, suite: str) -> JsonObject:
    seed = hashlib.sha256(name.encode()).digest()
    method = party.signer.verification_method
    key = Ed25519SigningKey(ed25519.Ed25519PrivateKey.from_private_bytes(seed), method)
    options: dict[str, Any] = (
        {} if suite == "eddsa-jcs-2022" else {"extra_contexts": dict(CONTEXTS.documents)}
    )
    signed: JsonObject = SUITES[suite]().add_proof(
        credential, signing_key=key, verification_method=method, created=NOW, **options
    )
    return signed


@pytest.mark.parametrize("method", PARTIES)
def test_we_verify_a_badge_of_theirs(method: str) -> None:
    party = PARTIES[method]()
    name = party.did if method == "did:web" else "somebody"

    badge = _their_signature(a_badge(party), party, name, "eddsa-rdfc-2022")
    result = our_verify_credential(badge, profile=OPEN_BADGE, world=a_world(party))

    assert result.verdict is Verdict.VERIFIED, outcomes(result)


def test_we_verify_a_jcs_badge_of_theirs_with_the_context_that_they_leave_out() -> None:
    party = a_web_party()
    world = a_world(party)

    # They sign a proof with @context but write it without (docs/divergences.md).
    badge = _their_signature(a_badge(party), party, party.did, "eddsa-jcs-2022")
    as_written = our_verify_credential(badge, profile=OPEN_BADGE, world=world)
    badge["proof"]["@context"] = badge["@context"]
    as_signed = our_verify_credential(badge, profile=OPEN_BADGE, world=world)

    assert outcomes(as_written)["proof"] == "proof_invalid"
    assert as_signed.verdict is Verdict.VERIFIED, outcomes(as_signed)


@pytest.mark.parametrize("cryptosuite", SUITES)
def test_they_and_we_make_the_same_signature(cryptosuite: str) -> None:
    party = a_web_party()
    badge = a_badge(party)

    theirs = _their_signature(badge, party, party.did, cryptosuite)

    assert (
        theirs["proof"]["proofValue"]
        == (secured(badge, party.signer, cryptosuite=cryptosuite)["proof"]["proofValue"])
    )


def test_we_verify_a_general_credential_of_theirs() -> None:
    party = a_key_party()

    credential = _their_signature(a_plain(party), party, "somebody", "eddsa-rdfc-2022")
    result = our_verify_credential(credential, profile=VC, world=a_world(party))

    assert result.verdict is Verdict.VERIFIED, outcomes(result)
