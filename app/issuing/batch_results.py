"""What became of each row, and how rows and results are kept: many together, compressed.

A million rows as rows of a table would cost more to write than to issue. A chunk's rows are sealed
besides, for they hold addresses of learners; its results do not.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.encoding.strict_json import JsonObject, dump_json, parse_json
from app.errors import Finding
from app.issuing.row_files import Row
from app.keys.sealing import seal, unseal
from app.keys.signer import KeyStore

VALID = "valid"
ISSUED = "issued"
REPEATED = "repeated"
REFUSED = "refused"

_FAST = 1


@dataclass(frozen=True)
class RowResult:
    """The verdict on one row. In its findings, `field` is a column or a JSON pointer.

    Outcomes: valid (checked, not issued), issued, repeated (there was this very credential
    already), refused.
    """

    row: int
    outcome: str
    key: str | None = None
    credential_id: str | None = None
    findings: tuple[Finding, ...] = field(default=())

    def as_json(self) -> JsonObject:
        """The verdict as it is kept."""
        members: JsonObject = {"row": self.row, "outcome": self.outcome}
        if self.key is not None:
            members["key"] = self.key
        if self.credential_id is not None:
            members["id"] = self.credential_id
        if self.findings:
            members["errors"] = [[each.code, each.detail, each.field] for each in self.findings]
        return members


def pack_results(results: Iterable[RowResult]) -> bytes:
    """Results as they are stored."""
    return zlib.compress(b"\n".join(dump_json(each.as_json()) for each in results), _FAST)


def unpack_results(packed: bytes) -> Iterator[RowResult]:
    """The results that were stored."""
    # Some hundred lines at once: reading each by itself costs five times as much.
    lines = b"[%b]" % zlib.decompress(packed).replace(b"\n", b",")
    for kept in parse_json(lines, max_bytes=len(lines), max_values=len(lines)):
        findings = tuple(Finding(*each) for each in kept.get("errors", ()))
        yield RowResult(kept["row"], kept["outcome"], kept.get("key"), kept.get("id"), findings)


def pack_rows(store: KeyStore, rows: Iterable[Row], *, place: str) -> bytes:
    """Rows as they are stored; they open with this key store and at this place only."""
    lines = b"\n".join(b"%d\t%b" % row for row in rows)
    return seal(store, zlib.compress(lines, _FAST), place=place)


def unpack_rows(store: KeyStore, packed: bytes, *, place: str) -> Iterator[Row]:
    """The rows that were stored; raises KeyStoreError when they do not open."""
    for line in zlib.decompress(unseal(store, packed, place=place)).split(b"\n"):
        number, _, row = line.partition(b"\t")
        yield int(number), row


def place_of(batch_id: str, number: int) -> str:
    """Where the rows of a chunk are sealed."""
    return f"batch_chunks/{batch_id}/{number}"
