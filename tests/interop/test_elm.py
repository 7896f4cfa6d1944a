"""The European Learning Model export passes SHACL shapes, and damage to it is found."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import rdflib

from app.credentials.elm import export_elm
from app.encoding.strict_json import JsonObject
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
