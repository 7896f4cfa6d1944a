"""The European Learning Model exports pass SHACL shapes and safe mode; damage to them is found."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import rdflib

from app.credentials.elm import export_elm
from app.credentials.elm_catalogue import CataloguePage, Opportunity, export_catalogue
from app.credentials.learning import read_learning
from app.encoding.strict_json import JsonObject
from tests.builders import ACHIEVEMENT_URL
from tests.conftest import NOW
from tests.interop.oracle import ask
from tests.microcredentials import EXAMPLES

# pySHACL calls rdflib by names that rdflib is giving up.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SHAPES = Path(__file__).parents[2] / "docs" / "elm-shapes.ttl"


def problems_of(document: JsonObject) -> str:
    """The report of pySHACL; empty when the document conforms."""
    graph = rdflib.Graph().parse(data=json.dumps(document), format="json-ld")
    shapes = rdflib.Graph().parse(SHAPES)
    conforms, _, report = pyshacl.validate(graph, shacl_graph=shapes)
    return "" if conforms else str(report)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_conforms(name: str) -> None:
    assert problems_of(export_elm(EXAMPLES[name].credential())) == ""


def _claim(document: JsonObject) -> Any:
    return document["credentialSubject"]["hasClaim"][0]


def _without_title(document: JsonObject) -> None:
    del _claim(document)["title"]


def _without_scheme(document: JsonObject) -> None:
    del _claim(document)["specifiedBy"]["creditPoint"][0]["framework"]


def _months(document: JsonObject) -> None:
    _claim(document)["specifiedBy"]["volumeOfLearning"] = "P60M"


def _level_nine(document: JsonObject) -> None:
    _claim(document)["specifiedBy"]["eqfLevel"][0]["id"] = "http://data.europa.eu/snb/eqf/9"


def _nobody_awards(document: JsonObject) -> None:
    del _claim(document)["awardedBy"]["awardingBody"]


def _two_letters(document: JsonObject) -> None:
    place = document["issuer"]["location"][0]["address"][0]["countryCode"]
    place["id"] = "http://publications.europa.eu/resource/authority/country/GB"


DAMAGE: dict[str, tuple[Callable[[JsonObject], None], str]] = {
    "no title": (_without_title, "title"),
    "credit without a scheme": (_without_scheme, "framework"),
    "months for hours": (_months, "volumeOfLearning"),
    "a level that is none": (_level_nine, "EQFLevel"),
    "awarded by nobody": (_nobody_awards, "awardingBody"),
    "a country of two letters": (_two_letters, "countryCode"),
}


@pytest.mark.parametrize(("damage", "path"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_found(damage: Callable[[JsonObject], None], path: str) -> None:
    document = copy.deepcopy(export_elm(EXAMPLES["PG Cert module"].credential()))
    damage(document)
    assert path in problems_of(document)


# --- the catalogue ------------------------------------------------------------------------------


def _catalogue() -> JsonObject:
    """Every example as an entry of one page."""
    opportunities = []
    for number, example in enumerate(EXAMPLES.values()):
        subject = example.credential()["credentialSubject"]
        url = f"{ACHIEVEMENT_URL}-{number}"
        # Each is an achievement of its own, and so are its outcomes.
        achievement = json.loads(json.dumps(subject["achievement"]).replace(ACHIEVEMENT_URL, url))
        opportunities.append(Opportunity(url, read_learning(achievement), NOW))
    base = "https://badges.inverbrae.example/catalogue"
    first, following = f"{base}.jsonld", f"{base}.jsonld?cursor=x"
    page = CataloguePage(base, first, first, following, len(opportunities) + 1)
    return copy.deepcopy(export_catalogue(page, opportunities))


def test_a_page_of_the_catalogue_conforms_and_passes_safe_mode() -> None:
    document = _catalogue()

    assert problems_of(document) == ""
    [quads] = ask("canonize", documents=[document])
    assert quads.count("<http://data.europa.eu/snb/model/elm/LearningOpportunity>") == len(EXAMPLES)


def test_every_export_of_a_credential_passes_safe_mode() -> None:
    documents = [export_elm(example.credential()) for example in EXAMPLES.values()]

    assert all(ask("canonize", documents=documents))


CATALOGUE_DAMAGE: dict[str, tuple[Callable[[Any], None], str]] = {
    "no title": (lambda entry: entry.pop("title"), "title"),
    "no page": (lambda entry: entry.pop("homepage"), "homepage"),
    "provided by nobody": (lambda entry: entry.pop("providedBy"), "providedBy"),
    "nothing to earn": (
        lambda entry: entry.pop("learningAchievementSpecification"),
        "learningAchievementSpecification",
    ),
    "a language of two letters": (
        lambda entry: entry["defaultLanguage"].update(
            id="http://publications.europa.eu/resource/authority/language/EN"
        ),
        "defaultLanguage",
    ),
}


@pytest.mark.parametrize(("damage", "path"), CATALOGUE_DAMAGE.values(), ids=CATALOGUE_DAMAGE)
def test_damage_to_the_catalogue_is_found(damage: Callable[[Any], None], path: str) -> None:
    document = _catalogue()
    damage(next(entry for entry in document["member"] if "defaultLanguage" in entry))
    assert path in problems_of(document)
