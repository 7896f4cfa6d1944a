"""What was done with a thing of an issuer's, or of the whole service's, as a line of the audit."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.storage.audit import append_audit
from app.storage.tables import (
    Achievement,
    ApiKey,
    Award,
    Batch,
    FederationEntity,
    Key,
    Pathway,
    Policy,
    TrustAnchor,
    TrustedIssuer,
    WebhookEndpoint,
)

_OfIssuer = Achievement | ApiKey | Award | Batch | Key | Pathway | Policy | WebhookEndpoint
_OfService = FederationEntity | TrustAnchor | TrustedIssuer


def note_deed(
    session: Session,
    thing: _OfIssuer | _OfService,
    action: str,
    *,
    now: datetime,
    actor: str,
    **details: object,
) -> None:
    """Add the line, as `append_audit` does; the registry's own things belong to no issuer."""
    append_audit(
        session,
        at=now,
        actor=actor,
        action=action,
        issuer_id=None if isinstance(thing, _OfService) else thing.issuer_id,
        subject=thing.id,
        details=details,
    )
