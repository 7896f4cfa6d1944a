"""The catalogue of what can be earned here, across all issuers: a page, JSON, and an Atom feed."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.credentials.key_facts import credit_in_words
from app.credentials.learning import Learning, read_learning
from app.encoding.dates import format_datetime
from app.encoding.strict_json import dump_json, parse_object
from app.registry.achievements import achievement_url
from app.registry.catalogue import Listed, listed_issuers, newest_entry_at, search_catalogue
from app.registry.listing import Page
from app.settings import Settings
from app.vocabularies.amounts import amount_text
from app.vocabularies.credit import SCHEMES
from app.vocabularies.levels import FRAMEWORKS
from app.vocabularies.terms import FIELD, PARTICIPATION
from app.web.atom import MEDIA_TYPE, Feed, FeedEntry, write_feed
from app.web.catalogue_query import MAX_WORDS_LENGTH, Given, address, given_in, read_query
from app.web.dependencies import CurrentDesk, Cursor, Limit, Now, ReadSession
from app.web.documents import REVALIDATE, document_response
from app.web.negotiation import wants_page
from app.web.openapi import problems
from app.web.pages import host_of, render_page

router = APIRouter(tags=["catalogue"])

FEED_LENGTH = 50
_PAGE_LENGTH = 20


class LevelAnswer(BaseModel):
    """A level in its framework."""

    framework: str | None
    value: str


class CreditAnswer(BaseModel):
    """An amount of credit: the first is the issuer's own, others name the rule they rest on."""

    scheme: str | None
    value: str = Field(description="A decimal, or a fraction such as `10/3`.")
    rule: str | None


class IssuerAnswer(BaseModel):
    """Who offers it."""

    id: str = Field(description="The issuer's DID.")
    name: str
    url: str


class StackingAnswer(BaseModel):
    """An award that it counts towards, and the rules."""

    award: str | None
    name: str | None
    pathway: str | None


class CatalogueItem(BaseModel):
    """The newest published version of an achievement, in short."""

    id: str = Field(description="Its public address, where the whole Achievement is served.")
    name: str
    description: str | None
    achievement_type: str | None
    issuer: IssuerAnswer
    language: str | None
    published_at: str
    version: int
    workload_hours: str | None
    levels: list[LevelAnswer]
    credit: list[CreditAnswer]
    participation: list[str]
    field: list[str]
    skills: list[str]
    stacks_into: list[StackingAnswer]


class CatalogueList(BaseModel):
    """A page of the catalogue, newest first."""

    items: list[CatalogueItem]
    total: int
    next: str | None


def _text(description: str, length: int = 512) -> Any:
    return Query(max_length=length, description=description)


def _given(
    q: Annotated[str | None, _text("Words that must all be found.", MAX_WORDS_LENGTH)] = None,
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


@dataclass(frozen=True)
class _Shown:
    """One achievement as the page, the feed and the JSON tell of it."""

    listed: Listed
    learning: Learning
    url: str

    @property
    def name(self) -> str:
        """Its title."""
        return self.listed.achievement.name

    @property
    def issuer_name(self) -> str:
        """Who offers it, by the present name."""
        return str(self.listed.issuer.profile["name"])

    @property
    def facts(self) -> list[str]:
        """The few facts that stand under its title."""
        learning = self.learning
        hours = learning.workload_hours
        return [
            *(level.words for level in learning.levels),
            *(credit_in_words(credit) for credit in learning.credit_offered),
            *([] if hours is None else [f"{amount_text(hours)} hours"]),
            *(PARTICIPATION.label_of(code) for code in learning.participation),
            *(FIELD.label_of(code) for code in learning.field),
        ]


@router.get(
    "/catalogue",
    summary="Search what can be earned",
    response_model=CatalogueList,
    responses=problems(422),
)
def get_catalogue(
    request: Request,
    desk: CurrentDesk,
    session: ReadSession,
    given: Filters,
    limit: Limit = _PAGE_LENGTH,
    cursor: Cursor = None,
    accept: Annotated[str | None, Header(description="`text/html` gets a page.")] = None,
) -> Response:
    """Published achievements of every issuer here, the newest version of each, newest first.

    All filters must hold. A filter that is empty says nothing; one with an unknown word is refused.
    """
    page = search_catalogue(session, read_query(given), limit=limit, cursor=cursor or None)
    shown = _shown(desk.settings, page)
    if wants_page(accept):
        return _page(session, desk.settings, given, page, shown)
    items = [_item(each, desk.settings) for each in shown]
    answer = CatalogueList(items=items, total=page.total, next=page.next)
    body = dump_json(answer.model_dump())
    return document_response(request, body, "application/json", cache_control=REVALIDATE)


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
    page = search_catalogue(session, read_query(given), limit=FEED_LENGTH, cursor=None)
    base = desk.settings.public_url
    feed = Feed(
        url=address(f"{base}/catalogue.atom", given),
        page=address(f"{base}/catalogue", given),
        title=f"New in the catalogue of {host_of(desk.settings)}",
        updated=newest_entry_at(session) or now,
        entries=[_feed_entry(each) for each in _shown(desk.settings, page)],
    )
    return document_response(
        request, write_feed(feed), MEDIA_TYPE, cache_control=REVALIDATE, vary=False
    )


def _shown(settings: Settings, page: Page[Listed]) -> list[_Shown]:
    return [
        _Shown(
            each,
            read_learning(parse_object(each.achievement.document)),
            achievement_url(settings, each.achievement.id),
        )
        for each in page.items
    ]


def _item(shown: _Shown, settings: Settings) -> CatalogueItem:
    learning, row, issuer = shown.learning, shown.listed.achievement, shown.listed.issuer
    hours = learning.workload_hours
    return CatalogueItem(
        id=shown.url,
        name=row.name,
        description=learning.description,
        achievement_type=learning.achievement_type,
        issuer=IssuerAnswer(
            id=issuer.did,
            name=shown.issuer_name,
            url=f"{settings.public_url}/issuers/{issuer.id}",
        ),
        language=learning.language,
        published_at=format_datetime(shown.listed.entry.published_at),
        version=row.version,
        workload_hours=None if hours is None else amount_text(hours),
        levels=[
            LevelAnswer(framework=each.framework, value=each.value) for each in learning.levels
        ],
        credit=[
            CreditAnswer(scheme=each.scheme, value=amount_text(each.value), rule=each.rule)
            for each in learning.credit_offered
        ],
        participation=list(learning.participation),
        field=list(learning.field),
        skills=[each.words for each in learning.skills],
        stacks_into=[
            StackingAnswer(award=each.award, name=each.name, pathway=each.pathway)
            for each in learning.stacks_into
        ],
    )


def _feed_entry(shown: _Shown) -> FeedEntry:
    facts = "; ".join(shown.facts)
    description = shown.learning.description or ""
    return FeedEntry(
        url=shown.url,
        title=shown.name,
        summary=f"{description} ({facts})" if facts else description,
        author=shown.issuer_name,
        published=shown.listed.entry.published_at,
        categories=[(code, FIELD.label_of(code)) for code in shown.learning.field],
    )


def _page(
    session: Session, settings: Settings, given: Given, page: Page[Listed], shown: list[_Shown]
) -> Response:
    broad = [term for term in FIELD.terms if len(term.code) == 2]
    values = {
        "given": given,
        "more": not given.keys().isdisjoint({"issuer", "language", "skill", "stacks_into"}),
        "items": shown,
        "total": page.total,
        "next_page": page.next and address("/catalogue", given, cursor=page.next),
        "feed": address("/catalogue.atom", given),
        "frameworks": [(each.code, each.code) for each in FRAMEWORKS],
        "schemes": [(each.code, each.code) for each in SCHEMES],
        "fields": [(term.code, term.label) for term in broad],
        "forms": [(term.code, term.label) for term in PARTICIPATION.terms],
        "issuers": [(each.id, each.profile["name"]) for each in listed_issuers(session)],
    }
    return render_page("catalogue.html", settings, values, cache_control=REVALIDATE, listed=True)
