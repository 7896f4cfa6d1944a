"""From expanded JSON-LD to quads: every statement, or a refusal."""

from typing import Any

import pytest

from app.errors import SignetError
from app.jsonld.rdf import BASE, literal, to_quads

P = "https://terms.example/p"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"


def _quads(**members: Any) -> list[tuple[str, str, str, str]]:
    return list(to_quads([{"@id": "urn:s", **members}]))


def _object(value: Any) -> str:
    ((_, _, object_, _),) = _quads(**{P: [value]})
    return object_


VALUES: list[tuple[dict[str, Any], str]] = [
    ({"@value": "text"}, '"text"'),
    ({"@value": ""}, '""'),
    ({"@value": "text", "@type": XSD + "string"}, '"text"'),
    ({"@value": "2026-01-01", "@type": XSD + "date"}, f'"2026-01-01"^^<{XSD}date>'),
    ({"@value": "text", "@language": "en-gb"}, '"text"@en-gb'),
    ({"@value": "x", "@direction": "rtl"}, '"x"^^<https://www.w3.org/ns/i18n#_rtl>'),
    (
        {"@value": "x", "@language": "ar", "@direction": "rtl"},
        '"x"^^<https://www.w3.org/ns/i18n#ar_rtl>',
    ),
    ({"@value": True}, f'"true"^^<{XSD}boolean>'),
    ({"@value": False}, f'"false"^^<{XSD}boolean>'),
    ({"@value": True, "@type": "urn:yes"}, '"true"^^<urn:yes>'),
    ({"@value": 5}, f'"5"^^<{XSD}integer>'),
    ({"@value": 20.0}, f'"20"^^<{XSD}integer>'),
    ({"@value": -0.0}, f'"0"^^<{XSD}integer>'),
    ({"@value": 1e20}, f'"100000000000000000000"^^<{XSD}integer>'),
    ({"@value": 1e21}, f'"1.0E21"^^<{XSD}double>'),
    ({"@value": 0.5}, f'"5.0E-1"^^<{XSD}double>'),
    ({"@value": 33.333333333333336}, f'"3.333333333333334E1"^^<{XSD}double>'),
    ({"@value": 5, "@type": XSD + "double"}, f'"5.0E0"^^<{XSD}double>'),
    ({"@value": 5, "@type": XSD + "float"}, f'"5"^^<{XSD}float>'),
    ({"@value": 7.5, "@type": XSD + "float"}, f'"7.5E0"^^<{XSD}float>'),
    (
        {"@value": {"b": 1, "a": "é"}, "@type": "@json"},
        f'"{{\\"a\\":\\"é\\",\\"b\\":1}}"^^<{RDF}JSON>',
    ),
    ({"@value": None, "@type": "@json"}, f'"null"^^<{RDF}JSON>'),
    ({"@id": "urn:o"}, "<urn:o>"),
    ({"@id": "urn:o", "@index": "ignored"}, "<urn:o>"),
    ({"@list": []}, f"<{RDF}nil>"),
    ({}, "_:b0"),
]


@pytest.mark.parametrize(("value", "term"), VALUES, ids=[repr(v) for v, _ in VALUES])
def test_a_value_becomes_one_term(value: dict[str, Any], term: str) -> None:
    assert _object(value) == term


ESCAPES = [
    ("\b\t\n\f\r", r"\b\t\n\f\r"),
    ('"\\', r"\"\\"),
    ("\x00\x07\x0b\x1f\x7f", r"\u0000\u0007\u000B\u001F\u007F"),
    ("\ufffe\uffff", r"\uFFFE\uFFFF"),
    ("\x80\xa0é😀\u2028\u202e", "\x80\xa0é😀\u2028\u202e"),
]


@pytest.mark.parametrize(("text", "escaped"), ESCAPES)
def test_a_literal_is_escaped_as_canonical_nquads_ask(text: str, escaped: str) -> None:
    assert literal(text) == f'"{escaped}"'


def test_types_are_statements() -> None:
    assert _quads(**{"@type": ["urn:a", "urn:b"]}) == [
        ("<urn:s>", f"<{RDF}type>", "<urn:a>", ""),
        ("<urn:s>", f"<{RDF}type>", "<urn:b>", ""),
    ]


def test_a_list_is_a_ladder() -> None:
    assert _quads(**{P: [{"@list": [{"@value": "a"}, {"@id": "urn:o"}]}]}) == [
        ("<urn:s>", f"<{P}>", "_:b0", ""),
        ("_:b0", f"<{RDF}first>", '"a"', ""),
        ("_:b0", f"<{RDF}rest>", "_:b1", ""),
        ("_:b1", f"<{RDF}first>", "<urn:o>", ""),
        ("_:b1", f"<{RDF}rest>", f"<{RDF}nil>", ""),
    ]


def test_a_graph_names_the_statements_in_it() -> None:
    assert _quads(**{"@graph": [{"@id": "urn:inside", P: [{"@value": "a"}]}]}) == [
        ("<urn:inside>", f"<{P}>", '"a"', "<urn:s>"),
    ]


BAD_IRIS = [
    "",
    "relative",
    "has space:x",
    "did:example:ali ce",
    "urn:uuid:0\n1",
    "https://x/<script>",
    'https://x/"',
    "https://x/{a}",
    "https://x/a|b",
    "https://x/a\\b",
    "https://x/^",
    "https://x/`",
    "https://x/\x7f",
    "https://x/\x85",
    "1:x",
    ":x",
    "x:",
    BASE,
    BASE + "abc",
    "signet-relative://host/path",
    5,
    None,
    {"@id": "urn:x"},
]


@pytest.mark.parametrize("iri", BAD_IRIS, ids=repr)
@pytest.mark.parametrize("place", ["@id", "@type", "datatype"])
def test_an_iri_that_others_would_drop_is_refused(iri: object, place: str) -> None:
    places: dict[str, dict[str, Any]] = {
        "@id": {P: [{"@id": iri}]},
        "@type": {"@type": [iri]},
        "datatype": {P: [{"@value": "x", "@type": iri if iri is not None else 5}]},
    }

    with pytest.raises(SignetError) as refusal:
        _quads(**places[place])

    assert refusal.value.code == "invalid_id"


def test_a_property_that_is_no_iri_is_refused() -> None:
    with pytest.raises(SignetError, match="invalid_id"):
        _quads(**{"rel ative": [{"@value": "x"}]})


@pytest.mark.parametrize("place", ["@id", "@type"])
def test_a_blank_node_identifier_is_refused(place: str) -> None:
    places: dict[str, dict[str, Any]] = {
        "@id": {P: [{"@id": "_:b0"}]},
        "@type": {"@type": ["_:t"]},
    }

    with pytest.raises(SignetError, match="blank_node_identifier"):
        _quads(**places[place])


@pytest.mark.parametrize("keyword", ["@reverse", "@included", "@nest", "@foo"])
def test_an_unusual_keyword_is_refused(keyword: str) -> None:
    with pytest.raises(SignetError, match="keyword_not_allowed"):
        _quads(**{keyword: {}})


@pytest.mark.parametrize("language", ["not a lang!!", "", "en_GB", "abcdefghi", "en-", "é"])
@pytest.mark.parametrize("direction", [{}, {"@direction": "ltr"}])
def test_a_language_that_is_none_is_refused(language: str, direction: dict[str, str]) -> None:
    with pytest.raises(SignetError, match="bad_language"):
        _object({"@value": "x", "@language": language, **direction})
