"""Where an issuer's platform wants to be told what happened, and the secrets that sign it.

The scheme is Standard Webhooks 1.0 (symmetric): a secret reads `whsec_` and base64 of 32 bytes. It
is shown when it is made and kept sealed.
"""

import base64
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.errors import CheckUndecided, Conflict, InvalidRequest, NotFound
from app.fetch import parse_webhook_address
from app.keys.sealing import seal, unseal
from app.keys.signer import KeyStore
from app.registry.deeds import note_deed
from app.registry.issuers import load_issuer
from app.registry.listing import Page, list_page
from app.registry.outbox import DEAD, EVENTS, PENDING
from app.registry.row_ids import is_row_id, new_row_id
from app.settings import Settings
from app.storage.tables import OutboxItem, WebhookEndpoint

MOST_ENDPOINTS = 10
DESCRIPTION_LENGTH = 200
OVERLAP = timedelta(hours=24)
"""How long the secret before the last one signs as well, so that receivers can change over."""

ASKED = "asked"
FAILING = "failing"
GONE = "gone"

_SECRET_BYTES = 32
_PREFIX = "whsec_"


def create_endpoint(
    session: Session,
    key_store: KeyStore,
    settings: Settings,
    issuer_id: str,
    *,
    url: str,
    events: Collection[str] | None,
    description: str | None,
    now: datetime,
    actor: str,
) -> tuple[WebhookEndpoint, str]:
    """A new address with its secret, which cannot be shown again.

    Raises NotFound (issuer), InvalidRequest, Conflict (`too_many`).
    """
    load_issuer(session, issuer_id)
    count = select(func.count()).where(WebhookEndpoint.issuer_id == issuer_id)
    if session.scalars(count).one() >= MOST_ENDPOINTS:
        raise Conflict("too_many", f"An issuer has at most {MOST_ENDPOINTS} addresses.")
    secret, id_ = secrets.token_bytes(_SECRET_BYTES), new_row_id()
    endpoint = WebhookEndpoint(
        id=id_,
        issuer_id=issuer_id,
        url=_checked_url(settings, url),
        events=_checked_events(events),
        description=_checked_description(description),
        secret=seal(key_store, secret, place=_place(id_)),
        created_at=now,
    )
    session.add(endpoint)
    session.flush()
    note_deed(session, endpoint, "webhook.created", now=now, actor=actor)
    return endpoint, _shown(secret)


def load_endpoint(session: Session, issuer_id: str, id_: str) -> WebhookEndpoint:
    """One address of the issuer; raises NotFound."""
    endpoint = session.get(WebhookEndpoint, id_) if is_row_id(id_) else None
    if endpoint is None or endpoint.issuer_id != issuer_id:
        raise NotFound("not_found", "There is no such webhook.")
    return endpoint


def list_endpoints(
    session: Session, issuer_id: str, *, limit: int, cursor: str | None
) -> Page[WebhookEndpoint]:
    """The issuer's addresses, newest first; raises NotFound for an unknown issuer."""
    load_issuer(session, issuer_id)
    query = select(WebhookEndpoint).where(WebhookEndpoint.issuer_id == issuer_id)
    return list_page(
        session, query, WebhookEndpoint.created_at, WebhookEndpoint.id, limit=limit, cursor=cursor
    )


def change_endpoint(
    session: Session,
    settings: Settings,
    endpoint: WebhookEndpoint,
    changes: dict[str, object],
    *,
    now: datetime,
    actor: str,
) -> None:
    """Give it the members of `changes`: `url`, `events`, `description`, `enabled`.

    Enabling forgets the failures; what came meanwhile waits among the dead letters. Disabling
    makes dead letters of what is pending. Raises InvalidRequest.
    """
    if "url" in changes:
        endpoint.url = _checked_url(settings, changes["url"])
    if "events" in changes:
        endpoint.events = _checked_events(changes["events"])
    if "description" in changes:
        endpoint.description = _checked_description(changes["description"])
    if changes.get("enabled") is True:
        endpoint.failing_since = endpoint.disabled_at = endpoint.disabled_reason = None
    elif changes.get("enabled") is False and endpoint.disabled_at is None:
        disable_endpoint(session, endpoint, ASKED, now=now, actor=actor)
    session.flush()
    note_deed(session, endpoint, "webhook.changed", now=now, actor=actor, members=sorted(changes))


def disable_endpoint(
    session: Session, endpoint: WebhookEndpoint, reason: str, *, now: datetime, actor: str
) -> None:
    """Send nothing there any more; what was still to be sent is kept as dead letters."""
    endpoint.disabled_at = now
    endpoint.disabled_reason = reason
    session.flush()  # the address is locked before its things, here as in app.jobs.outbox
    session.execute(
        update(OutboxItem)
        .where(OutboxItem.endpoint_id == endpoint.id, OutboxItem.state == PENDING)
        .values(state=DEAD, finished_at=now, problem="webhook_disabled")
    )
    note_deed(session, endpoint, "webhook.disabled", now=now, actor=actor, reason=reason)


def remove_endpoint(
    session: Session, endpoint: WebhookEndpoint, *, now: datetime, actor: str
) -> None:
    """Forget an address, with its secret and everything that was to be sent there."""
    session.refresh(endpoint, with_for_update=True)  # nothing new is put into the outbox for it
    session.execute(delete(OutboxItem).where(OutboxItem.endpoint_id == endpoint.id))
    note_deed(session, endpoint, "webhook.removed", now=now, actor=actor)
    session.delete(endpoint)
    session.flush()


def rotate_secret(
    session: Session, key_store: KeyStore, endpoint: WebhookEndpoint, *, now: datetime, actor: str
) -> str:
    """A new secret, shown this once; for `OVERLAP` the one before signs as well."""
    secret = secrets.token_bytes(_SECRET_BYTES)
    endpoint.previous_secret = endpoint.secret
    endpoint.previous_secret_until = now + OVERLAP
    endpoint.secret = seal(key_store, secret, place=_place(endpoint.id))
    session.flush()
    note_deed(session, endpoint, "webhook.secret_rotated", now=now, actor=actor)
    return _shown(secret)


def signing_secrets(
    key_store: KeyStore, endpoint: WebhookEndpoint, *, now: datetime
) -> tuple[bytes, ...]:
    """The secrets to sign with now, the newest first; raises KeyStoreError."""
    sealed = [endpoint.secret]
    until = endpoint.previous_secret_until
    if endpoint.previous_secret is not None and until is not None and now < until:
        sealed.append(endpoint.previous_secret)
    return tuple(unseal(key_store, each, place=_place(endpoint.id)) for each in sealed)


def _shown(secret: bytes) -> str:
    return _PREFIX + base64.b64encode(secret).decode("ascii")


def _place(endpoint_id: str) -> str:
    return f"webhook_endpoints/{endpoint_id}"


def _checked_url(settings: Settings, url: object) -> str:
    try:
        parse_webhook_address(str(url), loopback=settings.webhook_loopback)
    except CheckUndecided as error:
        raise InvalidRequest("bad_url", error.detail, field="/url") from None
    return str(url)


def _checked_events(events: object) -> str | None:
    if events is None:
        return None
    chosen = sorted(set(events)) if isinstance(events, list | tuple) else []
    if not chosen or not EVENTS.keys() >= set(chosen):
        raise InvalidRequest(
            "bad_value",
            f"Name one or more of {', '.join(EVENTS)}, or leave it out for all of them.",
            field="/events",
        )
    return " ".join(chosen)


def _checked_description(description: object) -> str | None:
    if description is None:
        return None
    text = str(description)
    if len(text) > DESCRIPTION_LENGTH or not text.isprintable():
        raise InvalidRequest(
            "bad_value",
            f"A description is one line of at most {DESCRIPTION_LENGTH} characters.",
            field="/description",
        )
    return text
