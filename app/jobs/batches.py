"""The one task that does a chunk of a batch, whoever calls it: a worker thread, a job, a command.

It may be called again for the same chunk at any time, by anybody: what is done is not done again.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import SignetError
from app.issuing.batch_chunks import (
    ChunkTask,
    Superseded,
    load_task,
    refused_awards,
    reserve_for,
    store_checked,
    store_issued,
)
from app.issuing.batch_results import REFUSED, RowResult
from app.issuing.batch_rows import (
    BatchRow,
    Standing,
    check_row,
    contradiction,
    load_standing,
    read_batch_rows,
    repeated,
)
from app.issuing.batch_signing import SignedRow, sign_rows
from app.issuing.batches import CHECK, Enqueue, fail_batch, mark_begun
from app.jobs.desk import JobDesk

_ATTEMPTS = 5

PASSING = (OperationalError, InterfaceError, PoolTimeout)
"""What a database does that is restarted, or busier than it should be: to be tried again."""


def work_on_chunk(
    desk: JobDesk,
    batch_id: str,
    number: int,
    *,
    enqueue: Enqueue,
    clock: Callable[[], datetime],
) -> None:
    """Check or issue a chunk, whatever its batch needs now; nothing when there is nothing to do.

    A fault of the service or the issuer (no key, no key store) fails the batch, to be resumed when
    it is mended, so that nobody waits for it and no other batch waits behind it. What passes by
    itself (PASSING) is raised, to be tried again.
    """
    for _ in range(_ATTEMPTS):
        now = clock()
        try:
            with desk.database.read() as session:
                task = load_task(session, desk.issuing, batch_id, number)
            if task is None:
                return
            _begin(desk, task, now)
            if task.batch.phase == CHECK:
                _check(desk, task, enqueue, now, clock)
            else:
                _issue(desk, task, enqueue, now, clock)
        except (Superseded, IntegrityError):
            continue  # somebody was faster; what is left, if anything, is seen by looking again
        except SignetError as error:
            desk.log.error("batch_failed", batch=batch_id, code=error.code, detail=error.detail)
            _fail(desk, batch_id, error.code, error.detail, now)
            return
        except PASSING:
            raise
        except Exception as error:  # noqa: BLE001 - a batch that nobody ends would run for ever
            kind = type(error).__name__
            desk.log.error("batch_failed", batch=batch_id, code="internal_error", error=kind)
            detail = "Something went wrong on our side. It has been logged."
            _fail(desk, batch_id, "internal_error", detail, now)
            return
        return
    desk.log.error("batch_failed", batch=batch_id, code="internal_error")
    _fail(desk, batch_id, "internal_error", "The rows keep changing under the worker.", clock())


def _begin(desk: JobDesk, task: ChunkTask, now: datetime) -> None:
    if task.batch.phase_started_at is None:
        with desk.database.write() as session:
            mark_begun(session, task.batch.id, now=now)


def _fail(desk: JobDesk, batch_id: str, code: str, detail: str, now: datetime) -> None:
    with desk.database.write() as session:
        fail_batch(session, batch_id, code=code, detail=detail, now=now)


def _check(
    desk: JobDesk,
    task: ChunkTask,
    enqueue: Enqueue,
    now: datetime,
    clock: Callable[[], datetime],
) -> None:
    read = read_batch_rows(task.batch, task.rows)
    rows = [row for row in read if isinstance(row, BatchRow)]
    with desk.database.read() as session:
        standing = load_standing(session, desk.issuing, task.batch.issuer_id, rows, now=now)
    refused = _check_awards(desk, task, standing, rows, now)
    results: list[RowResult] = []
    first: dict[str, BatchRow] = {}  # by key; rows that are refused claim none
    for row in read:
        if isinstance(row, RowResult):
            results.append(row)
            continue
        verdict = (
            repeated(task.batch, row, standing)
            or refused.get(row.number)
            or contradiction(task.batch, row, first.get(row.key))
            or check_row(task.batch, desk.issuing, standing, row, now=now)
        )
        if verdict.outcome != REFUSED:
            first.setdefault(row.key, row)
        results.append(verdict)
    with desk.database.write() as session:
        store_checked(session, desk.issuing, task, results, enqueue=enqueue, now=clock())


def _check_awards(
    desk: JobDesk, task: ChunkTask, standing: Standing, rows: list[BatchRow], now: datetime
) -> dict[int, RowResult]:
    if not any(row.has_award for row in rows):
        return {}
    with desk.database.write() as session:
        refused = refused_awards(session, task.batch, standing, rows, now=now)
        return {verdict.row: verdict for verdict in refused}


def _issue(
    desk: JobDesk,
    task: ChunkTask,
    enqueue: Enqueue,
    now: datetime,
    clock: Callable[[], datetime],
) -> None:
    read = read_batch_rows(task.batch, task.waiting)
    rows = [row for row in read if isinstance(row, BatchRow)]
    with desk.database.read() as session:
        standing = load_standing(session, desk.issuing, task.batch.issuer_id, rows, now=now)
    plain = [row for row in rows if not row.has_award]
    known = [verdict for row in plain if (verdict := repeated(task.batch, row, standing))]
    numbers = {verdict.row for verdict in known}
    fresh = [row for row in plain if row.number not in numbers]
    signed: list[SignedRow | RowResult] = [
        *(row for row in read if isinstance(row, RowResult)),
        *known,
    ]
    if fresh:
        with desk.database.write() as session:
            entries = reserve_for(session, desk.issuing, task, len(fresh), now=now)
        signed += sign_rows(desk.issuing, task.batch, standing, fresh, entries, now=now)
    confirmed = [row for row in rows if row.has_award]
    with desk.database.write() as session:
        store_issued(
            session,
            desk.issuing,
            task,
            standing,
            signed,
            confirmed,
            enqueue=enqueue,
            now=clock(),
        )
