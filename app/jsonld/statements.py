"""The statements of one document, on their way to canonical N-Quads.

JSON is a tree, so that a node without an id stands in the statements about itself and in the one
that leads to it, and in no others. That is all that its first-degree hash looks at (RDFC-1.0,
section 4.6), which is therefore taken here, node by node, without a dataset. Only where two hashes
are equal, or statements stand in a named graph, are the quads written out for `rdfc10` in full.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from app.jsonld.rdfc10 import MAX_BLANK_NODES, Quad, Work, canonicalize_quads


@dataclass(slots=True, eq=False)
class Blank:
    """A node without an id.

    `facts` are the statements about it whose objects have a name, from the predicate to the full
    stop and the line's end; `links` lead to other blank nodes; the one statement that leads here is
    `predicate` from `parent`, None for the document's own node.
    """

    parent: "Node | None"
    predicate: str
    facts: list[str] = field(default_factory=list)
    links: list[tuple[str, "Blank"]] = field(default_factory=list)

    def hash(self) -> str:
        """The first-degree hash; to be asked for when all is said: it puts `facts` in order."""
        self.facts = in_order(self.facts)
        about = self.facts
        if self.links:
            about = sorted(about + [f"{predicate} _:z .\n" for predicate, _ in self.links])
        return first_degree_hash(lines("_:a", about), self.parent, self.predicate)


Node = str | Blank
NamedQuad = tuple[Node, str, Node, Blank]


Mention = tuple[str, tuple[str, ...]]
"""That a node of this id is described somewhere, and as being of which types."""


def in_order(facts: list[str]) -> list[str]:
    """Facts about one node, sorted, each of them once: a dataset is a set."""
    return sorted(facts if len(set(facts)) == len(facts) else set(facts))


def lines(subject: str, facts: list[str]) -> str:
    """The statements about one subject, in the order of its facts."""
    head = f"{subject} "
    return head + head.join(facts) if facts else ""


def first_degree_hash(about: str, parent: Node | None, predicate: str) -> str:
    """The hash of a blank node (RDFC-1.0 section 4.6): itself `_:a`, all other blanks `_:z`.

    `about` are the lines about it in their order; one more leads to it from its parent.
    """
    # `<` comes before `_:a`, and `_:z` after it.
    if isinstance(parent, str):
        about = f"{parent} {predicate} _:a .\n{about}"
    elif parent is not None:
        about = f"{about}_:z {predicate} _:a .\n"
    return sha256(about.encode()).hexdigest()


def canonical_names(hashes: Sequence[str]) -> list[str]:
    """The canonical names of blank nodes whose hashes all differ, `MAX_BLANK_NODES` at most.

    Section 4.4.3 step 4.
    """
    names = dict(zip(sorted(hashes), _NAMES, strict=False))
    return [names[digest] for digest in hashes]


_NAMES = tuple(f"_:c14n{number}" for number in range(MAX_BLANK_NODES))


@dataclass(slots=True)
class Statements:
    """Statements as they are gathered.

    `facts` are the statements without blank nodes, by their subject, each from the predicate to the
    line's end; `hashes` belong to `blanks`, one by one; `named` are the statements of named graphs,
    whose names are blank. `mentions` are those of the default graph, `types` how many types were
    given.
    """

    facts: dict[str, list[str]] = field(default_factory=dict)
    blanks: list[Blank] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    named: list[NamedQuad] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    types: int = 0

    def about(self, subject: str) -> list[str]:
        """The facts about a subject, to be added to."""
        return self.facts.setdefault(subject, [])

    def add(self, part: "Statements") -> None:
        """All the statements of a part that was written before."""
        for subject, facts in part.facts.items():
            self.about(subject).extend(facts)
        self.blanks += part.blanks
        self.hashes += part.hashes
        self.named += part.named
        self.mentions += part.mentions
        self.types += part.types

    def canonical(self, work: Work | None) -> str:
        """The canonical N-Quads (RDFC-1.0); raises `MalformedInput` canonicalization_too_costly."""
        alike = len(set(self.hashes)) < len(self.hashes)
        if alike or self.named or len(self.blanks) > MAX_BLANK_NODES:
            ground = [f"{subject} {fact}" for subject in self.facts for fact in self.facts[subject]]
            return canonicalize_quads(self._quads(), ground=ground, work=work)
        names = dict(zip(self.blanks, canonical_names(self.hashes), strict=True))
        named = {subject: list(facts) for subject, facts in self.facts.items()}
        about: dict[str, list[str]] = {}
        for blank, name in names.items():
            links = [f"{predicate} {names[to]} .\n" for predicate, to in blank.links]
            about[name] = sorted(blank.facts + links) if links else blank.facts
            if isinstance(blank.parent, str):
                named[blank.parent].append(f"{blank.predicate} {name} .\n")
        for subject, facts in named.items():
            about[subject] = in_order(facts)
        # No subject is the beginning of another one: sorted by subjects, statements are sorted.
        return "".join([lines(subject, about[subject]) for subject in sorted(about)])

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
