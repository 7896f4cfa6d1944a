"""A micro-credential becomes native members and members of our context, and both can be signed."""

import json
from fractions import Fraction
from typing import Any

import pytest

from app.credentials.build import build_open_badge
from app.credentials.definitions import validate_achievement
from app.credentials.microcredential_document import (
    microcredential_warnings,
    publish_microcredential,
)
from app.credentials.microcredential_terms import (
    CANONICAL_CONTEXT,
    hours_as_duration,
    is_our_context,
)
from app.encoding.strict_json import JsonObject
from app.errors import CheckFailed, InvalidRequest
from app.proofs.checked import check_document
from app.proofs.profiles import OPEN_BADGE, VC
from app.verification.result import Verdict
from app.verification.verify import verify_credential
from tests.builders import ACHIEVEMENT_URL, CREDENTIAL_URL, NOW, a_credential, a_status_entry
from tests.microcredentials import EXAMPLES, PIN, a_definition, a_microcredential
from tests.world import CONTEXTS, a_web_party, a_world, secured


def published(microcredential: JsonObject, **members: Any) -> JsonObject:
    definition = a_definition(microcredential, **members)
    return publish_microcredential(validate_achievement(definition), ACHIEVEMENT_URL)


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("profile", [OPEN_BADGE, VC], ids=lambda profile: profile.name)
def test_every_example_loses_nothing_in_safe_mode(name: str, profile: Any) -> None:
    for pin in (PIN, None):
        check_document(EXAMPLES[name].credential(pin), profile=profile, contexts=CONTEXTS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_verified_once_signed(name: str) -> None:
    party = a_web_party()
    document = secured(EXAMPLES[name].credential(), party.signer)
    result = verify_credential(document, world=a_world(party), profile=OPEN_BADGE)
    assert result.verdict is Verdict.VERIFIED


def test_a_context_at_another_address_needs_its_pin() -> None:
    document = EXAMPLES["PG Cert module"].credential()
    del document["relatedResource"]
    with pytest.raises(CheckFailed, match="context_not_allowed"):
        check_document(document, profile=OPEN_BADGE, contexts=CONTEXTS)


def test_the_context_comes_last_and_only_where_its_terms_are_used() -> None:
    with_terms = EXAMPLES["PG Cert module"].credential()
    assert with_terms["@context"][2:] == [PIN.url]
    assert with_terms["relatedResource"] == [{"id": PIN.url, "digestSRI": PIN.digest_sri}]
    assert "relatedResource" not in a_credential()
    assert len(a_credential()["@context"]) == 2
    named = EXAMPLES["PG Cert module"].credential(None)
    assert named["@context"][2:] == [CANONICAL_CONTEXT]
    assert "relatedResource" not in named


def test_native_slots_say_what_they_can() -> None:
    achievement = published(a_microcredential())
    assert achievement["type"] == ["Achievement", "MicroCredentialAchievement"]
    assert achievement["creditsAvailable"] == 20
    assert achievement["fieldOfStudy"] == "Database and network design and administration"
    kinds = [(each["targetType"], each.get("targetCode")) for each in achievement["alignment"]]
    assert kinds == [
        ("ext:NQF", "11"),
        ("ext:EQF", "7"),
        ("ext:ISCEDF", "0612"),
        ("ext:ESCOSkill", None),
        ("ext:ESCOOccupation", None),
        ("ext:QualityAssurance", None),
        ("ext:QualityAssurance", None),
    ]
    assert achievement["alignment"][1]["targetUrl"] == "http://data.europa.eu/snb/eqf/7"


def test_a_skill_without_a_name_still_has_a_native_one() -> None:
    skill = "http://data.europa.eu/esco/skill/5fd5c985"
    [alignment] = published({"skills": [skill]})["alignment"]
    assert alignment["targetName"] == "ESCO skill 5fd5c985"
    [other] = published({"skills": ["https://skills.example/7"]})["alignment"]
    assert "targetFramework" not in other


def test_parts_of_credit_stay_exact() -> None:
    achievement = EXAMPLES["Australian unit"].achievement()
    assert achievement["creditsAvailable"] == 3.125
    assert achievement["creditPoint"] == [
        {
            "type": "CreditPoint",
            "framework": "https://w3id.org/signet/mc/v1#institution-point",
            "point": "3.125",
            "unitsPerYear": "100",
        },
        {
            "type": "CreditPoint",
            "framework": "https://w3id.org/signet/mc/v1#EFTSL",
            "point": "0.03125",
            "conversionRule": "https://w3id.org/signet/mc/v1#rule-au-eftsl",
        },
    ]


def test_levels_go_where_the_european_learning_model_has_them() -> None:
    levels = [{"framework": "RQF", "value": 7}, {"framework": "FHEQ", "value": 7}]
    achievement = published({"level": levels, "eqf_level": 7})
    assert achievement["nqfLevel"] == ["http://data.europa.eu/snb/qdr/c_3a94d1b4"]
    assert achievement["educationLevel"] == ["https://w3id.org/signet/mc/v1#FHEQ-7"]
    assert achievement["eqfLevel"] == "http://data.europa.eu/snb/eqf/7"


def test_no_eqf_level_is_written_that_nobody_stated() -> None:
    achievement = published({"level": {"framework": "SCQF", "value": 11}})
    assert "eqfLevel" not in achievement
    assert [each["targetType"] for each in achievement["alignment"]] == ["ext:NQF"]


def test_parts_have_stable_absolute_identifiers() -> None:
    achievement = published(a_microcredential())
    assert [each["id"] for each in achievement["learningOutcome"]] == [
        f"{ACHIEVEMENT_URL}#outcome-1",
        f"{ACHIEVEMENT_URL}#outcome-2",
    ]
    assert achievement["assessment"][1]["id"] == f"{ACHIEVEMENT_URL}#assessment-2"


def test_what_was_given_natively_is_kept() -> None:
    eqf = {
        "targetName": "EQF 7",
        "targetUrl": "http://data.europa.eu/snb/eqf/7",
        "targetType": "ext:EQF",
    }
    other = {"targetName": "Own", "targetUrl": "https://x.example", "targetType": "CFItem"}
    achievement = published(
        a_microcredential(),
        creditsAvailable=20.0,
        fieldOfStudy="Ethics of data",
        alignment=[eqf, other],
    )
    assert achievement["creditsAvailable"] == 20.0
    assert achievement["fieldOfStudy"] == "Ethics of data"
    names = [each["targetName"] for each in achievement["alignment"]]
    assert names[:2] == ["EQF 7", "Own"]
    assert len([each for each in achievement["alignment"] if "EQF" in each["targetName"]]) == 1


def test_what_was_given_natively_may_not_contradict() -> None:
    with pytest.raises(InvalidRequest) as caught:
        published(a_microcredential(), creditsAvailable=15)
    assert caught.value.code == "contradiction"
    assert caught.value.field == "/microcredential/credit"
    eqf = {
        "targetName": "EQF 6",
        "targetUrl": "http://data.europa.eu/snb/eqf/6",
        "targetType": "ext:EQF",
    }
    with pytest.raises(InvalidRequest) as caught:
        published(a_microcredential(), alignment=[eqf])
    assert caught.value.field == "/microcredential/level"


def test_the_language_of_the_achievement_is_that_of_its_texts() -> None:
    assert list(EXAMPLES["module abroad in ECTS"].achievement()["learningOutcome"][0]["title"]) == [
        "de"
    ]
    unknown = published({"outcomes": [{"title": "A"}]}, inLanguage=None)
    assert unknown["learningOutcome"][0]["title"] == {"und": "A"}


def test_an_achievement_that_says_nothing_of_the_kind_stays_as_it_is() -> None:
    definition = a_definition({})
    del definition["microcredential"]
    members = validate_achievement(definition)
    assert publish_microcredential(members, ACHIEVEMENT_URL) is members
    assert microcredential_warnings(members) == ()


def test_warnings_are_found_in_a_definition() -> None:
    [warning] = microcredential_warnings(a_definition(a_microcredential(workload_hours=100)))
    assert warning.code == "implausible"
    assert warning.field == "/microcredential/workload_hours"


def test_an_achievement_without_alignments_gets_no_empty_list() -> None:
    assert "alignment" not in published({"workload_hours": 5})


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (Fraction(200), "PT200H"),
        (Fraction(15, 2), "PT7H30M"),
        (Fraction(1, 4), "PT0H15M"),
        (Fraction(1, 64), "PT0H56.25S"),
    ],
)
def test_hours_are_written_in_hours(hours: Fraction, text: str) -> None:
    assert hours_as_duration(hours) == text


@pytest.mark.parametrize("entry", [None, 7, {}, [], "https://other.example/context.json"])
def test_other_contexts_are_not_ours(entry: Any) -> None:
    assert not is_our_context(entry)


def test_terms_in_the_definition_alone_call_for_the_context() -> None:
    achievement = EXAMPLES["prior learning"].achievement()
    document = build_open_badge(
        credential_url=CREDENTIAL_URL,
        issuer_profile={"id": "https://i.example", "type": ["Profile"]},
        achievement=achievement,
        subject={"id": "urn:uuid:1", "type": ["AchievementSubject"]},
        valid_from=NOW,
        credential_status=a_status_entry(),
    )
    assert CANONICAL_CONTEXT in document["@context"]
    assert json.dumps(document).count("CreditPoint") == 1
