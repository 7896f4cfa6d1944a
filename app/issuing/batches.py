"""Batches on record: sent in, gone on with, stopped, and looked at while they are under way.

A batch has two phases. First every row is checked; nothing is issued unless all of them pass, or
whoever sent it accepts that only a part is issued. Then the rows are issued, chunk by chunk. The
last chunk of a phase moves the batch on, in its own transaction: its counter of open chunks is
what tells it that it was the last.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.issuing.batch_results import RowResult, unpack_results
from app.registry.deeds import note_deed
from app.registry.listing import Page, list_page
from app.registry.outbox import Event, note_events
from app.registry.row_ids import is_row_id, new_row_id
from app.storage.tables import Batch, BatchChunk

RECEIVING = "receiving"
QUEUED = "queued"
RUNNING = "running"
DONE = "done"
FAILED = "failed"
CANCELLED = "cancelled"

CHECK = "check"
ISSUE = "issue"

RECEIVED = "received"
CHECKED = "checked"
ISSUED = "issued"

ALL = "all"
PARTIAL = "partial"
ACCEPT = (ALL, PARTIAL)
FORMS = ("csv", "ndjson", "json")

LONG_UPLOAD = timedelta(hours=1)
"""An upload that takes longer is ended; one that was cut off counts no longer."""
# What a phase finds a chunk in when it still has to do it.
_TO_DO = {CHECK: RECEIVED, ISSUE: CHECKED}

Enqueue = Callable[[Session, str, Sequence[int]], None]
"""Puts chunks of a batch, by its id and their numbers, into the job queue: `app.jobs.queue`."""


@dataclass(frozen=True)
class BatchOptions:
    """How a batch is to be done; `achievement` is for the rows that name none.

    With `notify`, the learners in a CSV file are told by mail where their row does not say how.
    """

    form: str
    accept: str = ALL
    dry_run: bool = False
    achievement: str | None = None
    notify: bool = False


@dataclass(frozen=True)
class Progress:
    """How fast the phase goes that a batch is in, and how long it will take yet, if it moves."""

    rows_done: int
    rate: float | None  # rows a second
    seconds_left: int | None


def open_batch(
    session: Session,
    issuer_id: str,
    options: BatchOptions,
    *,
    at_most: int,
    now: datetime,
    actor: str,
) -> Batch:
    """Begin to receive a batch; nobody sees it before `close_upload`.

    Raises Conflict (`too_many_batches`) when the issuer has `at_most` under way already.
    """
    # An upload whose process was killed stays as it was, and nobody could cancel it.
    arriving = (Batch.state == RECEIVING) & (Batch.created_at > now - LONG_UPLOAD)
    under_way = select(func.count()).where(
        Batch.issuer_id == issuer_id, Batch.state.in_((QUEUED, RUNNING)) | arriving
    )
    if session.scalars(under_way).one() >= at_most:
        raise Conflict(
            "too_many_batches",
            f"{at_most} batches of this issuer are under way; wait for one of them, or cancel it.",
        )
    batch = Batch(
        id=new_row_id(),
        issuer_id=issuer_id,
        achievement=options.achievement,
        form=options.form,
        accept=options.accept,
        dry_run=options.dry_run,
        state=RECEIVING,
        phase=CHECK,
        open_chunks=0,
        total=0,
        checked=0,
        issued=0,
        repeated=0,
        refused=0,
        done_before=0,
        actor=actor,
        created_at=now,
    )
    session.add(batch)
    session.flush()
    return batch


def close_upload(
    session: Session,
    batch_id: str,
    *,
    total: int,
    chunks: int,
    enqueue: Enqueue,
    now: datetime,
    actor: str,
) -> Batch:
    """The batch was received whole: queue it to be checked."""
    batch = session.get_one(Batch, batch_id)
    batch.state = QUEUED
    batch.total = total
    batch.open_chunks = chunks
    session.flush()
    note_deed(session, batch, "batch.received", now=now, actor=actor, rows=total)
    enqueue(session, batch.id, range(chunks))
    return batch


def discard_batch(session: Session, batch_id: str) -> None:
    """Take away a batch that was not received whole, or was there already."""
    session.execute(delete(BatchChunk).where(BatchChunk.batch_id == batch_id))
    session.execute(delete(Batch).where(Batch.id == batch_id))


def load_batch(session: Session, issuer_id: str, id_: str) -> Batch:
    """A batch of the issuer; raises NotFound."""
    batch = find_batch(session, id_)
    if batch is None or batch.issuer_id != issuer_id:
        raise NotFound("not_found", "There is no such batch.")
    return batch


def find_batch(session: Session, id_: str) -> Batch | None:
    """A batch by its id alone, which nobody can guess."""
    batch = session.get(Batch, id_) if is_row_id(id_) else None
    return None if batch is None or batch.state == RECEIVING else batch


def list_batches(
    session: Session, issuer_id: str, *, limit: int, cursor: str | None
) -> Page[Batch]:
    """The issuer's batches, newest first."""
    query = select(Batch).where(Batch.issuer_id == issuer_id, Batch.state != RECEIVING)
    return list_page(session, query, Batch.created_at, Batch.id, limit=limit, cursor=cursor)


def progress_of(batch: Batch, now: datetime) -> Progress:
    """How it goes, reckoned from when the phase was begun or taken up again."""
    done = _rows_done(batch)
    if batch.phase_started_at is None:
        return Progress(done, None, None)
    elapsed = ((batch.finished_at or now) - batch.phase_started_at).total_seconds()
    lately = done - batch.done_before
    rate = lately / elapsed if elapsed > 0 and lately > 0 else None
    left = None
    if rate is not None and batch.state == RUNNING:
        left = round((batch.total - done) / rate)
    return Progress(done, rate, left)


def cancel_batch(session: Session, batch_id: str, *, now: datetime, actor: str) -> Batch:
    """Stop a batch that is under way; what was issued stays issued. Again changes nothing.

    A chunk that is being issued just now is either committed before this or not at all. Raises
    Conflict (`batch_state`) for a batch that came to its end.
    """
    batch = _lock(session, batch_id)
    if batch.state in (QUEUED, RUNNING):
        batch.state = CANCELLED
        batch.finished_at = now
        session.flush()
        note_deed(session, batch, "batch.cancelled", now=now, actor=actor)
    elif batch.state != CANCELLED:
        raise Conflict("batch_state", "The batch has come to its end; there is nothing to cancel.")
    return batch


def resume_batch(
    session: Session,
    batch_id: str,
    *,
    accept: str | None,
    enqueue: Enqueue,
    now: datetime,
    actor: str,
) -> Batch:
    """Go on with a batch that was cancelled, failed, or was a dry run; under way it is left alone.

    `accept` "partial" lets a batch be issued without the rows that were refused. Raises Conflict
    (`batch_state`) when there is nothing to go on with, or its rows are gone.
    """
    batch = _lock(session, batch_id)
    if batch.state in (QUEUED, RUNNING):
        return batch
    batch.accept = accept or batch.accept
    if batch.emptied_at is not None or (batch.state == DONE and not batch.dry_run):
        raise Conflict("batch_state", "There is nothing left of this batch to go on with.")
    if batch.phase == CHECK and batch.open_chunks == 0:
        if batch.refused and batch.accept == ALL:
            raise Conflict(
                "batch_state",
                "Some rows were refused: send the file again with those mended, or accept that "
                "only the others are issued.",
                field="/accept",
            )
        _begin_issuing(session, batch)
    batch.dry_run = False
    batch.state = QUEUED
    batch.problem = None
    batch.finished_at = None
    batch.phase_started_at = None
    batch.done_before = _rows_done(batch)
    session.flush()
    note_deed(session, batch, "batch.resumed", now=now, actor=actor, accept=batch.accept)
    enqueue(session, batch.id, _chunks_to_do(session, batch))
    return batch


def mark_begun(session: Session, batch_id: str, *, now: datetime) -> None:
    """Note that somebody has taken up the batch, for the one who waits for it."""
    session.execute(
        update(Batch)
        .where(Batch.id == batch_id, Batch.state == QUEUED)
        .values(state=RUNNING, phase_started_at=now)
    )


def fail_batch(session: Session, batch_id: str, *, code: str, detail: str, now: datetime) -> None:
    """Stop a batch that cannot go on as things are; it can be resumed once they are mended."""
    failed = session.execute(
        update(Batch)
        .where(Batch.id == batch_id, Batch.state.in_((QUEUED, RUNNING)))
        .values(state=FAILED, problem={"code": code, "detail": detail}, finished_at=now)
        .returning(Batch.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if failed is not None:
        _tell_end(session, session.get_one(Batch, batch_id, populate_existing=True), now=now)


def next_chunk(session: Session) -> tuple[str, int] | None:
    """The chunk that is to be done next, of the oldest batch; for a worker without a job queue."""
    query = (
        select(Batch.id, func.min(BatchChunk.number))
        .join(BatchChunk, BatchChunk.batch_id == Batch.id)
        .where(
            Batch.state.in_((QUEUED, RUNNING)),
            ((Batch.phase == CHECK) & (BatchChunk.state == RECEIVED))
            | ((Batch.phase == ISSUE) & (BatchChunk.state == CHECKED)),
        )
        .group_by(Batch.id, Batch.created_at)
        .order_by(Batch.created_at, Batch.id)
        .limit(1)
    )
    found = session.execute(query).one_or_none()
    return None if found is None else (found[0], found[1])


def results_of(session: Session, batch_id: str, number: int) -> list[RowResult] | None:
    """What became of the rows of one chunk; None when there is no such chunk."""
    # Not the chunk itself: the rows in it are many times as large.
    of_it = (BatchChunk.batch_id == batch_id, BatchChunk.number == number)
    found = session.execute(select(BatchChunk.results).where(*of_it)).one_or_none()
    if found is None:
        return None
    return [] if found.results is None else list(unpack_results(found.results))


def count_checked(
    session: Session, batch_id: str, *, rows: int, refused: int, repeated: int
) -> Batch | None:
    """Add a checked chunk to the batch's counters; None when the batch goes on no longer.

    To be called last in a transaction: from here on others wait.
    """
    return _count(
        session,
        batch_id,
        CHECK,
        checked=Batch.checked + rows,
        refused=Batch.refused + refused,
        repeated=Batch.repeated + repeated,
    )


def count_issued(
    session: Session, batch_id: str, *, issued: int, repeated: int, refused: int
) -> Batch | None:
    """The same for a chunk that was issued; `refused` are those that passed the check before."""
    return _count(
        session,
        batch_id,
        ISSUE,
        issued=Batch.issued + issued,
        repeated=Batch.repeated + repeated,
        refused=Batch.refused + refused,
    )


def finish_phase(session: Session, batch: Batch, *, enqueue: Enqueue, now: datetime) -> None:
    """Move a batch on whose phase has no open chunks; the batch is locked by its counters."""
    if batch.phase == CHECK and not batch.dry_run:
        if batch.refused and batch.accept == ALL:
            batch.state = FAILED
            batch.problem = {
                "code": "rows_refused",
                "detail": f"Nothing was issued; rows to be mended first: {batch.refused}.",
            }
        else:
            _begin_issuing(session, batch)
            batch.phase_started_at = now
            session.flush()
            enqueue(session, batch.id, _chunks_to_do(session, batch))
            return
    else:
        batch.state = DONE
    batch.finished_at = now
    session.flush()
    _tell_end(session, batch, now=now)


def _tell_end(session: Session, batch: Batch, *, now: datetime) -> None:
    """Put on record, and into the outbox, that the batch is done or has failed."""
    details = {"issued": batch.issued, "repeated": batch.repeated, "refused": batch.refused}
    note_deed(session, batch, f"batch.{batch.state}", now=now, actor=batch.actor, **details)
    things = {"batch": batch.id, "state": batch.state}
    note_events(session, batch.issuer_id, [Event("batch.done", things)], now=now)


def _rows_done(batch: Batch) -> int:
    """The rows that the phase is through with."""
    return batch.checked if batch.phase == CHECK else batch.issued + batch.repeated + batch.refused


def _begin_issuing(session: Session, batch: Batch) -> None:
    batch.phase = ISSUE
    batch.repeated = 0  # a dry run had counted them; now they are found as they come
    batch.done_before = _rows_done(batch)
    batch.open_chunks = len(_chunks_to_do(session, batch))
    session.flush()


def _count(session: Session, batch_id: str, phase: str, **counters: object) -> Batch | None:
    counted = session.execute(
        update(Batch)
        .where(Batch.id == batch_id, Batch.phase == phase, Batch.state.in_((QUEUED, RUNNING)))
        .values(open_chunks=Batch.open_chunks - 1, **counters)
        .returning(Batch.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if counted is None:
        return None
    return session.get_one(Batch, batch_id, populate_existing=True)


def _chunks_to_do(session: Session, batch: Batch) -> list[int]:
    query = (
        select(BatchChunk.number)
        .where(BatchChunk.batch_id == batch.id, BatchChunk.state == _TO_DO[batch.phase])
        .order_by(BatchChunk.number)
    )
    return list(session.scalars(query))


def _lock(session: Session, batch_id: str) -> Batch:
    query = select(Batch).where(Batch.id == batch_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()
