"""What is kept no longer than it has to be, so that what has been done does not grow for ever.

Rows of batches may hold addresses of learners. What was issued is gone from them already; here go
the rows of batches that nobody went on with, uploads that broke off, and the verdicts. The other
records that go are stored answers, and what became of mail.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.issuing.batches import RECEIVING, discard_batch
from app.jobs.desk import JobDesk
from app.registry.idempotency import forget_answers
from app.registry.outbox import forget_mail
from app.storage.tables import Batch, BatchChunk

# No upload takes as long, so this one's process has died.
_LONGEST_UPLOAD = timedelta(days=1)

_AT_ONCE = 500
_STEPS = 200
"""In an hour more than one service makes in it; who comes from a time without this catches up."""


def empty_old_batches(desk: JobDesk, now: datetime) -> None:
    """Empty the batches that ended longer ago than `SIGNET_BATCH_RETENTION_DAYS`.

    Each in a transaction of its own; counters, keys and credentials stay.
    """
    before = now - timedelta(days=desk.issuing.settings.batch_retention_days)
    with desk.database.read() as session:
        ended = session.scalars(
            select(Batch.id).where(Batch.finished_at < before, Batch.emptied_at.is_(None))
        ).all()
        broken_off = session.scalars(
            select(Batch.id).where(
                Batch.state == RECEIVING, Batch.created_at < now - _LONGEST_UPLOAD
            )
        ).all()
    for batch_id in ended:
        with desk.database.write() as session:
            # One that was gone on with meanwhile has no end yet: then its rows are needed.
            emptied = (
                update(Batch)
                .where(Batch.id == batch_id, Batch.finished_at < before)
                .values(emptied_at=now)
                .returning(Batch.id)
            )
            for found in session.scalars(emptied):
                of_it = BatchChunk.batch_id == found
                session.execute(update(BatchChunk).where(of_it).values(content=None, results=None))
    for batch_id in broken_off:
        with desk.database.write() as session:
            discard_batch(session, batch_id)
    if ended or broken_off:
        desk.log.info("batches_emptied", ended=len(ended), broken_off=len(broken_off))


def forget_old_records(desk: JobDesk, now: datetime) -> None:
    """Let go of answers after `SIGNET_ANSWER_RETENTION_DAYS`, of mail after
    `SIGNET_MAIL_RETENTION_DAYS`.
    """
    settings = desk.issuing.settings
    answered = now - timedelta(days=settings.answer_retention_days)
    written = now - timedelta(days=settings.mail_retention_days)
    answers = _step_by_step(
        desk, lambda session: forget_answers(session, before=answered, at_most=_AT_ONCE)
    )
    mail = _step_by_step(
        desk, lambda session: forget_mail(session, before=written, at_most=_AT_ONCE)
    )
    if answers or mail:
        desk.log.info("old_records_forgotten", answers=answers, mail=mail)


def _step_by_step(desk: JobDesk, step: Callable[[Session], int]) -> int:
    """Each in a short transaction of its own, so that nobody waits for long; how many in all."""
    forgotten = 0
    for _ in range(_STEPS):
        with desk.database.write() as session:
            found = step(session)
        forgotten += found
        if found < _AT_ONCE:
            break
    return forgotten
