"""An answer of "created" means committed (style.md section 3, trap 1)."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, text
from starlette.types import Message, Receive, Scope, Send

from app.storage.database import Database

ACME = {"id": "acme", "name": "Acme"}

# A row that refers to nothing, looked at when the transaction commits and not before.
DOOM = {
    "sqlite": """
        CREATE TABLE doomed (nobody TEXT REFERENCES issuers(id) DEFERRABLE INITIALLY DEFERRED);
        CREATE TRIGGER doom AFTER INSERT ON issuers
        BEGIN INSERT INTO doomed VALUES ('nobody'); END
    """,
    "postgresql": """
        CREATE TABLE doomed (nobody TEXT REFERENCES issuers(id) DEFERRABLE INITIALLY DEFERRED);
        CREATE FUNCTION doom() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO doomed VALUES ('nobody'); RETURN NULL; END $$;
        CREATE TRIGGER doom AFTER INSERT ON issuers FOR EACH ROW EXECUTE FUNCTION doom()
    """,
}


@pytest.fixture
def doomed(database: Database) -> None:
    """Every transaction that inserts an issuer fails when it commits."""
    kind = database.engine.dialect.name
    table, rest = DOOM[kind].split(";", 1)
    with database.write() as session:
        session.execute(text(table))
        for statement in rest.split("$$;") if kind == "postgresql" else [rest]:
            whole = statement + "$$" if statement.count("$$") == 1 else statement
            session.execute(text(whole))


def count(database: Database, table: str) -> Any:
    with database.read() as session:
        return session.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - our own names


@pytest.mark.usefixtures("doomed")
def test_a_failing_commit_is_a_500_and_stores_nothing(
    client: TestClient, database: Database, admin_headers: dict[str, str]
) -> None:
    audited = count(database, "audit_events")
    headers = {**admin_headers, "Idempotency-Key": "one"}
    answer = client.post("/api/v1/issuers", headers=headers, json=ACME)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "internal_error"
    assert "Location" not in answer.headers
    for table in ("issuers", "keys", "idempotency_keys"):
        assert count(database, table) == 0
    assert count(database, "audit_events") == audited


def test_the_commit_comes_before_the_first_byte_of_the_answer(
    app: FastAPI, admin_headers: dict[str, str]
) -> None:
    happened: list[str] = []

    @event.listens_for(app.state.desk.database.engine, "commit")
    def committed(_connection: object) -> None:
        happened.append("commit")

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def watch(message: Message) -> None:
            happened.append(message["type"])
            await send(message)

        await app(scope, receive, watch)

    client = TestClient(watched, base_url="http://127.0.0.1:8000")
    assert client.get("/api/v1/issuers", headers=admin_headers).status_code == 200
    happened.clear()  # the first use of the key was noted, in a transaction of its own
    assert client.post("/api/v1/issuers", headers=admin_headers, json=ACME).status_code == 201
    assert happened == ["commit", "http.response.start", "http.response.body"]


def test_a_refused_request_leaves_nothing_behind(
    client: TestClient, database: Database, admin_headers: dict[str, str]
) -> None:
    assert client.post("/api/v1/issuers", headers=admin_headers, json=ACME).status_code == 201
    before = {table: count(database, table) for table in ("issuers", "keys", "audit_events")}
    headers = {**admin_headers, "Idempotency-Key": "one"}
    again = client.post("/api/v1/issuers", headers=headers, json=ACME)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    assert count(database, "idempotency_keys") == 0
    assert {table: count(database, table) for table in before} == before


def test_health_and_numbers_take_no_connection(app: FastAPI, client: TestClient) -> None:
    taken: list[object] = []
    event.listen(app.state.desk.database.engine, "checkout", lambda *it: taken.append(it))
    for path in ("/healthz", "/metrics", "/openapi.json", "/nowhere"):
        client.get(path)
    assert taken == []
    assert client.get("/readyz").status_code == 200
    assert len(taken) == 1


def test_a_stranger_never_holds_the_writers_lock(app: FastAPI, client: TestClient) -> None:
    began: list[str] = []
    engine = app.state.desk.database.engine

    @event.listens_for(engine, "before_cursor_execute")
    def executed(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        began.append(statement)

    headers = {"Authorization": f"Bearer {'a' * 22}.signet_{'b' * 43}"}
    assert client.post("/api/v1/issuers", headers=headers, json=ACME).status_code == 401
    assert not [statement for statement in began if "IMMEDIATE" in statement]
    assert len([statement for statement in began if statement.startswith("SELECT api_keys")]) == 1
