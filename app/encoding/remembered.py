"""What was worked out of JSON values before, by their bytes.

Issuers and achievements come again and again, in other documents: what depends on their bytes alone
is worked out once. Bounded in number and in bytes, and safe under threads. What is remembered must
never be changed.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from app.encoding.strict_json import dump_json

Key = tuple[Hashable, bytes]
"""What the outcome depends on beside the value, and the value as `dump_json` writes it.

Only the second counts as bytes: what a stranger has chosen belongs there.
"""


def bytes_of(value: object) -> bytes | None:
    """A value as JSON, to remember something about it by; None for what JSON cannot hold."""
    try:
        return dump_json(value)
    except TypeError:
        return None


_Outcome = TypeVar("_Outcome")

MAX_ENTRIES = 4096
MAX_BYTES = 16 * 1024 * 1024


class Remembered(Generic[_Outcome]):
    """The outcomes used last."""

    def __init__(self, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._bytes = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[_Outcome, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> _Outcome | None:
        """The outcome for these bytes, if it is at hand."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Key, outcome: _Outcome, *, size: int = 0) -> None:
        """Keep an outcome of about `size` bytes; those not used for longest make room.

        What is too large by itself is not kept.
        """
        size += len(key[1])
        if size > self._max_bytes:
            return
        with self._lock:
            if key in self._kept:  # another thread was faster, to the same end
                return
            self._kept[key] = outcome, size
            self._bytes += size
            while len(self._kept) > self._max_entries or self._bytes > self._max_bytes:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed
