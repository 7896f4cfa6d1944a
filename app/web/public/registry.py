"""Who is known here, for what, on whose word and until when: a page, and JSON for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.credentials.findable import searchable
from app.encoding.dates import parse_datetime
from app.encoding.strict_json import dump_json
from app.errors import CheckFailed, InvalidRequest
from app.registry.coverage import scope_from
from app.registry.trusted_issuers import RegistryQuery, search_listings
from app.settings import Settings
from app.storage.tables import Issuer
from app.vocabularies.levels import EQF, FRAMEWORKS, Level, framework
from app.vocabularies.terms import FIELD
from app.web.api.registry import ListingAnswer, public_members
from app.web.dependencies import CurrentDesk, Cursor, Limit, Now, ReadSession
from app.web.documents import REVALIDATE, document_response
from app.web.lists import ListAnswer, list_answer
from app.web.negotiation import wants_page
from app.web.openapi import problems
from app.web.pages import render_page
from app.web.standing import basis_of

router = APIRouter(tags=["registry"])

MAX_HOSTED = 200
"""Issuers of this service itself; there are few, and the API has them all."""


class HostedAnswer(BaseModel):
    """An issuer of this service itself, known without being listed."""

    did: str
    name: str
    url: str


class RegistryList(ListAnswer[ListingAnswer]):
    """A page of entries in force, and the issuers of this service that were found."""

    hosted: list[HostedAnswer] = Field(description="Not counted in `total`, the same on any page.")


@dataclass(frozen=True)
class _Given:
    """What was asked for, in the asker's own words; empty texts ask for nothing."""

    did: str
    name: str
    field: str
    framework: str
    level: str
    award_type: str
    at: str

    def filled(self) -> dict[str, str]:
        """The parameters that say something, to be sent again."""
        return {name: value for name, value in vars(self).items() if value}


def _text(description: str, length: int = 200) -> Any:
    return Query(max_length=length, description=description)


def _given(
    did: Annotated[str, _text("An identifier, whole.", 512)] = "",
    name: Annotated[str, _text("Words of a name.")] = "",
    field: Annotated[str, _text("An ISCED-F field: who is known for it.")] = "",
    framework: Annotated[str, _text("Of the level, such as `SCQF`; else the EQF.")] = "",
    level: Annotated[str, _text("A level: who is known for it.")] = "",
    award_type: Annotated[str, _text("An achievement type: who is known for it.")] = "",
    at: Annotated[str, _text("A time or day other than now: who was known then.", 40)] = "",
) -> _Given:
    """The filters that were sent."""
    return _Given(*(word.strip() for word in (did, name, field, framework, level, award_type, at)))


@router.get(
    "/registry",
    summary="Who is known here",
    response_model=RegistryList,
    responses=problems(422),
)
def get_registry(
    request: Request,
    desk: CurrentDesk,
    session: ReadSession,
    now: Now,
    given: Annotated[_Given, Depends(_given)],
    limit: Limit = 50,
    cursor: Cursor = None,
    accept: Annotated[str | None, Header(description="`text/html` gets a page.")] = None,
) -> Response:
    """Entries that are in force, newest first, and the issuers that are hosted here.

    Who is listed without a bound is known for every field, level and award type. Being known is no
    part of being genuine, and nobody is worse for not being listed.
    """
    wanted = _query(given, now)
    page = search_listings(session, wanted, limit=limit, cursor=cursor or None)
    hosted = _hosted(session, desk.settings, wanted)
    if wants_page(accept):
        again = {**given.filled(), "cursor": page.next or ""}
        values = {
            "given": given,
            "at": wanted.at if given.at else None,
            "frameworks": [each.code for each in FRAMEWORKS],
            "items": [
                (row, basis_of(row).value, scope_from(row.scope).words) for row in page.items
            ],
            "total": page.total + len(hosted),
            "hosted": hosted,
            "next_page": page.next and f"/registry?{urlencode(again)}",
        }
        return render_page(
            "registry.html", desk.settings, values, cache_control=REVALIDATE, listed=True
        )
    listed = list_answer(page, lambda row: ListingAnswer(**public_members(row)))
    answer = RegistryList(**vars(listed), hosted=list(hosted))
    body = dump_json(answer.model_dump())
    return document_response(request, body, "application/json", cache_control=REVALIDATE)


def _query(given: _Given, now: datetime) -> RegistryQuery:
    return RegistryQuery(
        at=_moment(given.at) if given.at else now,
        did=given.did,
        name=given.name,
        field=FIELD.lookup(given.field, field="field").code if given.field else None,
        level=_level(given),
        award_type=given.award_type or None,
    )


def _level(given: _Given) -> Level | None:
    """A level alone is one of the European framework; a framework alone asks for nothing."""
    if not given.level:
        return None
    system = framework(given.framework or EQF.code, field="framework")
    return system.level(given.level, field="level")


def _moment(text: str) -> datetime:
    """A time with its zone, or a day, which stands for its last second in UTC."""
    try:
        return parse_datetime(text if "T" in text else f"{text}T23:59:59Z")
    except CheckFailed as error:
        raise InvalidRequest("bad_date", error.detail, field="at") from error


def _hosted(session: Session, settings: Settings, wanted: RegistryQuery) -> Sequence[HostedAnswer]:
    """Issuers of our own: known without a bound, for as long as they have been here."""
    query = select(Issuer).where(Issuer.created_at <= wanted.at).order_by(Issuer.id)
    if wanted.did:
        query = query.where(Issuer.did == wanted.did.replace("\x00", ""))
    words = searchable(wanted.name).split()
    found = [
        row
        for row in session.scalars(query)
        if all(word in searchable(row.profile["name"]) for word in words)
    ]
    return [
        HostedAnswer(
            did=row.did,
            name=row.profile["name"],
            url=f"{settings.public_url}/issuers/{row.id}",
        )
        for row in found[:MAX_HOSTED]
    ]
