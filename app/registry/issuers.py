"""Issuers hosted here: a slug for addresses, a DID for signatures, an OB 3.0 Profile to show."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.credentials.definitions import validate_profile
from app.encoding.strict_json import JsonObject
from app.errors import Conflict, InvalidRequest, NotFound
from app.keys.signer import KeyStore
from app.proofs.data_integrity import CRYPTOSUITES
from app.registry.keys import KEY_TYPES, create_initial_keys
from app.registry.listing import Page, list_page
from app.settings import Settings
from app.storage.audit import append_audit
from app.storage.statements import ReadyStatement
from app.storage.tables import Issuer

DID_METHODS = ("web", "key")
DEFAULT_CRYPTOSUITE = "eddsa-rdfc-2022"

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

_HELD = ReadyStatement(
    select(Issuer).where(Issuer.id == bindparam("slug")).with_for_update(read=True, key_share=True)
)


def create_issuer(
    session: Session,
    key_store: KeyStore,
    settings: Settings,
    *,
    slug: str,
    profile: JsonObject,
    did_method: str,
    now: datetime,
    actor: str,
    cryptosuite: str = DEFAULT_CRYPTOSUITE,
    key_types: Sequence[str] = KEY_TYPES,
) -> Issuer:
    """Make an issuer with its DID and its first keys.

    `profile` holds OB 3.0 Profile members without id; `cryptosuite` is the one its proofs are made
    by. Raises InvalidRequest for what is not well formed, Conflict (`already_exists`) for a slug
    that is taken.
    """
    if not _SLUG.fullmatch(slug):
        raise InvalidRequest(
            "bad_value",
            "An issuer's id has 1 to 63 small letters, digits and hyphens, no hyphen first.",
            field="/id",
        )
    if did_method not in DID_METHODS:
        raise InvalidRequest("bad_value", "A DID is of the method web or key.", field="/did")
    if cryptosuite not in CRYPTOSUITES:
        raise InvalidRequest(
            "unknown_cryptosuite",
            f"Proofs are made by one of {', '.join(CRYPTOSUITES)}.",
            field="/cryptosuite",
        )
    issuer = Issuer(
        id=slug,
        did="",  # the keys give it: a did:key is its key
        did_method=did_method,
        cryptosuite=cryptosuite,
        profile=_stored(profile),
        created_at=now,
        updated_at=now,
    )
    try:
        with session.begin_nested():
            create_initial_keys(
                session, key_store, issuer, settings, now=now, actor=actor, key_types=key_types
            )
    except IntegrityError:
        if session.get(Issuer, slug) is None:
            raise  # another constraint: a fault of ours, not a slug that is taken
        raise Conflict(
            "already_exists", f"There is an issuer with the id {slug} already.", field="/id"
        ) from None
    append_audit(
        session,
        at=now,
        actor=actor,
        action="issuer.created",
        issuer_id=slug,
        subject=issuer.did,
        details={},
    )
    return issuer


def load_issuer(session: Session, slug: str) -> Issuer:
    """The issuer of this slug; raises NotFound."""
    issuer = session.get(Issuer, slug) if _SLUG.fullmatch(slug) else None
    if issuer is None:
        raise NotFound("not_found", "There is no such issuer.")
    return issuer


def hold_issuer(session: Session, slug: str) -> Issuer:
    """The issuer of this slug, its keys held (`app.registry.keys.hold_keys`); raises NotFound.

    To be read only: what is changed in the object is not written.
    """
    found = _HELD.objects(session, Issuer, slug=slug) if _SLUG.fullmatch(slug) else []
    if not found:
        raise NotFound("not_found", "There is no such issuer.")
    return found[0]


def list_issuers(session: Session, *, limit: int, cursor: str | None) -> Page[Issuer]:
    """The issuers hosted here, newest first."""
    return list_page(
        session, select(Issuer), Issuer.created_at, Issuer.id, limit=limit, cursor=cursor
    )


def update_issuer(
    session: Session, issuer: Issuer, changes: JsonObject, *, now: datetime, actor: str
) -> Issuer:
    """Change members of the profile: a value replaces one, null removes it (RFC 7396, top level).

    Credentials that were issued keep the profile they were signed with.
    """
    members = {**issuer.profile, **changes}
    kept = {name: value for name, value in members.items() if value is not None}
    issuer.profile = _stored(kept)
    issuer.updated_at = now
    session.flush()
    append_audit(
        session,
        at=now,
        actor=actor,
        action="issuer.updated",
        issuer_id=issuer.id,
        subject=issuer.did,
        details={"members": sorted(changes)},
    )
    return issuer


def issuer_profile(issuer: Issuer) -> JsonObject:
    """The issuer as an OB 3.0 Profile, as it stands in credentials signed from now on."""
    return {"id": issuer.did, "type": ["Profile"], **issuer.profile}


def _stored(profile: JsonObject) -> JsonObject:
    checked = validate_profile(profile)
    return {name: value for name, value in checked.items() if name != "type"}
