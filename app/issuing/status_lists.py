"""Our own Bitstring Status Lists: an entry for every credential, and the signed list they point to.

Bitstring Status List 1.0. The bits in the row are the truth; the signed document beside them is
what the world sees, and the two change in one transaction. A published list never loses a bit.

Locks are taken in one order, the issuer and then its lists, so that nobody waits in a circle.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.encoding.strict_json import parse_object
from app.errors import NotFound, Unavailable
from app.issuing.desk import IssuingDesk
from app.issuing.permutation import KEY_BYTES, permuted_index
from app.issuing.signing import sign_and_verify
from app.proofs.checked import check_document
from app.proofs.profiles import VC
from app.registry.keys import STATUS, active_key, hold_keys
from app.registry.row_ids import is_row_id, new_row_id
from app.status.bitstring import (
    LENGTH,
    build_status_list_credential,
    empty_bits,
    expand_list,
)
from app.storage.audit import append_audit
from app.storage.database import Database
from app.storage.statements import ReadyStatement
from app.storage.tables import Issuer, StatusList

PURPOSE = "revocation"

# The part of its validity that must be left; with less, a list is signed again.
REFRESH_DIVISOR = 3

_OPEN = (
    select(StatusList.id)
    .where(
        StatusList.issuer_id == bindparam("issuer"),
        StatusList.status_purpose == PURPOSE,
        StatusList.next_position < StatusList.length,
    )
    .order_by(StatusList.id)
    .limit(1)
)
_TAKE = ReadyStatement(
    update(StatusList)
    .where(
        StatusList.id == _OPEN.correlate(None).scalar_subquery(),
        StatusList.next_position < StatusList.length,
    )
    .values(next_position=StatusList.next_position + 1)
    .returning(StatusList.id, StatusList.next_position, StatusList.permutation_key)
)
_READ = ReadyStatement(
    select(StatusList.document, StatusList.valid_until).where(StatusList.id == bindparam("id"))
)


@dataclass(frozen=True)
class ReservedEntry:
    """A place in a status list that belongs to one credential for ever."""

    list_id: str
    index: int


@dataclass(frozen=True)
class ReservedRange:
    """Positions of a status list that belong together to one piece of work."""

    list_id: str
    first: int
    count: int


def reserve_entry(
    session: Session, desk: IssuingDesk, issuer: Issuer, *, now: datetime, actor: str
) -> ReservedEntry:
    """Take the next free entry of the issuer, from a new list when every list is full.

    The counter moves in one statement, so two writers cannot read the same position; the row stays
    locked until the transaction ends, so that one that fails gives its entry back. Issuing for one
    issuer is thereby one after the other.
    """
    while True:
        taken = _TAKE.row(session, issuer=issuer.id)
        if taken is not None:
            list_id, next_position, permutation_key = taken
            return ReservedEntry(list_id, permuted_index(permutation_key, next_position - 1))
        # There is no list with room, or somebody took its last entry while we waited for it.
        if _open_list(session, issuer) is None:
            _create_list(session, desk, issuer, now=now, actor=actor)


def reserve_entries(
    session: Session, desk: IssuingDesk, issuer: Issuer, count: int, *, now: datetime, actor: str
) -> list[ReservedRange]:
    """Take the next `count` free entries at once, from as many lists as they need.

    The lists stay locked until the transaction ends, so it should end at once: what was reserved
    is written down with what it is for, and used later.
    """
    ranges: list[ReservedRange] = []
    while count:
        list_id = _open_list(session, issuer)
        if list_id is None:
            list_id = _create_list(session, desk, issuer, now=now, actor=actor)
        query = select(StatusList).where(StatusList.id == list_id).with_for_update()
        status_list = session.scalars(query.execution_options(populate_existing=True)).one()
        taken = min(count, status_list.length - status_list.next_position)
        if taken:  # else somebody took the last ones before we had the lock
            ranges.append(ReservedRange(list_id, status_list.next_position, taken))
            status_list.next_position += taken
            session.flush()
            count -= taken
    return ranges


def entries_of(session: Session, ranges: Iterable[ReservedRange]) -> list[ReservedEntry]:
    """The entries of reserved ranges, each at its random-looking index."""
    entries = []
    for taken in ranges:
        query = select(StatusList.permutation_key).where(StatusList.id == taken.list_id)
        key = session.scalars(query).one()
        positions = range(taken.first, taken.first + taken.count)
        entries += [ReservedEntry(taken.list_id, permuted_index(key, each)) for each in positions]
    return entries


def _open_list(session: Session, issuer: Issuer) -> str | None:
    """The list that still has room; everybody finds the same one."""
    return session.scalar(_OPEN, {"issuer": issuer.id})


def _create_list(
    session: Session, desk: IssuingDesk, issuer: Issuer, *, now: datetime, actor: str
) -> str:
    """A new empty list, unless somebody else made one while we waited for the lock."""
    lock = select(Issuer.id).where(Issuer.id == issuer.id)
    session.scalar(lock.with_for_update(key_share=True))
    list_id = _open_list(session, issuer)
    if list_id is not None:
        return list_id
    status_list = StatusList(
        id=new_row_id(),
        issuer_id=issuer.id,
        status_purpose=PURPOSE,
        length=LENGTH,
        next_position=0,
        permutation_key=secrets.token_bytes(KEY_BYTES),
        bits=empty_bits(),
        valid_from=now,
    )
    _sign(session, desk, issuer, status_list, now=now, actor=actor)
    session.add(status_list)
    session.flush()
    return status_list.id


def read_list(database: Database, list_id: str) -> tuple[bytes, datetime]:
    """A list as it was signed, and until when it is valid; raises NotFound."""
    row = None
    if is_row_id(list_id):
        row = database.look(_READ, id=list_id)
    if row is None:
        raise NotFound("not_found", "There is no such status list.")
    document, valid_until = row
    return document, valid_until


def lock_list(session: Session, list_id: str) -> StatusList:
    """The list as it is now, and nobody else's to change until the transaction ends.

    Holds the issuer's keys as well, because who locks a list is about to sign it.
    """
    query = select(StatusList.issuer_id).where(StatusList.id == list_id)
    hold_keys(session, session.scalars(query).one())
    return session.scalars(
        select(StatusList)
        .where(StatusList.id == list_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def publish(
    session: Session, desk: IssuingDesk, status_list: StatusList, *, now: datetime, actor: str
) -> None:
    """Sign a locked list over its bits as they are now, with the issuer's status key.

    Raises Unavailable when the list would show fewer revocations than the one the world has seen
    (a restored backup, a slip of ours): a revocation is never taken back by accident.
    """
    published = parse_object(status_list.document)["credentialSubject"]["encodedList"]
    before = int.from_bytes(expand_list(published), "big")
    if before & ~int.from_bytes(status_list.bits, "big"):
        raise Unavailable(
            "status_list_going_back",
            "The stored status list has lost revocations that were published already; "
            "run `signet fsck`.",
        )
    issuer = session.get_one(Issuer, status_list.issuer_id)
    _sign(session, desk, issuer, status_list, now=now, actor=actor)
    session.flush()


def republish_lists(
    session: Session, desk: IssuingDesk, issuer: Issuer, *, now: datetime, actor: str
) -> int:
    """Sign every list of the issuer anew, as after a change of its status key; how many."""
    query = select(StatusList.id).where(StatusList.issuer_id == issuer.id).order_by(StatusList.id)
    list_ids = session.scalars(query).all()
    for list_id in list_ids:
        publish(session, desk, lock_list(session, list_id), now=now, actor=actor)
    return len(list_ids)


def expiring_lists(session: Session, desk: IssuingDesk, *, now: datetime) -> list[str]:
    """The lists that should be signed again: less than a third of their validity is left."""
    query = select(StatusList.id).where(StatusList.valid_until < now + _margin(desk))
    return list(session.scalars(query.order_by(StatusList.id)))


def needs_refresh(desk: IssuingDesk, valid_until: datetime, *, now: datetime) -> bool:
    """Whether less than a third of a list's validity is left."""
    return valid_until < now + _margin(desk)


def refresh_list(
    session: Session, desk: IssuingDesk, list_id: str, *, now: datetime, actor: str
) -> StatusList:
    """Sign a list again if that is still needed once it is ours to change; returns it."""
    status_list = lock_list(session, list_id)
    if needs_refresh(desk, status_list.valid_until, now=now):
        publish(session, desk, status_list, now=now, actor=actor)
    return status_list


def _margin(desk: IssuingDesk) -> timedelta:
    return timedelta(hours=desk.settings.status_list_validity_hours) / REFRESH_DIVISOR


def _sign(
    session: Session,
    desk: IssuingDesk,
    issuer: Issuer,
    status_list: StatusList,
    *,
    now: datetime,
    actor: str,
) -> None:
    """Put a freshly signed document beside the bits; its dates never go back."""
    key = active_key(session, issuer.id, STATUS, "Ed25519")
    valid_from = max(now, status_list.valid_from).replace(microsecond=0)
    valid_until = valid_from + timedelta(hours=desk.settings.status_list_validity_hours)
    document = build_status_list_credential(
        list_url=desk.status_list_url(status_list.id),
        issuer_id=issuer.did,
        status_purpose=status_list.status_purpose,
        bits=status_list.bits,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    checked = check_document(document, profile=VC, contexts=desk.contexts)
    status_list.document = sign_and_verify(desk, issuer, key, checked, now=now)
    status_list.valid_from = valid_from
    status_list.valid_until = valid_until
    append_audit(
        session,
        at=now,
        actor=actor,
        action="status_list.signed",
        issuer_id=issuer.id,
        subject=status_list.id,
        details={"key": key.id, "valid_until": valid_until.isoformat()},
    )
