"""An issuer's keys: made, rotated, retired and revoked.

Private halves live in the key store; here are the public halves and what may be done with them.
A key is never deleted: what it signed must stay checkable. `purpose` is "credentials" or "status"
(a status list is signed at every revocation, a credential once: different risks, different keys),
or "any" for a did:key issuer, whose identifier *is* its one key.

`app.registry.key_documents` shows them to the world. Rotating or revoking the key that signs status
lists needs those lists signed anew: `app.issuing.key_changes` conducts that; the functions here
change the records only.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidRequest, NotFound
from app.keys.did_key import did_key_of
from app.keys.did_web import did_web_of
from app.keys.public_key import PublicKey
from app.keys.signer import KeyStore
from app.registry.deeds import note_deed
from app.registry.row_ids import new_row_id
from app.settings import Settings
from app.storage.tables import Issuer, Key

CREDENTIALS = "credentials"
STATUS = "status"
ANY = "any"

ACTIVE = "active"
RETIRED = "retired"
REVOKED = "revoked"

KEY_TYPES = ("Ed25519", "P-256")
REASON_LENGTH = 1000

_KEY_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def create_initial_keys(
    session: Session,
    key_store: KeyStore,
    issuer: Issuer,
    settings: Settings,
    *,
    now: datetime,
    actor: str,
    key_types: Sequence[str] = KEY_TYPES,
) -> list[Key]:
    """Give a new issuer its DID and its first keys, and store both.

    A did:web issuer gets one credentials key per key type and an Ed25519 key for status lists.
    A did:key issuer gets one Ed25519 key for everything: the key is its name.
    """
    if issuer.did_method == "key":
        signer_uri, public_key = key_store.generate("Ed25519")
        issuer.did = did_key_of(public_key)
        session.add(issuer)
        session.flush()
        return [_add_key(session, issuer, ANY, signer_uri, public_key, now=now, actor=actor)]
    issuer.did = did_web_of(settings.public_url, "issuers", issuer.id)
    session.add(issuer)
    session.flush()
    wanted = [*((CREDENTIALS, key_type) for key_type in key_types), (STATUS, "Ed25519")]
    return [
        _generate_key(session, key_store, issuer, purpose, key_type, now=now, actor=actor)
        for purpose, key_type in wanted
    ]


def keys_of(session: Session, issuer_id: str) -> list[Key]:
    """Every key the issuer ever had, oldest first."""
    query = select(Key).where(Key.issuer_id == issuer_id).order_by(Key.created_at, Key.id)
    return list(session.scalars(query))


def load_key(session: Session, issuer_id: str, name: str) -> Key:
    """One key of the issuer, by its fragment or its row id; raises NotFound."""
    query = select(Key).where(Key.issuer_id == issuer_id, or_(Key.fragment == name, Key.id == name))
    key = session.scalar(query) if _KEY_NAME.fullmatch(name) else None
    if key is None:
        raise NotFound("not_found", "The issuer has no such key.")
    return key


def find_active_key(session: Session, issuer_id: str, purpose: str, key_type: str) -> Key | None:
    """The key that signs for this purpose now, if the issuer has one of this type."""
    query = (
        select(Key)
        .where(
            Key.issuer_id == issuer_id,
            Key.purpose.in_((purpose, ANY)),
            Key.key_type == key_type,
            Key.state == ACTIVE,
        )
        .order_by(Key.created_at.desc(), Key.id)
        .limit(1)
    )
    return session.scalar(query)


def active_key(session: Session, issuer_id: str, purpose: str, key_type: str) -> Key:
    """The key that signs for this purpose now; raises Conflict (`issuer_has_no_key`)."""
    key = find_active_key(session, issuer_id, purpose, key_type)
    if key is None:
        raise Conflict(
            "issuer_has_no_key",
            f"The issuer {issuer_id} has no active {key_type} key for {purpose}; "
            "create one with `signet key create`.",
        )
    return key


def hold_keys(session: Session, issuer_id: str) -> None:
    """Keep the issuer's keys as they are until this transaction ends.

    Whoever signs calls this first. Signers do not wait for each other, only for a change of keys,
    so that nothing is signed with a key that was withdrawn meanwhile. (On SQLite there is one
    writer at a time anyway.)
    """
    query = select(Issuer.id).where(Issuer.id == issuer_id)
    session.scalar(query.with_for_update(read=True, key_share=True))


def lock_keys(session: Session, issuer_id: str) -> None:
    """Let nobody sign for the issuer, or change its keys, until this transaction ends."""
    session.scalar(select(Issuer.id).where(Issuer.id == issuer_id).with_for_update())


def create_key(
    session: Session,
    key_store: KeyStore,
    issuer: Issuer,
    *,
    purpose: str,
    key_type: str,
    now: datetime,
    actor: str,
) -> Key:
    """Give a did:web issuer a key it does not have yet.

    Raises Conflict when there is an active one already (rotate it instead), InvalidRequest for a
    purpose or type we do not know.
    """
    _refuse_did_key(issuer)
    _check_kind(purpose, key_type)
    lock_keys(session, issuer.id)
    if find_active_key(session, issuer.id, purpose, key_type) is not None:
        raise Conflict(
            "already_exists",
            f"The issuer {issuer.id} has an active {key_type} key for {purpose}; rotate it.",
        )
    return _generate_key(session, key_store, issuer, purpose, key_type, now=now, actor=actor)


def rotate_key(
    session: Session,
    key_store: KeyStore,
    issuer: Issuer,
    *,
    purpose: str,
    key_type: str,
    now: datetime,
    actor: str,
) -> Key:
    """Retire the active key and put a new one in its place; what the old one signed stays valid.

    Raises Conflict for a did:key issuer, and when there is no active key to rotate.
    """
    _refuse_did_key(issuer)
    _check_kind(purpose, key_type)
    lock_keys(session, issuer.id)
    _retire(session, active_key(session, issuer.id, purpose, key_type), now=now, actor=actor)
    return _generate_key(session, key_store, issuer, purpose, key_type, now=now, actor=actor)


def retire_key(session: Session, issuer: Issuer, key: Key, *, now: datetime, actor: str) -> Key:
    """Stop signing with an active key; what it signed stays valid.

    Raises Conflict for a did:key issuer, for a key that is not active, and for the status key:
    lists expire, so that one can only be rotated.
    """
    _refuse_did_key(issuer)
    lock_keys(session, issuer.id)
    session.refresh(key)
    if key.purpose == STATUS:
        raise Conflict(
            "key_state",
            "Status lists must be signed again before they expire, so their key cannot be retired "
            "without a successor; rotate it.",
        )
    return _retire(session, key, now=now, actor=actor)


def revoke_key(
    session: Session, issuer: Issuer, key: Key, *, reason: str, now: datetime, actor: str
) -> Key:
    """Withdraw a compromised key: from now on nothing it ever signed verifies.

    A thief dates signatures back, so the date of a signature proves nothing (security.md P11).
    Raises Conflict for a did:key issuer and for a key that is revoked already, InvalidRequest
    without a reason.
    """
    _refuse_did_key(issuer)
    reason = check_reason(reason)
    lock_keys(session, issuer.id)
    session.refresh(key)
    if key.state == REVOKED:
        raise Conflict("key_state", f"The key {key.fragment} is revoked already.")
    key.state = REVOKED
    key.revoked_at = now
    key.reason = reason
    session.flush()
    details = {"fragment": key.fragment, "purpose": key.purpose, "reason": reason}
    note_deed(session, key, "key.revoked", now=now, actor=actor, **details)
    return key


def check_reason(reason: str) -> str:
    """The reason for a withdrawal, trimmed.

    Raises InvalidRequest when it is missing, too long, or holds control characters: they would
    garble the lists that people read, and PostgreSQL cannot store NUL.
    """
    reason = reason.strip()
    if not reason:
        raise InvalidRequest("missing_member", "Say why, in a sentence.", field="/reason")
    if len(reason) > REASON_LENGTH:
        raise InvalidRequest(
            "too_large", f"The reason may have {REASON_LENGTH} characters.", field="/reason"
        )
    if _CONTROL.search(reason):
        raise InvalidRequest("bad_string", "The reason holds control characters.", field="/reason")
    return reason


def _generate_key(
    session: Session,
    key_store: KeyStore,
    issuer: Issuer,
    purpose: str,
    key_type: str,
    *,
    now: datetime,
    actor: str,
) -> Key:
    signer_uri, public_key = key_store.generate(key_type)
    return _add_key(session, issuer, purpose, signer_uri, public_key, now=now, actor=actor)


def _add_key(
    session: Session,
    issuer: Issuer,
    purpose: str,
    signer_uri: str,
    public_key: PublicKey,
    *,
    now: datetime,
    actor: str,
) -> Key:
    multikey = public_key.to_multikey()
    key = Key(
        id=new_row_id(),
        issuer_id=issuer.id,
        fragment=multikey,
        purpose=purpose,
        key_type=public_key.key_type,
        public_key_multibase=multikey,
        signer_uri=signer_uri,
        state=ACTIVE,
        created_at=now,
    )
    session.add(key)
    session.flush()
    details = {"fragment": key.fragment, "purpose": purpose, "key_type": key.key_type}
    note_deed(session, key, "key.created", now=now, actor=actor, **details)
    return key


def _retire(session: Session, key: Key, *, now: datetime, actor: str) -> Key:
    if key.state != ACTIVE:
        raise Conflict("key_state", f"The key {key.fragment} is {key.state} already.")
    key.state = RETIRED
    key.retired_at = now
    session.flush()
    details = {"fragment": key.fragment, "purpose": key.purpose}
    note_deed(session, key, "key.retired", now=now, actor=actor, **details)
    return key


def _refuse_did_key(issuer: Issuer) -> None:
    if issuer.did_method == "key":
        raise Conflict(
            "did_key_is_its_key",
            "A did:key issuer is named by its one key: another key would be another issuer, and "
            "nobody could learn that the old one was withdrawn. Create a did:web issuer instead.",
        )


def _check_kind(purpose: str, key_type: str) -> None:
    if purpose not in {CREDENTIALS, STATUS}:
        raise InvalidRequest(
            "bad_value", "A key is for credentials or for status.", field="/purpose"
        )
    if key_type not in KEY_TYPES or (purpose == STATUS and key_type != "Ed25519"):
        raise InvalidRequest(
            "bad_value",
            "Credentials are signed with Ed25519 or P-256 keys, status lists with Ed25519.",
            field="/key_type",
        )
