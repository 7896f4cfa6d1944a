"""Issuers' own definition policies, as bytes that never change, and which one an issuer keeps.

What a policy says is read in `app.policy`; here it is stored. The id is made of what the policy
says, so that storing it twice is storing it once.
"""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.encoding.dates import format_datetime
from app.encoding.jcs import canonicalize_json
from app.encoding.multibase import encode_base64url
from app.encoding.strict_json import JsonObject, dump_json
from app.errors import NotFound
from app.registry import reviews
from app.registry.deeds import note_deed
from app.registry.listing import Page, list_page
from app.registry.row_ids import is_row_id
from app.settings import Settings
from app.storage.audit import append_audit
from app.storage.tables import Achievement, Issuer, Policy

_ID_BYTES = 16


def policy_url(settings: Settings, id_: str) -> str:
    """The public address of a policy, which is the `id` in its document."""
    return f"{settings.public_url}/policies/{id_}"


def policy_digest(document: bytes) -> str:
    """The digest of a policy's bytes, as Subresource Integrity writes it."""
    return f"sha384-{b64encode(hashlib.sha384(document).digest()).decode('ascii')}"


def store_policy(
    session: Session,
    settings: Settings,
    issuer: Issuer,
    definition: JsonObject,
    *,
    now: datetime,
    actor: str,
) -> Policy:
    """Store a policy that was read without fault; the same one again is the row that is there.

    Without a `version` it is given the next number.
    """
    content = canonicalize_json([issuer.id, definition])
    id_ = encode_base64url(hashlib.sha256(content).digest()[:_ID_BYTES])
    stored = session.get(Policy, id_)
    if stored is not None:
        return stored
    count = session.scalars(
        select(func.count()).select_from(Policy).where(Policy.issuer_id == issuer.id)
    ).one()
    document = {
        "id": policy_url(settings, id_),
        "type": "DefinitionPolicy",
        "version": str(count + 1),
        "validFrom": format_datetime(now),
        **definition,
    }
    data = dump_json(document)
    policy = Policy(
        id=id_,
        issuer_id=issuer.id,
        label=document["label"],
        version=document["version"],
        digest=policy_digest(data),
        document=data,
        created_at=now,
    )
    session.add(policy)
    session.flush()
    details = {"digest": policy.digest, "version": policy.version}
    note_deed(session, policy, "policy.created", now=now, actor=actor, **details)
    return policy


def load_stored_policy(session: Session, id_: str) -> Policy:
    """One issuer's own policy; raises NotFound."""
    policy = session.get(Policy, id_) if is_row_id(id_) else None
    if policy is None:
        raise NotFound("not_found", "There is no such policy.")
    return policy


def list_policies(
    session: Session, issuer_id: str | None, *, limit: int, cursor: str | None
) -> Page[Policy]:
    """An issuer's own policies, or those of all, the newest first."""
    query = select(Policy)
    if issuer_id is not None:
        query = query.where(Policy.issuer_id == issuer_id)
    return list_page(session, query, Policy.created_at, Policy.id, limit=limit, cursor=cursor)


def keepers_of_policy(session: Session, id_: str, *, limit: int) -> Sequence[Issuer]:
    """The issuers that keep this policy now, so many of them at most."""
    query = select(Issuer).where(Issuer.policy_id == id_).order_by(Issuer.id).limit(limit)
    return session.scalars(query).all()


def choose_policy(
    session: Session, issuer: Issuer, id_: str, digest: str, *, now: datetime, actor: str
) -> None:
    """Let the issuer keep this policy from now on; choosing it again changes nothing."""
    if issuer.policy_id == id_:
        return
    former, issuer.policy_id = issuer.policy_id, id_
    session.flush()
    append_audit(
        session,
        at=now,
        actor=actor,
        action="policy.chosen",
        issuer_id=issuer.id,
        subject=id_,
        details={"digest": digest, "former": former},
    )


def remove_policy(session: Session, issuer: Issuer, *, now: datetime, actor: str) -> None:
    """Let the issuer keep no policy from now on; doing it again changes nothing.

    What was published under the policy is still issued under it. What is not published yet cannot
    be any more (`app.issuing.publishing`): it was drafted to be held against it.
    """
    former, issuer.policy_id = issuer.policy_id, None
    if former is None:
        return
    session.flush()
    waiting = select(func.count()).select_from(Achievement)
    waiting = waiting.where(
        Achievement.issuer_id == issuer.id, Achievement.state.in_(reviews.UNPUBLISHED)
    )
    append_audit(
        session,
        at=now,
        actor=actor,
        action="policy.removed",
        issuer_id=issuer.id,
        subject=former,
        details={"unpublished": session.scalars(waiting).one()},
    )
