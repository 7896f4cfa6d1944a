"""Presentations: the holder's signature, for this verifier, over credentials that verify."""

from typing import Any

import pytest

from app.encoding.multibase import encode_base64url
from app.encoding.strict_json import JsonObject, dump_json
from app.proofs.profiles import VC
from app.verification.presentation import (
    PRESENTATION_CHECKS,
    PresentationResult,
    verify_presentation,
)
from app.verification.result import Verdict
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
    secured,
    signed_token,
    with_proof,
)

ISSUER = a_web_party()
HOLDER = a_key_party("Ailsa")
STRANGER = a_key_party("Mallory")
BADGE = secured(a_badge(ISSUER), ISSUER.signer)
V2 = "https://www.w3.org/ns/credentials/v2"
PLAIN = secured(a_plain(ISSUER), ISSUER.signer, profile=VC)
BADGE_TOKEN: JsonObject = {
    "@context": V2,
    "id": f"data:application/vc+jwt,{a_token(a_badge(ISSUER), ISSUER)}",
    "type": "EnvelopedVerifiableCredential",
}


def _presentation(**members: Any) -> JsonObject:
    document = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did,
        "verifiableCredential": [BADGE],
        **members,
    }
    return {name: member for name, member in document.items() if member is not None}


def _signed(document: JsonObject, **members: Any) -> JsonObject:
    signer = members.pop("signer", HOLDER.signer)
    return with_proof(document, signer, **{"proofPurpose": "authentication", **members})


def _token(document: JsonObject, **claims: Any) -> str:
    return signed_token(
        {**document, **claims}, HOLDER.signer, typ="vp+jwt", kid=HOLDER.signer.verification_method
    )


def _verify(data: JsonObject | bytes | str, **options: Any) -> PresentationResult:
    raw = data.encode() if isinstance(data, str) else data
    world = a_world(ISSUER, **{name: options.pop(name) for name in ("status",) if name in options})
    return verify_presentation(raw, profile=VC, world=world, **options)


def _codes(result: PresentationResult) -> dict[str, str]:
    return {
        check.name: "passed" if check.problem is None else check.problem.code
        for check in result.checks
    }


GENUINE: list[tuple[str, JsonObject | str]] = [
    ("with a badge", _signed(_presentation())),
    ("with one that is no list", _signed(_presentation(verifiableCredential=BADGE))),
    ("with two", _signed(_presentation(verifiableCredential=[BADGE, PLAIN]))),
    ("with a token", _signed(_presentation(verifiableCredential=[BADGE_TOKEN]))),
    ("with none", _signed(_presentation(verifiableCredential=None))),
    ("without a holder", _signed(_presentation(holder=None))),
    ("with a holder that is an object", _signed(_presentation(holder={"id": HOLDER.did}))),
    ("with an id", _signed(_presentation(id="urn:uuid:5"))),
    ("as a token", _token(_presentation())),
    ("as a token without a holder", _token(_presentation(holder=None), iss=HOLDER.did)),
]


@pytest.mark.parametrize("data", [r[1] for r in GENUINE], ids=[r[0] for r in GENUINE])
def test_a_genuine_presentation_is_verified(data: JsonObject | str) -> None:
    result = _verify(data)

    assert result.verdict is Verdict.VERIFIED, _codes(result)
    assert _codes(result) == dict.fromkeys(PRESENTATION_CHECKS, "passed")
    assert all(inner.verdict is Verdict.VERIFIED for inner in result.credentials)


def test_a_presentation_may_be_bytes_or_an_envelope() -> None:
    envelope = {
        "@context": V2,
        "id": f"data:application/vp+jwt,{_token(_presentation())}",
        "type": "EnvelopedVerifiablePresentation",
    }

    assert _verify(dump_json(_signed(_presentation()))).verdict is Verdict.VERIFIED
    assert _verify(envelope).verdict is Verdict.VERIFIED
    assert _verify(dump_json(envelope)).verdict is Verdict.VERIFIED


CHANGED = {**BADGE, "name": "Another"}
EARLIER = "earlier_check_failed"

WRONG: list[tuple[str, JsonObject | bytes | str, str, str, Verdict]] = [
    ("no JSON", b"hello", "parse", "not_json", Verdict.MALFORMED),
    (
        "a credential's token",
        a_token(a_badge(ISSUER), ISSUER).encode(),
        "conformance",
        "bad_value",
        Verdict.NOT_VALID,
    ),
    (
        "an unknown context",
        {**_signed(_presentation()), "@context": [V2, "https://x.example"]},
        "contexts",
        "unknown_context",
        Verdict.NOT_VALID,
    ),
    (
        "another type",
        {**_signed(_presentation()), "type": ["VerifiableCredential"]},
        "conformance",
        "bad_value",
        Verdict.NOT_VALID,
    ),
    ("no proof", _presentation(), "proof", "no_proof", Verdict.NOT_VALID),
    (
        "changed",
        {**_signed(_presentation()), "id": "urn:uuid:6"},
        "proof",
        "proof_invalid",
        Verdict.NOT_VALID,
    ),
    (
        "a credential taken away",
        {**_signed(_presentation()), "verifiableCredential": []},
        "proof",
        "proof_invalid",
        Verdict.NOT_VALID,
    ),
    (
        "signed for assertion",
        _signed(_presentation(), proofPurpose="assertionMethod"),
        "proof",
        "purpose_not_authorized",
        Verdict.NOT_VALID,
    ),
    (
        "signed by a stranger",
        _signed(_presentation(), signer=STRANGER.signer),
        "holder_binding",
        "issuer_mismatch",
        Verdict.NOT_VALID,
    ),
    (
        "a token by a stranger",
        _token(_presentation(holder=STRANGER.did)),
        "holder_binding",
        "issuer_mismatch",
        Verdict.NOT_VALID,
    ),
    (
        "a changed credential",
        _signed(_presentation(verifiableCredential=[CHANGED])),
        "credentials",
        "credential_invalid",
        Verdict.NOT_VALID,
    ),
    (
        "one of two changed",
        _signed(_presentation(verifiableCredential=[PLAIN, CHANGED])),
        "credentials",
        "credential_invalid",
        Verdict.NOT_VALID,
    ),
]


@pytest.mark.parametrize(
    ("data", "check", "code", "verdict"), [r[1:] for r in WRONG], ids=[r[0] for r in WRONG]
)
def test_a_presentation_that_is_wrong_is_not_valid(
    data: JsonObject | bytes | str, check: str, code: str, verdict: Verdict
) -> None:
    result = _verify(data)

    assert _codes(result)[check] == code
    assert result.verdict is verdict
    if check != "credentials":
        assert result.credentials == ()


def test_a_credential_that_cannot_be_checked_leaves_the_whole_not_checked() -> None:
    result = _verify(_signed(_presentation()), status={"https://x.example": b""})

    assert result.verdict is Verdict.NOT_CHECKED
    assert _codes(result)["credentials"] == "credential_not_checked"
    assert [inner.verdict for inner in result.credentials] == [Verdict.NOT_CHECKED]


def test_a_revoked_credential_spoils_the_presentation_unless_status_is_not_asked_for() -> None:
    revoked = {LIST_URL: a_status_list(ISSUER, revoked=[LIST_INDEX])}

    assert _verify(_signed(_presentation()), status=revoked).verdict is Verdict.NOT_VALID
    assert (
        _verify(_signed(_presentation()), status=revoked, with_status=False).verdict
        is Verdict.VERIFIED
    )


def test_more_than_twenty_credentials_are_refused() -> None:
    plain = a_plain(ISSUER, credentialSubject={"id": "urn:x"}, type=["VerifiableCredential"])
    many = [secured({**plain, "id": f"urn:uuid:{n}"}, ISSUER.signer, profile=VC) for n in range(21)]

    result = _verify(_signed(_presentation(verifiableCredential=many)))

    assert result.verdict is Verdict.MALFORMED
    assert _codes(result)["credentials"] == "too_many_nodes"


# --- for whom -----------------------------------------------------------------------------------

ASKED = {"challenge": "c-1", "domain": "verifier.example"}

OURS = "verifier.example"

AUDIENCE: list[tuple[str, JsonObject, str]] = [
    ("the same", ASKED, "passed"),
    ("one of several", {**ASKED, "domain": ["a", OURS]}, "passed"),
    ("none", {}, "invalid_challenge"),
    ("another challenge", {**ASKED, "challenge": "c-2"}, "invalid_challenge"),
    ("no domain", {"challenge": "c-1"}, "invalid_domain"),
    ("another domain", {**ASKED, "domain": "x.example"}, "invalid_domain"),
]
CLAIMED: list[tuple[str, JsonObject, str]] = [
    ("the same", {"nonce": "c-1", "aud": OURS}, "passed"),
    ("one of several", {"nonce": "c-1", "aud": ["a", OURS]}, "passed"),
    ("none", {}, "invalid_challenge"),
    ("another audience", {"nonce": "c-1", "aud": "x.example"}, "invalid_domain"),
]


@pytest.mark.parametrize(
    ("members", "code"), [r[1:] for r in AUDIENCE], ids=[r[0] for r in AUDIENCE]
)
def test_a_presentation_must_be_made_for_us(members: JsonObject, code: str) -> None:
    assert _codes(_verify(_signed(_presentation(), **members), **ASKED))["proof"] == code


@pytest.mark.parametrize(("claims", "code"), [r[1:] for r in CLAIMED], ids=[r[0] for r in CLAIMED])
def test_a_token_of_a_presentation_must_be_made_for_us(claims: JsonObject, code: str) -> None:
    assert _codes(_verify(_token(_presentation(), **claims), **ASKED))["proof"] == code


def test_a_presentation_for_somebody_is_right_where_nobody_asks() -> None:
    assert _verify(_signed(_presentation(), **ASKED)).verdict is Verdict.VERIFIED


def test_one_proof_for_us_does_not_excuse_another_for_somebody_else() -> None:
    first = _signed(_presentation(), **ASKED)
    both = _signed(first, challenge="c-2", domain="verifier.example")

    assert _codes(_verify(both, **ASKED))["proof"] == "invalid_challenge"


def test_the_keys_of_a_presentation_are_read_from_did_jwk_too() -> None:
    did = "did:jwk:" + encode_base64url(dump_json(HOLDER.signer.public_key.to_jwk()))
    token = signed_token(_presentation(holder=did), HOLDER.signer, typ="JWT", kid=f"{did}#0")

    assert _verify(token).verdict is Verdict.VERIFIED
