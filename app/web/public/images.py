"""Uploaded pictures, open to every site and unable to do anything.

An SVG that is opened by itself is a document: the sandbox takes script, forms and its origin away
from it (security.md 2.6).
"""

from fastapi import APIRouter, Request, Response

from app.registry.images import load_image
from app.web.dependencies import ReadSession
from app.web.documents import FOR_GOOD, document_response

router = APIRouter(tags=["public documents"])


@router.get("/images/{file_name}", response_class=Response)
def read_image(request: Request, session: ReadSession, file_name: str) -> Response:
    """A picture by the hash of its bytes: `{sha256}.png` or `{sha256}.svg`."""
    image = load_image(session, file_name)
    response = document_response(
        request, image.data, image.media_type, cache_control=FOR_GOOD, vary=False
    )
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    return response
