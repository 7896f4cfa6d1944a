"""A service that tells: its application, a publisher on it, and a clock that tests move."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.jobs.outbox import Couriers, deliver_due, forget, open_couriers
from app.main import create_app
from app.registry.api_keys import create_api_key
from app.settings import Settings
from app.web.dependencies import Desk, current_time
from tests.conftest import NOW
from tests.publishing import SLUG, Publisher, open_publisher

WEBHOOKS = f"/api/v1/issuers/{SLUG}/webhooks"
MAIL = f"/api/v1/issuers/{SLUG}/mail"


@dataclass
class Telling:
    """The service, an issuer's platform that uses it, and the worker, called by hand."""

    app: FastAPI
    client: TestClient
    publisher: Publisher
    now: datetime = field(default=NOW)

    @property
    def desk(self) -> Desk:
        desk: Desk = self.app.state.desk
        return desk

    def ask(self, method: str, path: str, json: Any = None, status: int = 200) -> Any:
        """The answer of the API, which has to have this status."""
        answer = self.send(method, path, json)
        assert answer.status_code == status, answer.text
        return answer.json()

    def send(self, method: str, path: str, json: Any = None) -> httpx2.Response:
        return self.client.request(method, path, json=json, headers=self.publisher.headers)

    def listen(self, url: str, **members: Any) -> Any:
        """A webhook to an address, with its secret."""
        return self.ask("POST", WEBHOOKS, {"url": url, **members}, 201)

    def deliveries(self, webhook: Any, **query: str) -> list[Any]:
        path = f"{WEBHOOKS}/{webhook['id']}/deliveries"
        answer = self.client.get(path, params=query, headers=self.publisher.headers)
        assert answer.status_code == 200, answer.text
        items: list[Any] = answer.json()["items"]
        return items

    def wait(self, **time: float) -> None:
        """Move the clock of the service and of its worker."""
        self.now += timedelta(**time)

    def deliver(
        self, couriers: Couriers | None = None, clock: Callable[[], float] = time.monotonic
    ) -> int:
        """What the worker does, at the service's time."""
        couriers = couriers or open_couriers(self.desk.settings)
        forget(self.desk.database, now=self.now)
        return deliver_due(
            self.desk.database, self.desk.issuing, couriers, now=self.now, clock=clock
        )


@contextmanager
def telling(settings: Settings) -> Iterator[Telling]:
    """A service of its own on a fresh database."""
    app = create_app(settings)
    with app.state.desk.database.write() as session:
        _, key = create_api_key(
            session, issuer_id=None, scopes=(), label=None, now=NOW, actor="cli:test"
        )
    headers = {"Authorization": f"Bearer {key}"}
    app.dependency_overrides[current_time] = lambda: NOW
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        made = Telling(app, client, open_publisher(client, headers))
        app.dependency_overrides[current_time] = lambda: made.now
        yield made
    app.state.desk.database.close()


@contextmanager
def restarted(service: Telling) -> Iterator[Telling]:
    """The service in what might be a new process: nothing that was in memory is there."""
    app = create_app(service.desk.settings)
    yield Telling(app, service.client, service.publisher, service.now)
    app.state.desk.database.close()


def no_post(url: str, body: bytes, headers: object) -> int:
    """A way out that must not be taken."""
    raise AssertionError(f"nothing may be sent to {url}")


__all__ = ["MAIL", "SLUG", "WEBHOOKS", "Telling", "no_post", "restarted", "telling"]
