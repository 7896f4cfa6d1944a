"""The credentials that were issued here, as rows: stored, found by id, and listed newest first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, defer

from app.encoding.dates import parse_datetime
from app.encoding.strict_json import JsonObject
from app.errors import NotFound, Unavailable
from app.registry.listing import Page, list_page
from app.registry.row_ids import is_row_id
from app.storage.database import Database
from app.storage.statements import ReadyStatement
from app.storage.tables import Credential

# How far the clock may stand behind the last credential: clocks of two machines differ a little.
CLOCK_TOLERANCE = timedelta(minutes=5)

_LAST = ReadyStatement(
    select(func.max(Credential.issued_at)).where(Credential.issuer_id == bindparam("issuer"))
)
_DOCUMENT = ReadyStatement(select(Credential.document).where(Credential.id == bindparam("id")))

_UNSIGNED = (defer(Credential.document, raiseload=True), defer(Credential.jwt, raiseload=True))
"""A credential's row without its signed forms; asking the row for one of them is an error."""


@dataclass(frozen=True)
class DocumentFacts:
    """What the columns of a credential repeat from its document, so that it can be searched."""

    credential_id: str | None
    valid_from: datetime | None
    valid_until: datetime | None


def facts_of(document: JsonObject) -> DocumentFacts:
    """The columns that a checked document, VCDM 2.0 or 1.1, gives rise to."""
    valid_from = document.get("validFrom", document.get("issuanceDate"))
    valid_until = document.get("validUntil", document.get("expirationDate"))
    return DocumentFacts(
        document.get("id"),
        None if valid_from is None else parse_datetime(valid_from),
        None if valid_until is None else parse_datetime(valid_until),
    )


def refuse_backward_clock(session: Session, issuer_id: str, now: datetime) -> None:
    """Raise Unavailable when the clock stands well before the issuer's last credential.

    A clock that jumped back would date new credentials into the past (security.md section 4).
    """
    [(last,)] = _LAST.rows(session, issuer=issuer_id)
    if last is not None and now < last - CLOCK_TOLERANCE:
        raise Unavailable(
            "unavailable",
            "The service's clock stands before the last credential it issued; set it right first.",
        )


def load_credential(session: Session, credential_id: str) -> Credential:
    """One issued credential by the last part of its URL; raises NotFound."""
    credential = session.get(Credential, credential_id) if is_row_id(credential_id) else None
    if credential is None:
        raise NotFound("not_found", "There is no such thing.")
    return credential


def read_document(database: Database, credential_id: str) -> bytes:
    """The exact bytes of one issued credential, and nothing else of it; raises NotFound."""
    row = None
    if is_row_id(credential_id):
        row = database.look(_DOCUMENT, id=credential_id)
    if row is None:
        raise NotFound("not_found", "There is no such thing.")
    document: bytes = row[0]
    return document


def list_credentials(
    session: Session, *, issuer_id: str | None, limit: int, cursor: str | None
) -> Page[Credential]:
    """The credentials of one issuer, or of all of them, newest first; revoked ones stay listed.

    Their signed forms are not read: they are kilobytes each, and no list shows them.
    """
    query = select(Credential).options(*_UNSIGNED)
    if issuer_id is not None:
        query = query.where(Credential.issuer_id == issuer_id)
    return list_page(
        session, query, Credential.issued_at, Credential.id, limit=limit, cursor=cursor
    )
