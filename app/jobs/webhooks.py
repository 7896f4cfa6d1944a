"""Telling a platform what happened: Standard Webhooks 1.0, signed with a shared secret.

The body names things by their ids and addresses and says nothing of a person; who may know more
asks the API with its key. Receivers know a repeated event by `webhook-id`.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.encoding.dates import format_datetime
from app.encoding.strict_json import JsonObject, dump_json
from app.errors import CheckUndecided
from app.fetch import Post
from app.jobs.attempts import Attempt, Outcome
from app.settings import Settings

TIMEOUT_SECONDS = 10.0
GONE = 410

# Answers that speak of the receiver, not of the event: the others would meet the same.
_OVERLOADED = frozenset({429, 502, 503, 504})

_ADDRESSES: dict[str, str] = {
    "achievement": "/achievements/{id}",
    "award": "/api/v1/issuers/{issuer}/awards/{id}",
    "batch": "/api/v1/issuers/{issuer}/batches/{id}",
    "credential": "/credentials/{id}",
}


@dataclass(frozen=True)
class Receiver:
    """An address and the secrets that sign what goes there, the newest first."""

    url: str
    secrets: tuple[bytes, ...] = field(repr=False)


def deliver_to(
    receiver: Receiver,
    attempts: Sequence[Attempt],
    *,
    post: Post,
    settings: Settings,
    now: datetime,
    late: Callable[[], bool],
) -> list[tuple[Attempt, Outcome]]:
    """Send events to one address, one after the other, and say what became of each.

    When nobody answers there, or it has become late, the rest is not tried: a signature holds its
    time, and receivers refuse one that is minutes old.
    """
    tried: list[tuple[Attempt, Outcome]] = []
    for attempt in attempts:
        if tried and (is_unreachable(tried[-1][1]) or late()):
            break
        outcome = _deliver(receiver, attempt, post=post, settings=settings, now=now)
        tried.append((attempt, outcome))
    return tried


def is_unreachable(outcome: Outcome) -> bool:
    """Whether an attempt failed for a reason that any event would meet at this address."""
    if outcome.problem is None:
        return False
    return outcome.answer is None or outcome.answer in _OVERLOADED | {GONE}


def body_of(settings: Settings, attempt: Attempt) -> bytes:
    """What is sent: the type, when it happened, and the things, each with id and address."""
    things: JsonObject = {
        name: _described(settings, attempt.issuer_id, name, value)
        for name, value in sorted(attempt.things.items())
    }
    return dump_json(
        {
            "type": attempt.event,
            "timestamp": format_datetime(attempt.happened_at),
            "data": {"issuer": attempt.issuer_id, **things},
        }
    )


def signature_headers(
    attempt: Attempt, body: bytes, secrets: Sequence[bytes], *, now: datetime
) -> list[tuple[str, str]]:
    """`webhook-id`, `webhook-timestamp` and `webhook-signature`, one signature for each secret."""
    timestamp = str(int(now.timestamp()))
    signed = f"{attempt.event_id}.{timestamp}.".encode() + body
    signatures = [
        "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode("ascii")
        for secret in secrets
    ]
    return [
        ("webhook-id", attempt.event_id),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", " ".join(signatures)),
    ]


def _described(settings: Settings, issuer_id: str, name: str, value: str) -> JsonObject | str:
    if name not in _ADDRESSES:
        return value
    path = _ADDRESSES[name].format(id=value, issuer=issuer_id)
    return {"id": value, "url": settings.public_url + path}


def _deliver(
    receiver: Receiver, attempt: Attempt, *, post: Post, settings: Settings, now: datetime
) -> Outcome:
    body = body_of(settings, attempt)
    headers = signature_headers(attempt, body, receiver.secrets, now=now)
    try:
        status = post(receiver.url, body, headers)
    except CheckUndecided as error:
        return Outcome(error.code)
    if 200 <= status < 300:
        return Outcome(answer=status)
    return Outcome("webhook_refused", status)
