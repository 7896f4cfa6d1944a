"""What an issuer is known for, held against what its credential claims.

A comparison of words and codes, and no judgement: what cannot be compared is said to be so. Field
codes of ISCED-F begin with the code of what they are part of; a national level is within a level
of the European framework where its referencing report says so, and never the other way round.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from app.credentials.learning import Learning
from app.vocabularies.levels import EQF, Level, reference_of
from app.vocabularies.terms import FIELD


@dataclass(frozen=True)
class Scope:
    """What an issuer is known for: ISCED-F fields, levels in words, achievement types.

    Where nothing is named, there is no bound.
    """

    fields: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    award_types: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """As people say it: `Database and network design`, `SCQF level 11`."""
        return (*map(FIELD.label_of, self.fields), *self.levels, *self.award_types)

    def as_json(self) -> dict[str, Any]:
        """The members of an answer, and of the column `scope`."""
        return {name: list(words) for name, words in asdict(self).items()}


def scope_from(stored: dict[str, Any]) -> Scope:
    """A scope from the column `scope`."""
    return Scope(**{name: tuple(words) for name, words in stored.items()})


class Fit(StrEnum):
    """Whether a credential is within what its issuer is known for."""

    COVERED = "covered"
    NOT_COVERED = "not_covered"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True)
class Coverage:
    """The outcome, and the facts that it rests on where it is not simply covered, in words."""

    fit: Fit
    because: tuple[str, ...] = ()


UNBOUNDED = Coverage(Fit.COVERED)
"""Known without a bound, so known for anything."""

_Finding = tuple[Fit, str]


def compare(scope: Scope, learning: Learning) -> Coverage:
    """Whether what a credential claims is within a scope; every bound counts.

    One that is broken decides; without one, a bound that cannot be compared does.
    """
    found = list(_findings(scope, learning))
    for fit in (Fit.NOT_COVERED, Fit.NOT_COMPARABLE):
        because = tuple(reason for each, reason in found if each is fit)
        if because:
            return Coverage(fit, because)
    return UNBOUNDED


def _findings(scope: Scope, learning: Learning) -> Iterator[_Finding]:
    contested = {each.element for each in learning.contradictions}
    if scope.fields:
        yield _compare_fields(scope.fields, learning.field, contested="field" in contested)
    if scope.levels:
        yield _compare_levels(scope.levels, learning.levels, contested="level" in contested)
    if scope.award_types:
        yield _compare_type(scope.award_types, learning.achievement_type)


def _compare_fields(known: Sequence[str], stated: Sequence[str], *, contested: bool) -> _Finding:
    if contested or not stated:
        return _nothing_to_compare("field of study", contested=contested)
    strange = [code for code in stated if not code.isdigit()]
    if strange:
        return Fit.NOT_COMPARABLE, f"its field {strange[0]!r} is not in the list of fields"
    outside = [code for code in stated if not code.startswith(tuple(known))]
    if not outside:
        return Fit.COVERED, ""
    words = FIELD.label_of(outside[0])
    if any(each.startswith(outside[0]) for each in known):
        return Fit.NOT_COMPARABLE, f"its field, {words}, is broader than what is listed"
    return Fit.NOT_COVERED, f"its field is {words}"


def _compare_levels(known: Sequence[str], stated: Sequence[Level], *, contested: bool) -> _Finding:
    if contested or not stated:
        return _nothing_to_compare("level", contested=contested)
    frameworks = {each.rpartition(" level ")[0] for each in known}
    within = [level for level in stated if not set(level_words(level)).isdisjoint(known)]
    outside = [
        level
        for level in stated
        if level not in within
        and (level.framework in frameworks or (EQF.code in frameworks and reference_of(level)))
    ]
    if outside:
        return Fit.NOT_COVERED, f"it is at {outside[0].words}"
    if within:
        return Fit.COVERED, ""
    return Fit.NOT_COMPARABLE, f"{stated[0].words} is a level of another framework"


def level_words(level: Level) -> tuple[str, ...]:
    """The level in words, and the European level that a referencing report gives it."""
    reference = reference_of(level)
    if reference is None:
        return (level.words,)
    return level.words, Level(EQF.code, str(reference.eqf)).words


def _compare_type(known: Sequence[str], stated: str | None) -> _Finding:
    if stated is None:
        return _nothing_to_compare("kind of award", contested=False)
    if stated in known:
        return Fit.COVERED, ""
    return Fit.NOT_COVERED, f"its kind of award is {stated}"


def _nothing_to_compare(element: str, *, contested: bool) -> _Finding:
    if contested:
        return Fit.NOT_COMPARABLE, f"it contradicts itself about its {element}"
    return Fit.NOT_COMPARABLE, f"it names no {element}"
