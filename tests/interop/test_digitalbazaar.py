"""Credentials between us and `@digitalbazaar/vc`: what one signs, the other verifies."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from app.encoding.dates import format_datetime
from app.encoding.multibase import encode_base58btc
from app.encoding.strict_json import JsonObject
from app.proofs.profiles import OPEN_BADGE, VC
from app.status.bitstring import empty_bits, encode_list, set_bit
from app.verification.result import Verdict
from app.verification.verify import verify_credential
from tests.builders import NOW
from tests.interop.oracle import OracleError, ask, by_identifier
from tests.interop.tampering import tampered_copies
from tests.world import (
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
SUITES = ["eddsa-rdfc-2022", "eddsa-jcs-2022"]


def _their_verdicts(
    credentials: list[JsonObject], *parties: Party, status_list: JsonObject | None = None
) -> list[dict[str, Any]]:
    status_list = status_list or a_status_list(parties[0])
    verdicts: list[dict[str, Any]] = ask(
        "verify",
        credentials=credentials,
        documents={**by_identifier(*parties), LIST_URL: status_list},
    )
    return verdicts


@pytest.mark.parametrize("method", PARTIES)
def test_they_verify_a_badge_of_ours(method: str) -> None:
    party = PARTIES[method]()
    badges = [secured(a_badge(party), party.signer, cryptosuite=suite) for suite in SUITES]

    for verdict in _their_verdicts(badges, party):
        assert verdict["verified"], verdict["reason"]
        assert verdict["status"] == [False]


@pytest.mark.parametrize("method", PARTIES)
def test_they_read_a_status_list_of_ours(method: str) -> None:
    party = PARTIES[method]()
    badge = secured(a_badge(party), party.signer)

    (kept,) = _their_verdicts(
        [badge], party, status_list=a_status_list(party, revoked=[LIST_INDEX + 1])
    )
    (revoked,) = _their_verdicts(
        [badge], party, status_list=a_status_list(party, revoked=[LIST_INDEX])
    )

    # They verify the list and report the bit; what it means is left to the caller.
    assert (kept["verified"], kept["status"]) == (True, [False])
    assert (revoked["verified"], revoked["status"]) == (True, [True])


def test_they_refuse_a_status_list_that_was_changed() -> None:
    party = a_web_party()
    badge = secured(a_badge(party), party.signer)
    changed = a_status_list(party)
    changed["credentialSubject"]["encodedList"] = encode_list(set_bit(empty_bits(), 7))

    (verdict,) = _their_verdicts([badge], party, status_list=changed)

    assert not verdict["verified"]


def test_both_refuse_every_tampered_copy() -> None:
    party = a_web_party()
    badge = secured(a_badge(party), party.signer)
    tampered = tampered_copies(badge)

    genuine, *theirs = _their_verdicts([badge, *tampered.values()], party)

    assert genuine["verified"]
    for name, verdict in zip(tampered, theirs, strict=True):
        ours = verify_credential(tampered[name], profile=OPEN_BADGE, world=a_world(party))
        assert not verdict["verified"], name
        assert ours.verdict is Verdict.NOT_VALID, name


def test_both_refuse_the_signature_of_another() -> None:
    party, other = a_web_party(), a_web_party("did:web:elsewhere.example")
    badge = secured(a_badge(party), party.signer)
    badge["proof"]["verificationMethod"] = other.signer.verification_method

    (theirs,) = _their_verdicts([badge], party, other)
    ours = verify_credential(badge, profile=OPEN_BADGE, world=a_world(party, other))

    assert not theirs["verified"]
    assert outcomes(ours)["proof"] == "proof_invalid"


# --- what they sign -----------------------------------------------------------------------------


def _their_signature(
    credential: JsonObject, party: Party, name: str, cryptosuite: str
) -> JsonObject:
    seed = hashlib.sha256(name.encode()).digest()
    public = party.signer.public_key
    signed: JsonObject = ask(
        "sign",
        credential=credential,
        cryptosuite=cryptosuite,
        created=format_datetime(NOW),
        documents=by_identifier(party),
        key={
            "id": party.signer.verification_method,
            "controller": party.did,
            "publicKeyMultibase": public.to_multikey(),
            "secretKeyMultibase": "z" + encode_base58btc(b"\x80\x26" + seed + public.raw()),
        },
    )
    return signed


@pytest.mark.parametrize("cryptosuite", SUITES)
@pytest.mark.parametrize("method", PARTIES)
def test_we_verify_a_badge_of_theirs(method: str, cryptosuite: str) -> None:
    party = PARTIES[method]()
    name = party.did if method == "did:web" else "somebody"

    badge = _their_signature(a_badge(party), party, name, cryptosuite)
    result = verify_credential(badge, profile=OPEN_BADGE, world=a_world(party))

    assert result.verdict is Verdict.VERIFIED, outcomes(result)


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

    credential = _their_signature(a_plain(party), party, "somebody", SUITES[0])
    result = verify_credential(credential, profile=VC, world=a_world(party))

    assert result.verdict is Verdict.VERIFIED, outcomes(result)


def test_both_refuse_to_sign_a_term_without_meaning() -> None:
    party = a_web_party()
    badge = {**a_badge(party), "grade": "A+"}

    with pytest.raises(OracleError):
        _their_signature(badge, party, party.did, SUITES[0])
    with pytest.raises(Exception, match="data_loss"):
        secured(badge, party.signer)
