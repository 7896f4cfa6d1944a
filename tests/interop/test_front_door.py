"""What comes out of the front door, checked by others: issued over HTTP, fetched as they would."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from openvc import OpenvcError, VerificationPolicy, verify_credential
from openvc.did.base import DidResolverRegistry
from openvc.did.did_key import DidKeyResolver
from openvc.did.did_web import DidWebResolver

from app.settings import Settings
from tests.builders import a_profile
from tests.conftest import NOW
from tests.interop.oracle import ask
from tests.publishing import Publisher, open_publisher
from tests.world import CONTEXTS

HOUR_LATER = NOW + timedelta(hours=1)
PUBLIC_URL = "https://badges.inverbrae.example"


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """A service with a public address, as did:web asks for it; one kind of database is enough."""
    return Settings(
        database_url=sqlite_url, keys=f"file:{tmp_path / 'keys'}", public_url=PUBLIC_URL
    )


@pytest.fixture
def publisher(client: TestClient, admin_headers: dict[str, str]) -> Publisher:
    return open_publisher(client, admin_headers)


def _get(client: TestClient, url: str) -> Any:
    """What stands at a public address of the service."""
    assert url.startswith(PUBLIC_URL)
    answer = client.get(urlsplit(url).path, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def _badge(client: TestClient, publisher: Publisher) -> dict[str, Any]:
    badge: dict[str, Any] = _get(client, f"{PUBLIC_URL}/credentials/{publisher.issue()}")
    return badge


def _did_document(client: TestClient, badge: dict[str, Any]) -> dict[str, Any]:
    did = badge["issuer"]["id"]
    path = did.removeprefix("did:web:badges.inverbrae.example:").replace(":", "/")
    document: dict[str, Any] = _get(client, f"{PUBLIC_URL}/{path}/did.json")
    assert document["id"] == did
    return document


def _digitalbazaar(client: TestClient, badge: dict[str, Any]) -> dict[str, Any]:
    url = badge["credentialStatus"]["statusListCredential"]
    documents = {url: _get(client, url)}
    if badge["issuer"]["id"].startswith("did:web:"):
        documents[badge["issuer"]["id"]] = _did_document(client, badge)
    (verdict,) = ask("verify", now=HOUR_LATER, credentials=[badge], documents=documents)
    return dict(verdict)


def _openvc(client: TestClient, badge: dict[str, Any]) -> Any:
    resolver = DidResolverRegistry(
        [DidKeyResolver(), DidWebResolver(lambda url: dict(_get(client, url)))]
    )

    def verify(document: dict[str, Any], **options: Any) -> Any:
        return verify_credential(
            document,
            policy=VerificationPolicy(now=HOUR_LATER, require_status=bool(options)),
            resolver=resolver,
            extra_contexts=dict(CONTEXTS.documents),
            **options,
        )

    return verify(badge, resolve_status_list=lambda url: verify(_get(client, url)).credential)


def test_others_verify_an_issued_badge_and_see_its_revocation(
    client: TestClient, publisher: Publisher
) -> None:
    badge = _badge(client, publisher)

    before = _digitalbazaar(client, badge)
    assert (before["verified"], before["status"]) == (True, [False]), before["reason"]
    assert _openvc(client, badge).issuer == badge["issuer"]["id"]

    publisher.revoke(badge["id"].rpartition("/")[2])

    assert _digitalbazaar(client, badge)["status"] == [True]
    with pytest.raises(OpenvcError, match="revoked"):
        _openvc(client, badge)


def test_others_verify_a_badge_of_a_did_key_issuer(
    client: TestClient, publisher: Publisher
) -> None:
    made = client.post(
        "/api/v1/issuers",
        json={"id": "keyed", **a_profile(), "did": "key"},
        headers=publisher.headers,
    )
    assert made.status_code == 201, made.text
    # An issuer signs what it is given as well: here a badge in its own name.
    badge = _badge(client, publisher)
    given = {name: badge[name] for name in badge if name not in ("proof", "credentialStatus")}
    given |= {"id": "urn:uuid:6a4f6a0e-6c3b-4a55-9d0e-0f6c0a1f4b12"}
    given["issuer"] = {**badge["issuer"], "id": made.json()["did"]}
    answer = client.post(
        "/issuers/keyed/credentials/issue", json={"credential": given}, headers=publisher.headers
    )
    assert answer.status_code == 201, answer.text
    signed = answer.json()["verifiableCredential"]

    assert _digitalbazaar(client, signed)["verified"]
    assert _openvc(client, signed).issuer == made.json()["did"]


def test_jose_verifies_the_token_with_the_key_at_the_address_in_its_header(
    client: TestClient, publisher: Publisher
) -> None:
    badge = _badge(client, publisher)
    answer = client.get(f"{urlsplit(badge['id']).path}.jwt")
    assert answer.status_code == 200, answer.text
    did_document = _did_document(client, badge)
    (method,) = (m for m in did_document["verificationMethod"] if "publicKeyJwk" in m)
    jwk = _get(client, method["publicKeyJwk"]["kid"])
    jwks_url = f"{PUBLIC_URL}/issuers/inverbrae/jwks.json"

    for key in ({"jwk": jwk}, {"jwks": _get(client, jwks_url)}):
        (read,) = ask(
            "verifyTokens",
            now=HOUR_LATER,
            tokens=[answer.text],
            options={"algorithms": ["ES256"], "issuer": badge["issuer"]["id"], "typ": "JWT"},
            **key,
        )
        assert read is not None
        assert read["payload"]["credentialSubject"] == badge["credentialSubject"]
        assert read["protectedHeader"]["kid"] == method["publicKeyJwk"]["kid"]
    assert json.dumps(jwk).find('"d"') == -1
