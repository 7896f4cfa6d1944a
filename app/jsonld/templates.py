"""Canonical forms of documents that are alike: what they have in common is written once.

Of many credentials for one achievement, all but a few texts are the same. A template is made by
writing one of them with marks in the place of these texts; for the next one the marks give way to
its own, and what depends on them is worked out anew: the hashes of blank nodes, their names, and
the order of statements (RDFC-1.0 section 4).

What stands where a mark stood must not change which statements there are. A text does not; an id
does when it is that of another node in the document, or none that the tables know how to write.
Then there is no template, and the document is written from its beginning.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.encoding.remembered import Remembered
from app.jsonld.active_contexts import PLAIN_IRI, Unmodelled
from app.jsonld.contexts import ContextBundle
from app.jsonld.forms import NODE, Form, Marks, fill, form_of
from app.jsonld.long_ids import LONG
from app.jsonld.nquads import plain_statements, write_plain
from app.jsonld.rdf import escape
from app.jsonld.rdfc10 import MAX_BLANK_NODES
from app.jsonld.statements import Node, Statements, canonical_names, first_degree_hash

Writer = Callable[[Sequence[str]], str]
"""From the texts of a document to its canonical N-Quads; raises `Unmodelled`."""

_WRITERS = Remembered[Writer]()
# A template takes longer to make than a document to write: the second of a kind pays for it.
_MET = Remembered[bool]()


class Parted(Protocol):
    """A document, and which of its texts are its own: those may differ among what is alike.

    Two documents with the same `common` differ in nothing but these texts.
    """

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
    text = None
    unknown = []
    each: Parted | None = parted
    while each is not None and text is None:
        write = _WRITERS.get(contexts.key(each.common))
        if write is None:
            unknown.append(each)
            each = each.wider
        else:
            try:
                text = write(each.texts)
            except Unmodelled:
                break
    if text is None:
        text = write_plain(document, contexts)
    for each in unknown:
        _meet(each, contexts, size=2 * len(text))
    return text


def _meet(parted: Parted, contexts: ContextBundle, *, size: int) -> None:
    """Make a template of the second document that has something in common with another one."""
    key = contexts.key(parted.common)
    met = key[0], hash(key[1]).to_bytes(8, signed=True)
    if _MET.get(met):
        _WRITERS.put(key, _writer_of(parted, contexts), size=size)
    else:
        _MET.put(met, True)


def _writer_of(parted: Parted, contexts: ContextBundle) -> Writer:
    marks = Marks()
    try:
        said = plain_statements(parted.marked(marks.next), contexts)
    except Unmodelled:
        return _from_the_beginning
    if len(set(said.hashes)) < len(said.hashes):  # whatever the texts, these are equal
        return _from_the_beginning
    return template_of(said, marks, contexts.tables.names).write


def _from_the_beginning(_: Sequence[str]) -> str:
    """No template can be had: known, so that none is tried to be made again."""
    raise Unmodelled


@dataclass(frozen=True, slots=True)
class _Subject:
    """A node with a name, as far as its lines are not finished; `number` is of the text it is."""

    name: str
    number: int | None
    form: Form


@dataclass(frozen=True, slots=True)
class _Blank:
    """A blank node, and the statement that leads to it.

    `hash` is None where it depends on a text; `parent` is the name of a node, the number of the
    text that it is, or a blank node.
    """

    form: Form
    hash: str | None
    parent: int | Node | None
    predicate: str


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """The statements of a document, with places for its own texts.

    `whole` are the finished lines of nodes with a name.
    """

    count: int  # of the texts
    ids: tuple[int, ...]  # the numbers of those that are ids
    taken: frozenset[str]  # the nodes that are nobody's own
    names: frozenset[str]
    whole: Mapping[str, str]
    subjects: tuple[_Subject, ...]
    blanks: tuple[_Blank, ...]

    def write(self, texts: Sequence[str]) -> str:
        """The canonical N-Quads of the document with these texts; raises `Unmodelled`."""
        terms = self._terms(texts)
        hashes = [blank.hash or self._hash(blank, terms) for blank in self.blanks]
        if len(set(hashes)) < len(hashes):
            raise Unmodelled
        names = canonical_names(hashes)
        said = dict(self.whole)
        for blank, name in zip(self.blanks, names, strict=True):
            said[name] = fill(blank.form, name, terms, names)
        for subject in self.subjects:
            name = subject.name if subject.number is None else terms[subject.number]
            said[name] = fill(subject.form, name, terms, names)
        return "".join([said[name] for name in sorted(said)])

    def _hash(self, blank: _Blank, terms: Sequence[str]) -> str:
        lines = fill(blank.form, "_:a", terms, _OTHERS)
        parent = terms[blank.parent] if isinstance(blank.parent, int) else blank.parent
        return first_degree_hash(lines, parent, blank.predicate)

    def _terms(self, texts: Sequence[str]) -> list[str]:
        """The texts as literals, then the ids as IRIs, none of them that of another node."""
        if len(texts) != self.count:
            raise Unmodelled
        ids = [self._id(texts[number]) for number in self.ids]
        if len(set(ids)) < len(ids) or not self.taken.isdisjoint(ids):
            raise Unmodelled
        return [f'"{escape(text)}"' for text in texts] + ids

    def _id(self, text: str) -> str:
        scheme, _, rest = text.partition(":")
        if len(text) > LONG or not PLAIN_IRI.fullmatch(text):
            raise Unmodelled
        if scheme in self.names and not (scheme in _WEB and rest.startswith("//")):
            raise Unmodelled
        return f"<{text}>"


_OTHERS = ("_:z",) * MAX_BLANK_NODES
_WEB = frozenset({"https", "http"})


def template_of(said: Statements, marks: Marks, names: frozenset[str]) -> Template:
    """The template that the statements of a document with marks in it make.

    `names` are all that could be the prefix of an IRI in its contexts.
    """
    numbers = {blank: number for number, blank in enumerate(said.blanks)}
    links: dict[str, list[tuple[str, int]]] = {}
    for blank, number in numbers.items():
        if isinstance(blank.parent, str):
            links.setdefault(blank.parent, []).append((blank.predicate, number))
    whole, subjects = {}, []
    for name, facts in said.facts.items():
        form = form_of(facts, links.get(name, ()), marks)
        own = marks.number(name)
        if own is None and isinstance(form, str):
            whole[name] = form.replace(NODE, name)
        else:
            subjects.append(_Subject(name, own, form))
    blanks = []
    for blank, known in zip(said.blanks, said.hashes, strict=True):
        form = form_of(blank.facts, [(p, numbers[to]) for p, to in blank.links], marks)
        own = marks.number(blank.parent)
        parent = blank.parent if own is None else own
        takes = own is not None or any(map(marks.place, blank.facts))
        blanks.append(_Blank(form, None if takes else known, parent, blank.predicate))
    return Template(
        count=marks.count,
        ids=tuple(marks.ids),
        taken=frozenset(whole) | {each.name for each in subjects if each.number is None},
        names=names,
        whole=whole,
        subjects=tuple(subjects),
        blanks=tuple(blanks),
    )
