"""Published documents as answers: the exact stored bytes, open to every site, with an ETag."""

import hashlib
import re
import unicodedata

from fastapi import Request, Response

from app.web.negotiation import entity_tag, matches_etag

CREDENTIAL_TYPES = ("application/vc", "application/ld+json", "application/json")
"""What a credential is served as: the first by default, another one when Accept names it."""

PLAIN_JSON = ("application/json", "application/ld+json")
"""What profiles and achievements are served as."""

REVALIDATE = "no-cache"
"""May be kept, must be asked for again: what can change or be withdrawn."""

FOR_GOOD = "public, max-age=31536000, immutable"
"""What can never change under its address."""


def document_response(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    cache_control: str,
    vary: bool = True,
    filename: str | None = None,
) -> Response:
    """The bytes as they are stored, or 304 when the caller holds them already.

    A filename makes it a download.
    """
    version = hashlib.sha256(media_type.encode() + body).hexdigest()[:32]
    headers = {
        "ETag": entity_tag(version),
        "Cache-Control": cache_control,
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Robots-Tag": "noindex",
    }
    if vary:
        headers["Vary"] = "Accept"
    if matches_etag(request.headers.get("if-none-match"), version):
        return Response(status_code=304, headers=headers)
    if filename is not None:
        headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return Response(body, headers=headers, media_type=media_type)


def file_name(title: str, suffix: str) -> str:
    """A harmless file name made of a title: `research-data-management.png`."""
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    stem = "-".join(re.findall(r"[a-z0-9]+", ascii_title.lower()))[:60].strip("-")
    return f"{stem or 'credential'}.{suffix}"
