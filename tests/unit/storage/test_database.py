"""The promises of transactions, on both databases."""

import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from app.settings import Settings
from app.storage.audit import append_audit
from app.storage.bulk import insert_rows
from app.storage.database import Database, database_url, make_engine, upgrade
from app.storage.insertion import insert_if_absent
from app.storage.tables import AuditEvent, Image, Issuer
from tests.conftest import NOW


def an_issuer(slug: str, number: int = 0) -> Issuer:
    return Issuer(
        id=slug,
        did=f"did:web:example.org:{slug}",
        did_method="web",
        profile={"name": slug, "number": number},
        created_at=NOW,
        updated_at=NOW,
    )


def test_a_write_is_there_after_its_block(database: Database) -> None:
    with database.write() as session:
        session.add(an_issuer("acme"))
    with database.read() as session:
        found = session.get_one(Issuer, "acme")
        assert found.created_at == NOW
        assert found.created_at.utcoffset() is not None


def test_an_error_takes_everything_back(database: Database) -> None:
    def fail() -> None:
        with database.write() as session:
            session.add(an_issuer("acme"))
            append_audit(
                session,
                at=NOW,
                actor="service",
                action="issuer.created",
                issuer_id="acme",
                subject=None,
                details={},
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as session:
        assert session.get(Issuer, "acme") is None
        assert session.scalars(select(AuditEvent)).all() == []


def test_a_reader_cannot_write(database: Database) -> None:
    statement = text("UPDATE issuers SET did_method = 'key'")
    with pytest.raises(DBAPIError), database.read() as session:
        session.execute(statement)
    with database.write() as session:  # the connection came back able to write
        session.execute(statement)


def test_a_reader_sees_one_snapshot(database: Database) -> None:
    with database.read() as reader:
        assert reader.scalars(select(Issuer.id)).all() == []
        with database.write() as writer:
            writer.add(an_issuer("acme"))
        assert reader.scalars(select(Issuer.id)).all() == []
    with database.read() as reader:
        assert reader.scalars(select(Issuer.id)).all() == ["acme"]


def test_foreign_keys_are_held(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(
            text(
                "INSERT INTO api_keys (id, secret_hash, issuer_id, scopes, created_at) "
                "VALUES ('a', 'hash', 'nobody', '', :now)"
            ),
            {"now": NOW},
        )


def test_a_savepoint_is_taken_back_alone(database: Database) -> None:
    with database.write() as session:
        session.add(an_issuer("acme"))
        session.flush()
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(an_issuer("acme", 2))
    with database.read() as session:
        assert session.get_one(Issuer, "acme").profile["number"] == 0


def test_writers_that_read_first_lose_no_update(database: Database) -> None:
    with database.write() as session:
        session.add(an_issuer("acme"))
    start = threading.Barrier(8)

    def count_up(_worker: int) -> None:
        start.wait()
        for _ in range(5):
            with database.write() as session:
                issuer = session.get_one(Issuer, "acme", with_for_update=True)
                number = issuer.profile["number"] + 1
                issuer.profile = {**issuer.profile, "number": number}

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(count_up, range(8)))
    with database.read() as session:
        assert session.get_one(Issuer, "acme").profile["number"] == 40


def test_of_many_that_insert_one_row_one_does(database: Database) -> None:
    start = threading.Barrier(8)

    def insert(_worker: int) -> bool:
        start.wait()
        with database.write() as session:
            return insert_if_absent(
                session, Image, id="0" * 64, media_type="image/png", data=b"", created_at=NOW
            )

    with ThreadPoolExecutor(8) as workers:
        assert sorted(workers.map(insert, range(8))) == [False] * 7 + [True]


def test_connections_that_the_server_ended_are_replaced_unnoticed(postgres_url: str) -> None:
    database = Database(make_engine(Settings(database_url=postgres_url)))
    end = text("SELECT pg_terminate_backend(:pid, 60000)")  # says so when it has ended
    number = text("SELECT pg_backend_pid()")
    with database.read() as one, database.read() as two:
        ended = [one.scalar(number), two.scalar(number)]
    with database.write() as session:  # on one of the two: it can end the other only
        own = session.scalar(number)
        for pid in set(ended) - {own}:
            assert session.scalar(end, {"pid": pid})
    other = Database(make_engine(Settings(database_url=postgres_url)))
    with other.write() as session:
        assert session.scalar(end, {"pid": own})

    for transaction in (database.read, database.write):
        with transaction() as session:
            assert session.scalar(number) not in ended
    database.close()
    other.close()


def test_an_error_does_not_show_what_was_stored(database: Database) -> None:
    statement = text("UPDATE issuers SET did = :secret, nothing = 1")
    with pytest.raises(DBAPIError) as failed, database.write() as session:
        session.execute(statement, {"secret": "hunter2"})
    assert "hunter2" not in str(failed.value)


def test_two_processes_that_upgrade_at_once_upgrade_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    program = "from app.settings import Settings; from app.storage.database import upgrade; "
    program += "upgrade(Settings())"
    environment = {**os.environ, "SIGNET_DATABASE_URL": url}
    processes = [
        subprocess.Popen([sys.executable, "-c", program], env=environment) for _ in range(2)
    ]
    assert [process.wait(60) for process in processes] == [0, 0]
    database = Database(make_engine(Settings(database_url=url)))
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    database.close()


# --- SQLite -------------------------------------------------------------------------------------


@pytest.fixture
def sqlite(sqlite_url: str) -> Database:
    return Database(make_engine(Settings(database_url=sqlite_url)))


def test_sqlite_keeps_what_was_answered_through_a_power_cut(sqlite: Database) -> None:
    with sqlite.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2  # FULL
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA busy_timeout")) == 30_000
    sqlite.close()


def test_a_sqlite_writer_has_the_lock_from_its_first_statement(
    sqlite: Database, sqlite_url: str
) -> None:
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), timeout=0)
    with sqlite.write() as session:
        session.execute(select(Issuer))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    sqlite.close()


def test_a_sqlite_reader_takes_no_lock(sqlite: Database, sqlite_url: str) -> None:
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), timeout=0)
    other.execute("BEGIN IMMEDIATE")
    with sqlite.read() as session:
        assert session.scalars(select(Issuer)).all() == []
    other.close()
    sqlite.close()


# --- PostgreSQL ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_means_psycopg_3(scheme: str) -> None:
    url = database_url(Settings(database_url=f"{scheme}://user@host/name"))
    assert url.drivername == "postgresql+psycopg"
    assert url.host == "host"


def test_a_connection_that_died_is_replaced(postgres_url: str) -> None:
    database = Database(make_engine(Settings(database_url=postgres_url)))
    with database.read() as session:
        session.execute(select(Issuer))
    engine = make_engine(Settings(database_url=postgres_url))
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    engine.dispose()
    with database.write() as session:
        session.execute(update(Issuer).values(did_method="web"))
    database.close()


def test_a_migration_does_not_wait_long_for_a_busy_table(postgres_url: str) -> None:
    """Everybody who comes later would wait behind it (migrations/README.md)."""
    seen: list[str] = []

    def executed(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    settings = Settings(database_url=postgres_url)
    engine = make_engine(settings)
    event.listen(type(engine), "before_cursor_execute", executed)
    upgrade(settings)
    event.remove(type(engine), "before_cursor_execute", executed)
    engine.dispose()
    settings_made = [statement for statement in seen if "_timeout" in statement]
    assert settings_made[-2:] == [
        "SET LOCAL lock_timeout = '4s'",
        "SET LOCAL statement_timeout = '5s'",
    ]
    assert any("pg_advisory_xact_lock" in statement for statement in seen)


def test_a_database_that_is_not_there_is_an_operational_error(tmp_path: Path) -> None:
    database = Database(make_engine(Settings(database_url=f"sqlite:///{tmp_path}/none/x.db")))
    with pytest.raises(OperationalError), database.read() as session:
        session.execute(select(Issuer))
    database.close()


def image_columns(id_: str) -> dict[str, Any]:
    return {"id": id_, "media_type": "image/png", "data": bytes(range(256)), "created_at": NOW}


def test_many_rows_are_inserted_whatever_stands_in_them(database: Database) -> None:
    lines = [
        {
            "at": NOW,
            "actor": "cli:test",
            "action": "credential.signed",
            "issuer_id": slug,
            "subject": 'a\tb\\c "d" \N{SEAL}',
            "details": {"row": 1, "keys": ["x", None]},
        }
        for slug in ("one", None)
    ]
    with database.write() as session:
        insert_rows(session, AuditEvent, lines)
        insert_rows(session, AuditEvent, [])
        insert_rows(session, Image, [image_columns("a"), image_columns("b")])

    with database.read() as session:
        found = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        told = [{name: getattr(line, name) for name in lines[0]} for line in found]
        images = session.scalars(select(Image.data)).all()
    assert told == lines
    assert images == [bytes(range(256))] * 2


def test_one_of_many_rows_that_is_there_already_takes_all_of_them_back(database: Database) -> None:
    with database.write() as session:
        insert_rows(session, Image, [image_columns("a")])

    with pytest.raises(IntegrityError), database.write() as session:
        insert_rows(session, Image, [image_columns("b"), image_columns("a")])
    with database.read() as session:
        assert session.scalars(select(Image.id)).all() == ["a"]
