"""What the catalogue tells of each thing in it: on the page, as JSON, and in the feeds."""

from dataclasses import dataclass

from pydantic import BaseModel, Field

from app.credentials.elm_catalogue import Opportunity
from app.credentials.key_facts import credit_in_words
from app.credentials.learning import Learning
from app.encoding.dates import format_datetime
from app.pathways.catalogue import PATHWAY, Offer
from app.settings import Settings
from app.vocabularies.amounts import amount_text
from app.vocabularies.terms import FIELD, PARTICIPATION
from app.web.atom import FeedEntry


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
    """The newest published version of an achievement or of a pathway, in short.

    A pathway is told by the award that it leads to.
    """

    kind: str = Field(description="`achievement` or `pathway`.")
    id: str = Field(description="Its public address, where the whole document is served.")
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


@dataclass(frozen=True)
class Lead:
    """Something that an achievement counts towards; `path` leads to a pathway of this service."""

    name: str
    path: str | None


@dataclass(frozen=True)
class Shown:
    """One thing of the catalogue as people read of it."""

    offer: Offer
    path: str
    is_pathway: bool
    facts: tuple[str, ...]
    leads_to: tuple[Lead, ...]


def shown(settings: Settings, offer: Offer) -> Shown:
    """The thing with its address here, the few facts under its title, and where it leads."""
    return Shown(
        offer,
        offer.url.removeprefix(settings.public_url),
        offer.kind == PATHWAY,
        _facts(offer.learning),
        tuple(
            Lead(option.name or option.award or "A further award", _path(settings, option.pathway))
            for option in offer.learning.stacks_into
        ),
    )


def item(settings: Settings, offer: Offer) -> CatalogueItem:
    """The thing as the JSON has it."""
    learning, issuer = offer.learning, offer.issuer
    hours = learning.workload_hours
    return CatalogueItem(
        kind=offer.kind,
        id=offer.url,
        name=offer.name,
        description=learning.description,
        achievement_type=learning.achievement_type,
        issuer=IssuerAnswer(
            id=issuer.did,
            name=str(issuer.profile["name"]),
            url=f"{settings.public_url}/issuers/{issuer.id}",
        ),
        language=learning.language,
        published_at=format_datetime(offer.published_at),
        version=offer.version,
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


def feed_entry(offer: Offer) -> FeedEntry:
    """The thing as an entry of the Atom feed."""
    facts = "; ".join(_facts(offer.learning))
    description = offer.learning.description or ""
    kind = [("pathway", "Pathway")] if offer.kind == PATHWAY else []
    return FeedEntry(
        url=offer.url,
        title=offer.name,
        summary=f"{description} ({facts})" if facts else description,
        author=str(offer.issuer.profile["name"]),
        published=offer.published_at,
        categories=[*kind, *((code, FIELD.label_of(code)) for code in offer.learning.field)],
    )


def opportunity(offer: Offer) -> Opportunity:
    """The thing as an entry of the European feed."""
    return Opportunity(offer.url, offer.learning, offer.published_at)


def _facts(learning: Learning) -> tuple[str, ...]:
    hours = learning.workload_hours
    return (
        *(level.words for level in learning.levels),
        *(credit_in_words(credit) for credit in learning.credit_offered),
        *(() if hours is None else (f"{amount_text(hours)} hours",)),
        *(PARTICIPATION.plain_of(code) for code in learning.participation),
        *(FIELD.label_of(code) for code in learning.field),
    )


def _path(settings: Settings, pathway: str | None) -> str | None:
    path = (pathway or "").removeprefix(settings.public_url)
    return path if path != pathway and path.startswith("/pathways/") else None
