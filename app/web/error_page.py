"""Problems as pages, for people: whoever names `text/html` reads a sentence instead of JSON.

One place for all of them, also for those that leave before any route is asked.
"""

import json
from typing import Any

from fastapi import Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.web.negotiation import wants_page
from app.web.pages import render_page
from app.web.problems import PROBLEM_JSON

# What an answer says to the client itself holds for its page as well.
_KEPT = ("allow", "connection", "retry-after", "www-authenticate", "x-request-id")


class ProblemPages:
    """Turns `application/problem+json` into a page where the request prefers one."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; hold back a problem until it is complete, and show it."""
        if scope["type"] != "http" or not wants_page(Headers(scope=scope).get("accept")):
            await self.app(scope, receive, send)
            return
        held: Message | None = None
        body = bytearray()

        async def shown(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _is_problem(message):
                held = message
            elif held is None:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    page = self._page(json.loads(body), _kept_headers(held))
                    await page(scope, receive, send)

        await self.app(scope, receive, shown)

    def _page(self, problem: dict[str, Any], headers: dict[str, str]) -> Response:
        values = {
            "status": problem["status"],
            "heading": problem["title"],
            "detail": problem["detail"],
        }
        page = render_page("error.html", self.settings, values, status=problem["status"])
        page.headers.update(headers)
        return page


def _is_problem(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type") == PROBLEM_JSON


def _kept_headers(start: Message) -> dict[str, str]:
    headers = Headers(raw=start["headers"])
    return {name: headers[name] for name in _KEPT if name in headers}
