"""Achievement definitions over HTTP."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.builders import an_achievement_definition

Headers = dict[str, str]
PATH = "/api/v1/issuers/acme/achievements"
BADGE: dict[str, Any] = {
    "name": "Badge",
    "description": "A badge.",
    "criteria": {"narrative": "Be there."},
}


@pytest.fixture(autouse=True)
def acme(client: TestClient, admin_headers: Headers) -> None:
    made = client.post("/api/v1/issuers", headers=admin_headers, json={"id": "acme", "name": "A"})
    assert made.status_code == 201


def test_everything_in_the_standard_can_be_published(
    client: TestClient, admin_headers: Headers
) -> None:
    definition = an_achievement_definition()
    answer = client.post(PATH, headers=admin_headers, json=definition)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["id"] == answer.headers["location"]
    assert made["id"].startswith("http://127.0.0.1:8000/achievements/")
    assert made["type"] == ["Achievement"]
    assert made["creator"] == {
        "id": "did:web:127.0.0.1%3A8000:issuers:acme",
        "type": ["Profile"],
        "name": "A",
    }
    assert definition.keys() <= made.keys()


def test_what_was_published_is_served_byte_for_byte(
    client: TestClient, admin_headers: Headers
) -> None:
    made = client.post(PATH, headers=admin_headers, json=BADGE)
    last = made.json()["id"].rpartition("/")[2]
    read = client.get(f"{PATH}/{last}", headers=admin_headers)
    assert read.content == made.content
    [listed] = client.get(PATH, headers=admin_headers).json()["items"]
    assert listed == json.loads(made.content)
    public = client.get(f"/achievements/{last}", headers={"Accept": "application/json"})
    assert public.status_code == 200


def test_a_new_version_has_its_own_id_and_the_old_one_stays(
    client: TestClient, admin_headers: Headers
) -> None:
    first = client.post(PATH, headers=admin_headers, json=BADGE)
    one = first.json()["id"].rpartition("/")[2]
    second = client.post(
        f"{PATH}/{one}/versions", headers=admin_headers, json={**BADGE, "name": "Better"}
    )
    assert second.status_code == 201
    two = second.json()["id"].rpartition("/")[2]
    third = client.post(f"{PATH}/{two}/versions", headers=admin_headers, json=BADGE)
    made = [answer.json() for answer in (first, second, third)]
    assert len({it["id"] for it in made}) == 3
    assert [it["version"] for it in made] == ["1", "2", "3"]
    assert client.get(f"{PATH}/{one}", headers=admin_headers).content == first.content
    client.post(PATH, headers=admin_headers, json=BADGE)
    versions = client.get(PATH, headers=admin_headers, params={"versions_of": two}).json()
    assert versions["total"] == 3
    assert client.get(PATH, headers=admin_headers).json()["total"] == 4


def test_a_version_of_the_issuers_own_naming_is_kept(
    client: TestClient, admin_headers: Headers
) -> None:
    made = client.post(PATH, headers=admin_headers, json={**BADGE, "version": "2026/27"})
    assert made.json()["version"] == "2026/27"


def test_short_names_become_parts_of_the_versions_own_address(
    client: TestClient, admin_headers: Headers
) -> None:
    levels = [{"id": "pass", "name": "Pass"}, {"id": "urn:example:top", "name": "Top"}]
    results = [
        {"id": "mark", "name": "Mark", "resultType": "Percent"},
        {
            "id": "level",
            "name": "Level",
            "resultType": "RubricCriterionLevel",
            "requiredLevel": "pass",
            "rubricCriterionLevel": levels,
        },
    ]
    made = client.post(
        PATH, headers=admin_headers, json={**BADGE, "resultDescription": results}
    ).json()
    url = made["id"]
    mark, level = made["resultDescription"]
    assert mark["id"] == f"{url}#mark"
    assert level["requiredLevel"] == f"{url}#pass"
    assert [it["id"] for it in level["rubricCriterionLevel"]] == [f"{url}#pass", "urn:example:top"]


BAD_DEFINITIONS: list[tuple[dict[str, Any], str]] = [
    ({"name": None}, "/name"),
    ({"criteria": None}, "/criteria"),
    ({"criteria": {}}, "/criteria/narrative"),
    ({"achievementType": "Bagde"}, "/achievementType"),
    ({"creditsAvailable": -1}, "/creditsAvailable"),
    ({"inLanguage": "English"}, "/inLanguage"),
    ({"colour": "red"}, "/colour"),
    ({"id": "https://evil.example"}, "/id"),
    ({"creator": {"id": "did:web:evil.example"}}, "/creator"),
    ({"tag": "one"}, "/tag"),
    ({"alignment": [{"targetName": "x"}]}, "/alignment/0/targetUrl"),
    ({"resultDescription": ["mark"]}, "/resultDescription/0"),
    ({"resultDescription": "mark"}, "/resultDescription"),
    (
        {
            "resultDescription": [
                {"id": "x", "name": "X", "resultType": "Percent", "rubricCriterionLevel": [7]}
            ]
        },
        "/resultDescription/0/rubricCriterionLevel/0",
    ),
    (
        {"resultDescription": [{"id": "a b", "name": "X", "resultType": "Percent"}]},
        "/resultDescription/0/id",
    ),
]


def test_what_is_wrong_with_an_achievement_is_named(
    client: TestClient, admin_headers: Headers
) -> None:
    for change, field in BAD_DEFINITIONS:
        body = {name: value for name, value in {**BADGE, **change}.items() if value is not None}
        answer = client.post(PATH, headers=admin_headers, json=body)
        assert answer.status_code == 422
        fields = [answer.json()["field"], *(it["field"] for it in answer.json().get("errors", []))]
        assert any(found == field or found.startswith(f"{field}/") for found in fields) or (
            field == "/criteria/narrative" and "/criteria" in fields
        )
        assert client.get(PATH, headers=admin_headers).json()["total"] == 0


def test_what_is_published_cannot_be_changed_or_deleted(
    client: TestClient, admin_headers: Headers
) -> None:
    last = client.post(PATH, headers=admin_headers, json=BADGE).json()["id"].rpartition("/")[2]
    for method in ("PUT", "PATCH", "DELETE"):
        answer = client.request(method, f"{PATH}/{last}", headers=admin_headers, json=BADGE)
        assert answer.status_code == 405


def test_an_unknown_achievement_or_issuer_is_404(
    client: TestClient, admin_headers: Headers
) -> None:
    for path in (f"{PATH}/x", f"{PATH}/{'a' * 22}", f"{PATH}/{'a' * 22}/versions"):
        method = "POST" if path.endswith("versions") else "GET"
        answer = client.request(method, path, headers=admin_headers, json=BADGE)
        assert answer.status_code == 404
    nobody = "/api/v1/issuers/nobody/achievements"
    assert client.get(nobody, headers=admin_headers).status_code == 404
    assert client.post(nobody, headers=admin_headers, json=BADGE).status_code == 404


def test_versions_made_at_once_are_numbered_one_after_the_other(
    app: FastAPI, client: TestClient, admin_headers: Headers
) -> None:
    first = client.post(PATH, headers=admin_headers, json=BADGE).json()
    path = f"{PATH}/{first['id'].rpartition('/')[2]}/versions"
    start = Barrier(8)

    def post(_worker: int) -> str:
        own = TestClient(app, base_url="http://127.0.0.1:8000")
        start.wait()
        answer = own.post(path, headers=admin_headers, json=BADGE)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["version"])

    with ThreadPoolExecutor(8) as workers:
        versions = list(workers.map(post, range(8)))
    assert sorted(versions) == [str(number) for number in range(2, 10)]
