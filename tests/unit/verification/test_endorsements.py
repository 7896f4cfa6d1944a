"""Endorsements inside a credential: each signed by somebody, each about what it stands in."""

from typing import Any

import pytest

from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed
from app.proofs.profiles import OPEN_BADGE, VC
from app.status.bitstring import status_entry
from app.verification.endorsements import Endorsement, check_endorsements, endorsements_in
from app.verification.result import Verdict, VerificationResult
from app.verification.verify import CHECKS, verify_credential
from tests.builders import ACHIEVEMENT_URL, CREDENTIAL_URL
from tests.world import (
    Party,
    a_badge,
    a_status_list,
    a_token,
    a_web_party,
    a_world,
    outcomes,
    secured,
)

PARTY = a_web_party()
ENDORSER = a_web_party("did:web:council.example")
ENDORSER_LIST = "https://council.example/status/1"


def an_endorsement(endorsed: str = CREDENTIAL_URL, **members: Any) -> JsonObject:
    """An unsigned endorsement; None leaves a member out."""
    document = {
        "@context": a_badge(PARTY)["@context"],
        "id": "urn:uuid:9b2f8f0a-0a07-4c56-8f6e-6d5f5a8c1b11",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": ENDORSER.did, "type": ["Profile"], "name": "Council"},
        "name": "Endorsed by the Council",
        "validFrom": "2026-03-02T09:00:00Z",
        "credentialSubject": {
            "id": endorsed,
            "type": ["EndorsementSubject"],
            "endorsementComment": "We endorse it.",
        },
        **members,
    }
    return {name: member for name, member in document.items() if member is not None}


def _signed(endorsement: JsonObject, party: Party = ENDORSER) -> JsonObject:
    return secured(endorsement, party.signer)


def _verify(*endorsements: JsonObject, **members: Any) -> VerificationResult:
    members = {"endorsement": list(endorsements)} if endorsements else members
    badge = secured(a_badge(PARTY, **members), PARTY.signer)
    lists = {
        str(a_badge(PARTY)["credentialStatus"]["statusListCredential"]): a_status_list(PARTY),
        ENDORSER_LIST: a_status_list(ENDORSER, url=ENDORSER_LIST, revoked=[5]),
    }
    return verify_credential(
        badge, profile=OPEN_BADGE, world=a_world(PARTY, ENDORSER, status=lists)
    )


def test_a_credential_without_endorsements_has_no_such_check() -> None:
    assert set(outcomes(_verify())) == set(CHECKS)


def test_a_right_endorsement_passes() -> None:
    result = _verify(_signed(an_endorsement()))

    assert result.verdict is Verdict.VERIFIED, outcomes(result)
    assert outcomes(result)["endorsements"] == "passed"


def test_an_endorsement_may_be_a_token() -> None:
    token = a_token(an_endorsement(), ENDORSER)

    result = _verify(endorsementJwt=[token])

    assert result.verdict is Verdict.VERIFIED, outcomes(result)


def test_an_endorsement_of_the_achievement_stands_in_the_achievement() -> None:
    subject = a_badge(PARTY)["credentialSubject"]
    for endorsed, verdict in (
        (ACHIEVEMENT_URL, Verdict.VERIFIED),
        (CREDENTIAL_URL, Verdict.NOT_VALID),
    ):
        inside = {**subject["achievement"], "endorsement": [_signed(an_endorsement(endorsed))]}

        result = _verify(credentialSubject={**subject, "achievement": inside})

        assert result.verdict is verdict, outcomes(result)


def test_endorsements_are_found_at_any_depth_but_not_inside_each_other() -> None:
    document = {
        "id": "a",
        "endorsement": [{"endorsement": 1}],
        "x": [{"id": "b", "endorsementJwt": "t"}],
    }

    assert [(e.raw, e.endorsed) for e in endorsements_in(document)] == [
        ({"endorsement": 1}, "a"),
        ("t", "b"),
    ]


REVOKED = status_entry(ENDORSER_LIST, 5)
KEPT = status_entry(ENDORSER_LIST, 6)
NOWHERE = status_entry("https://council.example/status/2", 6)

WRONG: list[tuple[str, JsonObject, str]] = [
    ("changed", {**_signed(an_endorsement()), "name": "Praised"}, "endorsement_invalid"),
    ("unsigned", an_endorsement(), "endorsement_invalid"),
    ("signed by another", _signed(an_endorsement(), PARTY), "endorsement_invalid"),
    ("of something else", _signed(an_endorsement("urn:uuid:1")), "endorsement_invalid"),
    (
        "expired",
        _signed(an_endorsement(validUntil="2026-03-03T00:00:00Z")),
        "endorsement_invalid",
    ),
    ("revoked", _signed(an_endorsement(credentialStatus=REVOKED)), "endorsement_invalid"),
    ("not revoked", _signed(an_endorsement(credentialStatus=KEPT)), "passed"),
    (
        "with a list that is not there",
        _signed(an_endorsement(credentialStatus=NOWHERE)),
        "endorsement_not_checked",
    ),
]


@pytest.mark.parametrize(("endorsement", "code"), [r[1:] for r in WRONG], ids=[r[0] for r in WRONG])
def test_an_endorsement_is_judged_as_a_credential_of_its_own(
    endorsement: JsonObject, code: str
) -> None:
    assert outcomes(_verify(endorsement))["endorsements"] == code


def test_a_badge_is_no_endorsement() -> None:
    badge = a_badge(ENDORSER, id="urn:uuid:3", credentialStatus=None)
    badge["credentialSubject"]["id"] = CREDENTIAL_URL

    endorsement = Endorsement(_signed(badge), CREDENTIAL_URL)

    with pytest.raises(CheckFailed, match="no endorsement"):
        check_endorsements([endorsement], VC, a_world(PARTY, ENDORSER))


@pytest.mark.parametrize("raw", [5, None, True, ["x"]])
def test_what_is_no_credential_at_all_is_no_endorsement(raw: object) -> None:
    with pytest.raises(CheckFailed) as refusal:
        check_endorsements([Endorsement(raw, CREDENTIAL_URL)], OPEN_BADGE, a_world(PARTY))

    assert refusal.value.code == "endorsement_invalid"


def test_a_wrong_endorsement_weighs_more_than_one_that_cannot_be_checked() -> None:
    undecided = _signed(an_endorsement(credentialStatus=NOWHERE))
    wrong = {**_signed(an_endorsement(id="urn:uuid:2")), "name": "Praised"}

    assert outcomes(_verify(undecided, wrong))["endorsements"] == "endorsement_invalid"


def test_more_than_ten_endorsements_are_not_checked() -> None:
    signed = [_signed(an_endorsement(id=f"urn:uuid:{n}")) for n in range(11)]

    assert outcomes(_verify(*signed[:10]))["endorsements"] == "passed"
    assert outcomes(_verify(*signed))["endorsements"] == "endorsement_not_checked"


def test_an_endorsement_of_a_forgery_is_not_looked_at() -> None:
    badge = secured(a_badge(PARTY, endorsement=[_signed(an_endorsement())]), PARTY.signer)

    result = verify_credential(
        {**badge, "name": "Another"}, profile=OPEN_BADGE, world=a_world(PARTY, ENDORSER)
    )

    assert outcomes(result)["endorsements"] == "earlier_check_failed"
