"""Looking over everything that is stored: what was issued, and what it needs to stay checkable.

`app.issuing.fsck` reads credentials and status lists again; here come the things around them: the
private keys that still have to sign, the pictures, and the achievements that credentials name.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.encoding.strict_json import parse_object
from app.errors import KeyStoreError, SignetError
from app.issuing.desk import IssuingDesk
from app.issuing.fsck import Discrepancy, check_records
from app.registry.achievements import achievement_url
from app.registry.keys import ACTIVE
from app.storage.tables import Achievement, Credential, Image, Issuer, Key

BATCH = 100


def count_credentials(session: Session) -> int:
    """How many credentials `check_everything` will read."""
    return session.scalars(select(func.count()).select_from(Credential)).one()


def check_everything(
    session: Session, desk: IssuingDesk, *, now: datetime, progress: Callable[[int], None]
) -> Iterator[Discrepancy]:
    """Everything that is not as it should be; nothing is changed.

    `progress` is told how many credentials have been read so far.
    """
    yield from _key_faults(session, desk)
    yield from _image_faults(session)
    yield from _achievement_faults(session, desk)
    yield from check_records(session, desk, now=now, progress=progress)


def _key_faults(session: Session, desk: IssuingDesk) -> Iterator[Discrepancy]:
    """Whether the private half of every active key is there to sign with."""
    for key in session.scalars(select(Key).where(Key.state == ACTIVE).order_by(Key.id)):
        try:
            signer = desk.signer(session.get_one(Issuer, key.issuer_id), key)
        except KeyStoreError as error:
            yield Discrepancy("keys", key.id, error.code, error.detail)
        else:
            if signer.public_key.to_multikey() != key.public_key_multibase:
                detail = "the private key in the key store is not the one on record"
                yield Discrepancy("keys", key.id, "wrong_key", detail)


def _image_faults(session: Session) -> Iterator[Discrepancy]:
    query = select(Image).order_by(Image.id).execution_options(yield_per=BATCH)
    for image in session.scalars(query):
        if hashlib.sha256(image.data).hexdigest() != image.id:
            detail = "the picture is not the one that was uploaded"
            yield Discrepancy("images", image.id, "wrong_picture", detail)


def _achievement_faults(session: Session, desk: IssuingDesk) -> Iterator[Discrepancy]:
    query = select(Achievement).order_by(Achievement.id).execution_options(yield_per=BATCH)
    for achievement in session.scalars(query):
        try:
            document = parse_object(achievement.document)
        except SignetError as error:
            yield Discrepancy("achievements", achievement.id, error.code, error.detail)
            continue
        url = achievement_url(desk.settings, achievement.id)
        if (document.get("id"), document.get("name")) != (url, achievement.name):
            detail = "its document has another id or name than its row"
            yield Discrepancy("achievements", achievement.id, "columns_differ", detail)
