from datetime import UTC, datetime
from typing import Any

import pytest

from app.credentials.issue_request import (
    IssueRequest,
    Recipient,
    RecipientIdentifier,
    parse_issue_request,
)
from app.encoding.strict_json import dump_json
from app.errors import InvalidRequest
from tests.builders import ACHIEVEMENT_URL, EXAM_MARK, an_issue_body, changed

DID = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"


def test_the_least_that_can_be_asked_for() -> None:
    body = {"achievement": "kX2b9QmT0aLr5VnYc7Wd3g", "recipient": {"did": DID}}
    assert parse_issue_request(body) == IssueRequest(
        achievement="kX2b9QmT0aLr5VnYc7Wd3g", recipient=Recipient(did=DID), given=dump_json(body)
    )


def test_everything_that_can_be_asked_for() -> None:
    request = parse_issue_request(an_issue_body(name="A", description="B"))
    assert request.achievement == ACHIEVEMENT_URL
    assert request.recipient == Recipient(
        identifier=RecipientIdentifier("emailAddress", "ailsa.morrison@students.inverbrae.example"),
        name="Ailsa Morrison",
    )
    assert request.valid_from == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert request.valid_until == datetime(2031, 3, 2, 9, tzinfo=UTC)
    assert request.awarded_date == datetime(2026, 2, 27, 16, 30, tzinfo=UTC)
    assert request.activity_start == datetime(2025, 9, 15, 8, tzinfo=UTC)
    assert request.activity_end == datetime(2026, 2, 20, 17, tzinfo=UTC)
    assert request.results[0] == {
        "type": ["Result"],
        "resultDescription": EXAM_MARK,
        "value": "72",
    }
    assert [each["type"] for each in request.evidence] == [["Evidence"]]
    assert (request.narrative, request.role, request.term) == (
        "Ailsa worked with a local health board.",
        "Student",
        "2025/26",
    )
    assert (request.credits_earned, request.license_number) == (10, "INV-2026-00017")
    assert (request.name, request.description) == ("A", "B")


@pytest.mark.parametrize(
    ("recipient", "identifier"),
    [
        ({"email": " Ailsa@Inverbrae.example "}, ("emailAddress", "ailsa@inverbrae.example", True)),
        (
            {"identifier": {"type": "emailAddress", "value": "A@b.example", "hashed": False}},
            ("emailAddress", "a@b.example", False),
        ),
        ({"identifier": {"type": "userName", "value": "S123"}}, ("userName", "S123", True)),
        (
            {"identifier": {"type": "ext:StudentNumber", "value": "7"}},
            ("ext:StudentNumber", "7", True),
        ),
    ],
)
def test_a_recipient_without_a_did_is_an_identifier(
    recipient: dict[str, Any], identifier: tuple[str, str, bool]
) -> None:
    request = parse_issue_request(an_issue_body(recipient=recipient))
    assert request.recipient == Recipient(identifier=RecipientIdentifier(*identifier))


@pytest.mark.parametrize(
    "did", [DID, "did:web:a.example%3A8000:u:1", "did:example::1", "did:jwk:eyJ", "did:a:b..c"]
)
def test_a_did_of_any_method_names_a_recipient(did: str) -> None:
    assert parse_issue_request(an_issue_body(recipient={"did": did})).recipient.did == did


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"achievement": None}, "missing_member", "/achievement"),
    ({"achievement": 7}, "wrong_type", "/achievement"),
    ({"recipient": None}, "missing_member", "/recipient"),
    ({"recipient": "ailsa@inverbrae.example"}, "wrong_type", "/recipient"),
    ({"recipient": {}}, "bad_value", "/recipient"),
    ({"recipient": {"name": "Ailsa"}}, "bad_value", "/recipient"),
    ({"recipient": {"email": "a@b.example", "did": DID}}, "bad_value", "/recipient"),
    ({"recipient": {"email": "ailsa"}}, "bad_value", "/recipient/email"),
    ({"recipient": {"email": 7}}, "bad_value", "/recipient/email"),
    ({"recipient": {"mail": "a@b.example"}}, "unknown_member", "/recipient/mail"),
    ({"recipient": {"did": "did:example:ali ce"}}, "bad_value", "/recipient/did"),
    ({"recipient": {"did": "did:example:123:"}}, "bad_value", "/recipient/did"),
    ({"recipient": {"did": DID + "#key"}}, "bad_value", "/recipient/did"),
    ({"recipient": {"did": "did:example:" + "a" * 2048}}, "bad_value", "/recipient/did"),
    ({"recipient": {"did": "https://a.example"}}, "bad_value", "/recipient/did"),
    ({"recipient": {"did": 7}}, "bad_value", "/recipient/did"),
    ({"recipient": {"identifier": "S123"}}, "wrong_type", "/recipient/identifier"),
    (
        {"recipient": {"identifier": {"type": "email", "value": "a"}}},
        "bad_value",
        "/identifier/type",
    ),
    ({"recipient": {"identifier": {"type": "userName"}}}, "missing_member", "/identifier/value"),
    (
        {"recipient": {"identifier": {"type": "userName", "value": "a", "hashed": "no"}}},
        "wrong_type",
        "/recipient/identifier/hashed",
    ),
    ({"recipient": {"did": DID, "name": " "}}, "bad_value", "/recipient/name"),
    ({"issuer": "did:web:evil.example"}, "unknown_member", "/issuer"),
    ({"validUntil": "2031-03-02T09:00:00Z"}, "unknown_member", "/validUntil"),
    ({"valid_until": "2031-03-02"}, "bad_date", "/valid_until"),
    ({"valid_until": "2026-03-02T08:59:59Z"}, "out_of_range", "/valid_until"),
    ({"activity_end": "2020-01-01T00:00:00Z"}, "out_of_range", "/activity_end"),
    ({"results": {"value": "1"}}, "wrong_type", "/results"),
    ({"results": []}, "wrong_type", "/results"),
    ({"results": [{}]}, "missing_member", "/results/0"),
    ({"results": [{"value": 72}]}, "wrong_type", "/results/0/value"),
    (
        {"results": [{"result_description": EXAM_MARK, "value": "72"}]},
        "unknown_member",
        "/results/0/result_description",
    ),
    ({"results": [{"status": "Done"}]}, "bad_value", "/results/0/status"),
    ({"evidence": [{}]}, "missing_member", "/evidence/0"),
    ({"evidence": [{"id": "my folder"}]}, "bad_url", "/evidence/0/id"),
    ({"credits_earned": -1}, "out_of_range", "/credits_earned"),
    ({"narrative": "x\x1b[2J"}, "bad_string", "/narrative"),
    ({"type": "request"}, "unknown_member", "/type"),
]


@pytest.mark.parametrize(("members", "code", "field"), REFUSED)
def test_a_request_that_is_wrong_is_refused_with_its_field(
    members: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        parse_issue_request(changed(an_issue_body(), members))
    assert refusal.value.field is not None
    assert refusal.value.code == code
    assert refusal.value.field.endswith(field)


def test_a_null_is_refused_rather_than_taken_as_left_out() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        parse_issue_request({**an_issue_body(), "valid_until": None})
    assert refusal.value.field == "/valid_until"


def test_a_period_with_a_bad_date_is_told_once() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        parse_issue_request(an_issue_body(valid_from="now"))
    assert [finding.field for finding in refusal.value.findings] == ["/valid_from"]


def test_the_camel_case_of_the_standard_is_suggested_inside_results() -> None:
    body = an_issue_body(results=[{"result_description": EXAM_MARK, "value": "72"}])
    with pytest.raises(InvalidRequest) as refusal:
        parse_issue_request(body)
    assert "did you mean `resultDescription`?" in refusal.value.detail
