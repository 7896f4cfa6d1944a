"""Lists in pages that neither skip nor repeat when something is added between two of them.

A page continues after a given row (its time and id), not after a count of rows. Counting all rows
costs more than reading a page of them, so it is done for the first page alone, and the cursor hands
the number on. It is opaque to callers; it decides nothing but where to go on and which number is
repeated to whoever sends it, so it needs no signature.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.encoding.multibase import decode_base64url, encode_base64url
from app.errors import InvalidRequest, SignetError

MAX_LIMIT = 100

_TOTAL = re.compile(r"[0-9]{1,15}")  # what a number of JSON holds exactly

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, how many there are in all, and the cursor of the next page if any.

    `total` is what was counted when the first page was read.
    """

    items: Sequence[Row]
    total: int
    next: str | None


@dataclass(frozen=True)
class _Cursor:
    """The last row of a page, and how many rows there were in all when the first page was read."""

    total: int
    time: datetime
    id_: str


def list_page(
    session: Session,
    query: Select[Row],
    time: InstrumentedAttribute[datetime],
    id_: InstrumentedAttribute[str],
    *,
    limit: int,
    cursor: str | None,
) -> Page[Row]:
    """One page of the query's rows, newest first.

    Raises InvalidRequest for a limit beyond 1 to 100 and for a cursor that is not one of ours.
    """

    def read(page: Select[Any]) -> Sequence[Row]:
        return session.scalars(page).all()

    return _page(session, query, time, id_, read, limit=limit, cursor=cursor)


def list_columns(
    session: Session,
    query: Select[Any],
    time: ColumnElement[datetime],
    id_: ColumnElement[str],
    *,
    limit: int,
    cursor: str | None,
) -> Page[Any]:
    """The same of a query for several columns, the time and the id among them."""

    def read(page: Select[Any]) -> Sequence[Any]:
        return session.execute(page).all()

    return _page(session, query, time, id_, read, limit=limit, cursor=cursor)


def _page(
    session: Session,
    query: Select[Any],
    time: InstrumentedAttribute[datetime] | ColumnElement[datetime],
    id_: InstrumentedAttribute[str] | ColumnElement[str],
    read: Callable[[Select[Any]], Sequence[Row]],
    *,
    limit: int,
    cursor: str | None,
) -> Page[Row]:
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidRequest("out_of_range", f"A page has 1 to {MAX_LIMIT} items.", field="limit")
    page = query.order_by(time.desc(), id_.desc()).limit(limit + 1)
    if cursor is None:
        counting = query.with_only_columns(func.count(), maintain_column_froms=True)
        total = session.scalar(counting) or 0
    else:
        after = _decode_cursor(cursor)
        page = page.where(tuple_(time, id_) < tuple_(after.time, after.id_))
        total = after.total
    rows = read(page)
    following = None
    if len(rows) > limit:
        last: Any = rows[limit - 1]
        following = _encode_cursor(
            _Cursor(total, getattr(last, str(time.key)), getattr(last, str(id_.key)))
        )
    return Page(rows[:limit], total, following)


def _encode_cursor(cursor: _Cursor) -> str:
    return encode_base64url(f"{cursor.total} {cursor.time.isoformat()} {cursor.id_}".encode())


def _decode_cursor(cursor: str) -> _Cursor:
    try:
        total, time, id_ = decode_base64url(cursor).decode("ascii").split(" ")
        moment = datetime.fromisoformat(time)
        if moment.tzinfo is None or not id_.isprintable() or not _TOTAL.fullmatch(total):
            raise ValueError("not a cursor")
    except (ValueError, SignetError):
        raise InvalidRequest(
            "bad_value", "This is not a cursor that a list here has given.", field="cursor"
        ) from None
    return _Cursor(int(total), moment, id_)
