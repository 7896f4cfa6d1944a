"""From documents to facts."""

from fractions import Fraction
from typing import Any

import pytest

from app.policy.facts import FACTS
from app.policy.profile import facts_of_achievement, facts_of_credential
from tests.builders import a_credential, an_achievement, an_issuer_profile
from tests.microcredentials import EXAMPLES

FULL = EXAMPLES["PG Cert module"]


def test_a_credential_gives_every_fact() -> None:
    facts = facts_of_credential(FULL.credential())
    assert facts.keys() == FACTS.keys()
    assert facts["achievementType"] == "MicroCredential"
    assert facts["learner.identifier"] == "stated"
    assert (facts["issuer.country"], facts["issuer.regulated"]) == ("GB", True)
    assert facts["awardingBody.name"] == "University of Inverbrae"
    assert facts["awardedDate"] == "2026-02-27T16:30:00Z"
    assert facts["workloadHours"] == 200
    assert facts["credit"] == (
        {"scheme": "SCQF", "value": Fraction(20)},
        {"scheme": "ECTS", "value": Fraction(10), "rule": "uk-ects-2to1"},
    )
    assert {"scheme": "EQF", "value": Fraction(7)} in (facts["level"] or ())  # type: ignore[operator]
    assert facts["supervision"] == "supervised-id"
    assert facts["result.value"] == "16.5"
    assert facts["isFullAward"] is False
    assert facts["learningOutcomes"] == (
        {
            "title": "Critically evaluate an algorithmic system against an ethical framework.",
            "skills": Fraction(2),
        },
        {"title": "Propose measures that stand up to scrutiny.", "skills": Fraction(0)},
    )


def test_a_document_that_says_nothing_gives_the_same_facts_empty() -> None:
    silent: tuple[Any, ...] = ({}, [], "text", None, {"credentialSubject": "me"})
    for document in silent:
        facts = facts_of_credential(document)
        assert facts.keys() == FACTS.keys()
        stated = {name for name, value in facts.items() if value not in (None, ())}
        assert stated == {"issuer.regulated"}
        assert facts["issuer.regulated"] is False


def test_the_date_of_issuing_stands_for_that_of_the_award() -> None:
    document = a_credential(awardedDate=None)
    assert facts_of_credential(document)["awardedDate"] == "2026-03-02T09:00:00Z"
    assert facts_of_credential({**document, "validFrom": "soon"})["awardedDate"] is None


def test_of_an_achievement_the_learner_and_the_result_are_not_known() -> None:
    facts = facts_of_achievement(FULL.achievement(), an_issuer_profile())
    assert FACTS.keys() - facts.keys() == {
        "learner.identifier",
        "awardedDate",
        "result.status",
        "result.value",
    }
    assert facts["issuer.country"] == "GB"
    assert facts_of_achievement(FULL.achievement(), {"name": "A"})["issuer.country"] is None


def test_of_a_strangers_achievement_the_country_is_left_open() -> None:
    facts = facts_of_achievement(FULL.achievement(), None)
    assert "issuer.country" not in facts
    assert facts["awardingBody.name"] == "University of Inverbrae"
    assert "awardingBody.name" not in facts_of_achievement({"name": "Badge"}, None)


@pytest.mark.parametrize(
    ("issuer", "named"),
    [
        ("https://guild.example", "https://guild.example"),
        ({"id": "https://guild.example", "name": "Guild of Data"}, "Guild of Data"),
        ({"id": "https://guild.example"}, "https://guild.example"),
        (7, None),
    ],
)
def test_endorsements_in_the_achievement_are_facts(issuer: object, named: str | None) -> None:
    achievement = {**an_achievement(), "endorsement": [{"issuer": issuer}]}
    expected = () if named is None else ({"endorser": named},)
    facts = facts_of_achievement(achievement, None)
    assert facts["employerEndorsements"] == expected
    document = {**a_credential(), "credentialSubject": {"achievement": achievement}}
    assert facts_of_credential(document)["employerEndorsements"] == expected


def test_no_credit_is_no_credit() -> None:
    assert facts_of_achievement({"creditsAvailable": 0}, None)["credit"] == ()
    assert facts_of_achievement({"creditsAvailable": 5}, None)["credit"] == (
        {"value": Fraction(5)},
    )
