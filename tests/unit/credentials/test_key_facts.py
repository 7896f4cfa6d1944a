from fractions import Fraction

import pytest

from app.credentials.display import view_achievement, view_badge
from app.credentials.key_facts import (
    KeyFact,
    assessment_in_words,
    facts_beside_outcomes,
    key_facts,
    quality_in_words,
    stacking_in_words,
    with_key_facts,
    without_key_facts,
)
from app.credentials.learning import read_learning
from app.credentials.learning_parts import Assessment, QualityClaim, StackingOption
from tests.microcredentials import EXAMPLES

LEARNING = read_learning(EXAMPLES["PG Cert module"].achievement())
FACTS = """### Key facts

- **You can afterwards:** Critically evaluate an algorithmic system against an ethical framework; \
Propose measures that stand up to scrutiny
- **Workload:** 200 hours, of which 7.5 with a teacher
- **Credit:** 20 SCQF credits, 10 ECTS credits (converted by the rule uk-ects-2to1)
- **Level:** SCQF level 11, EQF level 7
- **Assessed by:** Marked assignment “Case study report” (60 %, supervised with ID verification), \
oral examination “Defence” (40 %, supervised without ID verification)
- **Form:** Online, blended
- **Setting:** Formal learning
- **Field:** Database and network design and administration
- **To be admitted:** Bachelor degree or equivalent experience.
- **Quality assurance, as stated by the issuer:** Institutional quality assurance by Quality \
Agency of the Highlands, programme quality assurance by https://engineers.example
- **Statement of quality by the issuer:** Every module is reviewed each year by an external \
examiner.
- **Industry recognition, as stated by the issuer:** Chamber of Data Trades, \
https://guild.example
- **Stackability:** Stand-alone, stackable towards another credential
- **Counts towards:** PG Certificate Data Ethics (rules: \
https://badges.inverbrae.example/pathways/pgcert-data-ethics)"""


def test_the_facts_stand_at_the_end_of_the_criteria() -> None:
    narrative = EXAMPLES["PG Cert module"].achievement()["criteria"]["narrative"]
    assert narrative == f"Pass a case study report.\n\n{FACTS}"


@pytest.mark.parametrize("before", ["", None])
def test_without_criteria_the_facts_stand_alone(before: str | None) -> None:
    assert with_key_facts(before, LEARNING) == FACTS


def test_an_older_block_is_replaced_and_not_followed_by_another() -> None:
    once = with_key_facts("Pass.", LEARNING)
    older = once.replace("200 hours", "180 hours")
    assert with_key_facts(older, LEARNING) == once
    assert with_key_facts(f"Pass.\n\n{FACTS}\n\nAnd more.", LEARNING).count("### Key facts") == 2


def test_a_credential_adds_what_was_received() -> None:
    facts = key_facts(read_learning(EXAMPLES["PG Cert module"].credential()))
    assert KeyFact("Recognised on the basis of", "Taught") in facts
    [received] = [fact.text for fact in facts if fact.label == "Credit received"]
    assert received == "20 SCQF credits, 10 ECTS credits (converted by the rule uk-ects-2to1)"
    assert KeyFact("Supervision as it was", "Supervised with ID verification") in facts
    assert KeyFact("Awarded by", "University of Inverbrae, Firth College") in facts
    assert KeyFact("Taught or provided by", "Course Platform") in facts


def test_an_issuer_that_awards_alone_is_not_told_twice() -> None:
    facts = key_facts(read_learning(EXAMPLES["platform series"].credential()))
    assert [fact.label for fact in facts if "warded" in fact.label] == []
    nameless = {"type": ["AchievementSubject", "MicroCredentialSubject"]}
    subject = {**nameless, "directedBy": [{"id": "https://platform.example"}]}
    [fact] = key_facts(read_learning({"credentialSubject": subject}))
    assert fact == KeyFact("Taught or provided by", "https://platform.example")


def test_a_shared_way_of_supervision_is_told_once() -> None:
    facts = key_facts(read_learning(EXAMPLES["platform series"].achievement()))
    told = {fact.label: fact.text for fact in facts}
    assert told["Supervision of the assessment"] == "Supervised with ID verification"
    assert "supervised" not in told["Assessed by"].lower()


def test_nothing_stated_is_nothing_told() -> None:
    assert key_facts(read_learning({})) == ()


def test_each_part_can_be_said_with_less() -> None:
    assert assessment_in_words(Assessment()) == "Assessment"
    assert assessment_in_words(Assessment("quiz", weight=Fraction(1, 3))) == "Quiz (100/3 %)"
    assert quality_in_words(QualityClaim()) == "Quality assurance"
    assert stacking_in_words(StackingOption()) == "a further award"
    assert stacking_in_words(StackingOption(award="https://a.example")) == "https://a.example"


def test_pages_are_handed_what_was_read() -> None:
    example = EXAMPLES["PG Cert module"]
    assert view_badge(example.credential()).learning == read_learning(example.credential())
    offered = view_achievement(example.achievement()).learning
    assert offered.outcomes == LEARNING.outcomes
    assert offered.credit_offered == LEARNING.credit_offered


def test_pages_show_the_facts_apart_and_not_twice() -> None:
    example = EXAMPLES["PG Cert module"]
    assert view_badge(example.credential()).criteria_markdown == "Pass a case study report."
    labels = [fact.label for fact in facts_beside_outcomes(LEARNING)]
    assert labels == [fact.label for fact in key_facts(LEARNING)][1:-1]


def test_a_block_that_says_something_else_is_not_taken_away() -> None:
    narrative = with_key_facts("Pass.", LEARNING)
    assert without_key_facts(narrative, LEARNING) == "Pass."
    older = narrative.replace("Online, blended", "Online, Blended")
    assert without_key_facts(older, LEARNING) == "Pass."
    other = narrative.replace("200 hours", "2000 hours")
    assert without_key_facts(other, LEARNING) == other
    assert without_key_facts("Pass.", LEARNING) == "Pass."
    assert without_key_facts(FACTS, LEARNING) == ""


def test_criteria_of_facts_alone_leave_no_empty_section() -> None:
    assert view_achievement({"criteria": {"narrative": FACTS}}).criteria_markdown == FACTS
    achievement = EXAMPLES["PG Cert module"].achievement()
    bare = {**achievement, "criteria": {"narrative": FACTS}}
    assert view_achievement(bare).criteria_markdown is None
