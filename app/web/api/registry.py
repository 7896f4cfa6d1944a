"""The issuer registry over HTTP, for administrators: entries, and lists that are taken over."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request, Response
from pydantic import BaseModel, Field

from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject, dump_json, parse_object
from app.errors import InvalidRequest
from app.registry.coverage import scope_from
from app.registry.idempotency import Answer
from app.registry.listing_input import MAX_ID, MAX_TEXT, check_members, read_listing, read_text
from app.registry.trusted_issuers import (
    MAX_ENTRIES,
    add_listing,
    end_listing,
    import_listings,
    list_listings,
)
from app.storage.tables import TrustedIssuer
from app.verification.result import Basis
from app.web.dependencies import (
    Administrator,
    CurrentDesk,
    Cursor,
    Limit,
    Now,
    ReadSession,
    Repeatable,
    WriteSession,
)
from app.web.lists import ListAnswer, list_answer
from app.web.openapi import json_body, problems
from app.web.standing import basis_of
from app.web.strict_body import MEDIA_TYPES, StrictRoute, check_media_type

router = APIRouter(prefix="/api/v1/registry", tags=["registry"], route_class=StrictRoute)

_VALUES_OF_AN_ENTRY = 32
"""On average, over a list: members, fields, levels and award types."""

_TEXTS: JsonObject = {"type": "array", "maxItems": 50, "items": {"type": "string", "minLength": 1}}
_ENTRY: JsonObject = {
    "type": "object",
    "description": "Who is known, for what, from when until when; without a bound, for all of it.",
    "required": ["did", "name"],
    "additionalProperties": False,
    "properties": {
        "did": {"type": "string", "maxLength": 512, "description": "A DID or https IRI."},
        "name": {"type": "string", "maxLength": 200},
        "fields": {**_TEXTS, "description": "ISCED-F fields."},
        "levels": {
            "type": "array",
            "maxItems": 50,
            "items": {
                "type": "object",
                "required": ["framework", "value"],
                "properties": {
                    "framework": {"type": "string"},
                    "value": {"type": ["string", "integer"]},
                },
            },
        },
        "award_types": {**_TEXTS, "description": "Achievement types."},
        "from": {"type": "string", "format": "date-time"},
        "until": {"type": "string", "format": "date-time"},
    },
}
_EXAMPLE: JsonObject = {
    "did": "did:web:badges.college.example",
    "name": "Example College",
    "fields": ["0612"],
    "levels": [{"framework": "SCQF", "value": 11}],
    "award_types": ["MicroCredential"],
    "until": "2028-07-31T23:59:59Z",
}


_LIST: JsonObject = {
    "type": "object",
    "description": "A list with its digest; it takes the place of what its source said before.",
    "required": ["source", "digestSRI", "entries"],
    "additionalProperties": False,
    "properties": {
        "source": {
            "type": "string",
            "maxLength": 512,
            "description": "The https address that the list stands at.",
        },
        "digestSRI": {
            "type": "string",
            "maxLength": 128,
            "description": "Of the RFC 8785 form of `entries` (Subresource Integrity).",
        },
        "entries": {
            "type": "array",
            "maxItems": MAX_ENTRIES,
            "items": _ENTRY,
            "description": "Entries as they are posted one by one.",
        },
    },
}


class Scope(BaseModel):
    """What an issuer is known for; where nothing is named, there is no bound."""

    fields: list[str] = Field(description="Codes of ISCED-F.")
    levels: list[str]
    award_types: list[str]


class ListingAnswer(Scope):
    """What the world may know of an entry."""

    did: str
    name: str
    source: str = Field(description="Whose word it is: a list, a trust anchor, or this service.")
    basis: Basis = Field(description="`entry` by hand, `list` imported, `federation` by a chain.")
    valid_from: str
    valid_until: str | None


class EntryAnswer(ListingAnswer):
    """An entry as administrators see it."""

    id: str
    digest: str | None = Field(description="Of the list that it came from.")
    added_by: str
    created_at: str
    ended_at: str | None


class ImportAnswer(BaseModel):
    """What came of it, in entries."""

    source: str
    added: int
    ended: int
    unchanged: int


@router.post(
    "/issuers",
    status_code=201,
    summary="Know an issuer",
    response_model=EntryAnswer,
    responses=problems(400, 401, 403, 409, 415, 422),
    openapi_extra=json_body(_ENTRY, _EXAMPLE),
)
def post_entry(
    desk: CurrentDesk,
    caller: Administrator,
    once: Repeatable,
    now: Now,
    session: WriteSession,
    body: Annotated[JsonObject, Body()],
) -> Response:
    """From now on verification says that the issuer is known here, until the entry ends."""

    def create() -> Answer:
        listing = read_listing(body, now=now)
        source = f"{desk.settings.public_url}/registry"
        row = add_listing(session, listing, source=source, now=now, actor=caller.actor)
        return Answer(201, dump_json(_answer(row).model_dump()), None)

    return once.answer(session, now, create)


@router.get("/issuers", summary="List entries", responses=problems(401, 403, 422))
def get_entries(
    _caller: Administrator, session: ReadSession, limit: Limit = 50, cursor: Cursor = None
) -> ListAnswer[EntryAnswer]:
    """Every entry there ever was, newest first: ended ones too."""
    return list_answer(list_listings(session, limit=limit, cursor=cursor), _answer)


@router.delete("/issuers/{entry}", summary="End an entry", responses=problems(401, 403, 404))
def delete_entry(
    caller: Administrator,
    now: Now,
    session: WriteSession,
    entry: Annotated[str, Path(description="The entry's id.", max_length=256)],
) -> EntryAnswer:
    """It counts no longer and stays in the list. Doing it twice is the same."""
    return _answer(end_listing(session, entry, now=now, actor=caller.actor))


async def _list_body(request: Request, desk: CurrentDesk) -> JsonObject:
    """A list is larger than other documents; how large is for the operator to say."""
    check_media_type(request, MEDIA_TYPES)
    return parse_object(
        await request.body(),
        max_bytes=desk.settings.max_request_bytes,
        max_values=MAX_ENTRIES * _VALUES_OF_AN_ENTRY,
    )


@router.post(
    "/imports",
    summary="Take over a list",
    responses=problems(400, 401, 403, 413, 415, 422),
    openapi_extra=json_body(_LIST),
)
def post_import(
    caller: Administrator,
    now: Now,
    session: WriteSession,
    body: Annotated[JsonObject, Depends(_list_body)],
) -> ImportAnswer:
    """The digest is checked before anything is read; a list is taken whole or not at all.

    What the source said before and says no longer ends. The same list again changes nothing.
    """
    check_members(body, frozenset({"source", "digestSRI", "entries"}))
    source = read_text(body.get("source"), "/source", MAX_ID)
    digest = read_text(body.get("digestSRI"), "/digestSRI", MAX_TEXT)
    entries = body.get("entries")
    if not isinstance(entries, list):
        raise InvalidRequest("wrong_type", "Give the entries as a list.", field="/entries")
    done = import_listings(
        session, source=source, digest=digest, entries=entries, now=now, actor=caller.actor
    )
    return ImportAnswer(source=source, added=done.added, ended=done.ended, unchanged=done.unchanged)


def public_members(row: TrustedIssuer) -> dict[str, Any]:
    """What the world may know of an entry."""
    return {
        "did": row.did,
        "name": row.name,
        "source": row.source,
        "basis": basis_of(row),
        "valid_from": format_datetime(row.valid_from),
        "valid_until": format_datetime(row.valid_until) if row.valid_until else None,
        **scope_from(row.scope).as_json(),
    }


def _answer(row: TrustedIssuer) -> EntryAnswer:
    return EntryAnswer(
        id=row.id,
        digest=row.digest,
        added_by=row.added_by,
        created_at=format_datetime(row.created_at),
        ended_at=format_datetime(row.ended_at) if row.ended_at else None,
        **public_members(row),
    )
