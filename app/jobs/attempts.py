"""Attempts at delivering things of the outbox: claiming them, and recording what became of them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.registry.outbox import DEAD, DELIVERED, PENDING
from app.storage.database import Database
from app.storage.tables import OutboxItem

LEASE = timedelta(minutes=10)
"""How long a claim holds: well above what sending a claim can take."""

MOST_ATTEMPTS = 10
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=24)
_GROWTH = 3.0


@dataclass(frozen=True)
class Attempt:
    """A claimed thing of the outbox, to be sent now; `number` counts from 1."""

    item_id: str
    event_id: str
    issuer_id: str
    event: str
    things: dict[str, str]
    happened_at: datetime
    endpoint_id: str | None
    sealed: bytes | None
    number: int


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt: delivered unless there is a `problem`, one of the codes.

    `answer` is the status that a webhook's receiver answered with. `final` failures are not tried
    again.
    """

    problem: str | None = None
    answer: int | None = None
    final: bool = False


def claim(
    database: Database, *which: ColumnElement[bool], limit: int, now: datetime
) -> list[Attempt]:
    """Take up to `limit` due things, those first that have waited longest.

    Others leave them alone for the time of the lease, after which they are due again.
    """
    with database.write() as session:
        items = session.scalars(
            select(OutboxItem)
            .where(OutboxItem.state == PENDING, OutboxItem.due_at <= now, *which)
            .order_by(OutboxItem.due_at, OutboxItem.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        for item in items:
            item.attempts += 1
            item.attempted_at = now
            item.due_at = now + LEASE
        session.flush()
        return [_attempt(item) for item in items]


def record(session: Session, attempt: Attempt, outcome: Outcome, *, now: datetime) -> None:
    """Note what became of an attempt; nothing when the thing was claimed anew or ended meanwhile.

    What is delivered or dead keeps no address.
    """
    if outcome.problem is None:
        values: dict[str, object] = {"state": DELIVERED, "finished_at": now, "sealed": None}
    elif outcome.final or attempt.number >= MOST_ATTEMPTS:
        values = {"state": DEAD, "finished_at": now, "sealed": None}
    else:
        values = {"due_at": retry_at(attempt, now)}
    session.execute(
        update(OutboxItem)
        .where(*_still_ours(attempt))
        .values(problem=outcome.problem, answer=outcome.answer, **values)
    )


def release(
    session: Session, attempts: Iterable[Attempt], *, due_at: datetime, problem: str | None
) -> None:
    """Give claims back that were not sent, to be taken up at `due_at`; it was no attempt."""
    for attempt in attempts:
        session.execute(
            update(OutboxItem)
            .where(*_still_ours(attempt))
            .values(attempts=attempt.number - 1, due_at=due_at, problem=problem)
        )


def retry_at(attempt: Attempt, now: datetime) -> datetime:
    """When to try again: thrice as long after each failure, give or take a fifth.

    The give and take is drawn from the thing's own id, so that many that failed together do not
    come back together.
    """
    wait = min(FIRST_WAIT * _GROWTH ** (attempt.number - 1), LONGEST_WAIT)
    drawn = hashlib.sha256(f"{attempt.item_id} {attempt.number}".encode()).digest()
    return now + wait * (0.8 + 0.4 * drawn[0] / 255)


def _still_ours(attempt: Attempt) -> tuple[ColumnElement[bool], ...]:
    return (
        OutboxItem.id == attempt.item_id,
        OutboxItem.state == PENDING,
        OutboxItem.attempts == attempt.number,
    )


def _attempt(item: OutboxItem) -> Attempt:
    return Attempt(
        item.id,
        item.event_id,
        item.issuer_id,
        item.event,
        item.data,
        item.happened_at,
        item.endpoint_id,
        item.sealed,
        item.attempts,
    )
