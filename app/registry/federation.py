"""Federations on record: anchors that an administrator trusts, entities below them, and what
follows for the registry of issuers.

A chain is validated in the transaction that stores it, with the anchor's keys as they stand there,
and again whenever those keys change. What follows from it stands among the registry's entries until
the first of its statements ends, and not a second longer, whether anybody looks or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, InvalidRequest, MalformedInput, NotFound
from app.keys.public_key import PublicKey
from app.registry.coverage import Scope, scope_from
from app.registry.deeds import note_deed
from app.registry.entity_statements import check_entity_id, read_key_set
from app.registry.listing import Page, list_page
from app.registry.listing_input import (
    MAX_TEXT,
    SCOPE_MEMBERS,
    Listing,
    check_members,
    read_scope,
    read_text,
)
from app.registry.row_ids import is_row_id, new_row_id
from app.registry.trust_chains import AnchorKeys, TrustChain, validate_chain
from app.registry.trusted_issuers import in_force, new_entry
from app.storage.tables import FederationEntity, TrustAnchor, TrustedIssuer

_ANCHOR_MEMBERS = SCOPE_MEMBERS | {"entity_id", "name", "jwks"}


@dataclass(frozen=True)
class AnchorInput:
    """A trust anchor as it is given; `scope` bounds what its members are known for."""

    entity_id: str
    name: str
    jwks: JsonObject
    scope: Scope


def read_anchor(given: JsonObject) -> AnchorInput:
    """An anchor as JSON gives it: `entity_id`, `name`, `jwks`, and if wanted a scope.

    Raises InvalidRequest, and `CheckFailed` bad_value, wrong_type, bad_key, weak_key: every key
    has to be one that can be relied on, since everything else hangs on it.
    """
    check_members(given, _ANCHOR_MEMBERS)
    entity_id = check_entity_id(given.get("entity_id"), "/entity_id")
    name = read_text(given.get("name"), "/name", MAX_TEXT)
    for key in read_key_set(given.get("jwks"), "/jwks").values():
        try:
            PublicKey.from_jwk(key)
        except CheckFailed as error:
            raise CheckFailed(error.code, error.detail, field="/jwks") from None
    return AnchorInput(entity_id, name, given["jwks"], read_scope(given))


def keep_anchor(
    session: Session, given: AnchorInput, *, now: datetime, actor: str
) -> tuple[TrustAnchor, bool]:
    """Trust an anchor, or change its keys and bounds; says whether it is new.

    After a change every chain below it is validated again; those that fail count no longer.
    """
    row = session.scalars(_standing(given.entity_id).with_for_update()).first()
    new = row is None
    if row is None:
        row = TrustAnchor(
            id=new_row_id(), entity_id=given.entity_id, added_by=actor, created_at=now
        )
        session.add(row)
    row.name, row.jwks, row.scope = given.name, given.jwks, given.scope.as_json()
    row.changed_at = now
    session.flush()
    note_deed(session, row, "registry.anchor_kept", now=now, actor=actor, entity_id=row.entity_id)
    for entity in _entities_below(session, row):
        _check_again(session, row, entity, now)
    return row, new


def find_anchor(session: Session, entity_id: str) -> TrustAnchor:
    """The anchor with that identifier which has not ended; raises InvalidRequest."""
    row = session.scalars(_standing(entity_id)).first()
    if row is None:
        raise InvalidRequest(
            "anchor_unknown", "This is no trust anchor of this service.", field="/anchor"
        )
    return row


def end_anchor(session: Session, id_: str, *, now: datetime, actor: str) -> TrustAnchor:
    """Trust it no longer: everything below it ends with it. Raises NotFound."""
    row = session.get(TrustAnchor, id_) if is_row_id(id_) else None
    if row is None:
        raise NotFound("not_found", "There is no such anchor.")
    if row.ended_at is None:
        row.ended_at = now
        for entity in _entities_below(session, row):
            _end(session, entity, now)
        note_deed(
            session, row, "registry.anchor_ended", now=now, actor=actor, entity_id=row.entity_id
        )
    return row


def keys_of(anchor: TrustAnchor) -> AnchorKeys:
    """The anchor with its configured keys, to validate with."""
    return AnchorKeys(anchor.entity_id, read_key_set(anchor.jwks, "/jwks"))


def keep_entity(
    session: Session,
    anchor: TrustAnchor,
    entity_id: str,
    tokens: Sequence[str],
    *,
    now: datetime,
    actor: str,
) -> tuple[FederationEntity, bool]:
    """Know an entity by its trust chain, or take a newer chain for it; says whether it is new.

    Raises what `validate_chain` does, and `CheckFailed` chain_broken for a chain of another
    entity; then what was known stays as it is.
    """
    chain = _validated(session, anchor, entity_id, tokens, now)
    query = select(FederationEntity).where(
        FederationEntity.anchor_id == anchor.id,
        FederationEntity.entity_id == entity_id,
        FederationEntity.ended_at.is_(None),
    )
    row = session.scalar(query.with_for_update())
    new = row is None
    if row is None:
        row = FederationEntity(
            id=new_row_id(),
            anchor_id=anchor.id,
            entity_id=entity_id,
            added_by=actor,
            created_at=now,
        )
        session.add(row)
    _take(session, anchor, row, chain, now=now, actor=actor)
    return row, new


def renew_entity(
    session: Session, id_: str, tokens: Sequence[str], *, now: datetime, actor: str
) -> FederationEntity:
    """Take a newer chain for an entity that is known; raises what `keep_entity` does, and NotFound
    where it was removed meanwhile: it must not come back by that.
    """
    row = _entity(session, id_)
    anchor = anchor_of(session, row)
    chain = _validated(session, anchor, row.entity_id, tokens, now)
    session.refresh(row, with_for_update=True)
    row = load_entity(session, id_)
    _take(session, anchor, row, chain, now=now, actor=actor)
    return row


def expiring_entities(session: Session, *, now: datetime, patience: timedelta) -> list[str]:
    """The ids of entities whose chain is in the last third of its time, the most urgent first.

    After them those whose chain has ended, but not longer ago than `patience`.
    """
    query = select(FederationEntity).where(
        FederationEntity.ended_at.is_(None), FederationEntity.expires_at > now - patience
    )
    due = [
        row
        for row in session.scalars(query.order_by(FederationEntity.expires_at))
        if now >= row.expires_at - (row.expires_at - row.checked_at) / 3
    ]
    return [row.id for row in sorted(due, key=lambda row: row.expires_at <= now)]


def load_entity(session: Session, id_: str) -> FederationEntity:
    """An entity that has not ended; raises NotFound."""
    row = _entity(session, id_)
    if row.ended_at is not None:
        raise NotFound("not_found", "This entity has been removed: make it known anew.")
    return row


def end_entity(session: Session, id_: str, *, now: datetime, actor: str) -> FederationEntity:
    """Know it no longer; doing it twice is the same. Raises NotFound."""
    row = _entity(session, id_)
    if row.ended_at is None:
        _end(session, row, now)
        note_deed(
            session, row, "registry.entity_ended", now=now, actor=actor, entity_id=row.entity_id
        )
    return row


def list_anchors(session: Session, *, limit: int, cursor: str | None) -> Page[TrustAnchor]:
    """Every anchor there ever was, newest first."""
    return list_page(
        session,
        select(TrustAnchor),
        TrustAnchor.created_at,
        TrustAnchor.id,
        limit=limit,
        cursor=cursor,
    )


def list_entities(session: Session, *, limit: int, cursor: str | None) -> Page[FederationEntity]:
    """Every entity there ever was, newest first."""
    return list_page(
        session,
        select(FederationEntity),
        FederationEntity.created_at,
        FederationEntity.id,
        limit=limit,
        cursor=cursor,
    )


def anchor_of(session: Session, entity: FederationEntity) -> TrustAnchor:
    """The anchor below which an entity is known."""
    return session.get_one(TrustAnchor, entity.anchor_id)


def issuer_ids_of(session: Session, entity: FederationEntity, *, now: datetime) -> list[str]:
    """The issuers that are known now because of this entity."""
    query = select(TrustedIssuer.did).where(
        TrustedIssuer.federation_entity_id == entity.id, *in_force(now)
    )
    return list(session.scalars(query.order_by(TrustedIssuer.did)))


def _entity(session: Session, id_: str) -> FederationEntity:
    row = session.get(FederationEntity, id_) if is_row_id(id_) else None
    if row is None:
        raise NotFound("not_found", "There is no such entity.")
    return row


def _standing(entity_id: str) -> Select[TrustAnchor]:
    # Newest first, should two administrators ever have entered the same one at the same moment.
    return (
        select(TrustAnchor)
        .where(TrustAnchor.entity_id == entity_id, TrustAnchor.ended_at.is_(None))
        .order_by(TrustAnchor.created_at.desc(), TrustAnchor.id)
    )


def _entities_below(session: Session, anchor: TrustAnchor) -> Sequence[FederationEntity]:
    query = select(FederationEntity).where(
        FederationEntity.anchor_id == anchor.id, FederationEntity.ended_at.is_(None)
    )
    return session.scalars(query.with_for_update()).all()


def _validated(
    session: Session, anchor: TrustAnchor, entity_id: str, tokens: Sequence[str], now: datetime
) -> TrustChain:
    """The chain, if it is this entity's; the anchor is held, so that its keys stay as they are."""
    session.refresh(anchor, with_for_update=True)
    chain = validate_chain(tokens, keys_of(anchor), now=now)
    if chain.subject != entity_id:
        raise CheckFailed("chain_broken", f"the chain is that of {chain.subject}")
    return chain


def _take(
    session: Session,
    anchor: TrustAnchor,
    row: FederationEntity,
    chain: TrustChain,
    *,
    now: datetime,
    actor: str,
) -> None:
    row.name, row.trust_chain = chain.name, "\n".join(chain.tokens)
    row.expires_at, row.checked_at = chain.expires_at, now
    session.flush()
    _follow(session, anchor, row, chain, now)
    note_deed(session, row, "registry.entity_kept", now=now, actor=actor, entity_id=row.entity_id)


def _check_again(
    session: Session, anchor: TrustAnchor, entity: FederationEntity, now: datetime
) -> None:
    tokens = entity.trust_chain.split("\n")
    try:
        chain = validate_chain(tokens, keys_of(anchor), now=now)
    except (CheckFailed, MalformedInput):
        entity.expires_at = min(entity.expires_at, now)
        _follow(session, anchor, entity, None, now)
    else:
        entity.expires_at = chain.expires_at
        _follow(session, anchor, entity, chain, now)


def _follow(
    session: Session,
    anchor: TrustAnchor,
    entity: FederationEntity,
    chain: TrustChain | None,
    now: datetime,
) -> None:
    """Make the registry's entries say what the chain says, and nothing without one.

    An entry that still counts and says the same is only given its new end.
    """
    wanted = {} if chain is None else dict.fromkeys(chain.issuer_ids, chain)
    scope = scope_from(anchor.scope)
    for row in session.scalars(
        select(TrustedIssuer)
        .where(TrustedIssuer.federation_entity_id == entity.id, *in_force(now))
        .with_for_update()
    ):
        same = row.did in wanted and (row.name, scope_from(row.scope)) == (entity.name, scope)
        if same:
            row.valid_until = wanted.pop(row.did).expires_at
        else:
            row.ended_at = now
    session.add_all(
        new_entry(
            Listing(did, entity.name, scope, now, chain.expires_at),
            source=anchor.entity_id,
            federation_entity_id=entity.id,
            now=now,
            actor=entity.added_by,
        )
        for did, chain in wanted.items()
    )
    session.flush()


def _end(session: Session, entity: FederationEntity, now: datetime) -> None:
    entity.ended_at = now
    for row in session.scalars(
        select(TrustedIssuer).where(
            TrustedIssuer.federation_entity_id == entity.id, TrustedIssuer.ended_at.is_(None)
        )
    ):
        row.ended_at = now
    session.flush()
