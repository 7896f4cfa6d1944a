"""A credential for programs: the stored bytes, by the shortest road through the framework.

Nothing of a request matters here but its address and two of its headers, so FastAPI has nothing
to work out, and for a credential that was read lately no thread is needed either.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from app.issuing.records import read_document
from app.web.dependencies import Desk
from app.web.documents import CREDENTIAL_TYPES, REVALIDATE, document_response
from app.web.negotiation import choose_type, wants_page


class SignedBytesRoute(APIRoute):
    """A route for `{credential}` whose function makes the page; everybody else gets the bytes."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler for the page, and ours for the bytes."""
        handle_page = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if wants_page(request.headers.get("accept")):
                return await handle_page(request)
            return await signed_bytes(request)

        return handle


async def signed_bytes(request: Request) -> Response:
    """The credential of the path, byte for byte as it was signed; raises NotFound."""
    desk: Desk = request.app.state.desk
    id_ = request.path_params["credential"]
    document = desk.kept.find(id_)
    if document is None:
        document = await run_in_threadpool(read_document, desk.database, id_)
        desk.kept.keep(id_, document)
    media_type = choose_type(request.headers.get("accept"), CREDENTIAL_TYPES)
    return document_response(request, document, media_type, cache_control=REVALIDATE)
