"""The JSON-LD contexts that this service goes by, byte for byte as it holds them.

They are published so that anybody can see what our signatures mean; verifiers use their own copies.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.credentials.microcredential_terms import CONTEXT_PATH
from app.encoding.strict_json import dump_json
from app.errors import NotFound
from app.web.dependencies import CurrentDesk
from app.web.documents import FOR_GOOD, REVALIDATE, document_response
from app.web.openapi import problems

router = APIRouter(tags=["public documents"])


@router.get("/contexts/", summary="The contexts held here", response_class=Response)
def list_contexts(request: Request, desk: CurrentDesk) -> Response:
    """Each context's own address, where its copy is, and the SHA-256 of the copy."""
    bundle = desk.issuing.contexts
    entries = [
        {
            "url": url,
            "copy": f"{desk.settings.public_url}/contexts/{path.name}",
            "sha256": bundle.digests[url],
        }
        for url, path in bundle.files.items()
    ]
    body = dump_json({"contexts": entries})
    return document_response(
        request, body, "application/json", cache_control=REVALIDATE, vary=False
    )


@router.get(
    "/contexts/{file}", summary="One context", response_class=Response, responses=problems(404)
)
def get_context(
    request: Request,
    desk: CurrentDesk,
    file: Annotated[str, Path(max_length=128, description="A file name from the list.")],
) -> Response:
    """The copy that is used here."""
    for path in desk.issuing.contexts.files.values():
        if path.name == file:
            body = path.read_bytes()
            # Credentials pin the digest of ours, so it can never change; others are copies.
            kept = FOR_GOOD if CONTEXT_PATH.endswith(f"/{file}") else REVALIDATE
            return document_response(
                request, body, "application/ld+json", cache_control=kept, vary=False
            )
    raise NotFound("not_found", "There is no such context.")
