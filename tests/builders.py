"""Plain functions that build the things tests are about, valid by default.

Keyword arguments replace members; None leaves a member out. One story runs through them: the
University of Inverbrae, a made-up Scottish university, awards "Data Ethics in Practice".
"""

from datetime import UTC, datetime
from typing import Any

from app.credentials.build import build_open_badge, build_subject
from app.credentials.issue_request import IssueRequest, parse_issue_request
from app.encoding.strict_json import JsonObject

NOW = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)
ISSUER_DID = "did:web:badges.inverbrae.example:issuers:inverbrae"
ACHIEVEMENT_URL = "https://badges.inverbrae.example/achievements/kX2b9QmT0aLr5VnYc7Wd3g"
CREDENTIAL_URL = "https://badges.inverbrae.example/credentials/p4Zr8sKqH1yUe6TbNw0JmA"
SUBJECT_ID = "urn:uuid:6a4f6a0e-6c3b-4a55-9d0e-0f6c0a1f4b11"
SALT = "Zq3mJ8vXw0tRkP5uLs7YbA"

EXAM_MARK = "urn:uuid:0b8d0f3c-7a35-4b9e-8c57-1f1f5a3d9e01"
CASE_STUDY = "urn:uuid:0b8d0f3c-7a35-4b9e-8c57-1f1f5a3d9e02"
CASE_STUDY_DEVELOPING = "urn:uuid:0b8d0f3c-7a35-4b9e-8c57-1f1f5a3d9e03"
CASE_STUDY_PROFICIENT = "urn:uuid:0b8d0f3c-7a35-4b9e-8c57-1f1f5a3d9e04"
CASE_STUDY_EXCELLENT = "urn:uuid:0b8d0f3c-7a35-4b9e-8c57-1f1f5a3d9e05"
PLACEMENT = "urn:uuid:0b8d0f3c-7a35-4b9e-8c57-1f1f5a3d9e06"
GRADE = "urn:uuid:0b8d0f3c-7a35-4b9e-8c57-1f1f5a3d9e07"


def changed(document: JsonObject, members: JsonObject) -> JsonObject:
    """`document` with `members` replaced; None leaves a member out."""
    merged = {**document, **members}
    return {name: value for name, value in merged.items() if value is not None}


def a_profile(**members: Any) -> JsonObject:
    """An issuer's profile as the API takes it."""
    profile: JsonObject = {
        "name": "University of Inverbrae",
        "url": "https://www.inverbrae.example",
        "description": "A public university in the Highlands of Scotland.",
        "email": "registry@inverbrae.example",
        "phone": "+44 1632 960123",
        "address": {
            "streetAddress": "1 Firth Road",
            "addressLocality": "Inverbrae",
            "postalCode": "IV99 1ZZ",
            "addressCountry": "United Kingdom",
            "addressCountryCode": "GB",
        },
        "otherIdentifier": [
            {"identifier": "10099999", "identifierType": "ext:UKPRN"},
            {"identifier": "INV", "identifierType": "sourcedId"},
        ],
    }
    return changed(profile, members)


def an_achievement_definition(**members: Any) -> JsonObject:
    """An achievement as the API takes it: no id, no creator, no types."""
    definition: JsonObject = {
        "name": "Data Ethics in Practice",
        "description": "Recognises ethical risks in the use of personal data and acts on them.",
        "achievementType": "MicroCredential",
        "criteria": {
            "narrative": (
                "To earn this credential a learner\n\n"
                "1. passes a **written examination** (pass mark 50 %),\n"
                "2. analyses a *case study* on the use of personal data, and\n"
                "3. completes a placement with a partner organisation.\n\n"
                "See the [course page](https://www.inverbrae.example/courses/data-ethics)."
            ),
            "id": "https://www.inverbrae.example/courses/data-ethics#criteria",
        },
        "alignment": [
            {
                "targetName": "SCQF level 9",
                "targetUrl": "https://scqf.example/levels/9",
                "targetFramework": "Scottish Credit and Qualifications Framework",
                "targetCode": "9",
                "targetType": "ext:QualificationLevel",
            },
            {
                "targetName": "process data ethically",
                "targetUrl": "https://skills.example/skill/9f8e2c1a",
                "targetFramework": "European Skills, Competences, Qualifications and Occupations",
                "targetDescription": "Handles personal data lawfully and with care.",
                "targetType": "ceasn:Competency",
            },
            {
                "targetName": "Information ethics",
                "targetUrl": "https://frameworks.example/case/items/ie-3",
                "targetFramework": "National Framework for Digital Skills",
                "targetCode": "IE-3",
                "targetType": "CFItem",
            },
        ],
        "resultDescription": [
            {
                "id": EXAM_MARK,
                "name": "Written examination",
                "resultType": "Percent",
                "valueMin": "0",
                "valueMax": "100",
                "requiredValue": "50",
            },
            {
                "id": CASE_STUDY,
                "name": "Case study",
                "resultType": "RubricCriterionLevel",
                "requiredLevel": CASE_STUDY_PROFICIENT,
                "rubricCriterionLevel": [
                    {
                        "id": CASE_STUDY_DEVELOPING,
                        "name": "Developing",
                        "description": "Names the risks.",
                        "level": "1",
                        "points": "1",
                    },
                    {
                        "id": CASE_STUDY_PROFICIENT,
                        "name": "Proficient",
                        "description": "Names the risks and weighs them against each other.",
                        "level": "2",
                        "points": "2",
                    },
                    {
                        "id": CASE_STUDY_EXCELLENT,
                        "name": "Excellent",
                        "description": "Also proposes measures that stand up to scrutiny.",
                        "level": "3",
                        "points": "3",
                    },
                ],
            },
            {"id": PLACEMENT, "name": "Placement", "resultType": "Status"},
            {
                "id": GRADE,
                "name": "Overall grade",
                "resultType": "LetterGrade",
                "allowedValue": ["A", "B", "C", "D"],
            },
        ],
        "tag": ["ethics", "data protection", "GDPR"],
        "creditsAvailable": 10,
        "fieldOfStudy": "Information science",
        "humanCode": "INV-DE-101",
        "inLanguage": "en-GB",
        "image": {
            "id": "https://badges.inverbrae.example/images/data-ethics.png",
            "type": "Image",
            "caption": "A blue hexagon with a pair of scales",
        },
    }
    return changed(definition, members)


def an_achievement(**members: Any) -> JsonObject:
    """The same achievement as it is published, with its id, types and creator."""
    achievement = an_achievement_definition()
    for name, type_ in (("alignment", "Alignment"), ("resultDescription", "ResultDescription")):
        achievement[name] = [{**item, "type": [type_]} for item in achievement[name]]
    for description in achievement["resultDescription"]:
        for level in description.get("rubricCriterionLevel", []):
            level["type"] = ["RubricCriterionLevel"]
    published = {
        "id": ACHIEVEMENT_URL,
        "type": ["Achievement"],
        **achievement,
        "creator": {
            "id": ISSUER_DID,
            "type": ["Profile"],
            "name": "University of Inverbrae",
        },
    }
    return changed(published, members)


def an_issuer_profile(**members: Any) -> JsonObject:
    """The issuer as it stands in a credential."""
    given = a_profile()
    profile = {
        "id": ISSUER_DID,
        "type": ["Profile"],
        **given,
        "address": {"type": ["Address"], **given["address"]},
        "otherIdentifier": [
            {"type": "IdentifierEntry", **entry} for entry in given["otherIdentifier"]
        ],
    }
    return changed(profile, members)


def a_recipient(**members: Any) -> JsonObject:
    """A recipient as the API takes it."""
    return changed({"email": "ailsa.morrison@students.inverbrae.example"}, members)


def an_issue_body(**members: Any) -> JsonObject:
    """The body of a request to issue, with results of every kind."""
    body: JsonObject = {
        "achievement": ACHIEVEMENT_URL,
        "recipient": a_recipient(name="Ailsa Morrison"),
        "valid_from": "2026-03-02T09:00:00Z",
        "valid_until": "2031-03-02T09:00:00Z",
        "awarded_date": "2026-02-27T16:30:00Z",
        "results": [
            {"resultDescription": EXAM_MARK, "value": "72"},
            {"resultDescription": CASE_STUDY, "achievedLevel": CASE_STUDY_EXCELLENT},
            {"resultDescription": PLACEMENT, "status": "Completed"},
            {"resultDescription": GRADE, "value": "B"},
        ],
        "evidence": [
            {
                "id": "https://portfolio.inverbrae.example/ailsa/case-study",
                "name": "Case study: a shared care record",
                "narrative": "A report of *twelve pages*.",
                "genre": "Report",
            }
        ],
        "narrative": "Ailsa worked with a local health board.",
        "activity_start": "2025-09-15T08:00:00Z",
        "activity_end": "2026-02-20T17:00:00Z",
        "credits_earned": 10,
        "license_number": "INV-2026-00017",
        "role": "Student",
        "term": "2025/26",
    }
    return changed(body, members)


def an_issue_request(**members: Any) -> IssueRequest:
    """The same, parsed."""
    return parse_issue_request(an_issue_body(**members))


def a_status_entry(**members: Any) -> JsonObject:
    """A credential's place in a status list."""
    entry: JsonObject = {
        "id": "https://badges.inverbrae.example/status/Yt5bQ2nVx8LcR0aWk7ZsHg#94567",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": "https://badges.inverbrae.example/status/Yt5bQ2nVx8LcR0aWk7ZsHg",
    }
    return changed(entry, members)


def a_credential(**members: Any) -> JsonObject:
    """An unsecured OpenBadgeCredential with everything in it."""
    request = an_issue_request()
    achievement = an_achievement()
    document = build_open_badge(
        credential_url=CREDENTIAL_URL,
        issuer_profile=an_issuer_profile(),
        achievement=achievement,
        subject=build_subject(request, achievement, subject_id=SUBJECT_ID, salt=SALT),
        valid_from=NOW,
        valid_until=request.valid_until,
        awarded_date=request.awarded_date,
        evidence=request.evidence,
        credential_status=a_status_entry(),
    )
    return changed(document, members)


def a_plain_credential(**members: Any) -> JsonObject:
    """A small VCDM 2.0 credential that is no badge, for the profile `vc`."""
    credential: JsonObject = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/examples/v2",
        ],
        "id": "https://issuer.example/credentials/3732",
        "type": ["VerifiableCredential", "ExampleDegreeCredential"],
        "issuer": ISSUER_DID,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
            "degree": {"type": "ExampleBachelorDegree", "name": "Bachelor of Science"},
        },
    }
    return changed(credential, members)
