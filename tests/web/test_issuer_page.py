"""An issuer at its address, the start page, the contexts: what anybody may look at."""

import hashlib
import re

import pytest
from fastapi.testclient import TestClient

from tests.builders import a_profile, an_achievement_definition
from tests.publishing import Publisher

BROWSER = {"Accept": "text/html"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages do not differ by database."""
    return sqlite_url


def _words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_programs_get_the_profile(client: TestClient, publisher: Publisher) -> None:
    answer = client.get("/issuers/inverbrae")

    profile = answer.json()
    assert profile["id"] == "did:web:127.0.0.1%3A8000:issuers:inverbrae"
    assert profile["type"] == ["Profile"]
    assert profile["name"] == "University of Inverbrae"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Accept" in answer.headers["vary"].split(", ")


def test_the_page_says_who_they_are_and_what_they_award(
    client: TestClient, publisher: Publisher
) -> None:
    html = client.get("/issuers/inverbrae", headers=BROWSER).text

    words = _words(html)
    for expected in (
        "University of Inverbrae",
        "A public university in the Highlands of Scotland.",
        "1 Firth Road, IV99 1ZZ, Inverbrae, United Kingdom",
        "UKPRN (number of UK providers) 10099999",
        "Data Ethics in Practice",
        "did:web:127.0.0.1%3A8000:issuers:inverbrae",
    ):
        assert expected in words
    assert 'href="https://www.inverbrae.example"' in html
    assert "/issuers/inverbrae/did.json" in html


def test_only_the_newest_version_is_on_offer(client: TestClient, publisher: Publisher) -> None:
    path = publisher.achievement.replace(
        "/achievements/", "/api/v1/issuers/inverbrae/achievements/"
    )
    client.post(
        f"{path}/versions",
        json=an_achievement_definition(name="Revised", image=None),
        headers=publisher.headers,
    )

    words = _words(client.get("/issuers/inverbrae", headers=BROWSER).text)

    assert "Revised" in words
    assert "Data Ethics in Practice" not in words


def test_a_sparse_profile_makes_a_page_too(
    client: TestClient, admin_headers: dict[str, str]
) -> None:
    sparse = {"id": "plain", "name": "Plain", "address": {"addressCountryCode": "GB"}}
    client.post("/api/v1/issuers", json={**sparse, "did": "key"}, headers=admin_headers)

    html = client.get("/issuers/plain", headers=BROWSER).text

    assert "Nothing has been published yet." in html
    assert "<dd>United Kingdom</dd>" in html


def test_a_hostile_profile_stays_words(client: TestClient, admin_headers: dict[str, str]) -> None:
    hostile = "</title><script>alert(1)</script>\u202e"
    profile = a_profile(name=hostile, description=hostile, otherIdentifier=None)
    answer = client.post("/api/v1/issuers", json={"id": "evil", **profile}, headers=admin_headers)
    if answer.status_code == 201:
        html = client.get("/issuers/evil", headers=BROWSER).text
        assert "<script" not in html
        assert "\u202e" not in html


def test_an_unknown_issuer_is_not_found(client: TestClient) -> None:
    assert client.get("/issuers/nobody").status_code == 404
    assert client.get("/issuers/nobody", headers=BROWSER).status_code == 404


def test_the_start_page_leads_to_checking(client: TestClient) -> None:
    answer = client.get("/", headers=BROWSER)

    assert answer.status_code == 200
    assert 'action="/verify"' in answer.text
    assert 'href="/verify"' in answer.text


def test_every_context_is_published_byte_for_byte(client: TestClient) -> None:
    entries = client.get("/contexts/").json()["contexts"]

    assert "https://www.w3.org/ns/credentials/v2" in {entry["url"] for entry in entries}
    for entry in entries:
        answer = client.get(entry["copy"])
        assert hashlib.sha256(answer.content).hexdigest() == entry["sha256"]
        assert answer.headers["content-type"] == "application/ld+json"


@pytest.mark.parametrize(
    "name", ["manifest.json", "README.md", "x.json", "%2e%2e%2fpyproject.toml"]
)
def test_what_is_no_context_is_not_published(client: TestClient, name: str) -> None:
    assert client.get(f"/contexts/{name}").status_code == 404
