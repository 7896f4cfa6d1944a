"""A platform that listens: a real HTTP server on the loopback interface, and its records."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.encoding.strict_json import parse_object


@dataclass(frozen=True)
class Told:
    """One event as it arrived."""

    body: bytes
    headers: dict[str, str]

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def document(self) -> dict[str, Any]:
        return parse_object(self.body)


@dataclass
class Platform:
    """What arrived; `answers` are statuses for the next events, 204 after that.

    `before_answering` is called with each event, by the thread that will answer it.
    """

    url: str
    told: list[Told] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    before_answering: Callable[[Told], None] = lambda _: None

    @property
    def types(self) -> list[str]:
        return [each.document["type"] for each in self.told]


@contextmanager
def platform() -> Iterator[Platform]:
    """A running platform."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told = Told(body, headers)
            listening.told.append(told)
            listening.before_answering(told)
            self.send_response(listening.answers.pop(0) if listening.answers else 204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: what arrived is on record."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening = Platform(f"http://127.0.0.1:{server.server_address[1]}/hook")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield listening
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
