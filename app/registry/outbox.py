"""The outbox: what has to be told, written in the transaction of what it tells of.

Nothing is sent from here. `app.jobs.outbox` delivers what was committed, at least once; what was
rolled back was never written. An event that nobody listens for leaves no row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from app.credentials.issue_request import MailWish
from app.encoding.strict_json import JsonObject, dump_json
from app.errors import Conflict, NotFound
from app.keys.sealing import seal
from app.keys.signer import KeyStore
from app.registry.deeds import note_deed
from app.registry.listing import Page, list_page
from app.registry.mail_settings import load_mail_settings
from app.registry.row_ids import is_row_id, new_row_id
from app.settings import Settings
from app.storage.statements import ReadyStatement
from app.storage.tables import OutboxItem, WebhookEndpoint

WEBHOOK = "webhook"
MAIL = "mail"

PENDING = "pending"
DELIVERED = "delivered"
DEAD = "dead"

PING = "webhook.ping"
EVENTS: dict[str, str] = {
    "credential.issued": "a credential was issued or signed",
    "credential.revoked": "a credential was revoked, for good",
    "award.confirmed": "a board confirmed an award, which can be issued now",
    "batch.done": "a batch has come to its end, in the state that is told",
}
"""What a platform can be told of; `webhook.ping` is sent when it is asked for."""

_LISTENERS = ReadyStatement(
    select(WebhookEndpoint)
    .where(WebhookEndpoint.issuer_id == bindparam("issuer"))
    .with_for_update(read=True, key_share=True)  # so that none is removed meanwhile
)


@dataclass(frozen=True)
class Event:
    """Something that happened: one of `EVENTS`, and the ids of the things it happened to.

    `things` may hold a plain word as well, such as the `state` that a batch ended in.
    """

    type: str
    things: dict[str, str]


def note_events(
    session: Session, issuer_id: str, events: Iterable[Event], *, now: datetime
) -> None:
    """Put events into the outbox, once for each address that wants to hear of them.

    For an address that is disabled they are kept as dead letters, to be replayed.
    """
    endpoints = _LISTENERS.objects(session, WebhookEndpoint, issuer=issuer_id)
    if not endpoints:
        return
    rows = []
    for event in events:
        event_id = new_row_id()
        rows += [
            webhook_row(endpoint, event, event_id, now=now)
            for endpoint in endpoints
            if endpoint.events is None or event.type in endpoint.events.split()
        ]
    if rows:
        session.execute(insert(OutboxItem), rows)


def note_ping(session: Session, endpoint: WebhookEndpoint, *, now: datetime) -> str:
    """Put a test event into the outbox for one address; the id that it will be sent with."""
    if endpoint.disabled_at is not None:
        raise Conflict("webhook_disabled", "The address is disabled; enable it first.")
    event_id = new_row_id()
    session.execute(insert(OutboxItem), [webhook_row(endpoint, Event(PING, {}), event_id, now=now)])
    return event_id


def webhook_row(
    endpoint: WebhookEndpoint, event: Event, event_id: str, *, now: datetime
) -> dict[str, object]:
    """The columns of an event for one address."""
    disabled = endpoint.disabled_at is not None
    return {
        "id": new_row_id(),
        "event_id": event_id,
        "issuer_id": endpoint.issuer_id,
        "channel": WEBHOOK,
        "event": event.type,
        "data": event.things,
        "happened_at": now,
        "endpoint_id": endpoint.id,
        "state": DEAD if disabled else PENDING,
        "attempts": 0,
        "due_at": now,
        "finished_at": now if disabled else None,
        "problem": "webhook_disabled" if disabled else None,
    }


def refuse_mail_where_off(settings: Settings, wish: MailWish | None) -> None:
    """Raise Conflict (`mail_off`) for a wish where this service sends no mail.

    Then no address may be kept either.
    """
    if wish is not None and settings.smtp_host is None:
        raise Conflict(
            "mail_off",
            "This service sends no mail: leave `notify` out, and tell the learner yourself.",
            field="/notify",
        )


def note_mail(
    session: Session,
    key_store: KeyStore,
    settings: Settings,
    issuer_id: str,
    wishes: Mapping[str, MailWish],
    *,
    now: datetime,
) -> None:
    """Put mail to learners into the outbox, addresses sealed; `wishes` by credential.

    Raises Conflict as `refuse_mail_where_off` does.
    """
    if not wishes:
        return
    kept = timedelta(days=load_mail_settings(session, issuer_id).retention_days)
    rows: list[dict[str, object]] = []
    for credential_id, wish in wishes.items():
        refuse_mail_where_off(settings, wish)
        id_ = new_row_id()
        sealed: JsonObject = {"email": wish.email, "language": wish.language}
        rows.append(
            {
                "id": id_,
                "event_id": id_,
                "issuer_id": issuer_id,
                "channel": MAIL,
                "event": "credential.issued",
                "data": {"credential": credential_id},
                "happened_at": now,
                "sealed": seal(key_store, dump_json(sealed), place=mail_place(id_)),
                "erase_at": now + kept,
                "state": PENDING,
                "attempts": 0,
                "due_at": now,
            }
        )
    session.execute(insert(OutboxItem), rows)


def mail_place(item_id: str) -> str:
    """Where the seal of a mail's address belongs."""
    return f"outbox/{item_id}"


def forget_mail(session: Session, *, before: datetime, at_most: int) -> int:
    """Delete what is on record of mail that was delivered or given up by then; how many."""
    old = (
        select(OutboxItem.id)
        .where(
            OutboxItem.state.in_((DELIVERED, DEAD)),
            OutboxItem.channel == MAIL,
            OutboxItem.due_at < before,  # of what has ended, about the time of the last attempt
        )
        .limit(at_most)
    )
    forgotten = delete(OutboxItem).where(OutboxItem.id.in_(old)).returning(OutboxItem.id)
    return len(session.scalars(forgotten).all())


def list_items(
    session: Session,
    issuer_id: str,
    *,
    channel: str,
    endpoint_id: str | None = None,
    state: str | None = None,
    limit: int,
    cursor: str | None,
) -> Page[OutboxItem]:
    """What was or is to be told by an issuer, newest first."""
    query = select(OutboxItem).where(
        OutboxItem.issuer_id == issuer_id, OutboxItem.channel == channel
    )
    if endpoint_id is not None:
        query = query.where(OutboxItem.endpoint_id == endpoint_id)
    if state is not None:
        query = query.where(OutboxItem.state == state)
    return list_page(
        session, query, OutboxItem.happened_at, OutboxItem.id, limit=limit, cursor=cursor
    )


def replay(
    session: Session, endpoint: WebhookEndpoint, item_id: str, *, now: datetime, actor: str
) -> OutboxItem:
    """Send one event again, delivered or dead, under the id that it had.

    Raises NotFound, and Conflict (`webhook_disabled`).
    """
    item = session.get(OutboxItem, item_id, with_for_update=True) if is_row_id(item_id) else None
    if item is None or item.endpoint_id != endpoint.id:
        raise NotFound("not_found", "There is no such delivery.")
    if item.state != PENDING:
        _again(session, endpoint, [item.id], now=now, actor=actor)
        session.refresh(item)
    return item


def replay_dead(session: Session, endpoint: WebhookEndpoint, *, now: datetime, actor: str) -> int:
    """Send all dead letters of an address again; how many. Raises Conflict (`webhook_disabled`)."""
    return _again(session, endpoint, None, now=now, actor=actor)


def _again(
    session: Session,
    endpoint: WebhookEndpoint,
    item_ids: list[str] | None,
    *,
    now: datetime,
    actor: str,
) -> int:
    if endpoint.disabled_at is not None:
        raise Conflict("webhook_disabled", "The address is disabled; enable it first.")
    chosen = OutboxItem.state == DEAD if item_ids is None else OutboxItem.id.in_(item_ids)
    revived = session.execute(
        update(OutboxItem)
        .where(OutboxItem.endpoint_id == endpoint.id, chosen)
        .values(state=PENDING, attempts=0, due_at=now, finished_at=None, problem=None, answer=None)
        .returning(OutboxItem.id)
    ).all()
    note_deed(session, endpoint, "webhook.replayed", now=now, actor=actor, deliveries=len(revived))
    return len(revived)
