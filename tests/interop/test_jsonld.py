"""Our N-Quads beside those of PyLD and of npm `jsonld` with `rdf-canonize`, byte for byte.

The documents are generated: every kind of value that changed somebody's bytes once. Many more of
them: `python -m tests.interop.canonical_forms`.
"""

from app.encoding.strict_json import JsonObject
from app.jsonld.safe_mode import canonicalize
from tests.generated import TERMS, TERMS_URL
from tests.generated import V2 as _V2
from tests.interop.canonical_forms import attempt, by_pyld, compare
from tests.interop.oracle import ask


def _ours(document: JsonObject) -> str | None:
    return attempt(canonicalize, document)


_CONTEXTS = {TERMS_URL: {"@context": TERMS}}


def test_all_implementations_make_the_same_bytes() -> None:
    result = compare(150)

    assert result.wrong == []
    counts = result.counts
    assert counts["documents"] == 150
    assert counts["fast path: the same"] > 110
    assert counts["template: the same"] > 70
    assert counts["npm: the same"] > 90
    assert counts["PyLD: the same"] > 100


# --- where they differ from each other or from the standard (docs/divergences.md) ---------------

_STATEMENT = "_:c14n0 <https://terms.example/{}> {} .\n"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"

# What is written; our object; npm's object; PyLD's object.
DIFFERENCES: list[tuple[JsonObject, str, str, str]] = [
    (
        {"text": "bell \x07, form feed \x0c"},
        '"bell \\u0007, form feed \\f"',
        '"bell \\u0007, form feed \\f"',
        '"bell \x07, form feed \x0c"',
    ),
    (
        {"text": "\ufffe \uffff"},
        '"\\uFFFE \\uFFFF"',
        '"\ufffe \uffff"',
        '"\ufffe \uffff"',
    ),
    (
        {"number": 1e-7},
        f'"1.0E-7"^^<{_XSD}double>',
        f'"0"^^<{_XSD}integer>',
        f'"1.0E-7"^^<{_XSD}double>',
    ),
    (
        {"double": -0.0},
        f'"-0.0E0"^^<{_XSD}double>',
        f'"0.0E0"^^<{_XSD}double>',
        f'"-0.0E0"^^<{_XSD}double>',
    ),
    (
        {"double": "1.50"},
        f'"1.50"^^<{_XSD}double>',
        f'"1.5E0"^^<{_XSD}double>',
        f'"1.5E0"^^<{_XSD}double>',
    ),
]


def test_the_known_differences_are_all_that_there_are() -> None:
    documents = [{"@context": [_V2, TERMS_URL], **members} for members, *_ in DIFFERENCES]
    theirs = ask("canonize", documents=documents, contexts=_CONTEXTS)

    for (members, ours, npm, pyld), document, answer in zip(
        DIFFERENCES, documents, theirs, strict=True
    ):
        (name,) = members
        assert _ours(document) == _STATEMENT.format(name, ours)
        assert answer == _STATEMENT.format(name, npm)
        assert by_pyld(document) == _STATEMENT.format(name, pyld)


def test_npm_repeats_a_json_value_that_is_said_twice_of_one_node() -> None:
    node = {"id": "urn:example:0", "kept": [1]}
    document = {"@context": [_V2, TERMS_URL], "id": "urn:example:1", "node": [node, node]}
    statement = f'<urn:example:0> <https://terms.example/kept> "[1]"^^<{_RDF}JSON> .\n'

    (theirs,) = ask("canonize", documents=[document], contexts=_CONTEXTS)

    assert theirs.count(statement) == 2
    assert (
        (_ours(document) or "").count(statement) == (by_pyld(document) or "").count(statement) == 1
    )


def test_npm_gives_up_on_four_alike_items_of_a_list() -> None:
    document = {"@context": [_V2, TERMS_URL], "listed": ["a", "a", "a", "a"]}

    (theirs,) = ask("canonize", documents=[document], contexts=_CONTEXTS)

    assert theirs is None
    assert _ours(document) == by_pyld(document)
