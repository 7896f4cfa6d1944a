"""Changes of an issuer's keys that its status lists must follow, in one transaction.

A status list is only as good as the key that signed it. If a status key were withdrawn before its
lists are signed with another, every credential of the issuer could not be checked
(security.md 2.7). So the successor comes first, then the lists, then the withdrawal.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.issuing.desk import IssuingDesk
from app.issuing.status_lists import republish_lists
from app.registry import keys
from app.storage.tables import Credential, Issuer, Key


@dataclass(frozen=True)
class KeyWithdrawal:
    """What withdrawing a compromised key has done, and what is left to do by hand.

    `credentials` counts what the key had signed: none of it verifies any more, each must be issued
    again.
    """

    revoked: Key
    successor: Key | None
    credentials: int


def rotate_key(
    session: Session,
    desk: IssuingDesk,
    issuer: Issuer,
    *,
    purpose: str,
    key_type: str,
    now: datetime,
    actor: str,
) -> Key:
    """Put a new key in the place of the active one; lists follow a new status key at once.

    Raises Conflict for a did:key issuer, and when there is no active key to rotate.
    """
    key = keys.rotate_key(
        session, desk.key_store, issuer, purpose=purpose, key_type=key_type, now=now, actor=actor
    )
    if purpose == keys.STATUS:
        republish_lists(session, desk, issuer, now=now, actor=actor)
    return key


def withdraw_key(
    session: Session,
    desk: IssuingDesk,
    issuer: Issuer,
    key: Key,
    *,
    reason: str,
    now: datetime,
    actor: str,
) -> KeyWithdrawal:
    """Withdraw a compromised key: successor first, then the lists, then the withdrawal itself.

    A key that was retired already has its successor; one that is active gets one here. Raises as
    `app.registry.keys.revoke_key` does.
    """
    keys.lock_keys(session, issuer.id)
    session.refresh(key)
    successor = None
    if key.state == keys.ACTIVE:
        successor = keys.rotate_key(
            session,
            desk.key_store,
            issuer,
            purpose=key.purpose,
            key_type=key.key_type,
            now=now,
            actor=actor,
        )
    if key.purpose == keys.STATUS:
        republish_lists(session, desk, issuer, now=now, actor=actor)
    revoked = keys.revoke_key(session, issuer, key, reason=reason, now=now, actor=actor)
    return KeyWithdrawal(revoked, successor, _count_signed(session, key))


def _count_signed(session: Session, key: Key) -> int:
    """How many credentials carry a signature by this key: proofs by id, tokens by its lifetime."""
    signed = select(func.count()).select_from(Credential)
    if key.key_type == "P-256":
        signed = signed.where(
            Credential.issuer_id == key.issuer_id,
            Credential.jwt.is_not(None),
            Credential.issued_at >= key.created_at,
            Credential.issued_at <= (key.retired_at or key.revoked_at),
        )
    else:
        signed = signed.where(Credential.key_id == key.id)
    return session.scalars(signed).one()
