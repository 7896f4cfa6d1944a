"""The road from a request to stored bytes: what is signed, with which keys, and what stops it."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.credentials import openbadges
from app.credentials.issue_request import parse_issue_request
from app.encoding.strict_json import parse_object
from app.errors import CheckFailed, Conflict, Finding, InvalidRequest, KeyStoreError, Unavailable
from app.issuing import drafts
from app.issuing.desk import IssuingDesk
from app.issuing.drafts import request_field
from app.issuing.issue import issue_credential
from app.issuing.revocation import revoke_credential
from app.issuing.signing import verify_signed, verify_signed_jwt
from app.proofs.profiles import OPEN_BADGE
from app.proofs.vc_jose import read_jws
from app.registry.achievements import create_achievement
from app.registry.key_documents import jwk_url
from app.registry.keys import active_key, retire_key, revoke_key
from app.storage.tables import AuditEvent, Credential, Issuer, Key, StatusList
from tests.builders import an_achievement_definition
from tests.issuers import make_issuer
from tests.unit.issuing.conftest import ACTOR, NOW, Issue


def test_stored_bytes_verify_with_the_key_on_record(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue
) -> None:
    credential = issue(valid_until="2028-03-01T00:00:00Z", narrative="Showed *great* care.")
    key = active_key(session, "inverbrae", "credentials", "Ed25519")
    document = verify_signed(desk, issuer, key, credential.document, OPEN_BADGE)

    assert credential.key_id == key.id
    assert document["id"] == credential.credential_id == desk.credential_url(credential.id)
    assert document["issuer"]["id"] == issuer.did
    assert credential.valid_from == credential.issued_at == NOW
    assert credential.valid_until is not None
    assert document["validUntil"] == "2028-03-01T00:00:00Z"


def test_the_token_says_the_same_as_the_document(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue
) -> None:
    credential = issue()
    key = active_key(session, "inverbrae", "credentials", "P-256")
    assert credential.jwt is not None
    document = parse_object(credential.document)
    del document["proof"]

    assert verify_signed_jwt(desk, issuer, key, credential.jwt) == document
    assert read_jws(credential.jwt).header == {
        "alg": "ES256",
        "typ": "JWT",
        "kid": jwk_url("inverbrae", key, desk.settings),
    }


def test_there_is_no_token_without_a_key_for_it(
    session: Session, issuer: Issuer, issue: Issue
) -> None:
    key = active_key(session, "inverbrae", "credentials", "P-256")
    retire_key(session, issuer, key, now=NOW, actor=ACTOR)

    assert issue().jwt is None


def test_nothing_is_signed_without_an_active_key(
    session: Session, issuer: Issuer, issue: Issue
) -> None:
    key = active_key(session, "inverbrae", "credentials", "Ed25519")
    revoke_key(session, issuer, key, reason="stolen", now=NOW, actor=ACTOR)

    with pytest.raises(Conflict) as refused:
        issue()
    assert refused.value.code == "issuer_has_no_key"


def test_recipients_without_a_did_get_a_fresh_subject_id_and_salt_each_time(issue: Issue) -> None:
    one, two = (parse_object(issue().document)["credentialSubject"] for _ in range(2))

    assert one["id"] != two["id"]
    assert uuid.UUID(one["id"].removeprefix("urn:uuid:")).version == 4
    assert one["identifier"][0]["identityHash"] != two["identifier"][0]["identityHash"]


def test_the_audit_lines_name_ids_and_no_person(session: Session, issue: Issue) -> None:
    credential = issue(recipient={"email": "ailsa@learner.example", "name": "Ailsa"})
    lines = session.scalars(select(AuditEvent).where(AuditEvent.subject == credential.id)).all()

    assert [line.action for line in lines] == ["credential.signing", "credential.signed"]
    assert all(list(line.details) == ["keys"] for line in lines)
    assert "ilsa" not in str([line.details for line in lines])


def test_a_clock_that_jumped_back_stops_issuing(issue: Issue) -> None:
    issue(now=NOW)
    issue(now=NOW - timedelta(minutes=5))

    with pytest.raises(Unavailable):
        issue(now=NOW - timedelta(minutes=6))


def test_a_private_key_that_is_not_the_one_on_record_signs_nothing(
    session: Session, issue: Issue, desk: IssuingDesk
) -> None:
    """Somebody restored the key store of another machine."""
    uri, _ = desk.key_store.generate("Ed25519")
    active_key(session, "inverbrae", "credentials", "Ed25519").signer_uri = uri

    with pytest.raises(KeyStoreError, match="does not verify"):
        issue()
    assert session.scalar(select(func.count()).select_from(Credential)) == 0


def test_a_token_key_that_is_not_the_one_on_record_signs_nothing(
    session: Session, issue: Issue, desk: IssuingDesk
) -> None:
    uri, _ = desk.key_store.generate("P-256")
    active_key(session, "inverbrae", "credentials", "P-256").signer_uri = uri

    with pytest.raises(KeyStoreError, match="does not verify"):
        issue()


def test_a_missing_private_key_is_our_fault_and_says_so(issue: Issue, tmp_path: Path) -> None:
    issue()
    for private_key in (tmp_path / "keys").glob("*.pem"):
        private_key.unlink()

    with pytest.raises(KeyStoreError, match="missing"):
        issue()


def test_what_the_verifier_would_refuse_is_told_in_the_words_of_the_request(
    issue: Issue, desk: IssuingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request's own checks passed; the last look at the built document finds something."""
    late = Finding("out_of_range", "It ends before it begins.", "/validUntil")
    other = Finding("bad_value", "It is not a subject.", "/credentialSubject/id")

    def refuse(*_: Any, **__: Any) -> None:
        raise CheckFailed(late.code, late.detail, field=late.field, findings=(late, other))

    monkeypatch.setattr(drafts, "check_document", refuse)
    with pytest.raises(InvalidRequest) as refused:
        issue()
    assert refused.value.field == "/valid_until"
    assert [finding.field for finding in refused.value.findings] == [
        "/valid_until",
        "/recipient/id",
    ]


def test_a_validity_that_ends_before_it_begins_names_the_field(issue: Issue) -> None:
    with pytest.raises(InvalidRequest) as refused:
        issue(valid_until="2020-01-01T00:00:00Z")
    assert (refused.value.code, refused.value.field) == ("out_of_range", "/valid_until")


def test_a_refusal_without_a_place_has_no_field(
    issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise CheckFailed("data_loss", "A term would vanish.")

    monkeypatch.setattr(drafts, "check_document", refuse)
    with pytest.raises(InvalidRequest) as refused:
        issue()
    assert refused.value.field is None


@pytest.mark.parametrize(
    ("pointer", "field"),
    [
        ("/credentialSubject/result/0/value", "/results/0/value"),
        ("/credentialSubject/achievement/name", "/achievement/name"),
        ("/credentialSubject/narrative", "/narrative"),
        ("/credentialSubject/id", "/recipient/id"),
        ("/evidence/1/id", "/evidence/1/id"),
        ("/validFrom", "/valid_from"),
        ("/name", "/name"),
    ],
)
def test_places_in_the_document_are_places_in_the_request(pointer: str, field: str) -> None:
    assert request_field(pointer) == field


def test_the_published_achievement_stands_in_the_credential_unchanged(
    session: Session, issue: Issue, achievement: Any
) -> None:
    document = parse_object(issue().document)

    assert document["credentialSubject"]["achievement"] == parse_object(achievement.document)
    openbadges.check_open_badge(document)


def test_every_key_that_signs_is_held_to_its_own_issuer(session: Session, issue: Issue) -> None:
    credential = issue()
    key = session.get_one(Key, credential.key_id)

    assert key.issuer_id == credential.issuer_id


def test_a_did_key_issuer_signs_credentials_and_lists_with_its_one_key(
    session: Session, desk: IssuingDesk
) -> None:
    common: dict[str, Any] = {"now": NOW, "actor": ACTOR}
    small = make_issuer(session, desk, "small", did_method="key")
    definition = an_achievement_definition()
    achievement = create_achievement(session, desk.settings, small, definition, **common)
    body = {"achievement": achievement.id, "recipient": {"did": "did:example:ailsa"}}
    request = parse_issue_request(body)
    credential = issue_credential(session, desk, "small", request, **common)
    revoke_credential(session, desk, credential, reason="mistake", **common)
    document = parse_object(credential.document)
    listed = parse_object(session.get_one(StatusList, credential.status_list_id).document)

    assert credential.jwt is None
    assert document["issuer"]["id"] == listed["issuer"] == small.did
    method = f"{small.did}#{small.did.removeprefix('did:key:')}"
    assert document["proof"]["verificationMethod"] == method
    assert listed["proof"]["verificationMethod"] == method
