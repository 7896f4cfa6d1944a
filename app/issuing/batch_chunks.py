"""A chunk of a batch, checked or issued: the short transactions around the long work.

Issuing a chunk, in this order, so that a worker may be killed anywhere:

1. read the rows and how things stand (`app.issuing.batch_rows`)
2. reserve as many status entries as the chunk needs, written down with the chunk: whoever takes
   it up after us uses the same ones
3. sign; no transaction is open
4. one transaction: see that nothing has changed, then credentials, idempotency keys, audit lines,
   events, the chunk's results and the batch's counters

Only 4 issues anything, and it does so once: the chunk's row is locked in it and marked as done.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.issuing.award_gate import award_for
from app.issuing.batch_keys import refuse_contradictions
from app.issuing.batch_results import (
    ISSUED,
    REFUSED,
    REPEATED,
    RowResult,
    pack_results,
    place_of,
    unpack_results,
    unpack_rows,
)
from app.issuing.batch_rows import (
    ROW_ERRORS,
    BatchRow,
    Offer,
    Standing,
    key_reused,
    refusal,
)
from app.issuing.batch_signing import SignedRow
from app.issuing.batches import (
    CHECK,
    CHECKED,
    QUEUED,
    RECEIVED,
    RUNNING,
    Enqueue,
    count_checked,
    count_issued,
    finish_phase,
)
from app.issuing.batches import ISSUED as CHUNK_ISSUED
from app.issuing.desk import IssuingDesk
from app.issuing.issue import issue_credential
from app.issuing.row_files import Row
from app.issuing.status_lists import ReservedEntry, ReservedRange, entries_of, reserve_entries
from app.registry.issuers import load_issuer
from app.registry.keys import hold_keys
from app.registry.outbox import Event, note_events, note_mail
from app.registry.reviews import PUBLISHED
from app.storage.bulk import insert_rows
from app.storage.tables import (
    Achievement,
    AuditEvent,
    Batch,
    BatchChunk,
    Credential,
    IssuedRow,
    Key,
)


class Superseded(Exception):
    """What the chunk was made from is no longer so, or somebody else was faster; look again."""


@dataclass(frozen=True)
class ChunkTask:
    """What is to be done with a chunk: its rows, and after the check the verdicts on them."""

    batch: Batch
    number: int
    rows: Sequence[Row]
    verdicts: Sequence[RowResult]

    @property
    def waiting(self) -> list[Row]:
        """The rows that may be issued."""
        refused = {verdict.row for verdict in self.verdicts if verdict.outcome == REFUSED}
        return [row for row in self.rows if row[0] not in refused]


def load_task(session: Session, desk: IssuingDesk, batch_id: str, number: int) -> ChunkTask | None:
    """What is to be done with the chunk now, or None when there is nothing.

    Raises KeyStoreError when its rows cannot be unsealed.
    """
    batch = session.get(Batch, batch_id)
    chunk = session.get(BatchChunk, (batch_id, number))
    if batch is None or chunk is None or chunk.content is None:
        return None
    if batch.state not in (QUEUED, RUNNING):
        return None
    if chunk.state != (RECEIVED if batch.phase == CHECK else CHECKED):
        return None
    rows = list(unpack_rows(desk.key_store, chunk.content, place=place_of(batch_id, number)))
    verdicts = [] if chunk.results is None else list(unpack_results(chunk.results))
    return ChunkTask(batch, number, rows, verdicts)


def refused_awards(
    session: Session, batch: Batch, standing: Standing, rows: Sequence[BatchRow], *, now: datetime
) -> Iterator[RowResult]:
    """Of rows with a board's confirmation, the verdicts on those that it does not hold for.

    Each is put on record as it will be, and taken back again: the session is to be rolled back.
    """
    for row in rows:
        offer = standing.offers[row.request.achievement]
        if row.has_award and isinstance(offer, Offer):
            savepoint = session.begin_nested()
            try:
                award_for(session, offer.achievement, row.request, now=now, actor=batch.actor)
            except ROW_ERRORS as error:
                yield refusal(batch, row.number, row.key, error)
            finally:
                savepoint.rollback()


def store_checked(
    session: Session,
    desk: IssuingDesk,
    task: ChunkTask,
    results: Sequence[RowResult],
    *,
    enqueue: Enqueue,
    now: datetime,
) -> None:
    """Put the verdicts of a check on record; the last chunk moves the batch on.

    Raises Superseded when somebody else did, or the batch was stopped.
    """
    chunk = _lock_chunk(session, task, RECEIVED)
    chunk.state = CHECKED
    chunk.results = pack_results(results)
    session.flush()
    outcomes = [result.outcome for result in results]
    batch = count_checked(
        session,
        task.batch.id,
        rows=len(results),
        refused=outcomes.count(REFUSED),
        repeated=outcomes.count(REPEATED),
    )
    if batch is not None and batch.open_chunks == 0:
        batch.refused += refuse_contradictions(session, desk, batch)
    _move_on(session, batch, enqueue=enqueue, now=now)


def reserve_for(
    session: Session, desk: IssuingDesk, task: ChunkTask, count: int, *, now: datetime
) -> list[ReservedEntry]:
    """The status entries of a chunk: those that it has already, else `count` new ones."""
    chunk = _lock_chunk(session, task, CHECKED)
    if chunk.entries is None:
        issuer = load_issuer(session, task.batch.issuer_id)
        ranges = reserve_entries(session, desk, issuer, count, now=now, actor=task.batch.actor)
        chunk.entries = {"ranges": [asdict(each) for each in ranges]}
        session.flush()
    return entries_of(session, [ReservedRange(**each) for each in chunk.entries["ranges"]])


def store_issued(
    session: Session,
    desk: IssuingDesk,
    task: ChunkTask,
    standing: Standing,
    signed: Sequence[SignedRow | RowResult],
    confirmed: Sequence[BatchRow],
    *,
    enqueue: Enqueue,
    now: datetime,
) -> None:
    """Issue a chunk: what was signed, and the rows whose award a board confirmed, one by one.

    Raises Superseded when what it was made from has changed, or somebody else issued the chunk,
    or the batch was stopped; IntegrityError when a key was issued just now. Then nothing is
    issued, and the chunk has to be looked at again.
    """
    batch = task.batch
    hold_keys(session, batch.issuer_id)
    _see_that_nothing_changed(session, standing)
    chunk = _lock_chunk(session, task, CHECKED)
    fresh = [each for each in signed if isinstance(each, SignedRow)]
    _insert(session, desk, batch, standing, fresh, now=now)
    results = [_issued(each) if isinstance(each, SignedRow) else each for each in signed]
    results += [_issue_one(session, desk, batch, row, now=now) for row in confirmed]
    kept = [verdict for verdict in task.verdicts if verdict.outcome == REFUSED]
    chunk.state = CHUNK_ISSUED
    chunk.content = None
    chunk.results = pack_results(sorted([*kept, *results], key=lambda result: result.row))
    session.flush()
    outcomes = [result.outcome for result in results]
    counted = count_issued(
        session,
        batch.id,
        issued=outcomes.count(ISSUED),
        repeated=outcomes.count(REPEATED),
        refused=outcomes.count(REFUSED),
    )
    _move_on(session, counted, enqueue=enqueue, now=now)


def _issued(signed: SignedRow) -> RowResult:
    return RowResult(signed.row.number, ISSUED, signed.row.key, signed.columns["id"])


def _insert(
    session: Session,
    desk: IssuingDesk,
    batch: Batch,
    standing: Standing,
    fresh: Sequence[SignedRow],
    *,
    now: datetime,
) -> None:
    """Credentials, keys, audit lines and what the outbox is to tell; many rows a statement."""
    if not fresh:
        return
    insert_rows(session, Credential, [each.columns for each in fresh])
    # In one order everywhere, so that two batches with the same keys do not wait in a circle.
    in_order = sorted(fresh, key=lambda each: each.row.key)
    insert_rows(session, IssuedRow, [_key_columns(batch, each) for each in in_order])
    keys = [key.id for key in standing.keys.all()]
    insert_rows(
        session,
        AuditEvent,
        [
            {
                "at": now,
                "actor": batch.actor,
                "action": "credential.signed",
                "issuer_id": batch.issuer_id,
                "subject": each.columns["id"],
                "details": {"keys": keys, "batch": batch.id, "row": each.row.number},
            }
            for each in fresh
        ],
    )
    note_events(session, batch.issuer_id, (_event(each) for each in fresh), now=now)
    wished = ((each.columns["id"], each.row.request.notify) for each in fresh)
    wishes = {id_: wish for id_, wish in wished if wish is not None}
    note_mail(session, desk.key_store, desk.settings, batch.issuer_id, wishes, now=now)


def _key_columns(batch: Batch, signed: SignedRow) -> dict[str, str]:
    return {
        "issuer_id": batch.issuer_id,
        "key": signed.row.key,
        "request_hash": signed.row.request_hash,
        "credential_id": signed.columns["id"],
    }


def _event(signed: SignedRow) -> Event:
    columns = signed.columns
    things = {"credential": columns["id"], "achievement": columns["achievement_id"]}
    return Event("credential.issued", things)


def _issue_one(
    session: Session, desk: IssuingDesk, batch: Batch, row: BatchRow, *, now: datetime
) -> RowResult:
    """A row with a board's confirmation, on the road of single credentials, or its refusal."""
    known = session.get(IssuedRow, (batch.issuer_id, row.key))
    if known is not None:
        if known.request_hash != row.request_hash:
            return refusal(batch, row.number, row.key, key_reused())
        return RowResult(row.number, REPEATED, row.key, known.credential_id)
    try:
        with session.begin_nested():
            credential = issue_credential(
                session, desk, batch.issuer_id, row.request, now=now, actor=batch.actor
            )
            session.add(
                IssuedRow(
                    issuer_id=batch.issuer_id,
                    key=row.key,
                    request_hash=row.request_hash,
                    credential_id=credential.id,
                )
            )
    except ROW_ERRORS as error:
        return refusal(batch, row.number, row.key, error)
    return RowResult(row.number, ISSUED, row.key, credential.id)


def _see_that_nothing_changed(session: Session, standing: Standing) -> None:
    """Signing took its time, and nobody was held up by it: a key may have been withdrawn."""
    ids = [key.id for key in standing.keys.all()]
    active = select(Key.id).where(Key.id.in_(ids), Key.state == "active")
    named = {offer.achievement.id for offer in standing.offers.values() if isinstance(offer, Offer)}
    published = select(Achievement.id).where(
        Achievement.id.in_(named), Achievement.state == PUBLISHED
    )
    if set(session.scalars(active)) != set(ids) or set(session.scalars(published)) != named:
        raise Superseded


def _lock_chunk(session: Session, task: ChunkTask, state: str) -> BatchChunk:
    """The chunk, ours until the transaction ends; raises Superseded in another state."""
    query = (
        select(BatchChunk)
        .where(BatchChunk.batch_id == task.batch.id, BatchChunk.number == task.number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    chunk = session.scalars(query).one_or_none()
    if chunk is None or chunk.state != state:
        raise Superseded
    return chunk


def _move_on(session: Session, batch: Batch | None, *, enqueue: Enqueue, now: datetime) -> None:
    if batch is None:
        raise Superseded
    if batch.open_chunks == 0:
        finish_phase(session, batch, enqueue=enqueue, now=now)
