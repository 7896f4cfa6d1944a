"""From a parsed document straight to canonical N-Quads, by compiled active contexts.

The fast path beside the expansion in `safe_mode`: the same steps of the JSON-LD 1.1 API, "Expansion
Algorithm" (section 5.1) and "Deserialize JSON-LD to RDF" (section 8.1), taken together, member by
member, with everything that depends on a context looked up in a table. Nothing is refused here:
whatever is unusual, undefined or wrong raises `Unmodelled`, and the reference path decides about
the whole document, in its own words.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.encoding.jcs import canonicalize_json
from app.encoding.remembered import bytes_of
from app.jsonld.active_contexts import ActiveContext, Term, Unmodelled
from app.jsonld.contexts import ContextBundle
from app.jsonld.fragments import Fragment, FragmentCache
from app.jsonld.long_ids import LONG, check_long_id
from app.jsonld.rdf import I18N, LANGUAGE, RDF, XSD, escape, literal, number
from app.jsonld.statements import Blank, Node, Statements

_TYPE = f"<{RDF}type>"
_FIRST = f"<{RDF}first>"
_REST = f"<{RDF}rest>"
_NIL = f"<{RDF}nil>"
_DIRECTIONS = ("ltr", "rtl")

# Each may scope a context, and deriving one takes PyLD some milliseconds. A document of 4,000
# values has 1,300 nodes at most.
MAX_TYPES = 1500

_CREDENTIALS = "https://www.w3.org/2018/credentials#"
_SUBJECT = f"<{_CREDENTIALS}credentialSubject>"
# Nodes that many credentials share. Learners, status entries and evidence never come again.
_RECURRING = frozenset(
    {f"<{_CREDENTIALS}issuer>", "<https://purl.imsglobal.org/spec/vc/ob/vocab.html#achievement>"}
)


def write_nquads(document: Mapping[str, Any], contexts: ContextBundle) -> str:
    """The canonical N-Quads of a document.

    Raises `Unmodelled`, and `MalformedInput` canonicalization_too_costly.
    """
    return _statements(document, contexts, plain=False).canonical(contexts.work)


def write_plain(document: Mapping[str, Any], contexts: ContextBundle) -> str:
    """The same of a document in which `safe_mode.check_structure` would find nothing to look at.

    That is one of plain terms, known by the context at its beginning alone, with texts, numbers,
    truth values, objects and arrays of such. Raises `Unmodelled` for every other document.
    """
    return plain_statements(document, contexts).canonical(contexts.work)


def plain_statements(document: Mapping[str, Any], contexts: ContextBundle) -> Statements:
    """The statements of such a document, as they are gathered; raises `Unmodelled`."""
    return _statements(document, contexts, plain=True)


def _statements(document: Mapping[str, Any], contexts: ContextBundle, *, plain: bool) -> Statements:
    writer = _Writer(contexts.tables.fragments, contexts.canonical, plain=plain)
    context = contexts.tables.root(writer.context_urls(document.get("@context")))
    return writer.document(document, context)


class _Subject:
    """The node that statements are being written about; `write` takes what follows its name."""

    __slots__ = ("_named", "graph", "node", "write")

    def __init__(self, node: Node, graph: Blank | None, said: Statements) -> None:
        self.node = node
        self.graph = graph
        self.write: Callable[[str], None]
        self._named = said.named
        if graph is not None:
            self.write = self._write_named
        elif isinstance(node, str):
            self.write = said.about(node).append
        else:
            self.write = node.facts.append

    def link(self, predicate: str, to: Blank) -> None:
        """A statement whose object is blank; a blank node itself knows which IRI leads to it."""
        if self.graph is not None:
            self._named.append((self.node, predicate, to, self.graph))
        elif isinstance(self.node, Blank):
            self.node.links.append((predicate, to))

    def _write_named(self, fact: str) -> None:
        predicate, _, object_ = fact.removesuffix(" .\n").partition(" ")
        assert self.graph is not None  # noqa: S101 - only then is this called
        self._named.append((self.node, predicate, object_, self.graph))


class _Writer:
    """Writes the statements of one document, or only of a plain one."""

    def __init__(
        self, fragments: FragmentCache | None, canonical_url: Callable[[str], str], *, plain: bool
    ) -> None:
        self._fragments = fragments
        self._plain = plain
        self._used: set[Fragment] = set()
        self._canonical_url = canonical_url
        self._said = Statements()
        self._root: Node | None = None
        self._principals: list[tuple[str, tuple[str, ...]]] = []  # the document and its subjects

    def document(self, document: Mapping[str, Any], context: ActiveContext) -> Statements:
        """The statements of a whole document."""
        members = {name: member for name, member in document.items() if name != "@context"}
        if not members.keys() - {"id"}:
            raise Unmodelled  # it would be dropped as a whole
        self._node(members, context)
        self._check_said_in_one_place()
        return self._said

    def context_urls(self, listed: object) -> tuple[str, ...]:
        """The addresses under which the contexts of a document or node are held."""
        urls = listed if isinstance(listed, list) else [listed]
        if not urls or not all(isinstance(url, str) for url in urls):
            raise Unmodelled
        return tuple(map(self._canonical_url, urls))

    def _node(
        self,
        node: Mapping[str, Any],
        context: ActiveContext,
        parent: Node | None = None,
        predicate: str = "",
        graph: Blank | None = None,
    ) -> Node:
        """Write all that a node object says; the node itself as a term of N-Quads."""
        if "@context" in node:
            self._not_plain()
            context = context.of_contexts(self.context_urls(node["@context"]))
        inside, types = context.inside(self._types(node["type"]) if "type" in node else ())
        own: Node = _id(node, inside) if "id" in node else Blank(parent, predicate)
        principal = self._root is None or (predicate == _SUBJECT and parent is self._root)
        if self._root is None:
            self._root = own
        subject = _Subject(own, graph, self._said)
        write, terms = subject.write, inside.terms
        for iri in types:
            write(f"{_TYPE} {iri} .\n")
        if types and graph is None and isinstance(own, str):
            (self._principals if principal else self._said.mentions).append((own, types))
        for name, value in node.items():
            term = terms[name]
            if term is None:
                continue
            if term.plain and type(value) is str:
                write(f'{term.predicate} "{escape(value)}"{term.suffix} .\n')
            elif term.coercion == "@json":
                self._not_plain()
                write(f"{term.predicate} {_json(value)} .\n")
            elif term.container == "@list":
                self._list(subject, term, value if isinstance(value, list) else [value])
            elif type(value) is list:
                for item in value:
                    self._value(subject, term.predicate, term, item)
            else:
                self._value(subject, term.predicate, term, value)
        if graph is None and isinstance(own, Blank):
            self._said.blanks.append(own)
            self._said.hashes.append(own.hash())
        return own

    def _value(self, subject: _Subject, predicate: str, term: Term, value: object) -> None:
        """Write the statement that has one value of a term for its object."""
        if type(value) is not dict:
            subject.write(f"{predicate} {_scalar(value, term)} .\n")
        elif term.container == "@language":
            for text in _language_map(value):
                subject.write(f"{predicate} {text} .\n")
        else:
            node = self._object(subject, predicate, term, value)
            if isinstance(node, Blank):
                subject.link(predicate, node)
            else:
                subject.write(f"{predicate} {node} .\n")

    def _object(self, subject: _Subject, predicate: str, term: Term, value: dict[str, Any]) -> Node:
        """Write what a JSON object says, as the value of a term; its term of N-Quads."""
        if term.container == "@graph":
            self._not_plain()
            return self._graph(subject, predicate, term, value)
        if term.container == "@index":
            raise Unmodelled
        if "@value" in value:
            self._not_plain()
            return _value_object(value)
        if len(value) == 1 and "id" in value:
            return _id(value, term.references)
        if predicate in _RECURRING and "id" in value and subject.graph is None:
            return self._recurring(subject, predicate, term, value)
        return self._node(value, term.nodes, subject.node, predicate, subject.graph)

    def _graph(self, subject: _Subject, predicate: str, term: Term, value: dict[str, Any]) -> Blank:
        """A graph container: the node stands in a graph of its own, whose name is blank."""
        if "@value" in value:
            raise Unmodelled
        name = Blank(subject.node, predicate)
        if subject.graph is None:
            self._said.blanks.append(name)
            self._said.hashes.append(name.hash())
        if len(value) > 1 or "id" not in value:
            self._node(value, term.nodes, graph=name)
        return name

    def _list(self, subject: _Subject, term: Term, items: list[Any]) -> None:
        """The ladder of rdf:first and rdf:rest."""
        predicate = term.predicate
        rungs = []
        for item in items:
            rung = Blank(subject.node, predicate)
            subject.link(predicate, rung)
            subject, predicate = _Subject(rung, subject.graph, self._said), _REST
            self._value(subject, _FIRST, term, item)
            rungs.append(rung)
        subject.write(f"{predicate} {_NIL} .\n")
        if subject.graph is None:
            self._said.blanks += rungs
            self._said.hashes += [rung.hash() for rung in rungs]

    def _recurring(
        self, subject: _Subject, predicate: str, term: Term, value: dict[str, Any]
    ) -> Node:
        """A node that was perhaps written before, for another document."""
        if self._fragments is None:  # a fragment inside a fragment is a part of it
            return self._node(value, term.nodes, subject.node, predicate)
        content = bytes_of(value)
        if content is None:
            raise Unmodelled
        key = (term.nodes, self._plain), content
        fragment = self._fragments.get(key)
        if fragment is None:
            part = _Writer(None, self._canonical_url, plain=self._plain)
            node = part._node(value, term.nodes)
            part._said.mentions += part._principals
            fragment = Fragment(str(node), part._said)
            self._fragments.put(key, fragment, size=fragment.size())
        if fragment in self._used:  # said twice, its blank nodes are two: write them anew
            return self._node(value, term.nodes, subject.node, predicate)
        self._used.add(fragment)
        self._said.add(fragment.statements)
        self._check_types()
        return fragment.node

    def _types(self, given: Any) -> tuple[str, ...]:
        """The types of a node."""
        types = tuple(given) if isinstance(given, list) else (given,)
        for name in types:
            if not isinstance(name, str):
                raise Unmodelled
        self._said.types += len(types)
        self._check_types()
        return types

    def _check_types(self) -> None:
        if self._plain and self._said.types > MAX_TYPES:
            raise Unmodelled

    def _not_plain(self) -> None:
        if self._plain:
            raise Unmodelled

    def _check_said_in_one_place(self) -> None:
        """Leave it to the reference path when a second node may speak of the same thing."""
        types: dict[str, set[str]] = {}
        for node, own in self._principals:
            if not types.setdefault(node, set()).isdisjoint(own):
                raise Unmodelled
            types[node].update(own)
        for node, own in self._said.mentions:
            if node in types and not types[node].isdisjoint(own):
                raise Unmodelled


def _id(node: Mapping[str, Any], context: ActiveContext) -> str:
    if not isinstance(node["id"], str):
        raise Unmodelled
    if len(node["id"]) > LONG:
        check_long_id(node)
    return context.iri(node["id"])


def _scalar(value: object, term: Term) -> str:
    """A value that is neither object nor array, as a term of N-Quads (API sections 5.3, 8.2.2)."""
    if term.container == "@graph":
        raise Unmodelled
    if isinstance(value, str):
        if term.coercion == "@id":
            return term.context.iri(value)
        if term.coercion == "@vocab":
            return term.context.types[value]
        return f'"{escape(value)}"{term.suffix}'
    if isinstance(value, bool):
        return literal("true" if value else "false", datatype=term.datatype or XSD + "boolean")
    if isinstance(value, int | float):
        return number(value, term.datatype)
    raise Unmodelled


def _value_object(value: dict[str, Any]) -> str:
    """A text with its language and direction; other value objects are not modelled."""
    text, language = value["@value"], value.get("@language", "en")
    direction = value.get("@direction")
    if not value.keys() <= {"@value", "@language", "@direction"} or not isinstance(text, str):
        raise Unmodelled
    if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
        raise Unmodelled
    tag = language.lower() if "@language" in value else None
    if "@direction" not in value:
        return literal(text, language=tag)
    if direction not in _DIRECTIONS:
        raise Unmodelled
    return literal(text, datatype=f"{I18N}{tag or ''}_{direction}")


def _language_map(value: dict[str, Any]) -> Iterator[str]:
    """The texts of a language map, each with its language."""
    for language, given in value.items():
        if not LANGUAGE.fullmatch(language):
            raise Unmodelled
        for text in given if isinstance(given, list) else [given]:
            if not isinstance(text, str):
                raise Unmodelled
            yield literal(text, language=language.lower())


def _json(value: object) -> str:
    return literal(canonicalize_json(value).decode("utf-8"), datatype=RDF + "JSON")
