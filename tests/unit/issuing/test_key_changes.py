"""Changes of keys that status lists follow: nothing becomes uncheckable on the way."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.encoding.strict_json import parse_object
from app.errors import CheckFailed, Conflict
from app.issuing.desk import IssuingDesk
from app.issuing.key_changes import KeyWithdrawal, rotate_key, withdraw_key
from app.issuing.signing import verify_signed
from app.proofs.profiles import OPEN_BADGE, VC
from app.registry import keys
from app.storage.tables import Credential, Issuer, Key, StatusList
from tests.unit.issuing.conftest import ACTOR, NOW, Issue

LATER = NOW + timedelta(days=1)


def rotate(
    session: Session, desk: IssuingDesk, issuer: Issuer, purpose: str, key_type: str = "Ed25519"
) -> Key:
    return rotate_key(
        session, desk, issuer, purpose=purpose, key_type=key_type, now=LATER, actor=ACTOR
    )


def withdraw(session: Session, desk: IssuingDesk, issuer: Issuer, key: Key) -> KeyWithdrawal:
    return withdraw_key(session, desk, issuer, key, reason="stolen", now=LATER, actor=ACTOR)


def list_of(session: Session, credential: Credential) -> StatusList:
    return session.get_one(StatusList, credential.status_list_id)


def list_key(session: Session, credential: Credential) -> str:
    method: str = parse_object(list_of(session, credential).document)["proof"]["verificationMethod"]
    return method.partition("#")[2]


def active(session: Session, purpose: str, key_type: str = "Ed25519") -> Key:
    return keys.active_key(session, "inverbrae", purpose, key_type)


def test_old_credentials_keep_verifying_and_new_ones_use_the_new_key(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue
) -> None:
    old = issue()
    new_key = rotate(session, desk, issuer, keys.CREDENTIALS)
    new = issue(now=LATER)

    assert new.key_id == new_key.id != old.key_id
    for credential in (old, new):
        key = session.get_one(Key, credential.key_id)
        verify_signed(desk, issuer, key, credential.document, OPEN_BADGE)


def test_lists_are_signed_again_when_their_key_is_rotated(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue
) -> None:
    credential = issue()
    old = list_key(session, credential)
    new = rotate(session, desk, issuer, keys.STATUS)

    assert list_key(session, credential) == new.fragment != old
    verify_signed(desk, issuer, new, list_of(session, credential).document, VC)


def test_lists_stay_as_they_are_when_another_key_is_rotated(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue
) -> None:
    credential = issue()
    before = list_of(session, credential).document
    rotate(session, desk, issuer, keys.CREDENTIALS)

    assert list_of(session, credential).document == before


def test_withdrawing_the_status_key_signs_the_lists_with_its_successor_first(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue
) -> None:
    credential = issue()
    stolen = active(session, keys.STATUS)
    done = withdraw(session, desk, issuer, stolen)

    assert done.revoked is stolen
    assert stolen.state == "revoked"
    assert done.successor is active(session, keys.STATUS)
    assert list_key(session, credential) == done.successor.fragment
    assert done.credentials == 0


def test_withdrawing_a_retired_status_key_leaves_no_list_signed_with_it(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue
) -> None:
    credential = issue()
    old = active(session, keys.STATUS)
    current = rotate(session, desk, issuer, keys.STATUS)
    done = withdraw(session, desk, issuer, old)

    assert done.successor is None
    assert list_key(session, credential) == current.fragment


def test_withdrawing_a_credentials_key_counts_what_must_be_issued_again(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue
) -> None:
    first, second = issue(), issue()
    stolen = active(session, keys.CREDENTIALS)
    done = withdraw(session, desk, issuer, stolen)
    third = issue(now=LATER)

    assert done.credentials == 2
    assert {first.key_id, second.key_id} == {stolen.id}
    assert done.successor is not None
    assert third.key_id == done.successor.id


@pytest.mark.parametrize("retired_first", [False, True])
def test_withdrawing_a_token_key_counts_the_tokens_of_its_lifetime(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue, retired_first: bool
) -> None:
    issue()
    issue()
    stolen = active(session, keys.CREDENTIALS, "P-256")
    if retired_first:
        keys.retire_key(session, issuer, stolen, now=NOW, actor=ACTOR)
        issue(now=LATER)

    assert withdraw(session, desk, issuer, stolen).credentials == 2


def test_a_withdrawal_that_is_refused_changes_nothing(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue
) -> None:
    issue()
    stolen = active(session, keys.CREDENTIALS)
    withdraw(session, desk, issuer, stolen)
    current = active(session, keys.CREDENTIALS)

    with pytest.raises(Conflict):
        withdraw(session, desk, issuer, stolen)
    assert active(session, keys.CREDENTIALS) is current


def test_a_document_is_not_taken_for_the_work_of_another_key(
    session: Session, desk: IssuingDesk, issuer: Issuer, issue: Issue
) -> None:
    credential = issue()
    other = rotate(session, desk, issuer, keys.CREDENTIALS)

    with pytest.raises(CheckFailed) as refused:
        verify_signed(desk, issuer, other, credential.document, OPEN_BADGE)
    assert refused.value.code == "issuer_mismatch"
