"""The conductor: which checks are made, in which order, and what each comes to."""

from typing import Any

import pytest

from app.encoding.strict_json import JsonObject, dump_json
from app.errors import CheckUndecided
from app.proofs.profiles import OPEN_BADGE, VC, Profile
from app.verification.authenticity import World
from app.verification.result import Verdict, VerificationResult
from app.verification.verify import CHECKS, verify_credential
from tests.builders import NOW
from tests.world import (
    LIST_INDEX,
    LIST_URL,
    a_badge,
    a_key_party,
    a_plain,
    a_status_list,
    a_token,
    a_web_party,
    a_world,
    outcomes,
    secured,
    signed_token,
    with_proof,
)

PARTY = a_web_party()
OTHER = a_web_party("did:web:elsewhere.example")
BADGE = secured(a_badge(PARTY), PARTY.signer)
PLAIN = secured(a_plain(PARTY), PARTY.signer, profile=VC)
TOKEN = a_token(a_badge(PARTY), PARTY)


def _verify(
    data: JsonObject | bytes | str, *, profile: Profile = OPEN_BADGE, **world: Any
) -> VerificationResult:
    raw = data.encode() if isinstance(data, str) else data
    return verify_credential(raw, profile=profile, world=a_world(PARTY, OTHER, **world))


# --- what is right ------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [BADGE, dump_json(BADGE), TOKEN], ids=["object", "JSON", "token"])
@pytest.mark.parametrize("profile", [OPEN_BADGE, VC])
def test_a_genuine_badge_is_verified(data: JsonObject | bytes | str, profile: Profile) -> None:
    result = _verify(data, profile=profile)

    assert result.verdict is Verdict.VERIFIED
    assert outcomes(result) == dict.fromkeys(CHECKS, "passed")
    assert result.document == a_badge(PARTY)
    assert result.warnings == ()


@pytest.mark.parametrize("cryptosuite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_a_did_key_issuer_is_verified(cryptosuite: str) -> None:
    party = a_key_party()
    badge = secured(a_badge(party), party.signer, cryptosuite=cryptosuite)

    result = verify_credential(badge, profile=OPEN_BADGE, world=a_world(party))

    assert result.verdict is Verdict.VERIFIED


def test_the_issuer_is_named_and_trust_is_kept_apart() -> None:
    known = _verify(BADGE, known_issuer=lambda issuer: issuer == PARTY.did).issuer
    stranger = _verify(BADGE).issuer

    assert known is not None
    assert stranger is not None
    assert (known.id, known.name, known.trusted) == (PARTY.did, "University of Inverbrae", True)
    assert not stranger.trusted


def test_a_forger_is_never_trusted_for_the_name_he_uses() -> None:
    forged = {**BADGE, "name": "Another"}

    summary = _verify(forged, known_issuer=lambda _: True).issuer

    assert summary is not None
    assert not summary.trusted


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [(PARTY.did, (PARTY.did, None)), ({"id": PARTY.did, "name": 5}, (PARTY.did, None))],
)
def test_an_issuer_without_a_readable_name_has_none(issuer: Any, expected: Any) -> None:
    summary = _verify({**PLAIN, "issuer": issuer}, profile=VC).issuer

    assert summary is not None
    assert (summary.id, summary.name) == expected


@pytest.mark.parametrize("issuer", [None, 5, [], {}, {"id": 5}])
def test_an_issuer_that_cannot_be_read_is_not_named(issuer: Any) -> None:
    result = _verify({**PLAIN, "issuer": issuer}, profile=VC)

    assert result.issuer is None
    assert result.verdict is Verdict.NOT_VALID


# --- what is wrong ------------------------------------------------------------------------------

NOT_REACHED = "earlier_check_failed"


def _rest(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, NOT_REACHED)


def test_what_cannot_be_read_is_malformed() -> None:
    result = _verify(b"hello")

    assert result.verdict is Verdict.MALFORMED
    assert outcomes(result) == {"parse": "not_json", **_rest(*CHECKS[1:])}
    assert (result.issuer, result.document, result.claimed) == (None, None, None)


def test_a_document_with_an_unknown_context_goes_no_further() -> None:
    result = _verify({**BADGE, "@context": ["https://x.example"]})

    assert result.verdict is Verdict.NOT_VALID
    assert outcomes(result) == {
        "parse": "passed",
        "contexts": "context_not_allowed",
        **_rest(*CHECKS[2:]),
    }


def test_a_changed_document_is_not_shown_as_signed() -> None:
    result = _verify({**BADGE, "name": "Another"})

    assert result.verdict is Verdict.NOT_VALID
    assert outcomes(result) == {
        "parse": "passed",
        "contexts": "passed",
        "proof": "proof_invalid",
        "issuer_binding": NOT_REACHED,
        "conformance": "passed",
        "validity_period": NOT_REACHED,
        "status": NOT_REACHED,
    }
    assert result.document is None
    assert result.claimed is not None


def test_a_forgery_makes_us_visit_nothing() -> None:
    visited: list[str] = []

    def fetch_status(url: str) -> bytes:
        visited.append(url)
        raise CheckUndecided("timeout", "slow")

    genuine = a_world(PARTY)
    world = World(genuine.contexts, genuine.resolve, fetch_status, lambda _: False, genuine.now)

    verify_credential({**BADGE, "name": "Another"}, profile=OPEN_BADGE, world=world)
    assert visited == []
    result = verify_credential(BADGE, profile=OPEN_BADGE, world=world)
    assert visited == [LIST_URL]
    assert (result.verdict, outcomes(result)["status"]) == (
        Verdict.NOT_CHECKED,
        "status_unavailable",
    )


def test_a_credential_that_does_not_conform_is_not_valid() -> None:
    document = a_badge(PARTY)
    del document["credentialSubject"]["achievement"]["criteria"]

    result = _verify(with_proof(document, PARTY.signer, profile=OPEN_BADGE))

    assert result.verdict is Verdict.NOT_VALID
    assert outcomes(result)["conformance"] == "missing_member"
    assert outcomes(result)["validity_period"] == NOT_REACHED


def test_an_expired_credential_is_not_valid() -> None:
    document = a_badge(PARTY, validUntil="2026-03-03T00:00:00Z")

    result = _verify(secured(document, PARTY.signer))

    assert result.verdict is Verdict.NOT_VALID
    assert outcomes(result)["validity_period"] == "expired"
    assert outcomes(result)["status"] == "passed"


def test_a_revoked_credential_is_not_valid_but_its_content_is_known() -> None:
    result = _verify(BADGE, status={LIST_URL: a_status_list(PARTY, revoked=[LIST_INDEX])})

    assert result.verdict is Verdict.NOT_VALID
    assert outcomes(result)["status"] == "revoked"
    assert result.document is not None


def test_a_status_that_is_not_asked_for_is_left_out() -> None:
    revoked = {LIST_URL: a_status_list(PARTY, revoked=[LIST_INDEX])}

    result = verify_credential(
        BADGE, profile=OPEN_BADGE, world=a_world(PARTY, status=revoked), with_status=False
    )

    assert result.verdict is Verdict.VERIFIED
    assert outcomes(result)["status"] == "not_requested"


def test_an_issuer_whose_document_cannot_be_had_is_not_checked() -> None:
    result = verify_credential(BADGE, profile=OPEN_BADGE, world=a_world())

    assert result.verdict is Verdict.NOT_CHECKED
    assert outcomes(result)["proof"] == "did_unavailable"


# --- proofs and keys ----------------------------------------------------------------------------


def test_a_credential_without_proof_is_not_valid() -> None:
    assert outcomes(_verify(a_badge(PARTY)))["proof"] == "no_proof"


def test_a_stranger_may_not_sign_for_the_issuer() -> None:
    result = _verify(secured(a_badge(PARTY), OTHER.signer))

    assert (outcomes(result)["proof"], outcomes(result)["issuer_binding"]) == (
        "passed",
        "issuer_mismatch",
    )


def test_a_token_of_a_stranger_is_refused() -> None:
    claims = {"iss": PARTY.did}
    token = signed_token({**a_plain(PARTY), **claims}, OTHER.token_signer, kid=OTHER.kid)
    did_url = OTHER.token_signer.verification_method
    elsewhere = signed_token({**a_plain(PARTY), **claims}, OTHER.token_signer, kid=did_url)

    assert outcomes(_verify(token, profile=VC))["proof"] == "key_not_in_did_document"
    assert outcomes(_verify(elsewhere, profile=VC))["issuer_binding"] == "issuer_mismatch"


def test_a_token_without_issuer_is_refused() -> None:
    token = signed_token(a_plain(PARTY, issuer=None), PARTY.token_signer, kid=PARTY.kid)

    assert outcomes(_verify(token, profile=VC))["proof"] == "issuer_mismatch"


def test_a_token_from_the_future_is_refused() -> None:
    soon, late = int(NOW.timestamp()) + 31 * 86400, int(NOW.timestamp())
    for moment, code in ((soon, "proof_created_in_future"), (late, "passed")):
        token = signed_token({**a_plain(PARTY), "iat": moment}, PARTY.token_signer, kid=PARTY.kid)
        assert outcomes(_verify(token, profile=VC))["proof"] == code


def test_a_token_of_a_badge_must_repeat_its_members() -> None:
    token = signed_token(a_badge(PARTY), PARTY.token_signer, kid=PARTY.kid)

    assert outcomes(_verify(token))["proof"] == "claims_mismatch"
    assert outcomes(_verify(token, profile=VC))["proof"] == "passed"


def test_a_proof_for_another_purpose_is_refused() -> None:
    badge = with_proof(
        a_badge(PARTY), PARTY.signer, profile=OPEN_BADGE, proofPurpose="authentication"
    )

    assert outcomes(_verify(badge))["proof"] == "purpose_not_authorized"


def test_a_proof_from_the_future_is_refused() -> None:
    badge = with_proof(
        a_badge(PARTY), PARTY.signer, profile=OPEN_BADGE, created="2026-05-01T00:00:00Z"
    )

    assert outcomes(_verify(badge))["proof"] == "proof_created_in_future"


@pytest.mark.parametrize(
    ("end", "created", "code"),
    [
        ({"expires": "2026-03-02T10:00:00Z"}, "2026-03-02T09:00:00Z", "passed"),
        ({"expires": "2026-03-02T10:00:00Z"}, "2026-03-02T10:00:00Z", "key_expired"),
        ({"expires": "2026-03-02T10:00:00Z"}, None, "key_expired"),
        ({"revoked": "2026-03-20T00:00:00Z"}, "2026-03-02T09:00:00Z", "key_revoked"),
    ],
)
def test_a_key_counts_until_its_end(end: JsonObject, created: Any, code: str) -> None:
    document = PARTY.did_document
    ed25519, p256 = document["verificationMethod"]
    badge = with_proof(a_badge(PARTY), PARTY.signer, profile=OPEN_BADGE, created=created)
    (url,) = PARTY.documents
    ended = {**document, "verificationMethod": [{**ed25519, **end}, p256]}

    result = _verify(badge, documents={url: ended})

    assert outcomes(result)["proof"] == code


# --- several proofs -----------------------------------------------------------------------------


def _and_stranger(**members: Any) -> JsonObject:
    first = with_proof(a_plain(PARTY), PARTY.signer, id="urn:uuid:1")
    return with_proof(first, OTHER.signer, **members)


def test_every_proof_of_a_badge_must_be_the_issuers() -> None:
    badge = with_proof(a_badge(PARTY), PARTY.signer, profile=OPEN_BADGE)
    both = with_proof(badge, OTHER.signer, profile=OPEN_BADGE)
    twice = with_proof(badge, PARTY.signer, profile=OPEN_BADGE, cryptosuite="eddsa-jcs-2022")

    assert outcomes(_verify(both))["issuer_binding"] == "issuer_mismatch"
    assert _verify(twice).verdict is Verdict.VERIFIED


def test_a_chain_needs_the_issuer_in_it() -> None:
    chain = _and_stranger(previousProof="urn:uuid:1")
    strangers = with_proof(a_plain(PARTY), OTHER.signer)

    assert _verify(chain, profile=VC).verdict is Verdict.VERIFIED
    assert outcomes(_verify(strangers, profile=VC))["issuer_binding"] == "issuer_mismatch"


def test_one_wrong_proof_spoils_them_all() -> None:
    document = _and_stranger()
    document["proof"][1]["proofValue"] = document["proof"][0]["proofValue"]

    assert outcomes(_verify(document, profile=VC))["proof"] == "proof_invalid"


CHAINS: list[tuple[str, list[JsonObject]]] = [
    ("a missing link", [{"previousProof": "urn:uuid:9"}]),
    ("itself", [{"id": "urn:uuid:1", "previousProof": "urn:uuid:1"}]),
    (
        "a ring",
        [
            {"id": "urn:uuid:1", "previousProof": "urn:uuid:2"},
            {"id": "urn:uuid:2", "previousProof": "urn:uuid:1"},
        ],
    ),
    ("one id twice", [{"id": "urn:uuid:1"}, {"id": "urn:uuid:1"}]),
]


@pytest.mark.parametrize("proofs", [r[1] for r in CHAINS], ids=[r[0] for r in CHAINS])
def test_a_broken_chain_is_refused(proofs: list[JsonObject]) -> None:
    document = {**PLAIN, "proof": [{**PLAIN["proof"], **members} for members in proofs]}

    assert outcomes(_verify(document, profile=VC))["proof"] == "proof_chain_broken"


UNKNOWN = {"type": "DataIntegrityProof", "cryptosuite": "bbs-2023"}


def test_a_proof_that_is_not_understood_is_reported_beside_a_right_one() -> None:
    result = _verify({**PLAIN, "proof": [PLAIN["proof"], UNKNOWN]}, profile=VC)

    assert result.verdict is Verdict.VERIFIED
    assert [warning.code for warning in result.warnings] == ["unknown_cryptosuite"]


def test_a_proof_that_is_not_understood_is_not_checked_alone() -> None:
    result = _verify({**PLAIN, "proof": UNKNOWN}, profile=VC)

    assert result.verdict is Verdict.NOT_CHECKED
    assert outcomes(result)["proof"] == "unknown_cryptosuite"


# --- schemas ------------------------------------------------------------------------------------

OB_SCHEMA = {
    "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019",
}
OTHER_SCHEMA = {"id": "https://x.example/schema.json", "type": "JsonSchema"}


@pytest.mark.parametrize(
    ("schema", "warned"),
    [
        (None, False),
        ([OB_SCHEMA], False),
        (OTHER_SCHEMA, True),
        ([OB_SCHEMA, OTHER_SCHEMA], True),
    ],
)
def test_a_schema_of_somebody_else_is_not_consulted_and_said_so(schema: Any, warned: bool) -> None:
    badge = secured(a_plain(PARTY, credentialSchema=schema), PARTY.signer, profile=VC)

    result = _verify(badge, profile=VC)

    assert result.verdict is Verdict.VERIFIED, outcomes(result)
    assert [w.code for w in result.warnings] == (["schema_not_checked"] if warned else [])
