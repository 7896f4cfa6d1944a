"""Issuing a recognition decision: an endorsement of a credential, signed by who received it.

The credential may be anybody's; whoever calls has verified it. The endorsement is stored, served,
listed and revoked like every credential that is issued here. It awards nothing, so no definition
policy and no board stand before it: the decision was made by people.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.credentials.recognition_decision import RecognitionDecision, build_decision
from app.issuing.desk import IssuingDesk
from app.issuing.records import refuse_backward_clock
from app.issuing.signed_credential import issuing_keys, sign_and_store
from app.issuing.status_lists import PURPOSE, reserve_entry
from app.proofs.checked import check_document
from app.proofs.profiles import OPEN_BADGE
from app.registry.issuers import hold_issuer, issuer_profile
from app.registry.row_ids import new_row_id
from app.status.bitstring import status_entry
from app.storage.audit import append_audit
from app.storage.tables import Credential


def issue_decision(
    session: Session,
    desk: IssuingDesk,
    issuer_id: str,
    decision: RecognitionDecision,
    *,
    endorsed: str,
    content_digest: str,
    now: datetime,
    actor: str,
) -> Credential:
    """Sign and store the decision about the credential with this id and content.

    The steps are those of `issue_credential`. Nothing is committed here. Raises NotFound (issuer),
    Conflict (`issuer_has_no_key`), CheckFailed, KeyStoreError and Unavailable.
    """
    issuer = hold_issuer(session, issuer_id)
    keys = issuing_keys(session, issuer.id)
    refuse_backward_clock(session, issuer.id, now)
    entry = reserve_entry(session, desk, issuer, now=now, actor=actor)
    row_id = new_row_id()
    document = build_decision(
        decision,
        credential_url=desk.credential_url(row_id),
        issuer_profile=issuer_profile(issuer),
        credential_status=status_entry(desk.status_list_url(entry.list_id), entry.index, PURPOSE),
        endorsed=endorsed,
        content_digest=content_digest,
        now=now,
    )
    checked = check_document(document, profile=OPEN_BADGE, contexts=desk.contexts)
    credential = sign_and_store(
        session,
        desk,
        issuer,
        keys,
        checked,
        entry,
        row_id=row_id,
        achievement_id=None,
        now=now,
        actor=actor,
    )
    append_audit(
        session,
        at=now,
        actor=actor,
        action="recognition.decided",
        issuer_id=issuer.id,
        subject=row_id,
        details={"decision": decision.outcome, "digest": content_digest},
    )
    return credential
