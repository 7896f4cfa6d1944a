"""The fast path beside the reference path: the same bytes, or none at all."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, SignetError
from app.jsonld.active_contexts import Unmodelled
from app.jsonld.contexts import ContextBundle
from app.jsonld.nquads import write_nquads
from app.jsonld.related_resources import with_pinned_contexts
from app.jsonld.safe_mode import canonicalize, canonicalize_by_expansion
from tests.microcredentials import EXAMPLES
from tests.world import (
    CONTEXTS,
    a_badge,
    a_plain,
    a_status_list,
    a_web_party,
    an_endorsement,
    secured,
)

V2 = "https://www.w3.org/ns/credentials/v2"
TERMS = "https://terms.example/v1"
_XSD = "http://www.w3.org/2001/XMLSchema#"


def _iri(name: str, **members: Any) -> JsonObject:
    return {"@id": f"https://terms.example/{name}", **members}


DEFINITIONS: JsonObject = {
    "@version": 1.1,
    "id": "@id",
    "type": "@type",
    "ex": "https://prefix.example/",
    "nothing": None,
    "text": _iri("text"),
    "other": _iri("text"),
    "english": _iri("english", **{"@language": "en-GB"}),
    "hebrew": _iri("hebrew", **{"@language": "he", "@direction": "rtl"}),
    "leftward": _iri("leftward", **{"@direction": "rtl"}),
    "untyped": _iri("untyped", **{"@type": "@none"}),
    "day": _iri("day", **{"@type": f"{_XSD}date"}),
    "words": _iri("words", **{"@type": f"{_XSD}string"}),
    "float": _iri("float", **{"@type": f"{_XSD}float"}),
    "double": _iri("double", **{"@type": f"{_XSD}double"}),
    "link": _iri("link", **{"@type": "@id"}),
    "mode": _iri("mode", **{"@type": "@vocab", "@context": {"online": _iri("online")}}),
    "kept": _iri("kept", **{"@type": "@json"}),
    "node": _iri("node"),
    "many": _iri("many", **{"@container": "@set"}),
    "listed": _iri("listed", **{"@container": "@list"}),
    "links": _iri("links", **{"@type": "@id", "@container": "@list"}),
    "said": _iri("said", **{"@container": "@language"}),
    "saidByMany": _iri("said", **{"@container": ["@language", "@set"]}),
    "graph": _iri("graph", **{"@container": "@graph"}),
    "graphs": _iri("graph", **{"@container": ["@graph", "@set"], "@type": "@id"}),
    "scoped": _iri("scoped", **{"@context": {"inner": _iri("inner")}}),
    "Outer": _iri("Outer", **{"@context": {"text": _iri("outerText"), "own": _iri("own")}}),
    "Inner": _iri("Inner", **{"@context": {"text": _iri("innerText")}}),
    "Plain": _iri("Plain"),
    "Lasting": _iri("Lasting", **{"@context": {"@propagate": True, "lasts": _iri("lasts")}}),
    # What the tables do not model.
    "indexed": _iri("indexed", **{"@container": "@index"}),
    "byId": _iri("byId", **{"@container": ["@graph", "@id"]}),
    "keptList": _iri("keptList", **{"@type": "@json", "@container": "@list"}),
    "saidSo": _iri("saidSo", **{"@container": "@language", "@language": "en"}),
    "backward": {"@reverse": "https://terms.example/backward"},
    "nested": _iri("nested", **{"@nest": "nest"}),
    "nest": "@nest",
    "blank": "_:blank",
    "changed": _iri("changed", **{"@context": {"changed": _iri("changed", **{"@type": "@id"})}}),
    "emptied": _iri("emptied", **{"@context": None}),
    "wrong": _iri("wrong", **{"@context": {"id": {"@id": "https://terms.example/id"}}}),
}
# An alias of another keyword makes the whole context unmodelled, so it stands in one of its own.
WITH_NEST = {**DEFINITIONS}
for _name in ("nested", "nest"):
    DEFINITIONS = {name: value for name, value in DEFINITIONS.items() if name != _name}


def _bundle(**contexts: Any) -> ContextBundle:
    documents = {
        f"https://terms.example/{name}": {"@context": context}
        for name, context in {"v1": DEFINITIONS, **contexts}.items()
    }
    return replace(CONTEXTS, documents={**CONTEXTS.documents, **documents}, resolved={})


BUNDLE = _bundle(
    nest=WITH_NEST,
    vocab={"@vocab": "https://vocab.example/", "id": "@id", "type": "@type"},
    aliasless={"text": _iri("text")},
    english={"@language": "EN", "@direction": "ltr"},
    imported="https://terms.example/v1",
    recursive={**DEFINITIONS, "again": _iri("again", **{"@context": "https://terms.example/gone"})},
    odd={**DEFINITIONS, "languages": _iri("languages", **{"@language": "not a language"})},
    types={
        "id": "@id",
        "type": "@type",
        **{f"T{n}": _iri(f"T{n}", **{"@context": {f"t{n}": _iri(f"t{n}")}}) for n in range(12)},
    },
)


def fast(document: JsonObject, bundle: ContextBundle = BUNDLE) -> str:
    return write_nquads(document, bundle)


def reference(document: JsonObject, bundle: ContextBundle = BUNDLE) -> str:
    return canonicalize_by_expansion(document, bundle).decode()


def outcome(document: JsonObject, path: Any) -> object:
    """The bytes, or the code of the refusal."""
    try:
        return path(document, BUNDLE)
    except SignetError as error:
        return error.code


A, B = "urn:example:a", "https://example.org/b?c=d#e"
CREDENTIAL = {"type": "VerifiableCredential"}  # scopes issuer and credentialSubject

MODELLED: dict[str, JsonObject] = {
    "a text": {"text": "x"},
    "texts that have to be escaped": {
        "text": ["\x00\b\t\n\f\r\x1f\x7f", '"\\', "\ufffe\uffff", "é😀"]
    },
    "the same text twice": {"text": ["x", "x"], "other": "x"},
    "an empty array beside a text": {"text": [], "other": "x"},
    "a language of the term": {"english": ["x", 5, True]},
    "a direction of the term": {"hebrew": "x", "leftward": ["x", 1]},
    "no type": {"untyped": "x"},
    "datatypes": {"day": ["2026-01-31", 5], "words": "x"},
    "booleans": {"text": [True, False], "day": True},
    "numbers": {"text": [0, -0.0, 1, 1.0, 0.1, 33.333333333333336, 1e21, 1e-7, 2**53 - 1]},
    "floats": {"float": [10, 10.5, 1e21], "double": [10, 10.5, -0.0]},
    "links": {"link": [A, B, 5, True], "node": {"id": A}},
    "words of a vocabulary": {"mode": ["online", A]},
    "JSON": {"kept": {"b": [1, None, 2.5], "a": {}}},
    "JSON arrays": {"kept": [1, [2]]},
    "JSON null": {"kept": None},
    "a prefix that is a scheme": {"link": "ex://a", "node": {"id": "ex://b", "text": "x"}},
    "a node in a node": {"node": {"text": "x", "node": {"text": "y"}}},
    "an empty node": {"text": "x", "node": {}},
    "nodes in an array": {"many": [{"text": "x"}, {"id": A, "text": "x"}, "y", {"id": B}]},
    "nodes that are alike": {"many": [{"text": "x"}, {"text": "x"}, {"node": {"text": "x"}}]},
    "an empty list": {"listed": []},
    "an empty array and nothing else": {"text": []},
    "a list": {"listed": ["x", 1, True, {"id": A}, {"text": "y"}, {"@value": "z"}]},
    "a list of alike items": {"listed": ["x", "x", "x", "x"]},
    "a list of one": {"listed": "x"},
    "a list of links": {"id": A, "links": [A, B, A]},
    "two lists": {"id": A, "node": [{"listed": ["x"]}, {"listed": ["x", "y"]}]},
    "a language map": {"said": {"en": "x", "de-CH": ["y", "z"]}, "saidByMany": ["w"]},
    "value objects": {
        "text": [
            {"@value": "x"},
            {"@value": "x", "@language": "EN-gb"},
            {"@value": "x", "@direction": "ltr"},
            {"@value": "x", "@language": "ar", "@direction": "rtl"},
        ]
    },
    "a graph": {"graph": {"text": "x", "node": {"text": "y"}, "link": A}},
    "graphs": {"id": A, "graphs": [{"text": "x"}, {"id": B, "listed": ["y", "z"]}, {"id": B}]},
    "a graph in a graph": {"graph": {"text": "x", "graph": {"text": "x", "kept": [1]}}},
    "a graph of a reference": {"text": "x", "graph": {"id": A}},
    "graphs that are alike": {"graphs": [{"text": "x"}, {"text": "x"}]},
    "types": {"type": ["Plain", "https://types.example/Other"], "text": "x"},
    "one type": {"type": "Plain", "text": "x"},
    "no types": {"type": [], "text": "x"},
    "a type that scopes": {"type": "Outer", "text": "x", "own": "y"},
    "a type's scope ends with its node": {"type": "Outer", "text": "x", "node": {"text": "y"}},
    "a reference does not end it": {"type": "Outer", "node": {"id": A}, "text": "x"},
    "two types that scope": {"type": ["Outer", "Inner"], "text": "x", "own": "y"},
    "a type that scopes, twice": {"type": ["Outer", "Outer"], "text": "x"},
    "a scope inside a scope": {"type": "Outer", "node": {"type": "Inner", "text": "x"}},
    "a scope that propagates": {"type": "Lasting", "lasts": "x", "node": {"lasts": "y"}},
    "a property that scopes": {"scoped": {"inner": "x", "node": {"inner": "y"}}},
    "a scope around an array": {"scoped": ["x", {"inner": "y"}, {"id": A}]},
    "a context inside": {"node": {"@context": [V2, TERMS], "text": "x", "name": "y"}},
    "two subjects": {
        **CREDENTIAL,
        "credentialSubject": [{"id": A, "text": "x"}, {"id": B, "text": "x"}],
    },
    "a subject that is a text": {
        **CREDENTIAL,
        "credentialSubject": A,
        "issuer": {"id": A, "text": "x"},
    },
    "an issuer that is the subject": {
        **CREDENTIAL,
        "credentialSubject": {"id": A, "type": "Plain"},
        "issuer": {"id": A, "type": "Outer", "text": "x"},
    },
    "one issuer at three places": {
        **CREDENTIAL,
        "issuer": {"id": A, "type": "Plain", "node": {"text": "x"}},
        "node": [
            {**CREDENTIAL, "id": B, "issuer": {"id": A, "type": "Plain", "node": {"text": "x"}}},
            {"graph": {**CREDENTIAL, "issuer": {"id": A, "type": "Plain", "node": {"text": "x"}}}},
        ],
    },
    "an issuer inside an issuer": {
        **CREDENTIAL,
        "issuer": {**CREDENTIAL, "id": A, "issuer": {"id": B, "text": "x"}},
    },
}


@pytest.mark.parametrize("name", MODELLED)
def test_both_paths_write_the_same(name: str) -> None:
    # Twice: the second time everything that is kept is at hand.
    for root in ({}, {"id": "urn:example:root"}, {"id": "urn:example:root"}):
        document = {"@context": [V2, TERMS], **root, **MODELLED[name]}
        assert fast(document) == reference(document) == canonicalize(document, BUNDLE).decode()


def test_defaults_of_language_and_direction_are_followed() -> None:
    context = [V2, TERMS, "https://terms.example/english"]
    document = {"@context": context, "text": "x", "english": "y", "untyped": "z", "day": "w"}

    assert fast(document) == reference(document)


UNMODELLED: dict[str, JsonObject] = {
    "an undefined term": {"text": "x", "undefined": "y"},
    "a term without meaning": {"text": "x", "nothing": "y"},
    "a keyword": {"@id": A, "text": "x"},
    "a full IRI": {"https://terms.example/text": "x"},
    "null": {"text": None},
    "null in an array": {"text": ["x", None]},
    "an array in an array": {"text": [["x"], ["y"]]},
    "an array in a list": {"listed": [["x"], ["y"]]},
    "a type that is null": {"type": None, "text": "x"},
    "a type that is a number": {"type": [5], "text": "x"},
    "a type without meaning": {"type": "Undefined", "text": "x"},
    "a type that means nothing": {"type": "nothing", "text": "x"},
    "an id that is a number": {"id": 5, "text": "x"},
    "a relative id": {"id": "example", "text": "x"},
    "an id that looks relative": {"id": "signet-relative://relative/x", "text": "x"},
    "an id with a strange space": {"id": "urn:example:\u00a0", "text": "x"},
    "a blank id": {"id": "_:b0", "text": "x"},
    "a compact IRI": {"id": "ex:a", "text": "x"},
    "a relative link": {"link": "example"},
    "a word that is none": {"mode": "offline"},
    "an index map": {"indexed": {"a": "x"}},
    "a map of graphs": {"byId": {A: {"text": "x"}}},
    "a list of JSON": {"keptList": [1]},
    "a language map with a language": {"saidSo": {"en": "x"}},
    "a language map without a language": {"said": {"@none": "x"}},
    "a language map with a wrong tag": {"said": {"not a tag": "x"}},
    "a language map of numbers": {"said": {"en": 5}},
    "a reversed term": {"id": A, "backward": {"id": B, "text": "x"}},
    "a term that is blank": {"blank": "x"},
    "a term that its own scope changes": {"changed": A},
    "a scope that empties the context": {"emptied": {"text": "x"}},
    "a scope that renames id": {"wrong": {"text": "x"}},
    "a graph that is a text": {"graph": "x"},
    "a graph that is a value": {"graph": {"@value": "x"}},
    "a value object with a type": {"text": {"@value": "x", "@type": f"{_XSD}date"}},
    "a value object of a number": {"text": {"@value": 5}},
    "a value object with a wrong tag": {"text": {"@value": "x", "@language": "not a tag"}},
    "a value object with a number for a tag": {"text": {"@value": "x", "@language": 5}},
    "a value object with a wrong direction": {"text": {"@value": "x", "@direction": "up"}},
    "nothing but an id": {"id": A},
    "nothing": {},
    "a number in an issuer that JSON writers refuse": {
        **CREDENTIAL,
        "issuer": {"id": A, "text": 2**70},
    },
    "two subjects that are the same": {
        **CREDENTIAL,
        "credentialSubject": [{"id": A, "type": "Plain"}, {"id": A, "type": "Plain"}],
    },
    "a subject described elsewhere": {
        **CREDENTIAL,
        "credentialSubject": {"id": A, "type": "Plain"},
        "node": {"id": A, "type": "Plain", "text": "x"},
    },
    "a document described inside itself": {
        "id": A,
        "type": ["VerifiableCredential", "Plain"],
        "issuer": {"id": B, "node": {"id": A, "type": "Plain", "text": "x"}},
    },
}


@pytest.mark.parametrize("name", UNMODELLED)
def test_what_is_unusual_or_wrong_is_left_to_the_reference_path(name: str) -> None:
    document = {"@context": [V2, TERMS], **UNMODELLED[name]}

    with pytest.raises(Unmodelled):
        fast(document)
    wanted = outcome(document, reference)
    assert outcome(document, lambda d, b: canonicalize(d, b).decode()) == wanted


CONTEXT_LISTS: dict[str, Any] = {
    "none": None,
    "an empty list": [],
    "a context in the document": [V2, {"text": "https://terms.example/text"}],
    "an unknown one": [V2, "https://unknown.example/v1"],
    "more than ever come": [V2, *[TERMS] * 9],
    "one with a vocabulary": [V2, "https://terms.example/vocab"],
    "one with @nest": [V2, "https://terms.example/nest"],
    "one without aliases": "https://terms.example/aliasless",
    "a number": 5,
}


@pytest.mark.parametrize("name", CONTEXT_LISTS)
def test_unusual_contexts_are_left_to_the_reference_path(name: str) -> None:
    document = {"@context": CONTEXT_LISTS[name], "id": A, "text": "x"}

    with pytest.raises(Unmodelled):
        fast(document)
    wanted = outcome(document, reference)
    assert outcome(document, lambda d, b: canonicalize(d, b).decode()) == wanted


def test_a_language_that_is_none_is_left_to_the_reference_path() -> None:
    document = {"@context": [V2, "https://terms.example/odd"], "languages": "x"}

    with pytest.raises(Unmodelled):
        fast(document)
    with pytest.raises(SignetError, match="language"):
        canonicalize(document, BUNDLE)


def test_an_undefined_term_is_refused_in_the_reference_paths_words() -> None:
    party = a_web_party()
    badge = a_badge(party)
    badge["credentialSubject"]["achievement"]["colour"] = "blue"

    with pytest.raises(CheckFailed) as refusal:
        canonicalize(badge, CONTEXTS)

    assert (refusal.value.code, refusal.value.field) == (
        "data_loss",
        "/credentialSubject/achievement/colour",
    )


def _endorsed() -> JsonObject:
    party, other = a_web_party(), a_web_party("did:web:endorser.example")
    badge = a_badge(party)
    endorsement = an_endorsement(badge, other)
    signed = [
        secured(endorsement, other.signer, cryptosuite=suite)
        for suite in ("eddsa-rdfc-2022", "eddsa-jcs-2022")
    ]
    achievement = {**badge["credentialSubject"]["achievement"], "endorsement": signed[:1]}
    subject = {**badge["credentialSubject"], "achievement": achievement}
    return {**badge, "credentialSubject": subject, "endorsement": signed}


def test_everything_we_issue_takes_the_fast_path() -> None:
    party = a_web_party()
    documents = {
        "a badge": a_badge(party),
        "a plain credential": a_plain(
            party, **{"@context": [V2], "type": ["VerifiableCredential"]}
        ),
        "a status list": {
            name: member for name, member in a_status_list(party).items() if name != "proof"
        },
        "an endorsed badge": _endorsed(),
        **{name: example.credential() for name, example in EXAMPLES.items()},
    }
    documents["a plain credential"]["credentialSubject"] = {"id": A}

    for name, document in documents.items():
        contexts = with_pinned_contexts(document, CONTEXTS)
        assert fast(document, contexts) == reference(document, contexts), name


def test_tables_begin_anew_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jsonld.active_contexts.MAX_ACTIVE_CONTEXTS", 20)
    bundle = _bundle(types=BUNDLE.documents["https://terms.example/types"]["@context"])

    for first in range(12):
        for second in range(12):
            document = {
                "@context": "https://terms.example/types",
                "type": [f"T{first}", f"T{second}"],
                f"t{first}": "x",
            }
            assert f"/t{first}>" in fast(document, bundle)
            assert bundle.tables.count() <= 21


def test_another_hash_than_sha256_is_left_to_the_reference_path() -> None:
    document = {"@context": [V2, TERMS], "many": [{"text": "x"}, {"text": "y"}, {"text": "z"}]}

    wanted = canonicalize_by_expansion(document, BUNDLE, algorithm="sha384")

    assert canonicalize(document, BUNDLE, algorithm="sha384") == wanted
    assert wanted != canonicalize(document, BUNDLE)


def test_orders_that_strangers_make_up_are_not_kept_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.jsonld.active_contexts.MAX_ACTIVE_CONTEXTS", 20)
    bundle = _bundle(**{f"same{n}": {f"same{n}": _iri(f"same{n}")} for n in range(4)})
    orders = [
        [TERMS, *(f"https://terms.example/same{n}" for n in order)]
        for order in permutations(range(4))
    ]
    kept = {"@context": orders[0], "text": "x", "node": {"text": "y"}}
    wanted = fast(kept, bundle)

    for order in orders:  # each leads to the same active context by another way
        assert fast({**kept, "@context": order}, bundle) == wanted
        assert fast({**kept, "node": {"@context": order, "text": "y"}}, bundle) == wanted
        types = {"type": ["Plain"] * 9, "text": "x"}
        assert fast({"@context": order, **types}, bundle) == reference(
            {"@context": TERMS, **types}, bundle
        )
    root = bundle.tables.root((TERMS,))
    assert len(root._of_contexts) <= 20


def test_fragments_go_with_the_contexts_that_they_were_written_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.jsonld.active_contexts.MAX_ACTIVE_CONTEXTS", 8)
    bundle = _bundle(types=BUNDLE.documents["https://terms.example/types"]["@context"])
    badge = a_badge(a_web_party())
    first = fast(badge, bundle)
    fragments = bundle.tables.fragments

    for n in range(12):
        fast({"@context": "https://terms.example/types", "type": f"T{n}", f"t{n}": "x"}, bundle)

    assert bundle.tables.fragments is not fragments
    assert fast(badge, bundle) == first
