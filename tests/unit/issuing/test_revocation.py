"""Revocation: published with the row, once, for good."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.encoding.strict_json import parse_object
from app.errors import InvalidRequest
from app.issuing.desk import IssuingDesk
from app.issuing.records import load_credential
from app.issuing.revocation import revoke_credential
from app.status.bitstring import bit_at, expand_list
from app.storage.tables import AuditEvent, Credential, StatusList
from tests.unit.issuing.conftest import ACTOR, NOW, Issue

LATER = NOW + timedelta(hours=1)


def revoke(
    session: Session, desk: IssuingDesk, credential: Credential, reason: str = "mistake"
) -> Credential:
    return revoke_credential(session, desk, credential, reason=reason, now=LATER, actor=ACTOR)


def published_bit(session: Session, credential: Credential) -> bool:
    document = parse_object(session.get_one(StatusList, credential.status_list_id).document)
    bits = expand_list(document["credentialSubject"]["encodedList"])
    return bit_at(bits, credential.status_list_index)


def test_revoking_sets_the_published_bit_of_this_credential_only(
    session: Session, desk: IssuingDesk, issue: Issue
) -> None:
    revoked, other = issue(), issue()
    revoke(session, desk, revoked)

    assert (published_bit(session, revoked), published_bit(session, other)) == (True, False)
    assert (revoked.revoked, other.revoked) == (True, False)
    assert revoked.revoked_at == LATER


def test_a_revocation_is_audited_with_its_reason_and_actor(
    session: Session, desk: IssuingDesk, issue: Issue
) -> None:
    credential = revoke(session, desk, issue(), " awarded to the wrong person ")
    query = select(AuditEvent).where(AuditEvent.action == "credential.revoked")
    line = session.scalars(query).one()

    assert (line.subject, line.actor, line.at) == (credential.id, ACTOR, LATER)
    assert line.details == {"reason": "awarded to the wrong person"}
    assert credential.revocation_reason == "awarded to the wrong person"


def test_revoking_again_changes_nothing_and_signs_nothing(
    session: Session, desk: IssuingDesk, issue: Issue
) -> None:
    credential = revoke(session, desk, issue(), "first reason")
    document = session.get_one(StatusList, credential.status_list_id).document
    again = revoke(session, desk, credential, "second reason")

    assert again.revocation_reason == "first reason"
    assert session.get_one(StatusList, credential.status_list_id).document == document


def test_a_revocation_needs_a_reason(session: Session, desk: IssuingDesk, issue: Issue) -> None:
    credential = issue()

    with pytest.raises(InvalidRequest):
        revoke(session, desk, credential, " ")
    assert load_credential(session, credential.id).revoked is False
