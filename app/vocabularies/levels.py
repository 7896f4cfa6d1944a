"""Levels of qualifications frameworks, and what the referencing reports say about their EQF level.

From a national level to the EQF is a function; from the EQF to a national level is none, so no
national level is ever derived.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app.errors import InvalidRequest
from app.vocabularies.terms import key_of, read_data, unknown_term

_NUMBER = re.compile(r"\d{1,2}", re.ASCII)


@dataclass(frozen=True)
class Level:
    """A level of a framework. Framework and identifier are None where a document does not say."""

    framework: str | None
    value: str
    iri: str | None = None

    @property
    def number(self) -> int | None:
        """The level as a number, where it is one: `Entry 3` and `4+` are none."""
        return int(self.value) if _NUMBER.fullmatch(self.value) else None

    @property
    def words(self) -> str:
        """As people say it: `SCQF level 11`."""
        return f"{self.framework or 'Unnamed framework,'} level {self.value}"


@dataclass(frozen=True)
class Reference:
    """The EQF level that a report gives a national level, and how well the two match (SKOS)."""

    eqf: int
    match: str
    source: str
    year: int


@dataclass(frozen=True)
class Framework:
    """A qualifications framework; `references` by level, where a referencing report was seen."""

    code: str
    name: str
    iri: str
    aliases: tuple[str, ...]
    source: str
    year: int
    licence: str
    levels: tuple[Level, ...]
    references: Mapping[str, Reference]

    def level(self, value: str | float, *, field: str) -> Level:
        """The level with that number, label or identifier; raises InvalidRequest unknown_term."""
        for level in self.levels:
            if key_of(str(value)) in self._words(level):
                return level
        offered = tuple(level.value for level in self.levels)
        raise unknown_term(value, f"{self.code} levels", (), offered, field=field)

    def _words(self, level: Level) -> tuple[str, ...]:
        named = (level.value, f"level {level.value}", f"{self.code} level {level.value}")
        return tuple(key_of(word) for word in (*named, level.iri or ""))


def _references(data: Mapping[str, Any] | None) -> Mapping[str, Reference]:
    if data is None:
        return MappingProxyType({})
    return MappingProxyType(
        {
            level: Reference(int(found["level"]), found["match"], data["source"], data["year"])
            for level, found in data["levels"].items()
        }
    )


def _framework(data: Mapping[str, Any]) -> Framework:
    return Framework(
        code=data["code"],
        name=data["name"],
        iri=data["iri"],
        aliases=tuple(data["aliases"]),
        source=data["source"],
        year=data["year"],
        licence=data["licence"],
        levels=tuple(Level(data["code"], each["value"], each["iri"]) for each in data["levels"]),
        references=_references(data.get("referencing")),
    )


FRAMEWORKS: tuple[Framework, ...] = tuple(
    _framework(each) for each in read_data("levels")["frameworks"]
)
EQF = FRAMEWORKS[0]
_BY_WORD: Mapping[str, Framework] = MappingProxyType(
    {
        key_of(word): each
        for each in FRAMEWORKS
        for word in (each.code, each.name, each.iri, *each.aliases)
    }
)
_BY_IRI: Mapping[str, Level] = MappingProxyType(
    {level.iri: level for each in FRAMEWORKS for level in each.levels if level.iri}
)


def find_framework(word: Any) -> Framework | None:
    """The framework with that code, name or identifier; bears any value."""
    return _BY_WORD.get(key_of(word)) if isinstance(word, str) else None


def framework(word: str, *, field: str) -> Framework:
    """As `find_framework`, but raises `InvalidRequest` unknown_term."""
    found = find_framework(word)
    if found is None:
        codes = tuple(each.code for each in FRAMEWORKS)
        raise unknown_term(word, "qualifications frameworks", _BY_WORD, codes, field=field)
    return found


def level_of_iri(iri: Any) -> Level | None:
    """The level that an identifier names; bears any value."""
    return _BY_IRI.get(iri) if isinstance(iri, str) else None


def find_level(framework_word: Any, value: Any) -> Level | None:
    """The level of a framework by whatever words a document uses; bears any value."""
    found = find_framework(framework_word)
    if found is None or not isinstance(value, str | int | float):
        return None
    try:
        return found.level(value, field="")
    except InvalidRequest:
        return None


def reference_of(level: Level) -> Reference | None:
    """What the referencing report says about a national level, where one was seen."""
    found = find_framework(level.framework)
    return None if found is None else found.references.get(level.value)
