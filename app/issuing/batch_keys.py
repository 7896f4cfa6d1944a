"""One key and two rows: what contradicts itself in a file of several chunks.

Each chunk looks at its own rows. Over all of them it is looked for once, when the last one has been
checked: first by hashes of the keys, then in the rows themselves where a hash comes twice. What is
not found here, in a file full of it, is found when the later row is issued.
"""

from array import array
from collections.abc import Iterator
from itertools import pairwise

from sqlalchemy.orm import Session

from app.issuing.batch_results import (
    REFUSED,
    RowResult,
    pack_results,
    place_of,
    unpack_rows,
)
from app.issuing.batch_rows import BatchRow, contradiction, read_batch_rows
from app.issuing.batches import results_of
from app.issuing.desk import IssuingDesk
from app.storage.tables import Batch, BatchChunk

_MOST_ROWS = 10_000
"""How many rows are opened again: they are held beside each other, and the batch is locked."""


def refuse_contradictions(session: Session, desk: IssuingDesk, batch: Batch) -> int:
    """Refuse each row of a checked batch under whose key an earlier one says something else.

    Returns how many. Raises KeyStoreError when rows cannot be unsealed.
    """
    again = _hashes_that_come_twice(session, batch.id)
    first: dict[str, BatchRow] = {}
    opened = refused = 0
    if not again:
        return 0
    for number, results in _results(session, batch.id):
        doubted = {each.row for each in _claiming(results) if hash(each.key) in again}
        if not doubted or opened >= _MOST_ROWS:
            continue
        opened += len(doubted)
        chunk = session.get_one(BatchChunk, (batch.id, number))
        verdicts = _verdicts(desk, batch, chunk, doubted, first)
        if verdicts:
            chunk.results = pack_results(verdicts.get(each.row, each) for each in results)
            session.flush()
            refused += len(verdicts)
    return refused


def _verdicts(
    desk: IssuingDesk,
    batch: Batch,
    chunk: BatchChunk,
    doubted: set[int],
    first: dict[str, BatchRow],
) -> dict[int, RowResult]:
    """The refusals among the rows of a chunk; `first` are the rows before them, by their keys."""
    content = chunk.content or b""  # never: it goes when the rows are issued
    rows = unpack_rows(desk.key_store, content, place=place_of(batch.id, chunk.number))
    verdicts: dict[int, RowResult] = {}
    for row in read_batch_rows(batch, (row for row in rows if row[0] in doubted)):
        assert isinstance(row, BatchRow)  # noqa: S101 - it has passed the check
        refusal = contradiction(batch, row, first.setdefault(row.key, row))
        if refusal is not None:
            verdicts[row.number] = refusal
    return verdicts


def _hashes_that_come_twice(session: Session, batch_id: str) -> frozenset[int]:
    """Hashes of keys: of a million, 8 MB, and 40 MB while they are put in order."""
    hashes = array("q")
    for _, results in _results(session, batch_id):
        hashes.extend(hash(each.key) for each in _claiming(results))
    return frozenset(one for one, other in pairwise(sorted(hashes)) if one == other)


def _claiming(results: list[RowResult]) -> Iterator[RowResult]:
    """Those that may be issued, each under its key."""
    for each in results:
        if each.outcome != REFUSED and each.key:
            yield each


def _results(session: Session, batch_id: str) -> Iterator[tuple[int, list[RowResult]]]:
    """The chunks by their numbers, each with what was found; what they hold stays where it is."""
    number = 0
    while (results := results_of(session, batch_id, number)) is not None:
        yield number, results
        number += 1
