"""Safe mode: what a document says is what is signed, or the document is refused."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.errors import CheckFailed, MalformedInput, SignetError
from app.jsonld.safe_mode import canonicalize, check_and_canonicalize, check_structure
from tests.world import CONTEXTS, a_badge, a_plain, a_web_party

V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
PARTY = a_web_party()


def _allow(context: object) -> None:
    if context == "forbidden":
        raise CheckFailed("context_not_allowed", "not this one")


# --- structure ----------------------------------------------------------------------------------


@pytest.mark.parametrize("document", [a_badge(PARTY), a_plain(PARTY)])
def test_a_credential_has_a_sound_structure(document: dict[str, Any]) -> None:
    check_structure(document, _allow, value_objects=False)


def test_an_embedded_credential_may_have_its_context() -> None:
    endorsement = a_plain(PARTY)

    for embedded in (endorsement, [endorsement, "a token"]):
        check_structure({**a_badge(PARTY), "endorsement": embedded}, _allow, value_objects=False)


STRUCTURE_REFUSED: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("@context inside", {"a": {"@context": V2}}, "context_not_allowed", "/a/@context"),
    (
        "@context deep inside",
        {"a": [{"b": {"@context": {}}}]},
        "context_not_allowed",
        "/a/0/b/@context",
    ),
    ("@id", {"@id": "urn:x"}, "keyword_not_allowed", "/@id"),
    ("@type inside", {"a": {"@type": "x"}}, "keyword_not_allowed", "/a/@type"),
    ("@graph", {"a": {"@graph": []}}, "keyword_not_allowed", "/a/@graph"),
    ("@included", {"@included": []}, "keyword_not_allowed", "/@included"),
    ("@reverse", {"@reverse": {}}, "keyword_not_allowed", "/@reverse"),
    ("@index", {"a": {"@index": "1"}}, "keyword_not_allowed", "/a/@index"),
    ("@nest", {"@nest": {}}, "keyword_not_allowed", "/@nest"),
    ("an unknown keyword", {"a": {"@foo": 1}}, "keyword_not_allowed", "/a/@foo"),
    ("@value", {"a": {"@value": "x"}}, "keyword_not_allowed", "/a/@value"),
    ("null", {"a": None}, "data_loss", "/a"),
    ("null in a list", {"a": ["x", None]}, "data_loss", "/a/1"),
    ("null in an embedded document", {"endorsement": None}, "data_loss", "/endorsement/0"),
    ("a member called by its IRI", {"https://schema.org/name": "x"}, "hidden_member", None),
    ("a member called by a prefix", {"a": {"cred:validUntil": "x"}}, "hidden_member", None),
    (
        "a forbidden context in an endorsement",
        {"endorsement": [{"@context": "forbidden"}]},
        "context_not_allowed",
        None,
    ),
    (
        "a context inside an endorsement",
        {"endorsement": {"@context": V2, "issuer": {"@context": V2}}},
        "context_not_allowed",
        "/endorsement/0/issuer/@context",
    ),
    (
        "a keyword in an embedded credential",
        {"verifiableCredential": [{"@context": V2}, {"@context": V2, "@id": "urn:x"}]},
        "keyword_not_allowed",
        "/verifiableCredential/1/@id",
    ),
    (
        "a context where no document may stand",
        {"endorsement": [{"issuer": {"@context": V2}}]},
        "context_not_allowed",
        "/endorsement/0/issuer/@context",
    ),
    ("a name with a slash", {"a/b": {"@x~y": 1}}, "keyword_not_allowed", "/a~1b/@x~0y"),
]


@pytest.mark.parametrize(
    ("document", "code", "field"),
    [r[1:] for r in STRUCTURE_REFUSED],
    ids=[r[0] for r in STRUCTURE_REFUSED],
)
def test_a_construct_that_hides_something_is_refused(
    document: dict[str, Any], code: str, field: str | None
) -> None:
    with pytest.raises(CheckFailed) as refusal:
        check_structure({"@context": V2, **document}, _allow, value_objects=False)

    assert refusal.value.code == code
    if field is not None:
        assert refusal.value.field == field


def test_the_first_context_is_judged() -> None:
    with pytest.raises(CheckFailed, match="not this one"):
        check_structure({"@context": "forbidden"}, _allow, value_objects=False)


STRUCTURES = [document for _, document, _, _ in STRUCTURE_REFUSED] + [
    {},
    {"name": "x"},
    {"issuer": {"id": "urn:example:i", "type": ["Profile"], "name": "x"}},
    {"credentialSubject": {"type": ["AchievementSubject"], "achievement": {"id": "urn:a:b"}}},
    {"endorsement": a_plain(PARTY)},
    {"name": {"@value": "x"}},
    {"name": {"@value": "x", "@type": "urn:t"}},
    {"relatedResource": {"id": None}},
    {"evidence": [{"type": ["Evidence"] * 40}] * 40},
    {"issuer": {"id": "urn:example:i", "type": ["Profile"] * 1600}},
    {"credentialSchema": {"id": "urn:s:s", "type": "JsonSchema", "digestSRI": None}},
    {"verifiableCredential": {"id": None}},
    {"verifiableCredential": {"id": "urn:example:v", "type": "VerifiableCredential"}},
    {"termsOfUse": {"type": "TrustFrameworkPolicy", "name": [["x"], None]}},
]


@pytest.mark.parametrize("value_objects", [False, True])
@pytest.mark.parametrize("inside", [None, "issuer", "credentialSubject"])
@pytest.mark.parametrize("number", range(len(STRUCTURES)))
def test_checked_while_it_is_written_a_document_meets_the_same_end(
    number: int, inside: str | None, value_objects: bool
) -> None:
    part = STRUCTURES[number]
    document: dict[str, Any] = {
        "@context": [V2, OB],
        "id": "urn:example:1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        **({inside: {"id": "urn:example:2", "type": ["Profile"], **part}} if inside else part),
    }

    def first_one_then_the_other() -> bytes:
        check_structure(document, _allow, value_objects=value_objects)
        return canonicalize(document, CONTEXTS)

    wanted = _end_of(first_one_then_the_other)
    for _ in range(2):  # the second time an issuer is known
        end = _end_of(
            lambda: check_and_canonicalize(document, CONTEXTS, _allow, value_objects=value_objects)
        )
        assert end == wanted


def _end_of(work: Callable[[], bytes]) -> object:
    """The bytes, or what is said of the document."""
    try:
        return work()
    except SignetError as error:
        return error.code, error.detail, error.field


VALUE_OBJECTS: list[tuple[dict[str, Any], bool]] = [
    ({"@value": "x"}, True),
    ({"@value": "x", "@language": "en"}, True),
    ({"@value": "x", "@language": "ar", "@direction": "rtl"}, True),
    ({"@language": "en"}, False),
    ({"@value": "x", "@type": "urn:t"}, False),
    ({"@value": "x", "url": "https://x.example"}, False),
    ({"@value": "x", "@index": "1"}, False),
]


@pytest.mark.parametrize(("value", "allowed"), VALUE_OBJECTS)
def test_value_objects_hold_a_text_its_language_and_its_direction(
    value: dict[str, Any], allowed: bool
) -> None:
    document = {"@context": V2, "name": value}
    if allowed:
        check_structure(document, _allow, value_objects=True)
    else:
        with pytest.raises(CheckFailed, match="keyword_not_allowed"):
            check_structure(document, _allow, value_objects=True)


# --- expansion ----------------------------------------------------------------------------------


def _canonical(**members: Any) -> str:
    document = {"@context": V2, "id": "urn:uuid:1", "type": ["VerifiableCredential"], **members}
    return canonicalize(document, CONTEXTS).decode()


def test_a_document_becomes_its_statements() -> None:
    assert _canonical(issuer="did:example:a", name="A name") == (
        "<urn:uuid:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
        " <https://www.w3.org/2018/credentials#VerifiableCredential> .\n"
        '<urn:uuid:1> <https://schema.org/name> "A name" .\n'
        "<urn:uuid:1> <https://www.w3.org/2018/credentials#issuer> <did:example:a> .\n"
    )


LOSSES: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("an unknown member", {"grade": "A+"}, "data_loss", "/grade"),
    (
        "an unknown member inside a list",
        {"credentialSubject": [{"id": "urn:a"}, {"id": "urn:b", "grade": "A+"}]},
        "data_loss",
        "/credentialSubject/1/grade",
    ),
    ("an unknown member with a slash", {"a/b": "x"}, "data_loss", "/a~1b"),
    ("an unknown type", {"type": ["VerifiableCredential", "Degree"]}, "invalid_id", None),
    ("a relative id", {"id": "abc"}, "invalid_id", None),
    ("a relative id that PyLD completes", {"id": "//host/path"}, "invalid_id", None),
    ("an id with a space", {"id": "did:example:ali ce"}, "invalid_id", None),
    ("an id with a line break", {"id": "urn:uuid:0\n1"}, "invalid_id", None),
    ("an id that is a number", {"id": 5}, "invalid_id", None),
    ("a blank node", {"id": "_:b0"}, "blank_node_identifier", None),
    ("a relative issuer", {"issuer": "somebody"}, "invalid_id", None),
    (
        "the document's subject as another node",
        {"credentialSubject": {"id": "urn:uuid:1", "type": "VerifiableCredential"}},
        "hidden_member",
        None,
    ),
    (
        "a second place for the credential",
        {"evidence": {"id": "urn:uuid:1", "type": ["Evidence", "VerifiableCredential"]}},
        "hidden_member",
        None,
    ),
    (
        "a context that is not held",
        {"@context": [V2, "https://x.example/v1"]},
        "unknown_context",
        None,
    ),
    ("no context", {"@context": []}, "data_loss", None),
    (
        "a protected term redefined",
        {"@context": [V2, {"name": "urn:n"}]},
        "context_not_allowed",
        None,
    ),
    ("a context that is a number", {"@context": [V2, 5]}, "json_ld_error", None),
    ("a broken definition", {"@context": [V2, {"x": {"@id": 5}}]}, "json_ld_error", None),
]


@pytest.mark.parametrize(
    ("members", "code", "field"), [r[1:] for r in LOSSES], ids=[r[0] for r in LOSSES]
)
def test_what_would_be_lost_is_refused(
    members: dict[str, Any], code: str, field: str | None
) -> None:
    with pytest.raises(SignetError) as refusal:
        _canonical(**members)

    assert refusal.value.code == code
    if field is not None:
        assert refusal.value.field == field


def test_a_document_without_content_is_refused() -> None:
    with pytest.raises(CheckFailed, match="says nothing"):
        canonicalize({"@context": V2}, CONTEXTS)


def test_a_member_that_is_called_twice_over_is_found_at_its_first_place() -> None:
    with pytest.raises(CheckFailed) as refusal:
        _canonical(evidence=[{"type": "Evidence"}, {"type": "Evidence", "": "x"}])

    assert (refusal.value.code, refusal.value.field) == ("data_loss", "/evidence/1/")


def test_a_whole_badge_says_each_thing_in_one_place() -> None:
    text = canonicalize(a_badge(PARTY), CONTEXTS).decode()

    assert len(text.splitlines()) > 100


def test_credentials_in_a_presentation_are_worlds_of_their_own() -> None:
    credential = {"@context": V2, "id": "urn:uuid:1", "type": ["VerifiableCredential"]}

    text = _canonical(type=["VerifiablePresentation"], verifiableCredential=[credential])

    assert "<https://www.w3.org/2018/credentials#VerifiableCredential> _:c14n0 .\n" in text


def test_the_same_id_may_be_mentioned_without_its_type() -> None:
    text = _canonical(credentialSubject={"id": "urn:uuid:2", "name": "x"}, issuer="urn:uuid:2")

    assert text.count("<urn:uuid:2>") == 3


def test_a_context_in_one_document_is_unknown_to_the_next() -> None:
    inline: Mapping[str, Any] = {"mark": "https://terms.example/mark"}
    _canonical(**{"@context": [V2, inline], "mark": "A"})

    for spelling in ('{"mark":"https://terms.example/mark"}', "https://terms.example/mark"):
        with pytest.raises(CheckFailed) as refusal:
            _canonical(**{"@context": [V2, spelling], "mark": "A"})
        assert refusal.value.code == "unknown_context"
    with pytest.raises(CheckFailed, match="data_loss"):
        _canonical(mark="A")


def test_more_contexts_than_anybody_needs_are_refused_before_they_are_looked_at() -> None:
    embedded = {"@context": [V2] * 50, "id": "urn:example:2"}
    for document in (
        {"@context": [V2] * 201},
        {"@context": [V2], "endorsement": [embedded] * 4},
    ):
        with pytest.raises(CheckFailed, match="more than 200 contexts") as refusal:
            check_structure(document, lambda _: None, value_objects=False)
        assert refusal.value.code == "context_not_allowed"


def test_more_types_than_there_can_be_nodes_are_refused() -> None:
    for nodes, types in ((1, 1600), (40, 40)):
        document = {"@context": [V2], "evidence": [{"type": ["Evidence"] * types}] * nodes}
        with pytest.raises(MalformedInput, match="more than 1500 types"):
            check_structure(document, lambda _: None, value_objects=False)
