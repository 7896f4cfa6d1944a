"""Who did what, when. Lines are only ever added: triggers refuse to change or delete them."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.storage.tables import AuditEvent


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

    `actor` is "api-key:ID", "cli:USER" or "service"; `action` a dotted word such as
    "credential.revoked"; `subject` the id of the thing; `details` holds ids and reasons only,
    never a secret and never a recipient's address.
    """
    session.add(
        AuditEvent(
            at=at,
            actor=actor,
            action=action,
            issuer_id=issuer_id,
            subject=subject,
            details=details,
        )
    )
    session.flush()
