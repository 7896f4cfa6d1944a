"""Who did what, when. Lines are only ever added: triggers refuse to change or delete them."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, insert
from sqlalchemy.orm import Session

from app.storage.statements import ReadyStatement
from app.storage.tables import AuditEvent

_COMMON = ("at", "actor", "issuer_id", "subject", "details")


def append_audit(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    issuer_id: str | None,
    subject: str | None,
    details: dict[str, Any],
) -> None:
    """Add one line to the audit table, in the transaction of the deed itself.

    What is pending in the session is flushed first. `actor` is "api-key:ID", "cli:USER" or
    "service"; `action` a dotted word such as "credential.revoked"; `subject` the id of the thing;
    `details` holds ids and reasons only, never a secret and never a recipient's address.
    """
    append_audit_steps(
        session,
        [action],
        at=at,
        actor=actor,
        issuer_id=issuer_id,
        subject=subject,
        details=details,
    )


def append_audit_steps(session: Session, actions: Sequence[str], **common: Any) -> None:
    """Add one line for each step of one deed, in their order; otherwise as `append_audit`."""
    session.flush()
    steps = {f"step{number}": action for number, action in enumerate(actions)}
    _insertion(len(steps)).rows(session, **common, **steps)


@cache
def _insertion(steps: int) -> ReadyStatement:
    """Lines that differ in their step only; they are numbered in the order of the steps."""
    columns = AuditEvent.__table__.columns
    common = {name: bindparam(name, type_=columns[name].type) for name in _COMMON}
    action = columns["action"].type
    lines = [{**common, "action": bindparam(f"step{n}", type_=action)} for n in range(steps)]
    return ReadyStatement(insert(AuditEvent).inline().values(lines))
