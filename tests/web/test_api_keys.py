"""API keys over HTTP."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.encoding.dates import format_datetime
from app.storage.database import Database
from app.storage.tables import ApiKey
from app.web.dependencies import clock, current_time
from tests.conftest import NOW

Headers = dict[str, str]
PATH = "/api/v1/api-keys"


@pytest.fixture
def acme(client: TestClient, admin_headers: Headers) -> None:
    made = client.post("/api/v1/issuers", headers=admin_headers, json={"id": "acme", "name": "A"})
    assert made.status_code == 201


@pytest.mark.usefixtures("acme")
def test_a_key_is_shown_once_and_stored_as_a_hash(
    client: TestClient, admin_headers: Headers, database: Database
) -> None:
    body = {"issuer": "acme", "scopes": ["credentials:issue"], "label": "Moodle"}
    answer = client.post(PATH, headers=admin_headers, json=body)
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    made = answer.json()
    id_, secret = made["key"].split(".")
    assert id_ == made["id"]
    assert secret.startswith("signet_")
    with database.read() as session:
        row = session.get_one(ApiKey, id_)
        assert secret not in {str(value) for value in vars(row).values()}
    listed = client.get(PATH, headers=admin_headers, params={"issuer": "acme"})
    assert listed.json()["total"] == 1
    assert listed.json()["items"][0]["label"] == "Moodle"
    assert secret not in listed.text
    headers = {"Authorization": f"bearer {made['key']}"}
    assert client.get("/api/v1/issuers/acme", headers=headers).status_code == 200


@pytest.mark.usefixtures("acme")
def test_a_revoked_key_opens_nothing_and_stays_in_the_list(
    client: TestClient, admin_headers: Headers, make_key: Callable[..., Headers]
) -> None:
    headers = make_key("acme", "credentials:read")
    id_ = headers["Authorization"].removeprefix("Bearer ").partition(".")[0]
    for _ in range(2):
        answer = client.delete(f"{PATH}/{id_}", headers=admin_headers)
        assert answer.status_code == 200
        assert answer.json()["revoked_at"] == format_datetime(NOW)
    assert client.get("/api/v1/issuers/acme", headers=headers).status_code == 401
    assert id_ in client.get(PATH, headers=admin_headers).text


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"issuer": "acme"}, "/scopes"),
        ({"issuer": "acme", "scopes": ["everything"]}, "/scopes"),
        ({"scopes": ["credentials:issue"]}, "/scopes"),
        ({"label": "two\nlines"}, "/label"),
        ({"label": "x" * 201}, "/label"),
        ({"key": "mine"}, "/key"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(
    client: TestClient, admin_headers: Headers, body: dict[str, object], field: str
) -> None:
    answer = client.post(PATH, headers=admin_headers, json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_what_is_not_there_is_404(client: TestClient, admin_headers: Headers) -> None:
    body = {"issuer": "nobody", "scopes": ["credentials:issue"]}
    assert client.post(PATH, headers=admin_headers, json=body).status_code == 404
    for id_ in ("x", "a" * 22, "%00"):
        assert client.delete(f"{PATH}/{id_}", headers=admin_headers).status_code == 404


def test_only_the_whole_key_opens(client: TestClient, admin_headers: Headers) -> None:
    whole = admin_headers["Authorization"].removeprefix("Bearer ")
    id_, _, secret = whole.partition(".")
    wrong = [
        f"Bearer {id_}",
        f"Bearer {secret}",
        f"Bearer {id_}.",
        f"Bearer {id_}.{secret[:-1]}",
        f"Bearer {id_}.{secret}x",
        f"Bearer {'a' * 22}.{secret}",
        f"Bearer {whole[:-1]}{'A' if whole[-1] != 'A' else 'B'}",
        f"Basic {whole}",
        whole,
        "Bearer",
        "",
    ]
    for value in wrong:
        answer = client.get(PATH, headers={"Authorization": value})
        assert answer.status_code == 401, value
        assert answer.headers["www-authenticate"] == 'Bearer realm="Signet"'
        assert secret not in answer.text
    assert client.get(f"{PATH}?key={whole}").status_code == 401
    assert client.get(PATH, headers=admin_headers).status_code == 200


def test_the_last_use_is_known_to_the_minute_without_a_write_per_request(
    app: FastAPI, client: TestClient, admin_headers: Headers
) -> None:
    writes: list[str] = []

    @event.listens_for(app.state.desk.database.engine, "before_cursor_execute")
    def executed(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE"):
            writes.append(statement)

    for seconds, expected in [(0, 1), (59, 1), (60, 2), (61, 2)]:
        moment = NOW + timedelta(seconds=seconds)
        app.dependency_overrides[current_time] = lambda moment=moment: moment
        [key] = client.get(PATH, headers=admin_headers).json()["items"]
        assert len(writes) == expected
    assert key["last_used_at"] == format_datetime(NOW + timedelta(seconds=60))


def test_a_database_that_cannot_be_written_can_still_be_read(
    app: FastAPI, client: TestClient, admin_headers: Headers
) -> None:
    @event.listens_for(app.state.desk.database.engine, "before_cursor_execute")
    def executed(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE api_keys"):
            raise OperationalError(statement, {}, Exception("database or disk is full"))

    [key] = client.get(PATH, headers=admin_headers).json()["items"]
    assert key["last_used_at"] is None


def test_the_clock_of_the_service_tells_the_time_in_utc() -> None:
    assert clock().utcoffset() == timedelta(0)
