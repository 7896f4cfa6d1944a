"""Definition policies for everybody: what an issuer, or a framework, asks of a micro-credential."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.issuing.policies import find_policy
from app.web.dependencies import CurrentDesk, ReadSession
from app.web.documents import FOR_GOOD, document_response
from app.web.openapi import problems

router = APIRouter(tags=["public documents"])


@router.get(
    "/policies/{policy}",
    summary="A definition policy",
    response_class=Response,
    responses=problems(404),
)
def get_policy(
    request: Request,
    desk: CurrentDesk,
    session: ReadSession,
    policy: Annotated[str, Path(max_length=256, description="The policy's id.")],
) -> Response:
    """The policy that achievements name in `definitionPolicy`. It never changes."""
    record = find_policy(session, desk.settings, policy)
    return document_response(
        request, record.document, "application/json", cache_control=FOR_GOOD, vary=False
    )
