"""JSON bodies read by the strict parser, for routes that declare their body as FastAPI does.

FastAPI's own reading lets the last of two equal members win, answers NaN and lone surrogates with
500, and takes a text/plain body from a foreign page's form for JSON (security.md 2.4). A route of
class `StrictRoute` keeps FastAPI's models and documentation, and parses like everybody else here.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute

from app.encoding.strict_json import parse_json
from app.errors import MalformedInput

MEDIA_TYPES = frozenset({"application/json", "application/ld+json", "application/merge-patch+json"})


class _ParsedRequest(Request):
    """A request whose JSON was parsed before FastAPI asked for it."""

    def __init__(self, request: Request, parsed: Any, body: bytes) -> None:
        super().__init__(request.scope, request.receive)
        self._given = body
        self._parsed = parsed

    async def body(self) -> bytes:
        return self._given

    async def json(self) -> Any:
        return self._parsed


class StrictRoute(APIRoute):
    """A route whose JSON body is parsed by `app.encoding.strict_json`, and nothing else is.

    Where the route needs no body, there may be none.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, given a request that is parsed already."""
        handle = super().get_route_handler()
        if self.body_field is None or isinstance(self.body_field.field_info, Form):
            return handle

        optional = not self.body_field.field_info.is_required()

        async def handle_parsed(request: Request) -> Response:
            body = await request.body()
            if optional and not body:
                return await handle(request)
            check_media_type(request, MEDIA_TYPES)
            return await handle(_ParsedRequest(request, parse_json(body), body))

        return handle_parsed


def check_media_type(request: Request, accepted: frozenset[str]) -> str:
    """The request's media type, without parameters; raises MalformedInput unless it is accepted."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in accepted:
        names = ", ".join(sorted(accepted))
        raise MalformedInput("unsupported_media_type", f"Send the body as one of: {names}.")
    return media_type
