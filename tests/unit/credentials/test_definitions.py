from typing import Any

import pytest

from app.credentials.definitions import validate_achievement, validate_profile
from app.errors import InvalidRequest
from tests.builders import (
    CASE_STUDY,
    CASE_STUDY_DEVELOPING,
    EXAM_MARK,
    a_profile,
    an_achievement,
    an_achievement_definition,
    an_issuer_profile,
    changed,
)


def test_a_full_achievement_is_accepted_and_typed_at_every_level() -> None:
    published = an_achievement(id=None, creator=None)
    assert validate_achievement(an_achievement_definition()) == published


def test_a_small_achievement_is_enough() -> None:
    definition = {"name": "A", "description": "B", "criteria": {"narrative": "C"}}
    assert validate_achievement(definition) == {"type": ["Achievement"], **definition}


def test_types_that_are_given_are_kept() -> None:
    definition = an_achievement_definition(type="Achievement")
    definition["alignment"][0]["type"] = ["Alignment", "ext:Level"]
    validated = validate_achievement(definition)
    assert validated["type"] == ["Achievement"]
    assert validated["alignment"][0]["type"] == ["Alignment", "ext:Level"]
    assert validate_achievement(validated) == validated


def test_what_was_given_is_not_changed() -> None:
    definition = an_achievement_definition()
    validate_achievement(definition)
    assert definition == an_achievement_definition()


def test_a_full_profile_is_accepted_and_typed() -> None:
    assert validate_profile(a_profile()) == an_issuer_profile(id=None)


def test_an_organisation_above_the_issuer_is_a_profile_with_an_id() -> None:
    parent = {"id": "https://parent.example", "name": "Parent"}
    validated = validate_profile(a_profile(parentOrg=parent))
    assert validated["parentOrg"] == {
        "id": "https://parent.example",
        "type": ["Profile"],
        "name": "Parent",
    }


REFUSED_ACHIEVEMENTS: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("no name", {"name": None}, "missing_member", "/name", "`name` is missing."),
    ("blank name", {"name": " "}, "bad_value", "/name", "is blank"),
    ("name no text", {"name": ["A"]}, "wrong_type", "/name", "one value, not a list"),
    ("no criteria", {"criteria": None}, "missing_member", "/criteria", "is missing"),
    (
        "empty criteria",
        {"criteria": {}},
        "missing_member",
        "/criteria",
        "`criteria` needs a `narrative` or an `id`.",
    ),
    (
        "criteria with a type",
        {"criteria": {"type": "Criteria", "narrative": "A"}},
        "unknown_member",
        "/criteria/type",
        "is not a member of Criteria",
    ),
    (
        "typo",
        {"descripton": "A"},
        "unknown_member",
        "/descripton",
        "(did you mean `description`?)",
    ),
    ("id", {"id": "https://a.example"}, "unknown_member", "/id", "is given by the service"),
    ("creator", {"creator": {}}, "unknown_member", "/creator", "is given by the service"),
    ("other type", {"type": ["Badge"]}, "bad_value", "/type", "must include Achievement"),
    ("type no text", {"type": [7]}, "wrong_type", "/type", "must be a list of texts"),
    (
        "unknown kind of achievement",
        {"achievementType": "Bagde"},
        "bad_value",
        "/achievementType",
        "did you mean `Badge`?",
    ),
    (
        "image as its address",
        {"image": "https://a.example/a.png"},
        "wrong_type",
        "/image",
        '{"id": "https://…", "type": "Image"}',
    ),
    (
        "image of another type",
        {"image": {"id": "https://a.example/a.png", "type": ["Image"]}},
        "bad_value",
        "/image/type",
        "must be the text `Image`",
    ),
    (
        "image that is a script",
        {"image": {"id": "javascript:alert(1)"}},
        "bad_url",
        "/image/id",
        "must be a web address",
    ),
    ("tag not a list", {"tag": "ethics"}, "wrong_type", "/tag", "a list, even for one value"),
    ("no tags", {"tag": []}, "wrong_type", "/tag", "must not be an empty list"),
    ("tag no text", {"tag": ["a", 7]}, "wrong_type", "/tag/1", "`tag/1` must be a text"),
    ("null", {"version": None, "humanCode": "x\x00"}, "bad_string", "/humanCode", "control"),
    ("credit text", {"creditsAvailable": "10"}, "wrong_type", "/creditsAvailable", "a number"),
    ("credit below nought", {"creditsAvailable": -1}, "out_of_range", "/creditsAvailable", "not"),
    (
        "alignment without address",
        {"alignment": [{"targetName": "A"}]},
        "missing_member",
        "/alignment/0/targetUrl",
        "is missing",
    ),
    (
        "alignment that leads nowhere",
        {"alignment": [{"targetName": "A", "targetUrl": "level 9"}]},
        "bad_url",
        "/alignment/0/targetUrl",
        "absolute",
    ),
    ("alignment no object", {"alignment": ["A"]}, "wrong_type", "/alignment/0", "an object"),
    (
        "result description without id",
        {"resultDescription": [{"name": "A", "resultType": "Percent"}]},
        "missing_member",
        "/resultDescription/0/id",
        "is missing",
    ),
]


@pytest.mark.parametrize(
    ("members", "code", "field", "words"),
    [case[1:] for case in REFUSED_ACHIEVEMENTS],
    ids=[case[0] for case in REFUSED_ACHIEVEMENTS],
)
def test_an_achievement_that_is_wrong_is_refused_with_what_to_mend(
    members: dict[str, Any], code: str, field: str, words: str
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        validate_achievement(an_achievement_definition(**members))
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert words in refusal.value.detail


def _result(**members: Any) -> dict[str, Any]:
    given = {"id": EXAM_MARK, "name": "A", "resultType": "Percent"}
    return {"resultDescription": [changed(given, members)]}


REFUSED_RESULTS: list[tuple[str, dict[str, Any], str, str]] = [
    ("minimum no number", _result(valueMin="low"), "valueMin", "must be a number"),
    ("maximum below minimum", _result(valueMin="9", valueMax="8"), "valueMax", "is below"),
    (
        "required beyond maximum",
        _result(valueMax="100", requiredValue="101"),
        "requiredValue",
        "is above the greatest value, 100",
    ),
    (
        "required is not allowed",
        _result(allowedValue=["A", "B"], requiredValue="C"),
        "requiredValue",
        "must be one of A, B",
    ),
    (
        "required level of another",
        _result(requiredLevel="urn:other:level"),
        "requiredLevel",
        "must be the id of one of the rubric levels",
    ),
]


@pytest.mark.parametrize(
    ("members", "name", "words"),
    [case[1:] for case in REFUSED_RESULTS],
    ids=[case[0] for case in REFUSED_RESULTS],
)
def test_a_result_description_must_not_contradict_itself(
    members: dict[str, Any], name: str, words: str
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        validate_achievement(an_achievement_definition(**members))
    assert refusal.value.field == f"/resultDescription/0/{name}"
    assert words in refusal.value.detail


def test_a_level_and_a_result_description_cannot_share_an_id() -> None:
    definition = an_achievement_definition()
    definition["resultDescription"][1]["rubricCriterionLevel"][0]["id"] = EXAM_MARK
    with pytest.raises(InvalidRequest) as refusal:
        validate_achievement(definition)
    assert refusal.value.field == "/resultDescription/1/rubricCriterionLevel/0/id"
    assert "stands twice" in refusal.value.detail


def test_ids_that_are_no_texts_are_the_tables_finding() -> None:
    definition = an_achievement_definition()
    definition["resultDescription"][0]["id"] = 7
    with pytest.raises(InvalidRequest) as refusal:
        validate_achievement(definition)
    assert (refusal.value.code, refusal.value.field) == ("wrong_type", "/resultDescription/0/id")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    definition = an_achievement_definition(name=None, tag="a", humanCode=7, version=[])
    with pytest.raises(InvalidRequest) as refusal:
        validate_achievement(definition)
    fields = [finding.field for finding in refusal.value.findings]
    assert fields == ["/name", "/humanCode", "/tag", "/version"]
    assert refusal.value.detail.endswith("And 1 more.")


def test_no_answer_lists_more_than_twenty_findings() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        validate_achievement(an_achievement_definition(tag=[7] * 50))
    assert len(refusal.value.findings) == 20


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"name": None}, "/name"),
        ({"id": "did:web:a.example"}, "/id"),
        ({"email": "registry"}, "/email"),
        ({"url": "inverbrae.example"}, "/url"),
        ({"dateOfBirth": "yesterday"}, "/dateOfBirth"),
        ({"address": {"addressCountryCode": "UK2"}}, "/address/addressCountryCode"),
        ({"address": {"geo": {"latitude": 57.4}}}, "/address/geo/longitude"),
        ({"otherIdentifier": [{"identifier": "1"}]}, "/otherIdentifier/0/identifierType"),
        ({"parentOrg": {"name": "Parent"}}, "/parentOrg/id"),
        ({"logo~/x": "a"}, "/logo~0~1x"),
    ],
)
def test_a_profile_that_is_wrong_is_refused(members: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        validate_profile(a_profile(**members))
    assert refusal.value.field == field


def _endorsement(**members: Any) -> dict[str, Any]:
    endorsement = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:5b3b1a3e-1d5e-4a5a-8a53-0d5a1f6c7e11",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsed",
        "issuer": "did:web:sector.example",
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "https://badges.inverbrae.example/achievements/x",
            "type": ["EndorsementSubject"],
            "endorsementComment": "Fits the sector's needs.",
        },
        "ours": "a member that another context may define",
        "proof": {"type": "DataIntegrityProof"},
    }
    return changed(endorsement, members)


def test_an_endorsement_is_signed_and_taken_as_it_stands() -> None:
    definition = an_achievement_definition(endorsement=[_endorsement()])
    assert validate_achievement(definition)["endorsement"] == [_endorsement()]


def test_an_endorsement_that_does_not_conform_is_refused() -> None:
    definition = an_achievement_definition(endorsement=[_endorsement(name=None)])
    with pytest.raises(InvalidRequest) as refusal:
        validate_achievement(definition)
    assert refusal.value.field == "/endorsement/0/name"


def test_levels_may_be_required_by_their_id() -> None:
    definition = an_achievement_definition()
    definition["resultDescription"][1]["requiredLevel"] = CASE_STUDY_DEVELOPING
    validated = validate_achievement(definition)
    assert validated["resultDescription"][1]["id"] == CASE_STUDY
