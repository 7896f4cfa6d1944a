"""Taking in a batch as it comes: rows go into the database chunk by chunk, never whole in memory.

The only place in this room that opens transactions, and it does so because an upload may take
minutes: one transaction over all of it would hold up every writer of an embedded database. Until
the last one has closed the upload nobody sees the batch.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import insert

from app.encoding.strict_json import dump_json, parse_json
from app.errors import InvalidRequest
from app.issuing.batch_columns import YES, check_head
from app.issuing.batch_results import pack_rows, place_of
from app.issuing.batches import RECEIVED, BatchOptions
from app.issuing.desk import IssuingDesk
from app.issuing.row_files import Row, RowLimits, read_rows
from app.storage.database import Database
from app.storage.tables import BatchChunk

CHUNK_ROWS = 500
"""Enough that a commit costs little beside them, few enough that a killed worker loses little."""

_CHUNK_BYTES = 1024 * 1024
_CHUNKS_AT_ONCE = 8


@dataclass(frozen=True)
class Received:
    """What came in: rows, the chunks they are in, and the digest of the upload."""

    rows: int
    chunks: int
    digest: str  # hex SHA-256


def receive_rows(
    database: Database,
    desk: IssuingDesk,
    batch_id: str,
    options: BatchOptions,
    pieces: Iterable[bytes],
) -> Received:
    """Store the rows of an upload; `pieces` are its bytes as they come.

    Raises MalformedInput for what cannot be read, InvalidRequest for a head that does not fit and
    for an upload without rows. The caller discards the batch then.
    """
    digest = hashlib.sha256()
    limits = RowLimits(desk.settings.batch_row_bytes, desk.settings.batch_rows)

    def counted() -> Iterator[bytes]:
        for piece in pieces:
            digest.update(piece)
            yield piece

    def check(columns: list[str]) -> None:
        check_head(columns, achievement_given=options.achievement is not None)

    rows = chunks = 0
    waiting: list[dict[str, object]] = []
    read = read_rows(options.form, counted(), limits, check)
    for group in _grouped(_wishing(read) if options.notify else read):
        content = pack_rows(desk.key_store, group, place=place_of(batch_id, chunks))
        waiting.append(
            {
                "batch_id": batch_id,
                "number": chunks,
                "state": RECEIVED,
                "row_count": len(group),
                "content": content,
            }
        )
        rows += len(group)
        chunks += 1
        if len(waiting) == _CHUNKS_AT_ONCE:
            _insert(database, waiting)
            waiting = []
    if not rows:
        raise InvalidRequest("missing_member", "There are no rows in this batch.")
    if waiting:
        _insert(database, waiting)
    return Received(rows, chunks, digest.hexdigest())


def _wishing(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows of a CSV file, each with the wish that its learner be told."""
    for number, data in rows:
        cells = parse_json(data)
        yield number, dump_json({"notify": YES, **cells}) if isinstance(cells, dict) else data


def _grouped(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in chunks, bounded by number and by size."""
    group: list[Row] = []
    size = 0
    for row in rows:
        group.append(row)
        size += len(row[1])
        if len(group) == CHUNK_ROWS or size >= _CHUNK_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _insert(database: Database, chunks: list[dict[str, object]]) -> None:
    with database.write() as session:
        session.execute(insert(BatchChunk), chunks)
