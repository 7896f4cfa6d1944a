"""Pathways as rows: published once, never changed; and what was used up for an award.

A change is a new version with an id and an address of its own; a learner can go on under the
version of the day of enrolment, which its digest names.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.encoding.strict_json import JsonObject, dump_json, parse_object
from app.errors import InvalidRequest, NotFound
from app.jsonld.contexts import digest_sri
from app.pathways.candidate import Candidate
from app.pathways.evaluation import Use
from app.pathways.matching import Home
from app.pathways.parsing import TYPE, parse_rule
from app.pathways.rules import StackRule
from app.registry.achievements import achievement_id_of, achievement_url, load_achievement
from app.registry.deeds import note_deed
from app.registry.issuers import load_issuer
from app.registry.listing import Page, list_page
from app.registry.row_ids import is_row_id, new_row_id
from app.registry.versions import next_version
from app.settings import Settings
from app.storage.tables import Credential, CredentialUse, Issuer, Pathway


def create_pathway(
    session: Session,
    settings: Settings,
    issuer: Issuer,
    rule: JsonObject,
    *,
    now: datetime,
    actor: str,
) -> Pathway:
    """Publish the first version of a pathway; raises InvalidRequest with all to mend."""
    id_ = new_row_id()
    return _publish(session, settings, issuer, rule, id_, id_, 1, now=now, actor=actor)


def create_pathway_version(
    session: Session,
    settings: Settings,
    pathway: Pathway,
    rule: JsonObject,
    *,
    now: datetime,
    actor: str,
) -> Pathway:
    """Publish a further version of the pathway, whichever version of it is given."""
    version = next_version(session, pathway)
    issuer = load_issuer(session, pathway.issuer_id)
    id_ = new_row_id()
    return _publish(
        session, settings, issuer, rule, id_, pathway.series_id, version, now=now, actor=actor
    )


def load_pathway(session: Session, id_: str, *, issuer_id: str | None = None) -> Pathway:
    """One version of a pathway, of this issuer if one is named; raises NotFound."""
    pathway = session.get(Pathway, id_) if is_row_id(id_) else None
    if pathway is None or issuer_id not in (None, pathway.issuer_id):
        raise NotFound("not_found", "There is no such pathway.")
    return pathway


def list_pathways(
    session: Session, issuer_id: str, *, limit: int, cursor: str | None
) -> Page[Pathway]:
    """The issuer's pathways, every version of them, newest first."""
    query = select(Pathway).where(Pathway.issuer_id == issuer_id)
    return list_page(session, query, Pathway.created_at, Pathway.id, limit=limit, cursor=cursor)


def pathway_versions(session: Session, pathway: Pathway) -> list[Pathway]:
    """Every version of the pathway, newest first."""
    query = select(Pathway).where(Pathway.series_id == pathway.series_id)
    return list(session.scalars(query.order_by(Pathway.version.desc())))


def newest_pathways(session: Session, issuer_id: str, *, limit: int) -> list[Pathway]:
    """The newest version of each of the issuer's pathways, the newest of them first."""
    newest = (
        select(Pathway.series_id, func.max(Pathway.version).label("version"))
        .where(Pathway.issuer_id == issuer_id)
        .group_by(Pathway.series_id)
        .subquery()
    )
    same = (Pathway.series_id == newest.c.series_id) & (Pathway.version == newest.c.version)
    query = select(Pathway).join(newest, same)
    return list(session.scalars(query.order_by(Pathway.created_at.desc(), Pathway.id).limit(limit)))


def pathway_url(settings: Settings, id_: str) -> str:
    """The public address of a version, which is the `id` in its document."""
    return f"{settings.public_url}/pathways/{id_}"


def rule_of(pathway: Pathway) -> StackRule:
    """The rule as it was published."""
    given = parse_object(pathway.document)
    return parse_rule({name: value for name, value in given.items() if name not in _OURS})


def home_of(session: Session, settings: Settings, pathway: Pathway) -> Home:
    """Whose pathway it is, and every address under which badges may say that they lead here."""
    issuer = load_issuer(session, pathway.issuer_id)
    versions = pathway_versions(session, pathway)
    return Home(issuer.did, frozenset(pathway_url(settings, each.id) for each in versions))


_OURS = ("id", "issuer")


def _publish(
    session: Session,
    settings: Settings,
    issuer: Issuer,
    given: JsonObject,
    id_: str,
    series_id: str,
    version: int,
    *,
    now: datetime,
    actor: str,
) -> Pathway:
    rule = parse_rule(given)
    url = pathway_url(settings, id_)
    publisher = {"id": issuer.did, "name": issuer.profile["name"]}
    award = _award(session, settings, issuer, rule, given["award"])
    members = {name: value for name, value in given.items() if name not in ("type", "award")}
    document = dump_json(
        {
            "id": url,
            "type": TYPE,
            "version": str(version),
            "issuer": publisher,
            "award": award,
            **members,
        }
    )
    pathway = Pathway(
        id=id_,
        issuer_id=issuer.id,
        series_id=series_id,
        version=version,
        name=rule.award.name,
        digest=digest_sri(document),
        document=document,
        created_at=now,
    )
    session.add(pathway)
    session.flush()
    details = {"series_id": series_id, "version": version, "digest": pathway.digest}
    note_deed(session, pathway, "pathway.published", now=now, actor=actor, **details)
    return pathway


def _award(
    session: Session, settings: Settings, issuer: Issuer, rule: StackRule, given: JsonObject
) -> JsonObject:
    """The award, with the whole address of an achievement that was named by its last part.

    An achievement of this service must be the issuer's own: it will be issued.
    """
    named = rule.award.id
    if named is None:
        return given
    achievement = achievement_id_of(settings, named)
    if achievement == named and not is_row_id(named):
        return given
    try:
        owner = load_achievement(session, achievement).issuer_id
    except NotFound:
        owner = None
    if owner != issuer.id:
        raise InvalidRequest(
            "achievement_unknown", f"{issuer.id} has no such achievement.", field="/award/id"
        )
    return {**given, "id": achievement_url(settings, achievement)}


# --- single use ----------------------------------------------------------------------------------


def uses_of(
    session: Session, settings: Settings, issuer_id: str, candidates: Iterable[Candidate]
) -> Mapping[str, tuple[Use, ...]]:
    """What credentials were used for by this issuer, by their keys.

    An award that was revoked uses nothing up.
    """
    keys = {_fingerprint(each): each.key for each in candidates}
    query = (
        select(CredentialUse.fingerprint, Pathway)
        .join(Pathway, Pathway.id == CredentialUse.pathway_id)
        .join(Credential, Credential.id == CredentialUse.award_id)
        .where(
            CredentialUse.issuer_id == issuer_id,
            CredentialUse.fingerprint.in_(sorted(keys)),
            Credential.revoked.is_(False),
        )
        .order_by(CredentialUse.used_at, CredentialUse.award_id)
    )
    found: dict[str, tuple[Use, ...]] = {}
    for fingerprint, pathway in session.execute(query):
        award = rule_of(pathway).award
        names = {award.name, award.id, pathway_url(settings, pathway.id), pathway.id}
        names |= {pathway.series_id, pathway_url(settings, pathway.series_id)}
        use = Use(award.name, frozenset(name for name in names if name))
        key = keys[fingerprint]
        found[key] = (*found.get(key, ()), use)
    return found


def _fingerprint(candidate: Candidate) -> str:
    """What is kept of a credential that was used up."""
    return hashlib.sha256(candidate.key.encode()).hexdigest()


def note_uses(
    session: Session,
    pathway: Pathway,
    award: Credential,
    candidates: Iterable[Candidate],
    *,
    now: datetime,
) -> None:
    """Mark credentials as used up for an award."""
    session.add_all(
        CredentialUse(
            award_id=award.id,
            fingerprint=_fingerprint(each),
            issuer_id=pathway.issuer_id,
            pathway_id=pathway.id,
            used_at=now,
        )
        for each in candidates
    )
    session.flush()
