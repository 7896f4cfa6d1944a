"""Status lists over HTTP: signed, cacheable, and signed again before they expire."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.encoding.dates import parse_datetime
from app.web.dependencies import current_time
from tests.builders import a_profile, an_achievement_definition
from tests.conftest import NOW

Headers = dict[str, str]


@pytest.fixture
def issued(client: TestClient, admin_headers: Headers) -> dict[str, Any]:
    """A credential that was issued at NOW; its list was signed at NOW as well."""
    client.post("/api/v1/issuers", json={"id": "inverbrae", **a_profile()}, headers=admin_headers)
    base = "/api/v1/issuers/inverbrae"
    defined = client.post(
        f"{base}/achievements", json=an_achievement_definition(), headers=admin_headers
    )
    body = {"achievement": defined.json()["id"], "recipient": {"email": "ailsa@learner.example"}}
    return dict(client.post(f"{base}/credentials", json=body, headers=admin_headers).json())


@pytest.fixture
def url(issued: dict[str, Any]) -> str:
    listed: str = issued["credential"]["credentialStatus"]["statusListCredential"]
    return listed.removeprefix("http://127.0.0.1:8000")


def at(app: FastAPI, moment: datetime) -> None:
    app.dependency_overrides[current_time] = lambda: moment


def revoke(client: TestClient, headers: Headers, issued: dict[str, Any]) -> None:
    body = {"revoked": True, "reason": "mistake"}
    url = f"/api/v1/credentials/{issued['id']}/status"
    assert client.post(url, json=body, headers=headers).status_code == 200


def test_a_list_is_a_signed_credential_of_the_issuer(
    client: TestClient, issued: dict[str, Any], url: str
) -> None:
    answer = client.get(url)
    document = answer.json()
    methods = client.get("/issuers/inverbrae/did.json").json()["assertionMethod"]

    assert answer.headers["content-type"] == "application/vc"
    assert document["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert document["id"] == f"http://127.0.0.1:8000{url}"
    assert document["issuer"] == issued["credential"]["issuer"]["id"]
    assert document["proof"]["verificationMethod"] in methods
    assert parse_datetime(document["validUntil"]) == NOW + timedelta(days=7)


def test_credentials_and_their_list_are_signed_with_different_keys(
    client: TestClient, issued: dict[str, Any], url: str
) -> None:
    listed = client.get(url).json()["proof"]["verificationMethod"]

    assert listed != issued["credential"]["proof"]["verificationMethod"]


def test_a_list_is_open_cacheable_and_without_cookies(client: TestClient, url: str) -> None:
    answer = client.get(url, headers={"Origin": "https://verifier.example"})
    again = client.get(url, headers={"If-None-Match": answer.headers["etag"]})

    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=300, must-revalidate"
    assert "set-cookie" not in answer.headers
    assert (again.status_code, again.content) == (304, b"")


def test_a_list_is_served_as_json_to_those_who_ask_for_it(client: TestClient, url: str) -> None:
    answer = client.get(url, headers={"Accept": "application/json, text/plain"})

    assert answer.headers["content-type"] == "application/json"


def test_a_revocation_changes_the_list_and_its_etag(
    client: TestClient, admin_headers: Headers, issued: dict[str, Any], url: str
) -> None:
    before = client.get(url)
    revoke(client, admin_headers, issued)
    after = client.get(url, headers={"If-None-Match": before.headers["etag"]})

    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]


def test_a_list_stays_the_same_bytes_while_most_of_its_validity_is_left(
    client: TestClient, app: FastAPI, url: str
) -> None:
    before = client.get(url).content
    at(app, NOW + timedelta(days=4))

    assert client.get(url).content == before


def test_a_list_near_its_end_is_signed_again_when_it_is_asked_for(
    client: TestClient, app: FastAPI, url: str
) -> None:
    before = client.get(url).json()
    at(app, NOW + timedelta(days=5))
    after = client.get(url).json()

    assert parse_datetime(after["validFrom"]) == NOW + timedelta(days=5)
    assert parse_datetime(after["validUntil"]) == NOW + timedelta(days=12)
    assert after["credentialSubject"] == before["credentialSubject"]


def test_a_list_that_cannot_be_signed_again_is_served_as_it_is(
    client: TestClient, app: FastAPI, url: str, tmp_path: Path
) -> None:
    before = client.get(url).content
    for private_key in (tmp_path / "keys").glob("*.pem"):
        private_key.unlink()
    at(app, NOW + timedelta(days=5))
    answer = client.get(url)

    assert (answer.status_code, answer.content) == (200, before)


@pytest.mark.parametrize("name", ["AAAAAAAAAAAAAAAAAAAAAA", "nothing", "..%2fkeys"])
def test_what_is_not_there_is_not_found(client: TestClient, name: str) -> None:
    assert client.get(f"/status/{name}").status_code == 404
