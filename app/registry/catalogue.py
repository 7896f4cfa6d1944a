"""The catalogue: the newest published version of every achievement here, ready to be searched.

An entry is derived from the document that is served and is written in the transaction that
publishes or withdraws it, so the catalogue never says anything else than the achievements do. Text
is searched with LIKE on a normalised column, values by an index; both databases do the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
from app.registry.listing import Page, list_page
from app.storage.tables import Achievement, CatalogueEntry, CatalogueValue, Issuer

MAX_WORDS = 12


@dataclass(frozen=True)
class CatalogueQuery:
    """What to look for: all that is given must hold. Codes are those of the vocabularies.

    `level` is looked for in `framework`, and the amounts of credit in `credit_scheme`; `skill` and
    `stacks_into` are names or identifiers, compared whole.
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
    stacks_into: str | None = None
    skill: str | None = None


@dataclass(frozen=True)
class Listed:
    """One achievement of the catalogue with its issuer."""

    entry: CatalogueEntry
    achievement: Achievement
    issuer: Issuer


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


def search_catalogue(
    session: Session, wanted: CatalogueQuery, *, limit: int, cursor: str | None
) -> Page[Listed]:
    """One page of what was found, newest first; raises InvalidRequest as `list_page` does."""
    query = select(CatalogueEntry).where(*_conditions(session, wanted))
    page = list_page(
        session,
        query,
        CatalogueEntry.published_at,
        CatalogueEntry.achievement_id,
        limit=limit,
        cursor=cursor,
    )
    return Page(_listed(session, page.items), page.total, page.next)


def newest_entry_at(session: Session) -> datetime | None:
    """When something was last published."""
    query = select(CatalogueEntry.published_at).order_by(CatalogueEntry.published_at.desc())
    return session.scalar(query.limit(1))


def listed_issuers(session: Session) -> Sequence[Issuer]:
    """Every issuer with something in the catalogue, by their names."""
    query = select(Issuer).where(Issuer.id.in_(select(CatalogueEntry.issuer_id)))
    return sorted(session.scalars(query), key=lambda issuer: searchable(issuer.profile["name"]))


def _conditions(session: Session, wanted: CatalogueQuery) -> list[ColumnElement[bool]]:
    conditions = [
        _has_word(session, word) for word in searchable(wanted.words).split(" ")[:MAX_WORDS] if word
    ]
    if wanted.issuer is not None:
        conditions.append(CatalogueEntry.issuer_id == wanted.issuer)
    if wanted.language is not None:
        language = wanted.language.lower()
        dialect = CatalogueEntry.language.startswith(f"{language}-", autoescape=True)
        conditions.append(or_(CatalogueEntry.language == language, dialect))
    if wanted.framework is not None:
        number = wanted.level
        conditions.append(_has_value(LEVEL, wanted.framework, number, number))
    if wanted.credit_scheme is not None:
        bounds = (wanted.credit_min, wanted.credit_max)
        conditions.append(_has_value(CREDIT, wanted.credit_scheme, *bounds))
    for kind, value in (
        (IN_FIELD, wanted.field),
        (FORM, wanted.participation),
        (LEADS_TO, wanted.stacks_into and searchable(wanted.stacks_into)),
        (SKILL, wanted.skill and searchable(wanted.skill)),
    ):
        if value is not None:
            conditions.append(_has_value(kind, value))
    return conditions


def _has_word(session: Session, word: str) -> ColumnElement[bool]:
    """In the text, or in the issuer's present name, of which there are few."""
    found = CatalogueEntry.search_text.contains(word, autoescape=True)
    issuers = [each.id for each in listed_issuers(session) if word in _name_of(each)]
    return or_(found, CatalogueEntry.issuer_id.in_(issuers)) if issuers else found


def _name_of(issuer: Issuer) -> str:
    return searchable(issuer.profile["name"])


def _has_value(
    kind: str, value: str, least: float | None = None, most: float | None = None
) -> ColumnElement[bool]:
    query = select(CatalogueValue.series_id).where(
        CatalogueValue.series_id == CatalogueEntry.series_id,
        CatalogueValue.kind == kind,
        CatalogueValue.value == value,
    )
    if least is not None:
        query = query.where(CatalogueValue.number >= least)
    if most is not None:
        query = query.where(CatalogueValue.number <= most)
    return exists(query.correlate(CatalogueEntry))


def _listed(session: Session, entries: Sequence[CatalogueEntry]) -> list[Listed]:
    shown = select(Achievement).where(Achievement.id.in_([each.achievement_id for each in entries]))
    achievements = {each.id: each for each in session.scalars(shown)}
    theirs = select(Issuer).where(Issuer.id.in_({each.issuer_id for each in entries}))
    issuers = {each.id: each for each in session.scalars(theirs)}
    return [
        Listed(each, achievements[each.achievement_id], issuers[each.issuer_id]) for each in entries
    ]


def _forget_values(session: Session, series_id: str) -> None:
    session.execute(delete(CatalogueValue).where(CatalogueValue.series_id == series_id))
