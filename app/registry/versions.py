"""Versions of a published thing: numbered one after the other, whoever publishes."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.storage.tables import Achievement, Pathway


def next_version(session: Session, thing: Achievement | Pathway) -> int:
    """The number of a further version, whichever version of it is given.

    Holds the first version until the transaction ends, so that two writers do not get the same.
    """
    table = type(thing)
    first = select(table.id).where(table.id == thing.series_id)
    session.scalar(first.with_for_update())
    newest = select(func.max(table.version)).where(table.series_id == thing.series_id)
    return session.scalars(newest).one() + 1
