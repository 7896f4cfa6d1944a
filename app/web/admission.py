"""How many requests are worked on at once: more of them wait, beyond that they are sent away.

A process that takes in everything answers nobody: every request grows slower until all of them are
given up by those who sent them. So the number is bounded, the queue is bounded, and the rest gets
a 503 with Retry-After at once, which retrying clients understand.

Who sends slowly takes nobody's place: a request counts from the moment its body is complete until
its answer begins.
"""

import asyncio
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Unavailable
from app.web.problems import response_to

# Routes run on 40 threads. What computes leaves some of them to what only reads.
_COMPUTING = 24
_READING = 40
_WAITING = 200
_PATIENCE_SECONDS = 10.0

# A probe that is refused would have the whole process restarted at its busiest.
_ALWAYS = frozenset({"/healthz", "/readyz", "/metrics"})


class TooBusy(Exception):
    """There is no place, not even in the queue; the reader of the body need not know."""


@dataclass
class Lane:
    """Places for work of one kind.

    at_once: requests worked on; waiting: requests in the queue; patience_seconds: how long there.
    """

    at_once: int
    waiting: int
    patience_seconds: float
    _places: asyncio.Semaphore = field(init=False)
    _queue: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Lay out the places."""
        self._places = asyncio.Semaphore(self.at_once)

    async def enter(self) -> None:
        """Take a place, waiting for one if need be; raises TooBusy."""
        if self._places.locked() and self._queue >= self.waiting:
            raise TooBusy
        self._queue += 1
        try:
            async with asyncio.timeout(self.patience_seconds):
                await self._places.acquire()
        except TimeoutError:
            raise TooBusy from None
        finally:
            self._queue -= 1

    def leave(self) -> None:
        """Give the place to the next one."""
        self._places.release()


class Admission:
    """Lets a bounded number of requests in; the lanes of reading and of computing are apart."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.reading = Lane(_READING, _WAITING, _PATIENCE_SECONDS)
        self.computing = Lane(_COMPUTING, _WAITING, _PATIENCE_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on when there is a place for it, or answer 503."""
        if scope["type"] != "http" or scope["path"] in _ALWAYS:
            await self.app(scope, receive, send)
            return
        reads = scope["method"] in {"GET", "HEAD"}
        visit = _Visit(self.reading if reads else self.computing, receive, send)
        try:
            if reads:
                await visit.enter()
            await self.app(scope, visit.receive, visit.send)
        except TooBusy:
            pass  # the answer below says it
        finally:
            visit.leave()
        if visit.refused:
            busy = Unavailable("unavailable", "The service is busy; try again in a few seconds.")
            await response_to(busy)(scope, receive, send)


@dataclass
class _Visit:
    """One request's way through a lane."""

    lane: Lane
    _receive: Receive
    _send: Send
    refused: bool = False
    _inside: bool = False

    async def enter(self) -> None:
        try:
            await self.lane.enter()
        except TooBusy:
            self.refused = True
            raise
        self._inside = True

    def leave(self) -> None:
        if self._inside:
            self._inside = False
            self.lane.leave()

    async def receive(self) -> Message:
        message = await self._receive()
        complete = message["type"] == "http.request" and not message.get("more_body", False)
        if complete and not self._inside:
            await self.enter()
        return message

    async def send(self, message: Message) -> None:
        # Whoever reads the body may turn TooBusy into an answer of its own: ours is the one to go.
        if self.refused:
            return
        self.leave()
        await self._send(message)
