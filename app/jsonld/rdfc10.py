"""RDF Dataset Canonicalization, RDFC-1.0, with a work budget.

https://www.w3.org/TR/rdf-canon/ section 4. A quad is four serialised N-Quads terms
`(subject, predicate, object, graph)`; blank nodes start with `_:`, the default graph is `""`.

PyLD's own canonicaliser is not used: it differs from the standard on control characters, has no
SHA-384, and can be kept busy for hours by a kilobyte of hostile JSON. Here the hashing of n-degree
paths is metered, and a dataset that costs more than any honest credential is refused.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator

from app.errors import MalformedInput

Quad = tuple[str, str, str, str]

MAX_BLANK_NODES = 500

# One unit is one term hashed or one identifier looked at on a path, well below a microsecond. The
# hardest graph of the W3C test suite that must succeed (test044) needs 31,104, thirty results with
# the same list of thirteen grades 11,040; a ten-node clique would need billions.
BUDGET = 60_000
_MAX_DEPTH = 200


# Expanding a node by PyLD takes up to half a millisecond, where its type scopes a context. One
# document of 4,000 values has 1,300 nodes; but it may be canonicalised anew for each proof in a
# chain, and be one of twenty.
MAX_EXPANDED = 1600


class Work:
    """What several canonicalisations may cost together, beside the budget of each.

    `left` are units of hashing, `nodes_left` nodes that PyLD may still expand.
    """

    def __init__(self, units: int) -> None:
        self.left = units
        self.nodes_left = MAX_EXPANDED

    def expand(self, nodes: int) -> None:
        """Take so many nodes from what is left; raises `MalformedInput`."""
        self.nodes_left -= nodes
        if self.nodes_left < 0:
            raise MalformedInput(
                "canonicalization_too_costly",
                f"more than {MAX_EXPANDED} nodes and contexts to expand, every proof in a chain "
                "counted anew",
            )


def canonicalize_quads(
    quads: Iterable[Quad],
    *,
    algorithm: str = "sha256",
    ground: Iterable[str] = (),
    work: Work | None = None,
) -> str:
    """The canonical N-Quads document of a dataset.

    `ground` are further statements, as lines, in which no blank node stands. `algorithm` is sha256,
    or sha384 for P-384 suites. `work` is shared with other datasets. Raises `MalformedInput`
    canonicalization_too_costly.
    """
    shared = Work(BUDGET) if work is None else work
    run = _Canonicalization(set(quads), algorithm, min(BUDGET, shared.left))
    try:
        return "".join(sorted({*ground, *run.lines()}))
    finally:
        shared.left -= run.work


class _Issuer:
    """Issues identifiers in order and remembers for whom (section 4.5)."""

    def __init__(self, prefix: str, issued: dict[str, str] | None = None) -> None:
        self._prefix = prefix
        self.issued: dict[str, str] = dict(issued or {})

    def copy(self) -> "_Issuer":
        return _Issuer(self._prefix, self.issued)

    def issue(self, blank: str) -> str:
        if blank not in self.issued:
            self.issued[blank] = f"{self._prefix}{len(self.issued)}"
        return self.issued[blank]


class _Canonicalization:
    """The canonicalization state of one run (section 4.3)."""

    def __init__(self, quads: set[Quad], algorithm: str, budget: int) -> None:
        self._quads = quads
        self._algorithm = algorithm
        self._budget = budget
        self.work = 0
        self._quads_of: dict[str, list[Quad]] = defaultdict(list)
        for quad in sorted(quads):
            for blank in dict.fromkeys(_blank_nodes(quad)):
                self._quads_of[blank].append(quad)
        self._canonical = _Issuer("_:c14n")
        self._first_degree: dict[str, str] = {}

    def lines(self) -> Iterator[str]:
        """The lines, in no order. The algorithm of section 4.4.3; the numbers are its steps."""
        if len(self._quads_of) > MAX_BLANK_NODES:
            raise MalformedInput(
                "canonicalization_too_costly", f"more than {MAX_BLANK_NODES} nodes without an id"
            )
        # 3: hash each blank node by the quads it stands in.
        with_hash: dict[str, list[str]] = defaultdict(list)
        for blank in self._quads_of:
            self._first_degree[blank] = self._hash_first_degree(blank)
            with_hash[self._first_degree[blank]].append(blank)
        # 4: a hash of its own makes a name.
        shared = []
        for _, blanks in sorted(with_hash.items()):
            if len(blanks) == 1:
                self._canonical.issue(blanks[0])
            else:
                shared.append(blanks)
        # 5: where several look alike, their surroundings decide.
        for blanks in shared:
            self._name_alike(blanks)
        # 6: rename.
        names = self._canonical.issued
        return (_serialize(tuple(names.get(term, term) for term in q)) for q in self._quads)

    def _name_alike(self, blanks: list[str]) -> None:
        results = []
        for blank in blanks:
            if blank not in self._canonical.issued:
                issuer = _Issuer("_:b")
                issuer.issue(blank)
                results.append(self._hash_n_degree(blank, issuer, 0))
        for _, issuer in sorted(results, key=lambda result: result[0]):
            for blank in issuer.issued:
                self._canonical.issue(blank)

    def _hash_first_degree(self, blank: str) -> str:
        """Section 4.6."""
        lines = sorted(
            _serialize(tuple(_as_seen_from(blank, term) for term in quad))
            for quad in self._quads_of[blank]
        )
        return self._hash("".join(lines))

    def _hash_related(self, related: str, quad: Quad, issuer: _Issuer, position: str) -> str:
        """Section 4.7."""
        if related in self._canonical.issued:
            name = self._canonical.issued[related]
        elif related in issuer.issued:
            name = issuer.issued[related]
        else:
            name = self._first_degree[related]
        predicate = "" if position == "g" else quad[1]
        return self._hash(position + predicate + name)

    def _hash_n_degree(self, blank: str, issuer: _Issuer, depth: int) -> tuple[str, _Issuer]:
        """Section 4.8; the numbers are its steps."""
        if depth > _MAX_DEPTH:
            raise _too_costly()
        # 1-3: related blank nodes, grouped by how they are related.
        related: dict[str, list[str]] = defaultdict(list)
        for quad in self._quads_of[blank]:
            self._spend(4)
            for position, term in (("s", quad[0]), ("o", quad[2]), ("g", quad[3])):
                if term.startswith("_:") and term != blank:
                    related[self._hash_related(term, quad, issuer, position)].append(term)
        # 4, 5: for each group, the least path over all orders of its members.
        data = ""
        for related_hash, members in sorted(related.items()):
            chosen_path, chosen_issuer = "", issuer
            for order in _orders(members):
                path, path_issuer = self._follow(order, issuer, chosen_path, depth)
                if path_issuer is not None and (not chosen_path or path < chosen_path):
                    chosen_path, chosen_issuer = path, path_issuer
            data += related_hash + chosen_path
            issuer = chosen_issuer
        return self._hash(data), issuer

    def _follow(
        self, order: tuple[str, ...], issuer: _Issuer, best: str, depth: int
    ) -> tuple[str, _Issuer | None]:
        """Steps 5.4.1 to 5.4.6: one path; no issuer when it is already worse than the best."""
        self._spend(len(issuer.issued) + len(order))
        issuer = issuer.copy()
        path = ""
        unnamed = []
        for blank in order:
            if blank in self._canonical.issued:
                path += self._canonical.issued[blank]
            else:
                if blank not in issuer.issued:
                    unnamed.append(blank)
                path += issuer.issue(blank)
            if _cannot_win(path, best):
                return path, None
        for blank in unnamed:
            digest, issuer_after = self._hash_n_degree(blank, issuer, depth + 1)
            path += f"{issuer.issue(blank)}<{digest}>"
            issuer = issuer_after
            if _cannot_win(path, best):
                return path, None
        return path, issuer

    def _hash(self, text: str) -> str:
        return hashlib.new(self._algorithm, text.encode("utf-8")).hexdigest()

    def _spend(self, units: int) -> None:
        self.work += units
        if self.work > self._budget:
            raise _too_costly()


def _blank_nodes(quad: Quad) -> Iterator[str]:
    subject, _, object_, graph = quad
    return (term for term in (subject, object_, graph) if term.startswith("_:"))


def _as_seen_from(blank: str, term: str) -> str:
    if not term.startswith("_:"):
        return term
    return "_:a" if term == blank else "_:z"


def _orders(members: list[str]) -> Iterator[tuple[str, ...]]:
    """Every order of the members, each once even where a member stands twice.

    A node of a named graph is related to the graph's name once per statement; taking those for
    different members would cost the factorial of their number and change nothing.
    """
    order = sorted(members)
    while True:
        yield tuple(order)
        rising = [n for n in range(len(order) - 1) if order[n] < order[n + 1]]
        if not rising:
            return
        pivot = rising[-1]
        larger = max(n for n in range(pivot + 1, len(order)) if order[n] > order[pivot])
        order[pivot], order[larger] = order[larger], order[pivot]
        order[pivot + 1 :] = reversed(order[pivot + 1 :])


def _cannot_win(path: str, best: str) -> bool:
    return bool(best) and len(path) >= len(best) and path > best


def _serialize(terms: tuple[str, ...]) -> str:
    return " ".join(term for term in terms if term) + " .\n"


def _too_costly() -> MalformedInput:
    return MalformedInput(
        "canonicalization_too_costly",
        "too many nodes without an id look alike; give them ids or different content",
    )
