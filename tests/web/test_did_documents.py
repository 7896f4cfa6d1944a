"""The issuers' public keys over HTTP, as verifiers elsewhere fetch them."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.issuing.key_changes import rotate_key, withdraw_key
from app.keys.controlled_identifier import ControlledIdentifierDocument
from app.keys.public_key import PublicKey
from app.registry.issuers import load_issuer
from app.registry.keys import active_key
from app.storage.database import Database
from tests.builders import a_profile
from tests.conftest import NOW

Headers = dict[str, str]
DID = "did:web:127.0.0.1%3A8000:issuers:inverbrae"


@pytest.fixture(autouse=True)
def issuer(client: TestClient, admin_headers: Headers) -> None:
    body = {"id": "inverbrae", **a_profile()}
    assert client.post("/api/v1/issuers", json=body, headers=admin_headers).status_code == 201


PUBLIC = ["did.json", "jwks.json", "keys/{fragment}"]


@pytest.fixture
def fragment(client: TestClient) -> str:
    """The fragment of the key that signs tokens."""
    document = client.get("/issuers/inverbrae/did.json").json()
    (method,) = [m for m in document["verificationMethod"] if m["type"] == "JsonWebKey"]
    return str(method["id"].partition("#")[2])


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("did.json", "application/did+json"),
        ("jwks.json", "application/jwk-set+json"),
        ("keys/{fragment}", "application/jwk+json"),
    ],
)
def test_public_documents_are_open_cacheable_and_without_cookies(
    client: TestClient, fragment: str, path: str, media_type: str
) -> None:
    url = f"/issuers/inverbrae/{path.format(fragment=fragment)}"
    answer = client.get(url, headers={"Origin": "https://verifier.example"})
    again = client.get(url, headers={"If-None-Match": answer.headers["etag"]})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=300, must-revalidate"
    assert "set-cookie" not in answer.headers
    assert (again.status_code, again.content) == (304, b"")


def test_the_did_document_is_the_one_that_did_web_resolution_expects(client: TestClient) -> None:
    document = client.get("/issuers/inverbrae/did.json").json()
    parsed = ControlledIdentifierDocument.parse(document, DID)

    assert len(parsed.methods_for("assertionMethod")) == 3


def test_the_kid_of_every_listed_key_leads_to_the_bare_key(client: TestClient) -> None:
    for jwk in client.get("/issuers/inverbrae/jwks.json").json()["keys"]:
        bare = client.get(jwk["kid"].removeprefix("http://127.0.0.1:8000"))
        assert bare.json() == jwk
        PublicKey.from_jwk(bare.json())


def test_rotation_and_withdrawal_show_in_the_document_and_change_its_etag(
    client: TestClient, app: FastAPI
) -> None:
    before = client.get("/issuers/inverbrae/did.json")
    database: Database = app.state.desk.database
    with database.write() as session:
        row = load_issuer(session, "inverbrae")
        old = active_key(session, "inverbrae", "credentials", "Ed25519").fragment
        rotate_key(
            session,
            app.state.desk.issuing,
            row,
            purpose="credentials",
            key_type="Ed25519",
            now=NOW,
            actor="cli:test",
        )
    with database.write() as session:
        row = load_issuer(session, "inverbrae")
        key = active_key(session, "inverbrae", "credentials", "P-256")
        stolen = key.fragment
        withdraw_key(
            session,
            app.state.desk.issuing,
            row,
            key,
            reason="stolen",
            now=NOW + timedelta(hours=1),
            actor="cli:test",
        )
    after = client.get("/issuers/inverbrae/did.json")
    methods = {method["id"]: method for method in after.json()["verificationMethod"]}

    assert before.headers["etag"] != after.headers["etag"]
    assert methods[f"{DID}#{old}"]["expires"] == "2026-03-01T12:05:00Z"
    assert methods[f"{DID}#{stolen}"]["revoked"] == "2026-03-01T13:00:00Z"
    assert f"{DID}#{old}" in after.json()["assertionMethod"]
    assert f"{DID}#{stolen}" not in after.json()["assertionMethod"]
    assert client.get(f"/issuers/inverbrae/keys/{stolen}").status_code == 404
    assert client.get(f"/issuers/inverbrae/keys/{old}").status_code == 200


@pytest.mark.parametrize("path", [*PUBLIC[:2], "keys/zDnNobody"])
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(f"/issuers/nobody/{path}").status_code == 404
    assert client.get("/issuers/inverbrae/keys/zDnNobody").status_code == 404


def test_a_did_key_issuer_shows_its_one_key(client: TestClient, admin_headers: Headers) -> None:
    made = client.post(
        "/api/v1/issuers", json={"id": "small", "did": "key", **a_profile()}, headers=admin_headers
    )
    document = client.get("/issuers/small/did.json").json()

    assert document["id"] == made.json()["did"]
    assert document["assertionMethod"] == [f"{document['id']}#{document['id'][8:]}"]
