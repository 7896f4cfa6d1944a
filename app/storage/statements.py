"""Statements that every request sends: made once, and handed straight to the driver.

Between a statement and the driver SQLAlchemy looks up the text, makes a context and a result, and
loads objects into a session. That takes several times as long as the driver itself, and for what
every issue sends it was the larger part of the request (docs/decisions/0026). The text, the types
of the columns, the connection with its transaction, and the errors are SQLAlchemy's all the same,
and whoever listens to the engine hears of these statements as well.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NoReturn, TypeVar

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.engine.interfaces import DBAPICursor, DBAPIModule
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.storage.columns import Table

Kind = TypeVar("Kind", bound=Table)
_Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete
_Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Text:
    """A statement as one of the drivers takes it."""

    sql: str
    given: Mapping[str, Any]  # values that stand in the statement itself
    order: tuple[str, ...] | None  # of the parameters, for a driver that takes no names
    binding: tuple[tuple[str, _Convert], ...]  # parameters that the driver takes in another form
    reading: tuple[tuple[int, _Convert], ...]  # columns that it gives in another form
    returns: bool

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them; one too few is an error of its."""
        bound = {**self.given, **values}
        for name, convert in self.binding:
            bound[name] = convert(bound[name])
        return bound if self.order is None else [bound[name] for name in self.order]

    def converted(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """A row, as the types of its columns have it."""
        values = list(row)
        for place, convert in self.reading:
            values[place] = convert(values[place])
        return tuple(values)


class ReadyStatement:
    """A statement with named parameters; its text is made when a database first sees it.

    It must not depend on the values: no list of them, no defaults that SQLAlchemy fills in.
    """

    def __init__(self, statement: _Statement) -> None:
        self._statement = statement
        self._names = tuple(str(column.key) for column in statement.exported_columns)
        self._texts: dict[str, _Text] = {}

    def rows(self, where: Session | Connection, **values: Any) -> list[tuple[Any, ...]]:
        """Send it, after what is pending in the session; what comes back.

        Raises SQLAlchemy's errors.
        """
        if isinstance(where, Session):
            where.flush()
            where = where.connection()
        connection = where
        text = self._texts.get(connection.dialect.name)
        if text is None:
            text = self._texts[connection.dialect.name] = _text_of(
                self._statement, connection.dialect
            )
        parameters = text.parameters(values)
        cursor = connection.connection.cursor()
        try:
            found = _sent(connection, cursor, text, parameters)
        except connection.dialect.loaded_dbapi.Error as error:
            _refuse(connection, text, parameters, error)
        finally:
            cursor.close()
        return [text.converted(row) for row in found] if text.reading else found

    def row(self, where: Session | Connection, **values: Any) -> tuple[Any, ...] | None:
        """The one row, or None where there is none."""
        rows = self.rows(where, **values)
        return rows[0] if rows else None

    def objects(self, where: Session, kind: type[Kind], **values: Any) -> list[Kind]:
        """The rows of a table as objects that no session knows: to be read, not to be changed."""
        return [self._object(kind, row) for row in self.rows(where, **values)]

    def _object(self, kind: type[Kind], row: tuple[Any, ...]) -> Kind:
        # As a session does it: to set each attribute by itself takes ten times as long.
        made: Kind = kind.__mapper__.class_manager.new_instance()
        vars(made).update(zip(self._names, row, strict=True))
        return made


def _sent(
    connection: Connection, cursor: DBAPICursor, text: _Text, parameters: Any
) -> list[tuple[Any, ...]]:
    sql = text.sql
    context: Any = SimpleNamespace()  # on which listeners note what they have to remember
    for before in connection.dispatch.before_cursor_execute:
        sql, parameters = before(connection, cursor, sql, parameters, context, False)
    cursor.execute(sql, parameters)
    found = list(cursor.fetchall()) if text.returns else []
    for after in connection.dispatch.after_cursor_execute:
        after(connection, cursor, sql, parameters, context, False)
    return found


def _refuse(
    connection: Connection, text: _Text, parameters: Any, error: DBAPIModule.Error
) -> NoReturn:
    """Raise a driver's error as SQLAlchemy's; a connection that is lost is not used again."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection, None)
    if lost:
        connection.invalidate(error)
    raise DBAPIError.instance(
        text.sql,
        parameters,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=connection.engine.hide_parameters,
        connection_invalidated=lost,
        dialect=dialect,
    ) from error


def _text_of(statement: _Statement, dialect: Dialect) -> _Text:
    compiled = statement.compile(dialect=dialect)
    binds = {name: compiled.binds[name] for name in compiled.params}
    binding = (
        (name, bind.type.dialect_impl(dialect).bind_processor(dialect))
        for name, bind in binds.items()
    )
    columns = tuple(statement.exported_columns)
    reading = (
        (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
        for place, column in enumerate(columns)
    )
    return _Text(
        sql=str(compiled),
        given={name: bind.value for name, bind in binds.items() if not bind.required},
        order=tuple(compiled.positiontup or ()) if compiled.positional else None,
        binding=tuple((name, convert) for name, convert in binding if convert is not None),
        reading=tuple((place, convert) for place, convert in reading if convert is not None),
        returns=bool(columns),
    )
