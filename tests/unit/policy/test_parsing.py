"""Reading policies: what is taken, and where exactly what is wrong is said to be."""

from fractions import Fraction
from typing import Any

import pytest

from app.errors import InvalidRequest
from app.policy.conditions import Count, Is, OneOf, Present, Some, Span
from app.policy.definition import RuleLevel
from app.policy.parsing import MAX_CONDITIONS, MAX_DEPTH, MAX_RULES, MAX_VALUES, parse_policy

PRESENT = {"present": "title"}


def a_rule(**members: Any) -> dict[str, Any]:
    return {"id": "r", "level": "must", "test": PRESENT, **members}


def a_policy(*rules: Any, **members: Any) -> dict[str, Any]:
    return {"label": "Ours", "rules": list(rules) or [a_rule()], **members}


def test_a_policy_is_read_with_all_its_members() -> None:
    policy = parse_policy(
        a_policy(
            a_rule(source="Regulation 7", message="Add a title."),
            a_rule(id="s", level="mustIfApplicable", applicable=PRESENT, src="Regulation 8"),
            id="https://badges.example/policies/x",
            type="DefinitionPolicy",
            version="3",
            validFrom="2026-01-01T00:00:00Z",
            source="The faculty",
            appliesTo={"achievementType": ["MicroCredential"]},
        )
    )
    assert (policy.id, policy.version) == ("https://badges.example/policies/x", "3")
    assert policy.achievement_types == ("MicroCredential",)
    first, second = policy.rules
    assert (first.message, first.source, first.facts) == (
        "Add a title.",
        "Regulation 7",
        ("title",),
    )
    assert second.level is RuleLevel.MUST_IF_APPLICABLE
    assert (second.source, second.applicable) == ("Regulation 8", Present("title"))


def test_what_may_be_left_out_is_filled_in() -> None:
    policy = parse_policy(a_policy(source="The faculty"))
    assert (policy.id, policy.version, policy.achievement_types) == ("", "1", ())
    [rule] = policy.rules
    assert rule.source == "The faculty"
    assert rule.message == "This is asked for: a title (`name`)."
    assert parse_policy(a_policy()).rules[0].source == ""


def test_words_of_vocabularies_are_read_as_codes() -> None:
    def test_of(test: dict[str, Any]) -> Any:
        return parse_policy(a_policy(a_rule(test=test))).rules[0].test

    assert test_of({"in": "supervision", "values": ["Supervised with ID verification"]}) == Is(
        "supervision", OneOf(("supervised-id",))
    )
    where = {"scheme": "ects credits", "value": {"min": 3, "lt": 30.5}}
    assert test_of({"some": "credit", "where": where}) == Some(
        "credit",
        (
            ("scheme", OneOf(("ECTS",))),
            ("value", Span(least=Fraction(3), below=Fraction(61, 2))),
        ),
    )
    levels = {"scheme": ["eqf", "Another"], "value": ["7", 8, "Entry 3"]}
    assert test_of({"some": "level", "where": levels}) == Some(
        "level",
        (
            ("scheme", OneOf(("EQF", "Another"))),
            ("value", OneOf((Fraction(7), Fraction(8), "Entry 3"))),
        ),
    )
    types = {"type": "exam", "title": "Defence"}
    assert test_of({"some": "assessment", "where": types}) == Some(
        "assessment", (("type", OneOf(("written-exam",))), ("title", OneOf(("Defence",))))
    )
    assert test_of({"some": "skills"}) == Some("skills", ())
    assert test_of({"equals": "workloadHours", "value": 5}) == Is(
        "workloadHours", OneOf((Fraction(5),))
    )
    assert test_of({"count": "participation", "max": 0}) == Count(
        "participation", Span(most=Fraction(0))
    )


NESTED: dict[str, Any] = PRESENT
for _ in range(MAX_DEPTH):
    NESTED = {"not": NESTED}

FAULTS: list[tuple[Any, str, str]] = [
    ("policy", "wrong_type", ""),
    ({"rules": [a_rule()]}, "missing_member", "/label"),
    (a_policy(label=" "), "bad_value", "/label"),
    (a_policy(label="x" * 1001), "bad_value", "/label"),
    (a_policy(label=7), "wrong_type", "/label"),
    (a_policy(label="\u0000"), "bad_string", "/label"),
    (a_policy(type="Policy"), "bad_value", "/type"),
    (a_policy(id="x"), "invalid_id", "/id"),
    (a_policy(colour="red"), "unknown_member", "/colour"),
    (a_policy(validFrom="today"), "bad_date", "/validFrom"),
    (a_policy(appliesTo=["MicroCredential"]), "wrong_type", "/appliesTo"),
    (a_policy(appliesTo={}), "missing_member", "/appliesTo/achievementType"),
    (
        a_policy(appliesTo={"achievementType": ["x"] * (MAX_VALUES + 1)}),
        "out_of_range",
        "/appliesTo/achievementType",
    ),
    ({"label": "Ours"}, "missing_member", "/rules"),
    ({"label": "Ours", "rules": {}}, "wrong_type", "/rules"),
    (
        a_policy(*[a_rule(id=f"r{index}") for index in range(MAX_RULES + 1)]),
        "out_of_range",
        "/rules",
    ),
    (a_policy(a_rule(), a_rule()), "bad_value", "/rules/1/id"),
    (a_policy(a_rule(id="a b")), "bad_value", "/rules/0/id"),
    (a_policy(a_rule(level="shall")), "bad_value", "/rules/0/level"),
    (a_policy(a_rule(level=["must"])), "wrong_type", "/rules/0/level"),
    (a_policy(a_rule(test="title")), "wrong_type", "/rules/0/test"),
    (a_policy(a_rule(weight=2)), "unknown_member", "/rules/0/weight"),
    (a_policy(a_rule(applicable=PRESENT)), "contradiction", "/rules/0/applicable"),
    (a_policy(a_rule(level="mustIfApplicable")), "contradiction", "/rules/0/applicable"),
    (
        a_policy(a_rule(level="mustIfApplicable", applicable={"present": "x"})),
        "bad_value",
        "/rules/0/applicable/present",
    ),
]
TESTS: list[tuple[Any, str, str]] = [
    ({}, "bad_value", ""),
    ({"presnt": "title"}, "bad_value", ""),
    ({"present": "title", "not": PRESENT}, "bad_value", ""),
    ({"present": "titel"}, "bad_value", "/present"),
    ({"present": ["title"]}, "bad_value", "/present"),
    ({"present": "title", "min": 1}, "unknown_member", "/min"),
    ({"eval": "1+1"}, "bad_value", ""),
    (NESTED, "too_deep", "/not" * MAX_DEPTH),
    ({"all": []}, "wrong_type", "/all"),
    ({"any": PRESENT}, "wrong_type", "/any"),
    ({"any": [PRESENT] * (MAX_VALUES + 1)}, "wrong_type", "/any"),
    ({"any": [PRESENT, "title"]}, "wrong_type", "/any/1"),
    ({"all": [PRESENT], "message": "x"}, "unknown_member", "/message"),
    ({"not": [PRESENT]}, "wrong_type", "/not"),
    ({"count": "title", "min": 1}, "bad_value", "/count"),
    ({"count": "credit"}, "missing_member", ""),
    ({"count": "credit", "min": "1"}, "wrong_type", "/min"),
    ({"count": "credit", "min": -1}, "wrong_type", "/min"),
    ({"count": "credit", "min": True}, "wrong_type", "/min"),
    ({"count": "credit", "gt": 1}, "unknown_member", "/gt"),
    ({"some": "participation"}, "bad_value", "/some"),
    ({"some": "credit", "where": "ECTS"}, "wrong_type", "/where"),
    ({"some": "credit", "where": {"colour": "red"}}, "unknown_member", "/where/colour"),
    ({"some": "credit", "where": {"scheme": {"min": 1}}}, "wrong_type", "/where/scheme"),
    ({"some": "credit", "where": {"scheme": []}}, "wrong_type", "/where/scheme"),
    ({"some": "credit", "where": {"scheme": ["ECTS", 7]}}, "wrong_type", "/where/scheme/1"),
    ({"some": "credit", "where": {"scheme": ""}}, "bad_value", "/where/scheme"),
    ({"some": "credit", "where": {"value": {}}}, "missing_member", "/where/value"),
    ({"some": "credit", "where": {"value": {"above": 1}}}, "unknown_member", "/where/value/above"),
    ({"some": "credit", "where": {"value": False}}, "wrong_type", "/where/value"),
    ({"includes": "title", "value": "x"}, "bad_value", "/includes"),
    ({"includes": "stackability"}, "missing_member", "/value"),
    ({"mentions": "credit", "values": ["x"]}, "bad_value", "/mentions"),
    ({"mentions": "title"}, "wrong_type", "/values"),
    ({"mentions": "title", "value": "x"}, "unknown_member", "/value"),
    ({"mentions": "title", "values": ["x", 7]}, "wrong_type", "/values/1"),
    ({"mentions": "title", "values": [" - "]}, "bad_value", "/values/0"),
    ({"equals": "credit", "value": 1}, "bad_value", "/equals"),
    ({"equals": "isFullAward", "value": "false"}, "wrong_type", "/value"),
    ({"equals": "title", "value": 7}, "wrong_type", "/value"),
    ({"notEquals": "title"}, "missing_member", "/value"),
    ({"range": "title", "min": 1}, "bad_value", "/range"),
    ({"range": "workloadHours"}, "missing_member", ""),
    ({"in": "isFullAward", "values": [True]}, "bad_value", "/in"),
    ({"in": "supervision"}, "wrong_type", "/values"),
    ({"in": "supervision", "values": ["a", 7]}, "wrong_type", "/values/1"),
]
FAULTS += [
    (a_policy(a_rule(test=test)), code, f"/rules/0/test{place}") for test, code, place in TESTS
]


@pytest.mark.parametrize(("given", "code", "field"), FAULTS)
def test_what_is_wrong_is_named_by_its_place(given: Any, code: str, field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_policy(given)
    assert field in [finding.field for finding in caught.value.findings]
    assert code in [finding.code for finding in caught.value.findings if finding.field == field]


def test_every_rule_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_policy(
            a_policy(a_rule(test={}), a_rule(id="b"), a_rule(id="c", test={"present": "x"}))
        )
    assert [finding.field for finding in caught.value.findings] == [
        "/rules/0/test",
        "/rules/2/test/present",
    ]


def test_tests_are_counted_over_the_whole_policy() -> None:
    wide = {"any": [PRESENT] * 99}
    rules = [a_rule(id=f"r{index}", test=wide) for index in range(MAX_CONDITIONS // 100)]
    assert len(parse_policy(a_policy(*rules)).rules) == len(rules)
    with pytest.raises(InvalidRequest, match="500 tests"):
        parse_policy(a_policy(*rules, a_rule(id="one-more")))


def test_a_misspelt_operator_or_fact_is_recognised() -> None:
    for test, meant in (({"presnt": "title"}, "present"), ({"present": "titel"}, "title")):
        with pytest.raises(InvalidRequest, match=f"did you mean `{meant}`"):
            parse_policy(a_policy(a_rule(test=test)))
