"""What stands in the native slots of Open Badges 3.0: alignments and bare numbers of credit.

Strangers name the kind of an alignment in several ways (`ext:EQF`, `ext:EQFAlignment`, or not at
all), so its address counts too: the European Union's identifiers speak for themselves.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.credentials.learning_parts import Link, QualityClaim
from app.credentials.reading import iri_in, number_in, text_in
from app.credentials.rules import objects
from app.vocabularies.amounts import amount_in
from app.vocabularies.levels import EQF, Level, find_framework, find_level, level_of_iri
from app.vocabularies.terms import FIELD

_ESCO = "data.europa.eu/esco/"
_LAST_NUMBER = re.compile(r"(\d{1,2})\D*$", re.ASCII)
_SKILL_KINDS = ("escoskill", "ceasn:competency", "competency", "skill")


@dataclass(frozen=True)
class NativeClaims:
    """The native copies."""

    credits_available: Fraction | None
    credits_earned: Fraction | None
    levels: tuple[Level, ...]
    field: tuple[str, ...]
    skills: tuple[Link, ...]
    occupations: tuple[Link, ...]
    quality_assurance: tuple[QualityClaim, ...]


@dataclass(frozen=True)
class _Alignment:
    kind: str
    name: str | None
    url: str | None
    code: str | None
    framework: str | None


def read_native(achievement: Mapping[str, Any], subject: Mapping[str, Any]) -> NativeClaims:
    """The native copies of an achievement and its subject; bears any JSON."""
    alignments = [_alignment(each) for each in objects(achievement.get("alignment"))]
    return NativeClaims(
        credits_available=amount_in(number_in(achievement.get("creditsAvailable"))),
        credits_earned=amount_in(number_in(subject.get("creditsEarned"))),
        levels=_distinct_levels(alignments),
        field=tuple(code for each in alignments if (code := _field(each))),
        skills=tuple(Link(each.name, each.url) for each in alignments if _is_skill(each)),
        occupations=tuple(
            Link(each.name, each.url)
            for each in alignments
            if each.kind == "escooccupation" or f"{_ESCO}occupation/" in (each.url or "")
        ),
        quality_assurance=tuple(
            QualityClaim(agent=each.name, url=each.url)
            for each in alignments
            if each.kind == "qualityassurance"
        ),
    )


def _alignment(value: Mapping[str, Any]) -> _Alignment:
    kind = (text_in(value.get("targetType")) or "").removeprefix("ext:").casefold()
    return _Alignment(
        kind=kind.removesuffix("alignment"),
        name=text_in(value.get("targetName")),
        url=iri_in(value.get("targetUrl")),
        code=text_in(value.get("targetCode")),
        framework=text_in(value.get("targetFramework")),
    )


def _distinct_levels(alignments: list[_Alignment]) -> tuple[Level, ...]:
    return tuple(dict.fromkeys(level for each in alignments if (level := _level(each))))


def _level(alignment: _Alignment) -> Level | None:
    """The level that an alignment names: by its identifier, else by its code and framework."""
    known = level_of_iri(alignment.url)
    if known is not None:
        return known
    framework = find_framework(alignment.framework) or find_framework(alignment.kind)
    if alignment.kind not in ("eqf", "nqf") and framework is None:
        return None
    value = alignment.code or _number_in(alignment.name)
    if value is None:
        return None
    if alignment.kind == "eqf":
        return find_level(EQF.code, _number_in(value) or value)
    if framework is not None:
        return find_level(framework.code, value) or find_level(framework.code, _number_in(value))
    return Level(alignment.framework, value, alignment.url)


def _number_in(text: str | None) -> str | None:
    """The last number of a text: `NLQF 6` is 6, `EQF level 7` is 7."""
    match = _LAST_NUMBER.search(text or "")
    return match[1] if match else None


def _field(alignment: _Alignment) -> str | None:
    term = FIELD.find(alignment.url)
    if term is None and alignment.kind in ("iscedf", "isced-f", "isced"):
        term = FIELD.find(alignment.code) or FIELD.find(alignment.name)
    return None if term is None else term.code


def _is_skill(alignment: _Alignment) -> bool:
    return alignment.kind in _SKILL_KINDS or f"{_ESCO}skill/" in (alignment.url or "")
