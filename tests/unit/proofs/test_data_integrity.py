"""Data Integrity proofs: one is added, read and checked; anything else is refused with a reason."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, CheckUndecided, SignetError
from app.jsonld.contexts import digest_sri
from app.jsonld.related_resources import with_pinned_contexts
from app.jsonld.safe_mode import canonicalize, canonicalize_by_expansion
from app.proofs import eddsa_rdfc_2022
from app.proofs.checked import UnsecuredDocument, read_unsecured
from app.proofs.data_integrity import (
    CLOCK_TOLERANCE,
    CRYPTOSUITES,
    MAX_PROOFS,
    check_signature,
    check_times,
    proofs_of,
    read_proof,
)
from app.proofs.profiles import OPEN_BADGE
from tests.builders import NOW
from tests.world import CONTEXTS, a_badge, a_key_party, a_web_party, secured

PARTY = a_web_party()
BADGE = secured(a_badge(PARTY), PARTY.signer)
JCS_BADGE = secured(a_badge(PARTY), PARTY.signer, cryptosuite="eddsa-jcs-2022")
UNSECURED = read_unsecured(BADGE, OPEN_BADGE, CONTEXTS)


def _proof(base: JsonObject = BADGE, /, **members: Any) -> JsonObject:
    proof = {**base["proof"], **members}
    return {name: value for name, value in proof.items() if value is not ...}


# --- adding -------------------------------------------------------------------------------------


@pytest.mark.parametrize("cryptosuite", CRYPTOSUITES)
def test_an_added_proof_says_who_when_and_what_for(cryptosuite: str) -> None:
    badge = secured(a_badge(PARTY), PARTY.signer, cryptosuite=cryptosuite)

    proof = badge.pop("proof")
    assert badge == a_badge(PARTY)
    assert proof.pop("proofValue").startswith("z")
    assert proof.pop("@context", None) == (
        badge["@context"] if cryptosuite == "eddsa-jcs-2022" else None
    )
    assert proof == {
        "type": "DataIntegrityProof",
        "cryptosuite": cryptosuite,
        "created": "2026-03-02T09:00:00Z",
        "verificationMethod": PARTY.signer.verification_method,
        "proofPurpose": "assertionMethod",
    }


@pytest.mark.parametrize("badge", [BADGE, JCS_BADGE])
def test_a_proof_that_was_added_is_right(badge: JsonObject) -> None:
    proof = read_proof(badge["proof"], badge["@context"])

    check_signature(proof, UNSECURED, PARTY.signer.public_key)
    assert proof.verification_method == PARTY.signer.verification_method
    assert proof.controller == PARTY.did
    assert proof.purpose == "assertionMethod"
    assert proof.created == NOW
    assert proof.expires is None
    assert proof.previous == ()


# --- finding ------------------------------------------------------------------------------------


def test_one_proof_and_several_are_found() -> None:
    assert proofs_of({"proof": {"a": 1}}) == [{"a": 1}]
    assert proofs_of({"proof": [{"a": 1}, {"b": 2}]}) == [{"a": 1}, {"b": 2}]
    assert len(proofs_of({"proof": [{}] * MAX_PROOFS})) == MAX_PROOFS


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({}, "no_proof"),
        ({"proof": []}, "no_proof"),
        ({"proof": [{}] * (MAX_PROOFS + 1)}, "too_many_proofs"),
        ({"proof": [{}] * 1000}, "too_many_proofs"),
    ],
)
def test_no_proof_and_too_many_are_refused(document: JsonObject, code: str) -> None:
    with pytest.raises(CheckFailed) as refusal:
        proofs_of(document)

    assert refusal.value.code == code


# --- reading ------------------------------------------------------------------------------------

READ: list[tuple[str, JsonObject]] = [
    ("without created", _proof(created=...)),
    ("with expires", _proof(expires="2030-01-01T00:00:00Z")),
    ("with an id", _proof(id="urn:uuid:1")),
    ("with challenge and domain", _proof(challenge="c", domain="d", nonce="n")),
    ("with several domains", _proof(domain=["a", "b"])),
    ("with a previous proof", _proof(previousProof="urn:uuid:1")),
    ("with previous proofs", _proof(previousProof=["urn:uuid:1", "urn:uuid:2"])),
    ("with the document's context", _proof(**{"@context": BADGE["@context"]})),
]


@pytest.mark.parametrize("raw", [r[1] for r in READ], ids=[r[0] for r in READ])
def test_a_proof_with_the_members_of_the_standard_is_read(raw: JsonObject) -> None:
    assert read_proof(raw, BADGE["@context"]).members == raw


UNREADABLE: list[tuple[str, object, str]] = [
    ("null", None, "malformed_proof"),
    ("a text", "proof", "malformed_proof"),
    ("a list", [], "malformed_proof"),
    ("a number", 10, "malformed_proof"),
    ("empty", {}, "malformed_proof"),
    ("no type", _proof(type=...), "malformed_proof"),
    ("a list of types", _proof(type=["DataIntegrityProof"]), "malformed_proof"),
    ("an older type with a suite", _proof(type="Ed25519Signature2020"), "malformed_proof"),
    ("an older type", {"type": "Ed25519Signature2020"}, "unknown_proof_type"),
    ("no cryptosuite", _proof(cryptosuite=...), "malformed_proof"),
    ("a cryptosuite that is a number", _proof(cryptosuite=5), "malformed_proof"),
    ("another cryptosuite", _proof(cryptosuite="ecdsa-sd-2023"), "unknown_cryptosuite"),
    ("an unknown member", _proof(foo="bar"), "malformed_proof"),
    ("a jws", _proof(jws="a..b"), "malformed_proof"),
    ("no verificationMethod", _proof(verificationMethod=...), "malformed_proof"),
    ("a method that is an object", _proof(verificationMethod={"id": "x"}), "malformed_proof"),
    ("no proofPurpose", _proof(proofPurpose=...), "malformed_proof"),
    ("purposes", _proof(proofPurpose=["assertionMethod"]), "malformed_proof"),
    ("no proofValue", _proof(proofValue=...), "malformed_proof"),
    ("a proofValue that is null", _proof(proofValue=None), "malformed_proof"),
    ("an id that is a number", _proof(id=5), "malformed_proof"),
    ("a nonce that is a number", _proof(nonce=5), "malformed_proof"),
    ("another context", _proof(**{"@context": ["https://x.example"]}), "malformed_proof"),
    ("a context cut short", _proof(**{"@context": BADGE["@context"][:1]}), "malformed_proof"),
    ("created that is no date", _proof(created="yesterday"), "malformed_proof"),
    ("created without a zone", _proof(created="2026-03-02T09:00:00"), "malformed_proof"),
    ("expires that is a number", _proof(expires=5), "malformed_proof"),
    ("a previous proof that is an object", _proof(previousProof={}), "malformed_proof"),
    ("previous proofs that are numbers", _proof(previousProof=[1]), "malformed_proof"),
    ("a thousand previous proofs", _proof(previousProof=["urn:a"] * 1000), "malformed_proof"),
]


@pytest.mark.parametrize(
    ("raw", "code"), [r[1:] for r in UNREADABLE], ids=[r[0] for r in UNREADABLE]
)
def test_a_proof_of_another_shape_is_refused(raw: object, code: str) -> None:
    with pytest.raises(SignetError) as refusal:
        read_proof(raw, BADGE["@context"])

    assert refusal.value.code == code
    assert isinstance(refusal.value, CheckUndecided if "unknown" in code else CheckFailed)


# --- times --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, None),
        ({"created": ...}, None),
        ({"created": "2026-03-02T09:05:00Z"}, None),
        ({"created": "2026-03-02T09:05:01Z"}, "proof_created_in_future"),
        ({"expires": "2026-03-02T09:00:01Z"}, None),
        ({"expires": "2026-03-02T09:00:00Z"}, "proof_expired"),
        ({"created": ..., "expires": "2020-01-01T00:00:00Z"}, "proof_expired"),
    ],
)
def test_a_proof_counts_from_its_making_to_its_end(members: JsonObject, code: str | None) -> None:
    assert timedelta(minutes=5) == CLOCK_TOLERANCE
    proof = read_proof(_proof(**members), BADGE["@context"])

    if code is None:
        check_times(proof, NOW)
    else:
        with pytest.raises(CheckFailed) as refusal:
            check_times(proof, NOW)
        assert refusal.value.code == code


# --- signatures ---------------------------------------------------------------------------------

SWAPPED = {
    "eddsa-rdfc-2022": _proof(cryptosuite="eddsa-jcs-2022"),
    "eddsa-jcs-2022": _proof(JCS_BADGE, cryptosuite="eddsa-rdfc-2022"),
}

WRONG: list[tuple[str, JsonObject, str]] = [
    ("another date", _proof(created="2026-03-02T09:00:01Z"), "proof_invalid"),
    ("a date removed", _proof(created=...), "proof_invalid"),
    ("a domain added", _proof(domain="evil.example"), "proof_invalid"),
    ("an end added", _proof(expires="2099-01-01T00:00:00Z"), "proof_invalid"),
    ("an id added", _proof(id="urn:uuid:1"), "proof_invalid"),
    ("another purpose", _proof(proofPurpose="authentication"), "proof_invalid"),
    ("another method", _proof(verificationMethod="did:web:x.example#k"), "proof_invalid"),
    ("the suites swapped", SWAPPED["eddsa-rdfc-2022"], "proof_invalid"),
    ("the suites swapped back", SWAPPED["eddsa-jcs-2022"], "proof_invalid"),
    ("the context left out", _proof(JCS_BADGE, **{"@context": ...}), "proof_invalid"),
    ("another suite's value", _proof(proofValue=JCS_BADGE["proof"]["proofValue"]), "proof_invalid"),
    ("an empty value", _proof(proofValue="z"), "proof_invalid"),
    ("a value cut short", _proof(proofValue=BADGE["proof"]["proofValue"][:-1]), "proof_invalid"),
    ("no value", _proof(proofValue=""), "malformed_proof"),
    ("another base", _proof(proofValue="u" + "A" * 86), "malformed_proof"),
    ("no letter", _proof(proofValue=BADGE["proof"]["proofValue"][1:]), "malformed_proof"),
    ("strange characters", _proof(proofValue="z0OIl"), "malformed_proof"),
    ("a long value", _proof(proofValue="z" + "2" * 100), "malformed_proof"),
    ("a very long value", _proof(proofValue="z" + "2" * 100_000), "malformed_proof"),
    ("a relative method", _proof(verificationMethod="#key"), "invalid_id"),
    ("a purpose without meaning", _proof(proofPurpose="invalidPurpose"), "invalid_id"),
]


@pytest.mark.parametrize(("raw", "code"), [r[1:] for r in WRONG], ids=[r[0] for r in WRONG])
def test_a_proof_that_was_changed_is_wrong(raw: JsonObject, code: str) -> None:
    proof = read_proof(raw, BADGE["@context"])

    with pytest.raises(CheckFailed) as refusal:
        check_signature(proof, UNSECURED, PARTY.signer.public_key)

    assert refusal.value.code == code


def test_a_proof_is_not_right_with_another_key() -> None:
    proof = read_proof(BADGE["proof"], BADGE["@context"])

    with pytest.raises(CheckFailed, match="proof_invalid"):
        check_signature(proof, UNSECURED, a_key_party().signer.public_key)
    with pytest.raises(CheckFailed, match="key_type_mismatch"):
        check_signature(proof, UNSECURED, PARTY.token_signer.public_key)


def test_a_configuration_that_is_no_json_is_wrong_like_any_other() -> None:
    proof = read_proof(_proof(domain=2**70), BADGE["@context"])

    with pytest.raises(CheckFailed) as refusal:
        check_signature(proof, UNSECURED, PARTY.signer.public_key)

    assert refusal.value.code == "proof_invalid"


def test_of_proofs_that_are_alike_each_is_signed_with_its_own_date() -> None:
    digests = set()
    for minute in range(5):
        configuration = _proof(created=f"2026-03-01T12:{minute:02}:30Z")
        del configuration["proofValue"]

        signed = eddsa_rdfc_2022.hash_data(UNSECURED, configuration)

        document = {**configuration, "@context": UNSECURED.document["@context"]}
        canonical = canonicalize_by_expansion(document, CONTEXTS)
        assert signed[:32] == hashlib.sha256(canonical).digest()
        digests.add(signed)

    assert len(digests) == 5


def test_a_configuration_is_read_by_the_contexts_of_its_own_document() -> None:
    # The same bytes of a proof, with an address that stands for another context each time.
    url = "https://badges.example/contexts/own.json"
    configuration = _proof(proofValue=...)
    for pinned in ("https://w3id.org/signet/mc/v1", "https://w3id.org/security/multikey/v1"):
        pin = {"id": url, "digestSRI": digest_sri(CONTEXTS.files[pinned].read_bytes())}
        context = [*BADGE["@context"], url]
        document = {**BADGE, "@context": context, "relatedResource": [pin]}
        contexts = with_pinned_contexts(document, CONTEXTS)

        signed = eddsa_rdfc_2022.hash_data(
            UnsecuredDocument(document, contexts, b""), configuration
        )

        canonical = canonicalize({**configuration, "@context": context}, contexts)
        assert signed[:32] == hashlib.sha256(canonical).digest()
