"""The engine and its transactions, the same promises on SQLite and on PostgreSQL.

- A writer holds its locks from its first statement: SQLite starts with BEGIN IMMEDIATE, because a
  transaction that reads first and writes later is refused at once when another writer got in
  between, whatever the busy timeout says.
- A reader sees one snapshot and cannot write, on either database.
- "Committed" survives a power cut: SQLite runs with synchronous=FULL. In WAL mode NORMAL would be
  faster but may lose the last answers that were already given; promise 2 forbids that.

Rooms are handed a session and flush; only `Database.write` commits.
"""

import select as polling
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session

from app.settings import PROJECT, Settings
from app.storage.statements import ReadyStatement

# The worker threads of one process: SQLite connections are cheap, so there is one for each of them.
_THREADS = 40
# Whoever waits longer for a connection is told to come back, before the queue behind him grows.
_POOL_TIMEOUT_SECONDS = 2
_BUSY_TIMEOUT_MS = 30_000
_WRITES = "signet_writes"


def database_url(settings: Settings) -> URL:
    """The URL with its driver: `postgresql://` means psycopg 3 here."""
    url = make_url(settings.database_url)
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def connection_arguments(settings: Settings) -> dict[str, Any]:
    """What psycopg is given to connect to the configured PostgreSQL, for who connects by itself."""
    url = database_url(settings)
    _, arguments = url.get_dialect()().create_connect_args(url)
    return {**arguments, "connect_timeout": 5}


def make_engine(settings: Settings) -> Engine:
    """An engine for the configured database; it connects when it is first used.

    Statements in error messages never show their parameters: they may hold personal data.
    """
    url = database_url(settings)
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=settings.database_pool_size,
            max_overflow=_THREADS,
            pool_timeout=_POOL_TIMEOUT_SECONDS,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_pool_size,
        pool_timeout=_POOL_TIMEOUT_SECONDS,
        connect_args={"connect_timeout": 5},
    )
    event.listen(engine, "checkout", _refuse_ended)
    return engine


def _refuse_ended(connection: Any, _record: Any, _proxy: Any) -> None:
    """Have the pool connect anew where the server has ended this connection meanwhile.

    A server that stops or restarts says so on the line, or closes it: an idle connection with
    something to read is over. That is seen without asking the server, which would cost as much as
    reading a row.
    """
    poll = polling.poll()
    poll.register(connection.fileno(), polling.POLLIN)
    if poll.poll(0):
        raise InvalidatePoolError


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # Without this the driver starts transactions by itself, and only before some statements.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def writing(engine: Engine) -> Engine:
    """The same engine and pool, whose transactions may write."""
    return engine.execution_options(**{_WRITES: True})


def reading(engine: Engine) -> Engine:
    """The same engine and pool, whose transactions see one snapshot and cannot write."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine


def looking(engine: Engine) -> Engine:
    """The same engine and pool, for single statements that read."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="AUTOCOMMIT")
    return engine


@contextmanager
def _without_transaction(connection: Any) -> Iterator[None]:
    """Let psycopg begin none: the same as `looking`, at a third of what SQLAlchemy takes for it."""
    connection.autocommit = True
    try:
        yield
    finally:
        if not connection.closed:
            connection.autocommit = False


class Database:
    """Transactions over one engine; a connection is taken at the first statement, not before."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = reading(engine)
        self._writing = writing(engine)

    def look(self, statement: ReadyStatement, **values: Any) -> tuple[Any, ...] | None:
        """The one row of a single statement, without a transaction around it, or None.

        A statement is a snapshot of its own; beginning and ending a transaction would cost more
        than reading a row does.
        """
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                with _without_transaction(connection.connection.driver_connection):
                    return statement.row(connection, **values)
            return statement.row(connection, **values)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session over one snapshot that cannot write."""
        with Session(self._reading) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits when the block ends, and rolls back when it raises."""
        with Session(self._writing) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give every connection back to the operating system."""
        self.engine.dispose()


def migration_config(settings: Settings) -> Config:
    """Alembic's configuration: `[tool.alembic]` in pyproject.toml, and these settings."""
    config = Config(toml_file=PROJECT / "pyproject.toml")
    config.attributes["settings"] = settings
    return config


def upgrade(settings: Settings) -> None:
    """Bring the database to the newest schema; safe to run again and from several processes."""
    command.upgrade(migration_config(settings), "head")
