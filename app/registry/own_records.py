"""What this service can say of its own issuers and credentials without asking itself over the web.

A verifier at home, or one that runs where the service cannot reach its own public address, reads
here what everybody else fetches: the same documents, from the same rows. Only what carries this
service's own identifiers is found; everything else is None and has to be fetched.
"""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.encoding.strict_json import JsonObject
from app.registry.key_documents import did_document
from app.registry.keys import keys_of
from app.settings import Settings
from app.storage.tables import Credential, Issuer, StatusList

_STATUS_LIST = re.compile(r"/status/(?P<id>[A-Za-z0-9_-]{22})")
_SHARE_LINK = re.compile(r"/credentials/(?P<id>[A-Za-z0-9_-]{22})(\.(?P<suffix>json|jwt|png|svg))?")


def own_document(session: Session, settings: Settings, identifier: str) -> JsonObject | None:
    """The DID document of one of our did:web issuers (a did:key is its own document)."""
    issuer = _issuer(session, identifier)
    if issuer is None or issuer.did_method != "web":
        return None
    return did_document(issuer, keys_of(session, issuer.id), settings)


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


def is_own_issuer(session: Session, did: str) -> bool:
    """Whether this identifier belongs to an issuer that is hosted here."""
    return _issuer(session, did) is not None


def _issuer(session: Session, did: str) -> Issuer | None:
    return session.scalar(select(Issuer).where(Issuer.did == did))


def _match(path: re.Pattern[str], settings: Settings, url: str) -> re.Match[str] | None:
    """The parts of an address of ours, if it has the form of this path."""
    if not url.startswith(settings.public_url):
        return None
    return path.fullmatch(url, len(settings.public_url))
