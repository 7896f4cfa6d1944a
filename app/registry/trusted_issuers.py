"""The issuer registry: which issuers elsewhere this service knows, for what, and who says so.

An entry is an administrator's own word, or comes from somebody's list, which is taken over whole
after its digest was checked. Entries are never deleted: they end, so that it can be told later who
was known when. To be listed is no part of verification: a credential is genuine without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.credentials.findable import searchable
from app.encoding.dates import parse_datetime
from app.encoding.jcs import canonicalize_json
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, InvalidRequest, NotFound
from app.jsonld.contexts import digest_sri
from app.registry.listing import Page, list_page
from app.registry.row_ids import is_row_id, new_row_id
from app.storage.audit import append_audit
from app.storage.tables import TrustedIssuer
from app.vocabularies.levels import framework
from app.vocabularies.terms import FIELD

MAX_ENTRIES = 300
MAX_TERMS = 50
MAX_ID = 512
MAX_TEXT = 200

_MEMBERS = frozenset({"did", "name", "fields", "levels", "award_types", "from", "until"})
_DIGESTS = ("sha256", "sha384", "sha512")


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


@dataclass(frozen=True)
class Listing:
    """One entry as it is given: who, what for, from when until when."""

    did: str
    name: str
    scope: Scope
    valid_from: datetime
    valid_until: datetime | None


@dataclass(frozen=True)
class Imported:
    """What an import did, in entries."""

    added: int
    ended: int
    unchanged: int


def scope_of(row: TrustedIssuer) -> Scope:
    """What an entry says that the issuer is known for."""
    return Scope(**{name: tuple(words) for name, words in row.scope.items()})


def read_listing(given: Any, *, now: datetime, place: str = "") -> Listing:
    """An entry as JSON gives it: `did`, `name`, and if wanted `fields`, `levels`, `award_types`,
    `from` (now, where it is not said) and `until`.

    Raises InvalidRequest naming the culprit below `place`, a JSON pointer.
    """
    if not isinstance(given, dict):
        raise InvalidRequest("wrong_type", "An entry is an object.", field=place)
    for name in given:
        if name not in _MEMBERS:
            raise InvalidRequest("unknown_member", "An entry has no such member.", field=place)
    start = _moment(given, "from", place) or now
    end = _moment(given, "until", place)
    if end is not None and end <= start:
        raise InvalidRequest("bad_value", "An entry ends after it begins.", field=f"{place}/until")
    scope = Scope(
        fields=tuple(
            FIELD.lookup(word, field=f"{place}/fields").code
            for word in _texts(given, "fields", place)
        ),
        levels=_levels(given, place),
        award_types=_texts(given, "award_types", place),
    )
    name = _text(given.get("name"), f"{place}/name", MAX_TEXT)
    return Listing(_issuer_id(given.get("did"), f"{place}/did"), name, scope, start, end)


def add_listing(
    session: Session, listing: Listing, *, source: str, now: datetime, actor: str
) -> TrustedIssuer:
    """Know an issuer from now on, on an administrator's word."""
    row = _store(session, listing, source=source, digest=None, now=now, actor=actor)
    append_audit(
        session,
        at=now,
        actor=actor,
        action="registry.added",
        issuer_id=None,
        subject=row.id,
        details={"did": listing.did, "source": source},
    )
    return row


def import_listings(
    session: Session, *, source: str, digest: str, entries: Sequence[Any], now: datetime, actor: str
) -> Imported:
    """Take over a list: what it no longer says ends, what it says anew begins.

    `digest` is that of the RFC 8785 form of `entries`. Raises InvalidRequest (`digest_mismatch`),
    and whatever `read_listing` does; then nothing of the list is taken.
    """
    _check_source(source)
    _check_digest(digest, entries)
    if len(entries) > MAX_ENTRIES:
        raise InvalidRequest(
            "out_of_range", f"A list has at most {MAX_ENTRIES} entries.", field="/entries"
        )
    wanted = [
        read_listing(each, now=now, place=f"/entries/{number}")
        for number, each in enumerate(entries)
    ]
    standing = list(
        session.scalars(
            select(TrustedIssuer)
            .where(TrustedIssuer.source == source, TrustedIssuer.ended_at.is_(None))
            .with_for_update()
        )
    )
    ended = [row for row in standing if not any(_says(row, each, now) for each in wanted)]
    for row in ended:
        row.ended_at = now
    fresh = [each for each in wanted if not any(_says(row, each, now) for row in standing)]
    for listing in dict.fromkeys(fresh):
        _store(session, listing, source=source, digest=digest, now=now, actor=actor)
    done = Imported(len(dict.fromkeys(fresh)), len(ended), len(standing) - len(ended))
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
    """Know it no longer; ending it twice is the same. Raises NotFound."""
    row = session.get(TrustedIssuer, id_) if is_row_id(id_) else None
    if row is None:
        raise NotFound("not_found", "There is no such entry.")
    if row.ended_at is None:
        row.ended_at = now
        session.flush()
        append_audit(
            session,
            at=now,
            actor=actor,
            action="registry.ended",
            issuer_id=None,
            subject=row.id,
            details={"did": row.did, "source": row.source},
        )
    return row


def list_listings(session: Session, *, limit: int, cursor: str | None) -> Page[TrustedIssuer]:
    """Every entry there ever was, newest first."""
    return _page(session, (), limit, cursor)


def search_listings(
    session: Session, *, did: str, name: str, now: datetime, limit: int, cursor: str | None
) -> Page[TrustedIssuer]:
    """Entries in force; empty texts look for nothing, `name` for all of its words."""
    conditions = [*_in_force(now)]
    if did:
        conditions.append(TrustedIssuer.did == did.replace("\x00", ""))
    conditions += [
        TrustedIssuer.search_text.contains(word, autoescape=True)
        for word in searchable(name).split()
    ]
    return _page(session, conditions, limit, cursor)


def listings_of(session: Session, did: str, *, now: datetime) -> Sequence[TrustedIssuer]:
    """The entries in force for one identifier, in the order of their sources."""
    query = select(TrustedIssuer).where(TrustedIssuer.did == did, *_in_force(now))
    return session.scalars(query.order_by(TrustedIssuer.source, TrustedIssuer.id)).all()


def _page(
    session: Session, conditions: Sequence[ColumnElement[bool]], limit: int, cursor: str | None
) -> Page[TrustedIssuer]:
    query = select(TrustedIssuer).where(*conditions)
    return list_page(
        session, query, TrustedIssuer.created_at, TrustedIssuer.id, limit=limit, cursor=cursor
    )


def _in_force(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        TrustedIssuer.ended_at.is_(None),
        TrustedIssuer.valid_from <= now,
        or_(TrustedIssuer.valid_until.is_(None), TrustedIssuer.valid_until > now),
    )


def _store(
    session: Session,
    listing: Listing,
    *,
    source: str,
    digest: str | None,
    now: datetime,
    actor: str,
) -> TrustedIssuer:
    row = TrustedIssuer(
        id=new_row_id(),
        did=listing.did,
        name=listing.name,
        search_text=searchable(listing.name),
        scope={name: list(words) for name, words in asdict(listing.scope).items()},
        source=source,
        digest=digest,
        added_by=actor,
        valid_from=listing.valid_from,
        valid_until=listing.valid_until,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _says(row: TrustedIssuer, listing: Listing, now: datetime) -> bool:
    """Whether a row says the same; a list that names no beginning does not begin anew each time."""
    same_start = row.valid_from == listing.valid_from or row.valid_from <= now == listing.valid_from
    return same_start and (row.did, row.name, scope_of(row), row.valid_until) == (
        listing.did,
        listing.name,
        listing.scope,
        listing.valid_until,
    )


# --- Reading what is given -----------------------------------------------------------------------


def _check_source(source: str) -> None:
    _text(source, "/source", MAX_ID)
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


def _issuer_id(value: Any, place: str) -> str:
    text = _text(value, place, MAX_ID)
    plain = text.isascii() and text.isprintable() and " " not in text
    if not plain or not text.startswith(("did:", "https://")):
        raise InvalidRequest("bad_value", "An issuer is named by a DID or https IRI.", field=place)
    return text


def _moment(given: Mapping[str, Any], name: str, place: str) -> datetime | None:
    if given.get(name) is None:
        return None
    try:
        return parse_datetime(given[name], field=f"{place}/{name}").astimezone(UTC)
    except CheckFailed as error:
        raise InvalidRequest("bad_date", error.detail, field=f"{place}/{name}") from error


def _levels(given: JsonObject, place: str) -> tuple[str, ...]:
    where = f"{place}/levels"
    found = given.get("levels", [])
    if not isinstance(found, list) or len(found) > MAX_TERMS:
        raise InvalidRequest("wrong_type", f"Up to {MAX_TERMS} levels are given.", field=where)
    words = []
    for each in found:
        if not isinstance(each, dict) or set(each) != {"framework", "value"}:
            raise InvalidRequest(
                "wrong_type", "A level has `framework` and `value`, and no more.", field=where
            )
        system = framework(_text(each["framework"], where, MAX_TEXT), field=where)
        words.append(system.level(_text(str(each["value"]), where, MAX_TEXT), field=where).words)
    return tuple(words)


def _texts(given: JsonObject, name: str, place: str) -> tuple[str, ...]:
    found = given.get(name, [])
    if not isinstance(found, list) or len(found) > MAX_TERMS:
        raise InvalidRequest(
            "wrong_type", f"This is a list of up to {MAX_TERMS} texts.", field=f"{place}/{name}"
        )
    return tuple(_text(each, f"{place}/{name}", MAX_TEXT) for each in found)


def _text(value: Any, place: str, longest: int) -> str:
    if not isinstance(value, str):
        raise InvalidRequest("wrong_type", "Give this as a text.", field=place)
    if not value.strip() or len(value) > longest or not value.isprintable():
        raise InvalidRequest(
            "bad_value", f"Give 1 to {longest} characters, none of them a control.", field=place
        )
    return value.strip()
