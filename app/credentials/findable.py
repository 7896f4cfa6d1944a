"""What an achievement can be found by: the words and the values that a catalogue searches.

Both sides of a search go through the same functions, so that `Édinburgh` finds `edinburgh`.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.credentials.learning import Learning
from app.credentials.reading import object_in, text_in, values_of
from app.vocabularies.levels import EQF, reference_of
from app.vocabularies.terms import FIELD, PARTICIPATION

MAX_VALUE = 512
"""Values longer than this are no words that anybody searches for."""

LEVEL = "level"
CREDIT = "credit"
IN_FIELD = "field"
FORM = "participation"
SKILL = "skill"
LEADS_TO = "stacks_into"


@dataclass(frozen=True)
class Value:
    """One thing to filter by; `number` is the level, or the amount of credit."""

    kind: str
    value: str
    number: float = 0.0


def searchable(text: str) -> str:
    """Text as it is compared: no case, no accents, single blanks, nothing unprintable."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = (" " if each.isspace() else each for each in decomposed if _counts(each))
    return " ".join("".join(kept).split())


def search_number(amount: Fraction) -> float:
    """An amount as an index holds it. Rounding keeps the order, so bounds stay right."""
    return float(amount)


def search_text(learning: Learning, achievement: Any) -> str:
    """Everything that a full-text search looks at, in one line."""
    tags = values_of(object_in(achievement).get("tag"))
    texts = (
        learning.title,
        learning.description,
        *(outcome.title for outcome in learning.outcomes),
        *(skill.words for skill in learning.skills),
        *(occupation.words for occupation in learning.occupations),
        *(FIELD.label_of(code) for code in learning.field),
        text_in(object_in(achievement).get("fieldOfStudy")),
        *(option.name for option in learning.stacks_into),
        *(body.name for body in learning.awarding_bodies),
        text_in(object_in(achievement).get("humanCode")),
        *(text_in(tag) for tag in tags),
    )
    return " | ".join(searchable(text) for text in texts if text)


def values_to_filter_by(learning: Learning) -> tuple[Value, ...]:
    """Each value once, in a fixed order; what is too long to be a value is left out."""
    found = {value for value in _values(learning) if 0 < len(value.value) <= MAX_VALUE}
    return tuple(sorted(found, key=lambda each: (each.kind, each.value, each.number)))


def _counts(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] not in "CM"


def _values(learning: Learning) -> Iterator[Value]:
    for level in learning.levels:
        if level.framework is None:
            continue
        # Levels such as `Entry 3` count as 0: they are found by their framework alone.
        yield Value(LEVEL, level.framework, float(level.number or 0))
        reference = reference_of(level)
        if reference is not None:
            yield Value(LEVEL, EQF.code, float(reference.eqf))
    for credit in learning.credit_offered:
        if credit.scheme is not None:
            yield Value(CREDIT, credit.scheme, search_number(credit.value))
    yield from _named(IN_FIELD, _with_broader(learning.field))
    yield from _named(FORM, (PARTICIPATION.code_of(each) for each in learning.participation))
    for skill in learning.skills:
        yield from _named(SKILL, (searchable(each) for each in (skill.name, skill.url) if each))
    for outcome in learning.outcomes:
        yield from _named(SKILL, map(searchable, outcome.skills))
    for option in learning.stacks_into:
        words = (option.award, option.name, option.pathway)
        yield from _named(LEADS_TO, (searchable(each) for each in words if each))


def _named(kind: str, values: Iterable[str]) -> Iterator[Value]:
    return (Value(kind, value) for value in values)


def _with_broader(codes: tuple[str, ...]) -> Iterator[str]:
    """ISCED-F codes begin with the code of what they are part of: 0612 is in 061 and in 06."""
    for code in codes:
        yield code
        if code.isdigit():
            yield from (code[:length] for length in (2, 3) if length < len(code))
