"""Documents made from seeds: credentials and plain nodes, with every kind of value that once
changed somebody's bytes. The same seed makes the same document.
"""

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any

from app.encoding.strict_json import JsonObject
from app.jsonld.contexts import ContextBundle
from tests.microcredentials import EXAMPLES, PIN
from tests.world import CONTEXTS, a_badge, a_web_party, an_endorsement, secured

V2 = "https://www.w3.org/ns/credentials/v2"
TERMS_URL = "https://terms.example/generated"
TERMS: JsonObject = {
    "id": "@id",
    "type": "@type",
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
    "said": {"@id": "https://terms.example/said", "@container": "@language"},
    "german": {"@id": "https://terms.example/german", "@language": "de", "@direction": "ltr"},
    "kept": {"@id": "https://terms.example/kept", "@type": "@json"},
    "graph": {"@id": "https://terms.example/graph", "@container": "@graph"},
    "node": "https://terms.example/node",
    "Kind": "https://terms.example/Kind",
    "Scoped": {
        "@id": "https://terms.example/Scoped",
        "@context": {"text": "https://terms.example/scoped-text"},
    },
}
CONTEXTS_WITH_TERMS: ContextBundle = replace(
    CONTEXTS, documents={**CONTEXTS.documents, TERMS_URL: {"@context": TERMS}}, resolved={}
)

TEXTS = [
    "",
    "plain",
    'a "quoted" \\ text',
    "tab\tline\nreturn\r",
    "é ü ß 漢字 😀 \u200f\u202e",
    "\ufffd \u2028 \ufeff",
    "\ue000",
    "😀",
    "trailing space ",
    "<https://not.an.iri>",
    "_:b0",
    "</script> ^^ @en .\n<a> <b> <c> .",
]
CONTROLS = [
    "bell\x07back\x08form\x0c",
    "controls \x00 \x01 \x1f \x7f \x80 \x9f",
    "\ufffe \uffff",
]
NUMBERS: list[float] = [
    *[0, 1, -1, 7, 2**53 - 1, -(2**53 - 1), 20.0, 1e20, 0.1, 0.5, -2.5, 0.000001],
    *[33.333333333333336, 1 / 3, 1e21, 1.5e21, 1e22, 1.5e-7, 2.5e-300, 1.7976931348623157e308],
    *[123456789.125, 100.0, 1e15, 1.0000000000000002, 9007199254740991.0, 4.35, 1e100],
]
ODD_NUMBERS: list[float] = [1e-7, 5e-324, -0.0]
LANGUAGES = ["en", "en-GB", "de-CH-1996", "ar"]


def documents(number: int, *, first: int = 0) -> Iterator[JsonObject]:
    """So many documents: one in three is plain nodes, the others are credentials."""
    for seed in range(first, first + number):
        yield (a_tree if seed % 3 == 0 else a_generated_credential)(seed)


# --- plain nodes --------------------------------------------------------------------------------


def a_tree(seed: int) -> JsonObject:
    """Nodes in nodes, whose terms take every kind of value."""
    return _Tree(seed).document()


class _Values:
    """Values that all processors can represent, and here and there one that some cannot."""

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)  # noqa: S311 - the same ones each time
        self._texts = [*TEXTS, *CONTROLS] if seed % 5 == 0 else TEXTS
        self._numbers = [*NUMBERS, *ODD_NUMBERS] if seed % 7 == 0 else NUMBERS
        self.nothing: list[Any] = [[], None] if seed % 8 == 0 else [[]]

    def often(self) -> bool:
        return self.choose.random() < 0.5

    def text(self) -> str:
        return self.choose.choice(self._texts)

    def number(self) -> float:
        return self.choose.choice(self._numbers)


class _Tree(_Values):
    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._ids = count()

    def document(self) -> JsonObject:
        return {"@context": [V2, TERMS_URL], **self._node(0)}

    def _node(self, depth: int) -> JsonObject:
        node: JsonObject = {}
        if self.often():
            node["type"] = self.choose.choice([["Kind"], "Scoped", ["Scoped", "Kind"], []])
        if self.often():
            node["id"] = f"urn:example:{next(self._ids)}"
        makers: dict[str, Callable[[int], Any]] = {
            "text": self._words,
            "number": lambda _: self.number(),
            "double": lambda _: self.number(),
            "integer": lambda _: self.choose.choice([0, 5, -7, 2**40]),
            "decimal": lambda _: self.number(),
            "link": lambda _: f"urn:example:{self.choose.randrange(8)}",
            "listed": self._list,
            "said": lambda _: {"en": self.text(), "de-AT": [self.text(), "x"]},
            "german": lambda _: self.choose.choice(["Prüfung", *self.nothing]),
            "kept": self._json,
            "graph": self._nodes,
            "node": self._nodes,
        }
        for name in self.choose.sample(sorted(makers), self.choose.randint(1, 5)):
            node[name] = makers[name](depth)
        return node

    def _words(self, _: int) -> Any:
        text = self.text()
        form = self.choose.randrange(6)
        if form == 0:
            return [text, text, self.text()]
        if form == 1:
            return {"@value": text, "@language": self.choose.choice(LANGUAGES)}
        if form == 2:
            direction = self.choose.choice(["ltr", "rtl"])
            return {"@value": text, "@language": "ar", "@direction": direction}
        if form == 3:
            return {"@value": text, "@direction": "rtl"}
        return text

    def _list(self, depth: int) -> list[Any]:
        item = self.choose.choice([*TEXTS, *NUMBERS, True, False])
        items = [item] * self.choose.randint(0, 3) + [self.choose.choice(TEXTS[1:4])]
        if depth < 3 and self.often():
            items.append(self._node(depth + 1))
        return items

    def _json(self, _: int) -> Any:
        return {"b": [1, 2.5, "é", None, True], "a": self.text(), "": {}}

    def _nodes(self, depth: int) -> Any:
        if depth >= 3:
            return {"text": "deep"}
        return [self._node(depth + 1) for _ in range(self.choose.randint(1, 3))]


# --- credentials --------------------------------------------------------------------------------


def a_generated_credential(seed: int) -> JsonObject:
    """A badge, an endorsed badge or a micro-credential, its values changed all over."""
    values = _Values(seed)
    document = copy.deepcopy(values.choose.choice(_MODELS))
    places = [*_places(document)]
    for holder, name in values.choose.sample(places, min(len(places), values.choose.randint(1, 9))):
        holder[name] = _changed(holder[name], values)
    subject = document["credentialSubject"]
    for item in _lists(subject, values.choose.randrange(3)):
        values.choose.shuffle(item)
    if values.often() and "resultDescription" in subject["achievement"]:
        for description in subject["achievement"]["resultDescription"]:
            description["allowedValue"] = [values.text()] * values.choose.randint(1, 4)
    for part in values.choose.sample(["evidence", "validUntil", "awardedDate", "description"], 2):
        document.pop(part, None)
    return document


def _models() -> list[JsonObject]:
    party, other = a_web_party(), a_web_party("did:web:endorser.example")
    badge = a_badge(party)
    endorsement = an_endorsement(badge, other)
    endorsed = {**badge, "endorsement": [secured(endorsement, other.signer)]}
    pinned = [example.credential() for example in EXAMPLES.values()]
    return [badge, badge, endorsed, *(_at_its_own_address(document) for document in pinned)]


def _at_its_own_address(document: JsonObject) -> JsonObject:
    """Our context under the address at which it is held: other implementations see no pins."""
    own = "https://w3id.org/signet/mc/v1"
    context = [own if url == PIN.url else url for url in document["@context"]]
    resources = [{**each, "id": own} for each in document["relatedResource"]]
    return {**document, "@context": context, "relatedResource": resources}


# Members whose values decide how the rest is read, or that all processors must find well formed.
_LEFT_ALONE = frozenset({"@context", "id", "type", "proof", "relatedResource"})


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place of a document in which a text or a number may be changed."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value)
    for name, item in items:
        if name in _LEFT_ALONE:
            continue
        if isinstance(item, dict | list):
            yield from _places(item)
        elif not (isinstance(item, str) and ":" in item):
            yield value, name


def _lists(value: Any, some: int) -> Iterator[list[Any]]:
    for item in value.values():
        if isinstance(item, list) and len(item) > some:
            yield item


def _changed(value: object, values: _Values) -> Any:
    if isinstance(value, bool) or not isinstance(value, str):
        return values.number()
    others = [values.text(), values.text(), values.number(), True, *values.nothing]
    return values.choose.choice(others)


_MODELS = _models()
