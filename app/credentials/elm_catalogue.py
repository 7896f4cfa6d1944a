"""What can be earned, as European Learning Model 3.1 JSON-LD: the feed of a catalogue.

Each entry is a LearningOpportunity of the model's application profile for learning opportunities
and qualifications: who provides it, and the Qualification that it leads to, in the same terms as in
`elm.py`. The pages of the list are Hydra's (Collection, PartialCollectionView), which the model has
no words for. The context is written into the document, so that nobody has to fetch one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.credentials.elm import ELM_CONTEXT, concept, issuer_of, present, qualification_of
from app.credentials.learning import Learning
from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject
from app.vocabularies.terms import LANGUAGE, PARTICIPATION

_HYDRA = "http://www.w3.org/ns/hydra/core#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TONGUE = "en"

CATALOGUE_CONTEXT: JsonObject = {
    **ELM_CONTEXT,
    "Collection": f"{_HYDRA}Collection",
    "PartialCollectionView": f"{_HYDRA}PartialCollectionView",
    "member": {"@id": f"{_HYDRA}member", "@type": "@id"},
    "totalItems": {"@id": f"{_HYDRA}totalItems", "@type": f"{_XSD}integer"},
    "view": {"@id": f"{_HYDRA}view", "@type": "@id"},
    "first": {"@id": f"{_HYDRA}first", "@type": "@id"},
    "next": {"@id": f"{_HYDRA}next", "@type": "@id"},
}


@dataclass(frozen=True)
class Opportunity:
    """One thing that can be earned, its page, and when it was published.

    The qualification is `learning.achievement_id`; `url` differs from it where the page tells of a
    way to the qualification, and not of itself.
    """

    url: str
    learning: Learning
    published: datetime


@dataclass(frozen=True)
class CataloguePage:
    """Addresses of the list, of this page of it, of the first and of the next page."""

    collection: str
    view: str
    first: str
    next: str | None
    total: int


def export_catalogue(page: CataloguePage, opportunities: Sequence[Opportunity]) -> JsonObject:
    """One page of the catalogue; only what is stated, nothing derived."""
    return {
        "@context": CATALOGUE_CONTEXT,
        "id": page.collection,
        "type": "Collection",
        "totalItems": page.total,
        "view": present(
            {
                "id": page.view,
                "type": "PartialCollectionView",
                "first": page.first,
                "next": page.next,
            }
        ),
        "member": [_opportunity(each) for each in opportunities],
    }


def _opportunity(opportunity: Opportunity) -> JsonObject:
    learning, url = opportunity.learning, opportunity.url
    tongue = learning.language or _TONGUE
    return present(
        {
            "id": f"{url}#opportunity",
            "type": "LearningOpportunity",
            "title": {tongue: learning.title or "Achievement"},
            "description": learning.description and {tongue: learning.description},
            "homepage": {"type": "WebResource", "contentURL": url},
            "providedBy": issuer_of(learning, tongue),
            "dateModified": format_datetime(opportunity.published),
            "mode": [
                concept(PARTICIPATION.iri_of(code), PARTICIPATION.label_of(code))
                for code in learning.participation
            ],
            "defaultLanguage": _language(learning.language),
            "learningAchievementSpecification": qualification_of(learning, tongue),
        }
    )


def _language(tag: str | None) -> JsonObject | None:
    """The language by the first part of its tag, where the list has it."""
    term = LANGUAGE.find((tag or "").partition("-")[0])
    return None if term is None else concept(term.iri, term.label)
