"""Definition policies over HTTP: listed, chosen, served to everybody, put to anything."""

import hashlib
from base64 import b64encode
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.policy.presets import PRESETS
from app.proofs.vc_jose import read_jws
from app.storage.database import Database
from app.storage.tables import AuditEvent, Credential, Issuer
from tests.builders import a_profile
from tests.microcredentials import EXAMPLES
from tests.policies.definitions import Case
from tests.policies.faulty import FAULTY
from tests.policies.sound import SOUND

Headers = dict[str, str]
PATH = "/api/v1/issuers/inverbrae"
OWN: dict[str, Any] = {
    "label": "Micro-credentials of the Faculty of Law",
    "appliesTo": {"achievementType": ["MicroCredential"]},
    "rules": [{"id": "outcomes", "level": "must", "test": {"count": "learningOutcomes", "min": 1}}],
}


@pytest.fixture(autouse=True)
def inverbrae(client: TestClient, admin_headers: Headers) -> None:
    body = {"id": "inverbrae", **a_profile()}
    assert client.post("/api/v1/issuers", headers=admin_headers, json=body).status_code == 201
    other = {"id": "other", "name": "Other"}
    assert client.post("/api/v1/issuers", headers=admin_headers, json=other).status_code == 201


def choose(client: TestClient, headers: Headers, body: Any, issuer: str = "inverbrae") -> Any:
    answer = client.put(f"/api/v1/issuers/{issuer}/policy", headers=headers, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def check(client: TestClient, headers: Headers, policy: str, body: Any) -> Any:
    answer = client.post(f"/api/v1/policies/{policy}/check", headers=headers, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


# --- choosing -----------------------------------------------------------------------------------


def test_a_policy_that_comes_along_is_chosen_by_its_name(
    client: TestClient, admin_headers: Headers, app: FastAPI
) -> None:
    chosen = choose(client, admin_headers, {"preset": "eu-annex-1"})
    assert chosen["id"] == "eu-annex-1"
    assert chosen["url"] == "http://127.0.0.1:8000/policies/eu-annex-1"
    assert chosen["issuer"] is None
    assert chosen["policy"] == {"id": chosen["url"], **PRESETS["eu-annex-1"]}
    choose(client, admin_headers, {"preset": "eu-annex-1"})
    choose(client, admin_headers, {"preset": "nzqa"})
    database: Database = app.state.desk.database
    with database.read() as session:
        assert session.get_one(Issuer, "inverbrae").policy_id == "nzqa"
        events = session.query(AuditEvent).filter_by(action="policy.chosen").all()
        assert [(event.subject, event.details["former"]) for event in events] == [
            ("eu-annex-1", None),
            ("nzqa", "eu-annex-1"),
        ]
        assert events[0].details["digest"] == chosen["digest"]


def test_an_own_policy_gets_an_id_of_what_it_says_and_a_version(
    client: TestClient, admin_headers: Headers
) -> None:
    first = choose(client, admin_headers, OWN)
    assert first["issuer"] == "inverbrae"
    assert first["policy"]["version"] == "1"
    assert first["policy"]["validFrom"] == "2026-03-01T12:00:00Z"
    assert choose(client, admin_headers, OWN) == first
    second = choose(client, admin_headers, {**OWN, "label": "Revised"})
    assert second["policy"]["version"] == "2"
    assert choose(client, admin_headers, {**OWN, "version": "2026/27"})["policy"]["version"] == (
        "2026/27"
    )
    others = choose(client, admin_headers, OWN, "other")
    assert len({first["id"], second["id"], others["id"]}) == 3
    assert client.get(f"/policies/{first['id']}").json() == first["policy"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"preset": "eu-annex-9"}, "/preset"),
        ({"preset": 1}, "/preset"),
        ({"preset": "nzqa", "label": "x"}, "/preset"),
        ({}, "/label"),
        ({**OWN, "id": "https://badges.example/policies/1"}, "/id"),
        ({**OWN, "validFrom": "2026-03-02T12:00:00Z"}, "/validFrom"),
        ({**OWN, "rules": [{"id": "x", "level": "must", "test": {"eval": "1"}}]}, "/rules/0/test"),
    ],
)
def test_what_is_no_policy_is_refused_by_its_place(
    client: TestClient, admin_headers: Headers, body: Any, field: str
) -> None:
    answer = client.put(f"{PATH}/policy", headers=admin_headers, json=body)
    assert answer.status_code == 422
    assert answer.json()["field"] == field


def test_a_policy_may_be_valid_since_long(client: TestClient, admin_headers: Headers) -> None:
    chosen = choose(client, admin_headers, {**OWN, "validFrom": "2020-01-01T00:00:00Z"})
    assert chosen["policy"]["validFrom"] == "2020-01-01T00:00:00Z"


# --- seeing -------------------------------------------------------------------------------------


def test_an_issuer_sees_its_own_policies_and_those_that_come_along(
    client: TestClient, admin_headers: Headers, make_key: Any
) -> None:
    choose(client, admin_headers, OWN)
    choose(client, admin_headers, {**OWN, "label": "Others'"}, "other")

    def labels(headers: Headers) -> list[tuple[str | None, str]]:
        items = client.get("/api/v1/policies", headers=headers).json()["items"]
        return [(item["issuer"], item["policy"]["label"]) for item in items]

    shipped = [(None, document["label"]) for document in PRESETS.values()]
    ours = labels(make_key("inverbrae", "credentials:read"))
    assert ours == [("inverbrae", OWN["label"]), *shipped]
    assert {issuer for issuer, _ in labels(admin_headers)} == {"inverbrae", "other", None}


def test_a_policy_is_public_and_never_changes_under_its_address(
    client: TestClient, admin_headers: Headers
) -> None:
    for body in ({"preset": "cmf"}, OWN):
        chosen = choose(client, admin_headers, body)
        answer = client.get(f"/policies/{chosen['id']}")
        assert answer.status_code == 200
        assert answer.json() == chosen["policy"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "immutable" in answer.headers["cache-control"]
        digest = b64encode(hashlib.sha384(answer.content).digest()).decode()
        assert chosen["digest"] == f"sha384-{digest}"
        etag = {"If-None-Match": answer.headers["etag"]}
        assert client.get(f"/policies/{chosen['id']}", headers=etag).status_code == 304


def test_own_policies_come_in_pages_and_the_shipped_ones_on_the_last(
    client: TestClient, admin_headers: Headers
) -> None:
    for number in range(3):
        choose(client, admin_headers, {**OWN, "label": f"No {number}"})

    pages: list[Any] = []
    cursor = None
    while cursor is not None or not pages:
        query = {"limit": 2} if cursor is None else {"limit": 2, "cursor": cursor}
        pages.append(client.get("/api/v1/policies", params=query, headers=admin_headers).json())
        cursor = pages[-1]["next"]
    assert [len(page["items"]) for page in pages] == [2, 1 + len(PRESETS)]
    assert {page["total"] for page in pages} == {3 + len(PRESETS)}
    assert len({item["id"] for page in pages for item in page["items"]}) == 3 + len(PRESETS)


def test_a_policy_can_be_given_up(
    client: TestClient, admin_headers: Headers, make_key: Any, app: FastAPI
) -> None:
    kept = choose(client, admin_headers, {"preset": "eu-annex-1"})
    author = make_key("inverbrae", "achievements:write")
    assert client.get(f"{PATH}/policy", headers=author).json() == kept
    definition = Case("with credit", "eu-annex-1").definition
    draft = client.post(f"{PATH}/achievements", headers=author, json=definition).json()
    assert client.delete(f"{PATH}/policy", headers=author).status_code == 403

    for _ in range(2):
        gone = client.delete(f"{PATH}/policy", headers=admin_headers)
        assert (gone.status_code, gone.content) == (204, b"")
    assert client.get(f"{PATH}/policy", headers=author).status_code == 404
    steps = f"{PATH}/achievements/{draft['id'].rpartition('/')[2]}"
    refused = client.post(f"{steps}/publish", headers=author)
    assert (refused.status_code, refused.json()["code"]) == (409, "policy_changed")
    anew = client.post(f"{steps}/versions", headers=author, json=definition)
    assert anew.status_code == 201
    assert "state" not in anew.json()
    assert client.post(f"{steps}/withdraw", headers=author).json()["state"] == "withdrawn"

    database: Database = app.state.desk.database
    with database.read() as session:
        lines = session.query(AuditEvent).filter_by(action="policy.removed").all()
        assert [(line.subject, line.details) for line in lines] == [
            ("eu-annex-1", {"unpublished": 1})
        ]


@pytest.mark.parametrize("id_", ["nothing", "a" * 22, "%20"])
def test_an_unknown_policy_is_404(client: TestClient, admin_headers: Headers, id_: str) -> None:
    assert client.get(f"/policies/{id_}").status_code == 404
    answer = client.post(f"/api/v1/policies/{id_}/check", headers=admin_headers, json={})
    assert answer.status_code == 404


# --- checking -----------------------------------------------------------------------------------


def test_every_fault_is_found_over_http_and_nothing_sound_is_refused(
    client: TestClient, make_key: Any
) -> None:
    """Those cases that do not need an issuer of another kind."""
    headers = make_key("inverbrae", "credentials:read")

    def blocking(case: Case) -> list[str]:
        answer = check(client, headers, case.policy, {"achievement": case.definition})
        rules = [
            each["rule"]
            for each in answer["findings"]
            if each["outcome"] == "failed" and each["level"] in {"must", "mustIfApplicable"}
        ]
        assert answer["conforms"] == (not rules)
        return rules

    for case in (*FAULTY, *SOUND):
        if not case.profile:
            assert blocking(case) == ([case.rule] if case.rule else []), case.name


def test_a_finding_names_the_rule_its_source_and_what_to_add(
    client: TestClient, admin_headers: Headers
) -> None:
    case = next(case for case in FAULTY if case.rule == "learning-outcomes")
    answer = check(client, admin_headers, "eu-annex-1", {"achievement": case.definition})
    [found] = [each for each in answer["findings"] if each["rule"] == "learning-outcomes"]
    assert found == {
        "rule": "learning-outcomes",
        "level": "must",
        "outcome": "failed",
        "message": "Add at least one learning outcome: `microcredential.outcomes`.",
        "source": "Council Recommendation of 16 June 2022 (2022/C 243/02), Annex I, 6",
    }
    open_yet = {each["rule"] for each in answer["findings"] if each["outcome"] == "not_applicable"}
    # An administrator's key is no issuer's, so the country is open as well.
    assert open_yet == {"learner", "date", "opt-grade", "issuer-country", "awarding-body"}


def test_what_a_definition_lacks_is_a_finding_and_what_is_wrong_with_it_an_error(
    client: TestClient, admin_headers: Headers
) -> None:
    bare = check(client, admin_headers, "eu-annex-1", {"achievement": {"microcredential": {}}})
    failed = {each["rule"] for each in bare["findings"] if each["outcome"] == "failed"}
    assert failed >= {"applies-to", "title", "learning-outcomes", "workload", "qa"}
    assert check(client, admin_headers, "cmf", {"achievement": {}})["conforms"] is False
    body = {"achievement": {"microcredential": {"credit": {"scheme": "Monopoly", "value": 1}}}}
    answer = client.post("/api/v1/policies/cmf/check", headers=admin_headers, json=body)
    assert answer.status_code == 422
    assert answer.json()["field"] == "/achievement/microcredential/credit/scheme"


def test_a_published_achievement_is_checked_as_it_stands(
    client: TestClient, admin_headers: Headers
) -> None:
    achievement = EXAMPLES["PG Cert module"].achievement()
    answer = check(client, admin_headers, "st-andrews-like", {"achievement": achievement})
    assert answer["conforms"] is True


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"achievement": "x"},
        {"credential": {}, "achievement": {}},
        {"credential": {}, "policy": "x"},
        {"credential": 7},
    ],
)
def test_a_check_is_of_one_thing(client: TestClient, admin_headers: Headers, body: Any) -> None:
    answer = client.post("/api/v1/policies/cmf/check", headers=admin_headers, json=body)
    assert answer.status_code == 422
    assert answer.json()["code"] in {"bad_value", "wrong_type"}


def test_what_a_credential_claims_is_not_believed(
    client: TestClient, admin_headers: Headers
) -> None:
    document = EXAMPLES["PG Cert module"].credential()
    assert check(client, admin_headers, "eu-annex-1", {"credential": document})["conforms"] is True
    achievement = document["credentialSubject"]["achievement"]
    achievement["definitionPolicy"] = ["http://127.0.0.1:8000/policies/eu-annex-1"]
    del achievement["learningOutcome"]
    answer = check(client, admin_headers, "eu-annex-1", {"credential": document})
    assert answer["conforms"] is False
    [found] = [each for each in answer["findings"] if each["outcome"] == "failed"]
    assert found["rule"] == "learning-outcomes"


def test_nobody_known_as_the_learner_fails_in_a_credential(
    client: TestClient, admin_headers: Headers
) -> None:
    document = EXAMPLES["PG Cert module"].credential()
    document["credentialSubject"].pop("identifier")
    answer = check(client, admin_headers, "eu-annex-1", {"credential": document})
    [found] = [each for each in answer["findings"] if each["outcome"] == "failed"]
    assert found["rule"] == "learner"


def test_a_credential_may_be_a_token_or_in_an_envelope(
    client: TestClient, admin_headers: Headers, app: FastAPI
) -> None:
    definition = EXAMPLES["PG Cert module"].definition
    made = client.post(f"{PATH}/achievements", headers=admin_headers, json=definition)
    body = {"achievement": made.json()["id"], "recipient": {"email": "ailsa@learner.example"}}
    issued = client.post(f"{PATH}/credentials", headers=admin_headers, json=body).json()
    database: Database = app.state.desk.database
    with database.read() as session:
        token = bytes(session.get_one(Credential, issued["id"]).jwt or b"").decode()
    assert read_jws(token.encode()).document["id"] == issued["url"]
    envelope = {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+jwt,{token}",
    }
    plain = check(client, admin_headers, "eu-annex-1", {"credential": issued["credential"]})
    for other in (token, envelope):
        assert check(client, admin_headers, "eu-annex-1", {"credential": other}) == plain
    bad = client.post(
        "/api/v1/policies/cmf/check", headers=admin_headers, json={"credential": "a.b"}
    )
    assert bad.status_code == 400
