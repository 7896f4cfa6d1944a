"""API keys: `id.secret`, of which only a hash is kept.

The secret starts with `signet_`, so that scanners of public repositories can find a leaked key.
It has 256 random bits, so one round of SHA-256 is enough: there is nothing to guess.

A key belongs to one issuer, or to nobody: then it is an administrator's and covers everything.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from app.errors import InvalidRequest, NotAuthenticated, NotAuthorized, NotFound
from app.registry.deeds import note_deed
from app.registry.issuers import load_issuer
from app.registry.listing import Page, list_page
from app.registry.row_ids import is_row_id, new_row_id
from app.storage.database import Database
from app.storage.statements import ReadyStatement
from app.storage.tables import ApiKey

SCOPES: dict[str, str] = {
    "issuers:write": "change the issuer's profile and upload its images",
    "achievements:write": "define achievements and pathways, and new versions of them",
    "credentials:issue": "issue credentials, and sign given ones",
    "credentials:read": "list the issuer's credentials",
    "credentials:revoke": "revoke credentials",
    "notifications:write": "set webhooks and mail to learners, and see what became of them",
}
"""What a key may be allowed to do; an administrator's key may do all of it for every issuer."""

LABEL_LENGTH = 200

# How exactly the last use is known; every request would be a write otherwise.
USE_RESOLUTION = timedelta(minutes=1)

_PRESENTED = re.compile(r"([A-Za-z0-9_-]{22})\.(signet_[A-Za-z0-9_-]{43})")
_NO_SUCH_HASH = "0" * 64

_KEY = ReadyStatement(
    select(
        ApiKey.secret_hash, ApiKey.issuer_id, ApiKey.scopes, ApiKey.last_used_at, ApiKey.revoked_at
    ).where(ApiKey.id == bindparam("id"))
)


@dataclass(frozen=True)
class Caller:
    """Who is asking: a valid API key, and what it covers.

    `secret` is what they presented; it seals the answers stored for them
    (`app.registry.idempotency`) and is never stored, shown or logged.
    """

    api_key_id: str
    issuer_id: str | None
    scopes: frozenset[str]
    secret: str = field(repr=False)
    last_used_at: datetime | None = None

    @property
    def actor(self) -> str:
        """The name that stands in the audit table."""
        return f"api-key:{self.api_key_id}"

    @property
    def is_administrator(self) -> bool:
        """Whether the key belongs to no issuer and so covers all of them."""
        return self.issuer_id is None

    def use_is_stale(self, now: datetime) -> bool:
        """Whether the last use that is shown is old enough to be worth a write."""
        return self.last_used_at is None or self.last_used_at <= now - USE_RESOLUTION

    def require_issuer(self, issuer_id: str) -> None:
        """Raise NotFound for another issuer's things: the caller may not know that they exist."""
        if self.issuer_id not in {None, issuer_id}:
            raise NotFound("not_found", "There is no such thing.")

    def require_scope(self, *scopes: str) -> None:
        """Raise NotAuthorized unless the key covers one of the actions."""
        if not self.is_administrator and self.scopes.isdisjoint(scopes):
            wanted = " or ".join(scopes)
            raise NotAuthorized("not_authorized", f"This needs a key with the scope {wanted}.")

    def require_administrator(self) -> None:
        """Raise NotAuthorized unless the key is an administrator's."""
        if not self.is_administrator:
            raise NotAuthorized("not_authorized", "This needs an administrator's key.")


def create_api_key(
    session: Session,
    *,
    issuer_id: str | None,
    scopes: Collection[str],
    label: str | None,
    now: datetime,
    actor: str,
) -> tuple[ApiKey, str]:
    """Make a key and return it with its `id.secret`, which cannot be shown again.

    `issuer_id` None makes an administrator's key, which takes no scopes since it has them all.
    Raises NotFound for an unknown issuer, InvalidRequest for scopes that do not fit.
    """
    if issuer_id is not None:
        load_issuer(session, issuer_id)
    if label is not None and (len(label) > LABEL_LENGTH or not label.isprintable()):
        raise InvalidRequest(
            "bad_value",
            f"A label is one line of at most {LABEL_LENGTH} characters.",
            field="/label",
        )
    secret = "signet_" + secrets.token_urlsafe(32)
    key = ApiKey(
        id=new_row_id(),
        secret_hash=_hash(secret),
        issuer_id=issuer_id,
        scopes=" ".join(_checked_scopes(issuer_id, scopes)),
        label=label,
        created_at=now,
    )
    session.add(key)
    session.flush()
    note_deed(session, key, "api_key.created", now=now, actor=actor, scopes=key.scopes.split())
    return key, f"{key.id}.{secret}"


def authenticate(database: Database, bearer: str) -> Caller:
    """The caller who holds this `id.secret`; raises NotAuthenticated, not saying what is wrong.

    A single look, outside any transaction: strangers never hold the writer's lock, and a key that
    was revoked is refused from the next request on.
    """
    presented = _PRESENTED.fullmatch(bearer)
    id_, secret = presented.groups() if presented else ("", "")
    key = database.look(_KEY, id=id_) if presented else None
    # An unknown id costs the same comparison as a known one.
    expected, issuer_id, scopes, last_used_at, revoked_at = key or (_NO_SUCH_HASH, *[None] * 4)
    matches = hmac.compare_digest(_hash(secret), expected)
    if not matches or key is None or revoked_at is not None:
        raise NotAuthenticated("not_authenticated", "Send the key of this service as a bearer.")
    return Caller(id_, issuer_id, frozenset(scopes.split()), secret, last_used_at)


def note_use(session: Session, caller: Caller, now: datetime) -> None:
    """Remember when a key was last used; of many at once, one writes."""
    session.execute(
        update(ApiKey)
        .where(
            ApiKey.id == caller.api_key_id,
            or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= now - USE_RESOLUTION),
        )
        .values(last_used_at=now)
    )


def list_api_keys(
    session: Session, *, issuer_id: str | None = None, limit: int = 100, cursor: str | None = None
) -> Page[ApiKey]:
    """The keys of one issuer, or all of them, newest first; revoked ones stay in the list.

    Raises NotFound for an unknown issuer.
    """
    query = select(ApiKey)
    if issuer_id is not None:
        load_issuer(session, issuer_id)
        query = query.where(ApiKey.issuer_id == issuer_id)
    return list_page(session, query, ApiKey.created_at, ApiKey.id, limit=limit, cursor=cursor)


def revoke_api_key(session: Session, api_key_id: str, *, now: datetime, actor: str) -> ApiKey:
    """Withdraw a key for good; doing it again changes nothing. Raises NotFound."""
    key = session.get(ApiKey, api_key_id) if is_row_id(api_key_id) else None
    if key is None:
        raise NotFound("not_found", "There is no such API key.")
    if key.revoked_at is None:
        key.revoked_at = now
        session.flush()
        note_deed(session, key, "api_key.revoked", now=now, actor=actor)
    return key


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _checked_scopes(issuer_id: str | None, scopes: Collection[str]) -> list[str]:
    if issuer_id is None:
        if scopes:
            raise InvalidRequest(
                "bad_value",
                "An administrator's key has every scope; leave the scopes out.",
                field="/scopes",
            )
        return []
    unknown = sorted(set(scopes) - SCOPES.keys())
    if unknown or not scopes:
        raise InvalidRequest(
            "bad_value", f"Name one or more of the scopes {', '.join(SCOPES)}.", field="/scopes"
        )
    return sorted(set(scopes))
