import pytest

from app.credentials.build import (
    EXTENSIONS_CONTEXT,
    OB_CONTEXT,
    build_open_badge,
    build_subject,
)
from app.credentials.identity import recipient_matches
from app.credentials.openbadges import check_open_badge
from app.errors import InvalidRequest
from tests.builders import (
    CASE_STUDY,
    CREDENTIAL_URL,
    EXAM_MARK,
    NOW,
    SALT,
    SUBJECT_ID,
    a_credential,
    a_status_entry,
    an_achievement,
    an_issue_request,
    an_issuer_profile,
)

V2 = "https://www.w3.org/ns/credentials/v2"
DID = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"


def test_a_badge_with_everything_conforms() -> None:
    badge = a_credential()
    check_open_badge(badge)
    assert badge["@context"] == [V2, OB_CONTEXT]
    assert badge["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert badge["id"] == CREDENTIAL_URL
    assert badge["name"] == "Data Ethics in Practice"
    assert badge["issuer"] == an_issuer_profile()
    assert badge["validFrom"] == "2026-03-02T09:00:00Z"
    assert badge["validUntil"] == "2031-03-02T09:00:00Z"
    assert badge["awardedDate"] == "2026-02-27T16:30:00Z"
    assert badge["credentialSubject"]["achievement"] == an_achievement()
    assert len(badge["credentialSubject"]["result"]) == 4
    assert badge["credentialStatus"] == a_status_entry()


def test_what_is_not_known_is_left_out() -> None:
    subject = {"id": DID, "type": ["AchievementSubject"]}
    badge = build_open_badge(
        credential_url=CREDENTIAL_URL,
        issuer_profile=an_issuer_profile(),
        achievement=an_achievement(),
        subject=subject,
        valid_from=NOW,
        credential_status=a_status_entry(),
    )
    check_open_badge(badge)
    assert badge.keys() == {
        "@context",
        "id",
        "type",
        "name",
        "issuer",
        "validFrom",
        "credentialSubject",
        "credentialStatus",
    }
    assert "achievement" not in subject


def test_a_name_description_and_image_of_its_own() -> None:
    image = {"id": "https://a.example/a.png", "type": "Image"}
    badge = build_open_badge(
        credential_url=CREDENTIAL_URL,
        issuer_profile=an_issuer_profile(),
        achievement=an_achievement(),
        subject={"id": DID, "type": ["AchievementSubject"]},
        valid_from=NOW,
        credential_status=a_status_entry(),
        name="A",
        description="B",
        image=image,
    )
    check_open_badge(badge)
    assert (badge["name"], badge["description"], badge["image"]) == ("A", "B", image)


def test_the_extensions_context_comes_third_when_its_terms_are_used() -> None:
    schema = {"id": "https://a.example/s.json", "type": "1EdTechJsonSchemaValidator2019"}
    odd = {"type": [{}, ["x"]]}  # signed by somebody else; building must bear it
    achievement = an_achievement(endorsement=[{"credentialSchema": [odd, schema]}])
    badge = build_open_badge(
        credential_url=CREDENTIAL_URL,
        issuer_profile=an_issuer_profile(),
        achievement=achievement,
        subject={"id": DID, "type": ["AchievementSubject"]},
        valid_from=NOW,
        credential_status=a_status_entry(),
    )
    assert badge["@context"] == [V2, OB_CONTEXT, EXTENSIONS_CONTEXT]


def test_a_recipient_by_email_is_hashed_and_given_an_id() -> None:
    subject = build_subject(an_issue_request(), an_achievement(), subject_id=SUBJECT_ID, salt=SALT)
    assert subject["id"] == SUBJECT_ID
    assert recipient_matches(subject, "emailAddress", "ailsa.morrison@students.inverbrae.example")
    assert "ailsa.morrison" not in str(subject)
    assert subject["identifier"][1] == {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": "Ailsa Morrison",
        "identityType": "name",
    }
    assert subject["activityStartDate"] == "2025-09-15T08:00:00Z"
    assert subject["activityEndDate"] == "2026-02-20T17:00:00Z"
    assert (subject["creditsEarned"], subject["licenseNumber"]) == (10, "INV-2026-00017")
    assert (subject["role"], subject["term"]) == ("Student", "2025/26")


def test_a_recipient_by_did_is_that_did() -> None:
    request = an_issue_request(recipient={"did": DID}, results=None, activity_start=None)
    subject = build_subject(request, an_achievement(), subject_id=SUBJECT_ID, salt=SALT)
    assert subject["id"] == DID
    assert "identifier" not in subject
    assert "result" not in subject


def test_an_identifier_in_the_clear_stays_so() -> None:
    recipient = {"identifier": {"type": "userName", "value": "S123", "hashed": False}}
    request = an_issue_request(recipient=recipient)
    subject = build_subject(request, an_achievement(), subject_id=SUBJECT_ID, salt=SALT)
    assert [each["identityHash"] for each in subject["identifier"]] == ["S123"]


@pytest.mark.parametrize(
    ("result", "code", "field"),
    [
        ({"resultDescription": EXAM_MARK, "value": "101"}, "out_of_range", "/results/1/value"),
        ({"resultDescription": "urn:a:b", "value": "1"}, "bad_value", "/results/1/resultDescri"),
        ({"resultDescription": CASE_STUDY, "achievedLevel": EXAM_MARK}, "bad_value", "/results/1/"),
    ],
)
def test_a_result_that_contradicts_the_achievement_names_its_field_in_the_request(
    result: dict[str, str], code: str, field: str
) -> None:
    fine = {"resultDescription": EXAM_MARK, "value": "72"}
    request = an_issue_request(results=[fine, result])
    with pytest.raises(InvalidRequest) as refusal:
        build_subject(request, an_achievement(), subject_id=SUBJECT_ID, salt=SALT)
    assert refusal.value.field is not None
    assert refusal.value.code == code
    assert refusal.value.field.startswith(field)


def test_results_of_an_achievement_that_describes_none_are_refused_only_when_they_name_one() -> (
    None
):
    achievement = an_achievement(resultDescription=None)
    request = an_issue_request(results=[{"value": "A"}])
    subject = build_subject(request, achievement, subject_id=SUBJECT_ID, salt=SALT)
    assert subject["result"] == [{"type": ["Result"], "value": "A"}]
    with pytest.raises(InvalidRequest):
        build_subject(an_issue_request(), achievement, subject_id=SUBJECT_ID, salt=SALT)
