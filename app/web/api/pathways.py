"""Pathways over HTTP: stacking rules published, listed, and followed by new versions."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Response

from app.encoding.strict_json import JsonObject
from app.pathways.records import (
    create_pathway,
    create_pathway_version,
    list_pathways,
    load_pathway,
    pathway_url,
)
from app.registry.api_keys import Caller
from app.registry.idempotency import Answer
from app.registry.issuers import load_issuer
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
from app.web.openapi import Responses, json_body, problems
from app.web.strict_body import StrictRoute

router = APIRouter(prefix="/api/v1", tags=["pathways"], route_class=StrictRoute)

PathwayId = Annotated[str, Path(description="The id of one version.", max_length=256)]
Writer = Annotated[Caller, Depends(require("achievements:write"))]

_RULE: JsonObject = {
    "type": "object",
    "description": "A stacking rule; docs/pathways.md describes the language.",
    "required": ["award", "require"],
    "additionalProperties": False,
    "properties": {
        "type": {"const": "StackRule"},
        "version": {"type": "string", "minLength": 1},
        "description": {"type": "string", "minLength": 1},
        "award": {"type": "object", "required": ["name"]},
        "creditSystem": {"type": "string", "minLength": 1},
        "conversions": {"type": "array", "items": {"type": "object"}},
        "articulations": {"type": "array", "items": {"type": "object"}},
        "eligible": {"type": "array", "items": {"type": "object"}},
        "require": {"type": "object"},
        "use": {"type": "object"},
        "manual": {"type": "array", "items": {"type": "object"}},
        "validFrom": {"type": "string"},
        "validUntil": {"type": "string"},
        "source": {"type": "array", "items": {"type": "object"}},
    },
}
_EXAMPLE: JsonObject = {
    "award": {"name": "Postgraduate Certificate", "credits": 60},
    "creditSystem": "SCQF",
    "conversions": [{"from": "ECTS", "factor": 2, "rule": "uk-ects-2to1"}],
    "eligible": [{"id": "recency", "where": {"awarded": {"maxAge": "P5Y"}}}],
    "require": {"id": "total", "sum": "credit", "min": 60},
    "use": {"exclusive": True},
    "manual": [{"id": "board", "text": "The examination board confirms the award"}],
}
_MADE: Responses = {
    201: {
        "description": "The rules as they are served from now on",
        "content": {"application/json": {"schema": {"type": "object"}}},
        "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}},
    }
}


@router.post(
    "/issuers/{issuer}/pathways",
    status_code=201,
    summary="Publish a pathway",
    response_class=Response,
    responses={**_MADE, **problems(400, 401, 403, 404, 409, 415, 422)},
    openapi_extra=json_body(_RULE, _EXAMPLE),
)
def post_pathway(
    desk: CurrentDesk,
    caller: Writer,
    once: Repeatable,
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    body: Annotated[JsonObject, Body()],
) -> Response:
    """The body is a stacking rule. What is published cannot be changed, only followed by a new
    version.
    """

    def create() -> Answer:
        owner = load_issuer(session, issuer)
        made = create_pathway(session, desk.settings, owner, body, now=now, actor=caller.actor)
        return Answer(201, made.document, pathway_url(desk.settings, made.id))

    return once.answer(session, now, create)


@router.post(
    "/issuers/{issuer}/pathways/{pathway}/versions",
    status_code=201,
    summary="Publish a new version of a pathway",
    response_class=Response,
    responses={**_MADE, **problems(400, 401, 403, 404, 409, 415, 422)},
    openapi_extra=json_body(_RULE, _EXAMPLE),
)
def post_version(
    desk: CurrentDesk,
    caller: Writer,
    once: Repeatable,
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    pathway: PathwayId,
    body: Annotated[JsonObject, Body()],
) -> Response:
    """The body holds the whole new rule. The former version stays in force as it says itself."""

    def create() -> Answer:
        former = load_pathway(session, pathway, issuer_id=issuer)
        made = create_pathway_version(
            session, desk.settings, former, body, now=now, actor=caller.actor
        )
        return Answer(201, made.document, pathway_url(desk.settings, made.id))

    return once.answer(session, now, create)


@router.get(
    "/issuers/{issuer}/pathways",
    summary="List pathways",
    response_model=ListAnswer[JsonObject],
    responses=problems(401, 404, 422),
)
def get_pathways(
    _caller: AnyKey,
    session: ReadSession,
    issuer: IssuerId,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Every version of the issuer's pathways, newest first."""
    load_issuer(session, issuer)
    return document_list(list_pathways(session, issuer, limit=limit, cursor=cursor))
