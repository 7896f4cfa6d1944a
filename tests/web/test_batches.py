"""Batches at the front door: sent in, checked, issued, repeated, stopped, gone on with."""

import json
import zlib

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.issuing import batch_intake
from app.storage.database import Database
from app.storage.tables import AuditEvent, BatchChunk, Credential, StatusList
from tests.batches import (
    BATCHES,
    NDJSON,
    Send,
    credentials_in,
    many,
    ndjson,
    now_of,
    rows_of,
    work_off,
)
from tests.publishing import Publisher


def test_a_file_is_checked_then_issued_and_each_badge_verifies(
    app: FastAPI, client: TestClient, publisher: Publisher, send: Send
) -> None:
    sent = send(many(3))
    batch = sent.json()["id"]

    assert sent.status_code == 202
    assert sent.headers["Location"].endswith(f"{BATCHES}/{batch}")
    assert (sent.json()["state"], sent.json()["total"]) == ("queued", 3)
    assert now_of(client, publisher, batch)["rate"] is None
    assert work_off(app) == 2

    record = now_of(client, publisher, batch)
    told = {name: record[name] for name in ("state", "total", "issued", "repeated", "refused")}
    assert told == {"state": "done", "total": 3, "issued": 3, "repeated": 0, "refused": 0}
    rows = rows_of(client, publisher, batch)
    assert [(row["row"], row["outcome"], row["key"]) for row in rows] == [
        (2, "issued", "enrolment-0"),
        (3, "issued", "enrolment-1"),
        (4, "issued", "enrolment-2"),
    ]
    for row in rows:
        badge = client.get(f"/credentials/{row['id']}.json").json()
        assert badge["id"] == row["url"]
        checked = client.post("/credentials/verify", json={"verifiableCredential": badge})
        assert checked.status_code == 200, checked.text
    listed = client.get(BATCHES, headers=publisher.headers).json()
    assert (listed["total"], listed["items"][0]["id"], listed["next"]) == (1, batch, None)


def test_what_was_issued_is_on_record_once_with_an_index_and_an_audit_line_of_its_own(
    app: FastAPI, publisher: Publisher, send: Send
) -> None:
    batch = send(many(3)).json()["id"]
    work_off(app)

    database: Database = app.state.desk.database
    with database.read() as session:
        credentials = session.scalars(select(Credential)).all()
        chunk = session.scalars(select(BatchChunk)).one()
        signed = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "credential.signed")
        ).all()
        assert session.scalars(select(StatusList.next_position)).one() == 3
    assert len({(each.status_list_id, each.status_list_index) for each in credentials}) == 3
    assert {line.subject for line in signed} == {each.id for each in credentials}
    assert {(line.details["batch"], line.details["row"]) for line in signed} == {
        (batch, 2),
        (batch, 3),
        (batch, 4),
    }
    assert chunk.content is None
    assert b"@" not in zlib.decompress(chunk.results or b"")


def test_the_same_file_again_issues_nothing_new(
    app: FastAPI, client: TestClient, publisher: Publisher, send: Send
) -> None:
    first = send(many(3)).json()["id"]
    work_off(app)
    again = send(many(4)).json()["id"]
    work_off(app)

    record = now_of(client, publisher, again)
    assert (record["state"], record["issued"], record["repeated"]) == ("done", 1, 3)
    before = {row["key"]: row["id"] for row in rows_of(client, publisher, first)}
    repeated = rows_of(client, publisher, again, outcome="repeated")
    assert {row["key"]: row["id"] for row in repeated} == before
    assert credentials_in(app) == 4


def test_rows_without_a_key_are_known_again_by_what_they_say(
    app: FastAPI, client: TestClient, publisher: Publisher, send: Send
) -> None:
    content = b"email;name\nada@b.example;Ada\nada@b.example;Ada\nbob@b.example;\n"
    batch = send(content).json()["id"]
    work_off(app)
    again = send(content).json()["id"]
    work_off(app)

    assert [row["outcome"] for row in rows_of(client, publisher, batch)] == [
        "issued",
        "repeated",
        "issued",
    ]
    assert now_of(client, publisher, again)["repeated"] == 3
    assert credentials_in(app) == 2


def test_nothing_is_issued_while_a_row_has_to_be_mended_unless_a_part_is_accepted(
    app: FastAPI, client: TestClient, publisher: Publisher, send: Send
) -> None:
    content = b"email,valid_until,key\nada@b.example,2031-01-31,a\nnobody,soon,b\n"
    batch = send(content).json()["id"]
    work_off(app)

    record = now_of(client, publisher, batch)
    assert (record["state"], record["refused"], record["issued"]) == ("failed", 1, 0)
    assert record["problem"]["code"] == "rows_refused"
    (bad,) = rows_of(client, publisher, batch, outcome="refused")
    assert bad["row"] == 3
    assert {each["column"] for each in bad["errors"]} == {"email", "valid_until"}
    assert credentials_in(app) == 0

    address = f"{BATCHES}/{batch}/resume"
    refused = client.post(address, headers=publisher.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "batch_state")
    resumed = client.post(address, headers=publisher.headers, json={"accept": "partial"})
    assert resumed.json()["state"] == "queued"
    work_off(app)

    record = now_of(client, publisher, batch)
    assert (record["state"], record["refused"], record["issued"]) == ("done", 1, 1)
    (good,) = rows_of(client, publisher, batch, outcome="issued")
    assert (
        client.get(f"/credentials/{good['id']}.json")
        .json()["validUntil"]
        .startswith("2031-01-31T23:59:59")
    )


def test_a_dry_run_issues_nothing_and_can_be_gone_on_with(
    app: FastAPI, client: TestClient, publisher: Publisher, send: Send
) -> None:
    batch = send(many(2), dry_run="true").json()["id"]
    work_off(app)

    record = now_of(client, publisher, batch)
    assert (record["state"], record["checked"], record["issued"]) == ("done", 2, 0)
    assert {row["outcome"] for row in rows_of(client, publisher, batch)} == {"valid"}
    assert credentials_in(app) == 0

    client.post(f"{BATCHES}/{batch}/resume", headers=publisher.headers)
    work_off(app)

    assert now_of(client, publisher, batch)["issued"] == credentials_in(app) == 2


def test_rows_as_json_are_bodies_of_a_single_issue_with_a_key(
    app: FastAPI, client: TestClient, publisher: Publisher, send: Send
) -> None:
    good = {"recipient": {"email": "ada@b.example"}, "key": "a"}
    bad = {"recipient": {"mail": "x"}, "key": "b"}
    lines = send(
        ndjson(good, bad, [], {**good, "key": "c", "achievement": "nothing"}) + b"\n{]\n",
        NDJSON,
        accept="partial",
    ).json()["id"]
    work_off(app)
    listed = send(
        json.dumps({"rows": [good, {**good, "narrative": "Another."}]}).encode(),
        {"Content-Type": "application/json"},
        accept="partial",
    ).json()["id"]
    work_off(app)

    verdicts = [
        (row["row"], row["outcome"], [each["code"] for each in row.get("errors", ())])
        for row in rows_of(client, publisher, lines)
    ]
    assert verdicts == [
        (1, "issued", []),
        (2, "refused", ["unknown_member", "bad_value"]),
        (3, "refused", ["wrong_type"]),
        (4, "refused", ["achievement_unknown"]),
        (6, "refused", ["not_json"]),
    ]
    assert rows_of(client, publisher, lines)[1]["errors"][0]["column"] == "/recipient/mail"
    assert [(row["row"], row["outcome"]) for row in rows_of(client, publisher, listed)] == [
        (1, "repeated"),
        (2, "refused"),
    ]
    assert rows_of(client, publisher, listed)[1]["errors"][0]["code"] == "idempotency_key_reused"


def test_a_batch_is_stopped_between_chunks_and_gone_on_with(
    app: FastAPI,
    client: TestClient,
    publisher: Publisher,
    send: Send,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batch_intake, "CHUNK_ROWS", 2)
    batch = send(many(3)).json()["id"]
    work_off(app, chunks=3)
    address = f"{BATCHES}/{batch}"

    running = now_of(client, publisher, batch)
    stopped = client.post(f"{address}/cancel", headers=publisher.headers)
    assert (running["state"], stopped.json()["state"]) == ("running", "cancelled")
    assert (stopped.json()["issued"], work_off(app)) == (2, 0)
    assert client.post(f"{address}/cancel", headers=publisher.headers).status_code == 200

    client.post(f"{address}/resume", headers=publisher.headers)
    assert client.post(f"{address}/resume", headers=publisher.headers).status_code == 200
    assert work_off(app) == 1
    assert now_of(client, publisher, batch)["issued"] == credentials_in(app) == 3
    for deed in ("cancel", "resume"):
        over = client.post(f"{address}/{deed}", headers=publisher.headers)
        assert (over.status_code, over.json()["code"]) == (409, "batch_state")
