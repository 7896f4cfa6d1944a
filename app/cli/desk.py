"""What a command works with: the settings, the database, the key store, the time, and who asks."""

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer

from app.cli.output import note
from app.errors import Conflict, NotFound
from app.issuing.desk import IssuingDesk, open_issuing
from app.registry.listing import MAX_LIMIT, Page
from app.registry.reviews import fill_catalogue
from app.settings import Settings, SettingsError, read_settings
from app.storage.database import Database, make_engine, upgrade
from app.storage.schema import SchemaState, is_sqlite, schema_state

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
_AT_ONCE = 100

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
"""The option that every command with a result has."""

Row = TypeVar("Row")


@dataclass(frozen=True)
class Desk:
    """One command's settings, database, and tools for issuing."""

    settings: Settings
    database: Database
    issuing: IssuingDesk


def command_settings() -> Settings:
    """The settings of the environment; HOST and PORT say where the service will listen."""
    host = os.environ.get("HOST") or DEFAULT_HOST
    port = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not port.isdecimal():
        raise SettingsError("settings", f"PORT is a number such as {DEFAULT_PORT}, not {port}.")
    return read_settings(host=host, port=int(port))


@contextmanager
def open_desk(*, create: bool = False, settings: Settings | None = None) -> Iterator[Desk]:
    """The desk of a command, put away afterwards.

    `create` makes the embedded database when there is none. Raises what `prepare_database` and
    `open_issuing` raise.
    """
    settings = settings or command_settings()
    prepare_database(settings, create=create)
    desk = Desk(settings, Database(make_engine(settings)), open_issuing(settings))
    try:
        yield desk
    finally:
        desk.database.close()


def prepare_database(settings: Settings, *, create: bool) -> None:
    """See that the database has our schema, and give it to an embedded one.

    PostgreSQL is shared, so changing it is a step of its own: `signet migrate`. Raises Unavailable,
    NotFound (there is none yet) or Conflict (of another version).
    """
    state = schema_state(settings)
    if state is SchemaState.CURRENT:
        return
    if state is SchemaState.NEWER:
        raise Conflict(
            "unavailable", "The database belongs to a newer Signet than this one; upgrade Signet."
        )
    if not is_sqlite(settings):
        raise Conflict("unavailable", "The database is not up to date. Run `signet migrate` first.")
    if state is SchemaState.EMPTY and not create:
        raise NotFound(
            "not_found",
            f"There is no database at {settings.database_url} yet. Begin with `signet issuer "
            "create` or `signet demo`, or say where it is in SIGNET_DATABASE_URL.",
        )
    upgrade(settings)
    fill_in(settings)
    if state is SchemaState.BEHIND:
        note("The database was brought up to date.")


def fill_in(settings: Settings) -> None:
    """Derive, in small transactions, what a newer version keeps of what was stored before it."""
    database = Database(make_engine(settings))
    try:
        while True:
            with database.write() as session:
                if fill_catalogue(session, limit=_AT_ONCE) == 0:
                    return
    finally:
        database.close()


def current_time() -> datetime:
    """The time of day, for commands."""
    return datetime.now(UTC)


def actor() -> str:
    """The name that stands in the audit table for whoever runs this command."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # no such user in this container
        user = str(os.getuid())
    return f"cli:{user}"[:128]


def all_rows(list_page: Callable[..., Page[Row]]) -> list[Row]:
    """Every row of a paged listing; `list_page` takes `limit` and `cursor`."""
    rows: list[Row] = []
    cursor: str | None = None
    while True:
        page = list_page(limit=MAX_LIMIT, cursor=cursor)
        rows.extend(page.items)
        cursor = page.next
        if cursor is None:
            return rows
