"""Repeating a creating request is safe, one after the other and all at once."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.storage.database import Database

Headers = dict[str, str]
ACME = {"id": "acme", "name": "Acme"}
BADGE = {"name": "Badge", "description": "A badge.", "criteria": {"narrative": "Be there."}}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture
def acme(client: TestClient, admin_headers: Headers) -> None:
    assert client.post("/api/v1/issuers", headers=admin_headers, json=ACME).status_code == 201


def creations(client: TestClient, headers: Headers) -> list[tuple[str, Any]]:
    """Every creating request: its path and body."""
    ours = "/api/v1/issuers/acme"
    one = client.post(f"{ours}/achievements", headers=headers, json=BADGE).json()
    id_ = one["id"].rpartition("/")[2]
    return [
        ("/api/v1/issuers", {**ACME, "id": "other"}),
        ("/api/v1/api-keys", {"label": "mine"}),
        (f"{ours}/achievements", BADGE),
        (f"{ours}/achievements/{id_}/versions", {**BADGE, "name": "Better badge"}),
        (f"{ours}/images", PNG),
    ]


@pytest.mark.usefixtures("acme")
def test_the_same_key_and_body_give_the_same_answer_byte_for_byte(
    client: TestClient, admin_headers: Headers
) -> None:
    for path, body in creations(client, admin_headers):
        headers = {**admin_headers, "Idempotency-Key": path}
        picture = isinstance(body, bytes)
        headers["Content-Type"] = "image/png" if picture else "application/json"
        content = body if picture else json.dumps(body).encode()
        first, second = (client.post(path, headers=headers, content=content) for _ in range(2))
        assert first.status_code == second.status_code == 201
        assert second.content == first.content
        assert second.headers.get("location") == first.headers.get("location")
        assert second.headers["content-type"] == first.headers["content-type"]


@pytest.mark.usefixtures("acme")
def test_the_same_key_for_anything_else_is_409(client: TestClient, admin_headers: Headers) -> None:
    ours = "/api/v1/issuers/acme/achievements"
    headers = {**admin_headers, "Idempotency-Key": "one"}
    assert client.post(ours, headers=headers, json=BADGE).status_code == 201
    other = client.post(ours, headers=headers, json={**BADGE, "name": "Other"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    other = client.post("/api/v1/api-keys", headers=headers, json={})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


@pytest.mark.usefixtures("acme")
def test_a_key_belongs_to_the_api_key_that_sent_it(
    client: TestClient, make_key: Callable[..., Headers]
) -> None:
    ours = "/api/v1/issuers/acme/achievements"
    answers = [
        client.post(
            ours,
            headers={**make_key("acme", "achievements:write"), "Idempotency-Key": "one"},
            json={**BADGE, "name": name},
        )
        for name in ("One", "Two")
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]


def test_a_request_that_failed_leaves_its_key_free(
    client: TestClient, admin_headers: Headers
) -> None:
    headers = {**admin_headers, "Idempotency-Key": "one"}
    bad = client.post("/api/v1/issuers", headers=headers, json={"id": "Bad Slug", "name": "A"})
    assert bad.status_code == 422
    assert client.post("/api/v1/issuers", headers=headers, json=ACME).status_code == 201


def test_without_a_key_every_request_creates(client: TestClient, admin_headers: Headers) -> None:
    ids = {
        client.post("/api/v1/api-keys", headers=admin_headers, json={}).json()["id"]
        for _ in range(2)
    }
    assert len(ids) == 2


def test_a_stored_answer_cannot_be_read_from_the_database(
    client: TestClient, database: Database, admin_headers: Headers
) -> None:
    headers = {**admin_headers, "Idempotency-Key": "one"}
    made = client.post("/api/v1/api-keys", headers=headers, json={}).json()
    with database.read() as session:
        stored = session.scalars(text("SELECT body FROM idempotency_keys")).one()
    assert made["key"].partition(".")[2].encode() not in bytes(stored)
    assert made["id"].encode() not in bytes(stored)


@pytest.mark.usefixtures("acme")
def test_twenty_at_once_make_one(
    app: FastAPI, database: Database, admin_headers: Headers, make_key: Callable[..., Headers]
) -> None:
    headers = {**make_key("acme", "achievements:write"), "Idempotency-Key": "one"}
    start = Barrier(20)
    url = "/api/v1/issuers/acme/achievements"

    def post(_number: int) -> httpx2.Response:
        client = TestClient(app, base_url="http://127.0.0.1:8000")
        start.wait()
        return client.post(url, headers=headers, json=BADGE)

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(post, range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM achievements")) == 1
        assert session.scalar(text("SELECT count(*) FROM idempotency_keys")) == 1
