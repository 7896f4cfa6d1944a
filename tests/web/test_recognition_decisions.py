"""Recognition decisions: signed by the institution that made them, and shown where presented."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.encoding.strict_json import JsonObject
from app.recognition.decisions import content_digest
from tests.builders import a_profile
from tests.conftest import MakeKey
from tests.publishing import SLUG, Publisher
from tests.recognition_decisions import DECISION

REPORTS = "/recognition/reports"
PAGE = {"Accept": "text/html"}
COLLEGE = "nordhavn"
PATH = f"/api/v1/issuers/{COLLEGE}/recognition-decisions"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is stored is a credential like every other: that is tested on both kinds."""
    return sqlite_url


@pytest.fixture
def badge(publisher: Publisher) -> JsonObject:
    """A credential of another institution than the one that decides."""
    made = publisher.client.post(
        "/api/v1/issuers",
        json={"id": COLLEGE, **a_profile(), "name": "Nordhavn College"},
        headers=publisher.headers,
    )
    assert made.status_code == 201, made.text
    document: JsonObject = publisher.client.get(f"/credentials/{publisher.issue()}.json").json()
    return document


def decide(publisher: Publisher, badge: Any, path: str = PATH, **members: Any) -> Response:
    body = {"credential": badge, **DECISION, **members}
    body = {name: value for name, value in body.items() if value is not None}
    return publisher.client.post(path, json=body, headers=publisher.headers)


def test_a_decision_is_an_endorsement_that_verifies_and_can_be_revoked(
    publisher: Publisher, badge: JsonObject
) -> None:
    answer = decide(publisher, badge)

    assert answer.status_code == 201, answer.text
    signed = answer.json()["credential"]
    client = publisher.client
    assert client.get(answer.json()["url"]).json() == signed
    shown = client.get(answer.json()["url"], headers=PAGE).text
    assert "Recognition decision: recognised in part" in shown
    assert '<p class="kicker">endorsement</p>' in shown
    assert "Two of the three outcomes" in shown
    assert f"It speaks of {badge['id']}" in shown
    assert "certificate-picture" not in shown  # a medal would say the opposite of a refusal
    assert "LinkedIn" not in shown
    for form in (".png", ".svg", "/picture.png"):
        picture = answer.json()["url"] + form
        assert client.get(picture).status_code == 404, form
        assert picture.rpartition("/credentials/")[2] not in shown, form
    assert signed["description"] == (
        "Recognised in part toward MSc Data Ethics, with 5 ECTS credits at EQF level 7. "
        "Decided by Admissions board on 2026-02-27."
    )
    assert signed["type"] == ["VerifiableCredential", "EndorsementCredential"]
    assert signed["issuer"]["name"] == "Nordhavn College"
    unsecured = {name: value for name, value in badge.items() if name != "proof"}
    assert signed["credentialSubject"] == {
        "id": badge["id"],
        "type": ["EndorsementSubject"],
        "digestSRI": content_digest(unsecured),
        "endorsementComment": (
            "- Decision: recognised in part\n"
            "- Toward: MSc Data Ethics\n"
            "- Kind: specific credit\n"
            "- Credit granted: 5 ECTS credits\n"
            "- Level granted: EQF level 7\n"
            "- Reasons: Two of the three outcomes are covered.\n"
            "- Decided by: Admissions board\n"
            "- Decided on: 2026-02-27\n"
            "- Appeal: To the registrar, within four weeks."
        ),
    }
    assert client.post("/verify", json=signed).json()["verdict"] == "verified"
    client.post(
        f"/api/v1/credentials/{answer.json()['id']}/status",
        json={"revoked": True, "reason": "The appeal was upheld."},
        headers=publisher.headers,
    )
    assert client.post("/verify", json=signed).json()["verdict"] == "not_valid"


def test_a_report_shows_the_decisions_presented_along(
    publisher: Publisher, badge: JsonObject
) -> None:
    client = publisher.client
    decision = decide(publisher, badge).json()["credential"]
    own = decide(publisher, badge, f"/api/v1/issuers/{SLUG}/recognition-decisions").json()
    forged = {**decision, "name": "Recognition decision: recognised in full"}
    token = client.get(f"{badge['id']}.jwt").text
    given = [token, decision, own["credential"], forged]

    report = client.post(REPORTS, json={"credentials": given}).json()
    page = client.post(REPORTS, json={"credentials": given}, headers=PAGE).text

    first, second, third, fourth = report["credentials"]
    [line] = first["decisions_presented"]  # not the issuer's own word, and not the forged one
    assert line["number"] == 2
    assert line["endorsed_by"] == decision["issuer"]["id"]
    assert line["identity"] == "claimed by the issuer"
    assert line["register"] == "not checked"
    assert line["same_content"] is True
    assert line["statement"] == decision["credentialSubject"]["endorsementComment"]
    assert set(first["decision"].values()) == {None}
    assert [each["endorses"] for each in (second, third, fourth)] == [badge["id"]] * 2 + [None]
    assert "outcomes" not in second
    assert "Endorsed by" in page
    assert "5 ECTS credits" in page
    assert "recognised in full" not in page


def test_a_decision_alone_names_what_it_speaks_of(publisher: Publisher, badge: JsonObject) -> None:
    decision = decide(publisher, badge).json()["credential"]

    page = publisher.client.post(REPORTS, json={"credentials": [decision]}, headers=PAGE)

    assert "a credential that is not in this report" in page.text
    assert badge["id"] in page.text


def test_only_what_is_verified_is_decided_on(publisher: Publisher, badge: JsonObject) -> None:
    decision = decide(publisher, badge).json()["credential"]

    forged = decide(publisher, {**badge, "name": "Doctor of Everything"})
    nothing = decide(publisher, "x")
    endorsement = decide(publisher, decision)
    none = decide(publisher, None)
    wrong = decide(publisher, badge, decision="none")

    assert forged.json()["code"] == "credential_invalid"
    assert nothing.json()["code"] == "credential_invalid"
    assert endorsement.json()["code"] == "not_a_credential"
    assert (none.json()["code"], none.json()["field"]) == ("missing_member", "/credential")
    assert (wrong.json()["code"], wrong.json()["field"]) == ("contradiction", "/kind")


def test_a_decision_is_made_with_the_institutions_own_key(
    publisher: Publisher, badge: JsonObject, make_key: MakeKey, client: TestClient
) -> None:
    body = {"credential": badge, **DECISION}
    for key, status in (
        ({}, 401),
        (make_key(SLUG, "credentials:issue"), 404),
        (make_key(COLLEGE, "credentials:read"), 403),
        (make_key(COLLEGE, "credentials:issue"), 201),
    ):
        assert client.post(PATH, json=body, headers=key).status_code == status
