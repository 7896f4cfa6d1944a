"""What somebody looks for in the catalogue, read from the address.

A form sends every field it has: an empty one says nothing. What cannot be meant is refused by name,
never ignored, for a list that leaves a filter out looks just like one that kept it.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from app.credentials.findable import MAX_VALUE, search_number
from app.errors import InvalidRequest
from app.pathways.catalogue import KINDS
from app.registry.catalogue import CatalogueQuery
from app.vocabularies.amounts import amount_in
from app.vocabularies.credit import scheme
from app.vocabularies.levels import EQF, framework
from app.vocabularies.terms import FIELD, PARTICIPATION

NAMES = (
    "q",
    "kind",
    "framework",
    "level",
    "credit_scheme",
    "credit_min",
    "credit_max",
    "field",
    "participation",
    "language",
    "issuer",
    "stacks_into",
    "skill",
)
MAX_WORDS_LENGTH = 200

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")
_LEVEL = re.compile(r"[0-9]{1,2}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

Given = Mapping[str, str]


def given_in(parameters: Mapping[str, str | None]) -> Given:
    """The filters that say something, in a fixed order."""
    found = ((name, (parameters.get(name) or "").strip()) for name in NAMES)
    return {name: value for name, value in found if value}


def read_query(given: Given) -> CatalogueQuery:
    """The search that was asked for, but for where things lead, which needs the pathways here.

    Raises InvalidRequest: `unknown_term` for words of no vocabulary, `bad_value`, `out_of_range`,
    `missing_member` for an amount of credit without its scheme.
    """
    for name, value in given.items():
        if len(value) > (MAX_WORDS_LENGTH if name == "q" else MAX_VALUE):
            raise InvalidRequest("out_of_range", "This is too long to look for.", field=name)
    level = _level(given)
    least, most = _amount(given, "credit_min"), _amount(given, "credit_max")
    system = given.get("credit_scheme")
    if system is None and (least is not None or most is not None):
        raise InvalidRequest(
            "missing_member",
            "An amount of credit means nothing without its scheme, such as ECTS or SCQF.",
            field="credit_scheme",
        )
    named = given.get("framework")
    return CatalogueQuery(
        words=given.get("q", ""),
        framework=_framework(named, level),
        level=level,
        credit_scheme=None if system is None else scheme(system, field="credit_scheme").code,
        credit_min=least,
        credit_max=most,
        field=_looked_up(given, "field"),
        participation=_looked_up(given, "participation"),
        language=_matching(given, "language", _LANGUAGE),
        issuer=_matching(given, "issuer", _SLUG),
        skill=given.get("skill"),
    )


def kind_in(given: Given) -> str | None:
    """Achievements or pathways alone, if only one of them is wanted; raises InvalidRequest."""
    kind = given.get("kind")
    if kind is not None and kind not in KINDS:
        raise InvalidRequest("bad_value", f"Use one of {', '.join(KINDS)}.", field="kind")
    return kind


def address(path: str, given: Given, **further: str) -> str:
    """The path with the filters as its query."""
    query = urlencode({**given, **further})
    return f"{path}?{query}" if query else path


def _framework(named: str | None, level: int | None) -> str | None:
    """A level alone is one of the European framework, to which the national ones refer."""
    if named is not None:
        return framework(named, field="framework").code
    return None if level is None else EQF.code


def _level(given: Given) -> int | None:
    return None if (text := _matching(given, "level", _LEVEL)) is None else int(text)


def _amount(given: Given, name: str) -> float | None:
    if name not in given:
        return None
    amount = amount_in(given[name])
    if amount is None:
        raise InvalidRequest(
            "bad_value", "An amount of credit is a number such as 7.5.", field=name
        )
    return search_number(amount)


def _looked_up(given: Given, name: str) -> str | None:
    vocabulary = {"field": FIELD, "participation": PARTICIPATION}[name]
    return vocabulary.lookup(given[name], field=name).code if name in given else None


def _matching(given: Given, name: str, pattern: re.Pattern[str]) -> str | None:
    if name not in given:
        return None
    if not pattern.fullmatch(given[name]):
        raise InvalidRequest("bad_value", f"This is no {name}.", field=name)
    return given[name]
