"""The service under many readers: compression, conditional answers, and more than it can do."""

import asyncio
import gzip
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.main import create_app
from app.settings import Settings
from app.verification.result import VerificationResult
from app.web import admission
from app.web.admission import Admission, Lane, TooBusy
from app.web.checking import check_bytes
from tests.loops import run_apart
from tests.publishing import Publisher

BROWSER = {"Accept": "text/html"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_url


# --- compression and conditional requests -------------------------------------------------------


def test_what_is_read_is_compressed_for_those_who_can(
    client: TestClient, publisher: Publisher
) -> None:
    path = f"/credentials/{publisher.issue()}"
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as compressed:
        sent = b"".join(compressed.iter_raw())
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(sent) == plain.content
    assert len(sent) < len(plain.content) / 2
    assert compressed.headers["etag"] == plain.headers["etag"]
    assert {"Accept", "Accept-Encoding"} <= set(compressed.headers["vary"].split(", "))
    held = {"If-None-Match": compressed.headers["etag"], "Accept-Encoding": "gzip"}
    assert client.get(path, headers=held).status_code == 304


def test_pictures_are_not_compressed_twice(client: TestClient, publisher: Publisher) -> None:
    path = f"/credentials/{publisher.issue()}.png"
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers


def test_no_connection_is_held_while_a_shared_credential_is_checked(
    client: TestClient, app: FastAPI, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/credentials/{publisher.issue()}"
    pool = app.state.desk.database.engine.pool
    held: list[int] = []

    def watched(*arguments: object, **options: object) -> VerificationResult:
        held.append(pool.checkedout())
        return check_bytes(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("app.web.public.share.check_bytes", watched)
    assert client.get(path, headers=BROWSER).status_code == 200
    assert held == [0]


# --- more requests than places ------------------------------------------------------------------


def test_a_full_service_says_so_and_goes_on_reading(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "_COMPUTING", 0)
    monkeypatch.setattr(admission, "_WAITING", 0)
    with TestClient(create_app(settings)) as client:
        refused = client.post("/verify", content=b"{}", headers={"Content-Type": "application/vc"})
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert int(refused.headers["retry-after"]) > 0
        assert "x-request-id" in refused.headers
        page = client.post("/verify", data={"link": "x"}, headers=BROWSER)
        assert page.status_code == 503
        assert "busy" in page.text
        assert client.get("/").status_code == 200


def test_probes_are_answered_when_nothing_else_is(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "_READING", 0)
    monkeypatch.setattr(admission, "_WAITING", 0)
    with TestClient(create_app(settings)) as client:
        assert client.get("/").status_code == 503
        for probe in ("/healthz", "/readyz", "/metrics"):
            assert client.get(probe).status_code == 200


def test_those_in_the_queue_get_the_next_place_and_the_rest_none() -> None:
    async def scene() -> None:
        lane = Lane(at_once=1, waiting=1, patience_seconds=60)
        await lane.enter()
        second = asyncio.create_task(lane.enter())
        await asyncio.sleep(0)  # lets the second come as far as the queue
        with pytest.raises(TooBusy):
            await lane.enter()
        assert not second.done()
        lane.leave()
        await second

    run_apart(scene())


def test_nobody_waits_longer_than_patience() -> None:
    async def scene() -> None:
        lane = Lane(at_once=1, waiting=1, patience_seconds=0)
        await lane.enter()
        with pytest.raises(TooBusy):
            await lane.enter()
        lane.leave()
        await lane.enter()

    run_apart(scene())


@contextmanager
def _few_places(monkeypatch: pytest.MonkeyPatch, app: ASGIApp) -> Iterator[Admission]:
    for name in ("_READING", "_COMPUTING"):
        monkeypatch.setattr(admission, name, 1)
    monkeypatch.setattr(admission, "_WAITING", 0)
    yield Admission(app)


async def _ask(
    app: ASGIApp, body: list[Message | asyncio.Event], method: str = "POST"
) -> list[Message]:
    """Send the parts of a body, an event among them being waited for; returns what was answered."""
    answered: list[Message] = []

    async def receive() -> Message:
        part = body.pop(0)
        if isinstance(part, asyncio.Event):
            await part.wait()
            return await receive()
        return part

    async def send(message: Message) -> None:
        answered.append(message)

    await app({"type": "http", "method": method, "path": "/x", "headers": []}, receive, send)
    return answered


async def _echo(_scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the whole body as a route does, and turns every error into an answer of its own."""
    status = 200
    try:
        while (await receive()).get("more_body", False):
            pass
    except TooBusy:
        status = 400
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _part(more: bool) -> Message:
    return {"type": "http.request", "body": b"x", "more_body": more}


def test_a_slow_sender_takes_nobodys_place(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        with _few_places(monkeypatch, _echo) as app:
            rest = asyncio.Event()
            slow = asyncio.create_task(_ask(app, [_part(True), rest, _part(False)]))
            await asyncio.sleep(0)
            quick = await _ask(app, [_part(False)])
            assert quick[0]["status"] == 200
            rest.set()
            assert (await slow)[0]["status"] == 200

    run_apart(scene())


def test_a_refusal_is_ours_whatever_the_route_makes_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        with _few_places(monkeypatch, _echo) as app:
            await app.computing.enter()
            assert [m.get("status") for m in await _ask(app, [_part(False)])] == [503, None]
            app.computing.leave()
            assert (await _ask(app, [_part(False)]))[0]["status"] == 200
            await app.computing.enter()  # the place was given back

    run_apart(scene())


def test_a_place_is_free_again_when_a_route_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError

    async def scene() -> None:
        with _few_places(monkeypatch, breaks) as app:
            with pytest.raises(RuntimeError):
                await _ask(app, [], method="GET")
            await app.reading.enter()

    run_apart(scene())


def test_a_long_answer_holds_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    async def streams(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await app.reading.enter()
        await send({"type": "http.response.body", "body": b""})

    with _few_places(monkeypatch, streams) as app:
        assert run_apart(_ask(app, [], method="GET"))[0]["status"] == 200
