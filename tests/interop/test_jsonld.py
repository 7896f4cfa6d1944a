"""Our N-Quads beside those of PyLD and of npm `jsonld` with `rdf-canonize`, byte for byte.

The documents are generated: every kind of value that changed somebody's bytes once.
"""

import copy
import random
import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from pyld import jsonld

from app.encoding.strict_json import JsonObject
from app.errors import SignetError
from app.jsonld.safe_mode import canonicalize
from tests.interop.oracle import ask
from tests.world import CONTEXTS, a_badge, a_web_party

_V2 = "https://www.w3.org/ns/credentials/v2"
_TERMS = {
    "text": "https://terms.example/text",
    "number": "https://terms.example/number",
    "double": {
        "@id": "https://terms.example/double",
        "@type": "http://www.w3.org/2001/XMLSchema#double",
    },
    "integer": {
        "@id": "https://terms.example/integer",
        "@type": "http://www.w3.org/2001/XMLSchema#integer",
    },
    "decimal": {
        "@id": "https://terms.example/decimal",
        "@type": "http://www.w3.org/2001/XMLSchema#decimal",
    },
    "link": {"@id": "https://terms.example/link", "@type": "@id"},
    "listed": {"@id": "https://terms.example/listed", "@container": "@list"},
    "kept": {"@id": "https://terms.example/kept", "@type": "@json"},
    "node": "https://terms.example/node",
    "Kind": "https://terms.example/Kind",
}

_TEXTS = [
    "",
    "plain",
    'a "quoted" \\ text',
    "tab\tline\nreturn\rbell\x07back\x08form\x0c",
    "controls \x01 \x1f \x7f \x80",
    "é ü ß 漢字 😀 \u200f\u202e",
    "\ufffd \u2028 \ufeff",
    "trailing space ",
    "<https://not.an.iri>",
    "_:b0",
]
_NUMBERS: list[float] = [
    *[0, 1, -1, 7, 2**53 - 1, -(2**53 - 1), 20.0, 1e20, 0.1, 0.5, -2.5, 0.000001],
    *[33.333333333333336, 1 / 3, 1e21, 1.5e21, 1e22, 1.5e-7, 2.5e-300, 1.7976931348623157e308],
    *[123456789.125, 100.0, 1e15, 1.0000000000000002, 9007199254740991.0, 4.35, 1e100],
]
_LANGUAGES = ["en", "en-GB", "de-CH-1996", "ar"]


class _Documents:
    """Makes documents from a seed; every value is one that all processors can represent."""

    def __init__(self, seed: int) -> None:
        self._choose = random.Random(seed)  # noqa: S311 - the same ones each time
        self._ids = count()

    def document(self) -> JsonObject:
        return {
            "@context": [_V2, _TERMS],
            **self._node(0),
        }

    def _node(self, depth: int) -> JsonObject:
        node: JsonObject = {"type": ["Kind"]} if self._often() else {}
        if self._often():
            node["id"] = f"urn:example:{next(self._ids)}"
        makers: dict[str, Callable[[int], Any]] = {
            "text": self._text,
            "number": self._number,
            "double": self._number,
            "integer": lambda _: self._choose.choice([0, 5, -7, 2**40]),
            "decimal": self._number,
            "link": lambda _: f"urn:example:{self._choose.randrange(8)}",
            "listed": self._list,
            "kept": self._json,
            "node": self._nodes,
        }
        for name in self._choose.sample(sorted(makers), self._choose.randint(1, 5)):
            node[name] = makers[name](depth)
        return node

    def _often(self) -> bool:
        return self._choose.random() < 0.5

    def _text(self, _: int) -> Any:
        text = self._choose.choice(_TEXTS)
        form = self._choose.randrange(5)
        if form == 0:
            return [text, text, self._choose.choice(_TEXTS)]
        if form == 1:
            return {"@value": text, "@language": self._choose.choice(_LANGUAGES)}
        if form == 2:
            direction = self._choose.choice(["ltr", "rtl"])
            return {"@value": text, "@language": "ar", "@direction": direction}
        if form == 3:
            return {"@value": text, "@direction": "rtl"}
        return text

    def _number(self, _: int) -> Any:
        return self._choose.choice(_NUMBERS)

    def _list(self, depth: int) -> list[Any]:
        """Items that may be alike: at most two, or npm's work limit refuses them."""
        item = self._choose.choice([*_TEXTS, *_NUMBERS, True, False])
        items = [item] * self._choose.randint(0, 2) + [self._choose.choice(_TEXTS[1:4])]
        if depth < 3 and self._often():
            items.append(self._node(depth + 1))
        return items

    def _json(self, _: int) -> Any:
        return {"b": [1, 2.5, "é", None, True], "a": self._choose.choice(_TEXTS), "": {}}

    def _nodes(self, depth: int) -> Any:
        if depth >= 3:
            return {"text": "deep"}
        return [self._node(depth + 1) for _ in range(self._choose.randint(1, 3))]


def _badges() -> list[JsonObject]:
    """Real badges in many shapes."""
    badge = a_badge(a_web_party())
    choose = random.Random(20260302)  # noqa: S311 - the same ones each time
    badges = []
    for _ in range(60):
        copied = copy.deepcopy(badge)
        subject = copied["credentialSubject"]
        subject["achievement"]["name"] = choose.choice(_TEXTS)
        subject["achievement"]["creditsAvailable"] = choose.choice(_NUMBERS)
        subject["creditsEarned"] = choose.choice(_NUMBERS)
        choose.shuffle(subject["achievement"]["alignment"])
        choose.shuffle(subject["result"])
        for part in choose.sample(["evidence", "validUntil", "awardedDate", "description"], 2):
            copied.pop(part, None)
        badges.append(copied)
    return badges


DOCUMENTS = [_Documents(seed).document() for seed in range(300)] + _badges()


def _ours(document: JsonObject) -> str | None:
    try:
        return canonicalize(document, CONTEXTS).decode()
    except SignetError:
        return None


def _pyld(document: JsonObject) -> str | None:
    def load(url: str, _: object) -> JsonObject:
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": copy.deepcopy(dict(CONTEXTS.documents[url])),
        }

    try:
        text: str = jsonld.normalize(
            document,
            {
                "algorithm": "URDNA2015",
                "format": "application/n-quads",
                "documentLoader": load,
                "rdfDirection": "i18n-datatype",
                "base": "",
            },
        )
    except jsonld.JsonLdError:
        return None
    return text


@pytest.fixture(scope="module")
def theirs() -> list[str | None]:
    """What the JavaScript implementation makes of them all, in safe mode."""
    answers: list[str | None] = ask("canonize", documents=DOCUMENTS)
    return answers


def _pairs(others: list[str | None]) -> list[tuple[int, str | None, str | None]]:
    """The documents of which somebody makes other bytes than we, with both."""
    ours = [_ours(document) for document in DOCUMENTS]
    assert None not in ours
    return [
        (n, own, other)
        for n, (own, other) in enumerate(zip(ours, others, strict=True))
        if own != other
    ]


def test_the_javascript_implementation_makes_the_same_bytes(theirs: list[str | None]) -> None:
    assert _pairs(theirs) == []


def test_pyld_makes_the_same_bytes_but_for_control_characters() -> None:
    plain = [n for n, document in enumerate(DOCUMENTS) if not _has_controls(document)]
    assert len(plain) > 150

    different = [n for n in plain if _ours(DOCUMENTS[n]) != _pyld(DOCUMENTS[n])]

    assert different == []


_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _has_controls(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_controls, value.values()))
    if isinstance(value, list):
        return any(map(_has_controls, value))
    return isinstance(value, str) and _CONTROLS.search(value) is not None


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
    documents = [{"@context": [_V2, _TERMS], **members} for members, *_ in DIFFERENCES]
    theirs = ask("canonize", documents=documents)

    for (members, ours, npm, pyld), document, answer in zip(
        DIFFERENCES, documents, theirs, strict=True
    ):
        (name,) = members
        assert _ours(document) == _STATEMENT.format(name, ours)
        assert answer == _STATEMENT.format(name, npm)
        assert _pyld(document) == _STATEMENT.format(name, pyld)


def test_npm_repeats_a_json_value_that_is_said_twice_of_one_node() -> None:
    node = {"id": "urn:example:0", "kept": [1]}
    document = {"@context": [_V2, _TERMS], "id": "urn:example:1", "node": [node, node]}
    statement = f'<urn:example:0> <https://terms.example/kept> "[1]"^^<{_RDF}JSON> .\n'

    (theirs,) = ask("canonize", documents=[document])

    assert theirs.count(statement) == 2
    assert (_ours(document) or "").count(statement) == (_pyld(document) or "").count(statement) == 1


def test_npm_gives_up_on_four_alike_items_of_a_list() -> None:
    document = {"@context": [_V2, _TERMS], "listed": ["a", "a", "a", "a"]}

    (theirs,) = ask("canonize", documents=[document])

    assert theirs is None
    assert _ours(document) == _pyld(document)
