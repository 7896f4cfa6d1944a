"""Inserting a row unless it is there, in one statement, so that no race can come between."""

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.storage.tables import Table


def insert_if_absent(session: Session, table: type[Table], **values: Any) -> bool:
    """Whether the row was inserted; False when one with its key stood there already.

    On PostgreSQL this waits for a transaction that is about to insert the same row, and finds out
    what became of it; on SQLite there is one writer at a time.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing()
    inserted = session.execute(statement.returning(*inspect(table).primary_key))
    return inserted.one_or_none() is not None
