"""Who is known here, on whose word, and until when: a page for people, JSON for programs."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.credentials.findable import searchable
from app.encoding.strict_json import dump_json
from app.registry.trusted_issuers import scope_of, search_listings
from app.settings import Settings
from app.storage.tables import Issuer
from app.web.api.registry import ListingAnswer, public_members
from app.web.dependencies import CurrentDesk, Cursor, Limit, Now, ReadSession
from app.web.documents import REVALIDATE, document_response
from app.web.negotiation import wants_page
from app.web.openapi import problems
from app.web.pages import render_page

router = APIRouter(tags=["registry"])

MAX_HOSTED = 200
"""Issuers of this service itself; there are few, and the API has them all."""


class HostedAnswer(BaseModel):
    """An issuer of this service itself, known without being listed."""

    did: str
    name: str
    url: str


class RegistryList(BaseModel):
    """A page of entries in force, and the issuers of this service that were found."""

    items: list[ListingAnswer]
    total: int
    next: str | None
    hosted: list[HostedAnswer] = Field(description="Not counted in `total`, the same on any page.")


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
    did: Annotated[str, Query(max_length=512, description="An identifier, whole.")] = "",
    name: Annotated[str, Query(max_length=200, description="Words of a name.")] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
    accept: Annotated[str | None, Header(description="`text/html` gets a page.")] = None,
) -> Response:
    """Entries that are in force now, newest first, and the issuers that are hosted here.

    Being known is no part of being genuine, and nobody is worse for not being listed.
    """
    did, name = did.strip(), name.strip()
    page = search_listings(session, did=did, name=name, now=now, limit=limit, cursor=cursor or None)
    hosted = _hosted(session, desk.settings, did, name)
    if wants_page(accept):
        given = {key: value for key, value in (("did", did), ("name", name)) if value}
        values = {
            "did": did,
            "name": name,
            "items": [(row, scope_of(row).words) for row in page.items],
            "total": page.total + len(hosted),
            "hosted": hosted,
            "next_page": page.next and f"/registry?{urlencode({**given, 'cursor': page.next})}",
        }
        return render_page(
            "registry.html", desk.settings, values, cache_control=REVALIDATE, listed=True
        )
    answer = RegistryList(
        items=[ListingAnswer(**public_members(row)) for row in page.items],
        total=page.total,
        next=page.next,
        hosted=list(hosted),
    )
    body = dump_json(answer.model_dump())
    return document_response(request, body, "application/json", cache_control=REVALIDATE)


def _hosted(session: Session, settings: Settings, did: str, name: str) -> Sequence[HostedAnswer]:
    query = select(Issuer).order_by(Issuer.id)
    if did:
        query = query.where(Issuer.did == did.replace("\x00", ""))
    words = searchable(name).split()
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
