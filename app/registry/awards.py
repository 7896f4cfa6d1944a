"""Awards before they are credentials: provisional, confirmed by a board, issued.

A provisional award is a request to issue that waits for the board. Of the request only a salted
hash is kept: the request is sent again to issue, and must be the one that the board confirmed.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.credentials.issue_request import BoardConfirmation
from app.errors import Conflict, InvalidRequest, NotAuthorized, NotFound
from app.registry.deeds import note_deed
from app.registry.listing import Page, list_page
from app.registry.outbox import Event, note_events
from app.registry.row_ids import is_row_id, new_row_id
from app.storage.tables import Achievement, Award

PROVISIONAL = "provisional"
CONFIRMED = "confirmed"
ISSUED = "issued"

_SALT_BYTES = 16


def record_award(
    session: Session, achievement: Achievement, request: bytes, *, now: datetime, actor: str
) -> Award:
    """Record a provisional award; `request` are the canonical bytes of the request to issue."""
    salt = secrets.token_bytes(_SALT_BYTES)
    award = Award(
        id=new_row_id(),
        issuer_id=achievement.issuer_id,
        achievement_id=achievement.id,
        salt=salt,
        request_hash=_hash(salt, request),
        state=PROVISIONAL,
        author=actor,
        recorded_at=now,
    )
    session.add(award)
    session.flush()
    note_deed(
        session, award, "award.recorded", now=now, actor=actor, achievement=award.achievement_id
    )
    return award


def load_award(session: Session, issuer_id: str, id_: str) -> Award:
    """One award of the issuer; raises NotFound."""
    award = session.get(Award, id_) if is_row_id(id_) else None
    if award is None or award.issuer_id != issuer_id:
        raise NotFound("not_found", "There is no such award.")
    return award


def list_awards(session: Session, issuer_id: str, *, limit: int, cursor: str | None) -> Page[Award]:
    """The issuer's awards, newest first."""
    query = select(Award).where(Award.issuer_id == issuer_id)
    return list_page(session, query, Award.recorded_at, Award.id, limit=limit, cursor=cursor)


def confirm_award(
    session: Session, award: Award, board: BoardConfirmation, *, now: datetime, actor: str
) -> None:
    """Note that a board confirmed the award; again changes nothing.

    Raises NotAuthorized (`four_eyes`) for whoever recorded it, InvalidRequest for a board that has
    not met yet.
    """
    if actor == award.author:
        raise NotAuthorized(
            "four_eyes",
            "Whoever recorded the award cannot confirm it: a colleague has to, with their own key.",
        )
    _hold(session, award)
    if award.state == PROVISIONAL:
        _confirm(session, award, board, "/confirmed_at", now=now, actor=actor)
        things = {"award": award.id, "achievement": award.achievement_id}
        note_events(session, award.issuer_id, [Event("award.confirmed", things)], now=now)


def record_confirmed_award(
    session: Session,
    achievement: Achievement,
    request: bytes,
    board: BoardConfirmation,
    *,
    now: datetime,
    actor: str,
) -> Award:
    """An award whose board had met before it was recorded here."""
    award = record_award(session, achievement, request, now=now, actor=actor)
    _confirm(session, award, board, "/board/confirmed_at", now=now, actor=actor)
    return award


def claim_award(session: Session, achievement: Achievement, id_: str, request: bytes) -> Award:
    """The confirmed award that this request is to be issued for, held until the transaction ends.

    Raises InvalidRequest for an unknown one or another request, Conflict (`award_state`).
    """
    try:
        award = load_award(session, achievement.issuer_id, id_)
    except NotFound:
        raise InvalidRequest(
            "bad_value",
            "There is no such award; use the id that recording it gave.",
            field="/award",
        ) from None
    _hold(session, award)
    if not hmac.compare_digest(award.request_hash, _hash(award.salt, request)):
        raise InvalidRequest(
            "contradiction",
            "This is not the award that was recorded: send the same request again, with `award`.",
            field="/award",
        )
    if award.state == PROVISIONAL:
        raise Conflict(
            "award_state", "The award is provisional: the board has to confirm it.", field="/award"
        )
    if award.state == ISSUED:
        raise Conflict("award_state", "The award has been issued already.", field="/award")
    return award


def close_award(
    session: Session, award: Award, credential_id: str, *, now: datetime, actor: str
) -> None:
    """Note that the award has become a credential."""
    award.state = ISSUED
    award.credential_id = credential_id
    session.flush()
    details = {"achievement": award.achievement_id, "credential": credential_id}
    note_deed(session, award, "award.issued", now=now, actor=actor, **details)


def _confirm(
    session: Session,
    award: Award,
    board: BoardConfirmation,
    field: str,
    *,
    now: datetime,
    actor: str,
) -> None:
    if board.confirmed_at is not None and board.confirmed_at > now:
        raise InvalidRequest(
            "out_of_range",
            "The board cannot have confirmed it in the future.",
            field=field,
        )
    award.state = CONFIRMED
    award.confirmer = actor
    award.confirmed_at = board.confirmed_at or now
    award.minute = board.minute
    session.flush()
    details = {"achievement": award.achievement_id, "minute": board.minute}
    note_deed(session, award, "award.confirmed", now=now, actor=actor, **details)


def _hold(session: Session, award: Award) -> None:
    query = select(Award).where(Award.id == award.id).with_for_update()
    session.scalars(query.execution_options(populate_existing=True)).one()


def _hash(salt: bytes, request: bytes) -> str:
    return hashlib.sha256(salt + request).hexdigest()
