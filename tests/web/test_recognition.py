"""Recognition reports over HTTP: the same thing as JSON and as a page, and nothing is kept."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.encoding.strict_json import JsonObject
from app.errors import CheckUndecided
from app.fetch import Fetched
from tests.microcredentials import a_microcredential
from tests.publishing import SLUG, Publisher
from tests.stacking import a_certificate_rule

PATH = "/recognition/reports"
PAGE = {"Accept": "text/html"}


@pytest.fixture
def badge(publisher: Publisher) -> JsonObject:
    """A micro-credential issued here, that names a policy of this service and a foreign one."""
    policies = [
        "http://127.0.0.1:8000/policies/eu-annex-1",
        "https://elsewhere.example/policies/1",
    ]
    worth = a_microcredential(definition_policies=policies)
    credential: JsonObject = publisher.issue_module(worth, provider="Platform")["credential"]
    return credential


def ask(client: TestClient, *credentials: Any, **members: Any) -> Response:
    return client.post(PATH, json={"credentials": list(credentials), **members})


def test_a_report_is_made_of_a_credential_that_was_issued_here(
    client: TestClient, badge: JsonObject
) -> None:
    answer = ask(client, badge, target_framework="SCQF")

    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    report = answer.json()
    [part] = report["credentials"]
    assert part["verification"]["verdict"] == "verified"
    assert part["verification"]["own_records"] is True
    assert part["issuer_and_quality"]["known_to_verifier"] is True
    assert part["level"]["levels"][0]["words"] == "SCQF level 11"
    assert report["header"]["credentials"][0]["id"] == badge["id"]
    assert [each["checked"] for each in part["definition_policies"]] == [True, False]


def test_what_registries_say_is_told_with_until_when(
    client: TestClient, admin_headers: dict[str, str], badge: JsonObject
) -> None:
    entry = {
        "did": badge["issuer"]["id"],
        "name": "University of Inverbrae",
        "levels": [{"framework": "SCQF", "value": 11}],
        "until": "2028-07-31T12:00:00Z",
    }
    made = client.post("/api/v1/registry/issuers", json=entry, headers=admin_headers)
    assert made.status_code == 201, made.text

    part = ask(client, badge).json()["credentials"][0]["issuer_and_quality"]

    assert part["register"] == "found in a register"
    [found] = part["found"]
    assert found["until"] == "2028-07-31T12:00:00Z"
    assert found["covers"] == ["SCQF level 11"]
    assert found["fit"] == "covered"
    assert [each["register"] for each in part["quality"]] == ["not checked", "not checked"]
    page = client.post(PATH, json={"credentials": [badge]}, headers=PAGE)
    assert "found in a register" in page.text
    assert "for SCQF level 11 (the credential is within that) until" in page.text


def test_a_token_and_a_chosen_policy(client: TestClient, badge: JsonObject) -> None:
    token = client.get(f"{badge['id']}.jwt").text

    answer = ask(client, token, policy="au-nmf")

    [part] = answer.json()["credentials"]
    assert part["verification"]["secured_by"] == "JSON Web Token (VC-JWT)"
    assert part["definition_policies"][-1]["chosen"] is True


def test_an_object_has_the_limits_of_one_credential(client: TestClient, badge: JsonObject) -> None:
    answer = ask(client, {**badge, "x": list(range(5000))}, badge)

    verdicts = [each["verification"]["verdict"] for each in answer.json()["credentials"]]
    assert verdicts == ["malformed", "verified"]


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"credentials": []}, 422, "invalid_request", None),
        ({"credentials": ["x"] * 11}, 422, "bad_value", "/credentials"),
        ({"credentials": {}}, 422, "wrong_type", "/credentials"),
        ({}, 422, "wrong_type", "/credentials"),
        ({"credentials": ["x", 1]}, 422, "wrong_type", "/credentials/1"),
        ({"credentials": ["x"], "policy": 1}, 422, "wrong_type", "/policy"),
        ({"credentials": ["x"], "policy": "nobodys"}, 422, "unknown_term", "/policy"),
        (
            {"credentials": ["x"], "target_framework": "SQCF"},
            422,
            "unknown_term",
            "/target_framework",
        ),
        ({"credentials": ["x"], "score": True}, 422, "unknown_member", "/score"),
        ({"credentials": ["x"], "pathway": "nobodys"}, 422, "unknown_term", "/pathway"),
        ({"credentials": ["x"], "policy": {"label": "L"}}, 422, "missing_member", "/policy/rules"),
        ([], 422, "wrong_type", ""),
    ],
)
def test_what_cannot_be_answered_is_refused(
    client: TestClient, body: Any, status: int, code: str, field: str | None
) -> None:
    answer = client.post(PATH, json=body)

    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == code
    assert answer.json().get("field") == field


def test_other_kinds_of_body_are_refused(client: TestClient) -> None:
    assert (
        client.post(PATH, content=b"x", headers={"Content-Type": "text/plain"}).status_code == 415
    )


def test_the_form_offers_frameworks_and_policies(client: TestClient) -> None:
    page = client.get("/recognition")

    assert page.status_code == 200
    assert '<option value="SCQF">' in page.text
    assert '<option value="eu-annex-1">' in page.text
    assert "script" not in page.headers["content-security-policy"]


def test_files_links_and_texts_are_taken_together(client: TestClient, badge: JsonObject) -> None:
    picture = client.get(f"{badge['id']}.png").content
    token = client.get(f"{badge['id']}.jwt").text
    answer = client.post(
        PATH,
        files=[("files", ("badge.png", picture, "image/png")), ("files", ("", b"", "text/plain"))],
        data={"text": f"{badge['id']}\n\n{token}\n", "target_framework": "EQF", "policy": ""},
    )

    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert [each["verification"]["verdict"] for each in report["credentials"]] == ["verified"] * 3
    assert [each["same_as"] for each in report["credentials"]] == [None, 1, 1]
    assert [each["submitted_as"] for each in report["header"]["credentials"]] == [
        "badge.png",
        badge["id"],
        None,
    ]


def test_a_pasted_file_is_one_credential(client: TestClient, badge: JsonObject) -> None:
    text = client.get(f"{badge['id']}.json").text

    answer = client.post(PATH, data={"text": f"\n{text}"}, files={"files": ("", b"")})

    [part] = answer.json()["credentials"]
    assert part["verification"]["verdict"] == "verified"


def test_an_address_that_does_not_answer_leaves_it_open(client: TestClient) -> None:
    def nowhere(_url: str) -> Fetched:
        raise CheckUndecided("timeout", "the address did not answer")

    app: Any = client.app
    app.state.desk = replace(app.state.desk, fetch=nowhere)
    answer = client.post(
        PATH, data={"text": "https://far.example/badge"}, files={"files": ("", b"")}
    )

    report = answer.json()
    assert report["credentials"][0]["verification"]["verdict"] == "not_checked"
    assert report["header"]["credentials"][0]["digest"] is None


def test_an_address_of_something_else_is_no_credential(client: TestClient) -> None:
    app: Any = client.app
    fetched = Fetched("https://far.example/", b"<p>Hello", "text/html")
    app.state.desk = replace(app.state.desk, fetch=lambda _url: fetched)
    answer = client.post(PATH, data={"text": "https://far.example/"}, files={"files": ("", b"")})

    report = answer.json()
    assert report["credentials"][0]["verification"]["verdict"] == "malformed"
    assert report["header"]["credentials"][0]["digest"] is None


def test_an_empty_form_is_shown_again_with_what_to_do(client: TestClient) -> None:
    page = client.post(PATH, data={"text": " "}, files={"files": ("", b"")}, headers=PAGE)

    assert page.status_code == 422
    assert "Choose a file, or paste a link" in page.text


def _leaves(value: Any, name: str = "") -> Iterator[str]:
    """Every text that a person must find on the page too; codes stand there as words."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each, name)
    elif isinstance(value, str) and name not in {"code", "framework", "scheme", "value", "name"}:
        yield value


def test_the_page_says_what_the_json_says(client: TestClient, badge: JsonObject) -> None:
    body = {"credentials": [badge], "target_framework": "CQFW", "policy": "nzqa"}
    report = client.post(PATH, json=body).json()
    page = client.post(PATH, json=body, headers=PAGE)

    assert page.status_code == 200
    shown = html.unescape(re.sub(r"<pre.*?</pre>", "", page.text, flags=re.DOTALL))
    [part] = report["credentials"]
    verification = part.pop("verification")
    weights = [each.pop("weight") for each in part["testing"]["assessments"]]
    assert weights == ["0.6", "0.4"]
    assert ">60 %</td>" in shown
    assert part["issuer_and_quality"].pop("country") == "GB"
    assert "<td>United Kingdom</td>" in shown
    # People read these otherwise: a label of the check, of the match, of the kind of identifier.
    otherwise = {"plausible", "passed", "verified", "closeMatch", "ext:UKPRN", "sourcedId"}
    missing = [
        each
        for each in [*_leaves(part), *_leaves(report["header"]), *_leaves(verification)]
        if each not in shown and each.capitalize() not in shown and each not in otherwise
    ]
    assert missing == []


def test_the_page_of_a_bad_credential_reads_nothing_of_it(
    client: TestClient, badge: JsonObject
) -> None:
    forged = {**badge, "name": "Doctor of Everything"}

    page = client.post(PATH, json={"credentials": [forged]}, headers=PAGE)

    assert page.status_code == 200
    assert "Not valid: changed or forged" in page.text
    assert "Doctor" not in page.text
    assert "13. Decision" not in page.text


def test_a_whole_policy_is_called_by_its_digest(client: TestClient, badge: JsonObject) -> None:
    """Whatever name it gives itself: nothing passes for a policy that everybody knows."""
    policy = {
        "id": "http://127.0.0.1:8000/policies/eu-annex-1",
        "label": "Ours",
        "rules": [
            {"id": "grade", "level": "must", "test": {"present": "result.value"}},
            {"id": "large", "level": "must", "test": {"range": "workloadHours", "min": 900}},
        ],
    }

    report = ask(client, badge, policy=policy).json()

    line = report["credentials"][0]["definition_policies"][-1]
    assert line["policy"].startswith("handed in with the request (sha384-")
    assert line["conforms"] is False
    assert [each["rule"] for each in line["not_met"]] == ["large"]
    assert line["policy"] in [each["id"] for each in report["header"]["policies"]]


def test_a_pathway_is_reckoned_with_the_credentials_of_the_report(
    publisher: Publisher, badge: JsonObject
) -> None:
    client = publisher.client
    made = client.post(
        f"/api/v1/issuers/{SLUG}/pathways",
        json=a_certificate_rule(publisher.define(name="Certificate")),
        headers=publisher.headers,
    )
    pathway = made.json()["id"]
    forged = {**badge, "name": "Doctor of Everything"}
    body = {"credentials": [badge, forged], "pathway": pathway}

    report = client.post(PATH, json=body).json()
    page = client.post(PATH, json=body, headers=PAGE).text

    reckoned = report["pathway"]
    assert reckoned["satisfied"] is False
    assert reckoned["used"] == [badge["id"]]
    first = reckoned["checks"][0]
    assert (first["requirement"], first["found_in_words"]) == (
        "At least 60 SCQF credits",
        "20 SCQF credits",
    )
    assert reckoned["excluded"][0]["credential"] == "Credential 2"  # not by the id that it claims
    assert [each["id"] for each in reckoned["manual"]] == ["coherence", "board"]
    assert "Not all that can be counted is there." in page
    assert "The examination board confirms the award" in page
    assert ask(client, badge).json()["pathway"] is None
