from typing import Any

import pytest

from app.credentials.openbadges import check_open_badge
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed
from tests.builders import (
    ACHIEVEMENT_URL,
    CASE_STUDY,
    CASE_STUDY_EXCELLENT,
    EXAM_MARK,
    GRADE,
    ISSUER_DID,
    PLACEMENT,
    a_credential,
    a_plain_credential,
    a_status_entry,
    an_achievement,
    an_issuer_profile,
    changed,
)

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


def _subject(**members: Any) -> JsonObject:
    return {"credentialSubject": changed(a_credential()["credentialSubject"], members)}


def _achievement(**members: Any) -> JsonObject:
    return _subject(achievement=an_achievement(**members))


def _result(**members: Any) -> JsonObject:
    return _subject(result=[{"type": ["Result"], **members}])


def _version_1_1(**members: Any) -> JsonObject:
    badge = a_credential(
        **{
            "@context": [V1, "https://purl.imsglobal.org/spec/ob/v3p0/context.json"],
            "validFrom": None,
            "validUntil": None,
            "issuanceDate": "2026-03-02T09:00:00Z",
        }
    )
    return changed(badge, members)


def _endorsement(**members: Any) -> JsonObject:
    endorsement: JsonObject = {
        "@context": [V2, OB],
        "id": "urn:uuid:5b3b1a3e-1d5e-4a5a-8a53-0d5a1f6c7e11",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsed by the sector",
        "issuer": {"id": "did:web:sector.example", "type": ["Profile"], "name": "Sector"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": ACHIEVEMENT_URL,
            "type": ["EndorsementSubject"],
            "endorsementComment": "Fits the sector's needs.",
        },
    }
    return changed(endorsement, members)


ACCEPTED: list[tuple[str, JsonObject]] = [
    ("what we issue", a_credential()),
    ("AchievementCredential", a_credential(type=["VerifiableCredential", "AchievementCredential"])),
    ("an older context", a_credential(**{"@context": [V2, OB.replace("3.0.3", "3.0.1")]})),
    ("more contexts", a_credential(**{"@context": [V2, OB, "https://a.example/c", {}]})),
    ("an issuer by its URI", a_credential(issuer=ISSUER_DID)),
    ("an unknown member", a_credential(ours="a member of an extension")),
    ("one proof", a_credential(proof={"type": "DataIntegrityProof", "cryptosuite": "x"})),
    ("proofs", a_credential(proof=[{"type": "T", "proofPurpose": "assertionMethod"}])),
    ("terms of use", a_credential(termsOfUse={"type": "T"})),
    (
        "a schema",
        a_credential(
            credentialSchema={"id": "https://a.example/s", "type": "1EdTechJsonSchemaValidator2019"}
        ),
    ),
    ("a status without id", a_credential(credentialStatus=a_status_entry(id=None))),
    ("a recipient by identifier only", a_credential(**_subject(id=None))),
    ("a recipient by id only", a_credential(**_subject(identifier=None))),
    ("a type as a text", a_credential(**_achievement(type="Achievement"))),
    ("criteria elsewhere", a_credential(**_achievement(criteria={"id": "https://a.example"}))),
    ("no results", a_credential(**_subject(result=None))),
    ("a result of nothing", a_credential(**_result(value="72"))),
    ("a level of any result", a_credential(**_result(achievedLevel=CASE_STUDY_EXCELLENT))),
    ("a percentage", a_credential(**_result(resultDescription=EXAM_MARK, value="72.5%"))),
    ("the most", a_credential(**_result(resultDescription=EXAM_MARK, value="100"))),
    ("an endorsement", a_credential(endorsement=[_endorsement()], endorsementJwt=["a.b.c"])),
    ("an EndorsementCredential", _endorsement()),
    ("over VCDM 1.1", _version_1_1()),
    ("over VCDM 1.1, expiring", _version_1_1(expirationDate="2030-01-01T00:00:00Z")),
]


@pytest.mark.parametrize("badge", [case[1] for case in ACCEPTED], ids=[c[0] for c in ACCEPTED])
def test_a_conforming_badge_passes(badge: JsonObject) -> None:
    check_open_badge(badge)


IN_SUBJECT = "/credentialSubject"
IN_ACHIEVEMENT = "/credentialSubject/achievement"

REFUSED: list[tuple[str, JsonObject, str, str]] = [
    ("no badge", a_plain_credential(), "context_not_allowed", "/@context"),
    ("context order", a_credential(**{"@context": [OB, V2]}), "context_not_allowed", "/@context"),
    ("no OB context", a_credential(**{"@context": [V2]}), "context_not_allowed", "/@context"),
    (
        "OB context inline",
        a_credential(**{"@context": [V2, {"a": "urn:a:b"}]}),
        "context_not_allowed",
        "/@context",
    ),
    (
        "a context that only looks like OB's",
        a_credential(**{"@context": [V2, OB + "?x"]}),
        "context_not_allowed",
        "/@context",
    ),
    ("no id", a_credential(id=None), "missing_member", "/id"),
    ("a single type", a_credential(type="VerifiableCredential"), "bad_value", "/type"),
    ("no badge type", a_credential(type=["VerifiableCredential"]), "bad_value", "/type"),
    ("no issuer", a_credential(issuer=None), "missing_member", "/issuer"),
    (
        "an issuer without type",
        a_credential(issuer=an_issuer_profile(type=None)),
        "missing_member",
        "/issuer/type",
    ),
    ("an issuer's address", a_credential(issuer="inverbrae"), "invalid_id", "/issuer"),
    ("no validFrom", a_credential(validFrom=None), "missing_member", "/validFrom"),
    ("a name in languages", a_credential(name={"@value": "A"}), "wrong_type", "/name"),
    ("image as a URL", a_credential(image="https://a.example/a.png"), "wrong_type", "/image"),
    (
        "an image with more members",
        a_credential(image={"id": "urn:a:b", "type": "Image", "alt": "A"}),
        "unknown_member",
        "/image/alt",
    ),
    ("awarded one day", a_credential(awardedDate="2026-02-27"), "bad_date", "/awardedDate"),
    ("a null", {**a_credential(), "description": None}, "wrong_type", "/description"),
    ("no evidence", a_credential(evidence=[]), "wrong_type", "/evidence"),
    ("evidence not in a list", a_credential(evidence={}), "missing_member", "/evidence/type"),
    (
        "two statuses",
        a_credential(credentialStatus=[a_status_entry(), a_status_entry()]),
        "wrong_type",
        "/credentialStatus",
    ),
    (
        "a status of several types",
        a_credential(credentialStatus=a_status_entry(type=["A", "B"])),
        "wrong_type",
        "/credentialStatus/type",
    ),
    (
        "two subjects",
        a_credential(credentialSubject=[{"id": "urn:a:b"}, {"id": "urn:a:c"}]),
        "wrong_type",
        IN_SUBJECT,
    ),
    (
        "a subject of no type",
        a_credential(**_subject(type=None)),
        "missing_member",
        IN_SUBJECT + "/type",
    ),
    (
        "a subject of another type",
        a_credential(**_subject(type=["Person"])),
        "bad_value",
        IN_SUBJECT + "/type",
    ),
    ("nobody", a_credential(**_subject(id=None, identifier=None)), "missing_member", IN_SUBJECT),
    (
        "identifier not in a list",
        a_credential(**_subject(identifier={"type": "IdentityObject"})),
        "wrong_type",
        IN_SUBJECT + "/identifier",
    ),
    (
        "no achievement",
        a_credential(**_subject(achievement=None)),
        "missing_member",
        IN_ACHIEVEMENT,
    ),
    (
        "an achievement by its URL",
        a_credential(**_subject(achievement=ACHIEVEMENT_URL)),
        "wrong_type",
        IN_ACHIEVEMENT,
    ),
    (
        "a bad id",
        a_credential(**_subject(id="did:example:ali ce")),
        "invalid_id",
        IN_SUBJECT + "/id",
    ),
    (
        "criteria that say nothing",
        a_credential(**_achievement(criteria={})),
        "missing_member",
        IN_ACHIEVEMENT + "/criteria",
    ),
    (
        "results not in a list",
        a_credential(**_subject(result={"type": ["Result"]})),
        "wrong_type",
        IN_SUBJECT + "/result",
    ),
    (
        "a result of another achievement",
        a_credential(**_result(resultDescription="urn:other:result", value="72")),
        "bad_value",
        IN_SUBJECT + "/result/0/resultDescription",
    ),
    (
        "a level of another result",
        a_credential(**_result(resultDescription=EXAM_MARK, achievedLevel=CASE_STUDY_EXCELLENT)),
        "bad_value",
        IN_SUBJECT + "/result/0/achievedLevel",
    ),
    (
        "a level of another achievement",
        a_credential(**_result(achievedLevel="urn:other:level")),
        "bad_value",
        IN_SUBJECT + "/result/0/achievedLevel",
    ),
    (
        "a status that is not told",
        a_credential(**_result(resultDescription=PLACEMENT)),
        "missing_member",
        IN_SUBJECT + "/result/0/status",
    ),
    (
        "a status of no such kind",
        a_credential(**_result(resultDescription=PLACEMENT, status="Done")),
        "bad_value",
        IN_SUBJECT + "/result/0/status",
    ),
    (
        "a value beyond the most",
        a_credential(**_result(resultDescription=EXAM_MARK, value="100.01")),
        "out_of_range",
        IN_SUBJECT + "/result/0/value",
    ),
    (
        "a value below the least",
        a_credential(**_result(resultDescription=EXAM_MARK, value="-1")),
        "out_of_range",
        IN_SUBJECT + "/result/0/value",
    ),
    (
        "a value in words",
        a_credential(**_result(resultDescription=EXAM_MARK, value="very good")),
        "bad_value",
        IN_SUBJECT + "/result/0/value",
    ),
    (
        "a value that is a number",
        a_credential(**_result(resultDescription=CASE_STUDY, value=72)),
        "wrong_type",
        IN_SUBJECT + "/result/0/value",
    ),
    (
        "a grade that is not given",
        a_credential(**_result(resultDescription=GRADE, value="E")),
        "bad_value",
        IN_SUBJECT + "/result/0/value",
    ),
    (
        "a proof for something else",
        a_credential(proof={"type": "T", "proofPurpose": "authentication"}),
        "bad_value",
        "/proof/proofPurpose",
    ),
    (
        "an endorsement that does not conform",
        a_credential(endorsement=[_endorsement(credentialSubject={})]),
        "missing_member",
        "/endorsement/0/credentialSubject/type",
    ),
    ("an endorsement without name", _endorsement(name=None), "missing_member", "/name"),
    (
        "an endorsement of nothing",
        _endorsement(credentialSubject={"type": ["EndorsementSubject"]}),
        "missing_member",
        "/credentialSubject/id",
    ),
    ("1.1 with the dates of 2.0", _version_1_1(issuanceDate=None), "missing_member", "/issuance"),
    ("1.1 without a name", _version_1_1(name=None), "missing_member", "/name"),
    ("1.1 with a bare issuer", _version_1_1(issuer=ISSUER_DID), "wrong_type", "/issuer"),
]


@pytest.mark.parametrize(
    ("badge", "code", "field"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_badge_that_does_not_conform_is_refused(badge: JsonObject, code: str, field: str) -> None:
    with pytest.raises(CheckFailed) as failure:
        check_open_badge(badge)
    assert failure.value.field is not None
    assert (failure.value.code, failure.value.field[: len(field)]) == (code, field)


def test_every_result_is_looked_at() -> None:
    """A check in a loop that looks at the first one only is an old mistake (security.md 1.1)."""
    results = [
        {"type": ["Result"], "resultDescription": EXAM_MARK, "value": "72"},
        "no result at all",
        {"type": ["Result"], "resultDescription": EXAM_MARK, "value": "172"},
        {"type": ["Result"], "resultDescription": GRADE, "value": "Z"},
    ]
    with pytest.raises(CheckFailed) as failure:
        check_open_badge(a_credential(**_subject(result=results)))
    assert [finding.field for finding in failure.value.findings] == [
        "/credentialSubject/result/1",
        "/credentialSubject/result/2/value",
        "/credentialSubject/result/3/value",
    ]


def _numbered(**members: Any) -> JsonObject:
    """A badge with one raw score of 72 and a description with the given bounds."""
    description = {
        "id": EXAM_MARK,
        "type": ["ResultDescription"],
        "name": "Score",
        "resultType": "RawScore",
        **members,
    }
    result = {"type": ["Result"], "resultDescription": EXAM_MARK, "value": "72"}
    achievement = an_achievement(resultDescription=[description])
    return a_credential(**_subject(achievement=achievement, result=[result]))


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"valueMin": "0"},
        {"valueMax": "72"},
        {"valueMin": "nought"},
        {"resultType": "LetterGrade", "valueMin": "100"},
    ],
)
def test_a_value_within_whatever_bounds_there_are_passes(members: JsonObject) -> None:
    check_open_badge(_numbered(**members))


@pytest.mark.parametrize("members", [{"valueMin": "73"}, {"valueMax": "71.9"}])
def test_one_bound_is_enough_to_be_out_of_range(members: JsonObject) -> None:
    with pytest.raises(CheckFailed) as failure:
        check_open_badge(_numbered(**members))
    assert failure.value.code == "out_of_range"


@pytest.mark.parametrize("result_type", [[], {}, ["RawScore"], 7])
def test_a_result_type_that_is_no_text_is_refused(result_type: Any) -> None:
    with pytest.raises(CheckFailed) as failure:
        check_open_badge(_numbered(resultType=result_type, valueMin="0"))
    assert failure.value.field is not None
    assert failure.value.field.endswith("/resultType")
