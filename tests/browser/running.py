"""A real service on loopback and a real browser, for tests and for the documentation's pictures."""

import dataclasses
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Playwright

from app.errors import CheckUndecided
from app.fetch import Fetched
from app.main import create_app
from app.registry.api_keys import create_api_key
from app.settings import Settings
from app.web.dependencies import current_time
from tests.conftest import NOW
from tests.publishing import Publisher, open_publisher

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# As little as possible of what a browser does by itself; no sandbox, for tests may run as root.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Service:
    """A running service with one issuer, a valid credential and a revoked one.

    `url` is where it listens, `public_url` the name it goes by.
    """

    url: str
    public_url: str
    publisher: Publisher
    valid: str
    revoked: str

    def document(self, credential: str, suffix: str = "json") -> bytes:
        """A credential as it is downloaded."""
        return self.publisher.client.get(f"/credentials/{credential}.{suffix}").content

    def tampered(self) -> str:
        """The valid credential with another name in it."""
        return self.document(self.valid).decode().replace("Ailsa Morrison", "Mallory Forger")

    def stranger(self) -> str:
        """The valid credential as if an issuer had signed it whose keys are out of reach."""
        own = self.public_url.partition("://")[2].replace(":", "%3A")
        return self.document(self.valid).decode().replace(f"did:web:{own}", "did:web:far.example")


def find_browser() -> str | None:
    """The machine's own Chromium, if it has one."""
    return next((path for name in _BROWSERS if (path := shutil.which(name))), None)


@contextmanager
def open_browser(playwright: Playwright, program: str, *extra: str) -> Iterator[Browser]:
    """A headless browser; `extra` are further arguments of its command line."""
    browser = playwright.chromium.launch(executable_path=program, args=[*_ARGUMENTS, *extra])
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def serve(database: Path, keys: Path, public_url: str | None = None) -> Iterator[Service]:
    """The application under uvicorn on a free port, at NOW, cut off from the network."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = Settings(
            database_url=f"sqlite:///{database}",
            keys=f"file:{keys}",
            public_url=public_url or url,
        )
        app = create_app(settings)
        app.dependency_overrides[current_time] = lambda: NOW
        app.state.desk = dataclasses.replace(app.state.desk, fetch=_unreachable)
        with app.state.desk.database.write() as session:
            _, key = create_api_key(
                session, issuer_id=None, scopes=(), label=None, now=NOW, actor="cli:test"
            )
        client = TestClient(app, base_url=url, raise_server_exceptions=False)
        publisher = open_publisher(client, {"Authorization": f"Bearer {key}"})
        revoked = publisher.issue(recipient={"email": "b@x.example", "name": "Ben Okafor"})
        publisher.revoke(revoked, "The placement was not completed.")
        service = Service(url, settings.public_url, publisher, publisher.issue(), revoked)
        config = uvicorn.Config(app, log_level="error", ws="none", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield service
        finally:
            server.should_exit = True
            thread.join()
            app.state.desk.database.close()


def must_have_everything() -> bool:
    """Whether a missing program is a failure (CI) or a reason to skip."""
    return os.environ.get("CI") == "true"


def _unreachable(url: str) -> Fetched:
    raise CheckUndecided("timeout", "the address did not answer within 5 seconds")
