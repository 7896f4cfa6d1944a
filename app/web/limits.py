"""What a request may not exceed, and what every answer carries, before any route is asked."""

import re
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import MalformedInput
from app.web.problems import response_to

# Documents and API answers need nothing from anywhere; a page sets a policy of its own.
DEFAULT_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
}


class TooMuchBody(Exception):
    """A body went on after its limit; whoever reads it need not know."""


class BodyLimit:
    """Answers 413 as soon as a body is, or turns out to be, larger than the limit.

    A declared length is refused unread. A chunked body is counted while it is read; the exception
    that stops the reader may be turned into some other answer on its way, so it is ours that
    leaves. What is sent to `uploads` is never whole in memory, so it may be larger.
    """

    def __init__(
        self, app: ASGIApp, max_bytes: int, uploads: re.Pattern[str], max_upload_bytes: int
    ) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.uploads = uploads
        self.max_upload_bytes = max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        max_bytes = self._limit(scope)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and len(declared) < 20 and int(declared) > max_bytes:
            await self._refuse(max_bytes, scope, receive, send)
            return
        received = 0
        started = False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > max_bytes:
                raise TooMuchBody
            return message

        async def checked(message: Message) -> None:
            nonlocal started
            if received <= max_bytes:
                started = True
                await send(message)

        with suppress(TooMuchBody):
            await self.app(scope, counted, checked)
        if received > max_bytes and not started:
            await self._refuse(max_bytes, scope, receive, send)

    def _limit(self, scope: Scope) -> int:
        uploads = scope["method"] == "POST" and self.uploads.fullmatch(scope["path"])
        return self.max_upload_bytes if uploads else self.max_bytes

    async def _refuse(self, max_bytes: int, scope: Scope, receive: Receive, send: Send) -> None:
        error = MalformedInput("too_large", f"A request may have at most {max_bytes} bytes.")
        response = response_to(error)
        response.headers["Connection"] = "close"
        await response(scope, receive, send)


class AnswerHeaders:
    """Adds the default headers where the route has not set its own, and answers HEAD like GET."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; the answer gets what it lacks."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in DEFAULT_HEADERS.items():
                    headers.setdefault(name, value)
            elif head:
                message = {**message, "body": b""}
            await send(message)

        if head:  # RFC 9110 section 9.3.2: the same answer as GET, without the content
            scope["method"] = "GET"
        await self.app(scope, receive, completed)
