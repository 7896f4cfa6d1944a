"""The operations that a service does all day, through its front door, among very many rows.

They are those whose number grows with the credentials: for the tests of their plans, and for
`bench.rows`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx2
from sqlalchemy import Connection, Engine, event

from app.jobs.batches import work_on_chunk
from app.jobs.outbox import Couriers
from tests.batches import BATCHES, NDJSON, job_desk, ndjson
from tests.many_rows import Owner, generated_id
from tests.notifications import Telling
from tests.publishing import SLUG

_ISSUE = f"/api/v1/issuers/{SLUG}/credentials"
_LIST = "/api/v1/credentials"
_CHUNK = 20
_ADDRESS = "http://127.0.0.1:8000"
_COURIERS = Couriers(lambda _url, _body, _headers: 204, lambda _message, _from, _to: None)


@dataclass(frozen=True)
class Sent:
    """A statement as the database was sent it, and the seconds that it took there."""

    statement: str
    parameters: Any
    seconds: float


@contextmanager
def statements(engine: Engine) -> Iterator[list[Sent]]:
    """What is sent meanwhile, commits among it; by one thread at a time."""
    sent: list[Sent] = []
    began = 0.0

    def before(*_: object) -> None:
        nonlocal began
        began = time.perf_counter()

    def after(_c: object, _u: object, statement: str, parameters: Any, *_: object) -> None:
        first = parameters[0] if isinstance(parameters, list) else parameters
        sent.append(Sent(statement, first, time.perf_counter() - began))

    def committing(connection: Connection) -> None:
        connection.info["committing"] = time.perf_counter()

    def given_back(_: object, record: Any) -> None:
        committed = record.info.pop("committing", None)
        if committed is not None:
            sent.append(Sent("COMMIT", None, time.perf_counter() - committed))

    listeners: list[tuple[Any, str, Callable[..., None]]] = [
        (engine, "before_cursor_execute", before),
        (engine, "after_cursor_execute", after),
        (engine, "commit", committing),
        (engine.pool, "checkin", given_back),
    ]
    for listener in listeners:
        event.listen(*listener)
    try:
        yield sent
    finally:
        for listener in listeners:
            event.remove(*listener)


def owner_of(service: Telling) -> Owner:
    """Whose half of the generated rows is to be; with an address that wants to hear of all."""
    webhook = service.listen("http://127.0.0.1:9009/told")
    bearer = service.publisher.headers["Authorization"].removeprefix("Bearer ")
    return Owner(SLUG, bearer.partition(".")[0], webhook["id"])


class HotOperations:
    """What is done all day to one service, each of it as often as one likes.

    `generated` chooses one of the generated rows.
    """

    def __init__(self, service: Telling, generated: Callable[[], int]) -> None:
        self._service = service
        self._generated = generated
        self._numbers = count()
        own = self._post(_ISSUE, self._wish(), **service.publisher.headers)
        self._own: dict[str, Any] = own.json()["credential"]
        self._repeat()

    def by_name(self) -> dict[str, Callable[[], object]]:
        """Every operation."""
        page = self._own["id"].removeprefix(_ADDRESS)
        status_list = self._own["credentialStatus"]["statusListCredential"].removeprefix(_ADDRESS)
        awards = f"/api/v1/issuers/{SLUG}/awards"
        return {
            "issue one": lambda: self._issue(f"once-{next(self._numbers)}"),
            "the same request again": self._repeat,
            "sign a given credential": self._sign_given,
            "issue a chunk of a batch": self._issue_chunk,
            "read a credential": self._read,
            "its page": lambda: self._get(page, Accept="text/html"),
            "verify it": self._verify,
            "read a status list": lambda: self._get(status_list),
            "two pages of an issuer's credentials": lambda: self._pages(_LIST, issuer=SLUG),
            "two pages of all credentials": lambda: self._pages(_LIST),
            "two pages of awards": lambda: self._pages(awards),
            "deliver the outbox": lambda: self._service.deliver(_COURIERS),
        }

    def _get(self, path: str, **headers: str) -> httpx2.Response:
        return _well(self._service.client.get(path, headers=headers))

    def _post(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        return _well(self._service.client.post(path, json=body, headers=headers))

    def _wish(self) -> Any:
        achievement = self._service.publisher.achievement
        return {"achievement": achievement, "recipient": {"email": "a@university.example"}}

    def _issue(self, key: str) -> None:
        headers = {**self._service.publisher.headers, "Idempotency-Key": key}
        self._post(_ISSUE, self._wish(), **headers)

    def _repeat(self) -> None:
        self._issue("once-and-again")

    def _sign_given(self) -> None:
        credential = {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": f"urn:example:{next(self._numbers)}",
            "type": ["VerifiableCredential"],
            "issuer": self._own["issuer"]["id"],
            "credentialSubject": {"id": "did:example:ailsa"},
        }
        path = f"/issuers/{SLUG}/credentials/issue"
        self._post(path, {"credential": credential}, **self._service.publisher.headers)

    def _issue_chunk(self) -> None:
        service = self._service
        keys = (f"row-{next(self._numbers)}" for _ in range(_CHUNK))
        rows = ndjson(*({**self._wish(), "key": key} for key in keys))
        headers = {**service.publisher.headers, **NDJSON}
        batch = _well(service.client.post(BATCHES, content=rows, headers=headers)).json()["id"]
        for _ in ("check", "issue"):
            work_on_chunk(
                job_desk(service.app),
                batch,
                0,
                enqueue=service.desk.enqueue,
                clock=lambda: service.now,
            )
        assert service.ask("GET", f"{BATCHES}/{batch}")["issued"] == _CHUNK

    def _read(self) -> None:
        self._get(f"/credentials/{generated_id(self._generated())}", Accept="application/vc")

    def _verify(self) -> None:
        self._post("/credentials/verify", {"verifiableCredential": self._own})

    def _pages(self, path: str, **query: str) -> None:
        """The first page, and the one after it."""
        headers = self._service.publisher.headers
        first = _well(self._service.client.get(path, params=query, headers=headers)).json()
        query["cursor"] = first["next"]
        _well(self._service.client.get(path, params=query, headers=headers))


def _well(answer: httpx2.Response) -> httpx2.Response:
    assert answer.is_success, answer.text
    return answer
