"""Real server processes over one database, and clients that come all at once."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2
import pytest

from app.encoding.strict_json import JsonObject
from app.issuing.desk import IssuingDesk, open_issuing
from app.registry.achievements import create_achievement
from app.registry.api_keys import create_api_key
from app.settings import PROJECT, Settings
from app.storage.database import Database
from tests.builders import an_achievement_definition
from tests.conftest import NOW
from tests.issuers import make_issuer

T = TypeVar("T")


@dataclass(frozen=True)
class Service:
    """Several server processes, each at its own address, and an API key that they all know."""

    addresses: Sequence[str]
    headers: dict[str, str]
    achievement: str

    def post(self, server: int, path: str, body: JsonObject, **headers: str) -> httpx2.Response:
        """The answer of one of the servers."""
        url = self.addresses[server % len(self.addresses)] + path
        return httpx2.post(
            url, json=body, headers={**self.headers, **headers}, timeout=180, trust_env=False
        )

    def issue(self, server: int, recipient: str, **headers: str) -> httpx2.Response:
        """Issue to a recipient through one of the servers."""
        body = {"achievement": self.achievement, "recipient": {"email": recipient}}
        return self.post(server, "/api/v1/issuers/inverbrae/credentials", body, **headers)


def all_at_once(work: Sequence[Callable[[], T]]) -> list[T]:
    """The results of everything, each begun in a thread of its own."""
    with ThreadPoolExecutor(len(work)) as pool:
        return [future.result() for future in [pool.submit(each) for each in work]]


@pytest.fixture
def desk(settings: Settings) -> IssuingDesk:
    return open_issuing(settings)


@pytest.fixture
def start_service(
    settings: Settings, database: Database, desk: IssuingDesk
) -> Iterator[Callable[[int], Service]]:
    """`start_service(8)`: that many servers, an issuer with an achievement, and no status list."""
    with database.write() as session:
        common: dict[str, Any] = {"now": NOW, "actor": "cli:test"}
        issuer = make_issuer(session, desk)
        achievement = create_achievement(
            session, settings, issuer, an_achievement_definition(), **common
        )
        _, key = create_api_key(session, issuer_id=None, scopes=(), label=None, **common)
        achievement_id = achievement.id
    environment = {
        **os.environ,
        "SIGNET_DATABASE_URL": settings.database_url,
        "SIGNET_KEYS": settings.keys,
        "SIGNET_LOG_LEVEL": "ERROR",
    }
    servers: list[subprocess.Popen[bytes]] = []

    def start(count: int) -> Service:
        addresses = []
        for _ in range(count):
            # The kernel keeps early visitors waiting until the process is ready to accept them.
            listener = socket.create_server(("127.0.0.1", 0))
            addresses.append(f"http://127.0.0.1:{listener.getsockname()[1]}")
            command = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app"]
            descriptor = listener.fileno()
            servers.append(
                subprocess.Popen(
                    [*command, "--fd", str(descriptor), "--log-level", "error"],
                    cwd=PROJECT,
                    env=environment,
                    pass_fds=[descriptor],
                )
            )
            listener.close()
        return Service(addresses, {"Authorization": f"Bearer {key}"}, achievement_id)

    yield start
    for server in servers:
        server.terminate()
    for server in servers:
        server.wait(timeout=20)
