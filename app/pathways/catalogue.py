"""The catalogue as it is searched: what can be earned, and the pathways that lead on from there.

Achievements have derived rows for searching (`app.registry.catalogue`). Pathways are few, so their
documents are read when somebody looks for words, levels or credit, and are held against the same
values as achievements are. Both make one list, newest first, whose pages go on after a row.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from app.credentials.findable import (
    CREDIT,
    LEVEL,
    Value,
    search_text,
    searchable,
    values_to_filter_by,
)
from app.credentials.learning import Learning, read_learning
from app.credentials.learning_parts import Credit
from app.encoding.strict_json import JsonObject, parse_object
from app.errors import NotFound
from app.pathways.records import load_pathway, pathway_url, pathway_versions
from app.registry.achievements import achievement_url
from app.registry.catalogue import CatalogueQuery, catalogue_conditions, words_of
from app.registry.issuers import issuer_profile
from app.registry.listing import Page, list_columns
from app.settings import Settings
from app.storage.tables import Achievement, CatalogueEntry, Issuer, Pathway
from app.vocabularies.amounts import amount_in
from app.vocabularies.credit import find_scheme
from app.vocabularies.levels import Level, find_level

ACHIEVEMENT = "achievement"
PATHWAY = "pathway"
KINDS = (ACHIEVEMENT, PATHWAY)


@dataclass(frozen=True)
class Offer:
    """One thing of the catalogue: an achievement or a pathway, with what it says of learning."""

    kind: str
    id: str
    url: str
    name: str
    version: int
    published_at: datetime
    issuer: Issuer
    learning: Learning


def search_offers(
    session: Session,
    settings: Settings,
    wanted: CatalogueQuery,
    *,
    kind: str | None,
    limit: int,
    cursor: str | None,
) -> Page[Offer]:
    """One page of what was found, newest first; raises InvalidRequest as `list_page` does."""
    parts = [
        part
        for name, part in (
            (ACHIEVEMENT, _achievements(session, wanted)),
            (PATHWAY, _pathways(session, wanted)),
        )
        if kind in (None, name)
    ]
    found = union_all(*parts).subquery()
    query = select(found.c.kind, found.c.id, found.c.at)
    page = list_columns(session, query, found.c.at, found.c.id, limit=limit, cursor=cursor)
    return Page(_offers(session, settings, page.items), page.total, page.next)


def pathways_named(session: Session, settings: Settings, word: str) -> list[Pathway]:
    """The newest versions of the pathways of this service of that address, or to that award."""
    id_ = word.removeprefix(pathway_url(settings, ""))
    if id_ != word:
        try:
            return pathway_versions(session, load_pathway(session, id_))[:1]
        except NotFound:
            return []
    names = session.execute(select(Pathway.id, Pathway.name).where(_is_newest()))
    same = [row.id for row in names if searchable(row.name) == searchable(word)]
    return [load_pathway(session, each) for each in same]


def ways_into(session: Session, settings: Settings, word: str) -> tuple[str, ...]:
    """The word, and every address of the pathways that it names: badges name one version."""
    addresses = [
        pathway_url(settings, version.id)
        for pathway in pathways_named(session, settings, word)
        for version in pathway_versions(session, pathway)
    ]
    return (word, *addresses)


def learning_of(document: JsonObject) -> Learning:
    """The award of a pathway's document, in the form in which achievements are compared."""
    award = document["award"]
    named = award.get("id", "")
    frame = read_learning(
        {
            "id": named if ":" in named else f"{document['id']}#award",
            "name": award["name"],
            "description": document.get("description"),
            "creator": document["issuer"],
        }
    )
    levels = () if "level" not in award else (_level(award["level"]),)
    credits = () if "credits" not in award else (_credit(award, document.get("creditSystem")),)
    return replace(frame, levels=levels, credit_offered=credits)


def _level(stated: JsonObject) -> Level:
    framework, value = stated.get("scheme", stated.get("framework")), stated["value"]
    return find_level(framework, value) or Level(framework, str(value))


def _credit(award: JsonObject, system: str | None) -> Credit:
    amount = amount_in(award["credits"]) or Fraction(0)
    scheme = find_scheme(system)
    return Credit(None, amount) if scheme is None else Credit(scheme.code, amount, iri=scheme.iri)


@lru_cache(maxsize=1024)
def _found_by(document: bytes) -> tuple[str, tuple[Value, ...]]:
    """The text and the values by which a pathway is found; a published one never changes."""
    learning = learning_of(parse_object(document))
    return search_text(learning, {}), values_to_filter_by(learning)


def _achievements(session: Session, wanted: CatalogueQuery) -> Select[str, str, datetime]:
    return select(
        literal(ACHIEVEMENT).label("kind"),
        CatalogueEntry.achievement_id.label("id"),
        CatalogueEntry.published_at.label("at"),
    ).where(*catalogue_conditions(session, wanted))


def _pathways(session: Session, wanted: CatalogueQuery) -> Select[str, str, datetime]:
    conditions = [_is_newest()]
    if wanted.issuer is not None:
        conditions.append(Pathway.issuer_id == wanted.issuer)
    words = words_of(wanted)
    if wanted.field or wanted.participation or wanted.language or wanted.skill:
        conditions = [literal(False)]  # no pathway says any of that
    elif wanted.stacks_into:
        conditions = [literal(False)]  # it is what others stack into
    elif words or wanted.framework is not None or wanted.credit_scheme is not None:
        rows = session.execute(select(Pathway, Issuer).join(Issuer).where(*conditions))
        fitting = [pathway.id for pathway, issuer in rows if _fits(pathway, issuer, words, wanted)]
        conditions = [Pathway.id.in_(fitting)]
    return select(
        literal(PATHWAY).label("kind"), Pathway.id.label("id"), Pathway.created_at.label("at")
    ).where(*conditions)


def _is_newest() -> ColumnElement[bool]:
    """Of the versions of one pathway the newest is shown."""
    newer = aliased(Pathway)
    return ~exists().where(newer.series_id == Pathway.series_id, newer.version > Pathway.version)


def _fits(pathway: Pathway, issuer: Issuer, words: list[str], wanted: CatalogueQuery) -> bool:
    """The same that the database looks for in the derived rows of an achievement."""
    text, values = _found_by(pathway.document)
    text = f"{text} | {searchable(str(issuer.profile['name']))}"
    if not all(word in text for word in words):
        return False
    asked: list[tuple[str, str, float | None, float | None]] = []
    if wanted.framework is not None:
        asked.append((LEVEL, wanted.framework, wanted.level, wanted.level))
    if wanted.credit_scheme is not None:
        asked.append((CREDIT, wanted.credit_scheme, wanted.credit_min, wanted.credit_max))
    return all(
        any(
            (value.kind, value.value) == (kind, name)
            and (least is None or value.number >= least)
            and (most is None or value.number <= most)
            for value in values
        )
        for kind, name, least, most in asked
    )


def _offers(session: Session, settings: Settings, found: Any) -> list[Offer]:
    """The things themselves, in the order in which they were found."""
    ids = [row.id for row in found]
    achievements = {
        row.id: row for row in session.scalars(select(Achievement).where(Achievement.id.in_(ids)))
    }
    pathways = {row.id: row for row in session.scalars(select(Pathway).where(Pathway.id.in_(ids)))}
    owners = {row.issuer_id for row in achievements.values()}
    owners |= {row.issuer_id for row in pathways.values()}
    issuers = {row.id: row for row in session.scalars(select(Issuer).where(Issuer.id.in_(owners)))}
    return [
        _achievement(settings, achievements[row.id], issuers, row.at)
        if row.kind == ACHIEVEMENT
        else _pathway(settings, pathways[row.id], issuers)
        for row in found
    ]


def _achievement(
    settings: Settings, row: Achievement, issuers: dict[str, Issuer], published_at: datetime
) -> Offer:
    issuer = issuers[row.issuer_id]
    document = {**parse_object(row.document), "creator": issuer_profile(issuer)}
    return Offer(
        ACHIEVEMENT,
        row.id,
        achievement_url(settings, row.id),
        row.name,
        row.version,
        published_at,
        issuer,
        read_learning(document),
    )


def _pathway(settings: Settings, row: Pathway, issuers: dict[str, Issuer]) -> Offer:
    issuer = issuers[row.issuer_id]
    return Offer(
        PATHWAY,
        row.id,
        pathway_url(settings, row.id),
        row.name,
        row.version,
        row.created_at,
        issuer,
        learning_of({**parse_object(row.document), "issuer": issuer_profile(issuer)}),
    )
