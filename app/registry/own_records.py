"""What this service can say of its own issuers and credentials without asking itself over the web.

A verifier at home, or one that runs where the service cannot reach its own public address, reads
here what everybody else fetches: the same documents, from the same rows. Only what carries this
service's own identifiers is found; everything else is None and has to be fetched.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, exists, literal, select
from sqlalchemy.orm import Session

from app.encoding.strict_json import JsonObject
from app.registry.key_documents import did_document
from app.settings import Settings
from app.storage.statements import ReadyStatement
from app.storage.tables import Credential, Issuer, Key, StatusList, TrustedIssuer

_STATUS_LIST = re.compile(r"/status/(?P<id>[A-Za-z0-9_-]{22})")
_SHARE_LINK = re.compile(r"/credentials/(?P<id>[A-Za-z0-9_-]{22})(\.(?P<suffix>json|jwt|png|svg))?")

_KEY_COLUMNS = (
    Key.fragment,
    Key.key_type,
    Key.public_key_multibase,
    Key.state,
    Key.retired_at,
    Key.revoked_at,
)

# One row for each key of the issuer, and one without a key where there is no such issuer, so that
# entries of strangers are seen as well.
_RECORD = ReadyStatement(
    select(
        exists().where(TrustedIssuer.did == bindparam("did")).label("listed"),
        Issuer.id,
        Issuer.did_method,
        *_KEY_COLUMNS,
    )
    .select_from(select(literal(True)).subquery())
    .outerjoin(Issuer, Issuer.did == bindparam("did"))
    .outerjoin(Key, Key.issuer_id == Issuer.id)
    .order_by(Key.created_at, Key.id)
)

_MOST_DOCUMENTS = 256


@dataclass(frozen=True)
class IssuerRecord:
    """What this service's records hold of an issuer, ours or a stranger.

    hosted: it is one of ours; document: the DID document of a did:web of ours, not to be changed
    (a did:key is its own document); listed: the registry has entries for it, in force or ended.
    """

    hosted: bool
    document: JsonObject | None
    listed: bool


def issuer_record(connection: Connection, settings: Settings, identifier: str) -> IssuerRecord:
    """The issuer with this identifier, its keys as they are at this moment.

    One statement, so it is of one piece without a transaction around it.
    """
    rows = tuple(_RECORD.rows(connection, did=identifier))
    hosted = rows[0][1] is not None
    document = _own_document(identifier, settings.public_url, rows) if hosted else None
    return IssuerRecord(hosted, document, listed=rows[0][0])


@lru_cache(maxsize=_MOST_DOCUMENTS)
def _own_document(
    did: str, public_url: str, rows: tuple[tuple[Any, ...], ...]
) -> JsonObject | None:
    """What the rows say. The same rows say the same, and mostly nobody has changed a key."""
    _, issuer_id, did_method, *_ = rows[0]
    if did_method != "web":
        return None
    names = [column.key for column in _KEY_COLUMNS]
    keys = [
        Key(**dict(zip(names, values, strict=True)))
        for _, _, _, *values in rows
        if values[0] is not None  # the one row of an issuer without keys
    ]
    return did_document(Issuer(id=issuer_id, did=did), keys, public_url)


def own_document(session: Session, settings: Settings, identifier: str) -> JsonObject | None:
    """The DID document of one of our did:web issuers (a did:key is its own document)."""
    return issuer_record(session.connection(), settings, identifier).document


def own_status_list(session: Session, settings: Settings, url: str) -> bytes | None:
    """The signed status list that is published at this address of ours."""
    link = _match(_STATUS_LIST, settings, url)
    status_list = session.get(StatusList, link["id"]) if link else None
    return None if status_list is None else status_list.document


def own_credential(session: Session, settings: Settings, url: str) -> bytes | None:
    """The credential that a share link of ours shows: its JSON, or with `.jwt` its token.

    What follows `?` or `#` does not matter; the pictures at `.png` and `.svg` hold the same JSON.
    """
    page = re.split("[?#]", url, maxsplit=1)[0]
    link = _match(_SHARE_LINK, settings, page)
    credential = session.get(Credential, link["id"]) if link else None
    if link is None or credential is None:
        return None
    return credential.jwt if link["suffix"] == "jwt" else credential.document


def _match(path: re.Pattern[str], settings: Settings, url: str) -> re.Match[str] | None:
    """The parts of an address of ours, if it has the form of this path."""
    if not url.startswith(settings.public_url):
        return None
    return path.fullmatch(url, len(settings.public_url))
