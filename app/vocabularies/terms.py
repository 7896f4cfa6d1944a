"""Controlled vocabularies: terms that people may give by code, label or identifier.

Each list is a file in `data/` with its source, year and licence; `docs/vocabularies.md` says more.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.errors import InvalidRequest

NAMESPACE = "https://w3id.org/signet/mc/v1#"
_DATA = Path(__file__).parent / "data"
_BLANKS = re.compile(r"[\s_-]+")


@dataclass(frozen=True)
class Term:
    """One term: our short code, its identifier, and its label in the list that it comes from.

    `gloss` says in plain words what a label means that people would not write.
    """

    code: str
    iri: str
    label: str
    aliases: tuple[str, ...] = ()
    gloss: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Every way to name it."""
        return (self.code, self.iri, self.label, *self.aliases)


@dataclass(frozen=True)
class Vocabulary:
    """A closed list of terms; `by_word` finds them by any of their words."""

    name: str
    title: str
    source: str
    year: int
    licence: str
    terms: tuple[Term, ...]
    by_word: Mapping[str, Term]

    def find(self, word: Any) -> Term | None:
        """The term with that code, label or identifier, whatever its case; bears any value."""
        return self.by_word.get(key_of(word)) if isinstance(word, str) else None

    def lookup(self, word: str, *, field: str) -> Term:
        """As `find`, but raises `InvalidRequest` unknown_term with the nearest terms."""
        term = self.find(word)
        if term is None:
            raise unknown_term(word, self.title, self.by_word, self._codes(), field=field)
        return term

    def code_of(self, iri: str) -> str:
        """Our code for an identifier; the identifier itself where we have none."""
        term = self.by_word.get(key_of(iri))
        return iri if term is None else term.code

    def label_of(self, code: str) -> str:
        """The label of the term; the code itself where it is not one of ours."""
        term = self.by_word.get(key_of(code))
        return code if term is None else term.label

    def plain_of(self, code: str) -> str:
        """The label as people are shown it: `Presential (on site)`."""
        term = self.by_word.get(key_of(code))
        gloss = None if term is None else term.gloss
        return f"{self.label_of(code)} ({gloss})" if gloss else self.label_of(code)

    def iri_of(self, code: str) -> str:
        """The identifier of a term; the code itself where it is not one of ours."""
        term = self.by_word.get(key_of(code))
        return code if term is None else term.iri

    def _codes(self) -> tuple[str, ...]:
        return tuple(term.code for term in self.terms)


def key_of(word: str) -> str:
    """The form in which words are compared: trimmed, caseless, hyphens as blanks."""
    return _BLANKS.sub(" ", word).strip().casefold()


def within_a_line(label: str) -> str:
    """A label as it is written behind other words: `online` for `Online`, but `EQF` as it is."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def in_a_line(labels: Iterable[str]) -> str:
    """Labels one behind the other: `Online, blended`."""
    return ", ".join(
        within_a_line(label) if number else label for number, label in enumerate(labels)
    )


def unknown_term(
    word: Any, title: str, known: Iterable[str], offered: tuple[str, ...], *, field: str
) -> InvalidRequest:
    """The error for a word that a list does not have: the nearest it has, or all of a short one."""
    shown = str(word)[:80]
    near = get_close_matches(key_of(shown), list(known), n=3)
    if near:
        hint = "did you mean " + " or ".join(f"`{each}`" for each in near) + "?"
    elif len(offered) <= _SHORT:
        hint = "use one of " + ", ".join(offered)
    else:
        hint = "see docs/vocabularies.md"
    subject = field.lstrip("/")
    return InvalidRequest(
        "unknown_term", f"`{subject}`: {shown!r} is not in the list “{title}”; {hint}", field=field
    )


_SHORT = 16


def read_data(name: str) -> Any:
    """The contents of one of the data files."""
    return json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))


@cache
def vocabulary(name: str) -> Vocabulary:
    """One of the lists in `data/`."""
    data = read_data(name)
    terms = tuple(
        Term(
            each["code"],
            each["iri"],
            each["label"],
            tuple(each.get("aliases", ())),
            each.get("gloss"),
        )
        for each in data["terms"]
    )
    by_word: dict[str, Term] = {}
    for term in terms:
        for word in term.words:
            # A broad and a detailed field may share their label: the broader one has it.
            by_word.setdefault(key_of(word), term)
    return Vocabulary(
        name=name,
        title=data["title"],
        source=data["source"],
        year=data["year"],
        licence=data["licence"],
        terms=terms,
        by_word=MappingProxyType(by_word),
    )


PARTICIPATION = vocabulary("participation")
LEARNING_SETTING = vocabulary("learning_setting")
ASSESSMENT = vocabulary("assessment")
SUPERVISION = vocabulary("supervision")
QUALITY_ASSURANCE = vocabulary("quality_assurance")
STACKABILITY = vocabulary("stackability")
RECOGNITION_BASIS = vocabulary("recognition_basis")
FIELD = vocabulary("field")
REUSABILITY = vocabulary("reusability")
COUNTRY = vocabulary("country")
LANGUAGE = vocabulary("language")
