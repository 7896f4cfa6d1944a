"""The catalogue as European Learning Model JSON-LD says what was stated, and no more."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.credentials.elm_catalogue import (
    CATALOGUE_CONTEXT,
    CataloguePage,
    Opportunity,
    export_catalogue,
)
from app.credentials.learning import read_learning
from app.encoding.strict_json import JsonObject
from tests.builders import ACHIEVEMENT_URL, ISSUER_DID
from tests.microcredentials import EXAMPLES

PAGE = CataloguePage(
    "https://b.example/catalogue",
    "https://b.example/catalogue.jsonld?cursor=x",
    "https://b.example/catalogue.jsonld",
    None,
    7,
)
MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def exported(*documents: Any, page: CataloguePage = PAGE) -> JsonObject:
    """A page of the catalogue with these achievements on it."""
    found = [Opportunity(ACHIEVEMENT_URL, read_learning(each), MOMENT) for each in documents]
    return export_catalogue(page, found)


def test_the_frame_of_the_list() -> None:
    made = exported()
    assert made["@context"] is CATALOGUE_CONTEXT
    assert (made["id"], made["totalItems"], made["member"]) == (PAGE.collection, 7, [])
    assert made["view"] == {
        "id": PAGE.view,
        "type": "PartialCollectionView",
        "first": PAGE.first,
    }


def test_an_opportunity_says_who_provides_what() -> None:
    [made] = exported(EXAMPLES["PG Cert module"].credential())["member"]
    assert made["id"] == f"{ACHIEVEMENT_URL}#opportunity"
    assert made["homepage"]["contentURL"] == ACHIEVEMENT_URL
    assert made["providedBy"]["id"] == ISSUER_DID
    assert made["dateModified"] == "2026-03-01T12:00:00Z"
    assert made["learningAchievementSpecification"]["id"] == ACHIEVEMENT_URL
    assert made["learningAchievementSpecification"]["volumeOfLearning"] == "PT200H"


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "ENG"),
        ("de-AT", "DEU"),
        ("cy", "CYM"),
        ("gla", "GLA"),
        ("tlh", None),
        ("", None),
        (None, None),
    ],
)
def test_the_language_is_one_of_the_european_list(tag: str | None, code: str | None) -> None:
    [made] = exported({"name": "A title", "inLanguage": tag})["member"]
    language = made.get("defaultLanguage", {}).get("id")
    assert language == (
        code and f"http://publications.europa.eu/resource/authority/language/{code}"
    )


def test_what_says_nothing_is_exported_as_far_as_it_goes() -> None:
    [made] = exported({})["member"]
    assert made["title"] == {"en": "Achievement"}
    assert "description" not in made
    assert "mode" not in made
