"""What is sent in and read out: odd files, templates, results, events, and whose they are."""

import asyncio
import csv
import io
import itertools
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.errors import Unavailable
from app.issuing import batch_intake
from app.settings import Settings
from app.storage.database import Database
from app.storage.tables import Batch, BatchChunk
from app.web.api.batches import Uploads
from tests.batches import (
    BATCHES,
    CSV,
    NDJSON,
    Send,
    many,
    now_of,
    rows_of,
    work_off,
)
from tests.conftest import NOW
from tests.loops import run_apart
from tests.publishing import SLUG, Publisher


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """None of this depends on the kind of database."""
    return Settings(database_url=sqlite_url, keys=f"file:{tmp_path / 'keys'}")


def last_part(address: str) -> str:
    return address.rpartition("/")[2]


def test_results_for_a_spreadsheet_hold_no_formula(
    app: FastAPI, client: TestClient, publisher: Publisher, send: Send
) -> None:
    batch = send(b'key,email\n=cmd|x,ada@b.example\n"\'=1+1",bob@b.example\n').json()["id"]
    work_off(app)
    answer = client.get(f"{BATCHES}/{batch}/results.csv", headers=publisher.headers)

    head, *rows = csv.reader(io.StringIO(answer.text))
    assert answer.headers["content-type"].startswith("text/csv")
    assert head == ["row", "outcome", "key", "url", "column", "code", "detail"]
    assert [row[2] for row in rows] == ["'=cmd|x", "'=1+1"]


def test_the_template_of_an_achievement_can_be_filled_in_and_sent(
    app: FastAPI, client: TestClient, publisher: Publisher, send: Send
) -> None:
    address = (
        f"/api/v1/issuers/{SLUG}/achievements/{last_part(publisher.achievement)}/batch-template.csv"
    )
    blank = client.get(address, headers=publisher.headers)
    (row,) = csv.DictReader(io.StringIO(blank.text))

    assert row["achievement"].endswith(publisher.achievement)
    row |= {"email": "ada@b.example", "key": "1", "name": "Ada"}
    filled = io.StringIO()
    writer = csv.DictWriter(filled, row)
    writer.writeheader()
    writer.writerow(row)
    batch = send(filled.getvalue().encode()).json()["id"]
    work_off(app)
    assert now_of(client, publisher, batch)["issued"] == 1


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"email,mail\n", CSV, 422, "unknown_member"),
        (b"email,Email\n", CSV, 422, "duplicate_key"),
        (b"name\nAda\n", CSV, 422, "missing_member"),
        (b"", CSV, 422, "missing_member"),
        (b"email\n", CSV, 422, "missing_member"),
        (b"\xff\xfee\0m\0a\0i\0l\0", CSV, 400, "not_utf8"),
        (b'email\n"ada\n', CSV, 400, "not_csv"),
        (b'email\n"' + b"x" * 200_000 + b'"\n', CSV, 400, "not_csv"),
        (b"e" * 300_000, CSV, 400, "not_csv"),
        (b"", NDJSON, 422, "missing_member"),
        (b"{}", {"Content-Type": "application/json"}, 400, "not_json"),
        (b"email\n", {"Content-Type": "application/zip"}, 415, "unsupported_media_type"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_nothing_behind(
    app: FastAPI, send: Send, content: bytes, kind: dict[str, str], status: int, code: str
) -> None:
    answer = send(content, kind)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    database: Database = app.state.desk.database
    with database.read() as session:
        assert session.scalars(select(Batch)).all() == []
        assert session.scalars(select(BatchChunk)).all() == []


def test_a_refused_row_is_told_with_its_key_and_one_that_does_not_fit_without_a_column(
    app: FastAPI, client: TestClient, publisher: Publisher, send: Send
) -> None:
    rows = b"key,email,valid_until\n1,nobody,\n2,ada@b.example,2031-13-01\n3,ada@b.example,,more\n"
    batch = send(rows).json()["id"]
    work_off(app)

    told = rows_of(client, publisher, batch)
    assert [(row.get("key"), row["errors"][0]["column"]) for row in told] == [
        ("1", "email"),
        ("2", "valid_until"),
        (None, ""),
    ]


def test_an_achievement_for_all_rows_is_named_on_one_line(send: Send) -> None:
    refused = send(many(1), achievement="\0")

    assert (refused.status_code, refused.json()["code"]) == (422, "bad_value")


def test_how_fast_it_went_counts_the_last_rows_too(
    app: FastAPI, client: TestClient, publisher: Publisher, send: Send
) -> None:
    batch = send(many(4)).json()["id"]
    seconds = itertools.count()
    work_off(app, clock=lambda: NOW + timedelta(seconds=next(seconds)))

    # Issued in one chunk: a second until it was taken up after the check, another to issue it.
    assert now_of(client, publisher, batch)["rate"] == 2.0


def test_sending_again_under_one_idempotency_key_is_one_batch(
    app: FastAPI, client: TestClient, publisher: Publisher, send: Send
) -> None:
    once = {"Idempotency-Key": "class-of-2026"}
    first = send(many(2), headers=once)
    again = send(many(2), headers=once)
    other = send(many(3), headers=once)

    assert (first.status_code, again.content) == (202, first.content)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert client.get(BATCHES, headers=publisher.headers).json()["total"] == 1


def test_the_batches_under_way_are_bounded(
    send: Send, client: TestClient, publisher: Publisher
) -> None:
    ids = [send(many(1)).json()["id"] for _ in range(10)]
    refused = send(many(1))

    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_batches")
    client.post(f"{BATCHES}/{ids[0]}/cancel", headers=publisher.headers)
    assert send(many(1)).status_code == 202


def test_files_that_are_sent_slowly_leave_room_for_others(
    app: FastAPI, publisher: Publisher, settings: Settings
) -> None:
    app.state.desk = replace(
        app.state.desk, settings=settings.model_copy(update={"open_batches": 100})
    )

    async def send_slowly() -> tuple[int, list[httpx2.Response]]:
        go_on = asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            yield b"email\n"
            await go_on.wait()
            yield b"ada@b.example\n"

        headers = {**publisher.headers, **CSV}
        query = {"achievement": publisher.achievement}
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as one:
            sending = [
                asyncio.create_task(
                    one.post(BATCHES, content=body(), headers=headers, params=query)
                )
                for _ in range(45)
            ]
            async with asyncio.timeout(60):  # or for ever, where they take all threads
                for sent_away in itertools.islice(asyncio.as_completed(sending), 45 - 8):
                    await sent_away
            meanwhile = await one.get(BATCHES, headers=publisher.headers)
            go_on.set()
            return meanwhile.status_code, list(await asyncio.gather(*sending))

    meanwhile, answers = run_apart(send_slowly())
    refused = [each for each in answers if each.status_code == 503]

    assert meanwhile == 200
    assert len(refused) == 45 - 8
    assert all(int(each.headers["Retry-After"]) > 0 for each in refused)
    assert {each.status_code for each in answers} == {202, 503}


def test_no_issuer_takes_the_places_of_all_for_what_is_sent_in() -> None:
    uploads = Uploads()
    with ExitStack() as under_way:
        for _ in range(8):
            under_way.enter_context(uploads.one_more("inverbrae"))
        with pytest.raises(Unavailable), uploads.one_more("inverbrae"):
            pass
        for _ in range(8):
            under_way.enter_context(uploads.one_more("another"))
        with pytest.raises(Unavailable), uploads.one_more("a third"):
            pass

    with uploads.one_more("inverbrae"):
        pass


def test_progress_comes_as_events_until_the_end(
    app: FastAPI, client: TestClient, publisher: Publisher, send: Send
) -> None:
    batch = send(many(1)).json()["id"]
    work_off(app)
    events = client.get(f"{BATCHES}/{batch}/events", headers=publisher.headers)

    assert events.headers["content-type"].startswith("text/event-stream")
    name, data = events.text.strip().split("\n")
    assert (name, json.loads(data.removeprefix("data: "))["issued"]) == ("event: end", 1)


def test_another_issuers_batch_is_not_there(
    client: TestClient, publisher: Publisher, send: Send, admin_headers: dict[str, str]
) -> None:
    batch = send(many(1)).json()["id"]
    client.post("/api/v1/issuers", headers=admin_headers, json={"id": "other", "name": "Other"})
    other = f"/api/v1/issuers/other/batches/{batch}"

    for path in ("", "/results.ndjson", "/results.csv", "/events"):
        assert client.get(other + path, headers=admin_headers).status_code == 404
    for deed in ("cancel", "resume"):
        assert client.post(f"{other}/{deed}", headers=admin_headers).status_code == 404
    template = (
        f"/api/v1/issuers/other/achievements/{last_part(publisher.achievement)}/batch-template.csv"
    )
    assert client.get(template, headers=admin_headers).status_code == 404


def test_no_address_of_a_learner_is_readable_in_the_database_or_the_log(
    app: FastAPI, send: Send, capfd: pytest.CaptureFixture[str]
) -> None:
    send(b"email,grade\nsecret.learner@b.example,99\nnot an address,1\n")
    work_off(app)

    database: Database = app.state.desk.database
    with database.read() as session:
        chunk = session.scalars(select(BatchChunk)).one()
    assert b"learner" not in zlib.decompress(chunk.results or b"")
    with pytest.raises(zlib.error):  # sealed: not even what was compressed can be seen
        zlib.decompress(chunk.content or b"")
    said = capfd.readouterr()
    assert "@" not in said.out + said.err


def test_whoever_has_the_address_of_a_batch_sees_how_far_it_is_and_no_name(
    app: FastAPI, client: TestClient, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_intake, "CHUNK_ROWS", 2)
    address = send(many(3)).json()["url"]
    waiting = client.get(address)
    work_off(app, chunks=1)
    running = client.get(address).text
    work_off(app)
    done = client.get(address).text

    assert waiting.status_code == 200
    assert "script-src" not in waiting.headers["content-security-policy"]
    assert "Waiting its turn" in waiting.text
    assert "2 of 3 checked" in running
    assert "<h1>Done</h1>" in done
    assert "<progress" not in done
    assert not any("earner" in page.replace("earners", "") for page in (running, done))
    for id_ in ("0" * 22, "x"):
        assert client.get(f"/batches/{id_}").status_code == 404
