"""What this service can say of its own issuers and credentials without asking itself over the web.

A verifier at home, or one that runs where the service cannot reach its own public address, reads
here what everybody else fetches: the same documents, from the same rows. Only what carries this
service's own identifiers is found; everything else is None and has to be fetched.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from app.encoding.strict_json import JsonObject
from app.registry.key_documents import did_document
from app.settings import Settings
from app.storage.tables import Credential, Issuer, Key, StatusList

_STATUS_LIST = re.compile(r"/status/(?P<id>[A-Za-z0-9_-]{22})")
_SHARE_LINK = re.compile(r"/credentials/(?P<id>[A-Za-z0-9_-]{22})(\.(?P<suffix>json|jwt|png|svg))?")


# Made once: making a statement costs as much as sending it.
_ISSUER_WITH_KEYS = (
    select(
        Issuer.id,
        Issuer.did_method,
        Key.fragment,
        Key.key_type,
        Key.public_key_multibase,
        Key.state,
        Key.retired_at,
        Key.revoked_at,
    )
    .outerjoin(Key, Key.issuer_id == Issuer.id)
    .where(Issuer.did == bindparam("did"))
    .order_by(Key.created_at, Key.id)
)

_MOST_DOCUMENTS = 256


@dataclass(frozen=True)
class OwnIssuer:
    """An issuer that is hosted here.

    `document` is the DID document of a did:web, not to be changed; a did:key is its own document,
    so there it is None.
    """

    document: JsonObject | None


def own_issuer(connection: Connection, settings: Settings, identifier: str) -> OwnIssuer | None:
    """The issuer of ours with this identifier, and its keys as they are at this moment.

    One statement, so it is of one piece without a transaction around it.
    """
    rows = connection.execute(_ISSUER_WITH_KEYS, {"did": identifier}).all()
    if not rows:
        return None
    return _read_issuer(identifier, settings.public_url, tuple(tuple(row) for row in rows))


@lru_cache(maxsize=_MOST_DOCUMENTS)
def _read_issuer(did: str, public_url: str, rows: tuple[tuple[Any, ...], ...]) -> OwnIssuer:
    """What the rows say. The same rows say the same, and mostly nobody has changed a key."""
    issuer_id, did_method, *_ = rows[0]
    if did_method != "web":
        return OwnIssuer(None)
    _, _, *names = _ISSUER_WITH_KEYS.selected_columns.keys()
    keys = [
        Key(**dict(zip(names, values, strict=True)))
        for _, _, *values in rows
        if values[0] is not None  # the one row of an issuer without keys
    ]
    return OwnIssuer(did_document(Issuer(id=issuer_id, did=did), keys, public_url))


def own_document(session: Session, settings: Settings, identifier: str) -> JsonObject | None:
    """The DID document of one of our did:web issuers (a did:key is its own document)."""
    issuer = own_issuer(session.connection(), settings, identifier)
    return None if issuer is None else issuer.document


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
