"""Parts of documents that come again and again, already written: issuers, achievements.

What a node with an id says depends on its bytes and on the active context it stands in, and on
nothing else in the document.
"""

from dataclasses import dataclass

from app.encoding.remembered import Remembered
from app.jsonld.statements import Statements

# Bytes, about, beside the text itself.
_PER_LINE = 60
_PER_NODE = 600


@dataclass(frozen=True, slots=True, eq=False)
class Fragment:
    """A node with an id and everything inside it; `node` is the id as a term of N-Quads."""

    node: str
    statements: Statements

    def size(self) -> int:
        """About how many bytes it takes to keep this."""
        said = self.statements
        texts = [*said.facts.values(), *(blank.facts for blank in said.blanks)]
        lines = sum(len(fact) + _PER_LINE for facts in texts for fact in facts)
        return lines + (len(said.facts) + len(said.blanks) + len(said.named)) * _PER_NODE


FragmentCache = Remembered[Fragment]
