"""The negative matrix of the public suites (vc-api.md section 4), as far as it is about shape."""

from typing import Any

import pytest

from app.credentials.vcdm import (
    CONTEXT_V1,
    CONTEXT_V2,
    Envelope,
    check_presentation,
    check_vcdm,
    is_enveloped,
    open_envelope,
    vcdm_version,
)
from app.errors import CheckFailed
from tests.builders import a_credential, a_plain_credential, changed

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
DIGEST = "sha384-" + "A" * 64


def _without(name: str, **members: Any) -> dict[str, Any]:
    credential = a_plain_credential(**members)
    del credential[name]
    return credential


def _with(name: str, value: Any) -> dict[str, Any]:
    return {**a_plain_credential(), name: value}


def _v1(**members: Any) -> dict[str, Any]:
    return a_plain_credential(
        **{
            "@context": [CONTEXT_V1],
            "validFrom": None,
            "issuanceDate": "2020-01-01T00:00:00Z",
            "type": ["VerifiableCredential"],
            "credentialSubject": {"id": "did:example:a"},
            **members,
        }
    )


NO_CONTEXTS: list[Any] = [4, {"foo": True}, False, None, "string", CONTEXT_V2, {}, True, []]
NO_CONTEXT: list[Any] = [[], None, 10, True, 123192875, "https ://not-a-url/x", ""]
NO_TYPES: list[Any] = [4, None, True, [], {}, "string", "", ["SomeCredential"]]
NO_TYPE: list[Any] = [[], {}, None, 10, ""]
NO_IDS: list[Any] = [None, ["urn:a:b", "urn:a:c"], "https ://not-a-url", "_:b0", "abc", 7, ""]
NO_ISSUERS: list[Any] = [None, True, 4, [], "fake-issuer"]
NO_ISSUER_IDS: list[Any] = [{}, {"id": None}, {"id": "fake-issuer"}, {"id": ["urn:a:b"]}]
NO_SUBJECTS: list[Any] = [None, True, 4, [], "string", {}]
NO_PROOFS: list[Any] = [None, "string", 10, True, {}, [{}]]

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("context missing", _without("@context"), "/@context"),
    *[(f"context {value!r}", _with("@context", value), "/@context") for value in NO_CONTEXTS],
    *[
        (f"context item {item!r}", _with("@context", [CONTEXT_V2, item]), "/@context/1")
        for item in NO_CONTEXT
    ],
    ("context order swapped", _with("@context", [EXAMPLES, CONTEXT_V2]), "/@context"),
    ("only another context", _with("@context", [EXAMPLES]), "/@context"),
    ("type missing", _without("type"), "/type"),
    *[(f"type {value!r}", _with("type", value), "/type") for value in NO_TYPES],
    *[
        (f"type item {item!r}", _with("type", ["VerifiableCredential", item]), "/type")
        for item in NO_TYPE
    ],
    *[(f"id {value!r}", _with("id", value), "/id") for value in NO_IDS],
    ("issuer missing", _without("issuer"), "/issuer"),
    *[(f"issuer {value!r}", _with("issuer", value), "/issuer") for value in NO_ISSUERS],
    *[(f"issuer {value!r}", _with("issuer", value), "/issuer/id") for value in NO_ISSUER_IDS],
    ("subject missing", _without("credentialSubject"), "/credentialSubject"),
    *[
        (f"subject {value!r}", _with("credentialSubject", value), "/credentialSubject")
        for value in NO_SUBJECTS
    ],
    ("second subject empty", _with("credentialSubject", [{"id": "urn:a:b"}, {}]), "/1"),
    ("subject with two ids", _with("credentialSubject", {"id": ["urn:a:b", "urn:a:c"]}), "/id"),
    *[
        (f"{name} without type", _with(name, {"id": "urn:a:b"}), f"/{name}/type")
        for name in (
            "credentialStatus",
            "termsOfUse",
            "evidence",
            "refreshService",
            "credentialSchema",
        )
    ],
    ("status type a number", _with("credentialStatus", {"type": 2}), "/credentialStatus/type"),
    ("status id a list", _with("credentialStatus", {"id": ["urn:a:b"], "type": "T"}), "/id"),
    ("status id no URL", _with("credentialStatus", {"id": "not-a-url", "type": "T"}), "/id"),
    ("status a text", _with("credentialStatus", "urn:a:b"), "/credentialStatus"),
    ("second evidence empty", _with("evidence", [{"type": "T"}, {}]), "/evidence/1/type"),
    ("schema without id", _with("credentialSchema", {"type": "JsonSchema"}), "/id"),
    ("schema id no URL", _with("credentialSchema", [{"id": "a", "type": "T"}]), "/0/id"),
    *[
        (f"{name} with an extra member", _with(name, {"@value": "a", "url": "b"}), f"/{name}")
        for name in ("name", "description")
    ],
    ("issuer name", _with("issuer", {"id": "urn:a:b", "name": {"@value": 7}}), "/issuer/name"),
    ("name in no language", _with("name", {"@value": "a", "@language": "not a lang!!"}), "/name"),
    ("name upwards", _with("name", {"@value": "a", "@direction": "up"}), "/name"),
    ("name a number", _with("name", ["a", 7]), "/name"),
    ("validFrom in words", _with("validFrom", "Sat 25 Feb 2023 00:00:00 GMT"), "/validFrom"),
    ("validFrom without zone", _with("validFrom", "2026-01-01T00:00:00"), "/validFrom"),
    ("validFrom a list", _with("validFrom", ["2026-01-01T00:00:00Z"]), "/validFrom"),
    ("validUntil in RFC 2822", _with("validUntil", "Sun, 01 Jan 2026 00:00:00 +0000"), "/valid"),
    ("ends before it begins", _with("validUntil", "2025-12-31T23:59:59Z"), "/validUntil"),
    ("resources are texts", _with("relatedResource", ["https://a.example"]), "/relatedResource/0"),
    ("resource without id", _with("relatedResource", [{"digestSRI": DIGEST}]), "/0/id"),
    ("resource without digest", _with("relatedResource", [{"id": "urn:a:b"}]), "/0"),
    (
        "resource twice",
        _with("relatedResource", [{"id": "urn:a:b", "digestSRI": DIGEST}] * 2),
        "/relatedResource/1/id",
    ),
    (
        "digest no digest",
        _with("relatedResource", {"id": "urn:a:b", "digestSRI": "md5-AAAA"}),
        "/relatedResource/digestSRI",
    ),
    (
        "multibase no multibase",
        _with("relatedResource", {"id": "urn:a:b", "digestMultibase": 7}),
        "/relatedResource/digestMultibase",
    ),
    *[(f"proof {value!r}", _with("proof", value), "/proof") for value in NO_PROOFS],
    ("null far inside", _with("credentialSubject", {"a": [{"b": None}]}), "/a/0/b"),
    ("control character", _with("credentialSubject", {"a": "x\x07"}), "/credentialSubject/a"),
    ("control in a name", _with("credentialSubject", {"a\x07": "x"}), "/credentialSubject"),
    ("1.1 without date", _v1(issuanceDate=None), "/issuanceDate"),
    ("1.1 ends before it begins", _v1(expirationDate="2019-01-01T00:00:00Z"), "/expirationDate"),
    ("1.1 expiry in words", _v1(expirationDate="tomorrow"), "/expirationDate"),
    ("1.1 status without id", _v1(credentialStatus={"type": "T"}), "/credentialStatus/id"),
    ("1.1 refresh without id", _v1(refreshService={"type": "T"}), "/refreshService/id"),
]


@pytest.mark.parametrize(
    ("credential", "field"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_credential_that_breaks_a_general_rule_is_refused(
    credential: dict[str, Any], field: str
) -> None:
    with pytest.raises(CheckFailed) as failure:
        check_vcdm(credential)
    assert failure.value.field is not None
    assert field in failure.value.field


ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("a plain credential", a_plain_credential()),
    ("a badge", a_credential()),
    ("version 1.1 with only its context", _v1()),
    ("version 1.1 that expires", _v1(expirationDate="2030-01-01T00:00:00Z")),
    ("no id", _without("id")),
    ("no dates", _without("validFrom")),
    ("one type as a text", _with("type", "VerifiableCredential")),
    ("a type that is a URL", _with("type", ["VerifiableCredential", "https://a.example/T"])),
    ("an inline context", _with("@context", [CONTEXT_V2, {"a": "https://a.example#a", "b": None}])),
    ("two subjects", _with("credentialSubject", [{"id": "urn:a:b"}, {"name": "b"}])),
    ("a subject without id", _with("credentialSubject", {"alumniOf": "Inverbrae"})),
    ("an offset", _with("validFrom", "2026-01-01T00:00:00-06:00")),
    ("milliseconds", _with("validFrom", "2026-01-01T00:00:00.000Z")),
    ("valid for a moment", _with("validUntil", "2026-01-01T00:00:00Z")),
    ("status without id", _with("credentialStatus", {"type": "T"})),
    ("several statuses", _with("credentialStatus", [{"type": "T"}, {"type": ["T", "U"]}])),
    ("a schema", _with("credentialSchema", [{"id": "https://a.example/s", "type": "JsonSchema"}])),
    ("no evidence", _with("evidence", [])),
    ("a name in a language", _with("name", {"@value": "a", "@language": "gd"})),
    (
        "names in languages",
        _with("name", [{"@value": "a"}, {"@value": "b", "@language": "ar", "@direction": "rtl"}]),
    ),
    (
        "an issuer with a name",
        _with("issuer", {"id": "https://a.example", "name": "A", "description": "B"}),
    ),
    (
        "pinned resources",
        _with(
            "relatedResource",
            [
                {"id": "urn:a:b", "digestSRI": DIGEST},
                {"id": "urn:a:c", "digestMultibase": "uEiBZlVztZpfWHgPyslJrwg7b"},
            ],
        ),
    ),
    ("a proof set", _with("proof", [{"type": "T"}, {"type": "U"}])),
]


@pytest.mark.parametrize("credential", [c[1] for c in ACCEPTED], ids=[c[0] for c in ACCEPTED])
def test_a_credential_that_keeps_the_general_rules_passes(credential: dict[str, Any]) -> None:
    check_vcdm(credential)


@pytest.mark.parametrize(
    ("contexts", "version"),
    [
        ([CONTEXT_V2], 2),
        ([CONTEXT_V1, CONTEXT_V2], 1),
        (CONTEXT_V2, 2),
        ([], None),
        (None, None),
        ([EXAMPLES], None),
    ],
)
def test_the_first_context_names_the_version(contexts: Any, version: int | None) -> None:
    assert vcdm_version({"@context": contexts}) == version


def test_everything_found_is_carried_by_the_error() -> None:
    with pytest.raises(CheckFailed) as failure:
        check_vcdm({})
    fields = [finding.field for finding in failure.value.findings]
    assert fields == ["/@context", "/type", "/issuer", "/credentialSubject"]


# --- Presentations -------------------------------------------------------------------------------

ENVELOPED = {
    "@context": CONTEXT_V2,
    "type": "EnvelopedVerifiableCredential",
    "id": "data:application/vc+jwt,aGVhZGVy.cGF5bG9hZA.c2lnbmF0dXJl",
}


def _presentation(**members: Any) -> dict[str, Any]:
    presentation = {
        "@context": [CONTEXT_V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": a_plain_credential(),
    }
    return changed(presentation, members)


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"verifiableCredential": None},
        {"verifiableCredential": [a_plain_credential(), ENVELOPED]},
        {"id": "urn:uuid:1"},
        {"holder": "did:key:z6Mk"},
        {"holder": {"id": "did:key:z6Mk", "name": "Ailsa"}},
        {"proof": {"type": "DataIntegrityProof"}},
    ],
)
def test_a_well_formed_presentation_passes(members: dict[str, Any]) -> None:
    check_presentation(_presentation(**members))


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"@context": None}, "/@context"),
        ({"@context": [EXAMPLES, CONTEXT_V2]}, "/@context"),
        ({"@context": CONTEXT_V2}, "/@context"),
        ({"type": None}, "/type"),
        ({"type": ["VerifiableCredential"]}, "/type"),
        ({"id": "abc"}, "/id"),
        ({"holder": "ailsa"}, "/holder"),
        ({"holder": {"name": "Ailsa"}}, "/holder/id"),
        ({"verifiableCredential": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"}, "/verifiableCredential"),
        ({"verifiableCredential": [{}]}, "/verifiableCredential/0/@context"),
        ({"verifiableCredential": [{**ENVELOPED, "type": "T"}]}, "/verifiableCredential/0/type"),
        ({"proof": "proof"}, "/proof"),
        ({"termsOfUse": "x\x00"}, "/termsOfUse"),
    ],
)
def test_a_presentation_of_the_wrong_shape_is_refused(members: dict[str, Any], field: str) -> None:
    with pytest.raises(CheckFailed) as failure:
        check_presentation(_presentation(**members))
    assert failure.value.field == field


# --- Envelopes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("contexts", [CONTEXT_V2, [CONTEXT_V2], [CONTEXT_V2, EXAMPLES]])
def test_an_envelope_opens(contexts: Any) -> None:
    envelope = open_envelope({**ENVELOPED, "@context": contexts}, "VerifiableCredential")
    assert envelope == Envelope("application/vc+jwt", "aGVhZGVy.cGF5bG9hZA.c2lnbmF0dXJl")


def test_an_enveloped_presentation_opens() -> None:
    enveloped = {
        **ENVELOPED,
        "type": ["EnvelopedVerifiablePresentation"],
        "id": "data:application/jwt,a.b.c",
    }
    envelope = open_envelope(enveloped, "VerifiablePresentation")
    assert envelope == Envelope("application/jwt", "a.b.c")


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"@context": []}, "/@context"),
        ({"@context": [EXAMPLES]}, "/@context"),
        ({"@context": None}, "/@context"),
        ({"id": None}, "/id"),
        ({"id": "https://a.example/vc.jwt"}, "/id"),
        ({"id": "application/vc+jwt,a.b.c"}, "/id"),
        ({"id": "data:application/vc+jwt;base64,YQ=="}, "/id"),
        ({"id": "data:,a.b.c"}, "/id"),
        ({"type": None}, "/type"),
        ({"type": "VerifiableCredential"}, "/type"),
        ({"type": ["VerifiablePresentation"]}, "/type"),
    ],
)
def test_an_envelope_of_the_wrong_shape_is_refused(members: dict[str, Any], field: str) -> None:
    with pytest.raises(CheckFailed) as failure:
        open_envelope(changed(ENVELOPED, members), "VerifiableCredential")
    assert failure.value.field == field


@pytest.mark.parametrize(
    ("type_", "enveloped"),
    [
        ("EnvelopedVerifiableCredential", True),
        (["EnvelopedVerifiableCredential"], True),
        ("EnvelopedVerifiablePresentation", False),
        (["VerifiableCredential"], False),
        (7, False),
        (None, False),
    ],
)
def test_an_envelope_is_known_by_its_type(type_: Any, enveloped: bool) -> None:
    assert is_enveloped({"type": type_}, "VerifiableCredential") is enveloped
