"""Awards over HTTP: recorded as provisional, confirmed by a board, then issued as credentials."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from app.credentials.issue_request import LONGEST_MINUTE, BoardConfirmation, parse_issue_request
from app.encoding.dates import format_datetime, format_if_any, parse_datetime
from app.encoding.strict_json import JsonObject, dump_json
from app.errors import CheckFailed, InvalidRequest
from app.issuing.award_gate import require_published
from app.issuing.issue import achievement_of
from app.registry.achievements import achievement_url
from app.registry.api_keys import Caller
from app.registry.awards import confirm_award, list_awards, load_award, record_award
from app.registry.idempotency import Answer
from app.registry.issuers import load_issuer
from app.storage.tables import Award
from app.web.api.credentials import ISSUE_REQUEST
from app.web.dependencies import (
    CurrentDesk,
    Cursor,
    Desk,
    IssuerId,
    Limit,
    Now,
    ReadSession,
    Repeatable,
    WriteSession,
    require,
)
from app.web.lists import ListAnswer, list_answer
from app.web.openapi import json_body, problems
from app.web.strict_body import StrictRoute

router = APIRouter(
    prefix="/api/v1/issuers/{issuer}/awards", tags=["credentials"], route_class=StrictRoute
)

AwardId = Annotated[str, Path(description="The id that recording it gave.", max_length=256)]
Recorder = Annotated[Caller, Depends(require("credentials:issue"))]
Reader = Annotated[Caller, Depends(require("credentials:read"))]


class AwardAnswer(BaseModel):
    """Where an award stands; whom it is for is not stored, only a hash of the request."""

    id: str
    achievement: str
    state: str = Field(description="provisional, confirmed or issued.")
    recorded_at: str
    confirmed_at: str | None = Field(description="When the board met.")
    minute: str | None
    credential: str | None = Field(description="The credential that it became.")


class Confirmation(BaseModel):
    """That a board confirmed an award."""

    model_config = ConfigDict(extra="forbid", strict=True)

    minute: str = Field(
        min_length=1, max_length=LONGEST_MINUTE, description="The reference of the minute."
    )
    confirmed_at: str | None = Field(None, description="When the board met; now, if left out.")


@router.post(
    "",
    status_code=201,
    summary="Record a provisional award",
    response_model=AwardAnswer,
    responses=problems(400, 401, 403, 404, 409, 415, 422),
    openapi_extra=json_body(ISSUE_REQUEST),
)
def post_award(
    desk: CurrentDesk,
    caller: Recorder,
    once: Repeatable,
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    body: Annotated[JsonObject, Body()],
) -> Response:
    """The body is the request to issue, as it will be sent once the board has confirmed it.

    Only a salted hash of it is kept. To issue, send the same request again with `award`.
    """
    request = parse_issue_request(body)
    if request.notify is not None:
        raise InvalidRequest(
            "unknown_member",
            "There is nothing to tell the learner yet: send `notify` when it is issued.",
            field="/notify",
        )
    if request.board is not None or request.award is not None:
        raise InvalidRequest(
            "unknown_member", "A provisional award has no board yet: leave it out.", field="/board"
        )

    def create() -> Answer:
        owner = load_issuer(session, issuer)
        achievement = achievement_of(session, desk.issuing, owner, request)
        require_published(achievement)
        award = record_award(session, achievement, request.given, now=now, actor=caller.actor)
        location = f"{desk.settings.public_url}/api/v1/issuers/{issuer}/awards/{award.id}"
        return Answer(201, dump_json(_answer(desk, award).model_dump()), location)

    return once.answer(session, now, create)


@router.get("", summary="List awards", responses=problems(401, 403, 404, 422))
def get_awards(
    desk: CurrentDesk,
    _caller: Reader,
    session: ReadSession,
    issuer: IssuerId,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListAnswer[AwardAnswer]:
    """The awards that were recorded, newest first."""
    load_issuer(session, issuer)
    page = list_awards(session, issuer, limit=limit, cursor=cursor)
    return list_answer(page, lambda award: _answer(desk, award))


@router.get("/{award}", summary="Read an award", responses=problems(401, 403, 404))
def get_award(
    desk: CurrentDesk, _caller: Reader, session: ReadSession, issuer: IssuerId, award: AwardId
) -> AwardAnswer:
    """Where one award stands."""
    return _answer(desk, load_award(session, issuer, award))


@router.post(
    "/{award}/confirm",
    summary="Confirm an award by the board",
    responses=problems(400, 401, 403, 404, 409, 415, 422),
)
def confirm(
    desk: CurrentDesk,
    caller: Recorder,
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    award: AwardId,
    confirmation: Confirmation,
) -> AwardAnswer:
    """With another key than the one that recorded it, and the minute of the board.

    Repeating it is safe: the first minute stands.
    """
    found = load_award(session, issuer, award)
    met = confirmation.confirmed_at
    board = BoardConfirmation(confirmation.minute, None if met is None else _time(met))
    confirm_award(session, found, board, now=now, actor=caller.actor)
    return _answer(desk, found)


def _time(text: str) -> datetime:
    try:
        return parse_datetime(text)
    except CheckFailed as error:
        raise InvalidRequest(error.code, error.detail, field="/confirmed_at") from error


def _answer(desk: Desk, award: Award) -> AwardAnswer:
    credential = award.credential_id
    return AwardAnswer(
        id=award.id,
        achievement=achievement_url(desk.settings, award.achievement_id),
        state=award.state,
        recorded_at=format_datetime(award.recorded_at),
        confirmed_at=format_if_any(award.confirmed_at),
        minute=award.minute,
        credential=None if credential is None else desk.issuing.credential_url(credential),
    )
