"""What a learner received, held against what the achievement offers."""

from typing import Any

import pytest

from app.credentials.build import build_subject
from app.credentials.issue_request import parse_issue_request
from app.encoding.strict_json import JsonObject
from app.errors import InvalidRequest
from tests.builders import ACHIEVEMENT_URL, SALT, SUBJECT_ID, an_achievement
from tests.microcredentials import EXAMPLES, Example, a_definition, a_microcredential, a_request

MODULE = EXAMPLES["PG Cert module"]
BARE = an_achievement(creditsAvailable=None)
SCQF = {"scheme": "SCQF", "value": 20}


def subject(request: JsonObject, achievement: JsonObject) -> JsonObject:
    parsed = parse_issue_request(request)
    return build_subject(parsed, achievement, subject_id=SUBJECT_ID, salt=SALT)


def test_everything_that_was_received_is_written() -> None:
    written = subject(MODULE.request, MODULE.achievement())
    assert written["type"] == ["AchievementSubject", "MicroCredentialSubject"]
    assert written["creditsEarned"] == 20
    assert written["recognitionBasis"] == "taught"
    assert written["awardedBy"]["awardingDate"] == "2026-02-27T16:30:00Z"
    assert [each["name"] for each in written["awardedBy"]["awardingBody"]] == [
        "University of Inverbrae",
        "Firth College",
    ]
    assert written["directedBy"] == [
        {"id": "https://platform.example", "type": ["Profile"], "name": "Course Platform"}
    ]
    taken = "http://data.europa.eu/snb/supervision-verification/70be69aaf9"
    assert written["assessmentTaken"] == [
        {
            "type": "LearningAssessment",
            "idVerification": taken,
            "specifiedBy": f"{ACHIEVEMENT_URL}#assessment-{number}",
        }
        for number in (1, 2)
    ]
    assert written["result"] == [
        {"type": ["Result"], "value": "16.5", "resultDescription": f"{ACHIEVEMENT_URL}#grade"}
    ]


def test_a_plain_request_has_nothing_of_ours() -> None:
    written = subject(a_request(recognition_basis=None), MODULE.achievement())
    assert written["type"] == ["AchievementSubject"]
    assert "creditReceived" not in written


def test_an_achievement_of_the_old_kind_can_be_supervised_too() -> None:
    written = subject(a_request(supervision="unsupervised"), BARE)
    assert len(written["assessmentTaken"]) == 1
    assert "specifiedBy" not in written["assessmentTaken"][0]


def test_bodies_without_a_date_of_award() -> None:
    request = a_request(awarded_date=None, awarding_bodies=[{"name": "A"}])
    assert "awardingDate" not in subject(request, BARE)["awardedBy"]


def test_a_bare_number_stays_bare_where_no_scheme_is_offered() -> None:
    written = subject(a_request(credits_earned=5), an_achievement())
    assert written["creditsEarned"] == 5
    assert "creditReceived" not in written


def test_no_credit_earned_is_no_credit_received() -> None:
    assert "creditReceived" not in subject(a_request(credits_earned=0), MODULE.achievement())


def test_a_grade_without_a_description_stands_by_itself() -> None:
    two = Example(
        a_definition(
            a_microcredential(),
            resultDescription=[
                {"id": f"{ACHIEVEMENT_URL}#{name}", "name": name, "resultType": "Result"}
                for name in ("a", "b")
            ],
        ),
        {},
        "GB",
    ).achievement()
    assert subject(a_request(grade="A"), two)["result"] == [{"type": ["Result"], "value": "A"}]
    assert subject(a_request(grade="A"), BARE | {"resultDescription": []})["result"] == [
        {"type": ["Result"], "value": "A"}
    ]


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("more than offered", {"credit_received": {**SCQF, "value": 30}}, "contradiction", "received"),
    (
        "another scheme",
        {"credit_received": {"scheme": "NZ", "value": 1}},
        "contradiction",
        "received",
    ),
    (
        "two numbers",
        {"credit_received": SCQF, "credits_earned": 10},
        "contradiction",
        "credits_earned",
    ),
    ("too much earned", {"credits_earned": 30}, "contradiction", "credits_earned"),
    ("unknown basis", {"recognition_basis": "osmosis"}, "unknown_term", "recognition_basis"),
    ("unknown supervision", {"supervision": "lax"}, "unknown_term", "supervision"),
    ("unknown scheme", {"credit_received": {"scheme": "X", "value": 1}}, "unknown_term", "scheme"),
    ("nameless body", {"awarding_bodies": [{"id": "https://a.example"}]}, "missing_member", "name"),
    (
        "a grade that is out of range",
        {"grade": "21"},
        "out_of_range",
        "/grade",
    ),
    (
        "the grade twice",
        {
            "grade": "15",
            "results": [{"resultDescription": f"{ACHIEVEMENT_URL}#grade", "value": "15"}],
        },
        "contradiction",
        "/grade",
    ),
]


@pytest.mark.parametrize(
    ("members", "code", "place"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_contradicts_the_achievement_is_refused(
    members: dict[str, Any], code: str, place: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        subject(a_request(**members), MODULE.achievement())
    assert caught.value.code == code
    assert caught.value.field is not None
    assert caught.value.field.endswith(place)


def test_credit_cannot_be_received_where_none_is_offered() -> None:
    with pytest.raises(InvalidRequest, match="offers no credit"):
        subject(a_request(credit_received=SCQF), BARE)
