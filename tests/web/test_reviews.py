"""From draft to published to withdrawn, under a definition policy."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.storage.database import Database
from app.storage.tables import Achievement, AuditEvent
from tests.builders import a_profile, an_achievement_definition
from tests.policies.definitions import Case
from tests.policies.faulty import FAULTY
from tests.policies.sound import SOUND

Headers = dict[str, str]
PATH = "/api/v1/issuers/inverbrae"
CREDIT = Case("with credit", "eu-annex-1").definition
NO_CREDIT = Case("without", "eu-annex-1", micro={"credit": None}).definition
FAULTY_CREDIT = Case("faulty", "eu-annex-1", micro={"outcomes": None}).definition
FAULTY_NO_CREDIT = Case("x", "eu-annex-1", micro={"outcomes": None, "credit": None}).definition
MINUTE = {"minute": "LTC 2026-03-01, item 7"}


@pytest.fixture
def author(client: TestClient, admin_headers: Headers, make_key: Any) -> Headers:
    """A key of an issuer that keeps the European policy."""
    body = {"id": "inverbrae", **a_profile()}
    assert client.post("/api/v1/issuers", headers=admin_headers, json=body).status_code == 201
    chosen = client.put(f"{PATH}/policy", headers=admin_headers, json={"preset": "eu-annex-1"})
    assert chosen.status_code == 200
    headers: Headers = make_key("inverbrae", "achievements:write", "credentials:issue")
    return headers


@pytest.fixture
def colleague(make_key: Any, author: Headers) -> Headers:
    headers: Headers = make_key("inverbrae", "achievements:write")
    return headers


def create(client: TestClient, headers: Headers, definition: Any) -> tuple[str, Any]:
    answer = client.post(f"{PATH}/achievements", headers=headers, json=definition)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"].rpartition("/")[2], answer.json()


def step(client: TestClient, headers: Headers, id_: str, name: str, body: Any = None) -> Any:
    return client.post(f"{PATH}/achievements/{id_}/{name}", headers=headers, json=body)


def issue(client: TestClient, headers: Headers, id_: str, **members: Any) -> Any:
    body = {"achievement": id_, "recipient": {"email": "ailsa@learner.example"}, **members}
    return client.post(f"{PATH}/credentials", headers=headers, json=body)


def public(client: TestClient, id_: str) -> int:
    answer = client.get(f"/achievements/{id_}", headers={"Accept": "application/json"})
    page = client.get(f"/achievements/{id_}", headers={"Accept": "text/html"})
    picture = client.get(f"/achievements/{id_}/picture.png")
    assert answer.status_code == page.status_code == picture.status_code
    return answer.status_code


def test_credit_goes_the_long_way_and_needs_two_people(
    client: TestClient, author: Headers, colleague: Headers, app: FastAPI
) -> None:
    id_, made = create(client, author, CREDIT)
    assert made["state"] == "draft"
    assert made["definitionPolicy"] == ["http://127.0.0.1:8000/policies/eu-annex-1"]
    assert {each["rule"] for each in made["findings"] if each["outcome"] == "failed"} == {
        "opt-prerequisites",
        "opt-supervision",
        "opt-stackability",
    }
    assert public(client, id_) == 404
    early = step(client, author, id_, "publish")
    assert (early.status_code, early.json()["code"]) == (409, "achievement_state")
    early = step(client, colleague, id_, "approve", MINUTE)
    assert (early.status_code, early.json()["code"]) == (409, "achievement_state")

    submitted = step(client, author, id_, "submit", {})
    assert submitted.json()["state"] == "in_review"
    assert submitted.json()["credit_bearing"] is True
    refused = step(client, author, id_, "approve", MINUTE)
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    without = step(client, colleague, id_, "approve")
    assert (without.status_code, without.json()["field"]) == (422, "/minute")
    approved = step(client, colleague, id_, "approve", MINUTE).json()
    assert approved["state"] == "approved"
    assert approved["minute"] == MINUTE["minute"]
    assert approved["author"] != approved["approver"]
    assert public(client, id_) == 404

    published = step(client, author, id_, "publish").json()
    assert published["state"] == "published"
    assert published["policy"] == "http://127.0.0.1:8000/policies/eu-annex-1"
    assert published["submitted_at"] == published["approved_at"] == "2026-03-01T12:00:00Z"
    assert published["published_at"] == "2026-03-01T12:00:00Z"
    assert public(client, id_) == 200
    seen = client.get(f"{PATH}/achievements/{id_}/review", headers=colleague).json()
    assert seen == published

    database: Database = app.state.desk.database
    with database.read() as session:
        events = session.query(AuditEvent).filter_by(subject=id_).order_by(AuditEvent.id).all()
        told = [(event.action, event.actor, event.details.get("minute")) for event in events]
    author_is, approver_is = published["author"], published["approver"]
    assert told == [
        ("achievement.drafted", author_is, None),
        ("achievement.submitted", author_is, None),
        ("achievement.approved", approver_is, MINUTE["minute"]),
        ("achievement.published", author_is, None),
    ]


def test_every_step_can_be_repeated_and_changes_nothing_then(
    client: TestClient, author: Headers, colleague: Headers, app: FastAPI
) -> None:
    id_, _ = create(client, author, CREDIT)
    steps: list[tuple[Headers, str, Any]] = [
        (author, "submit", None),
        (colleague, "approve", MINUTE),
        (author, "publish", None),
        (author, "withdraw", {"minute": "LTC 2026-09-01, item 2"}),
    ]
    for headers, name, body in steps:
        once = step(client, headers, id_, name, body)
        again = step(client, headers, id_, name, body)
        assert once.status_code == again.status_code == 200
        assert once.json() == again.json()
    database: Database = app.state.desk.database
    with database.read() as session:
        assert session.query(AuditEvent).filter_by(subject=id_).count() == 5
    for name in ("submit", "publish"):
        answer = step(client, author, id_, name)
        assert (answer.status_code, answer.json()["code"]) == (409, "achievement_state")


def test_without_credit_the_way_is_short(client: TestClient, author: Headers) -> None:
    id_, made = create(client, author, NO_CREDIT)
    assert made["state"] == "published"
    assert public(client, id_) == 200
    assert step(client, author, id_, "publish").status_code == 200
    assert issue(client, author, id_).status_code == 201


def test_what_the_policy_is_not_about_goes_its_own_way(client: TestClient, author: Headers) -> None:
    badge = {"name": "Badge", "description": "A badge.", "criteria": {"narrative": "Be there."}}
    id_, made = create(client, author, badge)
    assert (made["state"], made["findings"]) == ("published", [])
    assert "definitionPolicy" not in made
    assert issue(client, author, id_).status_code == 201
    _, made = create(client, author, {**badge, "creditsAvailable": 5})
    assert made["state"] == "draft"


def test_a_faulty_definition_cannot_be_published(
    client: TestClient, author: Headers, colleague: Headers
) -> None:
    id_, made = create(client, author, FAULTY_CREDIT)
    assert made["state"] == "draft"
    step(client, author, id_, "submit")
    step(client, colleague, id_, "approve", MINUTE)
    refused = step(client, author, id_, "publish")
    assert (refused.status_code, refused.json()["code"]) == (422, "policy_not_met")
    [error] = refused.json()["errors"]
    assert error == {
        "code": "policy_not_met",
        "field": "/microcredential/outcomes",
        "detail": "Rule `learning-outcomes`: Add at least one learning outcome: "
        "`microcredential.outcomes`. (Source: Council Recommendation of 16 June 2022 "
        "(2022/C 243/02), Annex I, 6.)",
    }
    assert public(client, id_) == 404


def test_a_faulty_definition_without_credit_stays_a_draft(
    client: TestClient, author: Headers
) -> None:
    id_, made = create(client, author, FAULTY_NO_CREDIT)
    assert made["state"] == "draft"
    assert step(client, author, id_, "publish").json()["code"] == "policy_not_met"
    answer = client.post(
        f"{PATH}/achievements/{id_}/versions", headers=author, json=NO_CREDIT
    ).json()
    assert (answer["version"], answer["state"]) == ("2", "published")


def test_the_issuers_own_profile_counts(
    client: TestClient, author: Headers, admin_headers: Headers
) -> None:
    client.patch(PATH, headers=admin_headers, json={"address": None})
    id_, made = create(client, author, NO_CREDIT)
    assert made["state"] == "draft"
    refused = step(client, author, id_, "publish").json()
    assert (refused["field"], refused["code"]) == ("/issuer", "policy_not_met")
    client.patch(PATH, headers=admin_headers, json={"address": {"addressCountryCode": "GB"}})
    assert step(client, author, id_, "publish").json()["state"] == "published"


def test_all_seeded_definitions_meet_their_fate_when_they_are_created(
    client: TestClient, author: Headers, admin_headers: Headers
) -> None:
    policy = ""
    for case in (*FAULTY, *SOUND):
        if case.profile or "applies-to" in case.rule:
            continue
        if case.policy != policy:
            policy = case.policy
            client.put(f"{PATH}/policy", headers=admin_headers, json={"preset": policy})
        _, made = create(client, author, case.definition)
        blocked = [
            each["rule"]
            for each in made["findings"]
            if each["outcome"] == "failed" and each["level"].startswith("must")
        ]
        assert blocked == ([case.rule] if case.rule else []), case.name
        if case.rule:
            assert made["state"] == "draft"


def test_a_draft_of_another_policy_is_made_anew(
    client: TestClient, author: Headers, admin_headers: Headers
) -> None:
    id_, _ = create(client, author, FAULTY_NO_CREDIT)
    client.put(f"{PATH}/policy", headers=admin_headers, json={"preset": "nzqa"})
    answer = step(client, author, id_, "publish")
    assert (answer.status_code, answer.json()["code"]) == (409, "policy_changed")


@pytest.mark.parametrize("state", ["draft", "in_review", "approved", "withdrawn"])
def test_only_what_is_published_is_issued(
    client: TestClient, author: Headers, colleague: Headers, state: str
) -> None:
    id_, _ = create(client, author, CREDIT)
    if state in {"in_review", "approved"}:
        step(client, author, id_, "submit")
    if state == "approved":
        step(client, colleague, id_, "approve", MINUTE)
    if state == "withdrawn":
        step(client, author, id_, "withdraw")
    board = {"minute": "Board 4"}
    for body in ({"board": board}, {}):
        answer = issue(client, author, id_, **body)
        assert (answer.status_code, answer.json()["code"]) == (409, "achievement_state")
        assert answer.json()["field"] == "/achievement"
    assert public(client, id_) == 404


def test_what_is_withdrawn_stays_readable_and_its_credentials_verify(
    client: TestClient, author: Headers
) -> None:
    id_, _ = create(client, author, NO_CREDIT)
    issued = issue(client, author, id_).json()
    step(client, author, id_, "withdraw")
    assert public(client, id_) == 200
    page = client.get(f"/achievements/{id_}", headers={"Accept": "text/html"}).text
    assert "has been withdrawn" in page
    verified = client.post(
        "/credentials/verify", json={"verifiableCredential": issued["credential"]}
    )
    assert verified.json()["verified"] is True
    listed = client.get("/issuers/inverbrae", headers={"Accept": "text/html"}).text
    assert id_ not in listed
    assert issue(client, author, id_).status_code == 409


def test_drafts_are_not_among_the_versions_that_the_world_sees(
    client: TestClient, author: Headers
) -> None:
    id_, _ = create(client, author, NO_CREDIT)
    draft = client.post(
        f"{PATH}/achievements/{id_}/versions", headers=author, json=FAULTY_NO_CREDIT
    ).json()["id"]
    page = client.get(f"/achievements/{id_}", headers={"Accept": "text/html"}).text
    assert draft.rpartition("/")[2] not in page
    assert "newer version" not in page
    listed = client.get("/issuers/inverbrae", headers={"Accept": "text/html"}).text
    assert id_ in listed


def test_an_issuer_without_a_policy_keeps_the_short_way(
    client: TestClient, admin_headers: Headers, app: FastAPI
) -> None:
    body = {"id": "inverbrae", **a_profile()}
    client.post("/api/v1/issuers", headers=admin_headers, json=body)
    answer = client.post(
        f"{PATH}/achievements", headers=admin_headers, json=an_achievement_definition()
    )
    id_ = answer.json()["id"].rpartition("/")[2]
    assert "state" not in answer.json()
    review = client.get(f"{PATH}/achievements/{id_}/review", headers=admin_headers).json()
    assert (review["state"], review["policy"], review["findings"]) == ("published", None, [])
    assert step(client, admin_headers, id_, "publish").status_code == 200
    issued = issue(client, admin_headers, id_)
    assert issued.status_code == 201
    assert "findings" not in issued.json()
    # As rows are that were there before there were states.
    database: Database = app.state.desk.database
    with database.write() as session:
        session.get_one(Achievement, id_).published_at = None
    assert public(client, id_) == 200
    withdrawn = step(client, admin_headers, id_, "withdraw").json()
    assert withdrawn["published_at"] == "2026-03-01T12:00:00Z"
    assert public(client, id_) == 200


def test_another_issuers_steps_are_not_found(
    client: TestClient, author: Headers, admin_headers: Headers
) -> None:
    client.post("/api/v1/issuers", headers=admin_headers, json={"id": "other", "name": "O"})
    id_, _ = create(client, author, CREDIT)
    for name in ("submit", "approve", "publish", "withdraw"):
        path = f"/api/v1/issuers/other/achievements/{id_}/{name}"
        assert client.post(path, headers=admin_headers).status_code == 404
    path = f"/api/v1/issuers/other/achievements/{id_}/review"
    assert client.get(path, headers=admin_headers).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [({"minute": ""}, "/minute"), ({"minute": "x" * 501}, "/minute"), ({"why": "x"}, "/why")],
)
def test_a_step_takes_a_minute_and_nothing_else(
    client: TestClient, author: Headers, body: Any, field: str
) -> None:
    id_, _ = create(client, author, CREDIT)
    answer = step(client, author, id_, "submit", body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
