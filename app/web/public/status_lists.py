"""Status lists as they were signed: cacheable, the same for everybody, never asking who looks.

A list near the end of its validity is signed again when somebody asks for it, so that the service
keeps its word without a worker; `signet worker` does it ahead of time.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy.exc import OperationalError

from app.errors import SignetError
from app.issuing.status_lists import needs_refresh, read_list, refresh_list
from app.web.dependencies import CurrentDesk, Desk, Now
from app.web.documents import CREDENTIAL_TYPES, document_response
from app.web.negotiation import choose_type
from app.web.openapi import problems

router = APIRouter(tags=["public documents"], responses=problems(404))

# How long a revocation may stay unseen; fetching anew is cheap with the ETag.
CACHE_CONTROL = "public, max-age=300, must-revalidate"


@router.get("/status/{list_id}", response_class=Response)
def read_status_list(
    request: Request,
    desk: CurrentDesk,
    now: Now,
    list_id: Annotated[str, Path(description="The list's id.", max_length=256)],
) -> Response:
    """A signed BitstringStatusListCredential."""
    document = current_list(desk, list_id, now)
    media_type = choose_type(request.headers.get("accept"), CREDENTIAL_TYPES)
    return document_response(request, document, media_type, cache_control=CACHE_CONTROL)


def current_list(desk: Desk, list_id: str, now: Now) -> bytes:
    """The signed list, signed again first when its time runs out; raises NotFound."""
    document, valid_until = read_list(desk.database, list_id)
    stale = needs_refresh(desk.issuing, valid_until, now=now)
    return _refreshed(desk, list_id, document, now) if stale else document


def _refreshed(desk: Desk, list_id: str, document: bytes, now: Now) -> bytes:
    """The list signed anew, or the one there is: readers must not suffer from our troubles."""
    try:
        with desk.database.write() as session:
            status_list = refresh_list(session, desk.issuing, list_id, now=now, actor="service")
            return status_list.document
    except (SignetError, OperationalError) as error:
        desk.log.error("status_list_not_refreshed", list=list_id, error=type(error).__name__)
        return document
