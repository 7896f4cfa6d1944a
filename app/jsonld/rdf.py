"""From expanded JSON-LD to RDF quads, dropping nothing.

JSON-LD 1.1 API section 8 (Deserialize JSON-LD to RDF), with `rdfDirection` i18n-datatype as the
Data Integrity suites of the field use it. Every IRI is checked here, because a processor that
meets one it dislikes leaves the whole statement out, and what is left out is not signed.
"""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from app.encoding.jcs import canonicalize_json
from app.errors import CheckFailed, MalformedInput
from app.jsonld.rdfc10 import Quad

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
I18N = "https://www.w3.org/ns/i18n#"

# Relative references are resolved against this base; whatever comes out with it was relative.
# A scheme of its own also catches //host/path, which would otherwise keep only the scheme.
BASE = "signet-relative://relative/"
_BASE_SCHEME = "signet-relative:"

IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`\x7f-\x9f]+')
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_NODE_KEYWORDS = frozenset({"@id", "@type", "@graph", "@index"})

# Canonical N-Quads: what must be escaped, and how (RDF 1.1 N-Quads, canonical form).
_ESCAPES = {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
_TO_ESCAPE = re.compile('[\x00-\x1f"\\\\\x7f\ufffe\uffff]')


def to_quads(expanded: list[Any]) -> Iterator[Quad]:
    """The quads of an expanded document.

    Raises `CheckFailed` invalid_id for an IRI that is relative or malformed and
    keyword_not_allowed for @reverse, @included and other unusual keywords; `MalformedInput`
    bad_language and blank_node_identifier.
    """
    labels = (f"_:b{n}" for n in count())
    for node in expanded:
        yield from _node(node, "", labels, [])


def is_relative(iri: str) -> bool:
    """Whether an IRI became absolute only by resolving it against `BASE`."""
    return iri.startswith(_BASE_SCHEME)


def literal(value: str, *, datatype: str | None = None, language: str | None = None) -> str:
    """A literal as a canonical N-Quads term; xsd:string is left unsaid."""
    quoted = f'"{escape(value)}"'
    if language is not None:
        return f"{quoted}@{language}"
    if datatype is None or datatype == XSD + "string":
        return quoted
    return f"{quoted}^^<{datatype}>"


def escape(text: str) -> str:
    """A text as it stands between the quotes of a literal in canonical N-Quads."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return text  # as nearly all are; of all that is escaped, only these two can be printed
    return _TO_ESCAPE.sub(lambda match: _escape(match[0]), text)


def _escape(character: str) -> str:
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


def _node(
    node: dict[str, Any], graph: str, labels: Iterator[str], subject: list[str]
) -> Iterator[Quad]:
    """The quads of a node object; its own term is left in `subject`."""
    own = _iri(node["@id"]) if "@id" in node else next(labels)
    subject.append(own)
    for type_ in node.get("@type", []):
        yield own, f"<{RDF}type>", _iri(type_), graph
    for key, values in node.items():
        if key.startswith("@"):
            if key not in _NODE_KEYWORDS:
                raise CheckFailed("keyword_not_allowed", f"{key} may not be used here")
            continue
        predicate = _iri(key)
        for value in values:
            yield from _statement(own, predicate, value, graph, labels)
    for member in node.get("@graph", []):
        yield from _node(member, own, labels, [])


def _statement(
    subject: str, predicate: str, value: dict[str, Any], graph: str, labels: Iterator[str]
) -> Iterator[Quad]:
    if "@value" in value:
        yield subject, predicate, _value(value), graph
    elif "@list" in value:
        yield from _list(subject, predicate, value["@list"], graph, labels)
    else:
        target: list[str] = []
        yield from _node(value, graph, labels, target)
        yield subject, predicate, target[0], graph


def _list(
    subject: str, predicate: str, items: list[Any], graph: str, labels: Iterator[str]
) -> Iterator[Quad]:
    """The ladder of rdf:first and rdf:rest."""
    for item in items:
        rung = next(labels)
        yield subject, predicate, rung, graph
        yield from _statement(rung, f"<{RDF}first>", item, graph, labels)
        subject, predicate = rung, f"<{RDF}rest>"
    yield subject, predicate, f"<{RDF}nil>", graph


def _value(value: dict[str, Any]) -> str:
    content = value["@value"]
    datatype = value.get("@type")
    if datatype == "@json":
        return literal(canonicalize_json(content).decode("utf-8"), datatype=RDF + "JSON")
    if datatype is not None:
        datatype = _iri(datatype)[1:-1]
    if isinstance(content, bool):
        return literal("true" if content else "false", datatype=datatype or XSD + "boolean")
    if isinstance(content, int | float):
        return number(content, datatype)
    language = value.get("@language")
    if language is not None and not LANGUAGE.fullmatch(language):
        raise MalformedInput("bad_language", f"{language[:40]!r} is not a language tag")
    if "@direction" in value:
        return literal(content, datatype=f"{I18N}{language or ''}_{value['@direction']}")
    return literal(content, datatype=datatype, language=language)


def number(value: float, datatype: str | None) -> str:
    """A number as a literal (section 8.2.2, steps 10, 11).

    Whole numbers below 10^21 become integers, all others doubles. The lexical form of a double has
    at most 15 digits after the point, as ECMAScript's toExponential(15) gives it, trailing zeros
    removed.
    """
    if datatype != XSD + "double" and value % 1 == 0 and abs(value) < 1e21:
        return literal(str(int(value)), datatype=datatype or XSD + "integer")
    mantissa, exponent = f"{value:.15E}".split("E")
    mantissa = mantissa.rstrip("0")
    if mantissa.endswith("."):
        mantissa += "0"
    return literal(f"{mantissa}E{int(exponent)}", datatype=datatype or XSD + "double")


def _iri(value: object) -> str:
    if isinstance(value, str) and value.startswith("_:"):
        raise MalformedInput("blank_node_identifier", "identifiers that start with _: say nothing")
    if not isinstance(value, str) or not IRI.fullmatch(value):
        raise CheckFailed("invalid_id", f"{str(value)[:120]!r} is not an absolute IRI")
    if is_relative(value):
        raise CheckFailed(
            "invalid_id", f"{value.removeprefix(BASE)[:120]!r} is relative; it needs a full address"
        )
    return f"<{value}>"
