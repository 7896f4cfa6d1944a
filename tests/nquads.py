"""A reader of N-Quads (RDF 1.1), as much as the tests need: it trusts its input."""

import re
from collections.abc import Iterator

from app.jsonld.rdf import literal
from app.jsonld.rdfc10 import Quad

_TERM = re.compile(
    r"\s*(?:<(?P<iri>[^>]*)>|(?P<blank>_:[^\s<>\"]*[^\s<>\".])"
    r'|"(?P<text>(?:[^"\\]|\\.)*)"(?:\^\^<(?P<datatype>[^>]*)>|@(?P<language>[A-Za-z0-9-]+))?)'
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_SHORT = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def read_nquads(document: str) -> list[Quad]:
    """The quads of an N-Quads document, each term in its canonical spelling."""
    return [
        _quad(line)
        for line in document.split("\n")
        if line.strip() and not line.lstrip().startswith("#")
    ]


def _quad(line: str) -> Quad:
    subject, predicate, object_, *graph = _terms(line)
    return subject, predicate, object_, graph[0] if graph else ""


def _terms(line: str) -> Iterator[str]:
    position = 0
    while match := _TERM.match(line, position):
        position = match.end()
        if match["iri"] is not None:
            yield f"<{_unescaped(match['iri'])}>"
        elif match["blank"] is not None:
            yield match["blank"]
        else:
            datatype = match["datatype"]
            yield literal(
                _unescaped(match["text"]),
                datatype=None if datatype is None else _unescaped(datatype),
                language=match["language"],
            )


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(
        lambda m: chr(int(m[1] or m[2], 16)) if m[3] is None else _SHORT.get(m[3], m[3]), text
    )
