"""Putting policies to facts: three outcomes, and what blocks."""

from fractions import Fraction
from typing import Any

import pytest

from app.policy.evaluation import (
    RuleFinding,
    conforms,
    evaluate,
    governs,
    is_credit_bearing,
)
from app.policy.facts import Entry, Facts
from app.policy.parsing import parse_policy

TEN = Fraction(10)
ECTS: Entry = {"scheme": "ECTS", "value": TEN}
CREDIT: tuple[Entry, ...] = (
    ECTS,
    {"scheme": "SCQF", "value": Fraction(20)},
    {"value": Fraction(1)},
)
LEVEL: tuple[Entry, ...] = ({"scheme": "RQF", "value": "Entry 3"},)
FACTS: Facts = {
    "title": "Data Ethics",
    "qualityStatement": "",
    "workloadHours": Fraction(100),
    "credit": CREDIT,
    "level": LEVEL,
    "participation": ("online",),
    "prerequisites": (),
    "supervision": None,
    "isFullAward": False,
}


def outcome(test: dict[str, Any], facts: Facts = FACTS, **members: Any) -> RuleFinding:
    rule = {"id": "r", "level": "must", "test": test, "message": "Add it.", **members}
    [finding] = evaluate(parse_policy({"label": "Ours", "rules": [rule]}), facts)
    return finding


HOLDS: list[dict[str, Any]] = [
    {"present": "title"},
    {"present": "isFullAward"},
    {"present": "participation"},
    {"not": {"present": "qualityStatement"}},
    {"not": {"present": "prerequisites"}},
    {"not": {"present": "supervision"}},
    {"count": "credit", "min": 3, "max": 3},
    {"count": "prerequisites", "max": 0},
    {"some": "credit"},
    {"some": "credit", "where": {"scheme": ["ECTS"], "value": {"min": 10, "max": 10}}},
    {"some": "credit", "where": {"value": {"gt": 10}}},
    {"some": "credit", "where": {"value": {"lt": 10}}},
    {"not": {"some": "credit", "where": {"scheme": ["ECTS"], "value": {"gt": 10}}}},
    {"not": {"some": "credit", "where": {"scheme": ["ECTS"], "value": {"lt": 10}}}},
    {"not": {"some": "level", "where": {"value": {"min": 0}}}},
    {"some": "level", "where": {"value": "Entry 3"}},
    {"includes": "participation", "value": "Online"},
    {"not": {"includes": "participation", "value": "blended"}},
    {"mentions": "title", "values": ["law", "DÀTA"]},
    {"mentions": "title", "values": ["data  ethics"]},
    {"not": {"mentions": "title", "values": ["dat", "ethics data"]}},
    {"not": {"mentions": "supervision", "values": ["none"]}},
    {"equals": "isFullAward", "value": False},
    {"notEquals": "supervision", "value": "supervised"},
    {"not": {"equals": "supervision", "value": "supervised"}},
    {"equals": "workloadHours", "value": 100},
    {"in": "workloadHours", "values": [50, 100]},
    {"range": "workloadHours", "min": 100, "max": 100},
    {"range": "workloadHours", "gt": 99, "lt": 101},
    {"not": {"range": "workloadHours", "min": 101}},
    {"not": {"range": "workloadHours", "max": 99}},
    {"all": [{"present": "title"}, {"present": "credit"}]},
    {"any": [{"present": "supervision"}, {"present": "credit"}]},
    # What is unknown does not matter where the answer is certain without it.
    {"any": [{"present": "awardedDate"}, {"present": "title"}]},
    {"not": {"all": [{"present": "awardedDate"}, {"present": "supervision"}]}},
]


@pytest.mark.parametrize("test", HOLDS)
def test_a_test_holds_and_its_opposite_does_not(test: dict[str, Any]) -> None:
    assert outcome(test).outcome == "passed"
    failed = outcome({"not": test})
    assert (failed.outcome, failed.message) == ("failed", "Add it.")


UNKNOWN: list[dict[str, Any]] = [
    {"present": "awardedDate"},
    {"not": {"present": "awardedDate"}},
    {"equals": "result.status", "value": "Completed"},
    {"all": [{"present": "title"}, {"present": "awardedDate"}]},
    {"any": [{"present": "supervision"}, {"present": "awardedDate"}]},
]


@pytest.mark.parametrize("test", UNKNOWN)
def test_what_cannot_be_known_yet_is_neither_passed_nor_failed(test: dict[str, Any]) -> None:
    found = outcome(test)
    assert found.outcome == "not_applicable"
    assert found.message == "This is decided when the credential is issued."
    assert not found.blocks


def test_facts_of_another_kind_than_expected_only_fail() -> None:
    odd: Facts = {"workloadHours": "many", "credit": "ten", "level": ("SCQF",), "isFullAward": TEN}
    for test in (
        {"range": "workloadHours", "min": 0},
        {"count": "credit", "min": 1},
        {"some": "credit"},
        {"some": "level"},
        {"equals": "isFullAward", "value": True},
    ):
        assert outcome(test, odd).outcome == "failed"
    truth: Facts = {"workloadHours": True}
    assert outcome({"range": "workloadHours", "min": 1}, truth).outcome == "failed"
    assert outcome({"equals": "workloadHours", "value": 1}, truth).outcome == "failed"


@pytest.mark.parametrize(
    ("applicable", "expected"), [("title", "failed"), ("supervision", "not_applicable")]
)
def test_a_conditional_rule_is_asked_only_where_it_applies(applicable: str, expected: str) -> None:
    found = outcome(
        {"present": "supervision"}, level="mustIfApplicable", applicable={"present": applicable}
    )
    assert found.outcome == expected
    assert found.blocks == (expected == "failed")


def test_only_musts_block() -> None:
    absent = {"present": "supervision"}
    findings = [outcome(absent, level=level) for level in ("must", "should", "may")]
    assert [finding.blocks for finding in findings] == [True, False, False]
    assert not conforms(findings)
    assert conforms(findings[1:])


def test_a_finding_is_shown_with_its_five_members() -> None:
    assert outcome({"present": "supervision"}, source="Rule 7").as_json() == {
        "rule": "r",
        "level": "must",
        "outcome": "failed",
        "message": "Add it.",
        "source": "Rule 7",
    }
    assert outcome({"present": "title"}).message == "This is met."


def test_a_policy_says_nothing_in_favour_of_what_it_is_not_about() -> None:
    policy = parse_policy(
        {
            "label": "Ours",
            "appliesTo": {"achievementType": ["MicroCredential", "Course"]},
            "rules": [{"id": "r", "level": "must", "test": {"present": "title"}}],
        }
    )
    first, second = evaluate(policy, {**FACTS, "achievementType": "Badge"})
    assert (first.rule, first.outcome, second.outcome) == ("applies-to", "failed", "passed")
    assert (first.source, first.facts) == ("Ours", ("achievementType",))
    assert "MicroCredential or Course" in first.message
    [only] = evaluate(policy, {**FACTS, "achievementType": "Course"})
    assert only.outcome == "passed"


def test_a_policy_governs_its_types_and_untyped_learning() -> None:
    rules = [{"id": "r", "level": "must", "test": {"present": "title"}}]
    typed = parse_policy(
        {"label": "Ours", "appliesTo": {"achievementType": ["Course"]}, "rules": rules}
    )
    assert governs(typed, {"achievementType": "Course"})
    assert not governs(typed, {"achievementType": "Badge", "credit": (ECTS,)})
    assert governs(typed, {"achievementType": None, "credit": (ECTS,)})
    assert not governs(typed, {"achievementType": None, "title": "Badge", "credit": ()})
    assert governs(parse_policy({"label": "All", "rules": rules}), {"achievementType": "Badge"})


def test_credit_of_any_scheme_is_credit() -> None:
    assert is_credit_bearing({"credit": ({"value": TEN},)})
    assert not is_credit_bearing({"credit": ()})
    assert not is_credit_bearing({})
