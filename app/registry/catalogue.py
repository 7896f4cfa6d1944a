"""The catalogue: the newest published version of every achievement here, ready to be searched.

The search itself, with pathways beside achievements, is in `app.pathways.catalogue`.

An entry is derived from the document that is served and is written in the transaction that
publishes or withdraws it, so the catalogue never says anything else than the achievements do. Text
is searched with LIKE on a normalised column, values by an index; both databases do the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import Session

from app.credentials.findable import (
    CREDIT,
    FORM,
    IN_FIELD,
    LEADS_TO,
    LEVEL,
    SKILL,
    search_text,
    searchable,
    values_to_filter_by,
)
from app.credentials.learning import read_learning
from app.encoding.strict_json import parse_object
from app.storage.tables import Achievement, CatalogueEntry, CatalogueValue, Issuer, Pathway

MAX_WORDS = 12


@dataclass(frozen=True)
class CatalogueQuery:
    """What to look for: all that is given must hold. Codes are those of the vocabularies.

    `level` is looked for in `framework`, and the amounts of credit in `credit_scheme`; `skill` is a
    name or identifier, compared whole, and `stacks_into` several of them, of which one suffices.
    """

    words: str = ""
    framework: str | None = None
    level: int | None = None
    credit_scheme: str | None = None
    credit_min: float | None = None
    credit_max: float | None = None
    field: str | None = None
    participation: str | None = None
    language: str | None = None
    issuer: str | None = None
    stacks_into: tuple[str, ...] = ()
    skill: str | None = None


def enter_achievement(session: Session, achievement: Achievement) -> None:
    """Let the catalogue show this version of its series; raises nothing about the document."""
    document = parse_object(achievement.document)
    learning = read_learning(document)
    _forget_values(session, achievement.series_id)
    entry = session.get(CatalogueEntry, achievement.series_id)
    if entry is None:
        entry = CatalogueEntry(series_id=achievement.series_id)
        session.add(entry)
    entry.achievement_id = achievement.id
    entry.issuer_id = achievement.issuer_id
    entry.published_at = achievement.published_at or achievement.created_at
    entry.language = learning.language.lower()[:64] if learning.language else None
    entry.search_text = search_text(learning, document)
    session.flush()
    session.add_all(
        CatalogueValue(
            series_id=achievement.series_id, kind=each.kind, value=each.value, number=each.number
        )
        for each in values_to_filter_by(learning)
    )
    session.flush()


def leave_catalogue(session: Session, series_id: str) -> None:
    """Take a series out; nothing happens when it is not there."""
    _forget_values(session, series_id)
    session.execute(delete(CatalogueEntry).where(CatalogueEntry.series_id == series_id))


def shown_version(session: Session, series_id: str) -> str | None:
    """The id of the version that the catalogue shows of a series."""
    query = select(CatalogueEntry.achievement_id).where(CatalogueEntry.series_id == series_id)
    return session.scalar(query)


def catalogue_conditions(session: Session, wanted: CatalogueQuery) -> list[ColumnElement[bool]]:
    """What has to hold of an entry (CatalogueEntry) that is looked for."""
    conditions = [_has_word(session, word) for word in words_of(wanted)]
    if wanted.issuer is not None:
        conditions.append(CatalogueEntry.issuer_id == wanted.issuer)
    if wanted.language is not None:
        language = wanted.language.lower()
        dialect = CatalogueEntry.language.startswith(f"{language}-", autoescape=True)
        conditions.append(or_(CatalogueEntry.language == language, dialect))
    if wanted.framework is not None:
        conditions.append(_has_value(LEVEL, [wanted.framework], wanted.level, wanted.level))
    if wanted.credit_scheme is not None:
        bounds = (wanted.credit_min, wanted.credit_max)
        conditions.append(_has_value(CREDIT, [wanted.credit_scheme], *bounds))
    for kind, values in (
        (IN_FIELD, (wanted.field,)),
        (FORM, (wanted.participation,)),
        (LEADS_TO, wanted.stacks_into),
        (SKILL, (wanted.skill,)),
    ):
        given = [value for value in values if value is not None]
        if given:
            named = map(searchable, given) if kind in (LEADS_TO, SKILL) else given
            conditions.append(_has_value(kind, list(named)))
    return conditions


def words_of(wanted: CatalogueQuery) -> list[str]:
    """The words that must all be found, as texts are compared."""
    return [word for word in searchable(wanted.words).split(" ")[:MAX_WORDS] if word]


def listed_issuers(session: Session) -> Sequence[Issuer]:
    """Every issuer with something in the catalogue, by their names."""
    shown = or_(
        Issuer.id.in_(select(CatalogueEntry.issuer_id)), Issuer.id.in_(select(Pathway.issuer_id))
    )
    query = select(Issuer).where(shown)
    return sorted(session.scalars(query), key=lambda issuer: searchable(issuer.profile["name"]))


def _has_word(session: Session, word: str) -> ColumnElement[bool]:
    """In the text, or in the issuer's present name, of which there are few."""
    found = CatalogueEntry.search_text.contains(word, autoescape=True)
    issuers = [each.id for each in listed_issuers(session) if word in _name_of(each)]
    return or_(found, CatalogueEntry.issuer_id.in_(issuers)) if issuers else found


def _name_of(issuer: Issuer) -> str:
    return searchable(issuer.profile["name"])


def _has_value(
    kind: str, values: Sequence[str], least: float | None = None, most: float | None = None
) -> ColumnElement[bool]:
    """One of the values, with a number within the bounds."""
    query = select(CatalogueValue.series_id).where(
        CatalogueValue.series_id == CatalogueEntry.series_id,
        CatalogueValue.kind == kind,
        CatalogueValue.value.in_(values),
    )
    if least is not None:
        query = query.where(CatalogueValue.number >= least)
    if most is not None:
        query = query.where(CatalogueValue.number <= most)
    return exists(query.correlate(CatalogueEntry))


def _forget_values(session: Session, series_id: str) -> None:
    session.execute(delete(CatalogueValue).where(CatalogueValue.series_id == series_id))
