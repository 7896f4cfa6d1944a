"""Looking over everything that is stored: what was issued, and what it needs to stay checkable.

`app.issuing.fsck` reads credentials and status lists again; here come the things around them: the
private keys that still have to sign, the pictures, and the achievements, policies and pathways that
credentials name.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.encoding.strict_json import parse_object
from app.errors import KeyStoreError, NotFound, SignetError
from app.issuing.desk import IssuingDesk
from app.issuing.fsck import Discrepancy, Fault, check_records, place_faults
from app.issuing.policies import find_policy
from app.jsonld.contexts import digest_sri
from app.pathways.records import pathway_url
from app.registry.achievements import achievement_url
from app.registry.keys import ACTIVE
from app.registry.policies import policy_url
from app.storage.tables import Achievement, Credential, Image, Issuer, Key, Pathway, Policy

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
    yield from _published_faults(session, desk)
    yield from _policy_choices(session, desk)
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


Published = Achievement | Policy | Pathway
Row = TypeVar("Row", Achievement, Policy, Pathway)


def _published_faults(session: Session, desk: IssuingDesk) -> Iterator[Discrepancy]:
    """Whether what credentials name by an address, and a digest, is still what was published."""
    rows: tuple[Iterator[Published], ...] = (
        _rows(session, Achievement),
        _rows(session, Policy),
        _rows(session, Pathway),
    )
    for row in chain.from_iterable(rows):
        for code, detail in _document_faults(desk, row):
            yield Discrepancy(row.__tablename__, row.id, code, detail)


def _rows(session: Session, table: type[Row]) -> Iterator[Row]:
    yield from session.scalars(select(table).order_by(table.id).execution_options(yield_per=BATCH))


def _document_faults(desk: IssuingDesk, row: Published) -> Iterator[Fault]:
    try:
        document = parse_object(row.document)
    except SignetError as error:
        yield error.code, error.detail
        return
    wrong = ("columns_differ", "its document has another id or name than its row")
    match row:
        case Achievement():
            url = achievement_url(desk.settings, row.id)
            name, shown = row.name, document.get("name")
        case Policy():
            url, name, shown = policy_url(desk.settings, row.id), row.label, document.get("label")
        case Pathway():
            award = document.get("award", {})
            url, name, shown = pathway_url(desk.settings, row.id), row.name, award.get("name")
    if shown != name:
        yield wrong
    else:
        yield from place_faults(desk.settings, document.get("id"), url, wrong)
    if not isinstance(row, Achievement) and digest_sri(row.document) != row.digest:
        yield "digest_mismatch", "its document does not have the digest on record"


def _policy_choices(session: Session, desk: IssuingDesk) -> Iterator[Discrepancy]:
    """Whether the policies that issuers keep and achievements were made under are there."""
    for table in (Issuer, Achievement):
        kept = select(table.id, table.policy_id).where(table.policy_id.is_not(None))
        for id_, policy_id in session.execute(kept.order_by(table.id)):
            try:
                find_policy(session, desk.settings, str(policy_id))
            except NotFound:
                detail = f"its policy {policy_id} is not there"
                yield Discrepancy(table.__tablename__, id_, "policy_missing", detail)
