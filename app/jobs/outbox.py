"""Delivering the outbox: at least once, in no promised order, each thing under one stable id.

1. What is due is claimed, in one transaction: attempts are counted and `due_at` is put off by the
   lease. A worker that is killed from here on loses nothing: its claim comes up again.
2. It is sent, with no connection to the database held. Webhooks go out to several addresses at
   once; mail goes one by one, no faster than was set.
3. What became of it is recorded, unless somebody else has claimed it meanwhile.

On PostgreSQL any number of workers do this side by side (SKIP LOCKED); on SQLite they take turns.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.errors import KeyStoreError
from app.fetch import Post, SendMail, mail_server_of, make_post, make_send_mail
from app.issuing.desk import IssuingDesk
from app.jobs.attempts import Attempt, Outcome, claim, record, release, retry_at
from app.jobs.desk import JobDesk
from app.jobs.mail import deliver_letter, read_letter
from app.jobs.webhooks import GONE, TIMEOUT_SECONDS, Receiver, deliver_to, is_unreachable
from app.registry import webhooks
from app.registry.outbox import DEAD, DELIVERED, MAIL, PENDING, WEBHOOK
from app.settings import Settings
from app.storage.database import Database
from app.storage.tables import OutboxItem, WebhookEndpoint

ACTOR = "service"

PATIENCE = timedelta(days=3)
"""How long an address may fail without one success before it is disabled."""

KEPT = timedelta(days=30)
"""How long what became of a webhook can be looked up; dead letters can be replayed as long."""

_SECONDS = 20.0
_AT_ONCE = 50
_ADDRESSES_AT_ONCE = 8
_FORGOTTEN_AT_ONCE = 1000
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Couriers:
    """The ways out; without `send_mail` no mail goes."""

    post: Post
    send_mail: SendMail | None


def open_couriers(settings: Settings) -> Couriers:
    """The ways out to the real network."""
    server = mail_server_of(settings)
    return Couriers(
        make_post(timeout_seconds=TIMEOUT_SECONDS, loopback=settings.webhook_loopback),
        None if server is None else make_send_mail(server),
    )


def deliver_outbox(desk: JobDesk, now: datetime) -> None:
    """Deliver what is due, as periodic work; what became of it stands in the log, as numbers."""
    forget(desk.database, now=now)
    with desk.database.read() as session:
        due = select(OutboxItem.id).where(OutboxItem.state == PENDING, OutboxItem.due_at <= now)
        if session.scalar(due.limit(1)) is None:
            return
    couriers = open_couriers(desk.issuing.settings)
    attempted = deliver_due(desk.database, desk.issuing, couriers, now=now)
    desk.log.info("outbox_delivered", attempted=attempted)


def deliver_due(
    database: Database,
    desk: IssuingDesk,
    couriers: Couriers,
    *,
    now: datetime,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Attempt what is due, for about a minute of the clock; how many attempts were made.

    Webhooks and mail have their time each: a million events must not keep learners waiting.
    """

    def time_of_its_own() -> Callable[[], bool]:
        until = clock() + _SECONDS
        return lambda: clock() > until

    attempted = 0
    late = time_of_its_own()
    while not late():
        attempts = claim(database, OutboxItem.channel == WEBHOOK, limit=_AT_ONCE, now=now)
        if not attempts:
            break
        attempted += _deliver_webhooks(database, desk, couriers.post, attempts, now=now, late=late)
    if couriers.send_mail is not None:
        late = time_of_its_own()
        attempted += _deliver_mail(database, desk, couriers.send_mail, now=now, late=late)
    return attempted


def forget(database: Database, *, now: datetime) -> None:
    """Give mail up whose address may not be kept any longer, and let old webhooks go."""
    kept_too_long = and_(OutboxItem.sealed.is_not(None), OutboxItem.erase_at <= now)
    old = and_(
        OutboxItem.state.in_((DELIVERED, DEAD)),
        OutboxItem.channel == WEBHOOK,
        OutboxItem.due_at <= now - KEPT,
    )
    with database.read() as session:
        if session.scalar(select(OutboxItem.id).where(or_(kept_too_long, old)).limit(1)) is None:
            return
    with database.write() as session:
        session.execute(
            update(OutboxItem)
            .where(kept_too_long)
            .values(state=DEAD, finished_at=now, problem="mail_given_up", sealed=None)
        )
        some = select(OutboxItem.id).where(old).limit(_FORGOTTEN_AT_ONCE)
        session.execute(delete(OutboxItem).where(OutboxItem.id.in_(some)))


def _deliver_webhooks(
    database: Database,
    desk: IssuingDesk,
    post: Post,
    attempts: Sequence[Attempt],
    *,
    now: datetime,
    late: Callable[[], bool],
) -> int:
    """Send a claim, each address in a thread of its own; how many attempts were made."""
    groups: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        groups[str(attempt.endpoint_id)].append(attempt)

    def send(endpoint_id: str) -> list[tuple[Attempt, Outcome]]:
        group = groups[endpoint_id]
        receiver = receivers[endpoint_id]
        if isinstance(receiver, Outcome):
            return [(attempt, receiver) for attempt in group]
        return deliver_to(receiver, group, post=post, settings=desk.settings, now=now, late=late)

    attempted = 0
    with database.read() as session:
        receivers = {each: _receiver(session, desk, each, now=now) for each in groups}
    with ThreadPoolExecutor(_ADDRESSES_AT_ONCE, thread_name_prefix="webhooks") as pool:
        sending = {pool.submit(send, endpoint_id): endpoint_id for endpoint_id in groups}
        for done in as_completed(sending):
            endpoint_id, tried = sending[done], done.result()
            with database.write() as session:
                _record_group(session, endpoint_id, groups[endpoint_id], tried, now=now)
            attempted += len(tried)
    return attempted


def _receiver(
    session: Session, desk: IssuingDesk, endpoint_id: str, *, now: datetime
) -> Receiver | Outcome:
    """Whom to tell, or why nobody can be told; an address that was removed has no things left."""
    endpoint = session.get(WebhookEndpoint, endpoint_id)
    if endpoint is None:
        return Outcome("webhook_disabled", final=True)
    try:
        secrets = webhooks.signing_secrets(desk.key_store, endpoint, now=now)
    except KeyStoreError as error:
        return Outcome(error.code)
    return Receiver(endpoint.url, secrets)


def _record_group(
    session: Session,
    endpoint_id: str,
    group: Sequence[Attempt],
    tried: Sequence[tuple[Attempt, Outcome]],
    *,
    now: datetime,
) -> None:
    """Record what became of an address's share of a claim, and how the address does.

    The address first and its things after it, here as everywhere: whoever locks in one order does
    not wait in a circle.
    """
    lock = {"key_share": True}
    endpoint = session.get(WebhookEndpoint, endpoint_id, with_for_update=lock)
    for attempt, outcome in tried:
        record(session, attempt, outcome, now=now)
    last_attempt, last = tried[-1]
    away = is_unreachable(last)
    due_at = retry_at(last_attempt, now) if away else now
    release(session, group[len(tried) :], due_at=due_at, problem=last.problem if away else None)
    if endpoint is None:
        return
    if away:
        # What else was due there would find nobody either.
        session.execute(
            update(OutboxItem)
            .where(
                OutboxItem.endpoint_id == endpoint_id,
                OutboxItem.state == PENDING,
                OutboxItem.due_at < due_at,
            )
            .values(due_at=due_at)
        )
    _note_health(session, endpoint, [outcome for _, outcome in tried], now=now)


def _note_health(
    session: Session, endpoint: WebhookEndpoint, outcomes: Sequence[Outcome], *, now: datetime
) -> None:
    """Remember since when an address fails, and disable one that is gone or has failed too long."""
    if outcomes[-1].problem is None:
        endpoint.failing_since = None
        return
    if endpoint.failing_since is None or any(each.problem is None for each in outcomes):
        endpoint.failing_since = now
    reason = None
    if outcomes[-1].answer == GONE:
        reason = webhooks.GONE
    elif endpoint.failing_since <= now - PATIENCE:
        reason = webhooks.FAILING
    if reason is not None and endpoint.disabled_at is None:
        webhooks.disable_endpoint(session, endpoint, reason, now=now, actor=ACTOR)


def _deliver_mail(
    database: Database,
    desk: IssuingDesk,
    send_mail: SendMail,
    *,
    now: datetime,
    late: Callable[[], bool],
) -> int:
    """Hand over as many messages as this minute still takes; how many attempts were made."""
    attempts = _claim_mail(database, desk.settings, now=now)
    for number, attempt in enumerate(attempts, start=1):
        outcome = _write_to_learner(database, desk, send_mail, attempt, now=now)
        with database.write() as session:
            record(session, attempt, outcome, now=now)
        away = outcome.problem == "mail_server_unavailable"
        if away or late():
            due_at = retry_at(attempt, now) if away else now
            with database.write() as session:
                release(session, attempts[number:], due_at=due_at, problem=outcome.problem)
            return number
    return len(attempts)


def _write_to_learner(
    database: Database, desk: IssuingDesk, send_mail: SendMail, attempt: Attempt, *, now: datetime
) -> Outcome:
    with database.read() as session:
        letter = read_letter(session, desk, attempt)
    if isinstance(letter, Outcome):
        return letter
    return deliver_letter(letter, send_mail=send_mail, settings=desk.settings, now=now)


def _claim_mail(database: Database, settings: Settings, *, now: datetime) -> list[Attempt]:
    """A claim no larger than the rate leaves room for.

    Two workers that count at the same instant may both find the room; the queue lets one of them
    deliver at a time.
    """
    with database.read() as session:
        spent = select(func.count()).where(
            OutboxItem.channel == MAIL, OutboxItem.attempted_at > now - _MINUTE
        )
        room = settings.mail_per_minute - session.scalars(spent).one()
    return claim(database, OutboxItem.channel == MAIL, limit=max(room, 0), now=now)
