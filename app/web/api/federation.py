"""Federations over HTTP, for administrators: trust anchors, and entities known by a trust chain."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Path, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject, dump_json
from app.registry.coverage import scope_from
from app.registry.federation import (
    anchor_of,
    end_anchor,
    end_entity,
    find_anchor,
    issuer_ids_of,
    keep_anchor,
    keep_entity,
    keys_of,
    list_anchors,
    list_entities,
    load_entity,
    read_anchor,
    renew_entity,
)
from app.registry.federation_walk import find_chain
from app.registry.trust_chains import MAX_CHAIN
from app.storage.tables import FederationEntity, TrustAnchor
from app.web.dependencies import (
    Administrator,
    CurrentDesk,
    Cursor,
    Desk,
    Limit,
    Now,
    ReadSession,
    WriteSession,
)
from app.web.lists import ListAnswer, list_answer
from app.web.openapi import json_body, problems
from app.web.strict_body import StrictRoute

router = APIRouter(prefix="/api/v1/registry", tags=["registry"], route_class=StrictRoute)

_LIST: JsonObject = {"type": "array", "maxItems": 50}
_ANCHOR: JsonObject = {
    "type": "object",
    "description": "Whose word is taken, with which keys, and what for; without a bound, for all.",
    "required": ["entity_id", "name", "jwks"],
    "additionalProperties": False,
    "properties": {
        "entity_id": {"type": "string", "maxLength": 512},
        "name": {"type": "string", "maxLength": 200},
        "jwks": {
            "type": "object",
            "required": ["keys"],
            "properties": {"keys": {"type": "array", "maxItems": 20, "items": {"type": "object"}}},
        },
        "fields": {**_LIST, "items": {"type": "string"}, "description": "ISCED-F fields."},
        "levels": {**_LIST, "items": {"type": "object", "required": ["framework", "value"]}},
        "award_types": {**_LIST, "items": {"type": "string"}, "description": "Achievement types."},
    },
}
_KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
_EXAMPLE: JsonObject = {
    "entity_id": "https://federation.example",
    "name": "Example Federation",
    "jwks": {"keys": [{**_KEY, "kid": "federation-1"}]},
}


class AnchorAnswer(BaseModel):
    """A trust anchor, and what its members are known for."""

    id: str
    entity_id: str
    name: str
    kids: list[str] = Field(description="The ids of its configured keys.")
    fields: list[str]
    levels: list[str]
    award_types: list[str]
    added_by: str
    created_at: str
    changed_at: str
    ended_at: str | None


class EntityAnswer(BaseModel):
    """An entity with its trust chain, as it was validated last."""

    id: str
    entity_id: str
    anchor: str = Field(description="The entity identifier of the trust anchor.")
    name: str
    issuer_ids: list[str] = Field(description="The issuers that are known now because of it.")
    trust_chain: list[str] = Field(description="The signed statements, as they came.")
    expires_at: str = Field(description="When the first of the statements ends.")
    checked_at: str
    added_by: str
    created_at: str
    ended_at: str | None


TrustChain = Annotated[
    list[str] | None,
    Field(
        max_length=MAX_CHAIN,
        description="The statements, the entity's own first; without them they are fetched.",
    ),
]


class EntityInput(BaseModel):
    """An entity to be known, below one of the anchors."""

    model_config = ConfigDict(extra="forbid", strict=True)

    entity_id: str = Field(max_length=512)
    anchor: str = Field(max_length=512, description="The entity identifier of the anchor.")
    trust_chain: TrustChain = None


class RefreshInput(BaseModel):
    """A newer trust chain, where it is not to be fetched."""

    model_config = ConfigDict(extra="forbid", strict=True)

    trust_chain: TrustChain = None


AnchorId = Annotated[str, Path(description="The anchor's id.", max_length=256)]
EntityId = Annotated[str, Path(description="The entity's id.", max_length=256)]


@router.post(
    "/anchors",
    status_code=201,
    summary="Trust a federation",
    response_model=AnchorAnswer,
    responses={200: {"model": AnchorAnswer}, **problems(400, 401, 403, 415, 422)},
    openapi_extra=json_body(_ANCHOR, _EXAMPLE),
)
def post_anchor(
    caller: Administrator, now: Now, session: WriteSession, body: Annotated[JsonObject, Body()]
) -> Response:
    """Get the keys by another way than the federation's own web address.

    An anchor that is there already has its keys, name and bounds changed (200); the chains below
    it are validated again.
    """
    row, new = keep_anchor(session, read_anchor(body), now=now, actor=caller.actor)
    return _answer(_anchor(row), new=new)


@router.get("/anchors", summary="List trust anchors", responses=problems(401, 403, 422))
def get_anchors(
    _caller: Administrator, session: ReadSession, limit: Limit = 50, cursor: Cursor = None
) -> ListAnswer[AnchorAnswer]:
    """Every anchor there ever was, newest first."""
    return list_answer(list_anchors(session, limit=limit, cursor=cursor), _anchor)


@router.delete("/anchors/{anchor}", summary="End a trust anchor", responses=problems(401, 403, 404))
def delete_anchor(
    caller: Administrator, now: Now, session: WriteSession, anchor: AnchorId
) -> AnchorAnswer:
    """Everything that is known by its word ends with it. Doing it twice is the same."""
    return _anchor(end_anchor(session, anchor, now=now, actor=caller.actor))


@router.post(
    "/entities",
    status_code=201,
    summary="Know an entity of a federation",
    response_model=EntityAnswer,
    responses={200: {"model": EntityAnswer}, **problems(400, 401, 403, 413, 415, 422)},
)
def post_entity(desk: CurrentDesk, caller: Administrator, now: Now, body: EntityInput) -> Response:
    """The chain is fetched, or taken as given, and validated; nothing is kept of one that fails.

    An entity that is known already gets the newer chain (200).
    """
    return _keep(desk, caller.actor, now, body)


@router.get("/entities", summary="List entities of federations", responses=problems(401, 403, 422))
def get_entities(
    _caller: Administrator,
    session: ReadSession,
    now: Now,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListAnswer[EntityAnswer]:
    """Every entity there ever was, newest first."""
    page = list_entities(session, limit=limit, cursor=cursor)
    return list_answer(page, lambda row: _entity(session, row, now))


@router.post(
    "/entities/{entity}/refresh",
    summary="Take a newer trust chain",
    responses=problems(400, 401, 403, 404, 413, 415, 422),
)
def post_refresh(
    desk: CurrentDesk,
    caller: Administrator,
    now: Now,
    entity: EntityId,
    body: RefreshInput | None = None,
) -> EntityAnswer:
    """As when it was first made known. Where this fails the old chain counts until it expires."""
    with desk.database.read() as session:
        row = load_entity(session, entity)
        entity_id, keys = row.entity_id, keys_of(anchor_of(session, row))
    tokens = body.trust_chain if body else None
    if tokens is None:
        tokens = list(find_chain(desk.fetch, entity_id, keys, now=now).tokens)
    with desk.database.write() as session:
        row = renew_entity(session, entity, tokens, now=now, actor=caller.actor)
        return _entity(session, row, now)


@router.delete("/entities/{entity}", summary="End an entity", responses=problems(401, 403, 404))
def delete_entity(
    caller: Administrator, now: Now, session: WriteSession, entity: EntityId
) -> EntityAnswer:
    """It is known no longer, and neither are its issuers. Doing it twice is the same."""
    return _entity(session, end_entity(session, entity, now=now, actor=caller.actor), now)


def _keep(desk: Desk, actor: str, now: datetime, given: EntityInput) -> Response:
    """No connection is held while addresses are read; what came is validated where it is stored."""
    tokens = given.trust_chain
    if tokens is None:
        with desk.database.read() as session:
            keys = keys_of(find_anchor(session, given.anchor))
        tokens = list(find_chain(desk.fetch, given.entity_id, keys, now=now).tokens)
    with desk.database.write() as session:
        anchor = find_anchor(session, given.anchor)
        row, new = keep_entity(session, anchor, given.entity_id, tokens, now=now, actor=actor)
        answer = _entity(session, row, now)
    return _answer(answer, new=new)


def _anchor(row: TrustAnchor) -> AnchorAnswer:
    return AnchorAnswer(
        id=row.id,
        entity_id=row.entity_id,
        name=row.name,
        kids=list(keys_of(row).keys),
        **scope_from(row.scope).as_json(),
        added_by=row.added_by,
        created_at=format_datetime(row.created_at),
        changed_at=format_datetime(row.changed_at),
        ended_at=format_datetime(row.ended_at) if row.ended_at else None,
    )


def _entity(session: Session, row: FederationEntity, now: datetime) -> EntityAnswer:
    return EntityAnswer(
        id=row.id,
        entity_id=row.entity_id,
        anchor=anchor_of(session, row).entity_id,
        name=row.name,
        issuer_ids=issuer_ids_of(session, row, now=now),
        trust_chain=row.trust_chain.split("\n"),
        expires_at=format_datetime(row.expires_at),
        checked_at=format_datetime(row.checked_at),
        added_by=row.added_by,
        created_at=format_datetime(row.created_at),
        ended_at=format_datetime(row.ended_at) if row.ended_at else None,
    )


def _answer(answer: BaseModel, *, new: bool) -> Response:
    return Response(
        dump_json(answer.model_dump()),
        201 if new else 200,
        {"Cache-Control": "no-store"},
        "application/json",
    )
