"""Issuing a credential from an achievement: the one road from a request to stored, signed bytes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.credentials.issue_request import IssueRequest
from app.encoding.strict_json import parse_object
from app.errors import InvalidRequest
from app.issuing.award_gate import award_for, hold_to_policy, require_published
from app.issuing.desk import IssuingDesk
from app.issuing.drafts import check_draft, context_pin, draft_credential
from app.issuing.records import refuse_backward_clock
from app.issuing.signed_credential import issuing_keys, sign_and_store
from app.issuing.status_lists import PURPOSE, reserve_entry
from app.policy.evaluation import RuleFinding
from app.registry.achievements import achievement_id_of, read_achievement
from app.registry.awards import close_award
from app.registry.issuers import hold_issuer
from app.registry.outbox import Event, note_events, note_mail
from app.registry.row_ids import new_row_id
from app.status.bitstring import status_entry
from app.storage.tables import Achievement, Credential, Issuer


@dataclass(frozen=True)
class Issued:
    """A credential's row, and what the definition policy says of it, if one governs it."""

    credential: Credential
    findings: tuple[RuleFinding, ...]


def issue_credential(
    session: Session,
    desk: IssuingDesk,
    issuer_id: str,
    request: IssueRequest,
    *,
    now: datetime,
    actor: str,
) -> Credential:
    """Issue one credential and return its row; otherwise as `issue_with_findings`."""
    return issue_with_findings(session, desk, issuer_id, request, now=now, actor=actor).credential


def issue_with_findings(
    session: Session,
    desk: IssuingDesk,
    issuer_id: str,
    request: IssueRequest,
    *,
    now: datetime,
    actor: str,
) -> Issued:
    """Issue one credential; design.md "Data flow: issue".

    1. load the issuer, its keys, the achievement (a published one) and the board's confirmation
    2. reserve a status entry; from here on issuing for this issuer is one after the other
    3. build the unsecured document, and put the definition policy to it
    4. check it with the verifier's own rules, in safe mode: no term may vanish
    5. sign, verify the result with the public key, and store the exact bytes to be served with
       columns taken from them; the same as a VC-JWT, if the issuer has a key for it; an audit line
       before and after
    6. into the outbox: the event for the issuer's platform, the mail to the learner if wished

    Nothing is committed here: whoever opened the transaction answers "created" after its commit.
    Raises NotFound (issuer), InvalidRequest (`field` points into the request), Conflict
    (`issuer_has_no_key`, `achievement_state`, `board_needed`, `award_state`, `mail_off`),
    KeyStoreError and Unavailable.
    """
    issuer = hold_issuer(session, issuer_id)  # 1
    keys = issuing_keys(session, issuer.id)
    achievement = achievement_of(session, desk, issuer, request)
    require_published(achievement)
    award = award_for(session, achievement, request, now=now, actor=actor)
    refuse_backward_clock(session, issuer.id, now)

    entry = reserve_entry(session, desk, issuer, now=now, actor=actor)  # 2

    row_id = new_row_id()  # 3
    document = draft_credential(
        issuer,
        parse_object(achievement.document),
        request,
        context_pin(desk),
        board_met=None if award is None else award.confirmed_at,
        credential_url=desk.credential_url(row_id),
        credential_status=status_entry(desk.status_list_url(entry.list_id), entry.index, PURPOSE),
        now=now,
    )
    findings = hold_to_policy(session, desk.settings, issuer, achievement, document, award)
    checked = check_draft(document, desk)  # 4

    credential = sign_and_store(  # 5
        session,
        desk,
        issuer,
        keys,
        checked,
        entry,
        row_id=row_id,
        achievement_id=achievement.id,
        now=now,
        actor=actor,
    )
    if award is not None:
        close_award(session, award, row_id, now=now, actor=actor)
    things = {"credential": row_id, "achievement": achievement.id}  # 6
    note_events(session, issuer.id, [Event("credential.issued", things)], now=now)
    wishes = {} if request.notify is None else {row_id: request.notify}
    note_mail(session, desk.key_store, desk.settings, issuer.id, wishes, now=now)
    return Issued(credential, findings)


def achievement_of(
    session: Session, desk: IssuingDesk, issuer: Issuer, request: IssueRequest
) -> Achievement:
    """The achievement that the request names by its URL or the last part of it."""
    reference = achievement_id_of(desk.settings, request.achievement)
    achievement = read_achievement(session, reference)
    if achievement is None or achievement.issuer_id != issuer.id:
        raise InvalidRequest(
            "achievement_unknown",
            f"{issuer.id} has no such achievement; use the id that creating it returned.",
            field="/achievement",
        )
    return achievement
