"""Achievement definitions: never changed once they are made; a change is a new version.

Each version has its own id and address, and all stay readable, since credentials name the version
that was earned. Versions of one achievement form a series, named by the id of the first.

Result descriptions and rubric levels need absolute identifiers. A caller may give a short name
such as `grade` instead: it becomes `{address of this version}#grade`.
"""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.credentials.definitions import validate_achievement
from app.credentials.microcredential_document import publish_microcredential
from app.encoding.strict_json import JsonObject, dump_json
from app.errors import InvalidRequest, NotFound
from app.jsonld.contexts import digest_sri
from app.registry.deeds import note_deed
from app.registry.issuers import load_issuer
from app.registry.listing import Page, list_page
from app.registry.reviews import DRAFT, PUBLISHED, list_newest
from app.registry.row_ids import is_row_id, new_row_id
from app.registry.versions import next_version
from app.settings import Settings
from app.storage.statements import ReadyStatement
from app.storage.tables import Achievement, Issuer, Pathway

_SHORT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


_BY_ID = select(Achievement).where(Achievement.id == bindparam("id"))
_READ = ReadyStatement(_BY_ID)


def create_achievement(
    session: Session,
    settings: Settings,
    issuer: Issuer,
    definition: JsonObject,
    *,
    now: datetime,
    actor: str,
    draft_under: str | None = None,
) -> Achievement:
    """Publish the first version of an achievement; raises InvalidRequest with all to mend.

    With `draft_under`, the id of the issuer's definition policy, it becomes a draft
    (`app.registry.reviews`).
    """
    id_ = new_row_id()
    return _store(
        session, settings, issuer, definition, id_, id_, 1, draft_under, now=now, actor=actor
    )


def create_version(
    session: Session,
    settings: Settings,
    achievement: Achievement,
    definition: JsonObject,
    *,
    now: datetime,
    actor: str,
    draft_under: str | None = None,
) -> Achievement:
    """The same for a further version of the achievement, whichever version of it is given."""
    version = next_version(session, achievement)
    issuer = load_issuer(session, achievement.issuer_id)
    id_ = new_row_id()
    return _store(
        session,
        settings,
        issuer,
        definition,
        id_,
        achievement.series_id,
        version,
        draft_under,
        now=now,
        actor=actor,
    )


def compose_achievement(
    settings: Settings, issuer: Issuer, definition: JsonObject, id_: str, version: int = 1
) -> JsonObject:
    """The document that a definition becomes; raises InvalidRequest with all to mend."""
    url = achievement_url(settings, id_)
    creator = {"id": issuer.did, "type": ["Profile"], "name": issuer.profile["name"]}
    members = compose_members(definition, url)
    return {"id": url, "version": str(version), "creator": creator, **members}


def compose_members(definition: JsonObject, url: str) -> JsonObject:
    """The same without what the service gives it; `url` is the achievement's own."""
    members = validate_achievement(_with_absolute_ids(definition, url))
    return publish_microcredential(members, url)


def load_achievement(session: Session, id_: str) -> Achievement:
    """One version of an achievement; raises NotFound."""
    achievement = session.scalar(_BY_ID, {"id": id_}) if is_row_id(id_) else None
    if achievement is None:
        raise NotFound("not_found", "There is no such achievement.")
    return achievement


def read_achievement(session: Session, id_: str) -> Achievement | None:
    """The same to be read only, and None where there is none: what is changed is not written."""
    found = _READ.objects(session, Achievement, id=id_) if is_row_id(id_) else []
    return found[0] if found else None


def list_achievements(
    session: Session,
    issuer_id: str,
    *,
    limit: int,
    cursor: str | None,
    series_id: str | None = None,
) -> Page[Achievement]:
    """The issuer's achievements, every version of them or of one series, newest first."""
    query = select(Achievement).where(Achievement.issuer_id == issuer_id)
    if series_id is not None:
        query = query.where(Achievement.series_id == series_id)
    return list_page(
        session, query, Achievement.created_at, Achievement.id, limit=limit, cursor=cursor
    )


def achievement_url(settings: Settings, id_: str) -> str:
    """The public address of a version, which is the `id` in its document."""
    return f"{settings.public_url}/achievements/{id_}"


def achievement_id_of(settings: Settings, reference: str) -> str:
    """The row id meant by a reference: an address of ours, or its last part alone."""
    return reference.removeprefix(achievement_url(settings, ""))


def _store(
    session: Session,
    settings: Settings,
    issuer: Issuer,
    definition: JsonObject,
    id_: str,
    series_id: str,
    version: int,
    draft_under: str | None,
    *,
    now: datetime,
    actor: str,
) -> Achievement:
    document = compose_achievement(settings, issuer, definition, id_, version)
    _pin_pathways(session, settings, document)
    draft = draft_under is not None
    achievement = Achievement(
        id=id_,
        issuer_id=issuer.id,
        series_id=series_id,
        version=version,
        name=document["name"],
        document=dump_json(document),
        created_at=now,
        state=DRAFT if draft else PUBLISHED,
        policy_id=draft_under,
        author=actor,
        published_at=None if draft else now,
    )
    session.add(achievement)
    session.flush()
    action = "achievement.drafted" if draft else "achievement.published"
    details = {"series_id": series_id, "version": version}
    note_deed(session, achievement, action, now=now, actor=actor, **details)
    if not draft:
        list_newest(session, series_id)
    return achievement


def _pin_pathways(session: Session, settings: Settings, document: JsonObject) -> None:
    """Let the document name the pathways of this service with their digests, wherever it leads.

    Raises InvalidRequest for one that is not there (`pathway_unknown`), or whose digest is another
    one (`digest_mismatch`). What stands elsewhere is kept as it is claimed.
    """
    ours = f"{settings.public_url}/pathways/"
    for index, option in enumerate(document.get("stacksInto", [])):
        named = option.get("ruleSet", "")
        if not named.startswith(ours):
            continue
        place = f"/microcredential/stacks_into/{index}"
        id_ = named.removeprefix(ours)
        pathway = session.get(Pathway, id_) if is_row_id(id_) else None
        if pathway is None:
            raise InvalidRequest(
                "pathway_unknown",
                f"There is no pathway at {named}. Publish it first, or leave it out.",
                field=f"{place}/pathway",
            )
        digest = option.setdefault("digestSRI", pathway.digest)
        if digest != digest_sri(pathway.document, digest.partition("-")[0]):
            raise InvalidRequest(
                "digest_mismatch",
                f"The pathway at {named} has the digest {pathway.digest}.",
                field=f"{place}/digest",
            )


def _with_absolute_ids(definition: JsonObject, url: str) -> JsonObject:
    """The definition with short names of results and levels made absolute; nothing is checked."""
    results = definition.get("resultDescription")
    if not isinstance(results, list):
        return definition
    return {**definition, "resultDescription": [_absolute_result(item, url) for item in results]}


def _absolute_result(result: Any, url: str) -> Any:
    if not isinstance(result, dict):
        return result
    named = _absolute(result, ("id", "requiredLevel"), url)
    levels = named.get("rubricCriterionLevel")
    if isinstance(levels, list):
        named["rubricCriterionLevel"] = [
            _absolute(level, ("id",), url) if isinstance(level, dict) else level for level in levels
        ]
    return named


def _absolute(members: JsonObject, names: tuple[str, ...], url: str) -> JsonObject:
    named = dict(members)
    for name in names:
        value = named.get(name)
        if isinstance(value, str) and _SHORT_NAME.fullmatch(value):
            named[name] = f"{url}#{value}"
    return named
