"""Looking over everything that is stored: does it still say what it said, and can it be served?

Every credential is verified again from its stored bytes with the key on record, every status list
likewise, and both against the columns and bits beside them. Nothing is changed.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.encoding.strict_json import JsonObject, parse_object
from app.errors import SignetError
from app.issuing.desk import IssuingDesk
from app.issuing.records import DocumentFacts, facts_of
from app.issuing.signing import verify_signed, verify_signed_jwt
from app.proofs.data_integrity import proofs_of
from app.proofs.profiles import OPEN_BADGE, VC
from app.proofs.vc_jose import read_jws
from app.registry.keys import ACTIVE, load_key
from app.status.bitstring import bit_at, expand_list
from app.storage.database import Database
from app.storage.tables import Achievement, Credential, Image, Issuer, Key, StatusList

BATCH = 100


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it should be: what it is about, its id, and a plain sentence."""

    kind: str
    id: str
    detail: str


Look = Callable[[Session, IssuingDesk, Any, datetime], Iterator[str]]


def count_records(database: Database) -> int:
    """How many records `check_records` will look at."""
    with database.read() as session:
        return sum(
            session.scalars(select(func.count()).select_from(table)).one() for _, table, _ in _KINDS
        )


def check_records(
    database: Database, desk: IssuingDesk, *, now: datetime
) -> Iterator[tuple[Fault, ...]]:
    """Look at every record, a hundred per transaction; what is wrong with each, mostly nothing."""
    for kind, table, look in _KINDS:
        after = ""
        while True:
            with database.read() as session:
                query = select(table).where(table.id > after).order_by(table.id).limit(BATCH)
                rows = session.scalars(query).all()
                found = [_faults(kind, look, session, desk, row, now) for row in rows]
                after = rows[-1].id if rows else after
            yield from found
            if len(rows) < BATCH:
                break


def _faults(
    kind: str, look: Look, session: Session, desk: IssuingDesk, row: Any, now: datetime
) -> tuple[Fault, ...]:
    details: list[str] = []
    try:
        details.extend(look(session, desk, row, now))
    except SignetError as error:
        details.append(error.detail)
    return tuple(Fault(kind, row.id, detail) for detail in details)


def _look_at_key(session: Session, desk: IssuingDesk, key: Key, now: datetime) -> Iterator[str]:
    """Raises KeyStoreError when an active key's private half is not there to sign with."""
    if key.state == ACTIVE:
        signer = desk.signer(session.get_one(Issuer, key.issuer_id), key)
        if signer.public_key.to_multikey() != key.public_key_multibase:
            yield "the private key in the key store is not the one on record"


def _look_at_image(
    session: Session, desk: IssuingDesk, image: Image, now: datetime
) -> Iterator[str]:
    if hashlib.sha256(image.data).hexdigest() != image.id:
        yield "the picture is not the one that was uploaded"


def _look_at_achievement(
    session: Session, desk: IssuingDesk, achievement: Achievement, now: datetime
) -> Iterator[str]:
    document = parse_object(achievement.document)
    if not str(document.get("id")).endswith(f"/achievements/{achievement.id}"):
        yield "the stored document has another id"
    if document.get("name") != achievement.name:
        yield "the name in the list is not the one in the document"


def _look_at_list(
    session: Session, desk: IssuingDesk, row: StatusList, now: datetime
) -> Iterator[str]:
    issuer = session.get_one(Issuer, row.issuer_id)
    published = parse_object(row.document)
    method = str(proofs_of(published)[0].get("verificationMethod"))
    key = load_key(session, issuer.id, method.partition("#")[2])
    document = verify_signed(desk, issuer, key, row.document, VC)
    if expand_list(document["credentialSubject"]["encodedList"]) != row.bits:
        yield "the published list does not show the stored bits"
    revoked = select(func.count()).where(
        Credential.status_list_id == row.id, Credential.revoked.is_(True)
    )
    if int.from_bytes(row.bits, "big").bit_count() != session.scalars(revoked).one():
        yield "the number of bits set is not the number of revoked credentials"
    if row.valid_until <= now:
        yield "the published list is out of date; run `signet worker --once`"


def _look_at_credential(
    session: Session, desk: IssuingDesk, row: Credential, now: datetime
) -> Iterator[str]:
    issuer = session.get_one(Issuer, row.issuer_id)
    profile = VC if row.achievement_id is None else OPEN_BADGE
    key = session.get_one(Key, row.key_id)
    document = verify_signed(desk, issuer, key, row.document, profile)
    if facts_of(document) != DocumentFacts(row.credential_id, row.valid_from, row.valid_until):
        yield "the id or dates in the list are not those in the document"
    if not _names_entry(document, row):
        yield "the document names another entry of a status list than the one on record"
    bits = session.get_one(StatusList, row.status_list_id).bits
    if bit_at(bits, row.status_list_index) != row.revoked:
        yield "the status list and the record disagree about whether it is revoked"
    if row.jwt is not None:
        kid = str(read_jws(row.jwt).header.get("kid"))
        token_key = load_key(session, issuer.id, kid.rpartition("/")[2])
        if verify_signed_jwt(desk, issuer, token_key, row.jwt) != document:
            yield "the token does not say what the document says"


def _names_entry(document: JsonObject, row: Credential) -> bool:
    listed = document.get("credentialStatus")
    entries = listed if isinstance(listed, list) else [listed]
    return any(
        isinstance(entry, dict)
        and str(entry.get("statusListCredential")).endswith(f"/status/{row.status_list_id}")
        and entry.get("statusListIndex") == str(row.status_list_index)
        for entry in entries
    )


_KINDS: tuple[tuple[str, Any, Look], ...] = (
    ("key", Key, _look_at_key),
    ("image", Image, _look_at_image),
    ("achievement", Achievement, _look_at_achievement),
    ("status list", StatusList, _look_at_list),
    ("credential", Credential, _look_at_credential),
)
