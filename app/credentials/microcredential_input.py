"""The plain form in which people describe a micro-credential: members and kinds of value.

It stands in the member `microcredential` of an achievement sent to the API. The tables below are
checked by `conformance.py` like every other class; what the words mean is read by
`microcredential.py`.
"""

import re
from types import MappingProxyType
from typing import Any

from app.credentials.classes import (
    Classes,
    ObClass,
    ObjectOf,
    TypeForm,
    many,
    maybe,
    one,
)
from app.credentials.open_badge_classes import ACHIEVEMENT_INPUT, OPEN_BADGES
from app.credentials.values import BOOLEAN, DATE, IRI, TEXT, URL, Fault, Scalar
from app.vocabularies.amounts import amount_in

_LARGEST = 100_000  # hours or credits: eleven years without a break
_DURATION = re.compile(r"P(?=\d)(\d{1,3}Y)?(\d{1,4}M)?(\d{1,5}D)?", re.ASCII)
_DIGEST_SRI = re.compile(r"sha(256|384|512)-[A-Za-z0-9+/]{43,86}={0,2}")


def _word_fault(value: Any) -> Fault | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return "wrong_type", "must be one word: a code, a label or an identifier"
    return None if str(value).strip() else ("bad_value", "is blank: fill it in or leave it out")


def _amount_fault(value: Any) -> Fault | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "wrong_type", "must be a number"
    if not 0 < value <= _LARGEST:
        return "out_of_range", f"must be more than 0 and at most {_LARGEST}"
    return None if amount_in(value) is not None else ("bad_number", "has too many digits")


def _duration_fault(value: Any) -> Fault | None:
    if isinstance(value, str) and _DURATION.fullmatch(value):
        return None
    return "bad_value", "must be a duration such as P5Y"


def _digest_fault(value: Any) -> Fault | None:
    if isinstance(value, str) and _DIGEST_SRI.fullmatch(value):
        return None
    return "bad_value", "must be a digest such as sha384-…"


WORD = Scalar(_word_fault)
AMOUNT = Scalar(_amount_fault)
DURATION = Scalar(_duration_fault)
DIGEST = Scalar(_digest_fault)


def _plain(name: str, *members: Any) -> ObClass:
    return ObClass(name, members, TypeForm.NONE)


CREDIT = _plain(
    "Credit",
    one("scheme", WORD),
    one("value", AMOUNT),
    maybe("rule", WORD),
    maybe("units_per_year", AMOUNT),
)
AGENT = _plain("Organisation", one("name", TEXT), maybe("id", IRI), maybe("url", URL))
_PARTS = (
    CREDIT,
    AGENT,
    _plain("Level", one("framework", WORD), one("value", WORD)),
    _plain(
        "Outcome",
        one("title", TEXT),
        many("skills", IRI),
        maybe("reusability", WORD),
    ),
    _plain(
        "Assessment",
        one("type", WORD),
        maybe("title", TEXT),
        maybe("weight", AMOUNT),
        many("participation", WORD, compactable=True),
        maybe("supervision", WORD),
    ),
    _plain(
        "QualityAssurance",
        one("type", WORD),
        one("agent", TEXT),
        maybe("url", URL),
        maybe("title", TEXT),
        maybe("report", URL),
        maybe("decision", TEXT),
        maybe("date", DATE),
        maybe("expires", DATE),
    ),
    _plain(
        "StackingOption",
        one("award", TEXT),
        maybe("name", TEXT),
        maybe("pathway", IRI),
        maybe("digest", DIGEST),
        maybe("counts_for", DURATION),
        maybe("level", ObjectOf("Level")),
    ),
    _plain("NamedLink", one("url", IRI), maybe("name", TEXT)),
)
MICROCREDENTIAL = _plain(
    "MicroCredential",
    many("outcomes", ObjectOf("Outcome")),
    maybe("workload_hours", AMOUNT),
    maybe("contact_hours", AMOUNT),
    many("credit", ObjectOf("Credit"), compactable=True),
    many("level", ObjectOf("Level"), compactable=True),
    maybe("eqf_level", WORD),
    many("assessment", ObjectOf("Assessment")),
    many("participation", WORD, compactable=True),
    maybe("supervision", WORD),
    many("quality_assurance", ObjectOf("QualityAssurance")),
    maybe("quality_statement", TEXT),
    many("industry_recognition", ObjectOf("NamedLink", or_iri=True)),
    many("prerequisites", TEXT, compactable=True),
    maybe("learning_setting", WORD),
    many("stackability", WORD, compactable=True),
    many("stacks_into", ObjectOf("StackingOption")),
    maybe("full_award", BOOLEAN),
    many("field", WORD, compactable=True),
    many("skills", ObjectOf("NamedLink", or_iri=True)),
    many("occupations", ObjectOf("NamedLink", or_iri=True)),
    many("definition_policies", IRI),
)
INPUT_CLASSES: Classes = MappingProxyType(
    {**OPEN_BADGES, **{each.name: each for each in (*_PARTS, MICROCREDENTIAL)}}
)
ACHIEVEMENT_WITH_MICROCREDENTIAL = ObClass(
    ACHIEVEMENT_INPUT.name,
    (*ACHIEVEMENT_INPUT.members, maybe("microcredential", ObjectOf("MicroCredential"))),
    reserved=ACHIEVEMENT_INPUT.reserved,
)
