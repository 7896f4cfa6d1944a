"""Contexts in the document: they may name new things, and nothing else."""

from itertools import pairwise
from typing import Any

import pytest

from app.errors import CheckFailed
from app.jsonld.inline_contexts import check_inline_context

TAKEN = frozenset(
    {"name", "sec", "https://schema.org/name", "https://w3id.org/security#", "urn:taken"}
)

ACCEPTED: list[dict[str, Any]] = [
    {},
    {"@protected": True},
    {"mark": "https://terms.example/mark"},
    {"mark": {"@id": "https://terms.example/mark", "@protected": True}},
    {"mark": {"@id": "https://terms.example/mark", "@type": "@id"}},
    {"mark": {"@id": "https://terms.example/mark", "@type": "https://terms.example/Type"}},
    {"mark": {"@id": "https://terms.example/mark", "@container": "@list"}},
    {"mark": {"@id": "https://terms.example/mark", "@container": "@set"}},
    {"ex": "https://terms.example/", "mark": "ex:mark"},
    {"ex": {"@id": "https://terms.example/"}, "mark": {"@id": "ex:mark"}},
    {"ex": "https://terms.example/", "mark": "ex://host/mark"},
    {"a": "urn:a", "b": "a:b", "c": "b:c", "d": "c:d", "e": "d:e"},
]


@pytest.mark.parametrize("context", ACCEPTED, ids=str)
def test_new_names_for_new_things_are_accepted(context: dict[str, Any]) -> None:
    assert check_inline_context(context, TAKEN) == context.keys() - {"@protected"}


def _typed(prefix: str, term: str) -> dict[str, str]:
    return {"@id": f"urn:{term}", "@type": f"{prefix}:{term}"}


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("a vocabulary", {"@vocab": "https://terms.example/"}),
    ("a base", {"@base": "https://terms.example/"}),
    ("a language", {"@language": "en"}),
    ("protection that is no truth value", {"@protected": "yes"}),
    ("an import", {"@import": "https://terms.example/v1"}),
    ("an IRI as a term", {"https://terms.example/a": "https://terms.example/b"}),
    ("a term that is taken", {"name": "https://terms.example/name"}),
    ("an alias of a keyword", {"kind": "@type"}),
    ("null", {"mark": None}),
    ("a number", {"mark": 5}),
    ("a list", {"mark": ["https://terms.example/mark"]}),
    ("a relative IRI", {"mark": "mark"}),
    ("a blank node", {"mark": "_:mark"}),
    ("no id", {"mark": {"@type": "@id"}}),
    ("a reverse property", {"mark": {"@reverse": "https://terms.example/mark"}}),
    ("a scoped context", {"mark": {"@id": "https://terms.example/m", "@context": {}}}),
    ("an index", {"mark": {"@id": "https://terms.example/m", "@container": "@index"}}),
    ("two containers", {"mark": {"@id": "https://terms.example/m", "@container": ["@set"]}}),
    ("JSON values", {"mark": {"@id": "https://terms.example/m", "@type": "@json"}}),
    ("words of a vocabulary", {"mark": {"@id": "https://terms.example/m", "@type": "@vocab"}}),
    ("a second name", {"mark": "https://schema.org/name"}),
    ("a second name below a namespace", {"mark": "https://w3id.org/security#proof"}),
    ("a prefix of another context", {"mark": "sec:proof"}),
    ("a second name in two halves", {"half": "https://schema.org/", "mark": "half:name"}),
    ("in three", {"a": "https://schema", "b": "a:.org/", "mark": "b:name"}),
    ("a prefix in a definition", {"half": {"@id": "urn:"}, "mark": {"@id": "half:taken"}}),
    ("a prefix that means nothing", {"half": {"@type": "@id"}, "mark": "half:name"}),
    ("a ring, which names nothing", {"a": "b:x", "b": "a:y"}),
    ("more prefixes in a row", {"a": "urn:a", **{y: f"{x}:{y}" for x, y in pairwise("abcdef")}}),
    ("a row of types", {"a": "urn:a", **{y: _typed(x, y) for x, y in pairwise("abcdef")}}),
    ("an IRI beyond measure", {"mark": "urn:" + "x" * 500}),
]


@pytest.mark.parametrize("context", [r[1] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_anything_else_is_refused(context: dict[str, Any]) -> None:
    with pytest.raises(CheckFailed) as refusal:
        check_inline_context(context, TAKEN)

    assert (refusal.value.code, refusal.value.field) == ("context_not_allowed", "/@context")
