"""Rules in plain words: no path, no brace, no code where a name is known."""

from typing import Any

import pytest

from app.encoding.strict_json import JsonObject
from app.pathways.parsing import parse_rule
from app.pathways.rules import alternatives_of, references_of
from app.pathways.words import RuleWords, Step, list_words
from tests.pathways import EXAMPLES, OTHER, a_candidate, a_rule, answer, day, example

TOTAL = {"id": "total", "sum": "credit", "min": 60}


def words(require: Any, **members: Any) -> RuleWords:
    return RuleWords(parse_rule(a_rule(require, **members)))


def texts(steps: tuple[Step, ...]) -> list[Any]:
    return [[step.text, texts(step.steps)] if step.steps else step.text for step in steps]


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        ({"sum": "credit", "min": 60}, "At least 60 SCQF credits"),
        ({"sum": "credit", "max": 1}, "At most 1 SCQF credit"),
        ({"sum": "credit", "min": 60, "max": 90}, "From 60 to 90 SCQF credits"),
        ({"sum": "credit", "min": 60, "max": 60}, "Exactly 60 SCQF credits"),
        (
            {"sum": "credit", "min": 40, "where": {"level.SCQF": {"min": 11}}},
            "At least 40 SCQF credits from credentials at SCQF level 11 or above",
        ),
        ({"count": "credential", "min": 1}, "At least 1 credential"),
        (
            {"count": "credential", "min": 5, "where": {"group": "elective"}},
            "At least 5 credentials marked “elective”",
        ),
        (
            {"share": "credit", "where": {"not": {"issuer": "self"}}, "max": 0.5},
            "At most 50 % of the award’s 60 SCQF credits from credentials issued by another "
            "institution",
        ),
        (
            {"share": "credit", "of": "used", "min": "1/3"},
            "At least 33.3 % of the credit used from credentials of any kind",
        ),
        ({"include": ["A", "B", "C"]}, "A, B and C must be among them"),
        ({"include": ["A", "B"], "min": 1}, "At least 1 of A or B must be among them"),
        (
            {"window": "P3Y"},
            "All of it within 3 years, from the day the first was begun to the last award",
        ),
        (
            {"window": "P1Y", "from": "awarded", "to": "start"},
            "All of it within 1 year, from the first award to the day the last was begun",
        ),
    ],
)
def test_a_check_is_a_sentence(check: JsonObject, sentence: str) -> None:
    found = words({"id": "c", **check})

    assert texts(found.steps()) == [sentence]


@pytest.mark.parametrize(
    ("where", "phrase"),
    [
        ({"status": "valid"}, "in force"),
        ({"assessed": True}, "with an assessment"),
        ({"assessed": False}, "without an assessment"),
        ({"awarded": {"maxAge": "P5Y"}}, "awarded in the last 5 years"),
        (
            {"start": {"min": "2025-09-01", "max": "2026-01-31"}},
            "begun on 1 September 2025 or later and by 31 January 2026",
        ),
        ({"level.SCQF": {"min": 10, "max": 11}}, "at SCQF level 10 to 11"),
        ({"level.EQF": {"max": 6}}, "at EQF level 6 or below"),
        ({"level.RQF": ["Entry 3", 1]}, "at RQF level Entry 3 or 1"),
        ({"credit.ECTS": {"min": 5}}, "worth 5 or more ECTS credits"),
        ({"credit.US-SEM": {"max": 1}}, "worth 1 or less US semester hours"),
        ({"percent": {"min": 70}}, "passed with 70 or more percent"),
        ({"gradePoint.US4": {"min": 3}}, "with 3 or more grade points of 4"),
        ({"grade": ["A", "B"]}, "with the grade a or b"),
        ({"issuer": ["self", OTHER]}, f"issued by this institution or {OTHER}"),
        ({"not": {"level.EQF": 8}}, "not at EQF level 8"),
        (
            {"any": [{"basis": "taught"}, {"basis": ["rpcl", "rpel", "luck"]}]},
            "either taught in a course or recognised from certificated prior learning, recognised "
            "from experience or gained by luck",
        ),
        ({"field": "06"}, "in the field Information and Communication Technologies (ICTs)"),
        (
            {"articulatesTo": ["same-award", "https://x.example/a"]},
            "stated to count towards this award or https://x.example/a",
        ),
        ({"issuerRegister": "TEQSA"}, "of institutions listed by TEQSA"),
        ({"achievement": ["A", "B"]}, "for A or B"),
        ({"achievementType": "Badge"}, "marked “badge”"),
        ({}, ""),
    ],
)
def test_a_condition_is_a_phrase(where: JsonObject, phrase: str) -> None:
    rule = parse_rule(a_rule(TOTAL, eligible=[{"id": "e", "where": where}]))

    assert RuleWords(rule).which(rule.eligible[0].where).casefold() == phrase.casefold()


def test_what_goes_without_saying_is_not_said() -> None:
    found = words(
        TOTAL,
        eligible=[
            {"id": "valid", "where": {"status": "valid"}},
            {"id": "all", "where": {}},
            {"id": "assessed", "where": {"assessed": True}},
        ],
    )

    assert found.eligibility() == ("with an assessment",)


def test_alternatives_are_listed_as_such() -> None:
    found = words(
        {
            "all": [
                TOTAL,
                {
                    "any": [
                        {"id": "a", "include": ["A"]},
                        {"all": [{"id": "b", "include": ["B"]}, {"id": "c", "include": ["C"]}]},
                    ]
                },
            ]
        }
    )

    assert texts(found.steps()) == [
        "At least 60 SCQF credits",
        [
            "One of these is enough:",
            [
                "A must be among them",
                ["All of these together:", ["B must be among them", "C must be among them"]],
            ],
        ],
    ]


def test_achievements_are_called_by_their_names() -> None:
    rule = parse_rule(
        a_rule(
            {"id": "c", "include": ["A"]},
            articulations=[{"achievement": "B", "issuer": OTHER, "credits": 16}],
            conversions=[{"from": "ECTS", "factor": 2, "rule": "r"}],
        )
    )
    found = RuleWords(rule, {"A": "Ethics", "B": "MicroMasters"}.__getitem__)

    assert texts(found.steps()) == ["Ethics must be among them"]
    assert found.articulation(rule.articulations[0]) == "MicroMasters counts as 16 SCQF credits"
    assert found.rate(rule.conversions[0]) == "1 ECTS credit counts as 2 SCQF credits"


@pytest.mark.parametrize(
    ("system", "least", "sentence"),
    [
        ("EFTSL", 0.5, "At least 0.5 EFTSL"),
        ("US-SEM", 1, "At least 1 US semester hour"),
        ("POINTS/64", 32, "At least 32 institutional points (64 a year)"),
        ("POINTS", 1, "At least 1 institutional point"),
        ("Ducats", 3, "At least 3 Ducats credits"),
    ],
)
def test_credit_is_counted_in_the_unit_of_its_scheme(
    system: str, least: float, sentence: str
) -> None:
    found = words({"id": "c", "sum": "credit", "min": least}, creditSystem=system)

    assert texts(found.steps()) == [sentence]


def test_a_conversion_names_both_units() -> None:
    rates = [{"from": "POINTS/64", "factor": "1/64", "rule": "au-eftsl"}]
    found = words(TOTAL, creditSystem="EFTSL", conversions=rates)

    assert found.rate(found.rule.conversions[0]) == (
        "1 institutional point (64 a year) counts as 0.015625 EFTSL"
    )


def test_every_achievement_of_a_rule_is_found() -> None:
    nested = {"any": [{"not": {"achievement": "D"}}, {"achievement": "E"}]}
    rule = parse_rule(
        a_rule(
            {
                "all": [
                    {"id": "i", "include": ["A", "B"]},
                    {"id": "w", "window": "P1Y"},
                    {"id": "s", "sum": "credit", "min": 1, "where": {"achievement": "C"}},
                ]
            },
            eligible=[{"id": "e", "where": nested}],
            articulations=[{"achievement": "F", "credits": 1}],
        )
    )

    assert {each.achievement for each in references_of(rule)} == set("ABCDEF")


MISSING = [
    ({"sum": "credit", "min": 60}, "Still missing: 20 more SCQF credits."),
    (
        {"sum": "credit", "min": 60, "where": {"level.SCQF": {"min": 10}}},
        "Still missing: 20 more SCQF credits from credentials at SCQF level 10 or above.",
    ),
    ({"count": "credential", "min": 3}, "Still missing: 1 more credential."),
    (
        {"count": "credential", "min": 4, "where": {"issuer": "self"}},
        "Still missing: 2 more credentials issued by this institution.",
    ),
    ({"share": "credit", "min": 0.75}, "Still missing: 5 more SCQF credits."),
    ({"include": ["A", "X"]}, "Still missing: X."),
    ({"include": ["A", "X", "Y"], "min": 2}, "Still missing: 1 of X or Y."),
]


@pytest.mark.parametrize(("check", "sentence"), MISSING)
def test_what_is_missing_is_a_sentence(check: JsonObject, sentence: str) -> None:
    rule = a_rule({"id": "c", **check})
    candidates = [a_candidate(name, 20, level=11, codes=["A"]) for name in "ab"]

    result = answer(rule, *candidates)

    assert [RuleWords(parse_rule(rule)).missing(each) for each in result.missing] == [sentence]


def test_what_is_broken_is_said_as_it_is_required() -> None:
    """Such a check is only seen on a way that was not taken."""
    rule = a_rule(
        {
            "any": [
                {"id": "few", "count": "credential", "min": 1, "max": 1},
                {"id": "many", "count": "credential", "min": 2, "max": 2},
                {"id": "soon", "window": "P1Y", "from": "awarded"},
            ]
        }
    )
    old, new = a_candidate("a", 1), a_candidate("b", 1, awarded=day("2020-01-01"))
    found = RuleWords(parse_rule(rule))
    [few, many, soon] = answer(rule, old, new).checks

    assert few.passed is False or few.needed
    assert found.missing(soon) == (
        "Not kept: All of it within 1 year, from the first award to the last award."
    )
    assert found.missing(many).startswith("Still missing")


@pytest.mark.parametrize(
    ("where", "end"),
    [
        ({"awarded": {"maxAge": "P1M"}}, "; this one was awarded on 20 January 2026."),
        ({"start": {"min": "2026-01-01"}}, "; this one states no date."),
        ({"assessed": False}, "; this one states an assessment."),
        ({"level.SCQF": {"min": 12}}, "; this one is at SCQF level 11."),
        ({"level.RQF": {"min": 1}}, "; this one is at RQF level Entry 3."),
        ({"level.EQF": {"min": 1}}, "; this one states no EQF level."),
        ({"percent": {"min": 80}}, "; this one has 70."),
        ({"credit.ECTS": {"min": 1}}, "; this one states nothing of the kind."),
        ({"issuer": OTHER}, "count."),
        ({"not": {"assessed": True}}, "count."),
        (
            {"level.SCQF": {"min": 12}, "percent": {"min": 80}},
            "; this one is at SCQF level 11 and has 70.",
        ),
    ],
)
def test_why_a_credential_does_not_count_is_a_sentence(where: JsonObject, end: str) -> None:
    candidate = a_candidate(
        "c", 20, level=11, numbers={"percent": "70"}, texts={"level.RQF": ["Entry 3"]}
    )

    [excluded] = answer(a_rule(TOTAL, eligible=[{"id": "e", "where": where}]), candidate).excluded

    assert excluded.reason.startswith("Only credentials ")
    assert excluded.reason.endswith(end)


def test_a_badge_without_an_assessment_is_told_so() -> None:
    rule = a_rule(TOTAL, eligible=[{"id": "e", "where": {"assessed": True}}])

    [excluded] = answer(rule, a_candidate("c", 20, assessed=False)).excluded

    assert excluded.reason == "Only credentials with an assessment count; this one states none."


def test_what_was_found_is_in_the_unit_of_its_check() -> None:
    rule = a_rule(
        {
            "all": [
                TOTAL,
                {"id": "n", "count": "credential", "min": 3},
                {"id": "s", "share": "credit", "min": 0.5},
                {"id": "i", "include": ["A", "B"]},
                {"id": "w", "window": "P3Y"},
            ]
        }
    )
    found = RuleWords(parse_rule(rule))

    result = answer(rule, a_candidate("a", 20, codes=["A"], start=day("2025-09-01")))

    assert [found.found(each) for each in result.checks] == [
        "20 SCQF credits",
        "1 credential",
        "33.3 %",
        "1 of 2",
        "1 September 2025 to 20 January 2026",
    ]
    assert found.found(answer(rule).checks[-1]) == "no dates"


def test_what_a_badge_counts_for_names_the_conversion() -> None:
    rule = a_rule(
        {"id": "n", "count": "credential", "min": 3},
        conversions=[{"from": "ECTS", "factor": 2, "rule": "uk-ects-2to1"}],
        articulations=[{"achievement": "A", "credits": 16}],
    )
    found = RuleWords(parse_rule(rule))

    result = answer(
        rule,
        a_candidate("a", 20),
        a_candidate("b", 10, scheme="ECTS", awarded=day("2026-02-01")),
        a_candidate("c", codes=["A"]),
    )

    assert [found.counted(each) for each in result.counted] == [
        "20 SCQF credits",
        "20 SCQF credits, from 10 ECTS credits by uk-ects-2to1; it would be 25 by cmf-hours",
        "16 SCQF credits, by agreement",
    ]


def test_every_worked_rule_can_be_said() -> None:
    for path in EXAMPLES.glob("*.json"):
        rule = parse_rule(example(path.stem))
        for step in RuleWords(rule).steps():
            assert not set(step.text) & set("{}[]"), step.text
        assert alternatives_of(rule.require)


@pytest.mark.parametrize(
    ("listed", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_lists_are_written_as_people_write_them(listed: list[str], text: str) -> None:
    assert list_words(listed) == text
