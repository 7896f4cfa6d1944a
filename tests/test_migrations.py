"""The migrations and the tables must tell the same story."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from app.settings import Settings
from app.storage.audit import append_audit
from app.storage.database import Database, make_engine, upgrade
from app.storage.tables import Table
from tests.conftest import NOW


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """The job queue brings tables of its own (decision 19)."""
    return kind != "table" or name is None or not name.startswith("procrastinate_")


def test_the_job_queue_has_the_schema_that_our_migrations_give_it() -> None:
    """A later Procrastinate with changes to its schema needs a migration of ours that makes them;
    see decision 19."""
    steps = sorted(path.name for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))

    assert steps[-1] == "03.04.00_50_post_add_retry_failed_job_procedure.sql"


def test_upgrading_an_empty_database_gives_exactly_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        options = {"compare_type": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Table.metadata) == []


def test_constraints_bear_the_names_that_the_tables_give_them(database: Database) -> None:
    inspector = inspect(database.engine)
    for table in Table.metadata.sorted_tables:
        found = {key["name"] for key in inspector.get_foreign_keys(table.name)}
        found |= {key["name"] for key in inspector.get_unique_constraints(table.name)}
        found.add(inspector.get_pk_constraint(table.name)["name"])
        assert found == {constraint.name for constraint in table.constraints}


def test_upgrading_twice_changes_nothing(settings: Settings, database: Database) -> None:
    with database.write() as session:
        append_audit(
            session, at=NOW, actor="service", action="a", issuer_id=None, subject=None, details={}
        )
    upgrade(settings)
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_events")) == 1


@pytest.fixture
def audited(database: Database) -> Iterator[Database]:
    with database.write() as session:
        append_audit(
            session,
            at=NOW,
            actor="service",
            action="key.revoked",
            issuer_id="acme",
            subject=None,
            details={},
        )
    yield database
    with database.read() as session:
        assert session.scalar(text("SELECT action FROM audit_events")) == "key.revoked"


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events"]
)
def test_the_audit_table_refuses_change(audited: Database, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), audited.write() as session:
        session.execute(text(statement))


def test_the_audit_table_refuses_to_be_emptied(postgres_url: str) -> None:
    database = Database(make_engine(Settings(database_url=postgres_url)))
    with pytest.raises(DatabaseError, match="append-only"), database.write() as session:
        session.execute(text("TRUNCATE audit_events"))
    database.close()


def test_credentials_are_compressed_by_lz4_where_the_server_has_it(postgres_url: str) -> None:
    engine = make_engine(Settings(database_url=postgres_url))
    with engine.connect() as connection:
        with_it = connection.scalar(
            text(
                "SELECT 'lz4' = ANY (enumvals) FROM pg_settings"
                " WHERE name = 'default_toast_compression'"
            )
        )
        chosen = connection.scalars(
            text(
                "SELECT attcompression::text FROM pg_attribute"
                " WHERE attrelid = 'credentials'::regclass AND attname IN ('document', 'jwt')"
            )
        ).all()
    engine.dispose()
    assert chosen == (["l", "l"] if with_it else ["", ""])
