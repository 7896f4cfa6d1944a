"""Issuers over HTTP: made by an administrator, changed by themselves, read by both."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject, dump_json
from app.errors import InvalidRequest
from app.registry.api_keys import Caller
from app.registry.idempotency import Answer
from app.registry.issuers import (
    DEFAULT_CRYPTOSUITE,
    create_issuer,
    issuer_profile,
    list_issuers,
    load_issuer,
    update_issuer,
)
from app.settings import Settings
from app.storage.tables import Issuer
from app.web.dependencies import (
    Administrator,
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
from app.web.lists import ListAnswer, list_answer
from app.web.openapi import json_body, problems, refs
from app.web.strict_body import StrictRoute

router = APIRouter(prefix="/api/v1/issuers", tags=["issuers"], route_class=StrictRoute)


class IssuerAnswer(BaseModel):
    """An issuer: its slug, DID and addresses, and its OB 3.0 Profile."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(description="The slug in its addresses.")
    did: str
    did_method: Literal["web", "key"]
    cryptosuite: str = Field(description="How its Data Integrity proofs are made.")
    url: str = Field(description="Its public page and profile.")
    profile: JsonObject = Field(description="The OB 3.0 Profile, as it stands in credentials.")
    created_at: str
    updated_at: str


_EXAMPLE: JsonObject = {
    "id": "example-university",
    "name": "Example University",
    "url": "https://www.example.edu",
    "address": {"addressCountry": "United Kingdom", "addressCountryCode": "GB"},
}

_OURS = frozenset({"id", "did", "cryptosuite"})  # the rest of the body is the Profile


@router.post(
    "",
    status_code=201,
    summary="Create an issuer",
    response_model=IssuerAnswer,
    responses=problems(400, 401, 403, 409, 415, 422),
    openapi_extra=json_body(refs("IssuerInput"), _EXAMPLE),
)
def post_issuer(
    desk: CurrentDesk,
    caller: Administrator,
    once: Repeatable,
    now: Now,
    session: WriteSession,
    body: Annotated[JsonObject, Body()],
) -> Response:
    """Makes an issuer with its DID and its first keys: `did:web` under this service's address, or
    `did:key`. The body holds its `id` (a slug), optionally `did` and `cryptosuite`, and the members
    of its OB 3.0 Profile. Needs an administrator's key.
    """

    def create() -> Answer:
        profile = {name: value for name, value in body.items() if name not in _OURS}
        issuer = create_issuer(
            session,
            desk.key_store,
            desk.settings,
            slug=_text(body, "id"),
            profile=profile,
            did_method=_text(body, "did", "web"),
            cryptosuite=_text(body, "cryptosuite", DEFAULT_CRYPTOSUITE),
            now=now,
            actor=caller.actor,
        )
        answer = _answer(issuer, desk.settings)
        location = f"{desk.settings.public_url}/api/v1/issuers/{issuer.id}"
        return Answer(201, dump_json(answer.model_dump()), location)

    return once.answer(session, now, create)


@router.get(
    "",
    summary="List issuers",
    responses=problems(401, 403, 422),
)
def get_issuers(
    desk: CurrentDesk,
    _caller: Administrator,
    session: ReadSession,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListAnswer[IssuerAnswer]:
    """The issuers hosted here, newest first. Needs an administrator's key."""
    page = list_issuers(session, limit=limit, cursor=cursor)
    return list_answer(page, lambda issuer: _answer(issuer, desk.settings))


@router.get(
    "/{issuer}",
    summary="Read an issuer",
    response_model=IssuerAnswer,
    responses=problems(401, 404),
)
def get_issuer(
    desk: CurrentDesk, _caller: AnyKey, session: ReadSession, issuer: IssuerId
) -> IssuerAnswer:
    """One issuer, to its own keys and to administrators."""
    return _answer(load_issuer(session, issuer), desk.settings)


@router.patch(
    "/{issuer}",
    summary="Change an issuer's profile",
    response_model=IssuerAnswer,
    responses=problems(400, 401, 403, 404, 415, 422),
    openapi_extra=json_body(refs("IssuerChanges"), {"description": "A university in an example."}),
)
def patch_issuer(
    desk: CurrentDesk,
    caller: Annotated[Caller, Depends(require("issuers:write"))],
    now: Now,
    session: WriteSession,
    issuer: IssuerId,
    body: Annotated[JsonObject, Body()],
) -> IssuerAnswer:
    """Members of the OB 3.0 Profile replace those that stand; null removes one. Its `id` and DID
    cannot be changed. Credentials that were issued keep the profile they were signed with.
    """
    changed = update_issuer(
        session, load_issuer(session, issuer), body, now=now, actor=caller.actor
    )
    return _answer(changed, desk.settings)


def _answer(issuer: Issuer, settings: Settings) -> IssuerAnswer:
    return IssuerAnswer.model_validate(
        {
            "id": issuer.id,
            "did": issuer.did,
            "did_method": issuer.did_method,
            "cryptosuite": issuer.cryptosuite,
            "url": f"{settings.public_url}/issuers/{issuer.id}",
            "profile": issuer_profile(issuer),
            "created_at": format_datetime(issuer.created_at),
            "updated_at": format_datetime(issuer.updated_at),
        }
    )


def _text(body: JsonObject, name: str, default: str | None = None) -> str:
    value = body.get(name, default)
    if value is None:
        raise InvalidRequest("missing_member", f"Give the issuer's {name}.", field=f"/{name}")
    if not isinstance(value, str):
        raise InvalidRequest("wrong_type", f"`{name}` must be a text.", field=f"/{name}")
    return value
