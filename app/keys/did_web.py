"""did:web: the identifier names a web address (did:web method specification).

Only plain DNS names in lower case, an optional port, and path segments of plain characters: every
other spelling (percent-encoded slashes, user names, IP addresses, dots) is refused before anything
is fetched. The one exception is this machine itself, so that a first look works without a domain.
"""

import re
from urllib.parse import urlsplit

from app.errors import CheckFailed

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1"})

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?|localhost|127\.0\.0\.1"
_DID_WEB = re.compile(
    rf"did:web:(?P<host>{_HOST})(?:%3A(?P<port>[1-9][0-9]{{0,4}}))?"
    r"(?P<path>(?::[A-Za-z0-9_-][A-Za-z0-9._-]*)*)",
    re.ASCII,
)
_MAX_LENGTH = 512


def did_web_of(public_url: str, *path: str) -> str:
    """The did:web of a path below an origin; a port's colon is percent-encoded."""
    parts = urlsplit(public_url)
    host = (parts.hostname or "").lower()
    port = f"%3A{parts.port}" if parts.port is not None else ""
    return ":".join([f"did:web:{host}{port}", *path])


def did_web_urls(did: str) -> list[str]:
    """Where the document of a did:web stands, best first; raises `CheckFailed` did_syntax.

    A list of one, but for this machine itself, whose service may speak plain http.
    """
    match = _DID_WEB.fullmatch(did)
    if match is None or len(did) > _MAX_LENGTH or len(match["host"]) > 253:
        raise CheckFailed("did_syntax", "the did:web is not well formed")
    port = match["port"]
    if port is not None and int(port) > 65535:
        raise CheckFailed("did_syntax", "the did:web has an impossible port")
    authority = match["host"] + (f":{port}" if port else "")
    path = match["path"].replace(":", "/") or "/.well-known"
    schemes = ["https", "http"] if match["host"] in LOOPBACK_HOSTS else ["https"]
    return [f"{scheme}://{authority}{path}/did.json" for scheme in schemes]
