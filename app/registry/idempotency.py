"""The stored answer to a creating request, so that repeating it is safe.

The row is claimed, filled and committed in the transaction that creates the thing: both exist or
neither does. A second request with the same key waits for the first one's transaction (on the row
in PostgreSQL, for the writer's lock in SQLite) and then finds the answer. A request that failed
left nothing, so its key may be used again. Answers are kept for a time; the keys stay for good.

Answers are sealed with the secret of the API key that asked: the table holds no second copy of
credentials, nor a newly made API key, in a form that a reader of the database could use.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import Fernet
from sqlalchemy import bindparam, select, tuple_, update
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.registry.api_keys import Caller
from app.storage.insertion import insert_if_absent
from app.storage.statements import ReadyStatement
from app.storage.tables import HAS_ANSWER, IdempotencyKey

_STORE = ReadyStatement(
    update(IdempotencyKey)
    .where(
        IdempotencyKey.api_key_id == bindparam("asked_by"),
        IdempotencyKey.key == bindparam("asked_with"),
    )
    .values(
        status_code=bindparam("status_code"), location=bindparam("location"), body=bindparam("body")
    )
)


@dataclass(frozen=True)
class Answer:
    """What a creating request is answered with, ready to be sent again byte for byte."""

    status_code: int
    body: bytes
    location: str | None


def request_hash(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same."""
    head = f"{method} {path}\n".encode()
    return hashlib.sha256(head + body).hexdigest()


def find_or_claim(
    session: Session, caller: Caller, key: str, request: str, *, now: datetime
) -> Answer | None:
    """The stored answer, or None when the caller is the first and must create and `store_answer`.

    `request` is its `request_hash`. Raises Conflict: `idempotency_key_reused` when the key was used
    for another request, `answer_gone` when it was for this one, too long ago.
    """
    claimed = insert_if_absent(
        session,
        IdempotencyKey,
        api_key_id=caller.api_key_id,
        key=key,
        request_hash=request,
        status_code=0,
        location=None,
        body=b"",
        created_at=now,
    )
    if claimed:
        return None
    stored = session.get_one(IdempotencyKey, (caller.api_key_id, key))
    if stored.request_hash != request:
        raise Conflict(
            "idempotency_key_reused",
            "This Idempotency-Key was sent with another request before; use a new one.",
            field="Idempotency-Key",
        )
    if not stored.body:
        raise Conflict(
            "answer_gone",
            f"This request was carried out on {stored.created_at:%F}, and its answer is not kept "
            f"any longer.{f' What it made: {stored.location}' if stored.location else ''}",
            field="Idempotency-Key",
        )
    return Answer(stored.status_code, _seal_of(caller).decrypt(stored.body), stored.location)


def store_answer(session: Session, caller: Caller, key: str, answer: Answer) -> None:
    """Keep the answer to the request that claimed the key."""
    _STORE.rows(
        session,
        asked_by=caller.api_key_id,
        asked_with=key,
        status_code=answer.status_code,
        location=answer.location,
        body=_seal_of(caller).encrypt(answer.body),
    )


def forget_answers(session: Session, *, before: datetime, at_most: int) -> int:
    """Empty answers to requests from before that time, the oldest first; how many there were.

    Their keys stay: the same request again makes nothing new.
    """
    name = (IdempotencyKey.api_key_id, IdempotencyKey.key)
    oldest = (
        select(*name)
        .where(IdempotencyKey.created_at < before, HAS_ANSWER)
        .order_by(IdempotencyKey.created_at)
        .limit(at_most)
    )
    emptied = (
        update(IdempotencyKey)
        .where(tuple_(*name).in_(oldest))
        .values(body=b"")
        .returning(IdempotencyKey.key)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(emptied).all())


def _seal_of(caller: Caller) -> Fernet:
    # The secret has 256 random bits: one hash, with words of its own, makes a key of it.
    digest = hashlib.sha256(b"signet stored answer\0" + caller.secret.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
