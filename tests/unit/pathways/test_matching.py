"""Which credentials a condition means."""

from fractions import Fraction
from typing import Any

import pytest

from app.encoding.strict_json import JsonObject
from app.pathways.candidate import Candidate
from tests.pathways import HOME, OTHER, a_candidate, a_rule, answer, day, ids

URL = "https://badges.elsewhere.example/achievements/x"


def passes(condition: JsonObject, candidate: Candidate, **members: Any) -> bool:
    rule = a_rule(
        {"id": "n", "count": "credential", "max": 9},
        eligible=[{"id": "e", "where": condition}],
        **members,
    )
    return not answer(rule, candidate).excluded


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, True),
        ({"status": "valid"}, True),
        ({"status": "revoked"}, False),
        ({"assessed": True}, True),
        ({"assessed": False}, False),
        ({"issuer": "self"}, False),
        ({"issuer": OTHER}, True),
        ({"not": {"issuer": "self"}}, True),
        ({"awarded": {"maxAge": "P1M"}}, False),
        ({"awarded": {"maxAge": "P6M"}}, True),
        ({"awarded": {"min": "2026-01-20"}}, True),
        ({"awarded": {"min": "2026-01-21"}}, False),
        ({"awarded": {"max": "2026-01-20"}}, True),
        ({"awarded": {"max": "2026-01-19"}}, False),
        ({"start": {"max": "2030-01-01"}}, False),
        ({"level.SCQF": {"min": 10, "max": 11}}, True),
        ({"level.scqf": 10}, True),
        ({"level.SCQF": [9, "10"]}, True),
        ({"level.SCQF": {"in": [9, 11]}}, False),
        ({"level.SCQF": {"max": 9}}, False),
        ({"level.EQF": {"min": 1}}, False),
        ({"level.RQF": "Entry 3"}, True),
        ({"level.RQF": {"min": 1}}, False),
        ({"credit.SCQF": {"min": 20}}, True),
        ({"percent": {"min": 70}}, True),
        ({"gradePoint.US4": {"min": 3.5}}, False),
        ({"group": "Elective"}, True),
        ({"group": ["core", "ELECTIVE"]}, True),
        ({"group": {"in": ["core"]}}, False),
        ({"basis": "rpcl"}, True),
        ({"basis": "taught"}, False),
        ({"basis": "by ear"}, False),
        ({"field": "06"}, True),
        ({"field": "0612"}, True),
        ({"field": "07"}, False),
        ({"field": "astrology"}, False),
        ({"issuerRegister": "TEQSA"}, False),
        ({"articulatesTo": "same-award"}, True),
        ({"articulatesTo": "https://else.example/award"}, False),
        ({"any": [{"issuer": "self"}, {"assessed": True}]}, True),
        ({"any": [{"issuer": "self"}, {"assessed": False}]}, False),
        ({"assessed": True, "issuer": "self"}, False),
    ],
)
def test_a_condition_means_these_credentials(condition: JsonObject, expected: bool) -> None:
    candidate = a_candidate(
        "c",
        20,
        level=10,
        issuer=OTHER,
        numbers={"credit.SCQF": "20", "percent": "70", "gradePoint.US4": "3.33"},
        texts={
            "group": ["elective"],
            "basis": ["priorCertificatedLearning"],
            "field": ["06", "061", "0612"],
            "articulatesTo": list(HOME.names),
            "level.RQF": ["Entry 3"],
        },
    )

    assert passes(condition, candidate) is expected


def test_the_same_award_is_also_known_by_its_own_id() -> None:
    award = {"name": "A", "id": "https://badges.inverbrae.example/achievements/a", "credits": 1}
    there = a_candidate("c", texts={"articulatesTo": [str(award["id"])]})
    elsewhere = a_candidate("c", texts={"articulatesTo": ["https://else.example/a"]})

    assert passes({"articulatesTo": "same-award"}, there, award=award)
    assert not passes({"articulatesTo": "same-award"}, elsewhere, award=award)


@pytest.mark.parametrize(
    ("reference", "candidate", "expected"),
    [
        # A code is looked for on our own badges only: anybody can write one.
        ("A", a_candidate("c", codes=["A"]), True),
        ("A", a_candidate("c", codes=["B"]), False),
        ("A", a_candidate("c", codes=["A"], issuer=OTHER), False),
        # Unless the rule says whose code it is.
        ({"achievement": "A", "issuer": OTHER}, a_candidate("c", codes=["A"], issuer=OTHER), True),
        ({"achievement": "A", "issuer": OTHER}, a_candidate("c", codes=["A"]), False),
        # An address counts where it is the issuer's own.
        (URL, a_candidate("c", addresses=frozenset({URL}), issuer=OTHER), True),
        (URL, a_candidate("c", codes=[URL], issuer=OTHER), False),
    ],
)
def test_an_achievement_is_named_by_code_or_address(
    reference: Any, candidate: Candidate, expected: bool
) -> None:
    assert passes({"achievement": reference}, candidate) is expected


def test_an_agreement_on_credit_says_whose_code_it_is() -> None:
    agreed = [{"achievement": "A", "issuer": OTHER, "credits": 16}]
    other = [{"achievement": "B", "issuer": OTHER, "credits": 16}]
    theirs = a_candidate("c", codes=["A"], issuer=OTHER)

    assert passes({"achievement": "A"}, theirs, articulations=agreed)
    assert not passes({"achievement": "A"}, theirs, articulations=other)
    assert not passes({"achievement": "A"}, a_candidate("c", codes=["A"]), articulations=agreed)


@pytest.mark.parametrize(
    ("credits_", "amount", "rule"),
    [
        ((("SCQF", 20),), 20, None),
        ((("ECTS", 10),), 20, "double"),
        ((("CATS", 15),), 15, "same"),
        # What stands in the rule's own scheme comes before what would be converted.
        ((("ECTS", 10), ("SCQF", 15)), 15, None),
        # The first conversion of the rule that fits is taken.
        ((("CATS", 15), ("ECTS", 10)), 20, "double"),
        ((("POINTS/64", 8),), 0, None),
        ((), 0, None),
    ],
)
def test_credit_is_counted_by_the_rule(
    credits_: tuple[tuple[str, int], ...], amount: int, rule: str | None
) -> None:
    candidate = a_candidate(
        "c", credits=tuple((scheme, Fraction(value)) for scheme, value in credits_)
    )

    result = answer(
        a_rule(
            {"id": "one", "count": "credential", "min": 1},
            conversions=[
                {"from": "ECTS", "factor": 2, "rule": "double"},
                {"from": "CATS", "factor": 1, "rule": "same"},
            ],
        ),
        candidate,
    )

    [counted] = result.counted
    assert counted.amount == amount
    assert counted.rule == rule


def test_agreed_credit_comes_before_what_a_badge_says() -> None:
    rule = a_rule(
        {"id": "one", "count": "credential", "min": 1},
        articulations=[{"achievement": "A", "credits": 16}],
    )

    [counted] = answer(rule, a_candidate("c", 99, codes=["A"])).counted

    assert counted.amount == 16
    assert counted.rule == "articulation:A"


def test_an_award_of_tomorrow_is_none() -> None:
    tomorrow = a_candidate("c", awarded=day("2026-06-02"))

    assert not passes({"awarded": {"maxAge": "P5Y"}}, tomorrow)
    assert ids(answer(a_rule({"id": "n", "count": "credential", "min": 1}), tomorrow).used) == ["c"]


@pytest.mark.parametrize(
    ("tests", "rule"),
    [
        ([], "verified"),
        ([{"id": "assessed", "where": {"assessed": True}}], "verified"),
        (
            [
                {"id": "assessed", "where": {"assessed": True}},
                {"id": "sound", "where": {"status": "valid"}},
            ],
            "sound",
        ),
    ],
)
def test_what_is_not_verified_fails_the_rules_own_test_of_it(
    tests: list[JsonObject], rule: str
) -> None:
    members = {"eligible": tests} if tests else {}
    forged = Candidate("c", status="not_valid")

    [excluded] = answer(
        a_rule({"id": "n", "count": "credential", "min": 1}, **members), forged
    ).excluded

    assert (excluded.rule, excluded.reason) == (rule, "It could not be verified.")
