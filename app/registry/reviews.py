"""The states of an achievement: draft → in_review → approved → published → withdrawn.

Credit changes everything: before an achievement that carries credit is published, somebody other
than its author approves it, with the minute of the meeting. What needs no review goes from draft to
published at once; an issuer without a policy has no drafts at all. Who may take the short way, and
whether the policy is met, is for the caller to say (`app.issuing.publishing`).

Every step can be repeated safely: an achievement that is there already stays as it is. All of them
are in the audit trail.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidRequest, NotAuthorized
from app.registry.catalogue import enter_achievement, leave_catalogue, shown_version
from app.registry.deeds import note_deed
from app.storage.tables import Achievement, CatalogueEntry

DRAFT = "draft"
IN_REVIEW = "in_review"
APPROVED = "approved"
PUBLISHED = "published"
WITHDRAWN = "withdrawn"

UNPUBLISHED = (DRAFT, IN_REVIEW, APPROVED)
"""On the way to being published."""

PUBLIC = or_(Achievement.state == PUBLISHED, Achievement.published_at.is_not(None))
"""What the world may see, for queries: published once, withdrawn or not."""


def is_public(achievement: Achievement) -> bool:
    """The same of one achievement."""
    return achievement.state == PUBLISHED or achievement.published_at is not None


def submit_achievement(
    session: Session, achievement: Achievement, *, minute: str | None, now: datetime, actor: str
) -> None:
    """Hand a draft in for review; raises Conflict (`achievement_state`)."""
    if _stands(session, achievement, IN_REVIEW, (DRAFT,)):
        return
    achievement.submitted_at = now
    _move(session, achievement, IN_REVIEW, minute=minute, now=now, actor=actor)


def approve_achievement(
    session: Session, achievement: Achievement, *, minute: str | None, now: datetime, actor: str
) -> None:
    """Approve what is in review, with the minute that says so.

    Raises NotAuthorized (`four_eyes`) for the author, Conflict (`achievement_state`), and
    InvalidRequest without a minute.
    """
    if actor == achievement.author:
        raise NotAuthorized(
            "four_eyes",
            "The author cannot approve this achievement: a colleague has to, with their own key.",
        )
    if _stands(session, achievement, APPROVED, (IN_REVIEW,)):
        return
    if minute is None:
        raise InvalidRequest(
            "missing_member",
            "Name the minute of the meeting that approved it, such as `LTC 2026-03-04, item 7`.",
            field="/minute",
        )
    achievement.approver = actor
    achievement.approved_at = now
    achievement.minute = minute
    _move(session, achievement, APPROVED, minute=minute, now=now, actor=actor)


def publish_achievement(
    session: Session,
    achievement: Achievement,
    *,
    from_draft: bool,
    minute: str | None,
    now: datetime,
    actor: str,
) -> None:
    """Publish what was approved, or, where that suffices, a draft; raises Conflict."""
    states = (DRAFT, IN_REVIEW, APPROVED) if from_draft else (APPROVED,)
    if _stands(session, achievement, PUBLISHED, states):
        return
    achievement.published_at = now
    _move(session, achievement, PUBLISHED, minute=minute, now=now, actor=actor)
    list_newest(session, achievement.series_id)


def withdraw_achievement(
    session: Session, achievement: Achievement, *, minute: str | None, now: datetime, actor: str
) -> None:
    """End it: what was published stays readable and verifies, and is issued no more."""
    states = (DRAFT, IN_REVIEW, APPROVED, PUBLISHED)
    if _stands(session, achievement, WITHDRAWN, states):
        return
    if achievement.state == PUBLISHED and achievement.published_at is None:
        achievement.published_at = achievement.created_at  # from before there were states
    achievement.withdrawn_at = now
    _move(session, achievement, WITHDRAWN, minute=minute, now=now, actor=actor)
    list_newest(session, achievement.series_id)


def list_newest(session: Session, series_id: str) -> None:
    """Let the catalogue show the newest published version of a series, or none of it."""
    # Two versions may change their states at once: one after the other looks for the newest.
    session.scalar(select(Achievement.id).where(Achievement.id == series_id).with_for_update())
    query = select(Achievement).where(
        Achievement.series_id == series_id, Achievement.state == PUBLISHED
    )
    newest = session.scalars(query.order_by(Achievement.version.desc()).limit(1)).one_or_none()
    if newest is None:
        leave_catalogue(session, series_id)
    elif newest.id != shown_version(session, series_id):
        enter_achievement(session, newest)


def fill_catalogue(session: Session, *, limit: int) -> int:
    """List up to so many published series that are in no catalogue yet; how many there were.

    For what was published before there was a catalogue, or by an older version beside this one.
    """
    query = select(Achievement.series_id).where(
        Achievement.state == PUBLISHED,
        Achievement.series_id.not_in(select(CatalogueEntry.series_id)),
    )
    missing = session.scalars(query.distinct().limit(limit)).all()
    for series_id in missing:
        list_newest(session, series_id)
    return len(missing)


def _stands(
    session: Session, achievement: Achievement, wanted: str, before: tuple[str, ...]
) -> bool:
    """Whether it is in the wanted state already; raises Conflict unless it can go there.

    The row is held from here on, so that two cannot take the same step.
    """
    query = select(Achievement).where(Achievement.id == achievement.id).with_for_update()
    session.scalars(query.execution_options(populate_existing=True)).one()
    if achievement.state == wanted:
        return True
    if achievement.state not in before:
        raise Conflict(
            "achievement_state",
            f"The achievement is {_words(achievement.state)}; this can be done when it is "
            f"{' or '.join(_words(state) for state in before)}.",
        )
    return False


def _words(state: str) -> str:
    return {DRAFT: "a draft", IN_REVIEW: "in review"}.get(state, state)


def _move(
    session: Session,
    achievement: Achievement,
    state: str,
    *,
    minute: str | None,
    now: datetime,
    actor: str,
) -> None:
    details: dict[str, Any] = {"from": achievement.state}
    if minute is not None:
        details["minute"] = minute
    achievement.state = state
    session.flush()
    action = f"achievement.{'submitted' if state == IN_REVIEW else state}"
    note_deed(session, achievement, action, now=now, actor=actor, **details)
