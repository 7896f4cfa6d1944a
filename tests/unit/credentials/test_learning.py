"""The one reading of what a badge says about learning: ours whole, strangers' as far as it goes."""

import copy
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.credentials.issue_request import parse_issue_request
from app.credentials.learning import Learning, read_learning
from app.credentials.learning_parts import Agent, Credit, Link, QualityClaim
from app.credentials.microcredential import MicroCredential, parse_microcredential
from app.encoding.strict_json import JsonObject
from app.vocabularies.levels import Level
from tests.builders import ACHIEVEMENT_URL, ISSUER_DID, a_credential, a_profile
from tests.microcredentials import EXAMPLES

EQF_7 = Level("EQF", "7", "http://data.europa.eu/snb/eqf/7")


def stated(learning: Learning) -> MicroCredential:
    """What was read, in the form in which it was stated."""
    return MicroCredential(
        outcomes=tuple(replace(each, id=None) for each in learning.outcomes),
        workload_hours=learning.workload_hours,
        contact_hours=learning.contact_hours,
        credit=learning.credit_offered,
        levels=learning.levels,
        assessments=tuple(replace(each, id=None) for each in learning.assessments),
        participation=learning.participation,
        quality_assurance=learning.quality_assurance,
        quality_statement=learning.quality_statement,
        industry_recognition=learning.industry_recognition,
        prerequisites=learning.prerequisites,
        learning_setting=learning.learning_setting,
        stackability=learning.stackability,
        stacks_into=learning.stacks_into,
        full_award=learning.full_award,
        field=learning.field,
        skills=learning.skills,
        occupations=learning.occupations,
        definition_policies=learning.definition_policies,
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_element_that_was_stated_is_read_again(name: str) -> None:
    example = EXAMPLES[name]
    micro = parse_microcredential(example.definition["microcredential"])
    from_credential = read_learning(example.credential())
    from_achievement = read_learning(example.achievement())

    assert stated(from_credential) == micro
    assert stated(from_achievement) == micro
    assert from_credential.contradictions == ()


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_element_of_the_request_is_read_again(name: str) -> None:
    example = EXAMPLES[name]
    request = parse_issue_request(example.request)
    learning = read_learning(example.credential())

    assert learning.credit_received == request.credit_received or request.credits_earned
    assert learning.recognition_basis == request.recognition_basis
    assert learning.supervision_actual == request.supervision
    assert learning.provider == request.provider
    assert learning.activity_start == request.activity_start
    assert learning.activity_end == request.activity_end
    assert learning.awarded_date == request.awarded_date
    assert learning.issuer.country == example.country
    assert request.grade in [None, *(each.value for each in learning.results)]


def test_a_credential_tells_everything() -> None:
    learning = read_learning(EXAMPLES["PG Cert module"].credential())

    assert learning.achievement_id == ACHIEVEMENT_URL
    assert learning.achievement_type == "MicroCredential"
    assert learning.title == "Applied Data Ethics"
    assert learning.language == "en"
    assert learning.issuer.id == ISSUER_DID
    assert ("ext:UKPRN", "10099999") in learning.issuer.identifiers
    assert learning.awarding_bodies == (
        Agent("University of Inverbrae", ISSUER_DID),
        Agent("Firth College", "https://firth.example"),
    )
    assert learning.learner_identified
    assert learning.eqf_level == 7
    assert learning.supervision_required is None  # two assessments, two ways
    assert learning.supervision_actual == "supervised-id"
    [result] = learning.results
    assert (result.name, result.type, result.value) == ("Module grade", "RawScore", "16.5")
    assert (result.scale, result.required) == ("0–20", "7")
    assert learning.says_anything


def test_credits_earned_alone_are_of_the_scheme_that_is_offered() -> None:
    learning = read_learning(EXAMPLES["prior learning"].credential())
    [received] = learning.credit_received
    assert (received.scheme, received.value) == ("CQFW", Fraction(10))


def test_the_issuer_is_the_awarding_body_unless_others_are_named() -> None:
    learning = read_learning(EXAMPLES["prior learning"].credential())
    assert learning.awarding_bodies == (
        Agent("University of Inverbrae", ISSUER_DID, "https://www.inverbrae.example"),
    )
    bare = read_learning({"credentialSubject": {}, "issuer": "https://issuer.example"})
    assert bare.awarding_bodies == (Agent(None, "https://issuer.example"),)
    assert read_learning({"credentialSubject": {}}).awarding_bodies == ()


def test_a_badge_of_the_old_kind_says_little() -> None:
    learning = read_learning(a_credential())
    assert learning.credit_offered == (Credit(None, Fraction(10)),)
    assert learning.credit_received == (Credit(None, Fraction(10)),)
    assert learning.skills == (
        Link("process data ethically", "https://skills.example/skill/9f8e2c1a"),
    )
    assert learning.levels[0].words == "SCQF level 9"
    assert learning.valid_until == datetime(2031, 3, 2, 9, tzinfo=UTC)
    assert [each.level for each in learning.results] == [None, "Excellent", None, None]
    assert [each.status for each in learning.results] == [None, None, "Completed", None]


# --- Strangers -----------------------------------------------------------------------------------


def foreign(*alignments: JsonObject, **achievement: Any) -> JsonObject:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "issuer": {"id": "https://university.example", "address": {"addressRegion": "NL-UT"}},
        "credentialSubject": {
            "id": "did:key:z6MkStranger",
            "achievement": {"alignment": list(alignments), **achievement},
        },
    }


@pytest.mark.parametrize(
    ("alignment", "level"),
    [
        ({"targetType": "ext:EQF", "targetCode": "7"}, EQF_7),
        ({"targetType": "ext:EQFAlignment", "targetName": "EQF 7", "targetCode": "EQF7"}, EQF_7),
        ({"targetType": "ext:EQF", "targetName": "EQF level 7"}, EQF_7),
        ({"targetUrl": "http://data.europa.eu/snb/eqf/7"}, EQF_7),
        (
            {"targetType": "ext:NQF", "targetFramework": "NLQF", "targetCode": "6"},
            Level("NLQF", "6", "http://data.europa.eu/snb/qdr/c_1711a061"),
        ),
        (
            {"targetType": "ext:NLQFAlignment", "targetName": "NLQF 6"},
            Level("NLQF", "6", "http://data.europa.eu/snb/qdr/c_1711a061"),
        ),
        (
            {
                "targetType": "ext:NQF",
                "targetFramework": "FQF",
                "targetCode": "6",
                "targetUrl": "https://fqf.example/6",
            },
            Level("FQF", "6", "https://fqf.example/6"),
        ),
        ({"targetType": "ext:NQF", "targetName": "some level"}, None),
        ({"targetType": "ext:EQF", "targetCode": "19"}, None),
        ({"targetType": "CFItem", "targetCode": "7"}, None),
        ({"targetName": "Level 7"}, None),
    ],
)
def test_levels_of_strangers_are_read_from_alignments(
    alignment: JsonObject, level: Level | None
) -> None:
    learning = read_learning(foreign(alignment))
    assert learning.levels == ((level,) if level else ())
    assert learning.contradictions == ()


def test_other_alignments_of_strangers() -> None:
    learning = read_learning(
        foreign(
            {"targetType": "ext:ISCEDF", "targetCode": "0612"},
            {"targetType": "ext:ISCEDFAlignment", "targetName": "Law"},
            {"targetUrl": "http://data.europa.eu/snb/isced-f/0111"},
            {"targetType": "ext:ISCEDF", "targetCode": "9999"},
            {
                "targetType": "ext:ESCOSkill",
                "targetName": "drill",
                "targetUrl": "https://s.example",
            },
            {"targetUrl": "http://data.europa.eu/esco/skill/abc", "targetName": "saw"},
            {"targetUrl": "http://data.europa.eu/esco/occupation/abc", "targetName": "joiner"},
            {
                "targetType": "ext:QualityAssurance",
                "targetName": "NVAO",
                "targetUrl": "https://q.example",
            },
        )
    )
    assert learning.field == ("0612", "042", "0111")
    assert [each.name for each in learning.skills] == ["drill", "saw"]
    assert [each.words for each in learning.occupations] == ["joiner"]
    assert learning.quality_assurance == (QualityClaim(agent="NVAO", url="https://q.example"),)
    assert learning.issuer.country == "NL"


def test_credit_without_a_unit_has_no_scheme() -> None:
    document = foreign(creditsAvailable=3.5)
    document["credentialSubject"]["creditsEarned"] = 3
    learning = read_learning(document)
    assert learning.credit_offered == (Credit(None, Fraction(7, 2)),)
    assert learning.credit_received == (Credit(None, Fraction(3)),)


def test_terms_without_our_context_mean_nothing() -> None:
    document = EXAMPLES["PG Cert module"].credential()
    document["@context"] = document["@context"][:2]
    learning = read_learning(document)
    assert learning.outcomes == ()
    assert learning.credit_offered == (Credit(None, Fraction(20)),)
    assert learning.recognition_basis is None


def test_terms_without_our_types_mean_nothing() -> None:
    document = EXAMPLES["PG Cert module"].credential()
    document["credentialSubject"]["type"] = ["AchievementSubject"]
    document["credentialSubject"]["achievement"]["type"] = "Achievement"
    learning = read_learning(document)
    assert learning.workload_hours is None
    assert learning.provider == ()


def test_identifiers_that_are_in_no_list_are_kept() -> None:
    document = EXAMPLES["PG Cert module"].credential()
    achievement = document["credentialSubject"]["achievement"]
    achievement |= {
        "learningSetting": "https://x.example/setting",
        "mode": "https://x.example/mode",
        "creditPoint": {"framework": {"id": "https://x.example/credit"}, "point": 20},
        "nqfLevel": ["https://x.example/level"],
    }
    achievement["alignment"] = []
    achievement["assessment"] = {"assessmentType": "no identifier", "title": "Plain title"}
    learning = read_learning(document)
    assert learning.learning_setting == "https://x.example/setting"
    assert learning.participation == ("https://x.example/mode",)
    credit = Credit(None, Fraction(20), iri="https://x.example/credit")
    assert learning.credit_offered == (credit,)
    assert learning.levels[0] == Level(None, "https://x.example/level", "https://x.example/level")
    [assessment] = learning.assessments
    assert (assessment.type, assessment.title) == (None, "Plain title")


@pytest.mark.parametrize("text", ["P60M", "P2D", "PT", "200", "", "PT2H junk"])
def test_durations_that_are_no_hours_are_not_read(text: str) -> None:
    document = EXAMPLES["PG Cert module"].credential()
    document["credentialSubject"]["achievement"]["volumeOfLearning"] = text
    assert read_learning(document).workload_hours is None


def test_a_text_is_taken_in_the_language_of_the_achievement() -> None:
    document = EXAMPLES["PG Cert module"].credential()
    achievement = document["credentialSubject"]["achievement"]
    achievement["learningOutcome"] = [
        {"title": {"gd": "Gàidhlig", "en": "English"}},
        {"title": {"gd": "Gàidhlig"}},
        {"title": {}},
    ]
    titles = [each.title for each in read_learning(document).outcomes]
    assert titles == ["English", "Gàidhlig"]


# --- Copies that disagree ------------------------------------------------------------------------


def test_credit_whose_copies_disagree_is_flagged_and_not_chosen() -> None:
    document = EXAMPLES["PG Cert module"].credential()
    document["credentialSubject"]["creditsEarned"] = 60
    document["credentialSubject"]["achievement"]["creditsAvailable"] = 40
    learning = read_learning(document)
    assert learning.credit_offered == ()
    assert learning.credit_received == ()
    assert [(each.element, each.one, each.other) for each in learning.contradictions] == [
        ("credit_offered", "20 SCQF credits", "40 credits"),
        ("credit_received", "20 SCQF credits", "60 credits"),
    ]
    assert learning.says_anything


def test_levels_whose_copies_disagree_are_flagged_and_not_chosen() -> None:
    document = EXAMPLES["PG Cert module"].credential()
    achievement = document["credentialSubject"]["achievement"]
    achievement["alignment"][1] |= {
        "targetUrl": "http://data.europa.eu/snb/eqf/6",
        "targetCode": "6",
    }
    learning = read_learning(document)
    assert learning.eqf_level is None
    assert [level.words for level in learning.levels] == ["SCQF level 11"]
    [contradiction] = learning.contradictions
    assert contradiction.element == "level"
    assert {contradiction.one, contradiction.other} == {"EQF level 7", "EQF level 6"}


def test_a_level_that_stands_natively_only_is_read_beside_the_others() -> None:
    document = EXAMPLES["PG Cert module"].credential()
    del document["credentialSubject"]["achievement"]["eqfLevel"]
    assert read_learning(document).eqf_level == 7


def test_two_alignments_to_two_levels_of_one_framework_contradict() -> None:
    learning = read_learning(
        foreign(
            {"targetType": "ext:EQF", "targetCode": "6"},
            {"targetType": "ext:EQF", "targetCode": "7"},
        )
    )
    assert learning.levels == ()
    assert len(learning.contradictions) == 1


def test_fields_whose_copies_disagree_are_flagged_and_not_chosen() -> None:
    document = EXAMPLES["PG Cert module"].credential()
    thematic = ["http://data.europa.eu/snb/isced-f/0223"]
    document["credentialSubject"]["achievement"]["thematicArea"] = thematic
    learning = read_learning(document)
    assert learning.field == ()
    assert [each.element for each in learning.contradictions] == ["field"]


def test_levels_that_the_referencing_report_denies_are_flagged() -> None:
    learning = read_learning(
        foreign(
            {"targetUrl": "http://data.europa.eu/snb/qdr/c_517309ca"},
            {"targetUrl": "http://data.europa.eu/snb/eqf/6"},
        )
    )
    assert [level.words for level in learning.levels] == ["SCQF level 11", "EQF level 6"]
    [contradiction] = learning.contradictions
    assert "EQF level 7" in contradiction.one
    assert contradiction.other == "EQF level 6"


# --- Anything whatever ---------------------------------------------------------------------------

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["Achievement", "MicroCredentialAchievement", "http://data.europa.eu/snb/eqf/7"]
    ),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


def every_place(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    places = [path] if path else []
    if isinstance(value, dict):
        for name, item in value.items():
            places += every_place(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            places += every_place(item, (*path, index))
    return places


WHOLE = EXAMPLES["PG Cert module"].credential()
PLACES = every_place(WHOLE)


@given(st.sampled_from(PLACES), ANYTHING)
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_value_in_any_place_is_borne(place: tuple[Any, ...], value: Any) -> None:
    document = copy.deepcopy(WHOLE)
    inner: Any = document
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    assert isinstance(read_learning(document), Learning)


@pytest.mark.parametrize("document", [None, [], {}, "text", 7, [{}], {"credentialSubject": [[]]}])
def test_what_is_no_credential_says_nothing(document: Any) -> None:
    learning = read_learning(document)
    assert not learning.says_anything
    assert learning.title is None
    assert not learning.learner_identified


def test_an_issuer_may_be_missing_its_country() -> None:
    document = {"issuer": a_profile(address={"addressRegion": "the Highlands"})}
    document["credentialSubject"] = {}
    assert read_learning(document).issuer.country is None
