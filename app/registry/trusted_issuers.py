"""The issuer registry: which issuers elsewhere this service knows, for what, and who says so.

An entry is an administrator's own word, comes from somebody's list, which is taken over whole after
its digest was checked, or follows from a trust chain (`app.registry.federation`). Entries are never
deleted: they end, so that it can be told later who was known when. To be listed is no part of
verification: a credential is genuine without it.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.credentials.findable import searchable
from app.encoding.jcs import canonicalize_json
from app.errors import Conflict, InvalidRequest, NotFound
from app.jsonld.contexts import digest_sri
from app.registry.coverage import level_words, scope_from
from app.registry.deeds import note_deed
from app.registry.listing import Page, list_page
from app.registry.listing_input import MAX_ID, Listing, read_listing, read_text
from app.registry.row_ids import is_row_id, new_row_id
from app.storage.audit import append_audit
from app.storage.columns import UtcDateTime
from app.storage.statements import ReadyStatement
from app.storage.tables import TrustedIssuer
from app.vocabularies.levels import Level

MAX_ENTRIES = 10_000
"""Entries of one list: 2 MB of JSON with every member; measured 7 s on a busy two-core machine."""

_DIGESTS = ("sha256", "sha384", "sha512")


@dataclass(frozen=True)
class Imported:
    """What an import did, in entries."""

    added: int
    ended: int
    unchanged: int


@dataclass(frozen=True)
class ListedBy:
    """An entry that is in force for some issuer: who says so, until when, and for what.

    The members are the columns of `TrustedIssuer`.
    """

    source: str
    digest: str | None
    federation_entity_id: str | None
    valid_until: datetime | None
    scope: dict[str, Any]


@dataclass(frozen=True)
class RegistryQuery:
    """What to look for: all that is given must hold, at the time `at`.

    `name` holds words of a name, `field` a code of ISCED-F. An entry without a bound is known for
    every field, level and award type, and one that is known for a field for those within it.
    """

    at: datetime
    did: str = ""
    name: str = ""
    field: str | None = None
    level: Level | None = None
    award_type: str | None = None


def add_listing(
    session: Session, listing: Listing, *, source: str, now: datetime, actor: str
) -> TrustedIssuer:
    """Know an issuer from now on, on an administrator's word."""
    row = new_entry(listing, source=source, now=now, actor=actor)
    session.add(row)
    session.flush()
    details = {"did": listing.did, "source": source}
    note_deed(session, row, "registry.added", now=now, actor=actor, **details)
    return row


def new_entry(
    listing: Listing,
    *,
    source: str,
    now: datetime,
    actor: str,
    digest: str | None = None,
    federation_entity_id: str | None = None,
) -> TrustedIssuer:
    """The row of an entry, not yet stored."""
    return TrustedIssuer(
        id=new_row_id(),
        did=listing.did,
        name=listing.name,
        search_text=searchable(listing.name),
        scope=listing.scope.as_json(),
        source=source,
        digest=digest,
        federation_entity_id=federation_entity_id,
        added_by=actor,
        valid_from=listing.valid_from,
        valid_until=listing.valid_until,
        created_at=now,
    )


def import_listings(
    session: Session, *, source: str, digest: str, entries: Sequence[Any], now: datetime, actor: str
) -> Imported:
    """Take over a list: what it no longer says ends, what it says anew begins.

    `digest` is that of the RFC 8785 form of `entries`. Raises InvalidRequest (`digest_mismatch`),
    and whatever `read_listing` does; then nothing of the list is taken.
    """
    _check_source(source)
    if len(entries) > MAX_ENTRIES:
        raise InvalidRequest(
            "out_of_range", f"A list has at most {MAX_ENTRIES} entries.", field="/entries"
        )
    _check_digest(digest, entries)
    wanted = dict.fromkeys(
        read_listing(each, now=now, place=f"/entries/{number}")
        for number, each in enumerate(entries)
    )
    standing = defaultdict[Any, list[TrustedIssuer]](list)
    for row in session.scalars(
        select(TrustedIssuer)
        .where(
            TrustedIssuer.source == source,
            TrustedIssuer.federation_entity_id.is_(None),
            TrustedIssuer.ended_at.is_(None),
        )
        .with_for_update()
    ):
        standing[_words_of(row)].append(row)
    kept: set[str] = set()
    fresh = []
    for listing in wanted:
        same = [row for row in standing[_words_in(listing)] if _starts_with(row, listing, now)]
        kept.update(row.id for row in same)
        if not same:
            fresh.append(new_entry(listing, source=source, digest=digest, now=now, actor=actor))
    ended = [row for rows in standing.values() for row in rows if row.id not in kept]
    for row in ended:
        row.ended_at = now
    session.add_all(fresh)
    session.flush()
    done = Imported(len(fresh), len(ended), len(kept))
    append_audit(
        session,
        at=now,
        actor=actor,
        action="registry.imported",
        issuer_id=None,
        subject=source,
        details={"digest": digest, **asdict(done)},
    )
    return done


def end_listing(session: Session, id_: str, *, now: datetime, actor: str) -> TrustedIssuer:
    """Know it no longer; ending it twice is the same.

    Raises NotFound, and Conflict for what follows from a trust chain and would come back with it.
    """
    row = session.get(TrustedIssuer, id_) if is_row_id(id_) else None
    if row is None:
        raise NotFound("not_found", "There is no such entry.")
    if row.federation_entity_id is not None:
        raise Conflict(
            "follows_from_chain",
            "This entry follows from a trust chain: remove the entity instead.",
        )
    if row.ended_at is None:
        row.ended_at = now
        session.flush()
        details = {"did": row.did, "source": row.source}
        note_deed(session, row, "registry.ended", now=now, actor=actor, **details)
    return row


def list_listings(session: Session, *, limit: int, cursor: str | None) -> Page[TrustedIssuer]:
    """Every entry there ever was, newest first."""
    return _page(session, (), limit, cursor)


def search_listings(
    session: Session, wanted: RegistryQuery, *, limit: int, cursor: str | None
) -> Page[TrustedIssuer]:
    """Entries that were in force at that time, newest first."""
    conditions = [*in_force(wanted.at)]
    if wanted.did:
        conditions.append(TrustedIssuer.did == wanted.did.replace("\x00", ""))
    conditions += [
        TrustedIssuer.search_text.contains(word, autoescape=True)
        for word in searchable(wanted.name).split()
    ]
    if wanted.field is not None:
        within = [wanted.field[:length] for length in range(2, len(wanted.field) + 1)]
        conditions.append(_known_for("fields", within))
    if wanted.level is not None:
        conditions.append(_known_for("levels", level_words(wanted.level)))
    if wanted.award_type is not None:
        conditions.append(_known_for("award_types", [wanted.award_type]))
    return _page(session, conditions, limit, cursor)


def listings_of(connection: Connection, did: str, *, now: datetime) -> Sequence[ListedBy]:
    """The entries in force for one identifier, in the order of their sources."""
    return [ListedBy(*row) for row in _IN_FORCE_FOR.rows(connection, did=did, at=now)]


def in_force(at: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    """What holds of an entry that counts at some time."""
    return (
        or_(TrustedIssuer.ended_at.is_(None), TrustedIssuer.ended_at > at),
        TrustedIssuer.valid_from <= at,
        or_(TrustedIssuer.valid_until.is_(None), TrustedIssuer.valid_until > at),
    )


_IN_FORCE_FOR = ReadyStatement(
    select(
        TrustedIssuer.source,
        TrustedIssuer.digest,
        TrustedIssuer.federation_entity_id,
        TrustedIssuer.valid_until,
        TrustedIssuer.scope,
    )
    .where(TrustedIssuer.did == bindparam("did"), *in_force(bindparam("at", type_=UtcDateTime())))
    .order_by(TrustedIssuer.source, TrustedIssuer.id)
)


def _known_for(element: str, words: Sequence[str]) -> ColumnElement[bool]:
    """One of the words stands in that list of the scope, or nothing does, which is no bound.

    The list is compared as the JSON that it is stored as, caseless, on both databases alike.
    """
    listed = func.lower(TrustedIssuer.scope[element].as_string())
    return or_(
        listed == "[]",
        *(listed.contains(json.dumps(word).lower(), autoescape=True) for word in words),
    )


def _page(
    session: Session, conditions: Sequence[ColumnElement[bool]], limit: int, cursor: str | None
) -> Page[TrustedIssuer]:
    query = select(TrustedIssuer).where(*conditions)
    return list_page(
        session, query, TrustedIssuer.created_at, TrustedIssuer.id, limit=limit, cursor=cursor
    )


def _words_of(row: TrustedIssuer) -> tuple[Any, ...]:
    return (row.did, row.name, scope_from(row.scope), row.valid_until)


def _words_in(listing: Listing) -> tuple[Any, ...]:
    return (listing.did, listing.name, listing.scope, listing.valid_until)


def _starts_with(row: TrustedIssuer, listing: Listing, now: datetime) -> bool:
    """Whether both begin together; what names no beginning does not begin anew each time."""
    return row.valid_from == listing.valid_from or row.valid_from <= now == listing.valid_from


def _check_source(source: str) -> None:
    read_text(source, "/source", MAX_ID)
    if not source.startswith("https://"):
        raise InvalidRequest(
            "bad_value", "A list is named by the https address it stands at.", field="/source"
        )


def _check_digest(digest: str, entries: Sequence[Any]) -> None:
    algorithm = digest.partition("-")[0]
    if algorithm not in _DIGESTS:
        raise InvalidRequest(
            "bad_value", f"A digest begins with one of {', '.join(_DIGESTS)}.", field="/digestSRI"
        )
    if digest_sri(canonicalize_json(list(entries)), algorithm) != digest:
        raise InvalidRequest(
            "digest_mismatch",
            "The entries have another digest: the list was changed on its way, or another list is "
            "meant. Nothing was taken.",
            field="/digestSRI",
        )
