"""What a micro-credential is worth, from the form in which people state it to a verified badge."""

import hashlib
import re
from base64 import b64encode
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.credentials.elm import export_elm
from app.credentials.learning import read_learning
from app.credentials.microcredential import parse_microcredential
from tests.microcredentials import EXAMPLES, a_definition, a_microcredential, a_request

Headers = dict[str, str]
ACME = "/api/v1/issuers/acme"
ACHIEVEMENTS = f"{ACME}/achievements"
CONTEXT = "http://127.0.0.1:8000/contexts/microcredential-v1.json"


@pytest.fixture(autouse=True)
def acme(client: TestClient, admin_headers: Headers) -> None:
    made = client.post("/api/v1/issuers", headers=admin_headers, json={"id": "acme", "name": "A"})
    assert made.status_code == 201


def test_what_is_stated_is_published_in_both_forms(
    client: TestClient, admin_headers: Headers
) -> None:
    definition = a_definition(a_microcredential())
    answer = client.post(ACHIEVEMENTS, headers=admin_headers, json=definition)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["creditsAvailable"] == 20
    assert made["creditPoint"][0]["point"] == "20"
    assert made["learningOutcome"][0]["id"] == f"{made['id']}#outcome-1"
    assert made["criteria"]["narrative"].startswith("Pass a case study report.\n\n### Key facts")
    assert "microcredential" not in made
    assert "warnings" not in made


@pytest.mark.parametrize("path", ["", "/versions"])
def test_what_is_hardly_plausible_is_told_once_and_published_all_the_same(
    client: TestClient, admin_headers: Headers, path: str
) -> None:
    definition = a_definition(a_microcredential(workload_hours=100))
    answer = client.post(ACHIEVEMENTS, headers=admin_headers, json=definition)
    if path:
        last = answer.json()["id"].rpartition("/")[2]
        answer = client.post(f"{ACHIEVEMENTS}/{last}{path}", headers=admin_headers, json=definition)
    assert answer.status_code == 201
    [warning] = answer.json()["warnings"]
    assert warning["code"] == "implausible"
    assert warning["field"] == "/microcredential/workload_hours"
    assert "20 SCQF credits stand for 200 hours" in warning["detail"]
    read = client.get(answer.headers["location"], headers={"Accept": "application/json"})
    assert "warnings" not in read.json()
    assert read.json()["volumeOfLearning"] == "PT100H"


@pytest.mark.parametrize(
    ("members", "code", "field"),
    [
        ({"eqf_level": 6}, "contradiction", "/microcredential/eqf_level"),
        (
            {"level": {"framework": "SQCF", "value": 11}},
            "unknown_term",
            "/microcredential/level/framework",
        ),
        ({"hours": 5}, "unknown_member", "/microcredential/hours"),
    ],
)
def test_what_contradicts_itself_is_refused(
    client: TestClient, admin_headers: Headers, members: dict[str, Any], code: str, field: str
) -> None:
    definition = a_definition(a_microcredential(**members))
    answer = client.post(ACHIEVEMENTS, headers=admin_headers, json=definition)
    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert answer.json()["field"] == field


def test_a_badge_pins_our_context_where_this_service_serves_it(
    client: TestClient, admin_headers: Headers
) -> None:
    definition = a_definition(a_microcredential())
    achievement = client.post(ACHIEVEMENTS, headers=admin_headers, json=definition).json()["id"]
    request = a_request(
        achievement=achievement,
        credit_received={"scheme": "SCQF", "value": 20},
        grade="B",
        supervision="supervised-id",
        provider={"name": "Platform"},
    )
    issued = client.post(f"{ACME}/credentials", headers=admin_headers, json=request)
    assert issued.status_code == 201, issued.text
    credential = issued.json()["credential"]

    assert credential["@context"][-1] == CONTEXT
    [pinned] = credential["relatedResource"]
    served = client.get("/contexts/microcredential-v1.json")
    assert served.status_code == 200
    assert "immutable" in served.headers["Cache-Control"]
    assert served.headers["Access-Control-Allow-Origin"] == "*"
    digest = b64encode(hashlib.sha384(served.content).digest()).decode()
    assert pinned == {"id": CONTEXT, "digestSRI": f"sha384-{digest}"}

    learning = read_learning(credential)
    micro = parse_microcredential(definition["microcredential"])
    assert learning.credit_offered == micro.credit
    assert learning.levels == micro.levels
    assert learning.recognition_basis == "taught"
    assert learning.contradictions == ()

    body = {"verifiableCredential": credential, "options": {}}
    verified = client.post("/credentials/verify", json=body)
    assert verified.status_code == 200, verified.text


def test_a_badge_is_exported_to_the_european_learning_model(
    client: TestClient, admin_headers: Headers
) -> None:
    definition = a_definition(a_microcredential())
    achievement = client.post(ACHIEVEMENTS, headers=admin_headers, json=definition).json()["id"]
    request = a_request(achievement=achievement)
    issued = client.post(f"{ACME}/credentials", headers=admin_headers, json=request).json()

    exported = client.get(f"/credentials/{issued['id']}/elm.json")
    assert exported.status_code == 200
    assert exported.headers["content-type"] == "application/ld+json"
    assert exported.json() == export_elm(issued["credential"])
    assert "proof" not in exported.json()
    assert client.get(f"/credentials/{'A' * 22}/elm.json").status_code == 404


def test_the_page_says_what_the_learning_is_worth(
    client: TestClient, admin_headers: Headers
) -> None:
    definition = EXAMPLES["PG Cert module"].definition
    achievement = client.post(ACHIEVEMENTS, headers=admin_headers, json=definition).json()["id"]
    request = {**EXAMPLES["PG Cert module"].request, "achievement": achievement}
    issued = client.post(f"{ACME}/credentials", headers=admin_headers, json=request)
    assert issued.status_code == 201, issued.text
    for path in (achievement, issued.json()["url"]):
        html = client.get(path, headers={"Accept": "text/html"}).text
        assert "What the learning is worth" in html
        assert "20 SCQF credits, 10 ECTS credits (converted by the rule uk-ects-2to1)" in html
        assert re.search(r"<dt>Credit[a-z ]*</dt><dd>20 SCQF credits</dd>", html)
        read = re.sub(r"<script type=\"application/ld\+json\">.*?</script>", "", html)
        assert read.count("Propose measures that stand up to scrutiny") == 1


def test_what_was_received_is_held_against_the_offer(
    client: TestClient, admin_headers: Headers
) -> None:
    definition = EXAMPLES["PG Cert module"].definition | {"resultDescription": []}
    del definition["resultDescription"]
    achievement = client.post(ACHIEVEMENTS, headers=admin_headers, json=definition).json()["id"]
    request = a_request(achievement=achievement, credit_received={"scheme": "SCQF", "value": 40})
    refused = client.post(f"{ACME}/credentials", headers=admin_headers, json=request)
    assert refused.status_code == 422
    assert refused.json()["code"] == "contradiction"
    assert refused.json()["field"] == "/credit_received"
