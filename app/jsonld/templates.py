"""Canonical forms of documents that are alike: what they have in common is written once.

Of many credentials for one achievement, all but a few texts are the same. A template is made by
writing one of them with marks in the place of these texts; for the next one the marks give way to
its own, and what depends on them is worked out anew: the hashes of blank nodes, their names, and
the order of statements (RDFC-1.0 section 4).

What stands where a mark stood must not change which statements there are. A text does not; an id
does when it is that of another node in the document, or none that the tables know how to write.
Then there is no template, and the document is written from its beginning.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from app.encoding.remembered import Remembered
from app.jsonld.active_contexts import PLAIN_IRI, Unmodelled
from app.jsonld.contexts import ContextBundle
from app.jsonld.long_ids import LONG
from app.jsonld.nquads import plain_statements, write_plain
from app.jsonld.rdf import escape
from app.jsonld.statements import Blank, Statements, in_order, lines, names_of

_TEMPLATES = Remembered["Template"]()
# A template takes longer to make than a document to write: the second of a kind pays for it.
_MET = Remembered[bool]()


class Parted(Protocol):
    """A document, and which of its texts are its own: those may differ among what is alike."""

    @property
    def common(self) -> bytes:
        """All but its own texts."""

    @property
    def texts(self) -> Sequence[str]:
        """Its own texts: ids, and members that are one literal."""

    @property
    def wider(self) -> "Parted | None":
        """The same with more texts of its own, so that more documents are like it."""

    def marked(self, mark: Callable[[str], str]) -> Mapping[str, Any]:
        """The document with a mark for each of its texts, in their order, by the member's name."""


def write_alike(document: Mapping[str, Any], parted: Parted, contexts: ContextBundle) -> str:
    """What `write_plain` gives for a document, by the template of those that are like it."""
    own = contexts.tables, tuple(contexts.aliases.items())
    text = None
    unknown = []
    wider: Parted | None = parted
    while wider is not None and text is None:
        template = _TEMPLATES.get((own, wider.common))
        if template is None:
            unknown.append(wider)
            wider = wider.wider
        else:
            try:
                text = template.write(wider.texts)
            except Unmodelled:
                break
    if text is None:
        text = write_plain(document, contexts)
    for each in unknown:
        _meet(each, own, contexts, size=2 * len(text))
    return text


def _meet(parted: Parted, own: Hashable, contexts: ContextBundle, *, size: int) -> None:
    """Make a template of the second document that has something in common with another one."""
    met = own, hash(parted.common).to_bytes(8, signed=True)
    if _MET.get(met):
        with suppress(Unmodelled):
            _TEMPLATES.put((own, parted.common), _template_of(parted, contexts), size=size)
    else:
        _MET.put(met, True)


def _template_of(parted: Parted, contexts: ContextBundle) -> "Template":
    marks = Marks()
    said = plain_statements(parted.marked(marks.next), contexts)
    return template_of(said, marks, contexts.tables.prefixes())


Piece = str | tuple[str, int, str]
"""A fact; or what stands before and behind the term of that number in it."""


@dataclass(frozen=True, slots=True)
class _About:
    """The facts about a subject, as the template names it."""

    subject: str
    number: int | None  # of the term that it is
    facts: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _OwnBlank:
    """What a blank node takes from the texts: facts, or the id of the node that leads to it."""

    position: int
    parent: int | None  # the number of that term
    facts: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """The statements of a document, with places for its own texts.

    `whole` are the finished lines of subjects, `leading` the facts about those that lead to blank
    nodes, `about` of those that take a text. `hashes` belong to `blanks`; those in `own` are still
    to be worked out.
    """

    ids: tuple[int, ...]  # the numbers of the texts that are ids
    taken: frozenset[str]  # the subjects that are nobody's own
    prefixes: frozenset[str]
    whole: Mapping[str, str]
    leading: Mapping[str, list[str]]
    about: tuple[_About, ...]
    blanks: tuple[Blank, ...]
    hashes: tuple[str, ...]
    own: tuple[_OwnBlank, ...]

    def write(self, texts: Sequence[str]) -> str:
        """The canonical N-Quads of the document with these texts; raises `Unmodelled`."""
        terms = self._terms(texts)
        hashes, own = list(self.hashes), {}
        for each in self.own:
            blank = self.blanks[each.position]
            facts = own[blank] = in_order(_filled(each.facts, terms))
            parent = blank.parent if each.parent is None else terms[each.parent]
            hashes[each.position] = blank.hash_among(parent, facts)
        if len(set(hashes)) < len(hashes):
            raise Unmodelled
        names = names_of(self.blanks, hashes)
        said = dict(self.whole)
        links: dict[object, list[str]] = {}
        for blank, name in names.items():
            facts = own.get(blank, blank.facts)
            if blank.links:
                facts = sorted(facts + [f"{p} {names[to]} .\n" for p, to in blank.links])
            said[name] = lines(name, facts)
            links.setdefault(blank.parent, []).append(f"{blank.predicate} {name} .\n")
        for subject, sorted_facts in self.leading.items():
            said[subject] = lines(subject, sorted(sorted_facts + links[subject]))
        for about in self.about:
            subject = about.subject if about.number is None else terms[about.number]
            facts = _filled(about.facts, terms) + links.get(about.subject, [])
            said[subject] = lines(subject, in_order(facts))
        return "".join([said[subject] for subject in sorted(said)])

    def _terms(self, texts: Sequence[str]) -> list[str]:
        """The texts as literals, then the ids as IRIs, none of them that of another subject."""
        ids = [self._id(texts[number]) for number in self.ids]
        if len(set(ids)) < len(ids) or not self.taken.isdisjoint(ids):
            raise Unmodelled
        return [f'"{escape(text)}"' for text in texts] + ids

    def _id(self, text: str) -> str:
        scheme, _, rest = text.partition(":")
        if len(text) > LONG or not PLAIN_IRI.fullmatch(text):
            raise Unmodelled
        if scheme in self.prefixes and not (scheme in _WEB and rest.startswith("//")):
            raise Unmodelled
        return f"<{text}>"


_WEB = frozenset({"https", "http"})


def _filled(pieces: Iterable[Piece], terms: Sequence[str]) -> list[str]:
    return [
        piece if isinstance(piece, str) else f"{piece[0]}{terms[piece[1]]}{piece[2]}"
        for piece in pieces
    ]


def _are_facts(pieces: Iterable[Piece]) -> bool:
    return all(isinstance(piece, str) for piece in pieces)


class Marks:
    """Marks for the texts of one document, which nobody can have put into it before."""

    def __init__(self) -> None:
        self._token = f"urn:mark-{secrets.token_hex(16)}:"
        self._term = re.compile(rf'"{self._token}(\d+) ?"|<{self._token}(\d+)>')
        self._count = 0
        self.ids: list[int] = []

    def next(self, member: str) -> str:
        """The mark of the next text. One that is no id could not stand for one either."""
        number = self._count
        self._count += 1
        if member != "id":
            return f"{self._token}{number} "
        self.ids.append(number)
        return f"{self._token}{number}"

    def number(self, node: object) -> int | None:
        """Which of the terms a node is, if it is a mark."""
        found = self._term.fullmatch(node) if isinstance(node, str) else None
        return None if found is None else self._number(found)

    def piece(self, fact: str) -> Piece:
        """A fact as a part of a template."""
        found = self._term.search(fact)
        if found is None:
            assert self._token not in fact  # noqa: S101 - a mark is never signed
            return fact
        return fact[: found.start()], self._number(found), fact[found.end() :]

    def _number(self, found: re.Match[str]) -> int:
        return int(found[1]) if found[1] else self._count + self.ids.index(int(found[2]))


def template_of(said: Statements, marks: Marks, prefixes: frozenset[str]) -> Template:
    """The template that the statements of a document with marks in it make.

    `prefixes` are those of all contexts that were met.
    """
    parents = {blank.parent for blank in said.blanks}
    whole, leading, about = {}, {}, []
    for subject, facts in said.facts.items():
        number, pieces = marks.number(subject), tuple(map(marks.piece, in_order(facts)))
        if number is not None or not _are_facts(pieces):
            about.append(_About(subject, number, pieces))
        elif subject in parents:
            leading[subject] = in_order(facts)
        else:
            whole[subject] = lines(subject, in_order(facts))
    own = []
    for position, blank in enumerate(said.blanks):
        pieces = tuple(map(marks.piece, blank.facts))
        parent = marks.number(blank.parent)
        if parent is not None or not _are_facts(pieces):
            own.append(_OwnBlank(position, parent, pieces))
    return Template(
        ids=tuple(marks.ids),
        taken=frozenset(whole.keys() | leading.keys())
        | {each.subject for each in about if each.number is None},
        prefixes=prefixes,
        whole=whole,
        leading=leading,
        about=tuple(about),
        blanks=tuple(said.blanks),
        hashes=tuple(said.hashes),
        own=tuple(own),
    )
