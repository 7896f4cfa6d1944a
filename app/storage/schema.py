"""Is the database there, and is its schema the one that this program was written for?"""

from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from app.errors import Unavailable
from app.settings import PROJECT, Settings
from app.storage.database import database_url, make_engine, reading

DATABASE_ERRORS = (DBAPIError, PoolTimeoutError)
"""What a database raises by itself: gone, full, locked for too long."""

# Driver: is it the embedded one?
_DRIVERS = {"sqlite": True, "sqlite+pysqlite": True, "postgresql+psycopg": False}


class SchemaState(StrEnum):
    """How a database stands to this program's tables."""

    EMPTY = "empty"
    BEHIND = "behind"
    CURRENT = "current"
    NEWER = "newer"


def is_sqlite(settings: Settings) -> bool:
    """Whether the embedded database is configured; raises Unavailable for neither of the two."""
    try:
        driver = database_url(settings).drivername
    except ArgumentError:
        driver = ""
    if driver not in _DRIVERS:
        raise Unavailable(
            "unavailable",
            "SIGNET_DATABASE_URL must look like sqlite:///signet.db or "
            "postgresql://USER@HOST/NAME.",
        )
    return _DRIVERS[driver]


def schema_state(settings: Settings) -> SchemaState:
    """Compare the database's revision with ours, creating nothing.

    Raises Unavailable when the database cannot be reached.
    """
    if is_sqlite(settings) and not _sqlite_file_exists(settings):
        return SchemaState.EMPTY
    return _state_of(_revision(settings))


def require_schema(session: Session) -> None:
    """Raise Unavailable when the tables lack something that this program needs.

    A newer schema will do: migrations add first and take away only a version later, so that old
    and new processes run side by side while a service is upgraded.
    """
    revision = MigrationContext.configure(session.connection()).get_current_revision()
    if _state_of(revision) in {SchemaState.EMPTY, SchemaState.BEHIND}:
        raise Unavailable(
            "unavailable", "The database is of an older version; run `signet migrate` first."
        )


def _state_of(revision: str | None) -> SchemaState:
    newest, *older = _revisions()
    if revision is None:
        return SchemaState.EMPTY
    if revision == newest:
        return SchemaState.CURRENT
    return SchemaState.BEHIND if revision in older else SchemaState.NEWER


@cache
def _revisions() -> tuple[str, ...]:
    """Every revision that this program knows, the newest first."""
    script = ScriptDirectory.from_config(Config(toml_file=PROJECT / "pyproject.toml"))
    return tuple(entry.revision for entry in script.walk_revisions())


def _revision(settings: Settings) -> str | None:
    engine = make_engine(settings)
    try:
        with reading(engine).connect() as connection:
            connection.execute(text("SELECT 1"))
            return MigrationContext.configure(connection).get_current_revision()
    except DATABASE_ERRORS as error:
        where = database_url(settings).render_as_string(hide_password=True)
        raise Unavailable(
            "unavailable",
            f"The database {where} cannot be used ({_reason(error)}). Look at SIGNET_DATABASE_URL.",
        ) from error
    finally:
        engine.dispose()


def _reason(error: Exception) -> str:
    """The first line of what the driver says."""
    said = str(getattr(error, "orig", error)).strip().splitlines()
    return said[0] if said else type(error).__name__


def _sqlite_file_exists(settings: Settings) -> bool:
    file = database_url(settings).database
    return bool(file) and Path(str(file)).exists()
