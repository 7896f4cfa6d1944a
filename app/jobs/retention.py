"""What is kept no longer than it has to be: the rows of batches, and the verdicts on them.

Rows may hold addresses of learners. What was issued is gone from them already; here go the rows of
batches that nobody went on with, and uploads that broke off.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.issuing.batches import RECEIVING, discard_batch
from app.jobs.desk import JobDesk
from app.storage.tables import Batch, BatchChunk

# No upload takes as long, so this one's process has died.
_LONGEST_UPLOAD = timedelta(days=1)


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
