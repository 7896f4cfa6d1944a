"""Revoking a credential: its bit is set, its list signed anew, and both stored together."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.issuing.desk import IssuingDesk
from app.issuing.status_lists import lock_list, publish
from app.registry.keys import check_reason
from app.registry.outbox import Event, note_events
from app.status.bitstring import set_bit
from app.storage.audit import append_audit
from app.storage.tables import Credential


def revoke_credential(
    session: Session,
    desk: IssuingDesk,
    credential: Credential,
    *,
    reason: str,
    now: datetime,
    actor: str,
) -> Credential:
    """Revoke a credential for good; what the status list shows changes in the same transaction.

    Revoking twice is no error and changes nothing: the first reason and date stand. There is no
    way back: a verifier that saw the revocation must never be contradicted, so a credential that
    was revoked by mistake is issued again. Raises InvalidRequest without a reason.

    1. lock the list, and see whether somebody was faster
    2. set the bit and sign the list
    3. mark the credential, for listings (the bit is what verifiers read)
    4. audit line, with the reason, and the event into the outbox, without it
    """
    reason = check_reason(reason)
    status_list = lock_list(session, credential.status_list_id)  # 1
    session.refresh(credential)
    if credential.revoked:
        return credential
    status_list.bits = set_bit(status_list.bits, credential.status_list_index)  # 2
    publish(session, desk, status_list, now=now, actor=actor)
    credential.revoked = True  # 3
    credential.revoked_at = now
    credential.revocation_reason = reason
    session.flush()
    append_audit(  # 4
        session,
        at=now,
        actor=actor,
        action="credential.revoked",
        issuer_id=credential.issuer_id,
        subject=credential.id,
        details={"reason": reason},
    )
    things = {"credential": credential.id}
    if credential.achievement_id is not None:
        things["achievement"] = credential.achievement_id
    event = Event("credential.revoked", things)
    note_events(session, credential.issuer_id, [event], now=now)
    return credential
