"""From an identifier to its document, whatever its method; nothing here knows a network."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from app.errors import CheckFailed, CheckUndecided
from app.fetch.documents import fetch_from_documents
from app.keys.resolution import make_resolver

KEY = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
WEB = "did:web:badges.inverbrae.example"
WEB_URL = "https://badges.inverbrae.example/.well-known/did.json"
LOCAL = "did:web:127.0.0.1%3A8000:issuers:a"
JWK_DID = (
    "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6"
    "OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
)

RESOLVED: list[tuple[str, Mapping[str, Any]]] = [
    (f"did:key:{KEY}", {}),
    (JWK_DID, {}),
    (WEB, {WEB_URL: {"id": WEB}}),
    (
        "https://badges.example/me",
        {"https://badges.example/me": {"id": "https://badges.example/me"}},
    ),
    (LOCAL, {"https://127.0.0.1:8000/issuers/a/did.json": {"id": LOCAL}}),
    (LOCAL, {"http://127.0.0.1:8000/issuers/a/did.json": {"id": LOCAL}}),
]


@pytest.mark.parametrize(("identifier", "documents"), RESOLVED)
def test_an_identifier_leads_to_its_own_document(
    identifier: str, documents: Mapping[str, Any]
) -> None:
    assert make_resolver(fetch_from_documents(documents))(identifier).id == identifier


UNDECIDED: list[tuple[str, Mapping[str, Any], str]] = [
    ("did:ion:abc", {}, "did_method_unknown"),
    ("did:web", {}, "did_method_unknown"),
    ("http://badges.example/me", {}, "did_method_unknown"),
    ("", {}, "did_method_unknown"),
    (WEB, {}, "did_unavailable"),
    (WEB, {WEB_URL: {"error": "timeout"}}, "did_unavailable"),
    (WEB, {WEB_URL: "<!doctype html>"}, "did_unavailable"),
    (LOCAL, {}, "did_unavailable"),
]


@pytest.mark.parametrize(("identifier", "documents", "code"), UNDECIDED)
def test_a_document_that_cannot_be_had_decides_nothing(
    identifier: str, documents: Mapping[str, Any], code: str
) -> None:
    with pytest.raises(CheckUndecided) as reason:
        make_resolver(fetch_from_documents(documents))(identifier)

    assert reason.value.code == code


def test_every_address_that_was_tried_is_named() -> None:
    with pytest.raises(CheckUndecided) as reason:
        make_resolver(fetch_from_documents({}))(LOCAL)

    assert "https://127.0.0.1:8000" in reason.value.detail
    assert "http://127.0.0.1:8000" in reason.value.detail


FAILED: list[tuple[str, Mapping[str, Any], str]] = [
    ("did:key:zzz", {}, "did_syntax"),
    ("did:jwk:zzz", {}, "did_syntax"),
    ("did:web:10.0.0.1", {}, "did_syntax"),
    (WEB, {WEB_URL: {"id": "did:web:evil.example"}}, "did_document_invalid"),
    (WEB, {WEB_URL: [{"id": WEB}]}, "did_document_invalid"),
    (WEB, {WEB_URL: json.dumps("text")}, "did_document_invalid"),
]


@pytest.mark.parametrize(("identifier", "documents", "code"), FAILED)
def test_a_wrong_identifier_or_document_fails(
    identifier: str, documents: Mapping[str, Any], code: str
) -> None:
    with pytest.raises(CheckFailed) as refusal:
        make_resolver(fetch_from_documents(documents))(identifier)

    assert refusal.value.code == code
