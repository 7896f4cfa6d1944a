"""Credit is awarded by a board: provisional, confirmed, issued; and what the policy asks then."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.storage.database import Database
from app.storage.tables import AuditEvent, Award
from tests.builders import a_profile
from tests.policies.definitions import Case

Headers = dict[str, str]
PATH = "/api/v1/issuers/inverbrae"
BOARD = {"minute": "Board of examiners 2026-02-20, item 4", "confirmed_at": "2026-02-20T14:00:00Z"}
LEARNER = {"recipient": {"email": "ailsa@learner.example"}}
CREDIT = Case("with credit", "eu-annex-1").definition
NO_CREDIT = Case("without", "eu-annex-1", micro={"credit": None}).definition


@pytest.fixture
def recorder(make_key: Any, client: TestClient, admin_headers: Headers) -> Headers:
    """A key that issues for an issuer with the European policy."""
    body = {"id": "inverbrae", **a_profile()}
    assert client.post("/api/v1/issuers", headers=admin_headers, json=body).status_code == 201
    client.put(f"{PATH}/policy", headers=admin_headers, json={"preset": "eu-annex-1"})
    headers: Headers = make_key("inverbrae", "credentials:issue", "credentials:read")
    return headers


@pytest.fixture
def achievement(client: TestClient, recorder: Headers, make_key: Any) -> str:
    """A published achievement with credit."""
    author, approver = (make_key("inverbrae", "achievements:write") for _ in range(2))
    return published(client, author, approver, CREDIT)


def published(client: TestClient, author: Headers, approver: Headers, definition: Any) -> str:
    made = client.post(f"{PATH}/achievements", headers=author, json=definition)
    assert made.status_code == 201, made.text
    id_ = str(made.json()["id"].rpartition("/")[2])
    for headers, name in ((author, "submit"), (approver, "approve"), (author, "publish")):
        body = {"minute": "LTC 7"}
        step = client.post(f"{PATH}/achievements/{id_}/{name}", headers=headers, json=body)
        assert step.status_code == 200, step.text
    return id_


def issue(client: TestClient, headers: Headers, achievement: str, **members: Any) -> Any:
    body = {"achievement": achievement, **LEARNER, **members}
    return client.post(f"{PATH}/credentials", headers=headers, json=body)


def record(client: TestClient, headers: Headers, achievement: str, **members: Any) -> Any:
    body = {"achievement": achievement, **LEARNER, **members}
    return client.post(f"{PATH}/awards", headers=headers, json=body)


def actions(app: FastAPI, subject: str) -> list[str]:
    database: Database = app.state.desk.database
    with database.read() as session:
        query = session.query(AuditEvent).filter_by(subject=subject).order_by(AuditEvent.id)
        return [event.action for event in query]


def test_credit_is_not_issued_before_a_board_confirmed_it(
    client: TestClient, recorder: Headers, achievement: str
) -> None:
    answer = issue(client, recorder, achievement)
    assert (answer.status_code, answer.json()["code"]) == (409, "board_needed")
    assert client.get("/api/v1/credentials", headers=recorder).json()["total"] == 0


def test_the_boards_minute_may_come_with_the_request(
    client: TestClient, recorder: Headers, achievement: str, app: FastAPI
) -> None:
    answer = issue(client, recorder, achievement, board=BOARD)
    assert answer.status_code == 201, answer.text
    document = answer.json()["credential"]
    assert document["awardedDate"] == BOARD["confirmed_at"]
    assert BOARD["minute"] not in answer.text
    [award] = client.get(f"{PATH}/awards", headers=recorder).json()["items"]
    assert award["state"] == "issued"
    assert (award["minute"], award["confirmed_at"]) == (BOARD["minute"], BOARD["confirmed_at"])
    assert award["credential"] == answer.json()["url"]
    assert actions(app, award["id"]) == ["award.recorded", "award.confirmed", "award.issued"]
    assert {each["outcome"] for each in answer.json()["findings"]} == {"passed", "failed"}
    assert all(
        each["level"] in {"should", "may"}
        for each in answer.json()["findings"]
        if each["outcome"] == "failed"
    )


def test_a_board_without_a_date_met_now_and_another_date_of_award_stands(
    client: TestClient, recorder: Headers, achievement: str
) -> None:
    answer = issue(client, recorder, achievement, board={"minute": "Board 4"})
    assert answer.json()["credential"]["awardedDate"] == "2026-03-01T12:00:00Z"
    day = "2026-02-27T00:00:00Z"
    answer = issue(client, recorder, achievement, board=BOARD, awarded_date=day)
    assert answer.json()["credential"]["awardedDate"] == day


@pytest.mark.parametrize(
    ("board", "field"),
    [
        ({}, "/board/minute"),
        ({"minute": " "}, "/board/minute"),
        ({"minute": "x" * 501}, "/board/minute"),
        ({"minute": 4}, "/board/minute"),
        ({"minute": "4", "chair": "A"}, "/board/chair"),
        ({"minute": "4", "confirmed_at": "yesterday"}, "/board/confirmed_at"),
        ({"minute": "4", "confirmed_at": "2026-03-02T00:00:00Z"}, "/board/confirmed_at"),
        ("4", "/board"),
    ],
)
def test_what_is_no_confirmation_is_refused(
    client: TestClient, recorder: Headers, achievement: str, board: Any, field: str
) -> None:
    answer = issue(client, recorder, achievement, board=board)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert client.get(f"{PATH}/awards", headers=recorder).json()["total"] == 0


def test_an_award_is_recorded_confirmed_by_another_and_issued_once(
    client: TestClient, recorder: Headers, achievement: str, make_key: Any, app: FastAPI
) -> None:
    made = record(client, recorder, achievement, results=None)
    assert made.status_code == 422  # null is no value; the request is read as it would be to issue
    made = record(client, recorder, achievement)
    assert made.status_code == 201, made.text
    award = made.json()
    assert award["state"] == "provisional"
    assert made.headers["location"].endswith(f"/awards/{award['id']}")
    path = f"{PATH}/awards/{award['id']}"

    early = issue(client, recorder, achievement, award=award["id"])
    assert (early.status_code, early.json()["code"]) == (409, "award_state")
    own = client.post(f"{path}/confirm", headers=recorder, json=BOARD)
    assert (own.status_code, own.json()["code"]) == (403, "four_eyes")
    chair = make_key("inverbrae", "credentials:issue")
    ahead = {**BOARD, "confirmed_at": "2026-03-02T14:00:00Z"}
    for body, code in ((ahead, "out_of_range"), ({**BOARD, "confirmed_at": "x"}, "bad_date")):
        answer = client.post(f"{path}/confirm", headers=chair, json=body)
        assert (answer.json()["field"], answer.json()["code"]) == ("/confirmed_at", code)
    confirmed = client.post(f"{path}/confirm", headers=chair, json=BOARD).json()
    assert (confirmed["state"], confirmed["minute"]) == ("confirmed", BOARD["minute"])
    again = client.post(f"{path}/confirm", headers=chair, json={"minute": "Another"}).json()
    assert again == confirmed

    answer = issue(client, recorder, achievement, award=award["id"])
    assert answer.status_code == 201, answer.text
    assert answer.json()["credential"]["awardedDate"] == BOARD["confirmed_at"]
    issued = client.get(path, headers=recorder).json()
    assert (issued["state"], issued["credential"]) == ("issued", answer.json()["url"])
    twice = issue(client, recorder, achievement, award=award["id"])
    assert (twice.status_code, twice.json()["code"]) == (409, "award_state")
    assert actions(app, award["id"]) == ["award.recorded", "award.confirmed", "award.issued"]


def test_what_is_issued_is_what_the_board_confirmed(
    client: TestClient, recorder: Headers, achievement: str, make_key: Any
) -> None:
    award = record(client, recorder, achievement).json()["id"]
    chair = make_key("inverbrae", "credentials:issue")
    client.post(f"{PATH}/awards/{award}/confirm", headers=chair, json=BOARD)
    other = {"recipient": {"email": "somebody@else.example"}}
    for change in (other, {"term": "2026"}, {"credits_earned": 6}):
        answer = issue(client, recorder, achievement, award=award, **change)
        assert (answer.status_code, answer.json()["code"]) == (422, "contradiction")
        assert answer.json()["field"] == "/award"
    assert issue(client, recorder, achievement, award=award).status_code == 201


def test_nobodys_address_is_stored_with_an_award(
    client: TestClient, recorder: Headers, achievement: str, app: FastAPI
) -> None:
    record(client, recorder, achievement)
    database: Database = app.state.desk.database
    with database.read() as session:
        row = session.query(Award).one()
        stored = repr({column.name: getattr(row, column.name) for column in Award.__table__.c})
        events = repr([(event.details, event.subject) for event in session.query(AuditEvent)])
    assert "ailsa" not in stored + events


def test_an_award_and_a_board_at_once_contradict_each_other(
    client: TestClient, recorder: Headers, achievement: str
) -> None:
    answer = issue(client, recorder, achievement, award="a" * 22, board=BOARD)
    assert (answer.status_code, answer.json()["field"]) == (422, "/board")
    for members in ({"board": BOARD}, {"award": "a" * 22}):
        answer = record(client, recorder, achievement, **members)
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_member")


@pytest.mark.parametrize("award", ["x", "a" * 22])
def test_an_unknown_award_is_named(
    client: TestClient, recorder: Headers, achievement: str, award: str
) -> None:
    answer = issue(client, recorder, achievement, award=award)
    assert (answer.status_code, answer.json()["field"]) == (422, "/award")
    assert client.get(f"{PATH}/awards/{award}", headers=recorder).status_code == 404


def test_another_issuers_award_is_unknown(
    client: TestClient, recorder: Headers, achievement: str, admin_headers: Headers
) -> None:
    client.post("/api/v1/issuers", headers=admin_headers, json={"id": "other", "name": "O"})
    award = record(client, recorder, achievement).json()["id"]
    path = f"/api/v1/issuers/other/awards/{award}"
    assert client.get(path, headers=admin_headers).status_code == 404
    assert client.post(f"{path}/confirm", headers=admin_headers, json=BOARD).status_code == 404
    assert client.get("/api/v1/issuers/other/awards", headers=admin_headers).json()["total"] == 0


def test_only_a_published_achievement_is_awarded(
    client: TestClient, recorder: Headers, make_key: Any
) -> None:
    author = make_key("inverbrae", "achievements:write")
    draft = client.post(f"{PATH}/achievements", headers=author, json=CREDIT).json()["id"]
    answer = record(client, recorder, draft)
    assert (answer.status_code, answer.json()["code"]) == (409, "achievement_state")
    assert record(client, recorder, "a" * 22).json()["code"] == "achievement_unknown"


def test_recording_is_safe_to_repeat(
    client: TestClient, recorder: Headers, achievement: str
) -> None:
    headers = {**recorder, "Idempotency-Key": "one"}
    first, second = (record(client, headers, achievement) for _ in range(2))
    assert first.content == second.content
    assert client.get(f"{PATH}/awards", headers=recorder).json()["total"] == 1


# --- the policy when it is issued ---------------------------------------------------------------


def test_what_is_only_known_at_the_award_must_meet_the_policy_too(
    client: TestClient, recorder: Headers, admin_headers: Headers, make_key: Any
) -> None:
    client.put(f"{PATH}/policy", headers=admin_headers, json={"preset": "st-andrews-like"})
    author, approver = (make_key("inverbrae", "achievements:write") for _ in range(2))
    module = Case("a module", "st-andrews-like").definition
    achievement = published(client, author, approver, module)
    refused = issue(client, recorder, achievement, board=BOARD)
    assert (refused.status_code, refused.json()["code"]) == (422, "policy_not_met")
    assert refused.json()["field"] == "/results"
    assert "Rule `result`" in refused.json()["detail"]
    assert client.get(f"{PATH}/awards", headers=recorder).json()["total"] == 0
    passed = issue(client, recorder, achievement, board=BOARD, results=[{"status": "Completed"}])
    assert passed.status_code == 201, passed.text


def test_what_was_published_before_there_was_a_policy_is_held_to_it_when_issued(
    client: TestClient, admin_headers: Headers
) -> None:
    body = {"id": "inverbrae", **a_profile()}
    client.post("/api/v1/issuers", headers=admin_headers, json=body)
    definition = Case("x", "eu-annex-1", micro={"outcomes": None, "credit": None}).definition
    made = client.post(f"{PATH}/achievements", headers=admin_headers, json=definition).json()["id"]
    assert issue(client, admin_headers, made).status_code == 201
    client.put(f"{PATH}/policy", headers=admin_headers, json={"preset": "eu-annex-1"})
    refused = issue(client, admin_headers, made)
    assert (refused.status_code, refused.json()["code"]) == (422, "policy_not_met")
    assert refused.json()["field"] == "/achievement"
    assert "learning-outcomes" in refused.json()["detail"]


def test_what_was_published_under_a_policy_is_issued_under_it(
    client: TestClient, recorder: Headers, admin_headers: Headers, make_key: Any
) -> None:
    author = make_key("inverbrae", "achievements:write")
    made = client.post(f"{PATH}/achievements", headers=author, json=NO_CREDIT).json()["id"]
    client.put(f"{PATH}/policy", headers=admin_headers, json={"preset": "nzqa"})
    answer = issue(client, recorder, made)
    assert answer.status_code == 201
    assert {each["rule"] for each in answer.json()["findings"]} >= {"learner", "qa"}


# --- credentials that somebody else wrote -------------------------------------------------------


def given(achievement: dict[str, Any]) -> dict[str, Any]:
    return {
        "credential": {
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            ],
            "id": "https://www.inverbrae.example/credentials/1",
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": {
                "id": "did:web:127.0.0.1%3A8000:issuers:inverbrae",
                "type": ["Profile"],
                "name": "University of Inverbrae",
            },
            "validFrom": "2026-01-01T00:00:00Z",
            "name": "Badge",
            "credentialSubject": {
                "type": ["AchievementSubject"],
                "id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
                "achievement": {
                    "id": "https://www.inverbrae.example/achievements/1",
                    "type": ["Achievement"],
                    "name": "Badge",
                    "description": "A badge.",
                    "criteria": {"narrative": "Be there."},
                    **achievement,
                },
            },
        }
    }


def test_a_given_credential_is_held_to_the_policy_too(
    client: TestClient, recorder: Headers, admin_headers: Headers
) -> None:
    path = "/issuers/inverbrae/credentials/issue"
    badge = client.post(path, headers=recorder, json=given({"achievementType": "Badge"}))
    assert badge.status_code == 201, badge.text
    micro = client.post(path, headers=recorder, json=given({"achievementType": "MicroCredential"}))
    assert (micro.status_code, micro.json()["code"]) == (400, "policy_not_met")
    fields = {each["field"] for each in micro.json()["errors"]}
    assert fields == {"/credential/issuer", "/credential/credentialSubject/achievement"}
    credit = {"achievementType": "Course", "creditsAvailable": 5}
    answer = client.post(path, headers=recorder, json=given(credit))
    assert (answer.status_code, answer.json()["code"]) == (409, "board_needed")
