"""Credentials that were read lately, kept in memory: what was signed never changes (decision 22).

Whether one is revoked stands in its status list, not in its bytes. Only who takes a row out of the
database by hand makes them go away; they are forgotten soon enough for that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

MOST_BYTES = 16 * 1024 * 1024
MOST_SECONDS = 60.0

# What an entry costs besides the document: its key, its tuple, its place in the table.
_ENTRY_BYTES = 400


@dataclass
class KeptCredentials:
    """The stored bytes of credentials, by id; for one thread, which is that of the event loop.

    clock: seconds that never go back; seconds: how long an entry is kept; max_bytes: of all of
    them together, the oldest being forgotten first.
    """

    clock: Callable[[], float]
    max_bytes: int = MOST_BYTES
    seconds: float = MOST_SECONDS
    _kept: dict[str, tuple[float, bytes]] = field(default_factory=dict, repr=False)
    _bytes: int = 0

    def find(self, id_: str) -> bytes | None:
        """The bytes of a credential that was read less than `seconds` ago."""
        entry = self._kept.get(id_)
        if entry is None:
            return None
        until, document = entry
        if self.clock() < until:
            return document
        self._forget(id_)
        return None

    def keep(self, id_: str, document: bytes) -> None:
        """Remember bytes that were just read from the database."""
        if id_ in self._kept:  # two who asked at once
            self._forget(id_)
        self._kept[id_] = (self.clock() + self.seconds, document)
        self._bytes += len(document) + _ENTRY_BYTES
        while self._bytes > self.max_bytes:
            self._forget(next(iter(self._kept)))

    def _forget(self, id_: str) -> None:
        _, document = self._kept.pop(id_)
        self._bytes -= len(document) + _ENTRY_BYTES
