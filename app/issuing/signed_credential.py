"""The last steps of every issue, the same for all: sign, verify, store, and put it on record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select
from sqlalchemy.orm import Session, make_transient_to_detached

from app.issuing.desk import IssuingDesk
from app.issuing.records import facts_of
from app.issuing.signing import sign_and_verify, sign_and_verify_jwt
from app.issuing.status_lists import ReservedEntry
from app.proofs.checked import CheckedDocument
from app.registry.keys import ACTIVE, ANY, CREDENTIALS, active_key
from app.storage.audit import append_audit_steps
from app.storage.statements import ReadyStatement
from app.storage.tables import Credential, Issuer, Key

_INSERT = ReadyStatement(insert(Credential))
_ACTIVE_KEYS = ReadyStatement(
    select(Key)
    .where(
        Key.issuer_id == bindparam("issuer"),
        or_(Key.purpose == CREDENTIALS, Key.purpose == ANY),
        Key.state == ACTIVE,
    )
    .order_by(Key.created_at.desc(), Key.id)
)


@dataclass(frozen=True)
class IssuingKeys:
    """The keys of one issue: for the proof, and for the VC-JWT if there is to be one."""

    proof: Key
    token: Key | None = None

    def all(self) -> list[Key]:
        """Both of them, or the one."""
        return [self.proof] if self.token is None else [self.proof, self.token]


def issuing_keys(session: Session, issuer_id: str) -> IssuingKeys:
    """The issuer's active keys; raises Conflict (`issuer_has_no_key`).

    Who is about to sign holds them first (`hold_keys`), or looks at them again before storing.
    """
    active: dict[str, Key] = {}
    for key in _ACTIVE_KEYS.objects(session, Key, issuer=issuer_id):
        active.setdefault(key.key_type, key)
    proof = active.get("Ed25519") or active_key(session, issuer_id, CREDENTIALS, "Ed25519")
    return IssuingKeys(proof, active.get("P-256"))


def unsigned_columns(
    issuer: Issuer,
    keys: IssuingKeys,
    checked: CheckedDocument,
    entry: ReservedEntry,
    *,
    row_id: str,
    achievement_id: str | None,
    now: datetime,
) -> dict[str, Any]:
    """The columns of a credential's row but `document` and `jwt`, which are signed."""
    facts = facts_of(checked.document)
    return {
        "id": row_id,
        "issuer_id": issuer.id,
        "achievement_id": achievement_id,
        "key_id": keys.proof.id,
        "credential_id": facts.credential_id,
        "status_list_id": entry.list_id,
        "status_list_index": entry.index,
        "issued_at": now,
        "valid_from": facts.valid_from,
        "valid_until": facts.valid_until,
        "revoked": False,
    }


def sign_and_store(
    session: Session,
    desk: IssuingDesk,
    issuer: Issuer,
    keys: IssuingKeys,
    checked: CheckedDocument,
    entry: ReservedEntry,
    *,
    row_id: str,
    achievement_id: str | None,
    now: datetime,
    actor: str,
) -> Credential:
    """Sign a checked document and store it, between two audit lines that hold ids only.

    Raises KeyStoreError.
    """
    columns = unsigned_columns(
        issuer, keys, checked, entry, row_id=row_id, achievement_id=achievement_id, now=now
    )
    columns["document"] = sign_and_verify(desk, issuer, keys.proof, checked, now=now)
    columns["jwt"] = None
    if keys.token is not None:
        columns["jwt"] = sign_and_verify_jwt(desk, issuer, keys.token, checked)
    append_audit_steps(
        session,
        ["credential.signing", "credential.signed"],
        at=now,
        actor=actor,
        issuer_id=issuer.id,
        subject=row_id,
        details={"keys": [key.id for key in keys.all()]},
    )
    _INSERT.rows(session, **columns, revoked_at=None, revocation_reason=None)
    credential = Credential(**columns)
    make_transient_to_detached(credential)  # it is in the database, and nothing is to be flushed
    session.add(credential)
    return credential
