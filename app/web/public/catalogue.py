"""The catalogue of what can be earned here, across all issuers.

A page, JSON, and two feeds: Atom, and European Learning Model JSON-LD for other hubs.
"""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from sqlalchemy.orm import Session

from app.credentials.elm_catalogue import CataloguePage, export_catalogue
from app.encoding.strict_json import dump_json
from app.pathways.catalogue import Offer, pathways_named, search_offers, ways_into
from app.registry.catalogue import listed_issuers
from app.registry.listing import Page
from app.settings import Settings
from app.vocabularies.credit import SCHEMES
from app.vocabularies.levels import FRAMEWORKS
from app.vocabularies.terms import FIELD, PARTICIPATION
from app.web.atom import MEDIA_TYPE, Feed, write_feed
from app.web.catalogue_items import CatalogueItem, feed_entry, item, opportunity, shown
from app.web.catalogue_query import (
    MAX_WORDS_LENGTH,
    Given,
    address,
    given_in,
    kind_in,
    read_query,
)
from app.web.dependencies import CurrentDesk, Cursor, Limit, Now, ReadSession
from app.web.documents import PLAIN_JSON, REVALIDATE, document_response
from app.web.lists import ListAnswer, list_answer
from app.web.negotiation import choose_type, wants_page
from app.web.openapi import problems
from app.web.pages import host_of, render_page

router = APIRouter(tags=["catalogue"])

FEED_LENGTH = 50
LINKED_DATA = "application/ld+json"
_PAGE_LENGTH = 20


def _text(description: str, length: int = 512) -> Any:
    return Query(max_length=length, description=description)


def _given(
    q: Annotated[str | None, _text("Words that must all be found.", MAX_WORDS_LENGTH)] = None,
    kind: Annotated[str | None, _text("`achievement` or `pathway`; both if left out.", 16)] = None,
    framework: Annotated[str | None, _text("Of the level, such as `SCQF`.")] = None,
    level: Annotated[str | None, _text("A number; of the EQF without `framework`.", 8)] = None,
    credit_scheme: Annotated[str | None, _text("Such as `ECTS`.")] = None,
    credit_min: Annotated[str | None, _text("The least credit, with a scheme.", 32)] = None,
    credit_max: Annotated[str | None, _text("The most credit, with a scheme.", 32)] = None,
    field: Annotated[str | None, _text("An ISCED-F field; broad ones hold the narrow.")] = None,
    participation: Annotated[str | None, _text("Such as `online`.")] = None,
    language: Annotated[str | None, _text("Such as `en`, which finds `en-GB` too.", 64)] = None,
    issuer: Annotated[str | None, _text("An issuer's id on this service.", 64)] = None,
    stacks_into: Annotated[str | None, _text("An award or pathway, by name or IRI.")] = None,
    skill: Annotated[str | None, _text("A skill, by name or IRI.")] = None,
) -> Given:
    """The filters that were sent, by name."""
    return given_in(locals())


Filters = Annotated[Given, Depends(_given)]


@router.get(
    "/catalogue",
    summary="Search what can be earned",
    response_model=ListAnswer[CatalogueItem],
    responses={200: {"content": {LINKED_DATA: {}}}, **problems(422)},
)
def get_catalogue(
    request: Request,
    desk: CurrentDesk,
    session: ReadSession,
    given: Filters,
    limit: Limit = _PAGE_LENGTH,
    cursor: Cursor = None,
    accept: Annotated[
        str | None,
        Header(description="`text/html` gets a page, `application/ld+json` the European feed."),
    ] = None,
) -> Response:
    """Published achievements of every issuer here, the newest version of each, and the pathways
    that they add up to; newest first.

    All filters must hold. A filter that is empty says nothing; one with an unknown word is refused.
    """
    page = _search(session, desk.settings, given, limit=limit, cursor=cursor)
    if wants_page(accept):
        return _page(session, desk.settings, given, page)
    if choose_type(accept, PLAIN_JSON) == LINKED_DATA:
        return _linked_data(request, desk.settings, given, page, limit, cursor)
    answer = list_answer(page, lambda offer: item(desk.settings, offer))
    body = dump_json(answer.model_dump())
    return document_response(request, body, "application/json", cache_control=REVALIDATE)


@router.get(
    "/catalogue.jsonld",
    summary="The catalogue for European services",
    response_class=Response,
    responses={
        200: {"description": "European Learning Model JSON-LD", "content": {LINKED_DATA: {}}},
        **problems(422),
    },
)
def get_linked_data(
    request: Request,
    desk: CurrentDesk,
    session: ReadSession,
    given: Filters,
    limit: Limit = _PAGE_LENGTH,
    cursor: Cursor = None,
) -> Response:
    """What `/catalogue` finds, as learning opportunities and qualifications, in the same pages."""
    page = _search(session, desk.settings, given, limit=limit, cursor=cursor)
    return _linked_data(request, desk.settings, given, page, limit, cursor)


@router.get(
    "/catalogue.atom",
    summary="What is new in the catalogue",
    response_class=Response,
    responses={
        200: {"description": "Atom 1.0", "content": {MEDIA_TYPE: {}}},
        **problems(422),
    },
)
def get_feed(
    request: Request, desk: CurrentDesk, session: ReadSession, now: Now, given: Filters
) -> Response:
    """The newest fifty as an Atom feed; takes the catalogue's filters."""
    page = _search(session, desk.settings, given, limit=FEED_LENGTH, cursor=None)
    base = desk.settings.public_url
    feed = Feed(
        url=address(f"{base}/catalogue.atom", given),
        page=address(f"{base}/catalogue", given),
        data=address(f"{base}/catalogue.jsonld", given),
        title=f"New in the catalogue of {host_of(desk.settings)}",
        updated=page.items[0].published_at if page.items else now,
        entries=[feed_entry(each) for each in page.items],
    )
    return document_response(
        request, write_feed(feed), MEDIA_TYPE, cache_control=REVALIDATE, vary=False
    )


def _search(
    session: Session, settings: Settings, given: Given, *, limit: int, cursor: str | None
) -> Page[Offer]:
    wanted = read_query(given)
    if "stacks_into" in given:
        wanted = replace(wanted, stacks_into=ways_into(session, settings, given["stacks_into"]))
    kind = kind_in(given)
    return search_offers(session, settings, wanted, kind=kind, limit=limit, cursor=cursor or None)


def _linked_data(
    request: Request,
    settings: Settings,
    given: Given,
    page: Page[Offer],
    limit: int,
    cursor: str | None,
) -> Response:
    base = f"{settings.public_url}/catalogue.jsonld"
    size = {} if limit == _PAGE_LENGTH else {"limit": str(limit)}
    first = address(base, given, **size)
    places = CataloguePage(
        collection=address(f"{settings.public_url}/catalogue", given),
        view=address(base, given, **size, cursor=cursor) if cursor else first,
        first=first,
        next=page.next and address(base, given, **size, cursor=page.next),
        total=page.total,
    )
    body = dump_json(export_catalogue(places, [opportunity(each) for each in page.items]))
    return document_response(request, body, LINKED_DATA, cache_control=REVALIDATE)


def _page(session: Session, settings: Settings, given: Given, page: Page[Offer]) -> Response:
    broad = [term for term in FIELD.terms if len(term.code) == 2]
    towards = given.get("stacks_into")
    ways = [] if towards is None else pathways_named(session, settings, towards)
    values = {
        "given": given,
        "more": not given.keys().isdisjoint({"issuer", "language", "skill", "stacks_into"}),
        "items": [shown(settings, each) for each in page.items],
        "ways": [(f"/pathways/{each.id}", each.name) for each in ways],
        "total": page.total,
        "next_page": page.next and address("/catalogue", given, cursor=page.next),
        "feed": address("/catalogue.atom", given),
        "data": address("/catalogue.jsonld", given),
        "kinds": [("achievement", "Achievements"), ("pathway", "Pathways to larger awards")],
        "frameworks": [(each.code, each.code) for each in FRAMEWORKS],
        "schemes": [(each.code, each.code) for each in SCHEMES],
        "fields": [(term.code, term.label) for term in broad],
        "forms": [(term.code, PARTICIPATION.plain_of(term.code)) for term in PARTICIPATION.terms],
        "issuers": [(each.id, each.profile["name"]) for each in listed_issuers(session)],
    }
    return render_page("catalogue.html", settings, values, cache_control=REVALIDATE, listed=True)
