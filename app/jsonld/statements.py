"""The statements of one document, on their way to canonical N-Quads.

JSON is a tree, so that a node without an id stands in the statements about itself and in the one
that leads to it, and in no others. That is all that its first-degree hash looks at (RDFC-1.0,
section 4.6), which is therefore taken here, node by node, without a dataset. Only where two hashes
are equal, or statements stand in a named graph, are the quads written out for `rdfc10` in full.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from app.jsonld.rdfc10 import MAX_BLANK_NODES, Quad, Work, canonicalize_quads


@dataclass(slots=True, eq=False)
class Blank:
    """A node without an id.

    `facts` are the statements about it whose objects have a name, from the predicate to the full
    stop; `links` lead to other blank nodes; the one statement that leads here is `predicate` from
    `parent`, None for the document's own node.
    """

    parent: "Node | None"
    predicate: str
    facts: list[str] = field(default_factory=list)
    links: list[tuple[str, "Blank"]] = field(default_factory=list)

    def hash(self) -> str:
        """The first-degree hash (RDFC-1.0 section 4.6): itself `_:a`, all other blanks `_:z`."""
        facts = self.facts if len(set(self.facts)) == len(self.facts) else set(self.facts)
        lines = [f"_:a {fact}" for fact in facts]
        lines += [f"_:a {predicate} _:z .\n" for predicate, _ in self.links]
        if self.parent is not None:
            parent = self.parent if isinstance(self.parent, str) else "_:z"
            lines.append(f"{parent} {self.predicate} _:a .\n")
        lines.sort()
        return sha256("".join(lines).encode()).hexdigest()


Node = str | Blank
NamedQuad = tuple[Node, str, Node, Blank]


Mention = tuple[str, tuple[str, ...]]
"""That a node of this id is described somewhere, and as being of which types."""


@dataclass(slots=True)
class Statements:
    """Statements as they are gathered.

    `lines` are the statements without blank nodes, complete; `hashes` belong to `blanks`, one by
    one; `named` are the statements of named graphs, whose names are blank. `mentions` are those of
    the default graph.
    """

    lines: list[str] = field(default_factory=list)
    blanks: list[Blank] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    named: list[NamedQuad] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)

    def add(self, part: "Statements") -> None:
        """All the statements of a part that was written before."""
        self.lines += part.lines
        self.blanks += part.blanks
        self.hashes += part.hashes
        self.named += part.named
        self.mentions += part.mentions

    def canonical(self, work: Work | None) -> str:
        """The canonical N-Quads (RDFC-1.0); raises `MalformedInput` canonicalization_too_costly."""
        alike = len(set(self.hashes)) < len(self.hashes)
        if alike or self.named or len(self.blanks) > MAX_BLANK_NODES:
            return canonicalize_quads(self._quads(), ground=self.lines, work=work)
        # Section 4.4.3 step 4: where all hashes differ, their order gives the names.
        order = sorted(zip(self.hashes, self.blanks, strict=True))
        names = {blank: f"_:c14n{n}" for n, (_, blank) in enumerate(order)}
        lines = list(self.lines)
        for blank, name in names.items():
            lines += [f"{name} {fact}" for fact in blank.facts]
            lines += [f"{name} {predicate} {names[to]} .\n" for predicate, to in blank.links]
            if isinstance(blank.parent, str):
                lines.append(f"{blank.parent} {blank.predicate} {name} .\n")
        lines.sort()
        if len(set(lines)) < len(lines):  # a dataset is a set
            lines = list(dict.fromkeys(lines))
        return "".join(lines)

    def _quads(self) -> Iterator[Quad]:
        """The statements with blank nodes, as quads."""
        labels: dict[Blank, str] = {}

        def term(node: Node) -> str:
            if isinstance(node, str):
                return node
            return labels.setdefault(node, f"_:b{len(labels)}")

        for blank in self.blanks:
            for fact in blank.facts:
                predicate, _, object_ = fact.removesuffix(" .\n").partition(" ")
                yield term(blank), predicate, object_, ""
            for predicate, to in blank.links:
                yield term(blank), predicate, term(to), ""
            if isinstance(blank.parent, str):
                yield blank.parent, blank.predicate, term(blank), ""
        for subject, predicate, object_node, graph in self.named:
            yield term(subject), predicate, term(object_node), term(graph)
