"""Progress as server-sent events (HTML Standard, section 9.2), for as long as something moves."""

import asyncio
from collections.abc import AsyncIterator, Callable

from fastapi import Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from app.encoding.strict_json import JsonObject, dump_json
from app.errors import Unavailable

Look = Callable[[], tuple[JsonObject, bool]]
"""How things stand now, and whether that is the end of it."""

_SECONDS_BETWEEN = 1.0
_LONGEST_SECONDS = 600  # whoever wants to see more asks again, as browsers do by themselves
_MOST_LISTENERS = 50


class _Listeners:
    """How many listen to this process; each of them looks into the database every second."""

    def __init__(self) -> None:
        self.count = 0


_listeners = _Listeners()


def progress_events(look: Look) -> Response:
    """An answer that goes on until the end; raises Unavailable when too many listen already."""
    if _listeners.count >= _MOST_LISTENERS:
        raise Unavailable("unavailable", "Too many listen already; ask for the state instead.")
    return StreamingResponse(
        _events(look), headers={"Cache-Control": "no-store"}, media_type="text/event-stream"
    )


async def _events(look: Look) -> AsyncIterator[bytes]:
    _listeners.count += 1
    try:
        for _ in range(int(_LONGEST_SECONDS / _SECONDS_BETWEEN)):
            state, ended = await run_in_threadpool(look)
            yield b"event: %b\ndata: %b\n\n" % (b"end" if ended else b"progress", dump_json(state))
            if ended:
                return
            await asyncio.sleep(_SECONDS_BETWEEN)
    finally:
        _listeners.count -= 1
