"""Achievement definitions over HTTP: published, read, and followed by new versions."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Response
from sqlalchemy.orm import Session

from app.credentials.microcredential_document import microcredential_warnings
from app.encoding.strict_json import JsonObject, dump_json, parse_object
from app.errors import NotFound
from app.issuing.publishing import Review, draft_or_publish
from app.registry.achievements import (
    achievement_url,
    list_achievements,
    load_achievement,
)
from app.registry.api_keys import Caller
from app.registry.idempotency import Answer
from app.registry.issuers import load_issuer
from app.settings import Settings
from app.storage.tables import Achievement
from app.web.dependencies import (
    AnyKey,
    CurrentDesk,
    Cursor,
    IssuerId,
    Limit,
    Now,
    ReadSession,
    Repeatable,
    WriteSession,
    require,
)
from app.web.lists import ListAnswer, document_list
from app.web.openapi import Responses, json_body, problems, refs
from app.web.strict_body import StrictRoute

router = APIRouter(
    prefix="/api/v1/issuers/{issuer}/achievements", tags=["achievements"], route_class=StrictRoute
)

AchievementId = Annotated[str, Path(description="The id of one version.", max_length=256)]
Writer = Annotated[Caller, Depends(require("achievements:write"))]

_EXAMPLE: JsonObject = {
    "name": "Data Literacy",
    "description": "Reads, questions and explains data.",
    "achievementType": "MicroCredential",
    "criteria": {"narrative": "Pass the final project with at least 60 %."},
    "microcredential": {
        "outcomes": [{"title": "Question a data set before relying on it."}],
        "workload_hours": 200,
        "credit": {"scheme": "SCQF", "value": 20},
        "level": {"framework": "SCQF", "value": 11},
        "eqf_level": 7,
        "assessment": [{"type": "project-work", "title": "Final project", "weight": 100}],
        "participation": ["online"],
        "supervision": "supervised-id",
        "quality_assurance": [{"type": "institutional", "agent": "https://www.qaa.ac.uk"}],
        "stackability": ["stand-alone", "stackable"],
        "stacks_into": [{"award": "PG Certificate in Data Literacy"}],
        "field": "0612",
    },
    "resultDescription": [
        {
            "id": "mark",
            "name": "Final mark",
            "resultType": "Percent",
            "valueMin": "0",
            "valueMax": "100",
        }
    ],
}
_ONE: Responses = {
    200: {
        "description": "The OB 3.0 Achievement, as it was published",
        "content": {"application/json": {"schema": refs("PublishedAchievement")}},
    }
}
_MADE: Responses = {
    201: {
        "description": "The OB 3.0 Achievement; its `id` is its public address. `warnings` stand "
        "only in this answer, where something is hardly plausible; `state` and `findings` where "
        "the issuer has a definition policy.",
        "content": {"application/json": {"schema": refs("PublishedAchievement")}},
        "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}},
    }
}


@router.post(
    "",
    status_code=201,
    summary="Create an achievement",
    response_class=Response,
    responses={**_MADE, **problems(400, 401, 403, 404, 409, 415, 422)},
    openapi_extra=json_body(refs("AchievementInput"), _EXAMPLE),
)
def post_achievement(
    desk: CurrentDesk,
    caller: Writer,
    once: Repeatable,
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    body: Annotated[JsonObject, Body()],
) -> Response:
    """The body holds the members of an OB 3.0 Achievement without `id`, `creator` and types.

    What is published cannot be changed, only followed by a new version. Result descriptions and
    rubric levels may be named by a short word such as `mark`; it becomes a part of the address.

    `microcredential` says in plain words what the learning is worth. It becomes members that other
    institutions can read: native ones of Open Badges, and those of the European Learning Model.

    Under a definition policy what carries credit, or does not meet the policy yet, is a draft; the
    answer then has its `state`, and the `findings` of the policy.
    """

    def create() -> Answer:
        owner = load_issuer(session, issuer)
        made, review = draft_or_publish(
            session, desk.settings, owner, body, now=now, actor=caller.actor
        )
        return _created(desk.settings, made, review, body)

    return once.answer(session, now, create)


@router.get(
    "",
    summary="List achievements",
    response_model=ListAnswer[JsonObject],
    responses=problems(401, 404, 422),
)
def get_achievements(
    _caller: AnyKey,
    session: ReadSession,
    issuer: IssuerId,
    limit: Limit = 50,
    cursor: Cursor = None,
    versions_of: Annotated[
        str | None, Query(max_length=256, description="Only the versions of this achievement.")
    ] = None,
) -> Response:
    """Every version of the issuer's achievements, newest first."""
    load_issuer(session, issuer)
    series = None if versions_of is None else _load(session, issuer, versions_of).series_id
    page = list_achievements(session, issuer, limit=limit, cursor=cursor, series_id=series)
    return document_list(page)


@router.get(
    "/{achievement}",
    summary="Read an achievement",
    response_class=Response,
    responses={**_ONE, **problems(401, 404)},
)
def get_achievement(
    _caller: AnyKey, session: ReadSession, issuer: IssuerId, achievement: AchievementId
) -> Response:
    """One version, with the bytes that were published."""
    found = _load(session, issuer, achievement)
    return Response(found.document, media_type="application/json")


@router.post(
    "/{achievement}/versions",
    status_code=201,
    summary="Publish a new version",
    response_class=Response,
    responses={**_MADE, **problems(400, 401, 403, 404, 409, 415, 422)},
    openapi_extra=json_body(refs("AchievementInput"), _EXAMPLE),
)
def post_version(
    desk: CurrentDesk,
    caller: Writer,
    once: Repeatable,
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    achievement: AchievementId,
    body: Annotated[JsonObject, Body()],
) -> Response:
    """The body holds the whole new definition. It gets an id of its own; the old one stays as it
    is, and so do the credentials that name it.
    """

    def create() -> Answer:
        former = _load(session, issuer, achievement)
        owner = load_issuer(session, issuer)
        made, review = draft_or_publish(
            session, desk.settings, owner, body, former=former, now=now, actor=caller.actor
        )
        return _created(desk.settings, made, review, body)

    return once.answer(session, now, create)


def _created(
    settings: Settings, made: Achievement, review: Review | None, definition: JsonObject
) -> Answer:
    """The document, with what there is to say about it: warnings, and under a policy its state."""
    told: JsonObject = {}
    warnings = microcredential_warnings(definition)
    if warnings:
        told["warnings"] = [asdict(warning) for warning in warnings]
    if review is not None:
        told["state"] = made.state
        told["findings"] = [finding.as_json() for finding in review.findings]
    document = dump_json({**parse_object(made.document), **told}) if told else made.document
    return Answer(201, document, achievement_url(settings, made.id))


def _load(session: Session, issuer: str, id_: str) -> Achievement:
    achievement = load_achievement(session, id_)
    if achievement.issuer_id != issuer:
        raise NotFound("not_found", "There is no such achievement.")
    return achievement
