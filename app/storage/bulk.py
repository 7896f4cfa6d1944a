"""Inserting many rows at once, the fastest way that each database has."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.storage.tables import Table


def insert_rows(session: Session, table: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns; the database fills in the others.

    On PostgreSQL by COPY, which takes less than half the time on both sides. Raises what an INSERT
    raises, such as IntegrityError.
    """
    if not rows:
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        session.execute(insert(table), rows)


def _copy(connection: Connection, table: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    driver: Any = connection.connection.driver_connection
    dialect = connection.dialect
    dbapi: Any = dialect.loaded_dbapi
    names = list(rows[0])
    columns = [table.__table__.c[name] for name in names]
    listed = ", ".join(f'"{column.name}"' for column in columns)
    statement = f'COPY "{table.__tablename__}" ({listed}) FROM STDIN (FORMAT BINARY)'
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            # Their names as PostgreSQL writes them, without a length.
            copy.set_types(
                [column.type.compile(dialect).partition("(")[0].lower() for column in columns]
            )
            for row in rows:
                copy.write_row([row[name] for name in names])
    except dbapi.Error as error:
        # As SQLAlchemy does it for statements of its own: who asks is told of one kind of errors.
        raise DBAPIError.instance(
            statement, None, error, dbapi.Error, hide_parameters=True, dialect=dialect
        ) from error
