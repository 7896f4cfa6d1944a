"""What whoever runs the service looks at: health, numbers, documentation, the log."""

import io
import json
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.main import create_app
from app.settings import Settings
from app.web.request_log import Metrics, RequestLog, described, make_log

Headers = dict[str, str]


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """Nothing here depends on the kind of database."""
    return Settings(database_url=sqlite_url, keys=f"file:{tmp_path}/keys")


def test_ready_when_database_and_keys_are_there(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_not_ready_while_others_can_read_a_private_key(
    client: TestClient, admin_headers: Headers, tmp_path: Path
) -> None:
    client.post("/api/v1/issuers", headers=admin_headers, json={"id": "acme", "name": "Acme"})
    key = next((tmp_path / "keys").glob("*.pem"))
    key.chmod(0o644)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert key.name not in answer.text
    key.chmod(0o600)
    assert client.get("/readyz").status_code == 200


def test_not_ready_before_the_database_is_upgraded(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/empty.db", keys=f"file:{tmp_path}/keys")
    with TestClient(create_app(settings)) as client:
        assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize(("revision", "status"), [("0001", 503), ("9999", 200)])
def test_ready_with_tables_of_this_version_or_a_newer_one(
    client: TestClient, app: FastAPI, revision: str, status: int
) -> None:
    with app.state.desk.database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    answer = client.get("/readyz")
    assert answer.status_code == status
    assert ("signet migrate" in answer.text) is (status == 503)


def test_requests_are_counted_by_pattern_and_not_by_address(
    client: TestClient, admin_headers: Headers
) -> None:
    client.get("/api/v1/issuers/acme", headers=admin_headers)
    client.get("/someone@example.org")
    client.request("BREW", "/healthz")
    numbers = client.get("/metrics").text
    pattern = 'method="GET",route="/api/v1/issuers/{issuer}",status="404"'
    assert f"signet_requests_total{{{pattern}}} 1.0" in numbers
    assert 'method="other",route=' in numbers
    assert "acme" not in numbers
    assert "someone" not in numbers


def test_two_applications_count_apart(settings: Settings) -> None:
    with TestClient(create_app(settings)) as one, TestClient(create_app(settings)) as two:
        one.get("/healthz")
        assert "healthz" in one.get("/metrics").text
        assert "healthz" not in two.get("/metrics").text


# --- the log ------------------------------------------------------------------------------------


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What an application made after this writes to standard error (capsys would come too late)."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def test_a_line_per_request_without_addresses_keys_or_bodies(
    logged: io.StringIO, client: TestClient, admin_headers: Headers
) -> None:
    answer = client.post(
        "/api/v1/issuers",
        headers=admin_headers,
        json={"id": "acme", "name": "Acme", "email": "someone@example.org"},
    )
    client.get("/images/someone@example.org?key=hunter2", headers={"User-Agent": "\x1b[2J"})
    written = logged.getvalue()
    lines = [json.loads(line) for line in written.splitlines()]
    assert [line["event"] for line in lines] == ["request", "request"]
    assert lines[0]["route"] == "/api/v1/issuers"
    assert lines[0]["status"] == 201
    assert lines[0]["request_id"] == answer.headers["x-request-id"]
    secret = admin_headers["Authorization"].rpartition(".")[2]
    for private in (secret, "someone", "hunter2", "acme", "\x1b"):
        assert private not in written


def test_control_characters_cannot_forge_a_line() -> None:
    stream = io.StringIO()
    make_log("INFO", stream).info("seen", name='bob"\n{"event": "forged"}\x1b[2J\x00')
    assert len(stream.getvalue().splitlines()) == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", stream.getvalue())


def test_the_log_keeps_to_its_level() -> None:
    stream = io.StringIO()
    log = make_log("WARNING", stream)
    log.info("small talk")
    log.warning("heed this")
    assert json.loads(stream.getvalue())["event"] == "heed this"


def test_an_unforeseen_error_is_logged_by_place_and_not_by_words(
    logged: io.StringIO, app: FastAPI
) -> None:
    @app.get("/bug")
    def bug() -> Response:
        try:
            raise ValueError("someone@example.org")
        except ValueError as error:
            raise RuntimeError("hunter2") from error

    assert TestClient(app).get("/bug").status_code == 500
    written = logged.getvalue()
    error, request = (json.loads(line) for line in written.splitlines())
    assert error["event"] == "unforeseen_error"
    assert error["request_id"] == request["request_id"]
    assert [it["type"] for it in error["errors"]] == [
        "builtins.RuntimeError",
        "builtins.ValueError",
    ]
    assert error["errors"][0]["at"][-1].endswith(" bug")
    assert "someone" not in written
    assert "hunter2" not in written


def test_an_error_after_the_answer_began_is_logged_too() -> None:
    stream = io.StringIO()

    async def breaks(_scope: object, _receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b"half", "more_body": True})  # type: ignore[operator]
        raise RuntimeError

    watched = RequestLog(breaks, make_log("INFO", stream), Metrics())
    TestClient(watched, raise_server_exceptions=False).get("/")
    events = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert events == ["unforeseen_error", "request"]


def test_an_error_is_described_with_what_it_came_from() -> None:
    error = RuntimeError("one")
    error.__context__ = ValueError("two")
    assert [entry["type"] for entry in described(error)] == [
        "builtins.RuntimeError",
        "builtins.ValueError",
    ]


# --- documentation ------------------------------------------------------------------------------


def test_every_operation_is_documented(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], path
            assert operation["description"], path
            problem = operation["responses"]["default"]["content"]
            assert list(problem) == ["application/problem+json"], (path, method)


def test_every_reference_in_the_documentation_leads_somewhere(client: TestClient) -> None:
    document = client.get("/openapi.json")
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', document.text))
    assert names <= document.json()["components"]["schemas"].keys()


def test_the_documentation_page_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "script" not in page.headers["content-security-policy"]
    for address in re.findall(r'(?:src|href|action)="([^"]*)"', page.text):
        assert not urlsplit(address).netloc, address
    for path in client.get("/openapi.json").json()["paths"]:
        assert path in page.text
