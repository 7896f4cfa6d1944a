"""Issuers over HTTP."""

from typing import Any

from fastapi.testclient import TestClient

from app.storage.database import Database
from app.storage.tables import AuditEvent, Issuer
from tests.conftest import NOW

Headers = dict[str, str]
PATH = "/api/v1/issuers"
ACME: dict[str, Any] = {
    "id": "acme",
    "name": "Acme College",
    "url": "https://acme.example",
    "address": {"addressCountryCode": "GB", "addressLocality": "Perth"},
    "otherIdentifier": [{"identifier": "10007774", "identifierType": "identifier"}],
    "image": {"id": "https://acme.example/crest.png"},
}


def test_an_issuer_is_created_with_its_did_and_profile(
    client: TestClient, admin_headers: Headers
) -> None:
    answer = client.post(PATH, headers=admin_headers, json=ACME)
    made = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == "http://127.0.0.1:8000/api/v1/issuers/acme"
    assert made["did"] == "did:web:127.0.0.1%3A8000:issuers:acme"
    assert made["url"] == "http://127.0.0.1:8000/issuers/acme"
    profile = made["profile"]
    assert (profile["id"], profile["type"]) == (made["did"], ["Profile"])
    assert profile["address"]["type"] == ["Address"]
    assert profile["image"] == {"id": "https://acme.example/crest.png", "type": "Image"}
    read = client.get(f"{PATH}/acme", headers=admin_headers)
    assert read.json() == made


def test_a_did_key_issuer_is_named_by_its_key(client: TestClient, admin_headers: Headers) -> None:
    answer = client.post(PATH, headers=admin_headers, json={**ACME, "did": "key"})
    assert answer.json()["did"].startswith("did:key:z6Mk")
    assert answer.json()["did_method"] == "key"


BAD_ISSUERS: list[tuple[dict[str, Any], str]] = [
    ({"id": None}, "/id"),
    ({"id": 7}, "/id"),
    ({"id": "Acme"}, "/id"),
    ({"id": "-acme"}, "/id"),
    ({"id": "a" * 64}, "/id"),
    ({"id": "acme\n"}, "/id"),
    ({"id": "acme\0"}, "/id"),
    ({"did": "ion"}, "/did"),
    ({"did": ["web"]}, "/did"),
    ({"name": None}, "/name"),
    ({"name": " "}, "/name"),
    ({"url": "javascript:alert(1)"}, "/url"),
    ({"homepage": "https://acme.example"}, "/homepage"),
    ({"address": {"addressCountryCode": "UK!"}}, "/address/addressCountryCode"),
]


def test_what_is_wrong_with_an_issuer_is_named(client: TestClient, admin_headers: Headers) -> None:
    for change, field in BAD_ISSUERS:
        body = {name: value for name, value in {**ACME, **change}.items() if value is not None}
        answer = client.post(PATH, headers=admin_headers, json=body)
        assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_slug_is_taken_once(client: TestClient, admin_headers: Headers) -> None:
    assert client.post(PATH, headers=admin_headers, json=ACME).status_code == 201
    for did in ("web", "key"):
        again = client.post(PATH, headers=admin_headers, json={**ACME, "did": did})
        assert (again.status_code, again.json()["code"]) == (409, "already_exists")
        assert again.json()["field"] == "/id"


def test_a_profile_is_changed_member_by_member(
    client: TestClient, admin_headers: Headers, database: Database
) -> None:
    client.post(PATH, headers=admin_headers, json=ACME)
    answer = client.patch(
        f"{PATH}/acme", headers=admin_headers, json={"name": "Acme University", "image": None}
    )
    assert answer.status_code == 200
    profile = answer.json()["profile"]
    assert profile["name"] == "Acme University"
    assert "image" not in profile
    assert profile["url"] == "https://acme.example"
    with database.read() as session:
        [event] = session.query(AuditEvent).filter_by(action="issuer.updated")
        assert event.details == {"members": ["image", "name"]}
        assert event.actor.startswith("api-key:")


BAD_CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"name": None}, "/name"),
    ({"id": "other"}, "/id"),
    ({"did": "key"}, "/did"),
    ({"url": "x"}, "/url"),
]


def test_a_bad_change_is_refused_and_changes_nothing(
    client: TestClient, admin_headers: Headers
) -> None:
    before = client.post(PATH, headers=admin_headers, json=ACME).json()
    for change, field in BAD_CHANGES:
        answer = client.patch(f"{PATH}/acme", headers=admin_headers, json=change)
        assert (answer.status_code, answer.json()["field"]) == (422, field)
        assert client.get(f"{PATH}/acme", headers=admin_headers).json() == before


def test_issuers_are_listed_in_pages_that_neither_skip_nor_repeat(
    client: TestClient, admin_headers: Headers, database: Database
) -> None:
    for number in range(7):
        client.post(PATH, headers=admin_headers, json={"id": f"a{number}", "name": "A"})
    seen: list[str] = []
    cursor: str | None = None
    pages = 0
    while pages == 0 or cursor is not None:
        query = {"limit": "3"} if cursor is None else {"limit": "3", "cursor": cursor}
        page = client.get(PATH, headers=admin_headers, params=query).json()
        assert page["total"] == 7  # as counted when the first page was read
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if pages == 0:  # something new comes in front of what was read already
            client.post(PATH, headers=admin_headers, json={"id": "z", "name": "Z"})
        pages += 1
    assert pages == 3
    assert seen == [f"a{number}" for number in reversed(range(7))]


def test_a_failure_that_is_not_the_slug_is_not_called_a_taken_slug(
    client: TestClient, admin_headers: Headers, database: Database
) -> None:
    with database.write() as session:
        did = "did:web:127.0.0.1%3A8000:issuers:acme"
        session.add(
            Issuer(
                id="squatter",
                did=did,
                did_method="web",
                profile={"name": "S"},
                created_at=NOW,
                updated_at=NOW,
            )
        )
    assert client.post(PATH, headers=admin_headers, json=ACME).status_code == 500
