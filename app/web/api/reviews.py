"""The steps of an achievement under a definition policy: submit, approve, publish, withdraw."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.credentials.issue_request import LONGEST_MINUTE
from app.encoding.dates import format_if_any
from app.errors import NotFound
from app.issuing.policies import find_policy
from app.issuing.publishing import publish_reviewed, review_of
from app.registry import reviews
from app.registry.achievements import achievement_url, load_achievement
from app.registry.api_keys import Caller
from app.settings import Settings
from app.storage.tables import Achievement
from app.web.api.policies import FindingAnswer, shown
from app.web.dependencies import (
    AnyKey,
    CurrentDesk,
    Desk,
    IssuerId,
    Now,
    ReadSession,
    WriteSession,
    require,
)
from app.web.openapi import Responses, problems
from app.web.strict_body import StrictRoute

router = APIRouter(
    prefix="/api/v1/issuers/{issuer}/achievements/{achievement}",
    tags=["achievements"],
    route_class=StrictRoute,
)

AchievementId = Annotated[str, Path(description="The id of one version.", max_length=256)]
Writer = Annotated[Caller, Depends(require("achievements:write"))]


class Step(BaseModel):
    """What is said with a step: the minute of the meeting that took it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    minute: str | None = Field(
        None, min_length=1, max_length=LONGEST_MINUTE, description="Such as `LTC 2026-03-04, 7`."
    )


class ReviewAnswer(BaseModel):
    """Where an achievement stands, who brought it there and when, and what its policy says."""

    id: str
    url: str
    state: str = Field(description="draft, in_review, approved, published or withdrawn.")
    credit_bearing: bool = Field(description="What carries credit needs approval by another.")
    policy: str | None = Field(description="The policy that it was made under.")
    author: str | None
    approver: str | None
    minute: str | None = Field(description="The minute of its approval.")
    submitted_at: str | None
    approved_at: str | None
    published_at: str | None
    withdrawn_at: str | None
    findings: list[FindingAnswer] = Field(description="What the issuer's present policy says.")


_REFUSALS: Responses = problems(400, 401, 403, 404, 409, 415, 422)


@dataclass(frozen=True)
class Taking:
    """A step that somebody takes: the achievement, what is said with it, who says it and when."""

    desk: Desk
    session: Session
    achievement: Achievement
    minute: str | None
    now: datetime
    actor: str

    @property
    def said(self) -> dict[str, Any]:
        """What every step takes besides the achievement."""
        return {"minute": self.minute, "now": self.now, "actor": self.actor}

    def answer(self) -> ReviewAnswer:
        """Where the achievement stands after it."""
        return _answer(self.session, self.desk.settings, self.achievement)


def _taking(
    desk: CurrentDesk,
    caller: Writer,
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    achievement: AchievementId,
    step: Step | None = None,
) -> Taking:
    found = _load(session, issuer, achievement)
    minute = None if step is None else step.minute
    return Taking(desk, session, found, minute, now, caller.actor)


Taken = Annotated[Taking, Depends(_taking)]


@router.get("/review", summary="See where an achievement stands", responses=problems(401, 404))
def get_review(
    desk: CurrentDesk,
    _caller: AnyKey,
    session: ReadSession,
    issuer: IssuerId,
    achievement: AchievementId,
) -> ReviewAnswer:
    """Its state, its history, and how it stands to the issuer's definition policy."""
    return _answer(session, desk.settings, _load(session, issuer, achievement))


@router.post("/submit", summary="Hand a draft in for review", responses=_REFUSALS)
def submit(taken: Taken) -> ReviewAnswer:
    """A draft goes into review; what the policy says of it is in the answer."""
    reviews.submit_achievement(taken.session, taken.achievement, **taken.said)
    return taken.answer()


@router.post("/approve", summary="Approve what is in review", responses=_REFUSALS)
def approve(taken: Taken) -> ReviewAnswer:
    """Needs the minute of the meeting, and another key than the author's."""
    reviews.approve_achievement(taken.session, taken.achievement, **taken.said)
    return taken.answer()


@router.post("/publish", summary="Publish an achievement", responses=_REFUSALS)
def publish(taken: Taken) -> ReviewAnswer:
    """From now on it can be seen and issued. It has to meet the policy, and to be approved where it
    carries credit.
    """
    publish_reviewed(taken.session, taken.desk.settings, taken.achievement, **taken.said)
    return taken.answer()


@router.post("/withdraw", summary="Withdraw an achievement", responses=_REFUSALS)
def withdraw(taken: Taken) -> ReviewAnswer:
    """It is issued no more. What was published stays readable, and its credentials stay valid."""
    reviews.withdraw_achievement(taken.session, taken.achievement, **taken.said)
    return taken.answer()


def _load(session: Session, issuer: str, id_: str) -> Achievement:
    achievement = load_achievement(session, id_)
    if achievement.issuer_id != issuer:
        raise NotFound("not_found", "There is no such achievement.")
    return achievement


def _answer(session: Session, settings: Settings, achievement: Achievement) -> ReviewAnswer:
    review = review_of(session, settings, achievement)
    policy = achievement.policy_id
    return ReviewAnswer(
        id=achievement.id,
        url=achievement_url(settings, achievement.id),
        state=achievement.state,
        credit_bearing=review.credit_bearing,
        policy=None if policy is None else find_policy(session, settings, policy).url,
        author=achievement.author,
        approver=achievement.approver,
        minute=achievement.minute,
        findings=shown(review.findings),
        submitted_at=format_if_any(achievement.submitted_at),
        approved_at=format_if_any(achievement.approved_at),
        published_at=format_if_any(achievement.published_at),
        withdrawn_at=format_if_any(achievement.withdrawn_at),
    )
