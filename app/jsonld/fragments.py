"""Parts of documents that come again and again, already written: issuers, achievements.

What a node with an id says depends on its bytes and on the active context it stands in, and on
nothing else in the document; so it is written once. Bounded in number and in bytes, and safe under
threads: what is kept is never changed again.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from app.jsonld.statements import Statements

MAX_FRAGMENTS = 4096
MAX_BYTES = 32 * 1024 * 1024
_PER_BLANK = 600  # bytes, about, of a blank node beside its texts

Key = tuple[Hashable, bytes]
"""The active context, and the node as JSON."""


@dataclass(frozen=True, slots=True, eq=False)
class Fragment:
    """A node with an id and everything inside it; `node` is the id as a term of N-Quads."""

    node: str
    statements: Statements

    def size(self) -> int:
        """About how many bytes it takes to keep this."""
        said = self.statements
        facts = sum(len(fact) for blank in said.blanks for fact in blank.facts)
        blanks = len(said.blanks) + len(said.named)
        return sum(map(len, said.lines)) + facts + blanks * _PER_BLANK


class FragmentCache:
    """The fragments used last."""

    def __init__(self, max_fragments: int = MAX_FRAGMENTS, max_bytes: int = MAX_BYTES) -> None:
        self._max_fragments = max_fragments
        self._max_bytes = max_bytes
        self._bytes = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[Fragment, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Fragment | None:
        """The fragment of these bytes in this context, if it is at hand."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Key, fragment: Fragment) -> None:
        """Keep a fragment, and let go of those not used for longest until there is room."""
        size = len(key[1]) + fragment.size()
        with self._lock:
            if key in self._kept:  # another thread was faster; it wrote the same
                return
            self._kept[key] = fragment, size
            self._bytes += size
            while len(self._kept) > self._max_fragments or self._bytes > self._max_bytes:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed
