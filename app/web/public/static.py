"""The style sheet, the icon, the one script: a fixed list of files, kept by browsers for good."""

from fastapi import APIRouter, Request, Response

from app.errors import NotFound
from app.web.documents import FOR_GOOD, REVALIDATE
from app.web.negotiation import entity_tag, matches_etag
from app.web.pages import STATIC_TYPES, static_file

router = APIRouter(include_in_schema=False)


@router.get("/static/{name}")
def read_static_file(request: Request, name: str, v: str | None = None) -> Response:
    """One file of the list; the address with its right version may be kept for good."""
    if name not in STATIC_TYPES:
        raise NotFound("not_found", "There is nothing at this address.")
    data, version = static_file(name)
    headers = {
        "ETag": entity_tag(version),
        "Cache-Control": FOR_GOOD if v == version else REVALIDATE,
    }
    if matches_etag(request.headers.get("if-none-match"), version):
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type=STATIC_TYPES[name])
