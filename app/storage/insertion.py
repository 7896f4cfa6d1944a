"""Inserting a row unless it is there, in one statement, so that no race can come between."""

from functools import cache
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.storage.statements import ReadyStatement
from app.storage.tables import Table


def insert_if_absent(session: Session, table: type[Table], **values: Any) -> bool:
    """Whether the row was inserted; False when one with its key stood there already.

    On PostgreSQL this waits for a transaction that is about to insert the same row, and finds out
    what became of it; on SQLite there is one writer at a time.
    """
    connection = session.connection()
    return _statement(table, connection.dialect.name).row(connection, **values) is not None


@cache
def _statement(table: type[Table], dialect: str) -> ReadyStatement:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return ReadyStatement(
        insert(table).on_conflict_do_nothing().returning(*inspect(table).primary_key)
    )
