"""Controlled identifier documents: a key counts only where its owner's document says so."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.errors import CheckFailed
from app.keys.controlled_identifier import ControlledIdentifierDocument

DID = "did:web:badges.inverbrae.example"
KEY = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def _method(fragment: str = "#a", **members: Any) -> dict[str, Any]:
    method = {
        "id": DID + fragment,
        "type": "Multikey",
        "controller": DID,
        "publicKeyMultibase": KEY,
        **members,
    }
    return {name: value for name, value in method.items() if value is not None}


def _document(*methods: object, **members: Any) -> dict[str, Any]:
    return {
        "id": DID,
        "verificationMethod": list(methods) or [_method()],
        "assertionMethod": [DID + "#a"],
        **members,
    }


def _parsed(*methods: object, **members: Any) -> ControlledIdentifierDocument:
    return ControlledIdentifierDocument.parse(_document(*methods, **members), DID)


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize("type_", ["Multikey", "Ed25519VerificationKey2020"])
def test_a_multibase_key_is_read(type_: str) -> None:
    method = _parsed(_method(type=type_)).method_for(DID + "#a", at=NOW)

    assert method.public_key().to_multikey() == KEY
    assert method.key_id() is None


@pytest.mark.parametrize("type_", ["JsonWebKey", "JsonWebKey2020"])
def test_a_jwk_is_read_with_its_kid(type_: str) -> None:
    method = _method(
        type=type_, publicKeyMultibase=None, publicKeyJwk={**JWK, "kid": "https://x.example/k"}
    )

    found = _parsed(method).method_for(DID + "#a", at=NOW)

    assert found.public_key().to_jwk() == JWK
    assert found.key_id() == "https://x.example/k"


@pytest.mark.parametrize("relative", [True, False])
def test_methods_may_be_named_relative_to_the_document(relative: bool) -> None:
    name = "#a" if relative else DID + "#a"

    document = _parsed(_method(id=name), assertionMethod=[name])

    assert document.method_for(DID + "#a", at=NOW).id == DID + "#a"


def test_a_method_may_stand_inside_a_relationship() -> None:
    document = _parsed(verificationMethod=[], assertionMethod=[_method()])

    assert [method.id for method in document.methods_for("assertionMethod")] == [DID + "#a"]
    assert document.methods_for("authentication") == []


def test_a_method_of_an_unknown_kind_is_left_out() -> None:
    document = _parsed(_method(), _method("#b", type="JsonWebKey2099"))

    assert list(document.methods) == [DID + "#a"]


def test_a_document_without_relationships_allows_nothing() -> None:
    document = ControlledIdentifierDocument.parse({"id": DID}, DID)

    assert document.methods == {}
    assert document.methods_for("assertionMethod") == []


INVALID: list[tuple[str, object]] = [
    ("a list", [_document()]),
    ("a text", "document"),
    ("no id", {"verificationMethod": []}),
    ("the id of another", _document(id="did:web:evil.example")),
    ("an id that differs in case", _document(id=DID.upper())),
    ("methods that are no array", _document(verificationMethod=_method())),
    ("relationships that are no array", _document(assertionMethod=DID + "#a")),
    ("a method that is a text", _document("a")),
    ("a method without id", _document(_method(id=None))),
    ("a method with an empty id", _document(_method(id=""))),
    ("a method whose id is a number", _document(_method(id=5))),
    ("a relationship to a number", _document(assertionMethod=[5])),
    ("two methods of one id", _document(_method(), _method())),
    ("an embedded twin", _document(_method(), assertionMethod=[_method()])),
    ("no controller", _document(_method(controller=None))),
    ("two controllers", _document(_method(controller=[DID, "did:web:x.example"]))),
    ("an expiry that is no date", _document(_method(expires="soon"))),
    ("a withdrawal that is no date", _document(_method(revoked="2026-01-01"))),
    ("more keys than anybody needs", _document(*[_method(f"#{n}") for n in range(201)])),
]


@pytest.mark.parametrize("document", [r[1] for r in INVALID], ids=[r[0] for r in INVALID])
def test_a_document_that_contradicts_itself_is_refused(document: object) -> None:
    with pytest.raises(CheckFailed) as refusal:
        ControlledIdentifierDocument.parse(document, DID)

    assert refusal.value.code == "did_document_invalid"


# --- choosing -----------------------------------------------------------------------------------

CHOICES: list[tuple[str, ControlledIdentifierDocument, str]] = [
    ("a key that is not listed", _parsed(_method("#b")), "key_not_in_did_document"),
    ("another's key", _parsed(_method(controller="did:web:evil.example")), "issuer_mismatch"),
    ("a key without the purpose", _parsed(assertionMethod=[]), "purpose_not_authorized"),
    (
        "a key for authentication only",
        _parsed(assertionMethod=[], authentication=["#a"]),
        "purpose_not_authorized",
    ),
    ("a retired key", _parsed(_method(expires="2026-03-01T12:00:00Z")), "key_expired"),
    ("a withdrawn key", _parsed(_method(revoked="2026-01-01T00:00:00Z")), "key_revoked"),
    ("a key withdrawn later", _parsed(_method(revoked="2027-01-01T00:00:00Z")), "key_revoked"),
]


@pytest.mark.parametrize(
    ("document", "code"), [r[1:] for r in CHOICES], ids=[r[0] for r in CHOICES]
)
def test_a_key_that_does_not_count_is_refused(
    document: ControlledIdentifierDocument, code: str
) -> None:
    with pytest.raises(CheckFailed) as refusal:
        document.method_for(DID + "#a", at=NOW)

    assert refusal.value.code == code


def test_a_retired_key_counts_for_what_it_signed_before() -> None:
    document = _parsed(_method(expires="2026-03-01T12:00:01Z"))

    assert document.method_for(DID + "#a", at=NOW).id == DID + "#a"


MATERIAL: list[tuple[str, dict[str, Any], str]] = [
    ("no multibase", _method(publicKeyMultibase=None), "bad_key"),
    ("no JWK", _method(type="JsonWebKey"), "bad_key"),
    ("a JWK that is a text", _method(type="JsonWebKey", publicKeyJwk="x"), "bad_key"),
    ("a private JWK", _method(type="JsonWebKey", publicKeyJwk={**JWK, "d": "AA"}), "bad_key"),
    (
        "a multibase key of small order",
        _method(publicKeyMultibase="z6MkeTG3bFFSLYVU7VqhgZxqr6YzpaGrQtFMh1uvqGy1vDnP"),
        "weak_key",
    ),
]


@pytest.mark.parametrize(
    ("method", "code"), [r[1:] for r in MATERIAL], ids=[r[0] for r in MATERIAL]
)
def test_key_material_is_judged_when_it_is_used(method: dict[str, Any], code: str) -> None:
    found = _parsed(method).method_for(DID + "#a", at=NOW)

    with pytest.raises(CheckFailed) as refusal:
        found.public_key()

    assert refusal.value.code == code
