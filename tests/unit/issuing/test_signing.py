"""What was signed must say what was checked, or nothing leaves."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.errors import CheckFailed, KeyStoreError
from app.issuing import signing
from app.issuing.desk import IssuingDesk
from app.issuing.signing import sign_and_verify, sign_and_verify_jwt, verify_signed_jwt
from app.proofs.checked import CheckedDocument, check_document
from app.proofs.data_integrity import make_proof
from app.proofs.profiles import VC
from app.proofs.vc_jose import sign_jwt
from app.registry.keys import active_key
from app.storage.tables import Issuer
from tests.unit.issuing.conftest import NOW


def a_checked_document(desk: IssuingDesk, issuer: Issuer, name: str) -> CheckedDocument:
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:example:1",
        "type": ["VerifiableCredential"],
        "name": name,
        "issuer": issuer.did,
        "validFrom": "2026-03-01T12:00:00Z",
        "credentialSubject": {"id": "did:example:ailsa"},
    }
    return check_document(document, profile=VC, contexts=desk.contexts)


def instead_of_the_first_argument(
    function: Callable[..., Any], other: CheckedDocument
) -> Callable[..., Any]:
    def exchanged(_checked: CheckedDocument, *rest: Any, **options: Any) -> Any:
        return function(other, *rest, **options)

    return exchanged


def test_a_proof_over_something_else_than_was_checked_is_not_let_out(
    session: Session, desk: IssuingDesk, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = active_key(session, "inverbrae", "credentials", "Ed25519")
    checked = a_checked_document(desk, issuer, "what was checked")
    other = a_checked_document(desk, issuer, "something else")
    assert sign_and_verify(desk, issuer, key, checked, now=NOW)
    monkeypatch.setattr(signing, "make_proof", instead_of_the_first_argument(make_proof, other))

    with pytest.raises(KeyStoreError, match="was not made over this content"):
        sign_and_verify(desk, issuer, key, checked, now=NOW)


def test_a_token_over_something_else_than_was_checked_is_not_let_out(
    session: Session, desk: IssuingDesk, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = active_key(session, "inverbrae", "credentials", "P-256")
    checked = a_checked_document(desk, issuer, "what was checked")
    other = a_checked_document(desk, issuer, "something else")
    assert sign_and_verify_jwt(desk, issuer, key, checked)
    monkeypatch.setattr(signing, "sign_jwt", instead_of_the_first_argument(sign_jwt, other))

    with pytest.raises(KeyStoreError, match="does not say what was checked"):
        sign_and_verify_jwt(desk, issuer, key, checked)


def test_a_token_is_not_taken_for_the_work_of_another_key(
    session: Session, desk: IssuingDesk, issuer: Issuer
) -> None:
    key = active_key(session, "inverbrae", "credentials", "P-256")
    another = active_key(session, "inverbrae", "status", "Ed25519")
    checked = a_checked_document(desk, issuer, "what was checked")
    token = sign_and_verify_jwt(desk, issuer, key, checked)

    with pytest.raises(CheckFailed, match="names another key"):
        verify_signed_jwt(desk, issuer, another, token)
