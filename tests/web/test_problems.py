"""Every refusal is a problem document that names the culprit and echoes nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import (
    CheckFailed,
    CheckUndecided,
    Conflict,
    InvalidRequest,
    KeyStoreError,
    MalformedInput,
    NotAuthenticated,
    NotAuthorized,
    NotFound,
    SignetError,
    Unavailable,
)
from app.main import create_app
from app.settings import Settings
from app.web.problems import status_of

Headers = dict[str, str]


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """Refusals do not depend on the kind of database."""
    return Settings(database_url=sqlite_url, keys=f"file:{tmp_path / 'keys'}")


def test_every_kind_of_error_has_a_status() -> None:
    for kind, status in {
        MalformedInput: 400,
        CheckFailed: 422,
        CheckUndecided: 422,
        InvalidRequest: 422,
        NotAuthenticated: 401,
        NotAuthorized: 403,
        NotFound: 404,
        Conflict: 409,
        Unavailable: 503,
        KeyStoreError: 500,
        SignetError: 500,
    }.items():
        assert status_of(kind("not_found", "")) == status
    assert status_of(MalformedInput("too_large", "")) == 413
    assert status_of(InvalidRequest("too_large", "")) == 422


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b'{"id":"acme","id":"evil"}', "duplicate_key"),
        (b'{"id":NaN}', "bad_number"),
        (b'{"id":1e400}', "bad_number"),
        (b'{"id":' + b"9" * 5000 + b"}", "bad_number"),
        (b'{"id":"\\ud800"}', "bad_string"),
        (b'\xef\xbb\xbf{"id":"acme"}', "not_utf8"),
        ('{"id":"acme"}'.encode("utf-16"), "not_utf8"),
        (b'{"id":"\xff"}', "not_utf8"),
        (b"[" * 100_000, "too_deep"),
        (b"[" + b"0," * 5000 + b"0]", "too_many_nodes"),
    ],
)
def test_a_body_that_is_no_json_of_ours_is_400(
    client: TestClient, admin_headers: Headers, body: bytes, code: str
) -> None:
    headers = {**admin_headers, "Content-Type": "application/json"}
    for path in ("/api/v1/issuers", "/api/v1/api-keys"):
        answer = client.post(path, headers=headers, content=body)
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.json()["code"], answer.json()["status"]) == (code, 400)


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_taken_for_json(
    client: TestClient, admin_headers: Headers, media_type: str
) -> None:
    headers = {**admin_headers, "Content-Type": media_type}
    answer = client.post("/api/v1/issuers", headers=headers, content=b'{"id":"acme","name":"A"}')
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"null"])
def test_a_body_that_is_no_object_is_422(
    client: TestClient, admin_headers: Headers, body: bytes
) -> None:
    headers = {**admin_headers, "Content-Type": "application/json; charset=utf-8"}
    answer = client.post("/api/v1/issuers", headers=headers, content=body)
    assert answer.status_code == 422
    assert answer.json()["code"] in {"wrong_type", "missing_member"}


def test_all_that_is_wrong_is_named_and_nothing_is_echoed(
    client: TestClient, admin_headers: Headers
) -> None:
    body = {"issuer": 7, "scopes": [False], "secret~/": "hunter2"}
    answer = client.post("/api/v1/api-keys", headers=admin_headers, json=body)
    problem = answer.json()
    assert answer.status_code == 422
    assert [(finding["code"], finding["field"]) for finding in problem["errors"]] == [
        ("wrong_type", "/issuer"),
        ("wrong_type", "/scopes/0"),
        ("unknown_member", "/secret~0~1"),
    ]
    assert problem["field"] == "/issuer"
    assert "hunter2" not in answer.text


def test_what_is_missing_is_named(client: TestClient, admin_headers: Headers) -> None:
    path = f"/api/v1/credentials/{'a' * 22}/status"
    answer = client.post(path, headers=admin_headers, json={})
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["field"]) == ("missing_member", "/revoked")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=1e9", "limit"),
        ("limit=x", "limit"),
        ("cursor=!!!", "cursor"),
        ("cursor=AAAA", "cursor"),
        ("cursor=MyAyMDI2LTAzLTAxVDEyOjAwOjAwIGE", "cursor"),  # a time without a zone
        ("cursor=eCAyMDI2LTAzLTAxVDEyOjAwOjAwWiBh", "cursor"),  # how many is no number
        ("cursor=OTk5OTk5OTk5OTk5OTk5OSAyMDI2LTAzLTAxVDEyOjAwOjAwWiBh", "cursor"),  # too many
        ("cursor=MjAyNi0wMy0wMVQxMjowMDowMFogYQ", "cursor"),  # not how many
        ("cursor=" + "A" * 201, "cursor"),
        ("cursor=%00", "cursor"),
    ],
)
def test_a_bad_parameter_is_422_and_named(
    client: TestClient, admin_headers: Headers, query: str, field: str
) -> None:
    answer = client.get(f"/api/v1/issuers?{query}", headers=admin_headers)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize("key", ["", "a b", "é".encode(), "x" * 256])
def test_a_bad_idempotency_key_is_422_and_named(
    client: TestClient, admin_headers: Headers, key: str | bytes
) -> None:
    headers: dict[str, str | bytes] = {**admin_headers, "Idempotency-Key": key}
    answer = client.post("/api/v1/issuers", headers=headers, json={"id": "acme", "name": "A"})  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["field"]) == (422, "idempotency-key")


def test_what_is_not_there_and_what_is_not_answered_are_problems_too(client: TestClient) -> None:
    nowhere = client.get("/nowhere")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    wrong = client.delete("/healthz")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "GET"
    slash = client.get("/healthz/")
    assert slash.status_code == 404


# --- what nobody foresaw, and what is away -------------------------------------------------------


@pytest.fixture
def faulty(app: FastAPI) -> Iterator[TestClient]:
    """Routes that fail in every way that is ours."""
    faults: dict[str, Exception] = {
        "bug": RuntimeError("token=hunter2"),
        "key": KeyStoreError("key_store", "hunter2 is readable by others"),
        "away": OperationalError("SELECT hunter2", {}, Exception("hunter2")),
        "busy": PoolTimeout("hunter2"),
    }

    @app.get("/faulty/{fault}")
    def fail(fault: str) -> None:
        raise faults[fault]

    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("bug", 500, "internal_error"),
        ("key", 500, "internal_error"),
        ("away", 503, "unavailable"),
        ("busy", 503, "unavailable"),
    ],
)
def test_a_fault_of_ours_is_told_without_detail(
    faulty: TestClient,
    fault: str,
    status: int,
    code: str,
) -> None:
    answer = faulty.get(f"/faulty/{fault}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "hunter2" not in answer.text
    assert answer.headers.get("retry-after") == ("5" if status == 503 else None)


def test_a_database_that_is_away_is_503_and_health_goes_on(
    postgres_url: str, drop_database: Callable[[str], None], tmp_path: Path
) -> None:
    app = create_app(Settings(database_url=postgres_url, keys=f"file:{tmp_path / 'keys'}"))
    with TestClient(app) as client:
        assert client.get("/readyz").status_code == 200
        drop_database(postgres_url)
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
