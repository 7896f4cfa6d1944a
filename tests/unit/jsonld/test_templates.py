"""Written by a template or from its beginning: a document has one canonical form."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.credentials.skeleton import Skeleton, skeleton_of
from app.encoding.strict_json import JsonObject
from app.jsonld import templates
from app.jsonld.active_contexts import ContextTables, Unmodelled
from app.jsonld.contexts import ContextBundle
from app.jsonld.nquads import write_plain
from app.jsonld.related_resources import with_pinned_contexts
from app.jsonld.safe_mode import canonicalize_by_expansion
from app.jsonld.templates import write_alike
from tests.builders import a_credential, a_status_entry
from tests.generated import TERMS_URL
from tests.microcredentials import EXAMPLES
from tests.world import CONTEXTS

BADGE = a_credential(credentialStatus=a_status_entry())
DOCUMENTS = {"badge": BADGE} | {name: each.credential() for name, each in EXAMPLES.items()}

TEXTS = [
    "another text",
    "",
    'with "quotes", a \\ and\na line\tand a tab\x0b\x7f',
    "\U0001f393 \ufffe \uffff \u00a0 \u2028",
    "_:c14n0",
    "urn:mark-00:0 ",
    "urn:uuid:00000000-0000-4000-8000-000000000001",
    "https://other.example/learner?a=b#c",
    "did:example:LEARNER",
    "zzz:last",
    "https://other.example/\u00fc",
    "https://other.example/a b",
    "relative",
    "signet-relative://relative/a",
    "schema:name",
    "https:no-slashes",
    "urn:" + "x" * 1200,
    BADGE["issuer"]["id"],
    BADGE["credentialSubject"]["achievement"]["id"],
    BADGE["credentialSubject"]["id"],
]


@pytest.fixture
def contexts() -> ContextBundle:
    """Contexts under which nothing has been written yet."""
    return replace(CONTEXTS, documents=dict(CONTEXTS.documents))


def parted(document: JsonObject) -> Skeleton:
    skeleton = skeleton_of(document)
    assert skeleton is not None
    return skeleton


def wider(document: JsonObject) -> Skeleton:
    skeleton = parted(document).wider
    assert skeleton is not None
    return skeleton


def with_texts(other: Skeleton, texts: list[str]) -> Skeleton:
    """The document with these texts for its own, whatever the rules ask of them."""
    given = iter(texts)
    return replace(other, document=other.marked(lambda _: next(given)), texts=tuple(texts))


Parts = Callable[[JsonObject], Skeleton]


def make_template(document: JsonObject, contexts: ContextBundle) -> None:
    for _ in range(2):
        assert write_alike(document, parted(document), contexts) == write_plain(document, contexts)


def written(function: object, *arguments: object) -> str:
    try:
        text = function(*arguments)  # type: ignore[operator]
    except Unmodelled:
        return "not modelled"
    return str(text)


@pytest.mark.parametrize("parts", [parted, wider])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_third_of_a_kind_is_written_by_the_template(
    name: str, parts: Parts, contexts: ContextBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = DOCUMENTS[name]
    contexts = with_pinned_contexts(document, contexts)
    make_template(document, contexts)
    monkeypatch.delattr(templates, "write_plain")
    genuine = parts(document)
    other = with_texts(genuine, [f"https://other.example/{n}" for n in range(len(genuine.texts))])

    text = write_alike(other.document, other, contexts)

    assert text.encode() == canonicalize_by_expansion(other.document, contexts)


@pytest.mark.parametrize("parts", [parted, wider])
def test_every_text_in_every_place_is_written_as_from_the_beginning(
    parts: Parts, contexts: ContextBundle
) -> None:
    make_template(BADGE, contexts)
    genuine = parts(BADGE).texts
    seen = set()

    for place in range(len(genuine)):
        for text in TEXTS:
            other = with_texts(parts(BADGE), [*genuine[:place], text, *genuine[place + 1 :]])
            wanted = written(write_plain, other.document, contexts)
            assert written(write_alike, other.document, other, contexts) == wanted
            seen.add(wanted)

    assert len(genuine) > 8
    assert len(seen) > len(TEXTS)


def test_two_nodes_that_came_to_say_the_same_are_told_apart_by_the_whole_algorithm(
    contexts: ContextBundle,
) -> None:
    evidence = [{"type": ["Evidence"], "narrative": text} for text in ("one", "another")]
    document = {**BADGE, "evidence": evidence}
    make_template(document, contexts)
    texts = ["one" if text == "another" else text for text in parted(document).texts]
    alike = with_texts(parted(document), texts)

    text = write_alike(alike.document, alike, contexts)

    assert text.encode() == canonicalize_by_expansion(alike.document, contexts)
    assert text.count('"one"') == 2


def test_where_no_template_can_be_had_none_is_tried_again(
    contexts: ContextBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = BADGE["credentialSubject"]
    results = [{"type": ["Result"], "value": "A"}] * 2
    document = {**BADGE, "credentialSubject": {**subject, "result": results}}
    make_template(document, contexts)
    monkeypatch.delattr(templates, "plain_statements")

    make_template(document, contexts)


_SUBJECT = "https://terms.example/subject"
_NARRATIVE = "https://terms.example/narrative"
STRANGE: dict[str, tuple[JsonObject, JsonObject]] = {
    "a reference": (
        {"credentialSubject": _SUBJECT, "narrative": {"@id": _NARRATIVE, "@type": "@id"}},
        {"narrative": "urn:one"},
    ),
    "a text by its language": (
        {"credentialSubject": {"@id": _SUBJECT, "@container": "@language"}},
        {"id": "urn:one"},
    ),
    "one text beside another": (
        {"credentialSubject": _SUBJECT, "narrative": _NARRATIVE, "told": _NARRATIVE},
        {"narrative": "urn:one", "told": "urn:pqr"},
    ),
}


@pytest.mark.parametrize("kind", STRANGE)
def test_what_another_context_makes_of_a_text_is_written_as_from_the_beginning(
    kind: str, contexts: ContextBundle
) -> None:
    defined, subject = STRANGE[kind]
    terms = {"id": "@id", "type": "@type", **defined}
    contexts = replace(
        contexts, documents={**contexts.documents, TERMS_URL: {"@context": terms}}, resolved={}
    )
    document = {"@context": [TERMS_URL], "id": "urn:example:1", "credentialSubject": subject}
    make_template(document, contexts)
    other = with_texts(parted(document), ["urn:example:1", "urn:two"])

    text = write_alike(other.document, other, contexts)

    assert "urn:two" in text
    assert text.encode() == canonicalize_by_expansion(other.document, contexts)


def test_a_name_that_any_context_defines_may_be_a_prefix() -> None:
    tables = ContextTables({"https://one.example/": {"@context": ["x", {"ex": {"@id": "urn:"}}]}})

    assert {"ex", "signet-relative"} <= tables.names
    assert "urn" not in tables.names
