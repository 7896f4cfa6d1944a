"""Where an achievement leads: pathways of this service are there and pinned, others are claims."""

import hashlib
from base64 import b64encode
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.encoding.strict_json import JsonObject
from tests.pathways import a_rule
from tests.publishing import SLUG, Publisher

FOREIGN = "https://far.example/pathways/certificate"


@pytest.fixture
def pathway(publisher: Publisher) -> JsonObject:
    """A pathway of the issuer, as it is served."""
    rule = a_rule({"id": "total", "sum": "credit", "min": 60})
    path = f"/api/v1/issuers/{SLUG}/pathways"
    answer = publisher.client.post(path, json=rule, headers=publisher.headers)
    assert answer.status_code == 201, answer.text
    made: JsonObject = answer.json()
    return made


def define(publisher: Publisher, **option: Any) -> Any:
    """The answer to creating an achievement that leads somewhere."""
    body = {
        "name": "Data Ethics",
        "description": "Weighs what may be done with data.",
        "achievementType": "MicroCredential",
        "criteria": {"narrative": "Pass the project."},
        "microcredential": {"stacks_into": [{"award": "Certificate", **option}]},
    }
    path = f"/api/v1/issuers/{SLUG}/achievements"
    return publisher.client.post(path, json=body, headers=publisher.headers)


def sri(client: TestClient, url: str, algorithm: str) -> str:
    content = client.get(f"/pathways/{url.rpartition('/')[2]}").content
    return f"{algorithm}-{b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def test_a_pathway_of_ours_is_pinned_by_its_digest(
    publisher: Publisher, pathway: JsonObject
) -> None:
    url = pathway["id"]
    pinned = sri(publisher.client, url, "sha384")

    [way] = define(publisher, pathway=url).json()["stacksInto"]
    assert (way["ruleSet"], way["digestSRI"]) == (url, pinned)
    for algorithm in ("sha256", "sha512"):
        digest = sri(publisher.client, url, algorithm)
        [way] = define(publisher, pathway=url, digest=digest).json()["stacksInto"]
        assert way["digestSRI"] == digest


def test_a_pathway_of_ours_that_is_not_there_is_refused(
    publisher: Publisher, pathway: JsonObject
) -> None:
    base = pathway["id"].rpartition("/")[0]
    for last in ("x" * 22, "nothing", ""):
        refused = define(publisher, pathway=f"{base}/{last}")
        assert (refused.status_code, refused.json()["code"]) == (422, "pathway_unknown")
        assert refused.json()["field"] == "/microcredential/stacks_into/0/pathway"


def test_a_digest_of_another_text_is_refused(publisher: Publisher, pathway: JsonObject) -> None:
    refused = define(publisher, pathway=pathway["id"], digest="sha256-" + "A" * 43 + "=")

    assert (refused.status_code, refused.json()["code"]) == (422, "digest_mismatch")
    assert refused.json()["field"] == "/microcredential/stacks_into/0/digest"


def test_a_pathway_elsewhere_is_kept_as_it_is_claimed(publisher: Publisher) -> None:
    [way] = define(publisher, pathway=FOREIGN).json()["stacksInto"]

    assert way["ruleSet"] == FOREIGN
    assert "digestSRI" not in way


def test_the_page_leads_to_the_pathway_and_to_the_policy(
    publisher: Publisher, pathway: JsonObject
) -> None:
    ours = define(publisher, pathway=pathway["id"]).json()
    foreign = define(publisher, pathway=FOREIGN).json()
    nowhere = define(publisher, pathway="urn:uuid:0a7d2ac2-5b2c-4a5e-9d0f-6a0f2a7a2d11").json()

    def page(made: JsonObject) -> str:
        id_ = made["id"].rpartition("/")[2]
        return publisher.client.get(f"/achievements/{id_}", headers={"Accept": "text/html"}).text

    id_ = pathway["id"].rpartition("/")[2]
    assert f'<a href="/pathways/{id_}">How badges add up to it</a>' in page(ours)
    assert f'<a href="{FOREIGN}" rel="noopener noreferrer nofollow">Its rules' in page(foreign)
    assert "Where it leads" in page(nowhere)
    assert "Its rules, as the issuer names them" not in page(nowhere)


def test_the_page_names_the_policies_that_the_issuer_names(publisher: Publisher) -> None:
    body = {
        "name": "Data Ethics",
        "description": "Weighs what may be done with data.",
        "achievementType": "MicroCredential",
        "criteria": {"narrative": "Pass the project."},
        "microcredential": {
            "definition_policies": [
                "http://127.0.0.1:8000/policies/eu-annex-1",
                "https://far.example/policy",
            ]
        },
    }
    path = f"/api/v1/issuers/{SLUG}/achievements"
    made = publisher.client.post(path, json=body, headers=publisher.headers).json()
    id_ = made["id"].rpartition("/")[2]
    html = publisher.client.get(f"/achievements/{id_}", headers={"Accept": "text/html"}).text

    assert '<a class="entry-name" href="/policies/eu-annex-1">European standard elements' in html
    assert 'href="https://far.example/policy" rel="noopener noreferrer nofollow"' in html
